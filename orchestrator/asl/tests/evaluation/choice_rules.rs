//! Choice rules: combinations, missing variables, exact comparisons.

use asl::path::Path;
use asl::states::{Comparison, Condition, Kind, Operand, Order, Pattern};
use asl::{Payload, Scope, timestamp};

use crate::support;

fn path(text: &str) -> Path {
    Path::parse(text).unwrap()
}

fn compare(variable: &str, comparison: Comparison) -> Condition {
    Condition::Compare { variable: path(variable), comparison }
}

fn is(variable: &str, kind: Kind) -> Condition {
    compare(variable, Comparison::Is { kind, expected: true })
}

fn holds(condition: &Condition, input: &str) -> Result<bool, String> {
    let input = Payload::parse(input).unwrap();
    let context = support::context();
    condition.holds(&Scope::new(&input, &context)).map_err(|error| error.to_string())
}

#[test]
fn numbers_are_compared_exactly() {
    for (left, order, right, expected) in [
        ("12345678901234567890", Order::Equals, "12345678901234567890", true),
        ("12345678901234567890", Order::Equals, "12345678901234567891", false),
        ("9007199254740993", Order::GreaterThan, "9007199254740992", true),
        ("1.10", Order::Equals, "1.1", true),
        ("1E400", Order::GreaterThan, "1E399", true),
        ("-0", Order::Equals, "0.0", true),
        ("0.30000000000000004", Order::LessThanEquals, "0.3", false),
    ] {
        let input = format!(r#"{{"left": {left}, "right": {right}}}"#);
        let by_path = Comparison::Numeric { order, operand: Operand::Path(path("$.right")) };
        assert_eq!(holds(&compare("$.left", by_path), &input), Ok(expected), "{left} {right}");
        let number = Payload::parse(right).unwrap().value().as_number().unwrap().clone();
        let literal = Comparison::Numeric { order, operand: Operand::Literal(number) };
        assert_eq!(holds(&compare("$.left", literal), &input), Ok(expected), "{left} {right}");
    }
}

#[test]
fn another_type_never_holds_whatever_the_order() {
    let orders = [
        Order::Equals,
        Order::LessThan,
        Order::GreaterThan,
        Order::LessThanEquals,
        Order::GreaterThanEquals,
    ];
    for order in orders {
        let string = Comparison::String { order, operand: Operand::Literal("a".to_owned()) };
        let numeric = Comparison::Numeric { order, operand: Operand::Literal(1.into()) };
        let instant = Operand::Literal(timestamp::parse("2020-01-01T00:00:00Z").unwrap());
        let timestamp = Comparison::Timestamp { order, operand: instant };
        let input = r#"{"text": "a", "number": 1, "flag": true, "list": ["a"], "null": null}"#;
        for variable in ["$.flag", "$.list", "$.null", "$.list[*]"] {
            for comparison in [&string, &numeric, &timestamp] {
                assert_eq!(holds(&compare(variable, comparison.clone()), input), Ok(false));
            }
        }
        assert_eq!(holds(&compare("$.number", string), input), Ok(false));
        assert_eq!(holds(&compare("$.text", numeric), input), Ok(false));
        assert_eq!(holds(&compare("$.text", timestamp), input), Ok(false));
    }
}

#[test]
fn timestamps_are_compared_as_instants() {
    let later = Comparison::Timestamp {
        order: Order::GreaterThan,
        operand: Operand::Path(path("$$.State.EnteredTime")),
    };
    for (text, expected) in [
        ("2026-11-23T06:17:26Z", false),
        ("2026-11-23T06:17:26.0001Z", true),
        ("2026-11-23T07:17:26+01:00", false),
        ("2026-11-23T07:17:26", false),
    ] {
        let input = format!(r#"{{"at": "{text}"}}"#);
        assert_eq!(holds(&compare("$.at", later.clone()), &input), Ok(expected), "{text}");
    }
    for (text, expected) in [("2026-11-23T06:17:26Z", true), ("2026-11-23 06:17:26Z", false)] {
        assert_eq!(
            holds(&is("$.at", Kind::Timestamp), &format!(r#"{{"at": "{text}"}}"#)),
            Ok(expected)
        );
    }
}

#[test]
fn a_variable_that_is_missing_is_an_error_except_where_its_presence_is_asked() {
    let cause = "States.Runtime: Invalid path '$.a.b': The choice state's condition path references an \
                 invalid value.";
    for kind in [Kind::Null, Kind::Numeric, Kind::String, Kind::Boolean, Kind::Timestamp] {
        assert_eq!(holds(&is("$.a.b", kind), "{}"), Err(cause.to_owned()));
    }
    let operand = Operand::Path(path("$.a.b"));
    let by_path = Comparison::Numeric { order: Order::Equals, operand };
    assert_eq!(holds(&compare("$.n", by_path), r#"{"n": 1}"#), Err(cause.to_owned()));
    for (input, present) in [("{}", false), (r#"{"a": 1}"#, false), (r#"{"a": {"b": null}}"#, true)]
    {
        assert_eq!(holds(&is("$.a.b", Kind::Present), input), Ok(present), "{input}");
        let absent = Comparison::Is { kind: Kind::Present, expected: false };
        assert_eq!(holds(&compare("$.a.b", absent), input), Ok(!present), "{input}");
    }
}

#[test]
fn combinations_look_no_further_than_they_must() {
    // Given a condition that would fail, behind one that asks whether it may be looked at.
    let guarded = |guard: Condition| vec![guard, is("$.a", Kind::Null)];
    let present = is("$.a", Kind::Present);
    let absent = Condition::Not(Box::new(present.clone()));
    // Then the guard decides.
    assert_eq!(holds(&Condition::And(guarded(present.clone())), "{}"), Ok(false));
    assert_eq!(holds(&Condition::Or(guarded(absent.clone())), "{}"), Ok(true));
    assert_eq!(holds(&Condition::And(guarded(present)), r#"{"a": null}"#), Ok(true));
    assert_eq!(holds(&Condition::Or(guarded(absent)), r#"{"a": 1}"#), Ok(false));
}

#[test]
fn a_pattern_matches_strings_alone() {
    let log = compare("$.name", Comparison::Matches(Pattern::parse("log-*.txt").unwrap()));
    for (name, expected) in
        [(r#""log-1.txt""#, true), (r#""log-1.csv""#, false), ("1", false), ("null", false)]
    {
        assert_eq!(holds(&log, &format!(r#"{{"name": {name}}}"#)), Ok(expected), "{name}");
    }
}
