//! JSON to JSONata's values and back: every number becomes a double, as in JavaScript, and is printed as JavaScript prints it.

use jsonata_core::value::JValue;
use serde_json::{Map, Number, Value};

use crate::error::Error;

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

/// `None` for undefined. In an object or an array functions are left out, as `JSON.stringify` leaves them out.
pub(crate) fn into_json(value: &JValue) -> Result<Option<Value>, Error> {
    match value {
        JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. } => {
            Err(Error::Unsupported)
        }
        other => json(other),
    }
}

fn json(value: &JValue) -> Result<Option<Value>, Error> {
    Ok(Some(match value {
        JValue::Undefined | JValue::Lambda(_) | JValue::Builtin { .. } | JValue::Regex { .. } => {
            return Ok(None);
        }
        JValue::Null => Value::Null,
        JValue::Bool(truth) => Value::Bool(*truth),
        JValue::Number(number) => Value::Number(print(*number)?),
        JValue::String(text) => Value::String(text.to_string()),
        JValue::Array(items) => {
            let mut list = Vec::with_capacity(items.len());
            for item in items.iter() {
                list.push(json(item)?.unwrap_or(Value::Null));
            }
            Value::Array(list)
        }
        JValue::Object(fields) => {
            let mut map = Map::new();
            for (name, value) in fields.iter() {
                if let Some(value) = json(value)? {
                    map.insert(name.clone(), value);
                }
            }
            Value::Object(map)
        }
    }))
}

#[expect(clippy::cast_possible_truncation, reason = "an integer below 2^53 is exact")]
fn print(number: f64) -> Result<Number, Error> {
    if !number.is_finite() {
        return Err(Error::thrown("D1001", format!("Number out of range: {number}")));
    }
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        return Ok(Number::from(number as i64));
    }
    let text = jsonata_core::value::js_number_to_string(number);
    Ok(text.parse().expect("a finite double is printed as a JSON number"))
}
