//! The functions that AWS adds to JSONata, and the one that it takes away.

use jsonata_core::evaluator::{Evaluator, EvaluatorError};
use jsonata_core::value::JValue;
use md5::{Digest, Md5};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use crate::convert::from_json;
use crate::draw::Draw;

type Result = std::result::Result<JValue, EvaluatorError>;

/// A range's greatest length, as in JSONata's own `[1..n]`.
const RANGE_MAX: f64 = 10_000_000.0;

pub(crate) fn register(evaluator: &mut Evaluator) {
    let added: [(&str, fn(&[JValue]) -> Result); 7] = [
        ("partition", partition),
        ("range", range),
        ("hash", hash),
        ("uuid", uuid),
        ("parse", parse),
        ("random", random),
        ("eval", eval),
    ];
    for (name, function) in added {
        evaluator
            .register_fn_override(name, function)
            .expect("none of these is compiled into other code");
    }
}

fn error(code: &str, message: &str) -> EvaluatorError {
    EvaluatorError::EvaluationError(format!("{code}: {message}"))
}

/// JSONata's words for an argument that the function does not take.
fn mismatch(place: usize, function: &str) -> EvaluatorError {
    error(
        "T0410",
        &format!("Argument {place} of function \"{function}\" does not match function signature"),
    )
}

/// A function of undefined is undefined.
fn undefined(arguments: &[JValue]) -> bool {
    matches!(arguments.first(), Some(JValue::Undefined))
}

fn number(
    arguments: &[JValue],
    index: usize,
    function: &str,
) -> std::result::Result<f64, EvaluatorError> {
    match arguments.get(index) {
        Some(JValue::Number(number)) => Ok(*number),
        _ => Err(mismatch(index + 1, function)),
    }
}

fn text<'a>(
    arguments: &'a [JValue],
    index: usize,
    function: &str,
) -> std::result::Result<&'a str, EvaluatorError> {
    arguments.get(index).and_then(JValue::as_str).ok_or_else(|| mismatch(index + 1, function))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "at least 1; more than an array's length is its length"
)]
fn partition(arguments: &[JValue]) -> Result {
    if undefined(arguments) {
        return Ok(JValue::Undefined);
    }
    let size = number(arguments, 1, "partition")?;
    if size.floor() < 1.0 {
        return Err(error("D3001", "The chunk size must be a positive integer"));
    }
    let one;
    let items = match &arguments[0] {
        JValue::Array(items) => items.as_slice(),
        other => {
            one = [other.clone()];
            &one
        }
    };
    Ok(JValue::array(items.chunks(size as usize).map(|it| JValue::array(it.to_vec())).collect()))
}

fn range(arguments: &[JValue]) -> Result {
    let first = number(arguments, 0, "range")?;
    let last = number(arguments, 1, "range")?;
    let step = number(arguments, 2, "range")?;
    if step == 0.0 {
        return Err(error("D3001", "The step of a range must not be 0"));
    }
    let count = ((last - first) / step).floor() + 1.0;
    if count > RANGE_MAX {
        return Err(error(
            "D2014",
            &format!(
                "The size of the sequence allocated by the range operator (..) must not exceed 1e7.  Attempted to allocate {count}."
            ),
        ));
    }
    let mut items = Vec::new();
    let mut index = 0.0;
    while index < count {
        items.push(JValue::Number(first + index * step));
        index += 1.0;
    }
    Ok(JValue::sequence(items))
}

fn hash(arguments: &[JValue]) -> Result {
    if undefined(arguments) {
        return Ok(JValue::Undefined);
    }
    let data = text(arguments, 0, "hash")?.as_bytes();
    let digest: Vec<u8> = match text(arguments, 1, "hash")? {
        "MD5" => Md5::digest(data).to_vec(),
        "SHA-1" => Sha1::digest(data).to_vec(),
        "SHA-256" => Sha256::digest(data).to_vec(),
        "SHA-384" => Sha384::digest(data).to_vec(),
        "SHA-512" => Sha512::digest(data).to_vec(),
        _ => {
            return Err(error(
                "D3001",
                "The algorithm of a hash must be one of MD5, SHA-1, SHA-256, SHA-384, SHA-512",
            ));
        }
    };
    Ok(JValue::from(digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

fn ambient() -> Draw {
    Draw::new(jsonata_core::ambient::draw())
}

fn uuid(_arguments: &[JValue]) -> Result {
    Ok(JValue::from(ambient().uuid()))
}

/// With a seed, always the same number.
fn random(arguments: &[JValue]) -> Result {
    match arguments.first() {
        None | Some(JValue::Undefined) => Ok(JValue::Number(ambient().fraction())),
        Some(JValue::Number(seed)) => Ok(JValue::Number(Draw::new(seed.to_bits()).fraction())),
        Some(_) => Err(mismatch(1, "random")),
    }
}

fn parse(arguments: &[JValue]) -> Result {
    if undefined(arguments) {
        return Ok(JValue::Undefined);
    }
    let text = text(arguments, 0, "parse")?;
    let value: Value = serde_json::from_str(text).map_err(|why| {
        error("D3001", &format!("The argument of the parse function is not JSON: {why}"))
    })?;
    Ok(from_json(&value))
}

/// AWS has no `$eval`: it is a name like any other that nothing is bound to.
fn eval(_arguments: &[JValue]) -> Result {
    Err(error("T1006", "Attempted to invoke a non-function"))
}
