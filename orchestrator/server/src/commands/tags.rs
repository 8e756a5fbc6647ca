//! `everstep tags`: tags of state machines and activities.

use std::str::FromStr;

use clap::{Args, Subcommand};
use everstep_proto::v1::{
    ListTagsForResourceRequest, Tag, TagResourceRequest, UntagResourceRequest,
};
use serde_json::{Map, Value};

use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};

#[derive(Debug, Subcommand)]
pub(crate) enum Tags {
    /// Show the tags of a state machine or an activity
    List(Of),
    /// Give a resource tags; a key that it has takes the new value
    Add(Added),
    /// Take tags away by their keys
    Remove(Removed),
}

#[derive(Debug, Args)]
pub(crate) struct Of {
    /// The state machine's or the activity's ARN
    arn: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Added {
    /// The state machine's or the activity's ARN
    arn: String,
    #[arg(required = true, value_name = "KEY=VALUE")]
    tags: Vec<Pair>,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Removed {
    /// The state machine's or the activity's ARN
    arn: String,
    #[arg(required = true, value_name = "KEY")]
    keys: Vec<String>,
    #[command(flatten)]
    client: ClientSettings,
}

/// `KEY=VALUE`.
#[derive(Debug, Clone)]
pub(crate) struct Pair(Tag);

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || "write KEY=VALUE; the value may be empty".to_owned();
        let (key, value) = text.split_once('=').ok_or_else(wrong)?;
        Ok(Self(Tag { key: key.to_owned(), value: value.to_owned() }))
    }
}

pub(crate) fn pairs(pairs: Vec<Pair>) -> Vec<Tag> {
    pairs.into_iter().map(|Pair(tag)| tag).collect()
}

impl Tags {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let (client, arn) = match self {
            Self::List(Of { arn, client }) => (Client::new(&client)?, arn),
            Self::Add(Added { arn, tags, client }) => {
                let client = Client::new(&client)?;
                let (namespace, resource) = (client.namespace.clone(), arn.clone());
                let request = TagResourceRequest { namespace, resource, tags: pairs(tags) };
                client.call(client.tags().tag_resource(client.request(request))).await?;
                (client, arn)
            }
            Self::Remove(Removed { arn, keys, client }) => {
                let client = Client::new(&client)?;
                let (namespace, resource) = (client.namespace.clone(), arn.clone());
                let request = UntagResourceRequest { namespace, resource, tag_keys: keys };
                client.call(client.tags().untag_resource(client.request(request))).await?;
                (client, arn)
            }
        };
        let namespace = client.namespace.clone();
        let request = ListTagsForResourceRequest { namespace, resource: arn };
        let request = client.request(request);
        show(client.call(client.tags().list_tags_for_resource(request)).await?.tags, format);
        Ok(Answer::Positive)
    }
}

fn show(tags: Vec<Tag>, format: Format) {
    match format {
        Format::Text if tags.is_empty() => output::note("no tags"),
        Format::Text => {
            let mut table = Table::new(["KEY", "VALUE"]);
            for Tag { key, value } in tags {
                table.row([key, value]);
            }
            output::write(&table.render());
        }
        Format::Json => {
            let tags = tags.into_iter().map(|Tag { key, value }| (key, Value::String(value)));
            output::document(&Value::Object(tags.collect::<Map<_, _>>()));
        }
    }
}
