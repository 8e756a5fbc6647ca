//! Why a text is no JSON, in the words of Jackson, the reader that AWS has: asked only about what was refused already.

mod value;
mod words;

/// Of the first fault: Jackson's message, and where its reader stood, in UTF-16 units from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JacksonFault {
    pub message: String,
    pub line: usize,
    pub column: usize,
}

impl JacksonFault {
    /// `None`: Jackson reads it.
    pub fn of(text: &str) -> Option<Self> {
        let mut reader = Reader { text, at: 0, open: Vec::new() };
        let message = reader.read().err()?;
        let (line, column) = reader.place(reader.at);
        Some(Self { message, line, column: column + 1 })
    }

    /// With the place behind it, as Jackson writes an exception of `text`.
    pub fn located(&self, text: &str) -> String {
        let Self { message, line, column } = self;
        format!("{message}\n at {}", words::source(text, *line, *column))
    }
}

type Read<T> = Result<T, String>;

/// An array or object that is open.
#[derive(Debug, Clone, Copy)]
struct Scope {
    close: char,
    /// Where it began.
    at: usize,
}

impl Scope {
    fn name(self) -> &'static str {
        if self.close == ']' { "Array" } else { "Object" }
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Behind the last character that was taken.
    at: usize,
    open: Vec<Scope>,
}

/// What may stand next.
#[derive(Debug, Clone, Copy)]
enum Expects {
    Value,
    /// Right behind `[` or `{`: its end may stand there, too.
    First,
    /// Behind a comma of an object.
    Name,
    /// Behind a value.
    Next,
}

impl Reader<'_> {
    /// One value and nothing behind it. No recursion: a text may nest as deep as it is long.
    fn read(&mut self) -> Read<()> {
        if self.skip_blanks().is_none() {
            return Err("No content to map due to end-of-input".to_owned());
        }
        let mut expects = Expects::Value;
        while let Some(found) = self.skip_blanks() {
            expects = self.step(expects, found)?;
        }
        self.end(expects)
    }

    fn step(&mut self, expects: Expects, found: char) -> Read<Expects> {
        let closes = matches!(found, ']' | '}');
        match (expects, self.open.last().copied()) {
            (Expects::Next, None) => self.trailing(found),
            (Expects::First | Expects::Next, Some(scope)) if closes => self.close(scope, found),
            (Expects::Next, Some(scope)) => self.comma(scope, found),
            (Expects::First, Some(Scope { close: '}', .. })) | (Expects::Name, Some(_)) => {
                self.name(found)?;
                self.value()
            }
            (Expects::Value | Expects::First | Expects::Name, _) => self.value(),
        }
    }

    fn comma(&mut self, scope: Scope, found: char) -> Read<Expects> {
        if found != ',' {
            let why = format!("was expecting comma to separate {} entries", scope.name());
            return self.unexpected(found, &why);
        }
        self.take();
        Ok(if scope.close == ']' { Expects::Value } else { Expects::Name })
    }

    fn end(&self, expects: Expects) -> Read<()> {
        match (self.open.last(), expects) {
            (None, _) => Ok(()),
            (Some(scope), Expects::First | Expects::Next) => Err(format!(
                "Unexpected end-of-input: expected close marker for {} (start marker at {})",
                scope.name(),
                self.source(scope.at)
            )),
            (Some(scope), Expects::Value | Expects::Name) => Err(between(scope.name())),
        }
    }

    /// Jackson itself stops reading behind the value.
    fn trailing(&mut self, found: char) -> Read<Expects> {
        self.value()?;
        Err(format!("Unexpected character ({}): expected the end of the text", words::shown(found)))
    }

    fn close(&mut self, scope: Scope, found: char) -> Read<Expects> {
        self.take();
        if scope.close == found {
            self.open.pop();
            return Ok(Expects::Next);
        }
        Err(format!(
            "Unexpected close marker '{found}': expected '{}' (for {} starting at {})",
            scope.close,
            scope.name(),
            self.source(scope.at)
        ))
    }

    /// With its colon.
    fn name(&mut self, found: char) -> Read<()> {
        if found != '"' {
            return self.unexpected(found, "was expecting double-quote to start field name");
        }
        self.take();
        self.string("name", " in field name")?;
        match self.skip_blanks() {
            None => return Err(between("Object")),
            Some(':') => self.take(),
            Some(found) => {
                let why = "was expecting a colon to separate field name and value";
                return self.unexpected(found, why);
            }
        }
        self.skip_blanks().map(|_| ()).ok_or_else(|| between("Object"))
    }

    fn skip_blanks(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        let rest = rest.trim_start_matches([' ', '\t', '\n', '\r']);
        self.at = self.text.len() - rest.len();
        rest.chars().next()
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn take(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    fn unexpected<T>(&mut self, found: char, why: &str) -> Read<T> {
        self.take();
        Err(format!("Unexpected character ({}): {why}", words::shown(found)))
    }

    /// The line of a byte, and how many units stand before it there.
    fn place(&self, at: usize) -> (usize, usize) {
        let before = &self.text[..at];
        let line = before.rsplit('\n').next().unwrap_or_default();
        (before.matches('\n').count() + 1, line.encode_utf16().count())
    }

    fn source(&self, at: usize) -> String {
        let (line, before) = self.place(at);
        words::source(self.text, line, before + 1)
    }
}

fn between(name: &str) -> String {
    format!("Unexpected end-of-input within/between {name} entries")
}

#[cfg(test)]
mod tests;
