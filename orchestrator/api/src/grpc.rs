//! The gRPC face: one tonic service per `.proto`, with health and reflection.

use engine::Engine;
use tokio::net::TcpListener;

/// Serves until `shutdown` is there and the calls under way have been answered.
pub async fn serve(
    engine: Engine,
    listener: TcpListener,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), tonic::transport::Error> {
    let _ = (engine, listener, shutdown);
    todo!()
}
