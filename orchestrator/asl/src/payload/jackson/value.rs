//! Single values: words, numbers and strings.

use super::words::{VALUES, shown};
use super::{Expects, Read, Reader, Scope};

/// Characters of a word that are repeated.
const TOKEN_MAX: usize = 256;

const END_OF_ESCAPE: &str = "Unexpected end-of-input in character escape sequence";

impl Reader<'_> {
    /// There is a character to take.
    pub(super) fn value(&mut self) -> Read<Expects> {
        let Some(found) = self.peek() else { return Ok(Expects::Next) };
        let begins = self.at;
        match found {
            '"' => {
                self.take();
                let end = ": was expecting closing quote for a string value";
                self.string("string value", end)?;
            }
            '[' | '{' => {
                self.take();
                let close = if found == '[' { ']' } else { '}' };
                self.open.push(Scope { close, at: begins });
                return Ok(Expects::First);
            }
            't' => self.word("true")?,
            'f' => self.word("false")?,
            'n' => self.word("null")?,
            '-' | '0'..='9' => self.number()?,
            '}' => return self.unexpected(found, "expected a value"),
            ']' if self.open.is_empty() => {
                self.take();
                let place = super::words::source(self.text, 1, 0);
                return Err(format!(
                    "Unexpected close marker ']': expected '}}' (for root starting at {place})"
                ));
            }
            'N' if self.text[begins..].starts_with("NaN") => return self.no_number("NaN"),
            'I' if self.text[begins..].starts_with("Infinity") => {
                return self.no_number("Infinity");
            }
            _ if begins_word(found) => return self.no_word(begins),
            _ => return self.unexpected(found, &format!("expected a valid value {VALUES}")),
        }
        Ok(Expects::Next)
    }

    fn word(&mut self, word: &str) -> Read<()> {
        let begins = self.at;
        let rest = &self.text[begins..];
        let after = rest.strip_prefix(word).map(|rest| rest.chars().next());
        match after {
            Some(next) if !next.is_some_and(in_word) => {
                self.at += word.len();
                Ok(())
            }
            Some(_) | None => self.no_word(begins),
        }
    }

    /// Numbers of JavaScript that JSON has not.
    fn no_number<T>(&mut self, word: &str) -> Read<T> {
        self.at += word.len();
        Err(format!(
            "Non-standard token '{word}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow"
        ))
    }

    fn no_word<T>(&mut self, begins: usize) -> Read<T> {
        let rest = &self.text[begins..];
        let token: String = rest.chars().take_while(|it| in_word(*it)).take(TOKEN_MAX).collect();
        self.at = begins + token.len();
        let more = if self.peek().is_some_and(in_word) { "..." } else { "" };
        Err(format!("Unrecognized token '{token}{more}': was expecting {VALUES}"))
    }

    fn number(&mut self) -> Read<()> {
        if self.peek() == Some('-') {
            self.take();
            match self.peek() {
                None => return Err("Unexpected end-of-input in a Number value".to_owned()),
                Some('0'..='9') => {}
                Some(found) => {
                    let why = "expected digit (0-9) to follow minus sign, for valid numeric value";
                    return self.in_number(Some(found), why);
                }
            }
        }
        let zero = self.peek() == Some('0');
        let digits = self.digits();
        if zero && digits > 1 {
            return Err("Invalid numeric value: Leading zeroes not allowed".to_owned());
        }
        if self.peek() == Some('.') {
            self.take();
            if self.digits() == 0 {
                return self.in_number(self.peek(), "Decimal point not followed by a digit");
            }
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.take();
            if matches!(self.peek(), Some('+' | '-')) {
                self.take();
            }
            if self.digits() == 0 {
                return self.in_number(self.peek(), "Exponent indicator not followed by a digit");
            }
        }
        match self.peek() {
            Some(found) if self.open.is_empty() && !matches!(found, ' ' | '\t' | '\n' | '\r') => {
                self.unexpected(found, "Expected space separating root-level values")
            }
            Some(_) | None => Ok(()),
        }
    }

    fn digits(&mut self) -> usize {
        let rest = &self.text[self.at..];
        let count = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
        self.at += count;
        count
    }

    fn in_number<T>(&mut self, found: Option<char>, why: &str) -> Read<T> {
        self.take();
        let found = shown(found.unwrap_or('\0'));
        Err(format!("Unexpected character ({found}) in numeric value: {why}"))
    }

    /// Behind its first quote, up to its last.
    pub(super) fn string(&mut self, what: &str, end: &str) -> Read<()> {
        loop {
            let Some(found) = self.peek() else {
                return Err(format!("Unexpected end-of-input{end}"));
            };
            self.take();
            match found {
                '"' => return Ok(()),
                '\\' => self.escape()?,
                '\0'..='\u{1f}' => {
                    let found = shown(found);
                    return Err(format!(
                        "Illegal unquoted character ({found}): has to be escaped using backslash to be included in {what}"
                    ));
                }
                _ => {}
            }
        }
    }

    fn escape(&mut self) -> Read<()> {
        let found = self.peek().ok_or(END_OF_ESCAPE)?;
        self.take();
        match found {
            '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => Ok(()),
            'u' => (0..4).try_for_each(|_| self.hex_digit()),
            other => Err(format!("Unrecognized character escape {}", shown(other))),
        }
    }

    fn hex_digit(&mut self) -> Read<()> {
        let found = self.peek().ok_or(END_OF_ESCAPE)?;
        if !found.is_ascii_hexdigit() {
            return self.unexpected(found, "expected a hex-digit for character escape sequence");
        }
        self.take();
        Ok(())
    }
}

/// As Java has it of its identifiers, near enough.
fn begins_word(found: char) -> bool {
    found.is_alphabetic() || matches!(found, '_' | '$')
}

fn in_word(found: char) -> bool {
    begins_word(found) || found.is_numeric()
}
