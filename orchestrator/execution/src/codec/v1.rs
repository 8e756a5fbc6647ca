//! Format 1: `{"payloads":[…],"events":[[branch, previous, payload's index or null, kind], …]}`.

mod read;
mod wire;
mod write;

use std::collections::BTreeMap;

use asl::Payload;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::DecodeError;
use crate::event::Event;
use crate::id::{BranchId, PublicId};

#[derive(Deserialize)]
struct Row<'a> {
    #[serde(borrow)]
    payloads: Vec<&'a RawValue>,
    #[serde(borrow)]
    events: Vec<(u64, u64, Option<usize>, wire::Kind<'a>)>,
}

pub(super) fn encode(events: &[Event]) -> Vec<u8> {
    let mut payloads = Payloads::default();
    let mut listed = Vec::with_capacity(64 + events.len() * 96);
    for event in events {
        if !listed.is_empty() {
            listed.push(b',');
        }
        let payload = event.payload.as_ref().map(|payload| payloads.index(payload));
        let entry =
            (event.branch.0, event.previous.0, payload, write::kind(&event.kind, &mut payloads));
        serde_json::to_writer(&mut listed, &entry)
            .expect("a wire event is plain data, and memory takes all");
    }
    let mut bytes = Vec::with_capacity(payloads.bytes + listed.len() + 32);
    bytes.extend_from_slice(b"{\"payloads\":[");
    for (index, text) in payloads.texts.iter().enumerate() {
        if index > 0 {
            bytes.push(b',');
        }
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes.extend_from_slice(b"],\"events\":[");
    bytes.extend_from_slice(&listed);
    bytes.extend_from_slice(b"]}");
    bytes
}

pub(super) fn decode(bytes: &[u8]) -> Result<Vec<Event>, DecodeError> {
    let malformed = |reason: String| DecodeError::Malformed { reason };
    let text = std::str::from_utf8(bytes).map_err(|error| malformed(error.to_string()))?;
    let row: Row<'_> = serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
    let payloads = row.payloads.iter().map(|payload| Payload::trusted(payload.get()));
    let payloads = read::Payloads(payloads.collect());
    let mut events = Vec::with_capacity(row.events.len());
    for (branch, previous, payload, kind) in row.events {
        let payload = payload.map(|index| payloads.at(index)).transpose()?;
        events.push(Event {
            branch: BranchId(branch),
            previous: PublicId(previous),
            payload,
            kind: read::kind(kind, &payloads)?,
        });
    }
    Ok(events)
}

/// The payloads of a row, each once.
#[derive(Default)]
struct Payloads<'a> {
    texts: Vec<&'a str>,
    bytes: usize,
    /// By length first: most that differ are told apart without a look at the text.
    indices: BTreeMap<(usize, &'a str), usize>,
}

impl<'a> Payloads<'a> {
    fn index(&mut self, payload: &'a Payload) -> usize {
        let text = payload.text();
        *self.indices.entry((text.len(), text)).or_insert_with(|| {
            self.bytes += text.len() + 1;
            self.texts.push(text);
            self.texts.len() - 1
        })
    }
}
