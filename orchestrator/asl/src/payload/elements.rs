//! The elements of an array, cut out of its text: no value is built of any of them.

/// Each without the white space between its tokens; `None`: it is no array. The text is one JSON value: see [`super::Payload::parse`].
pub(super) fn split(text: &str) -> Option<Vec<String>> {
    let within = text.trim().strip_prefix('[')?.strip_suffix(']')?;
    let bytes = within.as_bytes();
    let mut elements = Vec::new();
    let mut element = String::new();
    let (mut depth, mut from, mut at) = (0_usize, 0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                at = behind_string(bytes, at);
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                element.push_str(&within[from..at]);
                elements.push(std::mem::take(&mut element));
                from = at + 1;
            }
            b' ' | b'\n' | b'\r' | b'\t' => {
                element.push_str(&within[from..at]);
                from = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    element.push_str(&within[from..]);
    if !element.is_empty() {
        elements.push(element);
    }
    Some(elements)
}

/// The place behind the string whose opening quote is at `quote`.
fn behind_string(bytes: &[u8], quote: usize) -> usize {
    let mut at = quote + 1;
    loop {
        match bytes.get(at) {
            None => return bytes.len(),
            Some(b'"') => return at + 1,
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}
