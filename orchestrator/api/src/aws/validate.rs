//! A request against the model, as AWS's own frame checks it: first the types of its JSON (`SerializationException`), then
//! every bound at once (`ValidationException`). Members that the model does not know are passed over.

mod constraint;
mod types;

use serde_json::Value;

use super::model::service;
use crate::errors::{Reason, Refusal};

/// `payload_bytes_max`: the namespace's, in the place of AWS's 262,144.
pub(super) fn request(shape: &str, body: &Value, payload_bytes_max: u64) -> Result<(), Refusal> {
    let shape = service().shape(shape);
    types::check(shape, body).map_err(|why| Refusal::new(Reason::SerializationException, why))?;
    let found = constraint::violations(shape, body, payload_bytes_max);
    if found.is_empty() {
        return Ok(());
    }
    let noun = if found.len() == 1 { "error" } else { "errors" };
    let message = format!("{} validation {noun} detected: {}", found.len(), found.join("; "));
    Err(Refusal::new(Reason::ValidationException, message))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(shape: &str, body: &Value) -> String {
        request(shape, body, 262_144).unwrap_err().to_string()
    }

    #[test]
    fn a_mistyped_field_is_told_in_the_words_of_aws() {
        let cases = [
            (json!({ "name": 1 }), "NUMBER_VALUE can not be converted to a String"),
            (json!({ "name": true }), "TRUE_VALUE can not be converted to a String"),
            (json!({ "name": [] }), "Start of list found where not expected"),
            (json!({ "name": {} }), "Start of structure or map found where not expected."),
            (json!({ "publish": "x" }), "STRING_VALUE can not be converted to a Boolean"),
            (json!({ "tags": "x" }), "Expected list or null"),
            (json!({ "tags": {} }), "Start of structure or map found where not expected."),
            (json!({ "tags": [1] }), "Expected null"),
            (json!({ "tracingConfiguration": "x" }), "Expected null"),
            (json!({ "tracingConfiguration": [] }), "Start of list found where not expected"),
            (json!([]), "Start of list found where not expected"),
            (json!("x"), "Expected null"),
        ];
        for (body, expected) in cases {
            let expected = format!("SerializationException: {expected}");
            assert_eq!(refused("CreateStateMachineInput", &body), expected, "{body}");
        }
        assert_eq!(
            refused("ListExecutionsInput", &json!({ "maxResults": "1" })),
            "SerializationException: STRING_VALUE can not be converted to an Integer"
        );
    }

    #[test]
    fn every_violation_is_told_at_once_and_secrets_are_not_repeated() {
        assert_eq!(
            refused("CreateStateMachineInput", &json!({ "name": "", "type": "FAST" })),
            "ValidationException: 4 validation errors detected: \
             Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1; \
             Value at 'definition' failed to satisfy constraint: Member must not be null; \
             Value null at 'roleArn' failed to satisfy constraint: Member must not be null; \
             Value 'FAST' at 'type' failed to satisfy constraint: Member must satisfy enum value set: [STANDARD, EXPRESS]"
        );
        assert_eq!(
            refused("ListExecutionsInput", &json!({ "maxResults": 1001 })),
            "ValidationException: 1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: \
             Member must have value less than or equal to 1000"
        );
        assert_eq!(
            refused(
                "StartExecutionInput",
                &json!({ "stateMachineArn": "a", "input": "x".repeat(262_145) })
            ),
            "ValidationException: 1 validation error detected: Value at 'input' failed to satisfy constraint: \
             Member must have size less than or equal to 262144 bytes in UTF-8 encoding"
        );
        assert_eq!(
            refused("RedriveExecutionInput", &json!({ "executionArn": "a", "clientToken": "a b" })),
            "ValidationException: 1 validation error detected: Value 'a b' at 'clientToken' failed to satisfy constraint: \
             Member must satisfy regular expression pattern: [!-~]+"
        );
    }

    #[test]
    fn what_stands_within_lists_is_named_by_its_place() {
        let route = |version: &str, weight: u8| json!({ "stateMachineVersionArn": version, "weight": weight });
        let of = |routes: Value| json!({ "name": "live", "routingConfiguration": routes });
        assert_eq!(
            refused("CreateStateMachineAliasInput", &of(json!([route("v", 101)]))),
            "ValidationException: 1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' \
             failed to satisfy constraint: Member must have value less than or equal to 100"
        );
        assert_eq!(
            refused(
                "CreateStateMachineAliasInput",
                &of(json!([route("a", 1), route("b", 2), route("c", 97)]))
            ),
            "ValidationException: 1 validation error detected: \
             Value '[RoutingConfigurationListItem(stateMachineVersionArn=a, weight=1), \
             RoutingConfigurationListItem(stateMachineVersionArn=b, weight=2), \
             RoutingConfigurationListItem(stateMachineVersionArn=c, weight=97)]' at 'routingConfiguration' \
             failed to satisfy constraint: Member must have length less than or equal to 2"
        );
        let digits = json!({ "name": "123", "routingConfiguration": [route("v", 100)] });
        assert_eq!(
            refused("CreateStateMachineAliasInput", &digits),
            r"ValidationException: 1 validation error detected: Value '123' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$"
        );
    }

    #[test]
    fn what_is_unknown_or_null_is_passed_over() {
        let body = json!({ "stateMachineArn": "a", "name": null, "colour": { "of": ["magic"] } });
        assert_eq!(request("StartExecutionInput", &body, 262_144), Ok(()));
    }
}
