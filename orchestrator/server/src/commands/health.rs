//! `everstep health`: for probes of containers and load balancers.

use clap::Args;
use serde_json::json;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Health {
    #[command(flatten)]
    client: ClientSettings,
}

impl Health {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        let mut health = HealthClient::new(client.channel());
        let request = client.request(HealthCheckRequest { service: String::new() });
        let status = client.call(health.check(request)).await?.status();
        let serving = status == ServingStatus::Serving;
        match format {
            Format::Text if serving => output::line("serving"),
            Format::Text => output::line("not serving: it stands by, or PostgreSQL is away"),
            Format::Json => output::document(&json!({ "serving": serving })),
        }
        Ok(if serving { Answer::Positive } else { Answer::Negative })
    }
}
