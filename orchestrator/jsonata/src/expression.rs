//! An expression, compiled once and evaluated often.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use jsonata_core::ast::AstNode;
use jsonata_core::parser;
use pattern::{Dialect, Pattern};
use serde_json::Value;

use crate::draw::Draw;
use crate::error::{CompileError, Error};
use crate::frame::Frame;
use crate::reads::Reads;

/// A JSONata expression: the text between `{%` and `%}`. Cheap to clone; it may be shared between threads.
#[derive(Clone)]
pub struct Expression {
    compiled: Arc<Compiled>,
}

struct Compiled {
    source: String,
    tree: AstNode,
    reads: Reads,
}

/// What an evaluation would ask the world for.
#[derive(Debug)]
pub struct Env<'a> {
    /// `$now()` and `$millis()`, the same throughout an evaluation.
    pub now: DateTime<Utc>,
    /// `$random()`, `$uuid()` and `$shuffle()` draw from it.
    pub draw: &'a mut Draw,
}

impl Expression {
    /// Blanks round the expression are no part of its source.
    pub fn compile(source: &str) -> Result<Self, CompileError> {
        let source = source.trim();
        let tree = parser::parse_placed(source)?;
        let reads = Reads::of(&tree);
        for (pattern, flags) in &reads.regexes {
            Pattern::parse(Dialect::JavaScript, pattern, flags)
                .map_err(|refusal| CompileError::of_pattern(&refusal))?;
        }
        Ok(Self { compiled: Arc::new(Compiled { source: source.to_owned(), tree, reads }) })
    }

    pub fn source(&self) -> &str {
        &self.compiled.source
    }

    /// The variables that it reads and does not bind itself, without `$`; `states` and functions are not among them.
    pub fn variables(&self) -> &BTreeSet<String> {
        &self.compiled.reads.variables
    }

    /// The members of `$states` that it names: `input` for `$states.input.order`.
    pub fn states_members(&self) -> &BTreeSet<String> {
        &self.compiled.reads.states
    }

    /// Whether it reads `$states` other than by a member's name.
    pub fn reads_whole_states(&self) -> bool {
        self.compiled.reads.whole_states
    }

    /// The functions that it calls by a name that it does not bind itself, without `$`.
    pub fn functions(&self) -> &BTreeSet<String> {
        &self.compiled.reads.functions
    }

    /// Whether it looks at the input document itself (`$`, `$$`, a field's name outside of a path): in a state there is none.
    pub fn reads_document(&self) -> bool {
        self.compiled.reads.document
    }

    /// `None` where the result is undefined.
    pub fn evaluate(&self, frame: &Frame, env: &mut Env<'_>) -> Result<Option<Value>, Error> {
        frame.evaluate(&self.compiled.tree, env)
    }
}

impl std::fmt::Debug for Expression {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Expression").field(&self.source()).finish()
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.source() == other.source()
    }
}
