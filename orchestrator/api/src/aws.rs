//! The AWS face: AWS JSON 1.0 over HTTP, on the port of gRPC. `POST /` with the operation in `X-Amz-Target`; neither the
//! host nor its prefix matters.
//!
//! A request is authenticated, read, checked against the public model, and dispatched to one file of `operations`, which
//! puts it into the messages of `everstep/v1` and calls what gRPC calls.

mod body;
mod call;
mod configuration;
mod fields;
mod history;
mod model;
mod operations;
mod response;
mod validate;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::response::Response;
use axum::routing::any;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::errors::{Reason, Refusal};
use crate::operations::Operations;
use call::Call;
use operations::Reply;

const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
const TARGET: &str = "x-amz-target";
const TARGET_PREFIX: &str = "AWSStepFunctions.";

#[derive(Debug, Clone)]
struct Face {
    operations: Operations,
    stop: CancellationToken,
}

pub(crate) fn router(operations: &Operations, stop: &CancellationToken) -> Router {
    let face = Face { operations: operations.clone(), stop: stop.clone() };
    Router::new().route("/", any(serve)).with_state(face)
}

async fn serve(State(face): State<Face>, request: Request) -> Response {
    let request_id = uuid::Uuid::new_v4();
    match face.answer(request).await {
        Ok(Reply::Document(document)) => response::document(request_id, &document),
        Ok(Reply::Task(task)) => response::task(request_id, *task),
        Err(refusal) => response::refusal(request_id, &refusal),
    }
}

impl Face {
    async fn answer(self, request: Request) -> Result<Reply, Refusal> {
        let (parts, body) = request.into_parts();
        // Before anything is said: a client that is still sending would not hear it.
        let body = body::read(body).await;
        if parts.method != Method::POST || !speaks_json(&parts.headers) {
            let (method, path) = (&parts.method, parts.uri.path());
            let message =
                format!("{method} {path} is no operation: POST / with {CONTENT_TYPE} is expected");
            return Err(Refusal::new(Reason::UnknownOperationException, message));
        }
        let body = body?;
        self.operations.serving()?;
        let signer = self.operations.signer(&parts, &body);
        let caller = self.operations.answer(None, signer).await?;
        caller.run(self.dispatch(&parts.headers, &body)).await?
    }

    async fn dispatch(&self, headers: &HeaderMap, body: &[u8]) -> Result<Reply, Refusal> {
        let (name, operation) = operation(headers)?;
        let input: Value = serde_json::from_slice(body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            let why = format!("the body is not JSON at line {line}, column {column}");
            Refusal::new(Reason::SerializationException, why)
        })?;
        let call = Call::new(self.operations.clone(), self.stop.clone(), (name, input)).await?;
        call.check(&operation.input)?;
        operations::dispatch(name, call).await
    }
}

fn speaks_json(headers: &HeaderMap) -> bool {
    let found = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let media = found.and_then(|found| found.split(';').next()).map(str::trim);
    media.is_some_and(|media| media.eq_ignore_ascii_case(CONTENT_TYPE))
}

fn operation(headers: &HeaderMap) -> Result<(&'static str, &'static model::Operation), Refusal> {
    let target = headers.get(TARGET).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = target.strip_prefix(TARGET_PREFIX).unwrap_or_default();
    let found = model::service().operations.get_key_value(name);
    let found = found.map(|(name, operation)| (name.as_str(), operation));
    found.ok_or_else(|| unknown(target))
}

fn unknown(target: &str) -> Refusal {
    let message = format!("'{target}' is no operation of Step Functions");
    Refusal::new(Reason::UnknownOperationException, message)
}
