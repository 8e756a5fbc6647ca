//! JSON Lines: one document a line. Empty lines are none.

use std::io::{BufRead, Read};

use serde_json::value::RawValue;

use super::ReadError;
use super::sink::Sink;

/// Longer than any payload: what is read into memory before it is known to be a document.
const LINE_BYTES_MAX: u64 = 8 << 20;

pub(super) fn read(mut reader: impl BufRead, name: &str, sink: &mut Sink) -> Result<(), ReadError> {
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let read = reader.by_ref().take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        let read =
            read.map_err(|error| ReadError::Unreadable(name.to_owned(), error.to_string()))?;
        if read == 0 {
            break;
        }
        let malformed = |reason: String| {
            ReadError::Malformed(format!("Line {number} of {name} is no JSON: {reason}"))
        };
        if read as u64 == LINE_BYTES_MAX {
            return Err(malformed(format!("it is longer than {LINE_BYTES_MAX} bytes")));
        }
        let text = std::str::from_utf8(&line).map_err(|error| malformed(error.to_string()))?;
        if text.trim().is_empty() {
            continue;
        }
        let item: &RawValue =
            serde_json::from_str(text).map_err(|error| malformed(error.to_string()))?;
        if sink.blocking_push(item.get()).is_break() {
            break;
        }
    }
    Ok(())
}
