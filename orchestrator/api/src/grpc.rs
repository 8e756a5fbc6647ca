//! The gRPC face: one tonic service per `.proto`, with health and reflection; and the port that both faces are served on.

mod activities;
mod connections;
mod deadline;
mod executions;
mod gate;
mod health;
mod map_runs;
mod namespaces;
mod state_machines;
mod status;
mod tags;
mod tasks;
mod versions;

use std::sync::Arc;
use std::time::Duration;

use engine::Engine;
use everstep_proto::v1::activities_server::ActivitiesServer;
use everstep_proto::v1::connections_server::ConnectionsServer;
use everstep_proto::v1::executions_server::ExecutionsServer;
use everstep_proto::v1::map_runs_server::MapRunsServer;
use everstep_proto::v1::namespaces_server::NamespacesServer;
use everstep_proto::v1::state_machines_server::StateMachinesServer;
use everstep_proto::v1::tags_server::TagsServer;
use everstep_proto::v1::tasks_server::TasksServer;
use everstep_proto::v1::versions_server::VersionsServer;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tonic::codec::CompressionEncoding;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use vault::Vault;

use crate::http_tasks::ConnectedClient;
use crate::limits::REQUEST_BYTES_MAX;
use crate::operations::Operations;

/// A client that vanished without a word is noticed within the two together.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(10);
/// Streams and polls end at once when the server stops; calls under way get so long.
const STOP_WITHIN: Duration = Duration::from_secs(10);
/// A long poll and a wait for an end hold a stream each; hyper's own 200 would queue the calls behind them unseen.
const STREAMS_PER_CONNECTION_MAX: u32 = 4_096;
/// Room for a few large requests on their way, so that one does not hold up the others of its connection.
const STREAM_WINDOW_BYTES: u32 = 1_048_576;
const CONNECTION_WINDOW_BYTES: u32 = 4 * 1_048_576;

#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the database's secret can't be read")]
    Secret(#[from] store::StoreError),
    #[error("the gRPC server failed")]
    Transport(#[from] tonic::transport::Error),
    #[error("the reflection service refused the contract's descriptors")]
    Reflection(#[from] tonic_reflection::server::Error),
}

/// Serves until `shutdown` is there and the calls under way have been answered.
pub async fn serve(
    engine: Engine,
    vault: Vault,
    http: ConnectedClient,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let operations = Operations::new(engine, vault, http).await?;
    let stop = CancellationToken::new();
    // Whatever way this function ends, what it spawned ends with it.
    let _stop = stop.clone().drop_guard();
    let gate = axum::middleware::from_fn_with_state(Arc::new(operations.clone()), gate::pass);
    let grpc = routes(&operations, &stop)?.into_axum_router().layer(gate);
    // Behind no gate: the AWS face asks for signatures.
    let routes = Routes::from(grpc.merge(crate::aws::router(&operations, &stop)));
    tokio::spawn(operations.keyring().clone().keep(stop.clone()));
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let stopping = stop.clone();
    let server = Server::builder()
        // AWS SDKs speak it.
        .accept_http1(true)
        .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
        .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
        .max_concurrent_streams(STREAMS_PER_CONNECTION_MAX)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .add_routes(routes)
        .serve_with_incoming_shutdown(incoming, async move {
            shutdown.await;
            stopping.cancel();
        });
    let late = async {
        stop.cancelled().await;
        tokio::time::sleep(STOP_WITHIN).await;
    };
    tokio::select! {
        result = server => result.map_err(ServeError::from),
        () = late => {
            tracing::warn!("calls were still under way when the server stopped");
            Ok(())
        }
    }
}

fn routes(operations: &Operations, stop: &CancellationToken) -> Result<Routes, ServeError> {
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(everstep_proto::DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()?;
    let state_machines = state_machines::Face(operations.clone());
    let executions = executions::Face { operations: operations.clone(), stop: stop.clone() };
    let tasks = tasks::Face { operations: operations.clone(), stop: stop.clone() };
    let namespaces = namespaces::Face(operations.clone());
    let connections = connections::Face(operations.clone());
    let map_runs = map_runs::Face(operations.clone());
    let versions = versions::Face(operations.clone());
    let activities = activities::Face(operations.clone());
    let tags = tags::Face(operations.clone());
    let gzip = CompressionEncoding::Gzip;
    let routes = Routes::new(health::service(operations, stop))
        .add_service(reflection)
        .add_service(
            StateMachinesServer::new(state_machines)
                .max_decoding_message_size(REQUEST_BYTES_MAX)
                .accept_compressed(gzip)
                .send_compressed(gzip),
        )
        .add_service(
            ExecutionsServer::new(executions)
                .max_decoding_message_size(REQUEST_BYTES_MAX)
                .accept_compressed(gzip)
                .send_compressed(gzip),
        )
        .add_service(
            TasksServer::new(tasks)
                .max_decoding_message_size(REQUEST_BYTES_MAX)
                .accept_compressed(gzip)
                .send_compressed(gzip),
        )
        .add_service(NamespacesServer::new(namespaces).accept_compressed(gzip))
        .add_service(ConnectionsServer::new(connections).accept_compressed(gzip))
        .add_service(MapRunsServer::new(map_runs).accept_compressed(gzip))
        .add_service(VersionsServer::new(versions).accept_compressed(gzip))
        .add_service(ActivitiesServer::new(activities).accept_compressed(gzip))
        .add_service(TagsServer::new(tags).accept_compressed(gzip));
    Ok(routes)
}
