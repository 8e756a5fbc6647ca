//! The 18 intrinsic functions: results and errors, beyond the recorded cases.

use asl::template::Template;
use asl::{Draw, Payload, Scope, names};
use serde_json::json;

use crate::support;

const INPUT: &str = r#"{
    "list": [1, 2.50, "a", null, 1, 1.0, {"x": 1, "y": 2}, {"y": 2, "x": 1}], "empty": [],
    "o": {"a": {"b": [1, "two", null]}, "n": 1E400}, "p": {"a": 1, "z": 2}, "t": "a{}b", "big": 9223372036854775807,
    "path": [{"k": "x"}, {"k": "y"}]
}"#;

fn call(call: &str) -> Result<String, String> {
    let template = Template::parse(&json!({ "r.$": call }));
    let template = template.map_err(|faults| faults[0].reason.clone())?;
    let (input, context) = (Payload::parse(INPUT).unwrap(), support::context());
    let rendered = template.render(&Scope::new(&input, &context), &mut Draw::new(1));
    rendered.map(|value| value["r"].to_string()).map_err(|error| {
        let prefix = "had the following error: ";
        assert_eq!(error.error, names::INTRINSIC_FAILURE, "{}", error.cause);
        error.cause.split_once(prefix).expect("it names the function").1.to_owned()
    })
}

#[test]
fn calls_give_what_the_specification_says() {
    for (text, result) in [
        ("States.Format('{}-{}', 'a', 1.10)", r#""a-1.10""#),
        ("States.Format('no place')", r#""no place""#),
        (r"States.Format('\{\} \'{}\' \\ { }', true)", r#""{} 'true' \\ { }""#),
        ("States.Format($.t, '{}')", r#""a{}b""#),
        ("States.Format('{}', $.o)", r#""{a={b=[1, two, null]}, n=1E400}""#),
        ("States.Format('é{}ü', '😀')", r#""é😀ü""#),
        ("States.StringToJson('[1.10, 1E5]')", "[1.10,1E5]"),
        ("States.StringToJson(' ')", "null"),
        ("States.JsonToString($.o)", r#""{\"a\":{\"b\":[1,\"two\",null]},\"n\":1E400}""#),
        ("States.Array('a', $.empty, null, -1.50, true)", r#"["a",[],null,-1.50,true]"#),
        (
            "States.ArrayPartition($.list, 5)",
            r#"[[1,2.50,"a",null,1],[1.0,{"x":1,"y":2},{"y":2,"x":1}]]"#,
        ),
        ("States.ArrayPartition($.path, 1.6)", r#"[[{"k":"x"},{"k":"y"}]]"#),
        ("States.ArrayContains($.list, 2.5)", "true"),
        ("States.ArrayContains($.list, '1')", "false"),
        ("States.ArrayRange(1, 9, 4)", "[1,5,9]"),
        ("States.ArrayRange(9, 1, -4)", "[9,5,1]"),
        ("States.ArrayRange(9, 1, 4)", "[]"),
        ("States.ArrayRange(5, 5, -1)", "[5]"),
        ("States.ArrayRange(9223372036854775806, 9223372036854775807, 5)", "[9223372036854775806]"),
        ("States.ArrayGetItem($.list, 1)", "2.50"),
        ("States.ArrayLength($.list[*])", "8"),
        ("States.ArrayUnique($.list)", r#"[1,2.50,"a",null,1.0,{"x":1,"y":2}]"#),
        ("States.Base64Encode('Hellö')", r#""SGVsbMO2""#),
        ("States.Base64Decode('SGVsbMO2')", r#""Hellö""#),
        ("States.Base64Decode('aGk')", r#""hi""#),
        ("States.Base64Decode('/w==')", "\"\u{fffd}\""),
        ("States.Hash('', 'MD5')", r#""d41d8cd98f00b204e9800998ecf8427e""#),
        ("States.JsonMerge($.o, $.p, false)", r#"{"a":1,"n":1E400,"z":2}"#),
        ("States.MathAdd(111, -1)", "110"),
        ("States.MathAdd( 2.5 , -2.5 )", "1"),
        ("States.MathRandom(5, 6)", "5"),
        ("States.StringSplit('a,b;;c', ',;')", r#"["a","b","c"]"#),
        ("States.StringSplit('a,b', '')", r#"["a,b"]"#),
        ("States.ArrayGetItem(States.StringSplit('a b', ' '), States.MathAdd(0, 1))", r#""b""#),
        ("States.Array($.path[?(@.k in ['x', 'z'])].k, ')')", r#"[["x"],")"]"#),
        ("States.Array($.list.length(), $$.State.Name)", r#"[8,"Here"]"#),
    ] {
        assert_eq!(call(text).as_deref(), Ok(result), "{text}");
    }
}

#[test]
fn wrong_arguments_are_named() {
    for (text, reason) in [
        ("States.Format('{} {}', 1)", "The template has 2 places ({}) for 1 arguments"),
        ("States.Format($.list, 1)", "The first argument must be a string, but was an array"),
        (
            "States.StringToJson('{')",
            "The text is not valid JSON at line 1, column 1: EOF while parsing an object",
        ),
        (
            r#"States.StringToJson('"\\ud800"')"#,
            "The text is not valid JSON at line 1, column 2: half of a surrogate pair stands alone in a \
             string",
        ),
        (
            "States.ArrayPartition($.list, 0)",
            "The chunk size must be a positive integer, but was 0",
        ),
        ("States.ArrayPartition($.o, 1)", "The first argument must be an array, but was an object"),
        ("States.ArrayRange(1, 1001, 0)", "The step (third argument) must not be 0"),
        (
            "States.ArrayRange(1, 1001, 1)",
            "The range would have 1001 items; at most 1000 are possible",
        ),
        (
            "States.ArrayRange(-9223372036854775808, 9223372036854775807, 1)",
            "The range would have 18446744073709551616 items; at most 1000 are possible",
        ),
        (
            "States.ArrayGetItem($.path, 2)",
            "The index 2 is outside of the array, which has 2 items",
        ),
        (
            "States.ArrayGetItem($.path, -1)",
            "The index -1 is outside of the array, which has 2 items",
        ),
        ("States.Base64Decode('*')", "The text is not valid Base64: Invalid symbol 42, offset 0."),
        (
            "States.Hash('a', 'SHA-3')",
            "There is no algorithm \"SHA-3\": use MD5, SHA-1, SHA-256, SHA-384 or SHA-512",
        ),
        (
            "States.JsonMerge($.o, $.p, true)",
            "The third argument must be false: only shallow merging is supported",
        ),
        (
            "States.JsonMerge($.o, 1, false)",
            "Both values must be objects, but are an object and a number",
        ),
        ("States.MathRandom(6, 6)", "The start, 6, must be less than the end, 6"),
        ("States.MathAdd($.big, 1)", "The sum of 9223372036854775807 and 1 has more than 64 bits"),
        ("States.MathAdd($.t, 1)", "The first argument must be a number, but was a string"),
        (
            "States.MathAdd($.o.n, 1)",
            "The first argument must be an integer of at most 64 bits, but was 1E400",
        ),
        ("States.StringSplit($.big, ',')", "The first argument must be a string, but was a number"),
    ] {
        assert_eq!(call(text), Err(reason.to_owned()), "{text}");
    }
}

#[test]
fn what_is_no_call_is_refused_when_the_definition_is_checked() {
    let nested = |levels: usize| "States.Array(".repeat(levels) + &")".repeat(levels);
    assert_eq!(call(&nested(10)).as_deref(), Ok("[[[[[[[[[[]]]]]]]]]]"));
    for (text, reason) in [
        ("Format('a')", "neither a path ('$…') nor an intrinsic function ('States.…(…)')"),
        ("States.format('a')", "there is no intrinsic function named \"States.format\""),
        ("States.Format", "the arguments of States.Format must follow in parentheses"),
        ("States.Format('a'", "the arguments of States.Format are not closed by a parenthesis"),
        (
            "States.Format('a' 'b')",
            "after an argument of States.Format there must be ',' or ')', not \"'b')\"",
        ),
        ("States.Format('a)", "a quote is missing behind \"'a)\""),
        ("States.UUID() + 1", "nothing may follow the call, but there is \"+ 1\""),
        ("States.UUID(1)", "States.UUID takes 0 arguments, but here are 1"),
        ("States.Format()", "States.Format takes at least 1 arguments, but here are 0"),
        ("States.MathRandom(1)", "States.MathRandom takes 2 to 3 arguments, but here are 1"),
        (
            "States.Array(a)",
            "\"a\" is no argument: write a path, a text in single quotes, a number, true, false, null, or \
             another call",
        ),
        (
            "States.Array(01)",
            "\"01\" is no argument: write a path, a text in single quotes, a number, true, false, null, or \
             another call",
        ),
        (
            "States.Array($.a.)",
            "the argument $.a. is not a valid path: Path must not end with a '.' or '..'",
        ),
        (&nested(11), "calls nest deeper than 10 levels"),
    ] {
        assert_eq!(call(text), Err(reason.to_owned()), "{text}");
    }
}

#[test]
fn a_seed_repeats_its_random_number_and_all_numbers_keep_their_bounds() {
    let seeded = call("States.MathRandom(0, 1000000, 42)").unwrap();
    assert_eq!(call("States.MathAdd(States.MathRandom(0, 1000000, 42), 0)").unwrap(), seeded);
    for seed in 0..200 {
        let number = call(&format!("States.MathRandom(-2, 3, {seed})")).unwrap();
        assert!((-2..3).contains(&number.parse::<i64>().unwrap()), "{number}");
    }
}

#[test]
fn what_is_encoded_decoded_or_hashed_has_at_most_ten_thousand_characters() {
    let longest = "é".repeat(10_000);
    assert!(call(&format!("States.Base64Encode('{longest}')")).is_ok());
    for function in ["Base64Encode('{}')", "Base64Decode('{}')", "Hash('{}', 'MD5')"] {
        let text = format!("States.{}", function.replace("{}", &format!("{longest}x")));
        assert_eq!(
            call(&text),
            Err("The first argument has more than 10000 characters".to_owned())
        );
    }
}
