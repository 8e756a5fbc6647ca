//! Inputs that are no JSON: told in the words of Jackson, AWS's reader, and in the field's violation with the place.

use tonic::Code;
use tonic_types::StatusExt as _;

use crate::world::{PASS, World, reason, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_input_that_is_no_json_is_refused_and_says_where() {
    let mut world = World::new().await;
    world.create("order", PASS).await;
    let values = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
    let inputs = [
        ("not json", format!("Unrecognized token 'not': was expecting {values}")),
        ("{", "Unexpected end-of-input: expected close marker for Object (start marker at [Source: (String)\"{\"; line: 1, column: 1])".to_owned()),
        ("{\"a\": }", "Unexpected character ('}' (code 125)): expected a value".to_owned()),
        ("[1, 2", "Unexpected end-of-input: expected close marker for Array (start marker at [Source: (String)\"[1, 2\"; line: 1, column: 1])".to_owned()),
        ("'a'", format!("Unexpected character (''' (code 39)): expected a valid value {values}")),
        ("{} {}", "Unexpected character ('{' (code 123)): expected the end of the text".to_owned()),
        ("01", "Invalid numeric value: Leading zeroes not allowed".to_owned()),
        ("\"\u{1}\"", "Illegal unquoted character ((CTRL-CHAR, code 1)): has to be escaped using backslash to be included in string value".to_owned()),
        ("NaN", "Non-standard token 'NaN': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow".to_owned()),
        (" ", "No content to map due to end-of-input".to_owned()),
    ];
    for (input, words) in inputs {
        let refused = world.executions.start_execution(start("order", input)).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{input}");
        assert_eq!(reason(&refused), "InvalidExecutionInput", "{input}");
        let expected = format!("Invalid State Machine Execution Input: '{words}'");
        assert_eq!(refused.message(), expected, "{input}");
        let details = refused.get_error_details();
        let violation = &details.bad_request().expect("it says which field").field_violations[0];
        let place = "not valid JSON at line 1, column ";
        assert!(violation.description.starts_with(place), "{input}: {}", violation.description);
    }
}
