//! The gate of gRPC: every call but those of health proves who its caller is, and runs as that caller's.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tonic::server::NamedService as _;
use tonic_health::pb::health_server::HealthServer;

use super::status::status;
use crate::operations::Operations;

pub(super) async fn pass(
    State(operations): State<Arc<Operations>>,
    request: Request,
    next: Next,
) -> Response {
    if is_health(request.uri().path()) {
        return next.run(request).await;
    }
    let answer = match operations.presenter(request.headers()).await {
        Ok(caller) => caller.run(next.run(request)).await,
        Err(refusal) => Err(refusal),
    };
    answer.unwrap_or_else(|refusal| status(&refusal).into_http())
}

/// Load balancers have no keys, and hear nothing but whether this node serves.
fn is_health(path: &str) -> bool {
    path.split('/').nth(1) == Some(HealthServer::<()>::NAME)
}
