//! JSONPath as AWS runs it: Jayway's grammar and results, the `$$` root for the context object, and `$name` for a variable.
//!
//! A path is compiled once, when the definition is checked; a query clones its result and nothing else.

pub(crate) mod budget;
mod characters;
mod compile;
mod evaluate;
mod filter;
mod function;
mod reference;
mod token;

pub use reference::ReferencePath;

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use self::budget::{Budget, Exhausted};
use self::compile::Allowance;
use self::evaluate::{Halt, Walk};
use self::token::Compiled;
use crate::dataflow::Scope;
use crate::error::{EvalError, names};
use crate::payload::Payload;
use crate::variables;

/// A compiled path: `$.a.b[0]`, `$$.Execution.Id`, `$order.id`, `$..x[?(@.price < 10)]`.
#[derive(Debug, Clone)]
pub struct Path {
    text: Arc<str>,
    root: Root,
    compiled: Arc<Compiled>,
}

/// The document that a path looks into.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Root {
    /// `$`.
    Input,
    /// `$$`.
    Context,
    /// `$name`.
    Variable(Arc<str>),
}

impl PartialEq for Path {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// Why a path gave nothing.
#[derive(Debug)]
pub(crate) enum PathFailure {
    /// There is nothing at the path; Jayway's words.
    NotFound(String),
    /// No state has assigned the variable yet.
    Unassigned,
    /// The path can't be applied; Jayway's words.
    Failed(String),
    Exhausted(Exhausted),
}

impl Path {
    /// A path of the States Language: it begins with `$`, `$$`, or `$` and the name of a variable.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        let Some(inner) = text.strip_prefix('$') else {
            return Err(PathError::new("A path must begin with '$' or '$$'"));
        };
        let (name, rest) = inner.split_at(variables::name_length(inner));
        if name.is_empty() {
            return Self::parse_as_jayway(text);
        }
        Self::compile(text, Root::Variable(name.into()), &format!("${rest}"))
    }

    /// As Jayway itself reads it: a path without `$` begins with the name of a field of the root.
    pub fn parse_as_jayway(text: &str) -> Result<Self, PathError> {
        match text.strip_prefix('$').filter(|inner| inner.starts_with('$')) {
            Some(inner) => Self::compile(text, Root::Context, inner),
            None => Self::compile(text, Root::Input, text),
        }
    }

    fn compile(text: &str, root: Root, path: &str) -> Result<Self, PathError> {
        let compiled = compile::compile(path, &mut Allowance::whole())?;
        if compiled.root != '$' {
            return Err(PathError::new("'@' stands for nothing outside of a filter"));
        }
        Ok(Self { text: text.into(), root, compiled: Arc::new(compiled) })
    }

    /// The source text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The source text as causes of errors show it: `$$.Task` is looked up as `$.Task` of the context object.
    pub fn inner_str(&self) -> &str {
        match self.root {
            Root::Context => &self.text[1..],
            Root::Input | Root::Variable(_) => &self.text,
        }
    }

    /// Whether it finds at most one value; an indefinite path finds an array of all matches.
    pub fn is_definite(&self) -> bool {
        self.compiled.is_definite()
    }

    /// Whether it looks into the context object (`$$`).
    pub fn reads_context(&self) -> bool {
        self.root == Root::Context
    }

    /// The variable that it looks into.
    pub fn variable(&self) -> Option<&Arc<str>> {
        match &self.root {
            Root::Variable(name) => Some(name),
            Root::Input | Root::Context => None,
        }
    }

    /// Whether it is `$` alone: the input untouched.
    pub fn is_whole_input(&self) -> bool {
        self.root == Root::Input && self.compiled.tokens.is_empty()
    }

    /// The document that it looks into; `None`: a variable that nobody has assigned yet.
    pub(crate) fn document<'s>(&self, scope: &Scope<'s>) -> Option<&'s Value> {
        match &self.root {
            Root::Input => Some(scope.input.value()),
            Root::Context => Some(scope.context.value()),
            Root::Variable(name) => scope.variables.get(name).map(Payload::value),
        }
    }

    /// The value that the path finds; an indefinite path that matches nothing finds `[]`.
    ///
    /// The cause of the error is AWS's: `Invalid path '$.x' : No results for path: $['x']`.
    pub fn query(&self, scope: &Scope<'_>) -> Result<Value, EvalError> {
        self.check_input(scope)?;
        self.select(scope, &mut Budget::of(scope)).map(Cow::into_owned).map_err(|failure| {
            match failure {
                PathFailure::NotFound(reason) | PathFailure::Failed(reason) => {
                    self.invalid(&reason)
                }
                PathFailure::Unassigned => self.unassigned(),
                PathFailure::Exhausted(exhausted) => exhausted.error(&self.text),
            }
        })
    }

    /// [`Self::query`] without a copy of what is asked for as a whole.
    pub(crate) fn payload(&self, scope: &Scope<'_>) -> Result<Payload, EvalError> {
        let whole = match &self.root {
            Root::Input => Some(scope.input),
            Root::Variable(name) => scope.variables.get(name),
            Root::Context => None,
        };
        match whole.filter(|_| self.compiled.tokens.is_empty()) {
            Some(whole) => Ok(whole.clone()),
            None => self.query(scope).map(Payload::from_value),
        }
    }

    /// Like [`Self::query`], with `None` where there is no result (`IsPresent` and the like).
    pub fn find(&self, scope: &Scope<'_>) -> Result<Option<Value>, EvalError> {
        self.look(scope).map(|found| found.map(Cow::into_owned))
    }

    /// [`Self::find`] without a copy.
    pub(crate) fn look<'s>(&self, scope: &Scope<'s>) -> Result<Option<Cow<'s, Value>>, EvalError> {
        match self.select(scope, &mut Budget::of(scope)) {
            Ok(value) => Ok(Some(value)),
            Err(PathFailure::NotFound(_) | PathFailure::Unassigned) => Ok(None),
            Err(PathFailure::Failed(reason)) => Err(self.invalid(&reason)),
            Err(PathFailure::Exhausted(exhausted)) => Err(exhausted.error(&self.text)),
        }
    }

    /// What the path finds, borrowed where it stands in the document.
    pub(crate) fn select<'s>(
        &self,
        scope: &Scope<'s>,
        budget: &mut Budget,
    ) -> Result<Cow<'s, Value>, PathFailure> {
        let document = self.document(scope).ok_or(PathFailure::Unassigned)?;
        let mut walk =
            Walk { path: &self.compiled, root: document, budget, fields_required: false };
        walk.value(document).map_err(|halt| match halt {
            Halt::NotFound(reason) => PathFailure::NotFound(reason),
            Halt::Invalid(reason) | Halt::Failed(reason) => PathFailure::Failed(reason),
            Halt::Exhausted(exhausted) => PathFailure::Exhausted(exhausted),
        })
    }

    /// AWS's word for a path into an input that is `null`.
    pub(crate) fn check_input(&self, scope: &Scope<'_>) -> Result<(), EvalError> {
        let looks_inside = self.root == Root::Input && !self.compiled.tokens.is_empty();
        if looks_inside && scope.input.value().is_null() {
            let cause = "Unable to apply Path transformation to null or empty input.";
            return Err(EvalError::new(names::RUNTIME, cause));
        }
        Ok(())
    }

    /// AWS's text is not known; this is ours.
    pub(crate) fn unassigned(&self) -> EvalError {
        let name = self.variable().map_or("", |name| name);
        let cause = format!(
            "The variable '${name}' of the path '{}' has no value: no state has assigned it yet.",
            self.text
        );
        EvalError::new(names::RUNTIME, cause)
    }

    pub(crate) fn invalid(&self, reason: &str) -> EvalError {
        EvalError::new(names::RUNTIME, format!("Invalid path '{}' : {reason}", self.inner_str()))
    }
}

/// Why a text is no path, in Jayway's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PathError {
    pub message: String,
}

impl PathError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}
