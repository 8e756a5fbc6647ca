//! `everstep adapter`: ready workers for the queues of other services.

use std::env;

use aws_adapter::{Access, AccessKey, AdapterError, Credentials, Settings, WorkerError, run_until};
use clap::{Args, Subcommand};
use url::Url;

use crate::cli::ClientSettings;
use crate::error::{Answer, CommandError, Remedy};
use crate::serve::stop_signal;

#[derive(Debug, Subcommand)]
pub(crate) enum Adapter {
    /// Call AWS, or what answers like it, for tasks on Lambda, SQS, SNS, DynamoDB, EventBridge, S3 and Step Functions
    Aws(Aws),
}

/// Requests are signed with `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` of the environment; a
/// local stand-in takes any.
#[derive(Debug, Args)]
pub(crate) struct Aws {
    /// Where all services are called; AWS itself where it is absent
    #[arg(long, value_name = "URL")]
    endpoint_url: Option<Url>,
    /// Where functions are invoked: then all functions that the namespace's definitions name are served
    #[arg(long, value_name = "URL")]
    lambda_endpoint: Option<Url>,
    /// A function to serve, whether a definition names it or not; may be given often
    #[arg(long = "function", value_name = "NAME")]
    functions: Vec<String>,
    /// A service whose queues other workers serve, such as `sqs` or `glue`; may be given often
    #[arg(long, value_name = "SERVICE")]
    leave: Vec<String>,
    /// The region that requests are signed for; else `AWS_REGION` or `AWS_DEFAULT_REGION`, else us-east-1
    #[arg(long, value_name = "REGION")]
    region: Option<String>,
    /// Calls of one queue at once
    #[arg(long, value_name = "COUNT", default_value_t = 16, value_parser = clap::value_parser!(u32).range(1..=1000))]
    slots: u32,
    #[command(flatten)]
    client: ClientSettings,
}

impl Adapter {
    pub(crate) async fn run(self) -> Result<Answer, CommandError> {
        let Self::Aws(aws) = self;
        aws.run().await
    }
}

impl Aws {
    async fn run(self) -> Result<Answer, CommandError> {
        for url in [&self.endpoint_url, &self.lambda_endpoint].into_iter().flatten() {
            check(url)?;
        }
        let access = Access {
            endpoint_url: self.endpoint_url,
            lambda_endpoint: self.lambda_endpoint,
            region: region(self.region),
            credentials: credentials()?,
        };
        let settings = Settings {
            access_key: access_key(&self.client),
            address: self.client.address,
            namespace: self.client.namespace,
            access,
            functions: self.functions,
            leave: self.leave,
            slots: self.slots,
        };
        run_until(settings, stop_signal()?).await.map_err(|error| ended(&error))?;
        Ok(Answer::Positive)
    }
}

fn ended(error: &AdapterError) -> CommandError {
    let message = format!("the adapter ended: {error}");
    match error {
        AdapterError::Worker(WorkerError::Refused(_)) => {
            CommandError { remedy: Remedy::Refused, message, reason: None }
        }
        AdapterError::Worker(WorkerError::Address { .. }) | AdapterError::Address(_) => {
            CommandError::usage(message)
        }
        AdapterError::Worker(WorkerError::Settings(_) | WorkerError::Signal(_))
        | AdapterError::Client(_) => CommandError::internal(message),
    }
}

/// Everstep's own, not AWS's.
fn access_key(client: &ClientSettings) -> Option<AccessKey> {
    let id = client.access_key_id.as_ref().filter(|id| !id.is_empty())?;
    Some(AccessKey::new(id, client.secret_access_key.as_ref()?.expose()))
}

/// As AWS's own tools look for it.
pub(super) fn region(given: Option<String>) -> String {
    let named = |name| env::var(name).ok().filter(|it: &String| !it.is_empty());
    given
        .or_else(|| named("AWS_REGION"))
        .or_else(|| named("AWS_DEFAULT_REGION"))
        .unwrap_or_else(|| "us-east-1".to_owned())
}

pub(super) fn credentials() -> Result<Credentials, CommandError> {
    let named = |name| env::var(name).ok().filter(|it: &String| !it.is_empty());
    let needed = |name| {
        named(name).ok_or_else(|| {
            CommandError::usage(format!(
                "{name} is not set: requests are signed with it and its pair; a local stand-in takes any value"
            ))
        })
    };
    Ok(Credentials {
        access_key_id: needed("AWS_ACCESS_KEY_ID")?,
        secret_access_key: needed("AWS_SECRET_ACCESS_KEY")?,
        session_token: named("AWS_SESSION_TOKEN"),
    })
}

pub(super) fn check(url: &Url) -> Result<(), CommandError> {
    if matches!(url.scheme(), "http" | "https") && url.has_host() {
        return Ok(());
    }
    Err(CommandError::usage(format!("`{url}` is no endpoint; write it as http://HOST:PORT")))
}
