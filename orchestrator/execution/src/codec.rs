//! Rows of history as bytes. Format 1: JSON text, in which each payload stands once, to the letter.
//! Every format ever released stays readable (`tests/golden`).

mod v1;

use crate::event::Event;

/// The format that this build writes.
pub const FORMAT: i16 = 1;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    #[error("a history row has format {found}; this version of Everstep reads up to {FORMAT}")]
    UnknownFormat { found: i16 },
    #[error("a history row can't be read: {reason}")]
    Malformed { reason: String },
}

/// In [`FORMAT`].
pub fn encode(events: &[Event]) -> Vec<u8> {
    v1::encode(events)
}

pub fn decode(format: i16, bytes: &[u8]) -> Result<Vec<Event>, DecodeError> {
    match format {
        1 => v1::decode(bytes),
        found => Err(DecodeError::UnknownFormat { found }),
    }
}
