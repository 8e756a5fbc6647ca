//! What people and programs read: text, tables and JSON on standard output, errors on standard error.

mod table;
mod time;

pub(crate) use table::Table;
pub(crate) use time::{ago, clock, iso, iso_of, span, timestamp};

use std::io::{self, IsTerminal as _, Write as _};

use serde_json::{Value, json};

use crate::error::CommandError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Text,
    /// For programs: one document, or one document per line where a command goes on answering.
    Json,
}

/// Writes a line. A reader that has gone away (`everstep list | head`) ends the program quietly.
pub(crate) fn line(text: impl AsRef<str>) {
    write(&format!("{}\n", text.as_ref()));
}

/// Writes text as it is.
pub(crate) fn write(text: &str) {
    let mut out = io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

/// One JSON document on a line of its own; indented where a person looks at it.
pub(crate) fn document(value: &Value) {
    if io::stdout().is_terminal() {
        line(format!("{value:#}"));
    } else {
        line(value.to_string());
    }
}

/// What a command has deleted, as its caller named it.
pub(crate) fn deleted(what: &str, format: Format) {
    match format {
        Format::Text => line(format!("deleted {what}")),
        Format::Json => document(&json!({ "deleted": what })),
    }
}

/// A remark beside the output, for people alone.
pub(crate) fn note(text: impl AsRef<str>) {
    // Nobody reads it if that fails.
    let _ = writeln!(io::stderr(), "{}", text.as_ref());
}

pub(crate) fn error(error: &CommandError, format: Format) {
    match format {
        Format::Text => note(format!("everstep: {error}")),
        Format::Json => note(
            json!({ "error": {
                "kind": error.remedy.as_str(),
                "reason": error.reason,
                "message": error.message,
            }})
            .to_string(),
        ),
    }
}

/// JSON text of a payload as a JSON value, or as a string where it is none.
pub(crate) fn payload(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}

/// The first `width_max` characters of a text on one line.
pub(crate) fn shortened(text: &str, width_max: usize) -> String {
    let one_line: String =
        text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(width_max + 1).collect();
    if one_line.chars().count() <= width_max {
        return one_line;
    }
    one_line.chars().take(width_max.saturating_sub(1)).chain(['…']).collect()
}

/// A remark that the next one takes the place of.
pub(crate) fn note_in_place(text: &str) {
    // Nobody reads it if that fails.
    let _ = write!(io::stderr(), "\r\x1b[K{text}");
}

/// Whether people read the remarks on a terminal that one may draw on.
pub(crate) fn notes_on_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Whether standard output is a terminal that one may draw on.
pub(crate) fn on_terminal() -> bool {
    io::stdout().is_terminal()
}
