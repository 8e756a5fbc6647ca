//! Health: a service is SERVING while the engine is ready. Load balancers and orchestrators ask here.

use engine::Readiness;
use everstep_proto::v1::connections_server::ConnectionsServer;
use everstep_proto::v1::executions_server::ExecutionsServer;
use everstep_proto::v1::namespaces_server::NamespacesServer;
use everstep_proto::v1::state_machines_server::StateMachinesServer;
use everstep_proto::v1::tasks_server::TasksServer;
use tokio_util::sync::CancellationToken;
use tonic::server::NamedService;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::server::HealthReporter;

use super::{connections, executions, namespaces, state_machines, tasks};
use crate::operations::Operations;

/// The empty name stands for the whole server.
const SERVICES: [&str; 6] = [
    "",
    StateMachinesServer::<state_machines::Face>::NAME,
    ExecutionsServer::<executions::Face>::NAME,
    TasksServer::<tasks::Face>::NAME,
    NamespacesServer::<namespaces::Face>::NAME,
    ConnectionsServer::<connections::Face>::NAME,
];

pub(super) fn service(
    operations: &Operations,
    stop: &CancellationToken,
) -> HealthServer<impl Health> {
    let (reporter, service) = tonic_health::server::health_reporter();
    let mut readiness = operations.engine().readiness();
    let stop = stop.clone();
    tokio::spawn(async move {
        loop {
            let ready = *readiness.borrow_and_update() == Readiness::Ready;
            report(&reporter, ready).await;
            let gone = tokio::select! {
                changed = readiness.changed() => changed.is_err(),
                () = stop.cancelled() => true,
            };
            if gone {
                report(&reporter, false).await;
                return;
            }
        }
    });
    service
}

async fn report(reporter: &HealthReporter, ready: bool) {
    let status = if ready { ServingStatus::Serving } else { ServingStatus::NotServing };
    for service in SERVICES {
        reporter.set_service_status(service, status).await;
    }
}
