//! The functions that AWS adds to JSONata, and the one that it takes away.

mod arrays;
mod chance;
mod text;

use jsonata_core::evaluator::{Evaluator, EvaluatorError};
use jsonata_core::value::JValue;

type Answer = Result<JValue, EvaluatorError>;

pub(crate) fn register_of_aws(evaluator: &mut Evaluator) {
    register(evaluator, "partition", arrays::partition);
    register(evaluator, "range", arrays::range);
    register(evaluator, "hash", text::hash);
    register(evaluator, "parse", text::parse);
    register(evaluator, "uuid", chance::uuid);
    register(evaluator, "eval", eval);
}

/// `$random()` is JSONata's own; AWS's takes a seed as well.
pub(crate) fn register_chance(evaluator: &mut Evaluator) {
    register(evaluator, "random", chance::random);
}

fn register(evaluator: &mut Evaluator, name: &str, function: fn(&[JValue]) -> Answer) {
    evaluator
        .register_fn_override(name, function)
        .expect("none of them is compiled into other code");
}

/// AWS has no `$eval`: a name like any other that nothing is bound to.
fn eval(_arguments: &[JValue]) -> Answer {
    Err(error("T1006", "Attempted to invoke a non-function"))
}

fn error(code: &str, message: &str) -> EvaluatorError {
    EvaluatorError::EvaluationError(format!("{code}: {message}"))
}

/// JSONata's words for an argument that a function does not take.
fn mismatch(place: usize, function: &str) -> EvaluatorError {
    let message =
        format!("Argument {place} of function \"{function}\" does not match function signature");
    error("T0410", &message)
}

/// A function of undefined is undefined.
fn is_undefined(arguments: &[JValue]) -> bool {
    matches!(arguments.first(), Some(JValue::Undefined))
}

fn number(arguments: &[JValue], index: usize, function: &str) -> Result<f64, EvaluatorError> {
    arguments.get(index).and_then(JValue::as_f64).ok_or_else(|| mismatch(index + 1, function))
}

fn text<'a>(
    arguments: &'a [JValue],
    index: usize,
    function: &str,
) -> Result<&'a str, EvaluatorError> {
    arguments.get(index).and_then(JValue::as_str).ok_or_else(|| mismatch(index + 1, function))
}
