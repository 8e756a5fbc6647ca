//! What a syntax check lets pass and a value can't hold: depth, half surrogate pairs, reserved names.
//!
//! One pass over the bytes; nothing is allocated.

use super::{NESTING_MAX, PayloadError};

/// `serde_json` marks numbers and raw values by object fields of these names; a payload can't carry them.
pub(crate) const RESERVED: &str = "$serde_json::private::";

/// Refuses what the building of a value would fail on, other than faults of syntax.
pub(super) fn inspect(text: &str) -> Result<(), PayloadError> {
    let bytes = text.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at = inspect_string(text, at + 1)?;
                continue;
            }
            b'[' | b'{' => {
                depth += 1;
                if depth > NESTING_MAX {
                    let (line, column) = place(bytes, at);
                    return Err(PayloadError::TooDeep { line, column });
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// Inspects the string whose first character is at `start`; returns the place behind its closing quote.
fn inspect_string(text: &str, start: usize) -> Result<usize, PayloadError> {
    let bytes = text.as_bytes();
    let mut at = start;
    loop {
        match bytes.get(at) {
            // Not closed: a fault of syntax, found elsewhere.
            None => return Ok(bytes.len()),
            Some(b'"') => break,
            Some(b'\\') if bytes.get(at + 1) == Some(&b'u') => at = skip_unicode_escape(bytes, at)?,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
    let end = at + 1;
    let is_name = bytes[end..].iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
    if is_name && is_reserved(&text[start..at]) {
        let reason = format!("a field's name can't begin with `{RESERVED}`");
        return Err(syntax(bytes, start, &reason));
    }
    Ok(end)
}

/// `at` is the backslash of `\uXXXX`; returns the place behind it, and behind the second half of a pair.
fn skip_unicode_escape(bytes: &[u8], at: usize) -> Result<usize, PayloadError> {
    let lone = || syntax(bytes, at, "half of a surrogate pair stands alone in a string");
    match code_unit(bytes, at) {
        Some(0xd800..=0xdbff) if matches!(code_unit(bytes, at + 6), Some(0xdc00..=0xdfff)) => {
            Ok(at + 12)
        }
        Some(0xd800..=0xdfff) => Err(lone()),
        _ => Ok(at + 6),
    }
}

/// The number in an escape `\uXXXX` that begins at `at`.
fn code_unit(bytes: &[u8], at: usize) -> Option<u16> {
    let digits = bytes.get(at..at + 6)?.strip_prefix(br"\u")?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Whether a name begins with the reserved words, however they are escaped.
fn is_reserved(name: &str) -> bool {
    if !name.starts_with(['$', '\\']) {
        return false;
    }
    let bytes = name.as_bytes();
    let mut at = 0;
    RESERVED.bytes().all(|expected| {
        let (found, length) = code_unit(bytes, at)
            .map_or((bytes.get(at).map(|&byte| u16::from(byte)), 1), |unit| (Some(unit), 6));
        at += length;
        found == Some(u16::from(expected))
    })
}

fn syntax(bytes: &[u8], at: usize, reason: &str) -> PayloadError {
    let (line, column) = place(bytes, at);
    PayloadError::Syntax { line, column, reason: reason.to_owned() }
}

/// Line and column of a byte, both from 1.
fn place(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = &bytes[..at];
    let line = before.split(|&byte| byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|&&byte| byte != b'\n').count();
    (line, column)
}
