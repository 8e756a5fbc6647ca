//! `everstep namespace`: separate names, queues and settings on one server.

use clap::{Args, Subcommand};
use everstep_proto::v1::{
    CreateNamespaceRequest, DescribeNamespaceRequest, ListNamespacesRequest, NamespaceSettings,
    UpdateNamespaceRequest,
};
use serde_json::{Value, json};

use crate::cli::ClientSettings;
use crate::client::{self, Client};
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};

#[derive(Debug, Subcommand)]
pub(crate) enum Namespace {
    /// List the namespaces
    List(#[command(flatten)] ClientSettings),
    /// Show a namespace's settings
    Describe(Named),
    /// Create a namespace
    Create(Changed),
    /// Change a namespace's settings; what is not given stays
    Update(Changed),
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    name: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Changed {
    name: String,
    /// The partition in the namespace's ARNs (at first: aws)
    #[arg(long)]
    partition: Option<String>,
    /// The region in the namespace's ARNs (at first: us-east-1)
    #[arg(long)]
    region: Option<String>,
    /// The account in the namespace's ARNs (at first: 000000000000)
    #[arg(long)]
    account: Option<String>,
    /// For a Task without `TimeoutSeconds`: 1 to 99999999 seconds
    #[arg(long, value_name = "SECONDS")]
    task_timeout_seconds: Option<u64>,
    /// The largest input, output or result in bytes (at first: 262144)
    #[arg(long, value_name = "BYTES")]
    payload_bytes_max: Option<u64>,
    #[command(flatten)]
    limits: Limits,
    #[command(flatten)]
    client: ClientSettings,
}

/// AWS's quotas.
#[derive(Debug, Args)]
#[command(next_help_heading = "AWS's quotas: off at first, and off again with 0")]
#[expect(clippy::struct_field_names, reason = "they are the flags")]
struct Limits {
    /// Events of a Standard execution, at the last of which it fails: 10 or more (AWS: 25000)
    #[arg(long, value_name = "COUNT")]
    history_events_max: Option<u64>,
    /// State machines of the namespace (AWS: 10000)
    #[arg(long, value_name = "COUNT")]
    state_machines_max: Option<u64>,
    /// Activities of the namespace (AWS: 10000)
    #[arg(long, value_name = "COUNT")]
    activities_max: Option<u64>,
    /// Versions of each state machine (AWS: 1000)
    #[arg(long, value_name = "COUNT")]
    versions_max: Option<u64>,
    /// Aliases of each state machine (AWS: 100)
    #[arg(long, value_name = "COUNT")]
    aliases_max: Option<u64>,
    /// Requests that each node answers in a second, twice as many at once; polls are not counted
    #[arg(long, value_name = "COUNT")]
    requests_per_second_max: Option<u64>,
    /// Standard executions that are open at once (AWS: 1000000)
    #[arg(long, value_name = "COUNT")]
    open_executions_max: Option<u64>,
    /// Polls of each activity at once, on each node, over AWS's API (AWS: 1000)
    #[arg(long, value_name = "COUNT")]
    activity_pollers_max: Option<u64>,
}

impl Changed {
    fn settings(&self) -> NamespaceSettings {
        NamespaceSettings {
            partition: self.partition.clone(),
            region: self.region.clone(),
            account: self.account.clone(),
            task_timeout_seconds: self.task_timeout_seconds,
            payload_bytes_max: self.payload_bytes_max,
            history_events_max: self.limits.history_events_max,
            state_machines_max: self.limits.state_machines_max,
            activities_max: self.limits.activities_max,
            versions_max: self.limits.versions_max,
            aliases_max: self.limits.aliases_max,
            requests_per_second_max: self.limits.requests_per_second_max,
            open_executions_max: self.limits.open_executions_max,
            activity_pollers_max: self.limits.activity_pollers_max,
        }
    }
}

impl Namespace {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let namespaces = match self {
            Self::List(settings) => {
                let namespaces = all(&Client::new(&settings)?).await?;
                if format == Format::Json {
                    output::document(&namespaces.iter().map(document).collect());
                    return Ok(Answer::Positive);
                }
                namespaces
            }
            Self::Describe(Named { name, client }) => {
                let client = Client::new(&client)?;
                let request = client.request(DescribeNamespaceRequest { name });
                vec![client.call(client.namespaces().describe_namespace(request)).await?]
            }
            Self::Create(changed) => {
                let client = Client::new(&changed.client)?;
                let settings = Some(changed.settings());
                let request =
                    client.request(CreateNamespaceRequest { name: changed.name, settings });
                vec![client.call(client.namespaces().create_namespace(request)).await?]
            }
            Self::Update(changed) => {
                let client = Client::new(&changed.client)?;
                let settings = Some(changed.settings());
                let request =
                    client.request(UpdateNamespaceRequest { name: changed.name, settings });
                vec![client.call(client.namespaces().update_namespace(request)).await?]
            }
        };
        match format {
            Format::Text => output::write(&table(namespaces).render()),
            Format::Json => namespaces.iter().map(document).for_each(|one| output::document(&one)),
        }
        Ok(Answer::Positive)
    }
}

async fn all(client: &Client) -> Result<Vec<everstep_proto::v1::Namespace>, CommandError> {
    client::every_page(async |next_token| {
        let request = client.request(ListNamespacesRequest { max_results: 1000, next_token });
        let page = client.call(client.namespaces().list_namespaces(request)).await?;
        Ok((page.namespaces, page.next_token))
    })
    .await
}

fn table(namespaces: Vec<everstep_proto::v1::Namespace>) -> Table {
    let mut table = Table::new([
        "NAME",
        "PARTITION",
        "REGION",
        "ACCOUNT",
        "TASK TIMEOUT (S)",
        "PAYLOAD (BYTES)",
        "QUOTAS",
        "CREATED",
    ]);
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    for namespace in namespaces {
        let settings = namespace.settings.unwrap_or_default();
        table.row([
            namespace.name,
            settings.partition.clone().unwrap_or_default(),
            settings.region.clone().unwrap_or_default(),
            settings.account.clone().unwrap_or_default(),
            number(settings.task_timeout_seconds),
            number(settings.payload_bytes_max),
            quotas(&settings),
            output::iso(namespace.created_at),
        ]);
    }
    table
}

/// Those that are set.
fn quotas(settings: &NamespaceSettings) -> String {
    let quotas = [
        ("events", settings.history_events_max),
        ("machines", settings.state_machines_max),
        ("activities", settings.activities_max),
        ("versions", settings.versions_max),
        ("aliases", settings.aliases_max),
        ("requests/s", settings.requests_per_second_max),
        ("open", settings.open_executions_max),
        ("pollers", settings.activity_pollers_max),
    ];
    let set = quotas.iter().filter_map(|(name, max)| max.map(|max| format!("{name}={max}")));
    set.collect::<Vec<_>>().join(" ")
}

fn document(namespace: &everstep_proto::v1::Namespace) -> Value {
    let settings = namespace.settings.clone().unwrap_or_default();
    json!({
        "name": namespace.name,
        "partition": settings.partition,
        "region": settings.region,
        "account": settings.account,
        "taskTimeoutSeconds": settings.task_timeout_seconds,
        "payloadBytesMax": settings.payload_bytes_max,
        "historyEventsMax": settings.history_events_max,
        "stateMachinesMax": settings.state_machines_max,
        "activitiesMax": settings.activities_max,
        "versionsMax": settings.versions_max,
        "aliasesMax": settings.aliases_max,
        "requestsPerSecondMax": settings.requests_per_second_max,
        "openExecutionsMax": settings.open_executions_max,
        "activityPollersMax": settings.activity_pollers_max,
        "createdAt": output::iso(namespace.created_at),
    })
}
