//! Payload templates: what they render, what they refuse, and how they fail.

use asl::template::{Template, Text};
use asl::{Draw, Payload, Scope, StateKind, StateMachine, names};
use serde_json::json;

use crate::support;

const INPUT: &str =
    r#"{"id": 12345678901234567890, "price": 1.10, "to": {"name": "Zoë"}, "list": [1, 2]}"#;

fn render(template: &str) -> Result<String, String> {
    let template = Payload::parse(template).unwrap();
    let template = Template::parse(template.value())
        .map_err(|faults| format!("{}: {}", faults[0].pointer, faults[0].message))?;
    let (input, context) = (Payload::parse(INPUT).unwrap(), support::context());
    let rendered = template.render(&Scope::new(&input, &context), &mut Draw::new(1));
    rendered
        .map(|value| value.to_string())
        .map_err(|error| format!("{}: {}", error.error, error.cause))
}

#[test]
fn computed_fields_stand_where_they_were_written() {
    for (template, rendered) in [
        (
            r#"{"b": 2.0, "id.$": "$.id", "a": "$.id"}"#,
            r#"{"b":2.0,"id":12345678901234567890,"a":"$.id"}"#,
        ),
        (r#"{"x": {"y": [{"z.$": "$.price"}]}}"#, r#"{"x":{"y":[{"z":1.10}]}}"#),
        (r#"{"all.$": "$.list[*]", "none.$": "$..no"}"#, r#"{"all":[1,2],"none":[]}"#),
        (
            r#"{"who.$": "States.Format('{}/{}', $$.State.Name, $.to.name)"}"#,
            r#"{"who":"Here/Zoë"}"#,
        ),
        (r#"{"a": 1E400, "n": [1.10, -0]}"#, r#"{"a":1E400,"n":[1.10,-0]}"#),
        (r#"["$.id"]"#, r#"["$.id"]"#),
        (r#""text""#, r#""text""#),
        (r#"{".$": "$.id"}"#, r#"{"":12345678901234567890}"#),
    ] {
        assert_eq!(render(template).as_deref(), Ok(rendered), "{template}");
    }
}

#[test]
fn what_a_path_does_not_find_is_said_in_the_words_of_aws() {
    let input = r#"{"id":12345678901234567890,"price":1.10,"to":{"name":"Zoë"},"list":[1,2]}"#;
    assert_eq!(
        render(r#"{"a": {"value.$": "$.no_such"}}"#),
        Err(format!(
            "{}: The JSONPath '$.no_such' specified for the field 'value.$' could not be found in the \
             input '{input}'",
            names::RUNTIME
        ))
    );
    assert_eq!(
        render(r#"{"value.$": "States.Array($.no_such)"}"#),
        Err(format!(
            "{}: The function 'States.Array($.no_such)' had the following error: The JsonPath argument \
             for the field '$.no_such' could not be found in the input '{input}'",
            names::INTRINSIC_FAILURE
        ))
    );
}

#[test]
fn a_path_into_null_is_an_error_of_its_own() {
    let context = support::context();
    let render = |template: serde_json::Value, input: &str| {
        let input = Payload::parse(input).unwrap();
        let rendered = Template::parse(&template).unwrap();
        let rendered = rendered.render(&Scope::new(&input, &context), &mut Draw::new(1));
        rendered.map(|value| value.to_string()).map_err(|error| error.to_string())
    };
    let refused = "States.Runtime: Unable to apply Path transformation to null or empty input.";
    assert_eq!(render(json!({ "a.$": "$.b" }), "null"), Err(refused.to_owned()));
    assert_eq!(render(json!({ "a.$": "$" }), "null").as_deref(), Ok(r#"{"a":null}"#));
    assert_eq!(render(json!({ "a.$": "$$.State.Name" }), "null").as_deref(), Ok(r#"{"a":"Here"}"#));
}

#[test]
fn every_wrong_field_is_reported_where_it_stands() {
    // Given a template with three faults, one below an odd name.
    let template = Payload::parse(
        r#"{"ok.$": "$.id", "n.$": 1, "a/b": [{"x~y.$": "$!id"}], "f.$": "States.Nope()"}"#,
    )
    .unwrap();
    let faults = Template::parse(template.value()).unwrap_err();
    let found: Vec<_> = faults
        .iter()
        .map(|fault| (fault.pointer.as_str(), fault.message.as_str(), fault.reason.as_str()))
        .collect();
    // Then each has its pointer, AWS's sentence and its reason.
    let must_be = |field: &str| {
        format!(
            "The value for the field '{field}' must be a valid JSONPath or a valid intrinsic function call"
        )
    };
    let illegal = "Illegal character at position 1 expected '.' or '['";
    let unknown = "there is no intrinsic function named \"States.Nope\"";
    assert_eq!(
        found,
        [
            ("/n.$", &*must_be("n.$"), "it is no text"),
            ("/a~1b/0/x~0y.$", &*must_be("x~y.$"), illegal),
            ("/f.$", &*must_be("f.$"), unknown),
        ]
    );
}

#[test]
fn a_field_cannot_be_given_a_reserved_name() {
    let template = json!({ "x": { "$serde_json::private::Number.$": "$.to.name" } });
    let faults = Template::parse(&template).unwrap_err();
    assert!(faults[0].reason.ends_with("no field's name can begin with `$serde_json::private::`"));
}

#[test]
fn the_constants_of_a_definition_keep_their_letters() {
    let definition = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true,
        "Result": {"b": 1E400, "a": [1.10, -0, 1e5, 12345678901234567890], "s": "\u0000"}}}}"#;
    let machine = StateMachine::parse(definition).unwrap();
    let StateKind::Pass(pass) = &machine.state(machine.root.start_at).kind else {
        panic!("a Pass")
    };
    assert_eq!(
        pass.result.as_ref().unwrap().to_string(),
        r#"{"b":1E400,"a":[1.10,-0,1e5,12345678901234567890],"s":"\u0000"}"#
    );
}

#[test]
fn the_same_seed_renders_the_same() {
    let template = r#"{"id.$": "States.UUID()", "n.$": "States.MathRandom(0, 1000000)"}"#;
    assert_eq!(render(template), render(template));
}

#[test]
fn a_text_is_a_path_or_a_function_that_gives_a_string() {
    let (input, context) = (Payload::parse(INPUT).unwrap(), support::context());
    let evaluate = |text: &str| {
        let text = Text::parse(text)?;
        let value = text.evaluate(&Scope::new(&input, &context), &mut Draw::new(1), "CausePath");
        value.map_err(|error| error.to_string())
    };
    assert_eq!(evaluate("$.to.name").as_deref(), Ok("Zoë"));
    assert_eq!(evaluate("States.Format('{}!', $.to.name)").as_deref(), Ok("Zoë!"));
    assert_eq!(
        evaluate("$.id"),
        Err("States.Runtime: The CausePath field must refer to a string, but was: \
             12345678901234567890"
            .to_owned())
    );
    assert!(
        evaluate("$.no").is_err_and(|error| error.contains("specified for the field 'CausePath'"))
    );
    assert_eq!(
        evaluate("States.MathAdd(1, 2)"),
        Err("States.MathAdd does not return a string".to_owned())
    );
    assert!(evaluate("name").is_err_and(|error| error.starts_with("neither a path")));
}
