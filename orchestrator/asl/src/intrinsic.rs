//! The intrinsic functions (`States.Format` and the like): calls, parsed once, evaluated against a scope.

mod arrays;
mod numbers;
mod parse;
mod texts;

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use crate::Draw;
use crate::dataflow::Scope;
use crate::error::{EvalError, names};
use crate::path::budget::Budget;
use crate::path::{Path, PathFailure};

/// What a computed field holds, and what a function is called with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Path(Path),
    Call(Call),
    /// A string between quotes.
    Text(Text),
    /// A number, `true`, `false` or `null`.
    Literal(Value),
}

impl Expression {
    /// Every variable that it reads, as often as it does.
    pub(crate) fn visit_variables(&self, visit: &mut dyn FnMut(&Arc<str>)) {
        match self {
            Self::Path(path) => path.variable().into_iter().for_each(visit),
            Self::Call(call) => {
                for argument in &call.arguments {
                    argument.visit_variables(visit);
                }
            }
            Self::Text(_) | Self::Literal(_) => {}
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Call {
    /// As it is written: causes of errors show it.
    pub(crate) text: String,
    pub(crate) function: Function,
    pub(crate) arguments: Vec<Expression>,
}

/// A string literal: as it stands between its quotes, and with its escapes resolved.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text {
    pub(crate) raw: String,
    pub(crate) plain: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Format,
    StringToJson,
    JsonToString,
    Array,
    ArrayPartition,
    ArrayContains,
    ArrayRange,
    ArrayGetItem,
    ArrayLength,
    ArrayUnique,
    Base64Encode,
    Base64Decode,
    Hash,
    JsonMerge,
    MathRandom,
    MathAdd,
    StringSplit,
    Uuid,
}

/// Of all intrinsic functions.
pub fn names() -> impl Iterator<Item = &'static str> {
    Function::ALL.into_iter().map(Function::name)
}

impl Function {
    const ALL: [Self; 18] = [
        Self::Format,
        Self::StringToJson,
        Self::JsonToString,
        Self::Array,
        Self::ArrayPartition,
        Self::ArrayContains,
        Self::ArrayRange,
        Self::ArrayGetItem,
        Self::ArrayLength,
        Self::ArrayUnique,
        Self::Base64Encode,
        Self::Base64Decode,
        Self::Hash,
        Self::JsonMerge,
        Self::MathRandom,
        Self::MathAdd,
        Self::StringSplit,
        Self::Uuid,
    ];

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|function| function.name() == name)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Format => "States.Format",
            Self::StringToJson => "States.StringToJson",
            Self::JsonToString => "States.JsonToString",
            Self::Array => "States.Array",
            Self::ArrayPartition => "States.ArrayPartition",
            Self::ArrayContains => "States.ArrayContains",
            Self::ArrayRange => "States.ArrayRange",
            Self::ArrayGetItem => "States.ArrayGetItem",
            Self::ArrayLength => "States.ArrayLength",
            Self::ArrayUnique => "States.ArrayUnique",
            Self::Base64Encode => "States.Base64Encode",
            Self::Base64Decode => "States.Base64Decode",
            Self::Hash => "States.Hash",
            Self::JsonMerge => "States.JsonMerge",
            Self::MathRandom => "States.MathRandom",
            Self::MathAdd => "States.MathAdd",
            Self::StringSplit => "States.StringSplit",
            Self::Uuid => "States.UUID",
        }
    }

    /// The least and the most arguments.
    pub(crate) fn arity(self) -> (usize, usize) {
        match self {
            Self::Format => (1, usize::MAX),
            Self::Array => (0, usize::MAX),
            Self::StringToJson
            | Self::JsonToString
            | Self::ArrayLength
            | Self::ArrayUnique
            | Self::Base64Encode
            | Self::Base64Decode => (1, 1),
            Self::ArrayPartition
            | Self::ArrayContains
            | Self::ArrayGetItem
            | Self::Hash
            | Self::MathAdd
            | Self::StringSplit => (2, 2),
            Self::ArrayRange | Self::JsonMerge => (3, 3),
            Self::MathRandom => (2, 3),
            Self::Uuid => (0, 0),
        }
    }

    /// Whether each argument must be a number.
    pub(crate) fn takes_numbers(self) -> bool {
        matches!(self, Self::ArrayRange | Self::MathRandom | Self::MathAdd)
    }

    /// Whether its result may be a string.
    pub(crate) fn yields_text(self) -> bool {
        match self {
            Self::Format
            | Self::JsonToString
            | Self::ArrayGetItem
            | Self::Base64Encode
            | Self::Base64Decode
            | Self::Hash
            | Self::Uuid => true,
            Self::StringToJson
            | Self::Array
            | Self::ArrayPartition
            | Self::ArrayContains
            | Self::ArrayRange
            | Self::ArrayLength
            | Self::ArrayUnique
            | Self::JsonMerge
            | Self::MathRandom
            | Self::MathAdd
            | Self::StringSplit => false,
        }
    }
}

/// What an evaluation works with.
pub(crate) struct Evaluation<'a> {
    pub(crate) scope: &'a Scope<'a>,
    pub(crate) draw: &'a mut Draw,
    pub(crate) budget: Budget,
}

impl<'a> Evaluation<'a> {
    pub(crate) fn new(scope: &'a Scope<'a>, draw: &'a mut Draw) -> Self {
        Self { scope, draw, budget: Budget::of(scope) }
    }

    /// The value of the field named `field`. It is borrowed where it stands in a document.
    pub(crate) fn evaluate<'v>(
        &mut self,
        expression: &'v Expression,
        field: &str,
    ) -> Result<Cow<'v, Value>, EvalError>
    where
        'a: 'v,
    {
        match expression {
            Expression::Literal(value) => Ok(Cow::Borrowed(value)),
            Expression::Text(text) => Ok(Cow::Borrowed(&text.plain)),
            Expression::Call(call) => self.call(call).map(Cow::Owned),
            Expression::Path(path) => {
                path.check_input(self.scope)?;
                match self.select(path) {
                    // Seen on AWS: a field asks for all matches, and there are none, even where the way to them is missing.
                    Err(PathFailure::NotFound(_)) if !path.is_definite() => {
                        Ok(Cow::Owned(Value::Array(Vec::new())))
                    }
                    found => found.map_err(|failure| self.not_selected(path, field, failure)),
                }
            }
        }
    }

    fn not_selected(&self, path: &Path, field: &str, failure: PathFailure) -> EvalError {
        match failure {
            PathFailure::NotFound(_) => EvalError::new(
                names::RUNTIME,
                format!(
                    "The JSONPath '{}' specified for the field '{field}' could not be found in the input \
                     '{}'",
                    path.as_str(),
                    self.document(path)
                ),
            ),
            PathFailure::Unassigned => path.unassigned(),
            PathFailure::Failed(reason) => path.invalid(&reason),
            PathFailure::Exhausted(exhausted) => exhausted.error(path.as_str()),
        }
    }

    fn select<'v>(&mut self, path: &Path) -> Result<Cow<'v, Value>, PathFailure>
    where
        'a: 'v,
    {
        path.select(self.scope, &mut self.budget)
    }

    /// What the path looks into.
    fn document(&self, path: &Path) -> &Value {
        path.document(self.scope).unwrap_or(&Value::Null)
    }

    fn call(&mut self, call: &Call) -> Result<Value, EvalError> {
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(self.argument(call, argument)?);
        }
        let result = self.apply(call, &arguments).map_err(|reason| call.failed(&reason))?;
        self.budget.charge(&result).map_err(|exhausted| exhausted.error(&call.text))?;
        Ok(result)
    }

    fn argument<'v>(
        &mut self,
        call: &Call,
        argument: &'v Expression,
    ) -> Result<Cow<'v, Value>, EvalError>
    where
        'a: 'v,
    {
        let Expression::Path(path) = argument else { return self.evaluate(argument, &call.text) };
        let found = self.select(path).map_err(|failure| match failure {
            PathFailure::NotFound(_) => call.failed(&format!(
                "The JsonPath argument for the field '{}' could not be found in the input '{}'",
                path.as_str(),
                self.document(path)
            )),
            PathFailure::Unassigned => call.failed(&path.unassigned().cause),
            PathFailure::Failed(reason) => {
                call.failed(&format!("Invalid path '{}' : {reason}", path.inner_str()))
            }
            PathFailure::Exhausted(exhausted) => exhausted.error(path.as_str()),
        })?;
        // The same value may be asked for often, and each function may copy it.
        self.budget.charge(&found).map_err(|exhausted| exhausted.error(&call.text))?;
        Ok(found)
    }

    /// The function's result; the error says what is wrong with which argument.
    fn apply(&mut self, call: &Call, arguments: &[Cow<'_, Value>]) -> Result<Value, String> {
        let value = |index: usize| &*arguments[index];
        match call.function {
            Function::Format => {
                let template = match call.arguments.first() {
                    Some(Expression::Text(text)) => &text.raw,
                    _ => texts::text(value(0), "first")?,
                };
                texts::format(template, &arguments[1..])
            }
            Function::StringToJson => texts::string_to_json(value(0)),
            Function::JsonToString => Ok(Value::String(value(0).to_string())),
            Function::Array => Ok(arguments.iter().map(|argument| (**argument).clone()).collect()),
            Function::ArrayPartition => arrays::partition(value(0), value(1)),
            Function::ArrayContains => arrays::contains(value(0), value(1)),
            Function::ArrayRange => arrays::range(value(0), value(1), value(2)),
            Function::ArrayGetItem => arrays::get_item(value(0), value(1)),
            Function::ArrayLength => arrays::length(value(0)),
            Function::ArrayUnique => arrays::unique(value(0), &mut self.budget),
            Function::Base64Encode => texts::base64_encode(value(0)),
            Function::Base64Decode => texts::base64_decode(value(0)),
            Function::Hash => texts::hash(value(0), value(1)),
            Function::JsonMerge => texts::merge(value(0), value(1), value(2)),
            Function::MathRandom => {
                let seed = arguments.get(2).map(|seed| &**seed);
                numbers::random(value(0), value(1), seed, self.draw)
            }
            Function::MathAdd => numbers::add(value(0), value(1)),
            Function::StringSplit => texts::split(value(0), value(1)),
            Function::Uuid => Ok(Value::String(self.draw.uuid())),
        }
    }
}

impl Call {
    fn failed(&self, reason: &str) -> EvalError {
        let cause = format!("The function '{}' had the following error: {reason}", self.text);
        EvalError::new(names::INTRINSIC_FAILURE, cause)
    }
}

/// For messages: `'array'`, `'number'`, …
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
