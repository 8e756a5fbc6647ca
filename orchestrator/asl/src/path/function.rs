//! The functions of a path (`.length()`, `.sum()`, `.concat(…)`): their parameters and their results.

use serde_json::{Number, Value};

use super::PathError;
use super::characters::Characters;
use super::compile::{self, Allowance};
use super::evaluate::{Halt, Walk};
use super::filter::read_json;
use super::token::Compiled;

/// A function with what it is called with. An unknown name fails when it is evaluated, as in Jayway.
#[derive(Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) parameters: Vec<Parameter>,
}

#[derive(Debug)]
pub(super) enum Parameter {
    Json(Value),
    /// Evaluated against the whole document.
    Path(Compiled),
}

/// What a parameter's first character says that it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Json,
    Path,
}

/// Reads parameters from behind the opening parenthesis of `name` to behind the closing one.
pub(super) fn read_parameters(
    name: &str,
    characters: &mut Characters,
    allowance: &mut Allowance,
) -> Result<Vec<Parameter>, PathError> {
    let mut reader = Reader { parameters: Vec::new(), text: String::new(), kind: None };
    let mut groups = Groups { parentheses: 1, brackets: 0, braces: 0, quoted: false };
    while characters.in_bounds() {
        let Some(character) = characters.current() else { break };
        characters.position += 1;
        if groups.quoted && character == '\\' {
            reader.text.push(character);
            reader.text.extend(characters.current());
            characters.position += 1;
            continue;
        }
        reader.begin(character);
        groups.count(character);
        if groups.parentheses == 0 {
            reader.end(allowance)?;
            return Ok(reader.parameters);
        }
        if character == ',' && groups.is_outermost() {
            reader.end(allowance)?;
        } else if reader.kind.is_some() {
            reader.text.push(character);
        }
    }
    Err(PathError::new(format!("Arguments to function: '{name}' are not closed properly.")))
}

struct Reader {
    parameters: Vec<Parameter>,
    text: String,
    kind: Option<Kind>,
}

impl Reader {
    /// What begins otherwise is no parameter: Jayway passes over it.
    fn begin(&mut self, character: char) {
        self.kind = self.kind.or(match character {
            '{' | '"' | '-' | '0'..='9' => Some(Kind::Json),
            '$' | '@' => Some(Kind::Path),
            _ => None,
        });
    }

    fn end(&mut self, allowance: &mut Allowance) -> Result<(), PathError> {
        let text = std::mem::take(&mut self.text);
        match self.kind.take() {
            None => {}
            Some(Kind::Json) => {
                let value = read_json(text.trim()).ok_or_else(|| {
                    PathError::new(format!("The parameter {text} of a function is not valid JSON"))
                })?;
                self.parameters.push(Parameter::Json(value));
            }
            Some(Kind::Path) => {
                self.parameters.push(Parameter::Path(compile::compile(&text, allowance)?));
            }
        }
        Ok(())
    }
}

struct Groups {
    parentheses: usize,
    brackets: usize,
    braces: usize,
    quoted: bool,
}

impl Groups {
    fn count(&mut self, character: char) {
        match character {
            '"' => self.quoted = !self.quoted,
            _ if self.quoted => {}
            '(' => self.parentheses += 1,
            ')' => self.parentheses -= 1,
            '[' => self.brackets += 1,
            ']' => self.brackets = self.brackets.saturating_sub(1),
            '{' => self.braces += 1,
            '}' => self.braces = self.braces.saturating_sub(1),
            _ => {}
        }
    }

    fn is_outermost(&self) -> bool {
        self.parentheses == 1 && self.brackets == 0 && self.braces == 0 && !self.quoted
    }
}

impl Walk<'_> {
    pub(super) fn invoke(&mut self, call: &Call, model: &Value) -> Result<Value, Halt> {
        if matches!(call.name.as_str(), "length" | "size") {
            return self.length(call, model);
        }
        let parameters = self.evaluate_parameters(call)?;
        let numbers = || flatten(model.as_array(), &parameters).filter_map(Value::as_f64);
        match call.name.as_str() {
            "min" => aggregate(numbers(), f64::INFINITY, f64::min),
            "max" => aggregate(numbers(), f64::NEG_INFINITY, f64::max),
            "sum" => aggregate(numbers(), 0.0, |sum, number| sum + number),
            "avg" => average(numbers()),
            "stddev" => deviation(numbers()),
            "concat" => Ok(Value::String(concat(model, &parameters))),
            "append" => Ok(append(model, &parameters)),
            "keys" => Ok(keys(model)),
            "first" => item(model, 0),
            "last" => item(model, -1),
            "index" => item(model, numbers_of(&parameters).next().map_or(0, truncate)),
            unknown => Err(Halt::Invalid(format!("Function with name: {unknown} does not exist."))),
        }
    }

    fn evaluate_parameters(&mut self, call: &Call) -> Result<Vec<Value>, Halt> {
        let root = self.root;
        let mut values = Vec::with_capacity(call.parameters.len());
        for parameter in &call.parameters {
            let value = match parameter {
                Parameter::Json(value) => value.clone(),
                Parameter::Path(path) => self.inner(path).value(root)?.into_owned(),
            };
            self.budget.charge(&value)?;
            values.push(value);
        }
        Ok(values)
    }

    /// The number of items, fields, or, with a path as parameter, of all children of what it finds.
    fn length(&mut self, call: &Call, model: &Value) -> Result<Value, Halt> {
        let counted = match call.parameters.first() {
            Some(Parameter::Path(path)) if path.ends_in_function() => {
                self.inner(path).value(model)?.as_array().map(Vec::len)
            }
            Some(Parameter::Path(path)) => self.children(path, model)?,
            Some(Parameter::Json(_)) | None => None,
        };
        let counted = counted.or_else(|| match model {
            Value::Array(items) => Some(items.len()),
            Value::Object(fields) => Some(fields.len()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => None,
        });
        Ok(counted.map_or(Value::Null, Value::from))
    }

    /// How many values `path` with a wildcard behind it finds. The root alone gets no wildcard.
    fn children(&mut self, path: &Compiled, model: &Value) -> Result<Option<usize>, Halt> {
        if path.tokens.is_empty() {
            return Ok(model.as_array().map(Vec::len));
        }
        let found = self.inner(path).all(model)?;
        let count = |value: &Value| match value {
            Value::Array(items) => items.len(),
            Value::Object(fields) => fields.len(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
        };
        Ok(Some(found.iter().map(|value| count(value)).sum()))
    }
}

/// The items of `model` and those of the parameters: an array gives its items, anything else itself.
fn flatten<'v>(
    model: Option<&'v Vec<Value>>,
    parameters: &'v [Value],
) -> impl Iterator<Item = &'v Value> {
    let given = parameters.iter().flat_map(|parameter| {
        parameter.as_array().map_or_else(|| std::slice::from_ref(parameter), Vec::as_slice)
    });
    model.into_iter().flatten().chain(given)
}

fn numbers_of(parameters: &[Value]) -> impl Iterator<Item = f64> {
    flatten(None, parameters).filter_map(Value::as_f64)
}

const NO_NUMBERS: &str = "Aggregation function attempted to calculate value using empty array";

fn aggregate(
    numbers: impl Iterator<Item = f64>,
    start: f64,
    combine: impl Fn(f64, f64) -> f64,
) -> Result<Value, Halt> {
    let mut numbers = numbers.peekable();
    if numbers.peek().is_none() {
        return Err(Halt::Failed(NO_NUMBERS.to_owned()));
    }
    Ok(double(numbers.fold(start, combine)))
}

#[expect(clippy::cast_precision_loss, reason = "no document holds 2^53 numbers")]
fn average(numbers: impl Iterator<Item = f64>) -> Result<Value, Halt> {
    let (sum, count) = numbers.fold((0.0, 0_u64), |(sum, count), number| (sum + number, count + 1));
    if count == 0 {
        return Err(Halt::Failed(NO_NUMBERS.to_owned()));
    }
    Ok(double(sum / count as f64))
}

#[expect(clippy::cast_precision_loss, reason = "no document holds 2^53 numbers")]
fn deviation(numbers: impl Iterator<Item = f64>) -> Result<Value, Halt> {
    let numbers: Vec<f64> = numbers.collect();
    if numbers.is_empty() {
        return Err(Halt::Failed(NO_NUMBERS.to_owned()));
    }
    let count = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / count;
    let squares = numbers.iter().map(|number| number * number).sum::<f64>() / count;
    Ok(double((squares - mean * mean).sqrt()))
}

/// `null` where the result is no number that JSON knows.
fn double(number: f64) -> Value {
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

fn concat(model: &Value, parameters: &[Value]) -> String {
    let own = model.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let given = parameters.iter().flat_map(|parameter| match parameter {
        Value::Array(items) => {
            items.iter().filter(|item| !item.is_null()).map(plain_text).collect::<Vec<_>>()
        }
        Value::String(text) => vec![text.clone()],
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    });
    own.chain(given).collect()
}

/// A string as it is, anything else as JSON.
pub(super) fn plain_text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn append(model: &Value, parameters: &[Value]) -> Value {
    let mut result = model.clone();
    if let Value::Array(items) = &mut result {
        items.extend_from_slice(parameters);
    }
    result
}

fn keys(model: &Value) -> Value {
    model
        .as_object()
        .map_or(Value::Null, |fields| fields.keys().cloned().map(Value::from).collect())
}

#[expect(clippy::cast_possible_truncation, reason = "an index is cut to an integer, as in Java")]
fn truncate(number: f64) -> i64 {
    number as i64
}

/// The item at `index`; a negative one counts from the end, and never reaches the first item.
fn item(model: &Value, index: i64) -> Result<Value, Halt> {
    let Value::Array(items) = model else { return Err(Halt::Failed(NO_NUMBERS.to_owned())) };
    let count = items.len();
    let place = match usize::try_from(index) {
        Ok(place) => Some(place),
        Err(_) => usize::try_from(index.unsigned_abs())
            .ok()
            .and_then(|back| count.checked_sub(back))
            .filter(|&place| place > 0),
    };
    let found = place.and_then(|place| items.get(place)).cloned();
    found.ok_or_else(|| {
        Halt::Failed(format!("Target index:{index} larger than object count:{count}"))
    })
}
