//! A path's text by characters, with the look-ahead that Jayway's grammar is made of.

/// A window of characters and a position in it. Indices may point behind the end: there is nothing there.
#[derive(Debug)]
pub(super) struct Characters {
    all: Vec<char>,
    pub(super) position: usize,
    end: usize,
}

impl Characters {
    pub(super) fn new(text: &str) -> Self {
        let all: Vec<char> = text.chars().collect();
        Self { position: 0, end: all.len(), all }
    }

    pub(super) fn end(&self) -> usize {
        self.end
    }

    /// The character at `index`, be it behind a narrowed end.
    pub(super) fn at(&self, index: usize) -> Option<char> {
        self.all.get(index).copied()
    }

    pub(super) fn current(&self) -> Option<char> {
        self.at(self.position)
    }

    pub(super) fn last(&self) -> Option<char> {
        self.end.checked_sub(1).and_then(|last| self.at(last))
    }

    pub(super) fn in_bounds(&self) -> bool {
        self.position < self.end
    }

    /// Whether the last character, or none, is left.
    pub(super) fn is_tail(&self) -> bool {
        self.position + 1 >= self.end
    }

    pub(super) fn slice(&self, start: usize, end: usize) -> String {
        let end = end.min(self.all.len());
        self.all.get(start..end).unwrap_or_default().iter().collect()
    }

    pub(super) fn whole(&self) -> String {
        self.all.iter().collect()
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.position + 1 < self.end && self.current() == Some(' ') {
            self.position += 1;
        }
    }

    /// Skips blanks at both ends.
    pub(super) fn trim(&mut self) {
        self.skip_blanks();
        while self.position + 1 < self.end && self.last() == Some(' ') {
            self.end -= 1;
        }
    }

    /// Gives up the last character.
    pub(super) fn narrow(&mut self) {
        self.end = self.end.saturating_sub(1);
    }

    /// The place of the first character behind `index` that isn't a blank.
    pub(super) fn next_significant(&self, index: usize) -> Option<usize> {
        (index + 1..self.end).find(|&place| self.at(place) != Some(' '))
    }

    /// The same, if `expected` stands there.
    pub(super) fn next_significant_is(&self, index: usize, expected: char) -> Option<usize> {
        self.next_significant(index).filter(|&place| self.at(place) == Some(expected))
    }

    /// The character before the position that isn't a blank, and its place.
    pub(super) fn previous_significant(&self) -> Option<(usize, char)> {
        let mut before =
            (0..self.position).rev().filter_map(|place| Some((place, self.at(place)?)));
        before.find(|&(_, character)| character != ' ')
    }

    /// Consumes blanks and `expected`, if that is what comes.
    pub(super) fn take(&mut self, expected: &str) -> bool {
        let start = self.position;
        self.skip_blanks();
        let length = expected.chars().count();
        let found = self.position + length <= self.end
            && expected
                .chars()
                .enumerate()
                .all(|(offset, character)| self.at(self.position + offset) == Some(character));
        self.position = if found { self.position + length } else { start };
        found
    }

    pub(super) fn index_of(&self, start: usize, wanted: char) -> Option<usize> {
        (start..self.end).find(|&place| self.at(place) == Some(wanted))
    }

    /// The next `wanted` behind `start` that no backslash escapes.
    pub(super) fn index_of_unescaped(&self, start: usize, wanted: char) -> Option<usize> {
        let mut escaped = false;
        (start + 1..self.end).find(|&place| {
            let character = self.at(place);
            let found = !escaped && character == Some(wanted);
            escaped = !escaped && character == Some('\\');
            found
        })
    }

    /// The bracket that closes the one at `start`. What stands between quotes (and, if asked, between
    /// slashes) doesn't count.
    pub(super) fn closing(
        &self,
        start: usize,
        pair: (char, char),
        in_regex: bool,
    ) -> Option<usize> {
        let (open, close) = pair;
        let mut opened = 1;
        let mut place = start + 1;
        while place < self.end {
            let mut character = self.at(place)?;
            let is_quote = matches!(character, '\'' | '"');
            if is_quote || in_regex && character == '/' {
                place = self.index_of_unescaped(place, character)? + 1;
                character = self.at(place)?;
            }
            if character == open {
                opened += 1;
            } else if character == close {
                opened -= 1;
            }
            if opened == 0 {
                return Some(place);
            }
            place += 1;
        }
        None
    }
}

/// Resolves the escapes of a quoted string.
pub(super) fn unescape(text: &str) -> String {
    resolve(text, None)
}

/// Those of a quoted name. Seen on AWS: a backslash before the quote that is not the name's own stays.
pub(super) fn unescape_name(text: &str, quote: char) -> String {
    resolve(text, Some(if quote == '\'' { '"' } else { '\'' }))
}

fn resolve(text: &str, kept: Option<char>) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            plain.push(character);
            continue;
        }
        match characters.next() {
            Some('r') => plain.push('\r'),
            Some('f') => plain.push('\u{c}'),
            Some('t') => plain.push('\t'),
            Some('n') => plain.push('\n'),
            Some('b') => plain.push('\u{8}'),
            Some('u') => push_code_unit(&mut characters, &mut plain),
            Some(other) if Some(other) == kept => plain.extend(['\\', other]),
            Some(other) => plain.push(other),
            None => plain.push('\\'),
        }
    }
    plain
}

/// `\u` with its four digits; without them, or for half of a surrogate pair, the escape stays as it is.
fn push_code_unit(characters: &mut std::str::Chars<'_>, plain: &mut String) {
    let rest = characters.as_str();
    let digits = rest.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match code.and_then(char::from_u32) {
        Some(character) => {
            plain.push(character);
            *characters = rest[4..].chars();
        }
        None => plain.push_str("\\u"),
    }
}
