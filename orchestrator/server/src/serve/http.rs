//! Settings of HTTP tasks.

use std::path::PathBuf;
use std::time::Duration;

use api::http_tasks::{ConnectedClient, HttpTasks};
use clap::Args;
use engine::Engine;
use http_task::{Allowed, Client, Guard, Options};
use store::Store;
use vault::Vault;

use crate::config::duration;
use crate::config::seal::{named, read, wrong};
use crate::error::CommandError;

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings of HTTP tasks")]
#[expect(clippy::struct_field_names, reason = "a flag is named after its field")]
pub(crate) struct HttpSettings {
    /// What HTTP tasks may call although it is not public, separated by commas: host names, *.domains, addresses, networks
    #[arg(long, env = "EVERSTEP_HTTP_ALLOW", value_name = "LIST", value_delimiter = ',')]
    http_allow: Vec<Allowed>,
    /// Let HTTP tasks call http:// addresses, too: whoever is on the way reads and changes what is said
    #[arg(long, env = "EVERSTEP_HTTP_ALLOW_PLAIN", value_name = "BOOL", default_value = "false", num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    http_allow_plain: bool,
    /// Calls of HTTP tasks under way at most; further tasks wait
    #[arg(long, env = "EVERSTEP_HTTP_CALLS_MAX", value_name = "COUNT", default_value = "64", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    http_calls_max: u32,
    /// How long a call of an HTTP task may take, its token included
    #[arg(long, env = "EVERSTEP_HTTP_TIMEOUT", value_name = "DURATION", default_value = "60s", value_parser = duration::parse_positive)]
    http_timeout: Duration,
    /// A file of certificates in PEM that HTTP tasks trust besides the machine's
    #[arg(long, env = "EVERSTEP_HTTP_CA_FILE", value_name = "PATH")]
    http_ca_file: Option<PathBuf>,
    /// Let a test of an HTTP task (`TestState` with revealSecrets) show what its connection adds to the request: its secrets
    #[arg(long, env = "EVERSTEP_HTTP_REVEAL_SECRETS", value_name = "BOOL", default_value = "false", num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    http_reveal_secrets: bool,
}

impl HttpSettings {
    pub(super) fn client(
        &self,
        store: Store,
        vault: Vault,
    ) -> Result<ConnectedClient, CommandError> {
        let certificates = match named(self.http_ca_file.as_ref()) {
            Some(path) => Some(read("--http-ca-file", path)?),
            None => None,
        };
        let guard = Guard { allowed: self.http_allow.clone(), allow_plain: self.http_allow_plain };
        let client = Client::new(Options { guard, timeout: self.http_timeout, certificates });
        let client = client.map_err(|error| match named(self.http_ca_file.as_ref()) {
            Some(path) => wrong("--http-ca-file", path, &error),
            None => CommandError::internal(error.to_string()),
        })?;
        Ok(ConnectedClient::new(store, client, vault).revealing(self.http_reveal_secrets))
    }

    pub(super) fn tasks(&self, engine: Engine, client: ConnectedClient) -> HttpTasks {
        HttpTasks::new(engine, client, self.http_calls_max)
    }
}
