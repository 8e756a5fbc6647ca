//! Reference paths (ASL, "Reference Paths"): they name one place, so a result can be written there.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::PathError;
use super::compile::{self, Allowance};
use super::token::{Compiled, Token};
use crate::error::{EvalError, names};

/// A path of fields and indices alone.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferencePath {
    text: Arc<str>,
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Field(String),
    Index(usize),
}

impl ReferencePath {
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if !text.starts_with('$') || text.starts_with("$$") {
            return Err(PathError::new("A reference path must begin with one '$'"));
        }
        let compiled = compile::compile(text, &mut Allowance::whole())?;
        Ok(Self { text: text.into(), steps: steps(compiled)? })
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `input` with `result` at this place; missing fields on the way are made.
    pub fn place(&self, input: &Value, result: Value) -> Result<Value, EvalError> {
        if self.steps.is_empty() {
            return Ok(result);
        }
        let mut output = input.clone();
        let mut place = &mut output;
        for step in &self.steps {
            place = enter(place, step).ok_or_else(|| self.mismatch(input))?;
        }
        *place = result;
        Ok(output)
    }

    fn mismatch(&self, input: &Value) -> EvalError {
        let cause = format!("Unable to apply ReferencePath {} to input {input}", self.text);
        EvalError::new(names::RESULT_PATH_MATCH_FAILURE, cause)
    }
}

fn steps(compiled: Compiled) -> Result<Vec<Step>, PathError> {
    let steps = compiled.tokens.into_iter().map(|token| match token {
        Token::Properties { mut names, .. } if names.len() == 1 => {
            Some(Step::Field(names.swap_remove(0)))
        }
        Token::Indices(indices) => match indices[..] {
            [index] => usize::try_from(index).ok().map(Step::Index),
            _ => None,
        },
        Token::Properties { .. }
        | Token::Slice(_)
        | Token::Wildcard
        | Token::Scan
        | Token::Filter(_)
        | Token::Function(_) => None,
    });
    steps.collect::<Option<_>>().ok_or_else(|| {
        PathError::new("A reference path names one place: with fields and single indices alone")
    })
}

/// The place of `step` in `value`. A missing field is made; what isn't there to be entered gives `None`.
fn enter<'v>(value: &'v mut Value, step: &Step) -> Option<&'v mut Value> {
    match (value, step) {
        (Value::Object(fields), Step::Field(name)) => {
            // An object, in case that this is not the last step; the last one's is replaced.
            Some(fields.entry(name.as_str()).or_insert_with(|| Value::Object(Map::new())))
        }
        (Value::Array(items), Step::Index(index)) => items.get_mut(*index),
        (_, Step::Field(_) | Step::Index(_)) => None,
    }
}
