//! The grammar of a call: `States.Name(argument, …)`, where an argument is a path, a string between
//! single quotes, a number, `true`, `false`, `null`, or another call.

use serde_json::{Number, Value};

use super::{Call, Expression, Function, Text};
use crate::number::Decimal;
use crate::path::Path;

/// How deep calls nest: AWS's limit.
const NESTING_MAX: usize = 10;

impl Expression {
    /// A path or a call. The error is a sentence for the definition's author.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.starts_with('$') {
            return Path::parse(text).map(Self::Path).map_err(|error| error.message);
        }
        if !text.starts_with("States.") {
            return Err(
                "neither a path ('$…') nor an intrinsic function ('States.…(…)')".to_owned()
            );
        }
        let mut parser = Parser { text, at: 0 };
        let call = parser.call(NESTING_MAX)?;
        parser.skip_blanks();
        if parser.rest().is_empty() {
            return Ok(Self::Call(call));
        }
        Err(format!("nothing may follow the call, but there is {:?}", parser.rest()))
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Parser<'t> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start().len();
    }

    fn take(&mut self, expected: char) -> bool {
        self.skip_blanks();
        let taken = self.rest().starts_with(expected);
        self.at += if taken { expected.len_utf8() } else { 0 };
        taken
    }

    fn call(&mut self, levels: usize) -> Result<Call, String> {
        let levels = levels
            .checked_sub(1)
            .ok_or_else(|| format!("calls nest deeper than {NESTING_MAX} levels"))?;
        let start = self.at;
        let is_part = |character: char| character.is_ascii_alphanumeric() || character == '.';
        let length = self.rest().find(|character| !is_part(character)).unwrap_or(self.rest().len());
        let name = &self.rest()[..length];
        let function = Function::named(name)
            .ok_or_else(|| format!("there is no intrinsic function named {name:?}"))?;
        self.at += length;
        if !self.take('(') {
            return Err(format!("the arguments of {name} must follow in parentheses"));
        }
        let arguments = self.arguments(name, levels)?;
        let (least, most) = function.arity();
        if arguments.len() < least || arguments.len() > most {
            return Err(wrong_arity(name, (least, most), arguments.len()));
        }
        if function.takes_numbers() && arguments.iter().any(|it| matches!(it, Expression::Text(_)))
        {
            return Err(format!("the arguments of {name} are numbers"));
        }
        Ok(Call { text: self.text[start..self.at].to_owned(), function, arguments })
    }

    fn arguments(&mut self, name: &str, levels: usize) -> Result<Vec<Expression>, String> {
        let mut arguments = Vec::new();
        if self.take(')') {
            return Ok(arguments);
        }
        loop {
            self.skip_blanks();
            arguments.push(self.argument(levels)?);
            if self.take(')') {
                return Ok(arguments);
            }
            if !self.take(',') {
                return Err(match self.rest() {
                    "" => format!("the arguments of {name} are not closed by a parenthesis"),
                    rest => format!(
                        "after an argument of {name} there must be ',' or ')', not {rest:?}"
                    ),
                });
            }
        }
    }

    fn argument(&mut self, levels: usize) -> Result<Expression, String> {
        match self.rest().chars().next() {
            Some('$') => self.path(),
            Some('\'') => self.string(),
            Some('S') => self.call(levels).map(Expression::Call),
            _ => self.literal(),
        }
    }

    /// A path ends at the comma or parenthesis that is outside of its brackets, parentheses and quotes.
    fn path(&mut self) -> Result<Expression, String> {
        let mut depth = 0_usize;
        let mut quote = None;
        let mut escaped = false;
        let length = self.rest().find(|character| {
            match (character, quote) {
                _ if escaped => escaped = false,
                ('\\', Some(_)) => escaped = true,
                (_, Some(open)) if character == open => quote = None,
                ('\'' | '"', None) if depth > 0 => quote = Some(character),
                ('[' | '(', None) => depth += 1,
                (')' | ',', None) if depth == 0 => return true,
                (']' | ')', None) => depth = depth.saturating_sub(1),
                _ => {}
            }
            false
        });
        let text = &self.rest()[..length.unwrap_or(self.rest().len())];
        self.at += text.len();
        let text = text.trim_end();
        Path::parse(text)
            .map(Expression::Path)
            .map_err(|error| format!("the argument {text} is not a valid path: {}", error.message))
    }

    fn string(&mut self) -> Result<Expression, String> {
        let inner = &self.rest()[1..];
        let mut escaped = false;
        let length = inner.find(|character| {
            let closes = !escaped && character == '\'';
            escaped = !escaped && character == '\\';
            closes
        });
        let length =
            length.ok_or_else(|| format!("a quote is missing behind {:?}", self.rest()))?;
        self.at += length + 2;
        let raw = inner[..length].to_owned();
        let plain = Value::String(unescape(&raw));
        Ok(Expression::Text(Text { raw, plain }))
    }

    fn literal(&mut self) -> Result<Expression, String> {
        let length = self.rest().find([',', ')']).unwrap_or(self.rest().len());
        let word = self.rest()[..length].trim_end();
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            "null" => Value::Null,
            _ if Decimal::parse(word).is_some() && is_json_number(word) => {
                Value::Number(Number::from_string_unchecked(word.to_owned()))
            }
            _ => {
                return Err(format!(
                    "{word:?} is no argument: write a path, a text in single quotes, a number, true, \
                     false, null, or another call"
                ));
            }
        };
        self.at += word.len();
        Ok(Expression::Literal(value))
    }
}

fn is_json_number(word: &str) -> bool {
    serde_json::from_str::<Number>(word).is_ok()
}

/// A backslash stands for the character behind it.
pub(super) fn unescape(raw: &str) -> String {
    let mut characters = raw.chars();
    let mut plain = String::with_capacity(raw.len());
    while let Some(character) = characters.next() {
        let escaped = if character == '\\' { characters.next() } else { None };
        plain.push(escaped.unwrap_or(character));
    }
    plain
}

fn wrong_arity(name: &str, (least, most): (usize, usize), given: usize) -> String {
    let expected = match most {
        usize::MAX => format!("at least {least}"),
        _ if least == most => least.to_string(),
        _ => format!("{least} to {most}"),
    };
    format!("{name} takes {expected} arguments, but here are {given}")
}
