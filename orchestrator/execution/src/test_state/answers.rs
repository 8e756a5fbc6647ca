//! What a service's operation answers, by the models that AWS publishes: a mocked result is held against it, as AWS does.
//! Of a service that stands in no table nothing is known, and any result is right.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use asl::resource::{Pattern, Resource, ResourceKind};
use serde::Deserialize;
use serde_json::Value;

/// By the service's name after `aws-sdk:`.
static TABLES: LazyLock<BTreeMap<&str, Table>> = LazyLock::new(|| {
    let read = |text| serde_json::from_str(text).expect("a table that `derive.py` wrote");
    [
        ("batch", include_str!("answers/batch.json")),
        ("dynamodb", include_str!("answers/dynamodb.json")),
        ("ecs", include_str!("answers/ecs.json")),
        ("eventbridge", include_str!("answers/eventbridge.json")),
        ("kms", include_str!("answers/kms.json")),
        ("lambda", include_str!("answers/lambda.json")),
        ("s3", include_str!("answers/s3.json")),
        ("secretsmanager", include_str!("answers/secretsmanager.json")),
        ("sfn", include_str!("answers/sfn.json")),
        ("sns", include_str!("answers/sns.json")),
        ("sqs", include_str!("answers/sqs.json")),
    ]
    .map(|(service, text)| (service, read(text)))
    .into()
});

#[derive(Debug, Deserialize)]
struct Table {
    /// The name of what each answers.
    operations: BTreeMap<String, String>,
    shapes: BTreeMap<String, Shape>,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Shape {
    #[serde(rename = "type")]
    kind: Kind,
    /// Of a structure, in the model's order.
    #[serde(default)]
    members: Vec<(String, String)>,
    #[serde(default)]
    required: Vec<String>,
    /// What a list or a map holds.
    of: Option<String>,
    min: Option<f64>,
    max: Option<f64>,
    #[serde(rename = "enum", default)]
    values: Vec<String>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Structure,
    List,
    Map,
    #[default]
    String,
    /// In base64.
    Blob,
    /// As ISO 8601 writes one.
    Timestamp,
    Number,
    Boolean,
}

/// `is_complete`: fields that an answer always has must be there.
///
/// # Errors
///
/// What is wrong with the first field that is, in AWS's words (recorded: types, required fields, numbers' bounds, the least
/// length of a blob, values; the others follow them).
pub(super) fn check(resource: &Resource, result: &Value, is_complete: bool) -> Result<(), String> {
    let ResourceKind::Service { service, action, pattern: Pattern::RequestResponse } =
        &resource.kind
    else {
        return Ok(());
    };
    let sdk = service.strip_prefix("aws-sdk:");
    let name = match (sdk, &**service) {
        (None, "states") => "sfn",
        (None, "events") => "eventbridge",
        (Some(name), _) | (None, name) => name,
    };
    let Some(table) = TABLES.get(name) else { return Ok(()) };
    let Some(shape) = table.operations.get(&**action) else { return Ok(()) };
    // The optimised integration puts what the function answered in the place of its text.
    let is_free = sdk.is_none() && name == "lambda" && &**action == "invoke";
    let checked = Check { table, is_complete, free: is_free.then_some("Payload") };
    checked.value(shape, "result", result)
}

struct Check<'a> {
    table: &'a Table,
    is_complete: bool,
    /// A field that may be anything.
    free: Option<&'static str>,
}

impl Check<'_> {
    fn value(&self, shape: &str, field: &str, value: &Value) -> Result<(), String> {
        let bare = || Shape { kind: kind_of(shape), ..Shape::default() };
        let shape = self.table.shapes.get(shape).cloned().unwrap_or_else(bare);
        let fault = |what: &str| Err(format!("Field '{field}' {what}"));
        match (shape.kind, value) {
            (Kind::Structure, Value::Object(fields)) => self.structure(&shape, fields),
            (Kind::List, Value::Array(items)) => self.each(&shape, field, items.iter()),
            (Kind::Map, Value::Object(fields)) => self.each(&shape, field, fields.values()),
            (Kind::String | Kind::Blob, Value::String(text)) => bounded(&shape, field, text),
            (Kind::Number, Value::Number(number)) => {
                let number = number.as_f64().unwrap_or_default();
                if shape.min.is_some_and(|min| number < min) {
                    return fault("is less than the minimum value");
                }
                if shape.max.is_some_and(|max| number > max) {
                    return fault("exceeds the maximum value");
                }
                Ok(())
            }
            (Kind::Timestamp, Value::String(_)) | (Kind::Boolean, Value::Bool(_)) => Ok(()),
            (Kind::Structure | Kind::Map, _) => fault("must be an object"),
            (Kind::List, _) => fault("must be an array"),
            (Kind::String | Kind::Blob | Kind::Timestamp, _) => fault("must be a string"),
            (Kind::Number, _) => fault("must be a number"),
            (Kind::Boolean, _) => fault("must be a boolean"),
        }
    }

    fn structure(
        &self,
        shape: &Shape,
        fields: &serde_json::Map<String, Value>,
    ) -> Result<(), String> {
        for (member, of) in &shape.members {
            // In definitions every field begins with a capital.
            let name = capitalised(member);
            let value = fields.get(&name).filter(|value| !value.is_null());
            match value {
                Some(_) if self.free == Some(&name) => {}
                Some(value) => self.value(of, &name, value)?,
                None if self.is_complete && shape.required.contains(member) => {
                    return Err(format!("Required field '{name}' is missing"));
                }
                None => {}
            }
        }
        Ok(())
    }

    fn each<'v>(
        &self,
        shape: &Shape,
        field: &str,
        mut values: impl Iterator<Item = &'v Value>,
    ) -> Result<(), String> {
        let of = shape.of.as_deref().unwrap_or("string");
        values.try_for_each(|value| self.value(of, field, value))
    }
}

fn bounded(shape: &Shape, field: &str, text: &str) -> Result<(), String> {
    let fault = |what: &str| Err(format!("Field '{field}' {what}"));
    #[expect(clippy::cast_precision_loss, reason = "a payload's length is far below 2^53")]
    let length = text.chars().count() as f64;
    if shape.min.is_some_and(|min| length < min) {
        return fault("is smaller than the minimum length");
    }
    if shape.max.is_some_and(|max| length > max) {
        return fault("exceeds the maximum length");
    }
    if !shape.values.is_empty() && shape.values.iter().all(|value| value != text) {
        return fault("is not an expected value");
    }
    Ok(())
}

/// A shape without bounds stands as its type.
fn kind_of(shape: &str) -> Kind {
    match shape {
        "blob" => Kind::Blob,
        "timestamp" => Kind::Timestamp,
        "number" => Kind::Number,
        "boolean" => Kind::Boolean,
        _ => Kind::String,
    }
}

fn capitalised(member: &str) -> String {
    let mut letters = member.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use asl::resource::Resource;
    use serde_json::json;

    use super::{Kind, TABLES, check, kind_of};

    /// Recorded of AWS's `TestState` (`test_field_validation_mode_present.py`, `…_strict.py`), but for the last of each half.
    #[test]
    fn a_mocked_result_is_held_against_what_the_operation_answers() {
        let faults = [
            (
                "aws-sdk:kms:encrypt",
                json!({"CiphertextBlob": ""}),
                "Field 'CiphertextBlob' is smaller than the minimum length",
            ),
            (
                "aws-sdk:s3:getObject",
                json!({"StorageClass": "Papyrus"}),
                "Field 'StorageClass' is not an expected value",
            ),
            (
                "aws-sdk:s3:getObject",
                json!({"ContentLength": "9000"}),
                "Field 'ContentLength' must be a number",
            ),
            ("events:putEvents", json!({"Entries": "one"}), "Field 'Entries' must be an array"),
            (
                "events:putEvents",
                json!({"Entries": [{"EventId": "1"}, {"EventId": []}]}),
                "Field 'EventId' must be a string",
            ),
            ("lambda:invoke", json!({"StatusCode": "200"}), "Field 'StatusCode' must be a number"),
            (
                "aws-sdk:lambda:getFunction",
                json!({"Configuration": {"MemorySize": 127}}),
                "Field 'MemorySize' is less than the minimum value",
            ),
            (
                "aws-sdk:lambda:getFunction",
                json!({"Configuration": {"MemorySize": 10_241}}),
                "Field 'MemorySize' exceeds the maximum value",
            ),
            ("states:startExecution", json!({}), "Required field 'ExecutionArn' is missing"),
            (
                "aws-sdk:dynamodb:getItem",
                json!({"Item": {"id": {"BOOL": "yes"}}}),
                "Field 'BOOL' must be a boolean",
            ),
        ];
        for (call, result, fault) in faults {
            assert_eq!(checked(call, &result, true), Err(fault.to_owned()), "{call} {result}");
        }
        for (call, result) in [
            ("events:putEvents", json!({"random": "json"})),
            ("lambda:invoke", json!({"Payload": {"any": ["thing"]}})),
            ("sqs:sendMessage.waitForTaskToken", json!("any")),
            ("aws-sdk:unheardOf:act", json!(7)),
        ] {
            assert_eq!(checked(call, &result, true), Ok(()), "{call} {result}");
        }
        assert_eq!(checked("states:startExecution", &json!({}), false), Ok(()));
    }

    fn checked(call: &str, result: &serde_json::Value, is_complete: bool) -> Result<(), String> {
        let resource = Resource::parse(&format!("arn:aws:states:::{call}")).unwrap();
        check(&resource, result, is_complete)
    }

    #[test]
    fn every_shape_that_a_table_names_is_there() {
        for (service, table) in &*TABLES {
            let is_known = |shape: &String| {
                let is_bare = shape == "string" || kind_of(shape) != Kind::String;
                assert!(is_bare || table.shapes.contains_key(shape), "{service}: {shape}");
            };
            table.operations.values().for_each(is_known);
            for shape in table.shapes.values() {
                shape.members.iter().map(|(_, of)| of).chain(&shape.of).for_each(is_known);
            }
        }
    }
}
