//! The grammar of a filter, after Jayway's:
//!
//! ```text
//! or       = and { "||" and }
//! and      = operand { "&&" operand }
//! operand  = "!" operand | "(" or ")" | relation
//! relation = value [ operator value ]
//! ```

use pattern::{Dialect, Pattern};
use serde_json::{Number, Value};

use super::{Filter, Operator, Term, read_json};
use crate::number::Decimal;
use crate::path::PathError;
use crate::path::characters::{Characters, unescape};
use crate::path::compile::{self as path, Allowance};
use crate::path::token::Compiled;

/// Why a part can't be read.
enum Refusal {
    /// A relation that fails so may still be a path standing alone.
    Invalid(PathError),
    /// What Jayway trips over instead of refusing: the whole filter fails, whatever could still be tried.
    Broken,
    /// As `Broken`, with a reason.
    Pattern(pattern::Refusal),
}

impl Refusal {
    fn invalid(message: impl Into<String>) -> Self {
        Self::Invalid(PathError::new(message))
    }
}

impl From<PathError> for Refusal {
    fn from(error: PathError) -> Self {
        Self::Invalid(error)
    }
}

/// Reads `[?(…)]`.
pub(in crate::path) fn compile(text: &str, allowance: &mut Allowance) -> Result<Filter, PathError> {
    let mut characters = Characters::new(text);
    characters.trim();
    let opens = characters.current() == Some('[') && characters.last() == Some(']');
    characters.position += 1;
    characters.narrow();
    characters.trim();
    let asks = characters.current() == Some('?');
    characters.position += 1;
    characters.trim();
    if !opens || !asks || characters.current() != Some('(') || characters.last() != Some(')') {
        return Err(PathError::new(format!(
            "Filter must start with '[?(' and end with ')]'. {text}"
        )));
    }
    let mut compiler = Compiler { characters, allowance };
    compiler.read().map_err(|refusal| match refusal {
        Refusal::Invalid(error) => error,
        Refusal::Broken => compiler.broken(),
        Refusal::Pattern(refusal) => PathError::new(refusal.to_string()),
    })
}

struct Compiler<'a> {
    characters: Characters,
    allowance: &'a mut Allowance,
}

impl Compiler<'_> {
    fn broken(&self) -> PathError {
        let filter = self.characters.whole();
        let position = self.characters.position;
        let character = self.characters.current().map(String::from).unwrap_or_default();
        PathError::new(format!(
            "Failed to parse filter: {filter}, error on position: {position}, char: {character}"
        ))
    }

    fn read(&mut self) -> Result<Filter, Refusal> {
        let filter = self.read_or()?;
        self.characters.skip_blanks();
        if self.characters.in_bounds() {
            let rest = self.characters.slice(self.characters.position, self.characters.end());
            return Err(Refusal::invalid(format!(
                "Expected end of filter expression instead of: {rest}"
            )));
        }
        Ok(filter)
    }

    fn read_or(&mut self) -> Result<Filter, Refusal> {
        let mut parts = vec![self.read_and()?];
        while self.characters.take("||") {
            parts.push(self.read_and()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::Or(parts) })
    }

    fn read_and(&mut self) -> Result<Filter, Refusal> {
        let mut parts = vec![self.read_operand()?];
        while self.characters.take("&&") {
            parts.push(self.read_operand()?);
        }
        Ok(if parts.len() == 1 { parts.swap_remove(0) } else { Filter::And(parts) })
    }

    fn read_operand(&mut self) -> Result<Filter, Refusal> {
        // Evaluation recurses by operand: each counts as a step.
        self.allowance.take_step()?;
        self.characters.skip_blanks();
        let start = self.characters.position;
        if self.characters.take("!") {
            self.characters.skip_blanks();
            if !matches!(self.characters.current(), Some('$' | '@')) {
                return Ok(Filter::Not(Box::new(self.read_operand()?)));
            }
            self.characters.position = start;
        }
        if self.characters.take("(") {
            let inner = self.read_or()?;
            self.characters.skip_blanks();
            if self.characters.current() != Some(')') {
                return Err(Refusal::invalid("Expected character: )"));
            }
            self.characters.position += 1;
            return Ok(inner);
        }
        self.read_relation()
    }

    fn read_relation(&mut self) -> Result<Filter, Refusal> {
        let negated = self.characters.take("!");
        let left = self.read_term()?;
        let behind = self.characters.position;
        match self.read_comparison() {
            Ok((operator, right)) => return Ok(Filter::Compare { left, operator, right }),
            Err(Refusal::Invalid(_)) => self.characters.position = behind,
            Err(fatal @ (Refusal::Broken | Refusal::Pattern(_))) => return Err(fatal),
        }
        match left {
            Term::Path(path) => Ok(Filter::Exists { path, expected: !negated }),
            Term::Literal(_) | Term::Pattern(_) => Err(Refusal::invalid("Expected path node")),
        }
    }

    fn read_comparison(&mut self) -> Result<(Operator, Term), Refusal> {
        let operator = self.read_operator()?;
        Ok((operator, self.read_term()?))
    }

    fn read_operator(&mut self) -> Result<Operator, Refusal> {
        self.characters.skip_blanks();
        let start = self.characters.position;
        let is_sign = |c: char| matches!(c, '<' | '>' | '=' | '~' | '!');
        let first = self.characters.current().ok_or(Refusal::Broken)?;
        while self.characters.in_bounds()
            && self.characters.current().is_some_and(|character| {
                if is_sign(first) { is_sign(character) } else { character != ' ' }
            })
        {
            self.characters.position += 1;
        }
        let text = self.characters.slice(start, self.characters.position);
        read_operator(&text)
            .ok_or_else(|| Refusal::invalid(format!("Filter operator {text} is not supported!")))
    }

    fn read_term(&mut self) -> Result<Term, Refusal> {
        self.characters.skip_blanks();
        match self.characters.current().ok_or(Refusal::Broken)? {
            '$' | '@' => Ok(Term::Path(self.read_path()?)),
            quote @ ('\'' | '"') => self.read_string(quote).map(Term::Literal),
            't' => self.read_word("true", Value::Bool(true), "Expected boolean literal"),
            'f' => self.read_word("false", Value::Bool(false), "Expected boolean literal"),
            'n' => self.read_word("null", Value::Null, "Expected <null> value"),
            '{' => self.read_json(('{', '}')),
            '[' => self.read_json(('[', ']')),
            '/' => self.read_pattern().map(Term::Pattern),
            _ => self.read_number(),
        }
    }

    fn read_word(&mut self, word: &str, value: Value, refusal: &str) -> Result<Term, Refusal> {
        if self.characters.take(word) {
            return Ok(Term::Literal(value));
        }
        Err(Refusal::invalid(refusal))
    }

    fn read_string(&mut self, quote: char) -> Result<Value, Refusal> {
        let start = self.characters.position;
        let end = self.characters.index_of_unescaped(start, quote).ok_or_else(|| {
            let filter = self.characters.whole();
            Refusal::invalid(format!(
                "String literal does not have matching quotes. Expected {quote} in {filter}"
            ))
        })?;
        self.characters.position = end + 1;
        Ok(Value::String(unescape(&self.characters.slice(start + 1, end))))
    }

    fn read_number(&mut self) -> Result<Term, Refusal> {
        let start = self.characters.position;
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '.' | 'E' | 'e');
        while self.characters.in_bounds() && self.characters.current().is_some_and(is_part) {
            self.characters.position += 1;
        }
        let text = self.characters.slice(start, self.characters.position);
        if Decimal::parse(&text).is_none() {
            return Err(Refusal::Broken);
        }
        Ok(Term::Literal(Value::Number(Number::from_string_unchecked(text))))
    }

    fn read_json(&mut self, brackets: (char, char)) -> Result<Term, Refusal> {
        let start = self.characters.position;
        let end = self.characters.closing(start, brackets, false).ok_or_else(|| {
            Refusal::invalid(format!(
                "String not closed. Expected ' in {}",
                self.characters.whole()
            ))
        })?;
        let value = read_json(&self.characters.slice(start, end + 1)).ok_or(Refusal::Broken)?;
        self.characters.position = end + 1;
        Ok(Term::Literal(value))
    }

    fn read_pattern(&mut self) -> Result<Pattern, Refusal> {
        let start = self.characters.position;
        let end = self.characters.index_of_unescaped(start, '/').ok_or_else(|| {
            Refusal::invalid(format!(
                "Pattern not closed. Expected / in {}",
                self.characters.whole()
            ))
        })?;
        let pattern = self.characters.slice(start + 1, end);
        self.characters.position = end + 1;
        let flags = end + 1;
        while self.characters.current().is_some_and(|character| character.is_ascii_alphabetic()) {
            self.characters.position += 1;
        }
        let flags = self.characters.slice(flags, self.characters.position);
        Pattern::parse(Dialect::Java, &pattern, &flags).map_err(Refusal::Pattern)
    }

    fn read_path(&mut self) -> Result<Compiled, Refusal> {
        let start = self.characters.position;
        self.characters.position += 1;
        while self.characters.in_bounds() {
            if self.characters.current() == Some('[') {
                self.skip_brackets()?;
            }
            let ends = match self.characters.current() {
                None | Some(' ' | '<' | '>' | '=' | '~' | '!') => true,
                Some(')') => !self.closes_function(start),
                Some(_) => false,
            };
            if ends || !self.characters.in_bounds() {
                break;
            }
            self.characters.position += 1;
        }
        let text = self.characters.slice(start, self.characters.position);
        Ok(self.allowance.nest(|allowance| path::compile(&text, allowance))?)
    }

    fn skip_brackets(&mut self) -> Result<(), Refusal> {
        let end = self.characters.closing(self.characters.position, ('[', ']'), false);
        let end = end.ok_or_else(|| {
            let filter = self.characters.whole();
            Refusal::invalid(format!("Square brackets does not match in filter {filter}"))
        })?;
        self.characters.position = end + 1;
        Ok(())
    }

    /// Whether the parenthesis at the position ends a call without parameters of the path that began at `start`.
    fn closes_function(&self, start: usize) -> bool {
        self.characters.previous_significant().is_some_and(|(open, character)| {
            character == '('
                && (start + 1..open).any(|place| self.characters.at(place) == Some('.'))
        })
    }
}

fn read_operator(text: &str) -> Option<Operator> {
    Some(match text.to_ascii_uppercase().as_str() {
        "==" => Operator::Equal,
        "!=" => Operator::NotEqual,
        "===" => Operator::SameEqual,
        "!==" => Operator::NotSameEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "=~" => Operator::Matches,
        "IN" => Operator::In,
        "NIN" => Operator::NotIn,
        "CONTAINS" => Operator::Contains,
        "ALL" => Operator::All,
        "SIZE" => Operator::Size,
        "EMPTY" => Operator::Empty,
        "SUBSETOF" => Operator::SubsetOf,
        "ANYOF" => Operator::AnyOf,
        "NONEOF" => Operator::NoneOf,
        _ => return None,
    })
}
