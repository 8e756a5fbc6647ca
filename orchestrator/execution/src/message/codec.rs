//! Messages as bytes. Format 1: JSON text with each payload to the letter. Every format ever released stays readable (`tests/golden`).

use std::borrow::Cow;

use asl::Payload;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::{EndedChild, Message};
use crate::codec::DecodeError;
use crate::event::Failure;
use crate::execution::Status;
use crate::id::{ExecutionId, WaitId};

/// The format that this build writes.
pub const FORMAT: i16 = 1;

/// Nothing here is ever renamed or removed; a new field is optional.
#[derive(Serialize, Deserialize)]
enum Wire<'a> {
    #[serde(borrow)]
    ChildEnded(Box<ChildEnded<'a>>),
    ParentLeft,
    ParentLeftRedriven {
        redrives: u64,
    },
}

/// Instants are microseconds since 1970.
#[derive(Serialize, Deserialize)]
struct ChildEnded<'a> {
    wait: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    arn: Cow<'a, str>,
    #[serde(borrow)]
    machine_arn: Cow<'a, str>,
    #[serde(borrow)]
    name: Cow<'a, str>,
    status: End,
    started: i64,
    ended: i64,
    #[serde(borrow)]
    input: &'a RawValue,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    output: Option<&'a RawValue>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    error: Option<Cow<'a, str>>,
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    cause: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "is_zero")]
    redrives: u64,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum End {
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}

/// In [`FORMAT`].
pub fn encode(message: &Message) -> Vec<u8> {
    let wire = match message {
        Message::ChildEnded { wait, number, child } => {
            Wire::ChildEnded(Box::new(written(*wait, *number, child)))
        }
        Message::ParentLeft { redrives: 0 } => Wire::ParentLeft,
        Message::ParentLeft { redrives } => Wire::ParentLeftRedriven { redrives: *redrives },
    };
    serde_json::to_vec(&wire).expect("a message is plain data, and memory takes all")
}

pub fn decode(format: i16, bytes: &[u8]) -> Result<Message, DecodeError> {
    let malformed = |reason: String| DecodeError::Malformed { reason };
    if format != FORMAT {
        return Err(DecodeError::UnknownFormat { found: format });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
    match serde_json::from_str(text).map_err(|error| malformed(error.to_string()))? {
        Wire::ChildEnded(ended) => read(*ended),
        Wire::ParentLeft => Ok(Message::ParentLeft { redrives: 0 }),
        Wire::ParentLeftRedriven { redrives } => Ok(Message::ParentLeft { redrives }),
    }
}

fn written(wait: WaitId, number: Option<u64>, child: &EndedChild) -> ChildEnded<'_> {
    ChildEnded {
        wait: wait.0,
        number,
        id: child.id.to_string().into(),
        arn: (&*child.arn).into(),
        machine_arn: (&*child.machine_arn).into(),
        name: (&*child.name).into(),
        status: match child.status {
            Status::Running => unreachable!("an execution does not end as running"),
            Status::Succeeded => End::Succeeded,
            Status::Failed => End::Failed,
            Status::TimedOut => End::TimedOut,
            Status::Aborted => End::Aborted,
        },
        started: child.started_at.timestamp_micros(),
        ended: child.ended_at.timestamp_micros(),
        input: raw(&child.input),
        output: child.output.as_ref().map(raw),
        error: child.failure.error.as_deref().map(Cow::from),
        cause: child.failure.cause.as_deref().map(Cow::from),
        redrives: child.redrives,
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn raw(payload: &Payload) -> &RawValue {
    serde_json::from_str(payload.text()).expect("a payload is JSON")
}

fn read(ended: ChildEnded<'_>) -> Result<Message, DecodeError> {
    let instant =
        |micros| DateTime::from_timestamp_micros(micros).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let id = Uuid::try_parse(&ended.id);
    let id = id.map_err(|error| DecodeError::Malformed { reason: error.to_string() })?;
    let child = EndedChild {
        id: ExecutionId(id),
        arn: ended.arn.into_owned(),
        machine_arn: ended.machine_arn.into_owned(),
        name: ended.name.into_owned(),
        status: match ended.status {
            End::Succeeded => Status::Succeeded,
            End::Failed => Status::Failed,
            End::TimedOut => Status::TimedOut,
            End::Aborted => Status::Aborted,
        },
        started_at: instant(ended.started),
        ended_at: instant(ended.ended),
        input: Payload::trusted(ended.input.get()),
        output: ended.output.map(|output| Payload::trusted(output.get())),
        failure: Failure {
            error: ended.error.map(Cow::into_owned),
            cause: ended.cause.map(Cow::into_owned),
        },
        redrives: ended.redrives,
    };
    Ok(Message::ChildEnded {
        wait: WaitId(ended.wait),
        number: ended.number,
        child: Box::new(child),
    })
}
