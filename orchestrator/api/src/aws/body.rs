//! A request's body, read whole up to AWS's limit.

use axum::body::Body;
use futures_util::StreamExt as _;

use crate::errors::{Reason, Refusal};
use crate::limits::{AWS_REQUEST_BYTES_MAX, REQUEST_BYTES_MAX};

/// A body over the limit is read on without being kept, up to the bound that any request has: a client that still sends
/// hears no answer.
pub(super) async fn read(body: Body) -> Result<Vec<u8>, Refusal> {
    let mut chunks = body.into_data_stream();
    let mut kept = Vec::new();
    let mut length = 0;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            Refusal::new(Reason::SerializationException, format!("the body broke off: {error}"))
        })?;
        length += chunk.len();
        if length > REQUEST_BYTES_MAX {
            break;
        }
        if length > AWS_REQUEST_BYTES_MAX {
            kept = Vec::new();
        } else {
            kept.extend_from_slice(&chunk);
        }
    }
    if length > AWS_REQUEST_BYTES_MAX {
        let message = format!("a request has at most {AWS_REQUEST_BYTES_MAX} bytes");
        return Err(Refusal::new(Reason::RequestEntityTooLargeException, message));
    }
    Ok(kept)
}
