//! What an evaluation may cost: a hostile path over a hostile document fails instead of filling the memory.

use std::collections::BTreeSet;
use std::ptr;

use pattern::Pattern;
use serde_json::Value;

use crate::error::{EvalError, names};
use crate::payload::NESTING_MAX;
use crate::{Scope, Steps};

/// Bytes copied out of documents or made by functions, roughly: far above any payload, so that a
/// result that is merely too large gets its own error elsewhere.
const BYTES_MAX: usize = 64 << 20;

/// Bytes compared in the time that a visit takes.
const BYTES_PER_VISIT: usize = 64;

/// What a value costs beyond its text.
const BYTES_PER_VALUE: usize = 32;

#[derive(Debug)]
pub(crate) struct Budget {
    /// A value looked at takes one. A scan over a document of the largest size looks at far fewer; stacked scans multiply.
    steps: Steps,
    bytes: usize,
    /// The patterns that have been paid for: by address. Whether somebody has used one before changes nothing.
    patterns: BTreeSet<usize>,
}

/// What was used up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Exhausted {
    Steps,
    Bytes,
}

impl Budget {
    pub(crate) fn of(scope: &Scope<'_>) -> Self {
        let steps = scope.expressions.steps.clone();
        Self { steps, bytes: BYTES_MAX, patterns: BTreeSet::new() }
    }

    pub(crate) fn visit(&mut self) -> Result<(), Exhausted> {
        self.visits(1)
    }

    pub(crate) fn visits(&mut self, count: usize) -> Result<(), Exhausted> {
        self.steps(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// Pays for comparing what may be large: texts, and all that stands in lists and objects.
    pub(crate) fn compare(&mut self, left: &Value, right: &Value) -> Result<(), Exhausted> {
        match (left, right) {
            (Value::String(left), Value::String(right)) => {
                self.visits(left.len().min(right.len()) / BYTES_PER_VISIT)
            }
            (Value::Array(_), Value::Array(_)) | (Value::Object(_), Value::Object(_)) => {
                self.visits(weight(left) + weight(right))
            }
            _ => Ok(()),
        }
    }

    /// Pays for searching a text for another.
    pub(crate) fn search(&mut self, text: &str) -> Result<(), Exhausted> {
        self.visits(text.len() / BYTES_PER_VISIT)
    }

    pub(crate) fn steps(&mut self, count: u64) -> Result<(), Exhausted> {
        if self.steps.take(count) { Ok(()) } else { Err(Exhausted::Steps) }
    }

    /// Pays for a pattern that is used, once.
    pub(crate) fn charge_pattern(&mut self, pattern: &Pattern) -> Result<(), Exhausted> {
        if self.patterns.insert(ptr::from_ref(pattern).addr()) {
            self.steps(pattern.building())?;
        }
        Ok(())
    }

    pub(crate) fn charge_bytes(&mut self, bytes: usize) -> Result<(), Exhausted> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Exhausted::Bytes)?;
        Ok(())
    }

    /// Pays for a copy of `value`.
    pub(crate) fn charge(&mut self, value: &Value) -> Result<(), Exhausted> {
        self.charge_bytes(BYTES_PER_VALUE)?;
        match value {
            Value::Null | Value::Bool(_) => Ok(()),
            Value::Number(number) => self.charge_bytes(number.as_str().len()),
            Value::String(text) => self.charge_bytes(text.len()),
            Value::Array(items) => items.iter().try_for_each(|item| self.charge(item)),
            Value::Object(fields) => fields.iter().try_for_each(|(name, value)| {
                self.charge_bytes(name.len())?;
                self.charge(value)
            }),
        }
    }
}

impl Exhausted {
    /// The error of the state whose `subject` (a path, a field) costs too much.
    pub(crate) fn error(self, subject: &str) -> EvalError {
        let excess = match self {
            Self::Steps => format!(
                "takes too many steps: values looked at, and what patterns cost. A state has {} for all that it evaluates",
                Steps::MAX
            ),
            Self::Bytes => format!("produces more than {} MiB", BYTES_MAX >> 20),
        };
        let cause = format!("The evaluation of '{subject}' {excess}.");
        EvalError::new(names::DATA_LIMIT_EXCEEDED, cause)
    }
}

/// Visits of a walk through the whole value.
fn weight(value: &Value) -> usize {
    1 + match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len() / BYTES_PER_VISIT,
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => fields.values().map(weight).sum(),
    }
}

/// How deep arrays and objects nest in `value`.
pub(crate) fn depth(value: &Value) -> usize {
    let deepest = match value {
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => return 0,
        Value::Array(items) => items.iter().map(depth).max(),
        Value::Object(fields) => fields.values().map(depth).max(),
    };
    1 + deepest.unwrap_or(0)
}

/// Refuses what nobody could read again: a payload's text nests as deep as its parser goes.
pub(crate) fn check_depth(value: &Value) -> Result<(), EvalError> {
    if depth(value) <= NESTING_MAX {
        return Ok(());
    }
    let cause = format!("The result nests deeper than {NESTING_MAX} levels.");
    Err(EvalError::new(names::DATA_LIMIT_EXCEEDED, cause))
}
