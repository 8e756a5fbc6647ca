//! The commands, one file each.

pub(crate) mod activities;
pub(crate) mod adapter;
pub(crate) mod aliases;
pub(crate) mod connections;
pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod demo;
pub(crate) mod demo_worker;
pub(crate) mod deploy;
pub(crate) mod describe;
pub(crate) mod dev;
pub(crate) mod graph;
pub(crate) mod health;
pub(crate) mod history;
pub(crate) mod import_aws;
pub(crate) mod keys;
pub(crate) mod list;
pub(crate) mod machines;
pub(crate) mod map_runs;
pub(crate) mod migrate;
pub(crate) mod namespace;
pub(crate) mod redrive;
pub(crate) mod server;
pub(crate) mod start;
pub(crate) mod stop;
pub(crate) mod tags;
pub(crate) mod test;
pub(crate) mod update;
pub(crate) mod validate;
pub(crate) mod versions;
pub(crate) mod watch;

pub(crate) mod event;
pub(crate) mod execution;
mod input;
mod machine_type;

use crate::cli::{Cli, Command};
use crate::error::{Answer, CommandError};

pub(crate) async fn run(cli: Cli) -> Result<Answer, CommandError> {
    let format = cli.global.output;
    match cli.command {
        Command::Dev(dev) => dev.run(format).await,
        Command::Server(server) => server.run(format).await,
        Command::Migrate(migrate) => migrate.run(format).await,
        Command::Keys(keys) => keys.run(format).await,
        Command::Demo(demo) => demo.run(format).await,
        Command::DemoWorker(worker) => worker.run().await,
        Command::Validate(validate) => validate.run(format),
        Command::Test(test) => test.run(format),
        Command::Graph(graph) => graph.run(format).await,
        Command::Create(create) => create.run(format).await,
        Command::Update(update) => update.run(format).await,
        Command::Deploy(deploy) => deploy.run(format).await,
        Command::ImportAws(import) => import.run(format).await,
        Command::Delete(delete) => delete.run(format).await,
        Command::Machines(machines) => machines.run(format).await,
        Command::Adapter(adapter) => adapter.run().await,
        Command::Versions(versions) => versions.run(format).await,
        Command::Aliases(aliases) => aliases.run(format).await,
        Command::Activities(activities) => activities.run(format).await,
        Command::Tags(tags) => tags.run(format).await,
        Command::Connections(connections) => connections.run(format).await,
        Command::Namespace(namespace) => namespace.run(format).await,
        Command::Start(start) => start.run(format).await,
        Command::Describe(describe) => describe.run(format).await,
        Command::History(history) => history.run(format).await,
        Command::List(list) => list.run(format).await,
        Command::Stop(stop) => stop.run(format).await,
        Command::Redrive(redrive) => redrive.run(format).await,
        Command::MapRuns(map_runs) => map_runs.run(format).await,
        Command::Watch(watch) => watch.run(format).await,
        Command::Health(health) => health.run(format).await,
    }
}
