//! The filter of a path, `[?(…)]`: which of the values it is tried on it accepts.
//!
//! `compile` reads it, `compare` knows what its operators mean.

mod compare;
mod compile;
mod json;

pub(super) use compile::compile;
pub(super) use json::read_json;

use std::borrow::Cow;

use pattern::Pattern;
use serde_json::Value;

use super::evaluate::{Halt, Walk};
use super::token::Compiled;

#[derive(Debug)]
pub(super) enum Filter {
    /// Never empty.
    And(Vec<Filter>),
    /// Never empty.
    Or(Vec<Filter>),
    Not(Box<Filter>),
    /// `@.isbn`, or `!@.isbn` where it must not be there.
    Exists {
        path: Compiled,
        expected: bool,
    },
    Compare {
        left: Term,
        operator: Operator,
        right: Term,
    },
}

/// One side of a comparison, as it is written.
#[derive(Debug)]
pub(super) enum Term {
    /// `@…` starts at the value that the filter is tried on, `$…` at the document.
    Path(Compiled),
    Literal(Value),
    Pattern(Pattern),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    /// `===`: of one type, too.
    SameEqual,
    NotSameEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Matches,
    In,
    NotIn,
    Contains,
    All,
    Size,
    Empty,
    SubsetOf,
    AnyOf,
    NoneOf,
}

/// One side of a comparison, as it was found.
#[derive(Debug)]
enum Operand<'a> {
    Value(Cow<'a, Value>),
    Pattern(&'a Pattern),
    /// The path found nothing: equal to nothing, not even to itself.
    Undefined,
}

impl Walk<'_> {
    /// Whether the filter holds for `item`. One that makes no sense for it doesn't.
    pub(super) fn accepts(&mut self, filter: &Filter, item: &Value) -> Result<bool, Halt> {
        self.budget.visit()?;
        match self.holds(filter, item) {
            Err(Halt::Invalid(_)) => Ok(false),
            other => other,
        }
    }

    fn holds(&mut self, filter: &Filter, item: &Value) -> Result<bool, Halt> {
        match filter {
            Filter::And(parts) => self.all_hold(parts, item),
            Filter::Or(parts) => self.one_holds(parts, item),
            Filter::Not(part) => Ok(!self.holds(part, item)?),
            Filter::Exists { path, expected } => Ok(self.exists(path, item)? == *expected),
            Filter::Compare { left, operator, right } => {
                let root = self.root;
                let left = self.find(left, item, root)?;
                let right = self.find(right, item, root)?;
                compare::holds(&left, *operator, &right, self.budget)
            }
        }
    }

    fn all_hold(&mut self, parts: &[Filter], item: &Value) -> Result<bool, Halt> {
        for part in parts {
            if !self.holds(part, item)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn one_holds(&mut self, parts: &[Filter], item: &Value) -> Result<bool, Halt> {
        for part in parts {
            if self.holds(part, item)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn exists(&mut self, path: &Compiled, item: &Value) -> Result<bool, Halt> {
        let document = if path.root == '$' { self.root } else { item };
        let mut walk = self.inner(path);
        walk.fields_required = true;
        match walk.all(document) {
            Ok(found) => Ok(!path.is_definite() || !found.is_empty()),
            Err(Halt::NotFound(_)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    fn find<'v>(
        &mut self,
        term: &'v Term,
        item: &'v Value,
        root: &'v Value,
    ) -> Result<Operand<'v>, Halt> {
        match term {
            Term::Literal(value) => Ok(Operand::Value(Cow::Borrowed(value))),
            Term::Pattern(pattern) => Ok(Operand::Pattern(pattern)),
            Term::Path(path) => {
                let document = if path.root == '$' { root } else { item };
                match self.inner(path).value(document) {
                    Ok(value) => Ok(Operand::Value(value)),
                    Err(Halt::NotFound(_)) => Ok(Operand::Undefined),
                    Err(other) => Err(other),
                }
            }
        }
    }
}
