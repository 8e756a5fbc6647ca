//! JSONPath as AWS runs it: Jayway's grammar and results, and the `$$` root for the context object.
//!
//! A path is compiled once, when the definition is checked; a query clones its result and nothing else.

use serde_json::Value;

use crate::dataflow::Scope;
use crate::error::EvalError;

/// A compiled path: `$.a.b[0]`, `$$.Execution.Id`, `$..x[?(@.price < 10)]`.
#[derive(Debug, Clone)]
pub struct Path {
    text: String,
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Path {
    pub fn parse(text: &str) -> Result<Self, PathError> {
        todo!()
    }

    /// The source text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it finds at most one value; an indefinite path finds an array of all matches.
    pub fn is_definite(&self) -> bool {
        todo!()
    }

    /// Whether it looks into the context object (`$$`).
    pub fn reads_context(&self) -> bool {
        todo!()
    }

    /// The value that the path finds; an indefinite path that matches nothing finds `[]`.
    ///
    /// The cause of the error is AWS's: `Invalid path '$.x' : No results for path: $['x']`.
    pub fn query(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        todo!()
    }

    /// Like [`Self::query`], with `None` where there is no result (`IsPresent` and the like).
    pub fn find(&self, scope: &Scope<'_>) -> Result<Option<Value>, EvalError> {
        todo!()
    }
}

/// A path that names one place: fields and indices alone. Only these can be written to.
#[derive(Debug, Clone, PartialEq)]
pub struct ReferencePath {
    text: String,
}

impl ReferencePath {
    pub fn parse(text: &str) -> Result<Self, PathError> {
        todo!()
    }

    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `input` with `result` at this place; missing fields on the way are made.
    pub fn place(&self, input: &Value, result: Value) -> Result<Value, EvalError> {
        todo!()
    }
}

/// Why a text is no path, in Jayway's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PathError {
    pub message: String,
}
