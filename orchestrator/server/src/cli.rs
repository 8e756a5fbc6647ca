//! The command line: every command and every setting, declared once. What has an environment variable is a setting:
//! it may stand in the file of `--config` too, under the flag's name.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use vault::Secret;

use crate::commands;
use crate::config::duration;
use crate::output::Format;

/// Executes Amazon States Language durably on PostgreSQL; tasks go to polling workers.
#[derive(Debug, Parser)]
#[command(name = "everstep", version, about, max_term_width = 110, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  done, and the answer is negative: a faulty definition, an execution that failed where its end was waited for
  2  a wrong argument, setting or file
  3  the server or PostgreSQL does not answer
  4  the server refused the request
  5  a fault of Everstep or of this machine";

#[derive(Debug, Args)]
#[command(next_help_heading = "Settings of every command")]
pub(crate) struct Global {
    /// A TOML file with settings, each under its flag's name. Flags win over the environment, the environment over the file
    #[arg(long, global = true, env = "EVERSTEP_CONFIG", value_name = "PATH")]
    pub(crate) config: Option<PathBuf>,
    /// Text for people or JSON for programs
    #[arg(long, global = true, env = "EVERSTEP_OUTPUT", default_value = "text")]
    pub(crate) output: Format,
    /// Which log lines are written to standard error: a level (error, warn, info, debug, trace) or a `tracing` filter such as `info,engine=debug`
    #[arg(
        long,
        global = true,
        env = "EVERSTEP_LOG",
        value_name = "FILTER",
        default_value = "info,sqlx=warn"
    )]
    pub(crate) log: String,
    /// Log lines as text or as JSON objects
    #[arg(long, global = true, env = "EVERSTEP_LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: Format,
}

/// How a command reaches a server.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings of commands that call a server")]
pub(crate) struct ClientSettings {
    /// The server's address
    #[arg(
        long,
        env = "EVERSTEP_ADDRESS",
        value_name = "URL",
        default_value = "http://127.0.0.1:7233"
    )]
    pub(crate) address: String,
    /// The namespace of state machines that are given by name
    #[arg(long, env = "EVERSTEP_NAMESPACE", value_name = "NAME", default_value = "default")]
    pub(crate) namespace: String,
    /// The access key that the server asks for. Not given: none
    #[arg(long, env = "EVERSTEP_ACCESS_KEY_ID", value_name = "ID", requires = "secret_access_key")]
    pub(crate) access_key_id: Option<String>,
    /// The secret that belongs to it; better in the environment than on the command line, which every process can read
    #[arg(long, env = "EVERSTEP_SECRET_ACCESS_KEY", hide_env_values = true, value_name = "SECRET")]
    pub(crate) secret_access_key: Option<Secret>,
    /// How long one call to the server may take
    #[arg(long, env = "EVERSTEP_TIMEOUT", value_name = "DURATION", default_value = "10s", value_parser = duration::parse)]
    pub(crate) timeout: Duration,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start a server with a private PostgreSQL of its own, on this machine alone
    Dev(commands::dev::Dev),
    /// Run a server on a PostgreSQL database
    Server(commands::server::Server),
    /// Bring the database's schema to this version's
    Migrate(commands::migrate::Migrate),
    /// Create, list or revoke access keys, in the database itself
    #[command(subcommand)]
    Keys(commands::keys::Keys),
    /// Run the order pipeline with everything it needs, and compare how each order ends with how it should
    Demo(commands::demo::Demo),
    #[command(hide = true)]
    DemoWorker(commands::demo_worker::DemoWorker),

    /// Check a definition and report every fault in it; needs no server
    Validate(commands::validate::Validate),
    /// Run a machine against mocked task results, with time skipped, and compare how each case ends; needs no server
    Test(commands::test::Test),
    /// Draw a definition, or an execution with the path that it has taken
    Graph(commands::graph::Graph),

    /// Register a state machine
    Create(commands::create::Create),
    /// Give a state machine another definition or role; executions that run keep theirs
    Update(commands::update::Update),
    /// Create or update state machines, versions, aliases and activities of a CloudFormation template, such as CDK synthesises
    Deploy(commands::deploy::Deploy),
    /// Read state machines from AWS, or what answers like it, and try recorded executions here
    ImportAws(commands::import_aws::ImportAws),
    /// Delete a state machine once its executions have ended; it takes no new ones from now on
    Delete(commands::delete::Delete),
    /// List the state machines
    Machines(commands::machines::Machines),
    /// Publish, list or delete versions of a state machine
    #[command(subcommand)]
    Versions(commands::versions::Versions),
    /// Create, change, list, describe or delete aliases, which start versions by weight
    #[command(subcommand)]
    Aliases(commands::aliases::Aliases),
    /// Create, list, describe or delete activities
    #[command(subcommand)]
    Activities(commands::activities::Activities),
    /// Show or change the tags of a state machine or an activity
    #[command(subcommand)]
    Tags(commands::tags::Tags),
    /// List, describe, create or change namespaces
    #[command(subcommand)]
    Namespace(commands::namespace::Namespace),

    /// Serve tasks on other services by calling them
    #[command(subcommand)]
    Adapter(commands::adapter::Adapter),
    /// Create, change, list, describe or delete the connections that HTTP tasks are authorized by
    #[command(subcommand)]
    Connections(commands::connections::Connections),

    /// Start an execution
    Start(commands::start::Start),
    /// Describe an execution (and why it waits) or a state machine
    Describe(commands::describe::Describe),
    /// Show the events of an execution
    History(commands::history::History),
    /// List executions, the newest first
    List(commands::list::List),
    /// Stop an execution
    Stop(commands::stop::Stop),
    /// Open an execution that has failed, timed out or was stopped: it goes on where it was
    Redrive(commands::redrive::Redrive),
    /// Follow an execution to its end
    Watch(commands::watch::Watch),
    /// List, describe or change map runs: the children of Distributed Maps
    #[command(subcommand)]
    MapRuns(commands::map_runs::MapRuns),
    /// Ask a server whether it serves; 0 if so, 1 if it stands by
    Health(commands::health::Health),
}
