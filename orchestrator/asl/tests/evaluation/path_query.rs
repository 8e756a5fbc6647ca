//! What paths find, and what they say where they find nothing: beyond the recorded cases.

use asl::path::Path;
use asl::{Payload, Scope, names};

use crate::support;

const INPUT: &str = r#"{
    "order": {"id": 12345678901234567890, "price": 1.10, "big": 1E400, "zero": -0, "odd name": "\u0000"},
    "lines": [{"sku": "a", "n": 1}, {"sku": "b", "n": 2.50}, {"sku": "c"}],
    "texts": ["x", 1, "y"], "one": ["only"], "none": [], "null": null, "$100": "money",
    "deep": {"a": {"b": {"sku": "d"}}}, "it's": "quoted", "back\\slash": 1
}"#;

fn find(path: &str) -> Result<String, String> {
    let input = Payload::parse(INPUT).unwrap();
    let context = support::context();
    let path = Path::parse(path).map_err(|error| error.message)?;
    let found = path.query(&Scope::new(&input, &context));
    found
        .map(|value| value.to_string())
        .map_err(|error| format!("{}: {}", error.error, error.cause))
}

#[test]
fn what_is_found_keeps_its_letters() {
    for (path, found) in [
        ("$.order.id", "12345678901234567890"),
        ("$.order.price", "1.10"),
        ("$.order.big", "1E400"),
        ("$.order.zero", "-0"),
        ("$.order['odd name']", r#""\u0000""#),
        ("$.lines[*].n", "[1,2.50]"),
        ("$.lines[1].n", "2.50"),
        ("$.lines[?(@.n >= 2)].sku", r#"["b"]"#),
        ("$.lines[?(@.n)].sku", r#"["a","b"]"#),
        ("$.lines[?(!@.n)].sku", r#"["c"]"#),
        ("$.lines[?(@.n == 2.5)].sku", r#"["b"]"#),
        ("$.lines[?(@.sku in ['a', 'c'])].sku", r#"["a","c"]"#),
        ("$.lines[?(@.sku in [a, c])].sku", r#"["a","c"]"#),
        ("$.lines[?(!(@.sku == 'a' || @.sku == 'b'))].sku", r#"["c"]"#),
        ("$.lines[?(@.sku =~ /[AB]/i)].sku", r#"["a","b"]"#),
        ("$.lines[?(@.sku == $.deep.a.b.sku)]", "[]"),
        ("$.lines[?(@.sku size 1)].sku", r#"["a","b","c"]"#),
        ("$.lines.length()", "3"),
        ("$.lines[0].keys()", r#"["sku","n"]"#),
        ("$..sku.length()", "0"),
        ("$..lines.length()", "3"),
        ("$..n.sum()", "3.5"),
        ("$.texts.concat()", r#""xy""#),
        ("$.texts.concat(\"-\", $.one)", r#""xy-only""#),
        ("$.texts.append(\"z\")", r#"["x",1,"y","z"]"#),
        ("$.texts.index(1)", "1"),
        ("$.texts.index(-1)", r#""y""#),
        ("$.texts.last()", r#""y""#),
        ("$.one.first()", r#""only""#),
        ("$..b.sku", r#"["d"]"#),
        ("$.deep..sku", r#"["d"]"#),
        ("$['it\\'s']", r#""quoted""#),
        ("$[\"it's\"]", r#""quoted""#),
        (r"$['back\\slash']", "1"),
        ("$['$100']", r#""money""#),
        ("$.$100", r#""money""#),
        ("$.null", "null"),
        ("$.['one'].[0]", r#""only""#),
        ("$.lines[0]['n','sku']", r#"{"n":1,"sku":"a"}"#),
        ("$$.Execution.Name", r#""one""#),
        ("$$.Execution.Input", r#"{"id":1}"#),
        ("$$['State']['Name']", r#""Here""#),
        (" $.one[0] ".trim(), r#""only""#),
    ] {
        assert_eq!(find(path).as_deref(), Ok(found), "{path}");
    }
}

#[test]
fn what_is_not_found_is_said_in_the_words_of_aws() {
    for (path, cause) in [
        ("$.missing", "Invalid path '$.missing' : No results for path: $['missing']"),
        ("$.order.x.y", "Invalid path '$.order.x.y' : Missing property in path $['order']['x']"),
        ("$.lines[7]", "Invalid path '$.lines[7]' : No results for path: $['lines'][7]"),
        (
            "$.lines.sku",
            "Invalid path '$.lines.sku' : Expected to find an object with property ['sku'] in path \
             $['lines'] but found 'net.minidev.json.JSONArray'. This is not a json object according to \
             the JsonProvider: 'com.jayway.jsonpath.spi.json.JsonSmartJsonProvider'.",
        ),
        (
            "$.order[0]",
            "Invalid path '$.order[0]' : Filter: [0] can only be applied to arrays. Current context \
             is: {\"id\":12345678901234567890,\"price\":1.10,\"big\":1E400,\"zero\":-0,\
             \"odd name\":\"\\u0000\"}",
        ),
        ("$.null[0]", "Invalid path '$.null[0]' : The path $['null'] is null"),
        (
            "$.none.sum()",
            "Invalid path '$.none.sum()' : Aggregation function attempted to calculate value using \
             empty array",
        ),
        (
            "$.one.last()",
            "Invalid path '$.one.last()' : Target index:-1 larger than object count:1",
        ),
        ("$.one.nope()", "Invalid path '$.one.nope()' : Function with name: nope does not exist."),
        ("$$.Task.Token", "Invalid path '$.Task.Token' : Missing property in path $['Task']"),
    ] {
        assert_eq!(find(path), Err(format!("{}: {cause}", names::RUNTIME)), "{path}");
    }
}

#[test]
fn what_is_no_path_is_refused_with_a_reason() {
    for (path, reason) in [
        ("", "A path must begin with '$' or '$$'"),
        ("order.id", "A path must begin with '$' or '$$'"),
        ("@.order", "A path must begin with '$' or '$$'"),
        ("$!order", "Illegal character at position 1 expected '.' or '['"),
        ("$.order.", "Path must not end with a '.' or '..'"),
        ("$...order", "Character '.' on position 3 is not valid."),
        (
            "$.odd name",
            "Use bracket notion ['my prop'] if your property contains blank characters. position: 2",
        ),
        ("$['order", "Property has not been closed - missing closing '"),
        (
            "$['order'",
            "Property must be separated by comma or Property must be terminated close square bracket at \
             index 8",
        ),
        ("$['a',]", "Found empty property at index 6"),
        ("$[*", "Expected wildcard token to end with ']' on position 3"),
        ("$[0x]", "Could not parse token starting at position 1. Expected ?, ', 0-9, * "),
        ("$[99999999999]", "Failed to parse token in ArrayIndexOperation: 99999999999"),
        ("$[:]", "Failed to parse SliceOperation: :"),
        ("$[?(@.a ==)]", "Failed to parse filter: [?(@.a ==)], error on position: 9, char: )"),
        ("$[?(1)]", "Expected path node"),
        ("$.a.sum(", "Arguments to function: 'sum' are not closed properly."),
    ] {
        assert_eq!(find(path), Err(reason.to_owned()), "{path}");
    }
}

#[test]
fn a_pattern_that_needs_backtracking_or_is_large_is_refused_when_the_definition_is_checked() {
    for (pattern, reason) in [
        ("(?=b)", "look-around, including look-ahead and look-behind, is not supported"),
        (r"(a)\1", "backreferences are not supported"),
        ("(((((a{99}){99}){99}){99}))", "it is too large"),
    ] {
        let error = find(&format!("$[?(@.a =~ /{pattern}/)]")).expect_err(pattern);
        let expected = format!("The regular expression /{pattern}/ can't be used: {reason}");
        assert!(error.starts_with(&expected), "{error}");
    }
}
