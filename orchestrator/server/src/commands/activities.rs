//! `everstep activities`: queues that have an ARN of their own.

use clap::{Args, Subcommand};
use everstep_proto::v1::{
    Activity, CreateActivityRequest, DeleteActivityRequest, DescribeActivityRequest,
    ListActivitiesRequest,
};
use serde_json::{Value, json};

use super::tags::{Pair, pairs};
use crate::cli::ClientSettings;
use crate::client::{self, Client};
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};

#[derive(Debug, Subcommand)]
pub(crate) enum Activities {
    /// List the activities
    List(#[command(flatten)] ClientSettings),
    /// Show an activity
    Describe(Named),
    /// Create an activity; a Task may name a queue without one
    Create(Written),
    /// Delete an activity; its queue stays, with the tasks that wait in it
    Delete(Named),
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The activity's name or ARN
    name: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Written {
    /// The name: 1 to 80 characters
    name: String,
    /// A tag; may be given several times
    #[arg(long = "tag", value_name = "KEY=VALUE")]
    tags: Vec<Pair>,
    #[command(flatten)]
    client: ClientSettings,
}

impl Activities {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        match self {
            Self::List(settings) => {
                let activities = all(&Client::new(&settings)?).await?;
                show_all(&activities, format);
            }
            Self::Describe(Named { name, client }) => {
                show(&describe(&Client::new(&client)?, name).await?, format);
            }
            Self::Create(Written { name, tags, client }) => {
                let client = Client::new(&client)?;
                let request = client.request(CreateActivityRequest {
                    namespace: client.namespace.clone(),
                    name: name.clone(),
                    encryption: String::new(),
                    tags: pairs(tags),
                });
                client.call(client.activities().create_activity(request)).await?;
                show(&describe(&client, name).await?, format);
            }
            Self::Delete(Named { name, client }) => {
                let client = Client::new(&client)?;
                let (namespace, activity) = (client.namespace.clone(), name.clone());
                let request = client.request(DeleteActivityRequest { namespace, activity });
                client.call(client.activities().delete_activity(request)).await?;
                output::deleted(&name, format);
            }
        }
        Ok(Answer::Positive)
    }
}

async fn describe(client: &Client, activity: String) -> Result<Activity, CommandError> {
    let namespace = client.namespace.clone();
    let request = client.request(DescribeActivityRequest { namespace, activity });
    client.call(client.activities().describe_activity(request)).await
}

async fn all(client: &Client) -> Result<Vec<Activity>, CommandError> {
    client::every_page(async |next_token| {
        let namespace = client.namespace.clone();
        let request = ListActivitiesRequest { namespace, max_results: 1000, next_token };
        let request = client.request(request);
        let page = client.call(client.activities().list_activities(request)).await?;
        Ok((page.activities, page.next_token))
    })
    .await
}

fn show_all(activities: &[Activity], format: Format) {
    match format {
        Format::Text if activities.is_empty() => output::note("no activities"),
        Format::Text => {
            let mut table = Table::new(["NAME", "CREATED", "ARN"]);
            for activity in activities {
                let (name, arn) = (activity.name.clone(), activity.activity_arn.clone());
                table.row([name, output::iso(activity.created_at), arn]);
            }
            output::write(&table.render());
        }
        Format::Json => output::document(&activities.iter().map(document).collect()),
    }
}

fn show(activity: &Activity, format: Format) {
    match format {
        Format::Text => output::line(&activity.activity_arn),
        Format::Json => output::document(&document(activity)),
    }
}

fn document(activity: &Activity) -> Value {
    json!({
        "name": activity.name,
        "activityArn": activity.activity_arn,
        "createdAt": output::iso(activity.created_at),
    })
}
