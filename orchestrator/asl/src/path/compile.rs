//! Jayway's path grammar, quirks included: what it accepts, and what it says about the rest.

use super::PathError;
use super::characters::{Characters, unescape_name};
use super::filter;
use super::function::{self, Call};
use super::token::{Compiled, Slice, Token};

/// Steps of a path, those of its filters and parameters included. Evaluation recurses by step.
const STEPS_MAX: usize = 256;

/// How deep paths nest in filters and parameters. Both parser and evaluation recurse by level.
const NESTING_MAX: usize = 8;

/// What is left of a path's limits; shared by the paths within it.
#[derive(Debug)]
pub(super) struct Allowance {
    steps: usize,
    levels: usize,
}

impl Allowance {
    pub(super) fn whole() -> Self {
        Self { steps: STEPS_MAX, levels: NESTING_MAX }
    }

    pub(super) fn take_step(&mut self) -> Result<(), PathError> {
        self.steps = self.steps.checked_sub(1).ok_or_else(|| {
            PathError::new(format!("The path has more than {STEPS_MAX} steps: split it up."))
        })?;
        Ok(())
    }

    /// Goes one level down for `inner`.
    pub(super) fn nest<T>(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<T, PathError>,
    ) -> Result<T, PathError> {
        self.levels = self.levels.checked_sub(1).ok_or_else(|| {
            PathError::new(format!("The path nests deeper than {NESTING_MAX} levels."))
        })?;
        let result = inner(self);
        self.levels += 1;
        result
    }
}

pub(super) fn compile(text: &str, allowance: &mut Allowance) -> Result<Compiled, PathError> {
    let mut characters = Characters::new(text);
    characters.trim();
    if !matches!(characters.at(0), Some('$' | '@')) {
        characters = Characters::new(&format!("$.{text}"));
        characters.trim();
    }
    if characters.last() == Some('.') {
        return Err(PathError::new("Path must not end with a '.' or '..'"));
    }
    let mut compiler = Compiler { characters, tokens: Vec::new(), allowance };
    let root = compiler.read_root()?;
    Ok(invert_scanned_function(Compiled::new(root, compiler.tokens)))
}

/// `$..a.sum()` sums over all that is found, once: it is read as `$.sum($..a)`.
fn invert_scanned_function(mut path: Compiled) -> Compiled {
    let scanned = matches!(path.tokens.first(), Some(Token::Scan)) && path.ends_in_function();
    let first = path.tokens.iter().position(|token| matches!(token, Token::Function(_)));
    let (true, Some(first)) = (scanned, first) else { return path };
    let mut rest = path.tokens.split_off(first);
    if let Some(Token::Function(call)) = rest.first_mut() {
        let inner = Compiled::new(path.root, path.tokens);
        call.parameters = vec![function::Parameter::Path(inner)];
    }
    Compiled::new('$', rest)
}

struct Compiler<'a> {
    characters: Characters,
    tokens: Vec<Token>,
    allowance: &'a mut Allowance,
}

impl Compiler<'_> {
    fn read_root(&mut self) -> Result<char, PathError> {
        while matches!(self.characters.current(), Some(' ' | '\t' | '\r' | '\n')) {
            self.characters.position += 1;
        }
        let root = self.characters.current().filter(|root| matches!(root, '$' | '@'));
        let root = root.ok_or_else(|| PathError::new("Path must start with '$' or '@'"))?;
        if self.characters.is_tail() {
            return Ok(root);
        }
        self.characters.position += 1;
        if !matches!(self.characters.current(), Some('.' | '[')) {
            let position = self.characters.position;
            return Err(PathError::new(format!(
                "Illegal character at position {position} expected '.' or '['"
            )));
        }
        self.read_token()?;
        while !self.characters.is_tail() {
            self.read_token()?;
        }
        Ok(root)
    }

    fn push(&mut self, token: Token) -> Result<(), PathError> {
        self.allowance.take_step()?;
        self.tokens.push(token);
        Ok(())
    }

    fn read_token(&mut self) -> Result<(), PathError> {
        match self.characters.current() {
            Some('[') => self.read_bracket(),
            Some('.') => self.read_dot(),
            Some('*') => {
                self.characters.position += 1;
                self.push(Token::Wildcard)
            }
            _ => self.read_name(),
        }
    }

    fn unparsable(&self) -> PathError {
        let position = self.characters.position;
        PathError::new(format!("Could not parse token starting at position {position}"))
    }

    /// `.` and `..`, with the token behind.
    fn read_dot(&mut self) -> Result<(), PathError> {
        if self.characters.at(self.characters.position + 1) == Some('.') {
            self.push(Token::Scan)?;
            self.characters.position += 2;
        } else if self.characters.is_tail() {
            return Err(PathError::new("Path must not end with a '."));
        } else {
            self.characters.position += 1;
        }
        if self.characters.current() == Some('.') {
            let position = self.characters.position;
            return Err(PathError::new(format!(
                "Character '.' on position {position} is not valid."
            )));
        }
        if self.characters.current().is_none() {
            return Err(self.unparsable());
        }
        self.read_token()
    }

    fn read_bracket(&mut self) -> Result<(), PathError> {
        let start = self.characters.position;
        let next = self.characters.next_significant(start);
        match next.and_then(|place| self.characters.at(place)) {
            Some(quote @ ('\'' | '"')) => self.read_quoted_names(quote),
            Some(character) if character.is_ascii_digit() || matches!(character, '-' | ':') => {
                self.read_array_token()
            }
            Some('*') => self.read_bracketed_wildcard(),
            Some('?') => self.read_filter(),
            _ => Err(self.no_token_in_brackets()),
        }
    }

    fn no_token_in_brackets(&self) -> PathError {
        let position = self.characters.position;
        PathError::new(format!(
            "Could not parse token starting at position {position}. Expected ?, ', 0-9, * "
        ))
    }

    /// `name` or `name(…)`
    fn read_name(&mut self) -> Result<(), PathError> {
        let start = self.characters.position;
        if self.characters.current().is_none_or(|character| character == ' ') {
            return Err(self.unparsable());
        }
        let mut end = start;
        while end < self.characters.end() {
            match self.characters.at(end) {
                Some(' ') => {
                    return Err(PathError::new(format!(
                        "Use bracket notion ['my prop'] if your property contains blank characters. \
                         position: {start}"
                    )));
                }
                Some('.' | '[' | '(') => break,
                _ => end += 1,
            }
        }
        let name = self.characters.slice(start, end);
        if end < self.characters.end() && self.characters.at(end) == Some('(') {
            let parameters = self.read_parameters(&name, end)?;
            return self.push(Token::Function(Call { name, parameters }));
        }
        self.characters.position = end;
        self.push(Token::Properties { names: vec![name], quote: '\'' })
    }

    /// The parameters of the call of `name` whose parenthesis opens at `open`.
    fn read_parameters(
        &mut self,
        name: &str,
        open: usize,
    ) -> Result<Vec<function::Parameter>, PathError> {
        let mut depth = 0;
        let closed = (open..self.characters.end()).any(|place| {
            match self.characters.at(place) {
                Some('(') => depth += 1,
                Some(')') => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        if !closed {
            return Err(PathError::new(format!(
                "Arguments to function: '{name}' are not closed properly."
            )));
        }
        self.characters.position = open + 1;
        if self.characters.current() == Some(')') {
            // Jayway stays on the parenthesis: a call without parameters must end its path.
            return Ok(Vec::new());
        }
        let (characters, allowance) = (&mut self.characters, &mut *self.allowance);
        allowance.nest(|allowance| function::read_parameters(name, characters, allowance))
    }

    /// `['name']`, `["one", "two"]`
    fn read_quoted_names(&mut self, quote: char) -> Result<(), PathError> {
        let mut names = Vec::new();
        let mut opened = None;
        let mut closed = self.characters.position;
        let mut escaped = false;
        let mut after_comma = false;
        let mut place = closed + 1;
        let empty = |place: usize| PathError::new(format!("Found empty property at index {place}"));
        while place < self.characters.end() {
            let Some(character) = self.characters.at(place) else { break };
            match (character, opened) {
                _ if escaped => escaped = false,
                ('\\', _) => escaped = true,
                (']' | ',', None) if after_comma => return Err(empty(place)),
                (']', None) => break,
                (',', None) => after_comma = true,
                (_, Some(start)) if character == quote => {
                    self.expect_end_of_name(place)?;
                    names.push(unescape_name(&self.characters.slice(start, place), quote));
                    (opened, closed) = (None, place);
                }
                (_, None) if character == quote => (opened, after_comma) = (Some(place + 1), false),
                _ => {}
            }
            place += 1;
        }
        if opened.is_some() {
            return Err(PathError::new(format!(
                "Property has not been closed - missing closing {quote}"
            )));
        }
        let end = self.characters.next_significant_is(closed, ']');
        let end =
            end.ok_or_else(|| PathError::new("Property has not been closed - missing closing ]"))?;
        if names.is_empty() {
            return Err(PathError::new("Empty properties"));
        }
        self.characters.position = end + 1;
        self.push(Token::Properties { names, quote })
    }

    fn expect_end_of_name(&self, place: usize) -> Result<(), PathError> {
        let next =
            self.characters.next_significant(place).and_then(|next| self.characters.at(next));
        if matches!(next, Some(']' | ',')) {
            return Ok(());
        }
        Err(PathError::new(format!(
            "Property must be separated by comma or Property must be terminated close square bracket \
             at index {place}"
        )))
    }

    /// `[1]`, `[0,2]`, `[1:]`, `[:2]`, `[1:2]`
    fn read_array_token(&mut self) -> Result<(), PathError> {
        let start = self.characters.position + 1;
        let end =
            self.characters.index_of(start, ']').ok_or_else(|| self.no_token_in_brackets())?;
        let expression = self.characters.slice(start, end);
        let expression = expression.trim();
        let known = |c: char| c.is_ascii_digit() || matches!(c, ',' | '-' | ':' | ' ');
        if !expression.chars().all(known) {
            return Err(self.no_token_in_brackets());
        }
        let token = if expression.contains(':') {
            Token::Slice(read_slice(expression)?)
        } else {
            Token::Indices(read_indices(expression)?)
        };
        self.characters.position = end + 1;
        self.push(token)
    }

    fn read_bracketed_wildcard(&mut self) -> Result<(), PathError> {
        let start = self.characters.position;
        let star = self.characters.next_significant(start).unwrap_or(start);
        let end = self.characters.next_significant_is(star, ']').ok_or_else(|| {
            let position = star + 1;
            PathError::new(format!(
                "Expected wildcard token to end with ']' on position {position}"
            ))
        })?;
        self.characters.position = end + 1;
        self.push(Token::Wildcard)
    }

    fn read_filter(&mut self) -> Result<(), PathError> {
        let start = self.characters.position;
        let mark = self.characters.next_significant(start).unwrap_or(start);
        let end = self
            .characters
            .next_significant_is(mark, '(')
            .and_then(|open| self.characters.closing(open, ('(', ')'), true))
            .and_then(|close| self.characters.next_significant_is(close, ']'))
            .ok_or_else(|| self.no_token_in_brackets())?;
        let criteria = self.characters.slice(start, end + 1);
        let filter = self.allowance.nest(|allowance| filter::compile(&criteria, allowance))?;
        self.characters.position = end + 1;
        self.push(Token::Filter(filter))
    }
}

fn read_slice(expression: &str) -> Result<Slice, PathError> {
    let refused = || PathError::new(format!("Failed to parse SliceOperation: {expression}"));
    let mut bounds = expression.split(':').map(|bound| match bound {
        "" => Ok(None),
        bound => read_integer(bound).map(Some).ok_or_else(refused),
    });
    let mut bound = || bounds.next().unwrap_or(Ok(None));
    // A third bound, the step of other dialects, is not looked at.
    match (bound()?, bound()?) {
        (Some(from), None) => Ok(Slice::From(from)),
        (Some(from), Some(to)) => Ok(Slice::Between(from, to)),
        (None, Some(to)) => Ok(Slice::To(to)),
        (None, None) => Err(refused()),
    }
}

fn read_indices(expression: &str) -> Result<Vec<i64>, PathError> {
    let indices = expression.trim_end_matches(',').split(',').map(|index| {
        let index = index.trim();
        read_integer(index).ok_or_else(|| {
            PathError::new(format!("Failed to parse token in ArrayIndexOperation: {index}"))
        })
    });
    indices.collect()
}

/// Indices are Java's integers: 32 bits.
fn read_integer(text: &str) -> Option<i64> {
    text.parse::<i32>().ok().map(i64::from)
}
