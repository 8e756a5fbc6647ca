//! The pattern of `StringMatches`: literal runs of characters with wildcards between them.

use std::fmt;

/// `*` stands for any run of characters, `\*` for an asterisk, `\\` for a backslash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Unescaped, in order; one more than there are wildcards.
    runs: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a backslash escapes `*` or `\\` alone")]
pub struct PatternError;

impl Pattern {
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut runs = vec![String::new()];
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            let literal = match character {
                '*' => {
                    runs.push(String::new());
                    continue;
                }
                '\\' => characters
                    .next()
                    .filter(|next| matches!(next, '*' | '\\'))
                    .ok_or(PatternError)?,
                other => other,
            };
            runs.last_mut().expect("there is always a run to append to").push(literal);
        }
        Ok(Self { runs })
    }

    /// Whether the whole of `text` fits. Each inner run is taken at its first place: no backtracking.
    pub fn matches(&self, text: &str) -> bool {
        let [first, inner @ .., last] = self.runs.as_slice() else {
            return self.runs.first().is_some_and(|only| only == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        for run in inner {
            let Some(place) = rest.find(run.as_str()) else { return false };
            rest = &rest[place + run.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

/// As a definition writes it.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escaped = |run: &String| run.replace('\\', r"\\").replace('*', r"\*");
        f.write_str(&self.runs.iter().map(escaped).collect::<Vec<_>>().join("*"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Pattern, PatternError};

    #[test]
    fn a_pattern_matches_the_whole_text() {
        for (pattern, text, fits) in [
            ("log-*.txt", "log-2024.txt", true),
            ("log-*.txt", "log-.txt", true),
            ("log-*.txt", "a log-2024.txt", false),
            ("log-*.txt", "log-2024.txt.gz", false),
            ("*", "", true),
            ("*", "anything", true),
            ("", "", true),
            ("", "x", false),
            ("a", "a", true),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-c-b", false),
            ("a**c", "ac", true),
            (r"\*", "*", true),
            (r"\*", "x", false),
            (r"a\\*", r"a\b", true),
            (r"a\\*", "ab", false),
            ("é*ü", "éßü", true),
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap().matches(text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn a_pattern_is_written_as_it_was_read() {
        for text in ["log-*.txt", "", "**", r"\*", r"a\\*", "é"] {
            assert_eq!(Pattern::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_backslash_must_escape_something() {
        for pattern in [r"a\b", r"a\"] {
            assert_eq!(Pattern::parse(pattern), Err(PatternError), "{pattern}");
        }
    }
}
