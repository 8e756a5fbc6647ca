//! From a task's parameters to what an operation takes: members under their own names, each value of its shape.
//! As Step Functions does, a document where a text is wanted becomes its JSON text.

use serde_json::{Map, Value};

use crate::instant;
use crate::model::{Kind, Service};
use crate::name::capitalised;

/// A parameter that the operation does not take.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Misfit {
    #[error("the operation has no parameter '{0}'")]
    Unknown(String),
    #[error("the parameter '{place}' must be {wanted}")]
    Kind { place: String, wanted: &'static str },
}

pub(crate) fn fit(service: &Service, shape: &str, value: Value) -> Result<Value, Misfit> {
    Fit { service, place: Vec::new() }.value(shape, value)
}

struct Fit<'a> {
    service: &'a Service,
    place: Vec<String>,
}

impl<'a> Fit<'a> {
    fn value(&mut self, name: &str, value: Value) -> Result<Value, Misfit> {
        let service = self.service;
        let shape = service.shape(name);
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(fields)) => self.structure(name, fields),
            (Kind::Map, Value::Object(entries)) => {
                let value = shape.value.as_ref().map_or("", |it| &it.shape);
                let fitted = entries.into_iter().map(|(key, it)| {
                    let it = self.below(&key, value, it)?;
                    Ok((key, it))
                });
                fitted.collect::<Result<Map<_, _>, _>>().map(Value::Object)
            }
            (Kind::List, Value::Array(items)) => {
                let member = shape.member.as_ref().map_or("", |it| &it.shape);
                let fitted = items.into_iter().enumerate();
                let fitted = fitted.map(|(index, it)| self.below(&index.to_string(), member, it));
                fitted.collect::<Result<_, _>>().map(Value::Array)
            }
            (Kind::String | Kind::Character | Kind::Blob, Value::String(text)) => {
                Ok(Value::String(text))
            }
            (Kind::String | Kind::Character | Kind::Blob, document) => {
                Ok(Value::String(document.to_string()))
            }
            (Kind::Integer | Kind::Long | Kind::Float | Kind::Double, value) => self.number(value),
            (Kind::Boolean, value) => self.boolean(&value),
            (Kind::Timestamp, value) => match instant::read(&value) {
                Some(_) => Ok(instant::shown(&value)),
                None => self.misfit("a time in ISO 8601"),
            },
            (Kind::Structure | Kind::Map, _) => self.misfit("an object"),
            (Kind::List, _) => self.misfit("an array"),
        }
    }

    fn below(&mut self, step: &str, shape: &str, value: Value) -> Result<Value, Misfit> {
        self.place.push(step.to_owned());
        let fitted = self.value(shape, value)?;
        self.place.pop();
        Ok(fitted)
    }

    /// A null is no value.
    fn structure(&mut self, name: &str, fields: Map<String, Value>) -> Result<Value, Misfit> {
        let mut fitted = Map::new();
        for (field, value) in fields {
            let Some((member, shape)) = self.member(name, &field) else {
                self.place.push(field);
                return Err(Misfit::Unknown(self.place.join(".")));
            };
            if !value.is_null() {
                let value = self.below(&field, shape, value)?;
                fitted.insert(member.to_owned(), value);
            }
        }
        Ok(Value::Object(fitted))
    }

    /// By the name that the model has, by that with a capital, or whatever its case: Java's names differ in that alone.
    fn member(&self, structure: &str, field: &str) -> Option<(&'a str, &'a str)> {
        let members = &self.service.shape(structure).members;
        let exact = members.get_key_value(field);
        let found = exact
            .or_else(|| members.iter().find(|(name, _)| capitalised(name) == field))
            .or_else(|| members.iter().find(|(name, _)| name.eq_ignore_ascii_case(field)));
        found.map(|(name, member)| (name.as_str(), member.shape.as_str()))
    }

    fn number(&self, value: Value) -> Result<Value, Misfit> {
        let number = match &value {
            Value::Number(_) => return Ok(value),
            Value::String(text) => text.parse::<serde_json::Number>().ok(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
        };
        number.map_or_else(|| self.misfit("a number"), |number| Ok(Value::Number(number)))
    }

    fn boolean(&self, value: &Value) -> Result<Value, Misfit> {
        let text = value.as_str().map(str::to_lowercase);
        match (value.as_bool(), text.as_deref()) {
            (Some(truth), _) => Ok(Value::Bool(truth)),
            (None, Some("true")) => Ok(Value::Bool(true)),
            (None, Some("false")) => Ok(Value::Bool(false)),
            (None, _) => self.misfit("true or false"),
        }
    }

    fn misfit(&self, wanted: &'static str) -> Result<Value, Misfit> {
        Err(Misfit::Kind { place: self.place.join("."), wanted })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn fitted(service: &str, operation: &str, value: Value) -> Result<Value, Misfit> {
        let service = Service::named(service).unwrap();
        let shape = service.operations[operation].input.as_deref().unwrap();
        fit(service, shape, value)
    }

    #[test]
    fn parameters_take_the_names_and_kinds_of_the_operation() {
        // A document becomes text: recorded by LocalStack on AWS, test_sfn_start_execution_implicit_json_serialisation.
        let text = r#"{"StateMachineArn": "a", "Input": {"key": 1.10}, "Name": null}"#;
        assert_eq!(
            fitted("sfn", "startExecution", serde_json::from_str(text).unwrap()),
            Ok(json!({"stateMachineArn": "a", "input": "{\"key\":1.10}"}))
        );
        assert_eq!(
            fitted(
                "s3",
                "putObject",
                json!({"Bucket": "b", "Key": "k", "Body": ["List", "Data"], "Acl": "private"})
            ),
            Ok(json!({"Bucket": "b", "Key": "k", "Body": "[\"List\",\"Data\"]", "ACL": "private"}))
        );
        assert_eq!(
            fitted(
                "sqs",
                "sendMessage",
                json!({"QueueUrl": "u", "MessageBody": "x", "DelaySeconds": "5"})
            ),
            Ok(json!({"QueueUrl": "u", "MessageBody": "x", "DelaySeconds": 5}))
        );
    }

    #[test]
    fn what_an_operation_does_not_take_is_named() {
        for (parameters, why) in [
            (json!({"Queue": "u"}), "the operation has no parameter 'Queue'"),
            (json!({"DelaySeconds": "soon"}), "the parameter 'DelaySeconds' must be a number"),
            (
                json!({"MessageAttributes": []}),
                "the parameter 'MessageAttributes' must be an object",
            ),
            (
                json!({"MessageAttributes": {"a": {"Text": "x"}}}),
                "the operation has no parameter 'MessageAttributes.a.Text'",
            ),
            (json!([]), "the parameter '' must be an object"),
        ] {
            assert_eq!(fitted("sqs", "sendMessage", parameters).unwrap_err().to_string(), why);
        }
    }
}
