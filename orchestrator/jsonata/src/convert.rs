//! JSON to JSONata's values and back: every number becomes a double, as in JavaScript, and is printed as JavaScript prints it.

use jsonata_core::ambient;
use jsonata_core::value::{JMap, JValue, js_number_to_string};
use serde_json::{Map, Number, Value};

use crate::error::Error;

/// How deep a result may nest: within what a payload may hold, with room for the template round it.
const NESTING_MAX: usize = 100;

/// What a value of JSON takes beside its text.
const VALUE_BYTES: usize = 96;

pub(crate) fn from_json(value: &Value) -> JValue {
    match value {
        Value::Null => JValue::Null,
        Value::Bool(truth) => JValue::Bool(*truth),
        // A literal beyond a double's range is an infinity to JavaScript too.
        Value::Number(number) => {
            JValue::Number(number.as_str().parse().expect("a JSON number is a decimal number"))
        }
        Value::String(text) => JValue::from(text.as_str()),
        Value::Array(items) => JValue::array(items.iter().map(from_json).collect()),
        Value::Object(fields) => JValue::object(
            fields.iter().map(|(name, value)| (name.clone(), from_json(value))).collect(),
        ),
    }
}

/// `None` for undefined. A function is no result; within an array or an object it is left out, as `JSON.stringify` leaves
/// it out. What the result takes counts against the evaluation: a value that is small because it shares its parts may be
/// large as JSON.
pub(crate) fn into_json(value: &JValue) -> Result<Option<Value>, Error> {
    if is_function(value) {
        return Err(Error::Unsupported);
    }
    let mut converter = Converter { bytes: 0 };
    converter.json(value, 0)
}

fn is_function(value: &JValue) -> bool {
    matches!(value, JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. })
}

struct Converter {
    /// Of the JSON made so far.
    bytes: usize,
}

impl Converter {
    fn json(&mut self, value: &JValue, depth: usize) -> Result<Option<Value>, Error> {
        self.account(value, depth)?;
        Ok(Some(match value {
            JValue::Undefined
            | JValue::Lambda(_)
            | JValue::Builtin { .. }
            | JValue::Regex { .. } => return Ok(None),
            JValue::Null => Value::Null,
            JValue::Bool(truth) => Value::Bool(*truth),
            JValue::Number(number) => Value::Number(print(*number)?),
            JValue::String(text) => Value::String(text.to_string()),
            JValue::Array(items) => {
                let mut list = Vec::with_capacity(items.len());
                for item in items {
                    list.push(self.json(item, depth + 1)?.unwrap_or(Value::Null));
                }
                Value::Array(list)
            }
            JValue::Object(fields) => Value::Object(self.object(fields, depth)?),
        }))
    }

    fn object(&mut self, fields: &JMap, depth: usize) -> Result<Map<String, Value>, Error> {
        let mut map = Map::with_capacity(fields.len());
        for (name, value) in fields {
            self.bytes += name.len();
            if let Some(value) = self.json(value, depth + 1)? {
                map.insert(name.clone(), value);
            }
        }
        Ok(map)
    }

    fn account(&mut self, value: &JValue, depth: usize) -> Result<(), Error> {
        if depth > NESTING_MAX {
            let message = format!("The result is nested deeper than {NESTING_MAX} levels");
            return Err(Error::thrown("U1005", message));
        }
        self.bytes += VALUE_BYTES + value.as_str().map_or(0, str::len);
        ambient::room(self.bytes);
        Ok(ambient::step(1)?)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "an integer below 2^53 is exact")]
fn print(number: f64) -> Result<Number, Error> {
    if !number.is_finite() {
        return Err(Error::thrown("D1001", format!("Number out of range: {number}")));
    }
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        return Ok(Number::from(number as i64));
    }
    Ok(js_number_to_string(number).parse().expect("a finite double is printed as a JSON number"))
}
