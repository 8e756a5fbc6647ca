//! Paths that begin with a variable: `$name`, alone and in templates, calls, rules and numbers.

use asl::path::Path;
use asl::states::{Number, WaitFor};
use asl::template::Template;
use asl::{Assignment, Draw, Payload, Scope, Variables};

use crate::support;

fn variables() -> Variables {
    let mut variables = Variables::none();
    let values = [
        ("order", r#"{"id":7,"lines":[{"sku":"a"},{"sku":"b"}],"price":1.10}"#),
        ("größe", "3"),
        ("nothing", "null"),
        ("at", r#""2030-01-01T00:00:00Z""#),
    ];
    for (name, value) in values {
        let value = Payload::parse(value).expect("the test's value is JSON");
        variables.assign(Assignment { name: name.into(), value });
    }
    variables
}

fn with<T>(look: impl FnOnce(&Scope<'_>) -> T) -> T {
    let (input, context, variables) =
        (Payload::trusted(r#"{"id":1}"#), support::context(), variables());
    look(&Scope::new(&input, &context).with_variables(&variables))
}

fn query(path: &str) -> Result<String, String> {
    let path = Path::parse(path).map_err(|error| error.message)?;
    let found = with(|scope| path.query(scope));
    found.map(|value| value.to_string()).map_err(|error| error.to_string())
}

#[test]
fn a_path_looks_into_the_variable_that_it_names() {
    for (path, found) in [
        ("$order.id", "7"),
        ("$order['id']", "7"),
        ("$order.lines[1].sku", r#""b""#),
        ("$order..sku", r#"["a","b"]"#),
        ("$order.lines[?(@.sku == 'b')]", r#"[{"sku":"b"}]"#),
        ("$order.lines[?(@.sku == 'c')]", "[]"),
        ("$order.price", "1.10"),
        ("$order.lines.length()", "2"),
        ("$größe", "3"),
        ("$nothing", "null"),
        ("$.id", "1"),
    ] {
        assert_eq!(query(path).as_deref(), Ok(found), "{path}");
    }
}

#[test]
fn what_is_not_there_is_told_apart_from_what_was_never_assigned() {
    let unassigned = "States.Runtime: The variable '$other' of the path '$other.id' has no value: no \
                      state has assigned it yet.";
    assert_eq!(query("$other.id"), Err(unassigned.to_owned()));
    let missing = "States.Runtime: Invalid path '$order.x' : No results for path: $['x']";
    assert_eq!(query("$order.x"), Err(missing.to_owned()));
    for path in ["$order id", "$order-id", "$order(", "$1"] {
        assert!(Path::parse(path).is_err(), "{path}");
    }
}

#[test]
fn presence_of_a_variable_can_be_asked() {
    for (path, present) in
        [("$order", true), ("$order.id", true), ("$order.x", false), ("$x", false)]
    {
        let path = Path::parse(path).unwrap();
        assert_eq!(with(|scope| path.find(scope)).unwrap().is_some(), present, "{path:?}");
    }
}

#[test]
fn templates_and_calls_read_variables() {
    let template = serde_json::json!({
        "id.$": "$order.id",
        "text.$": "States.Format('{} of {}', $order.lines[0].sku, $.id)",
        "nested": [{ "sum.$": "States.MathAdd($größe, $order.id)" }],
    });
    let template = Template::parse(&template).unwrap();
    let rendered = with(|scope| template.render(scope, &mut Draw::new(1))).unwrap();
    assert_eq!(rendered.to_string(), r#"{"id":7,"text":"a of 1","nested":[{"sum":10}]}"#);
    for (expression, error) in [
        (
            "$other",
            "States.Runtime: The variable '$other' of the path '$other' has no value: no state has \
             assigned it yet.",
        ),
        (
            "$order.x",
            "States.Runtime: The JSONPath '$order.x' specified for the field 'a.$' could not be found \
             in the input '{\"id\":7,\"lines\":[{\"sku\":\"a\"},{\"sku\":\"b\"}],\"price\":1.10}'",
        ),
        (
            "States.Format('{}', $other)",
            "States.IntrinsicFailure: The function 'States.Format('{}', $other)' had the following \
             error: The variable '$other' of the path '$other' has no value: no state has assigned it yet.",
        ),
    ] {
        let template = Template::parse(&serde_json::json!({ "a.$": expression })).unwrap();
        let failed = with(|scope| template.render(scope, &mut Draw::new(1))).unwrap_err();
        assert_eq!(failed.to_string(), error);
    }
}

#[test]
fn numbers_and_times_come_from_variables() {
    let seconds: Number<u64> = Number::Path(Path::parse("$größe").unwrap());
    assert_eq!(
        with(|scope| seconds.resolve(scope, &mut Draw::new(0), "TimeoutSecondsPath")),
        Ok(3)
    );
    let until = WaitFor::TimestampPath(Path::parse("$at").unwrap());
    let until =
        with(|scope| until.until(chrono::DateTime::UNIX_EPOCH, scope, &mut Draw::new(0))).unwrap();
    assert_eq!(until.to_rfc3339(), "2030-01-01T00:00:00+00:00");
}
