//! The data flow of a state: what a path sees, and the fields that select, replace and place payloads.

mod items;
mod number;
mod wait;

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::context::Context;
use crate::error::EvalError;
use crate::machine::DataPath;
use crate::number::Decimal;
use crate::path::budget::check_depth;
use crate::payload::Payload;
use crate::seen::Expressions;
use crate::states::{Output, ResultPath};
use crate::variables::Variables;
use crate::{Draw, Steps};

/// What a field sees. To a path `$` is `input`, `$$` is `context`, `$name` a variable; an expression finds them in
/// `$states`. None is parsed before somebody looks inside.
#[derive(Debug)]
pub struct Scope<'a> {
    pub input: &'a Payload,
    pub context: &'a Context,
    pub variables: &'a Variables,
    /// `$states.result`, where there is one.
    pub result: Option<&'a Payload>,
    /// `$states.errorOutput`, in a catcher.
    pub error_output: Option<&'a Payload>,
    pub(crate) expressions: Expressions,
}

impl<'a> Scope<'a> {
    /// Where no variable is assigned.
    pub fn new(input: &'a Payload, context: &'a Context) -> Self {
        static NONE: Variables = Variables::none();
        Self {
            input,
            context,
            variables: &NONE,
            result: None,
            error_output: None,
            expressions: Expressions::default(),
        }
    }

    #[must_use]
    pub fn with_variables(self, variables: &'a Variables) -> Self {
        Self { variables, ..self }
    }

    /// What is evaluated takes its steps from these, which others may share.
    #[must_use]
    pub fn sharing(mut self, steps: &Steps) -> Self {
        self.expressions.steps = steps.clone();
        self
    }

    #[must_use]
    pub fn with_result(self, result: &'a Payload) -> Self {
        Self { result: Some(result), ..self }
    }

    #[must_use]
    pub fn with_error_output(self, error_output: &'a Payload) -> Self {
        Self { error_output: Some(error_output), ..self }
    }

    /// The same of another document.
    #[must_use]
    pub fn of_input<'b>(&self, input: &'b Payload) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { input, expressions: self.expressions.anew(), ..*self }
    }

    /// The same with another context object: what expressions have seen of the rest is not converted again.
    #[must_use]
    pub fn in_context<'b>(&self, context: &'b Context) -> Scope<'b>
    where
        'a: 'b,
    {
        Scope { context, expressions: self.expressions.without_context(), ..*self }
    }
}

impl DataPath {
    /// `InputPath` and `OutputPath`: what they select of the scope's input.
    pub fn apply(&self, scope: &Scope<'_>) -> Result<Payload, EvalError> {
        match self {
            Self::Whole => Ok(scope.input.clone()),
            Self::Discard => Ok(Payload::from_value(Value::Object(Map::new()))),
            Self::Path(path) => path.payload(scope),
        }
    }
}

impl ResultPath {
    /// The state's input with its result in place.
    pub fn place(&self, input: &Payload, result: Payload) -> Result<Payload, EvalError> {
        match self {
            Self::Whole => Ok(result),
            Self::Discard => Ok(input.clone()),
            Self::At(path) => {
                let output = path.place(input.value(), result.value().clone())?;
                check_depth(&output)?;
                Ok(Payload::from_value(output))
            }
        }
    }
}

impl Output {
    /// What becomes of `result`. The scope's input is the state's own; of an error output it is the scope's, too.
    pub fn make(
        &self,
        scope: &Scope<'_>,
        result: Payload,
        draw: &mut Draw,
    ) -> Result<Payload, EvalError> {
        match self {
            Self::Placed { selector, path } => {
                let result = match selector {
                    Some(selector) => {
                        Payload::from_value(selector.render(&scope.of_input(&result), draw)?)
                    }
                    None => result,
                };
                path.place(scope.input, result)
            }
            Self::Computed(Some(template)) => template.render(scope, draw).map(Payload::from_value),
            Self::Computed(None) => Ok(result),
        }
    }
}

fn decimal(value: &Value) -> Option<Decimal<'_>> {
    let Value::Number(number) = value else { return None };
    Decimal::parse(number.as_str())
}

/// A string bare, anything else as JSON.
fn plain(value: &Value) -> Cow<'_, str> {
    value.as_str().map_or_else(|| Cow::Owned(value.to_string()), Cow::Borrowed)
}
