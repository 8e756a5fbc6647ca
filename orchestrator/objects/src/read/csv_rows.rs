//! CSV: each row an object of strings by its headers. Fields beyond the headers are left out, missing ones are empty: as AWS has it.

use std::collections::BTreeSet;
use std::io::Read;

use csv::{ReaderBuilder, StringRecord};

use super::ReadError;
use super::sink::Sink;

pub(super) fn read(
    reader: impl Read,
    name: &str,
    (delimiter, given): (u8, Option<Vec<String>>),
    sink: &mut Sink,
) -> Result<(), ReadError> {
    let malformed = |error: csv::Error| ReadError::Malformed(format!("{name} is no CSV: {error}"));
    let mut rows = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .from_reader(reader);
    let mut row = StringRecord::new();
    let headers = match given {
        Some(headers) => headers,
        None if rows.read_record(&mut row).map_err(malformed)? => {
            row.iter().map(str::to_owned).collect()
        }
        None => return Ok(()),
    };
    let headers = quoted(headers)?;
    while rows.read_record(&mut row).map_err(malformed)? {
        if sink.blocking_push(&object(&headers, &row)).is_break() {
            break;
        }
    }
    Ok(())
}

/// As JSON, each with its colon.
fn quoted(mut headers: Vec<String>) -> Result<Vec<String>, ReadError> {
    if let Some(first) = headers.first_mut()
        && let Some(without_mark) = first.strip_prefix('\u{feff}')
    {
        *first = without_mark.to_owned();
    }
    let different: BTreeSet<&String> = headers.iter().collect();
    if different.len() < headers.len() {
        return Err(ReadError::RepeatedHeader);
    }
    Ok(headers.iter().map(|header| format!("{}:", json(header))).collect())
}

fn object(headers: &[String], row: &StringRecord) -> String {
    let mut object = String::with_capacity(row.as_slice().len() + headers.len() * 16);
    for (index, header) in headers.iter().enumerate() {
        object.push(if index == 0 { '{' } else { ',' });
        object.push_str(header);
        object.push_str(&json(row.get(index).unwrap_or_default()));
    }
    object.push('}');
    object
}

fn json(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}
