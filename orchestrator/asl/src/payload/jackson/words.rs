//! How Jackson shows characters and places.

/// Units of the text that it repeats.
const SHOWN_MAX: usize = 500;

pub(super) const VALUES: &str =
    "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

pub(super) fn shown(found: char) -> String {
    let mut units = [0; 2];
    let code = found.encode_utf16(&mut units)[0];
    match code {
        0..=0x1f | 0x7f..=0x9f => format!("(CTRL-CHAR, code {code})"),
        0x20..=0xff => format!("'{found}' (code {code})"),
        // The first half of a pair is no character.
        0xd800..=0xdfff => format!("'?' (code {code} / 0x{code:x})"),
        code => format!("'{found}' (code {code} / 0x{code:x})"),
    }
}

pub(super) fn source(text: &str, line: usize, column: usize) -> String {
    let units = text.encode_utf16().count();
    let kept: String = match units.checked_sub(SHOWN_MAX).filter(|over| *over > 0) {
        None => format!("\"{text}\""),
        Some(over) => {
            let kept: Vec<u16> = text.encode_utf16().take(SHOWN_MAX).collect();
            format!("\"{}\"[truncated {over} chars]", String::from_utf16_lossy(&kept))
        }
    };
    format!("[Source: (String){kept}; line: {line}, column: {column}]")
}
