//! Parameters that are read, and those that are refused.

use serde_json::json;

use super::*;

fn with(field: &str, value: Value) -> Value {
    let mut parameters = json!({"ApiEndpoint": "https://api.example.com/v1", "Method": "GET"});
    parameters[field] = value;
    parameters
}

#[test]
fn faulty_parameters_are_refused_in_aws_words() {
    for (parameters, why) in [
        (json!([]), "They must be a JSON object"),
        (json!({"Method": "GET"}), "The field 'ApiEndpoint' is required but was missing"),
        (json!({"ApiEndpoint": "https://x"}), "The field 'Method' is required but was missing"),
        (
            with("ApiEndpoint", json!(1)),
            "The value of the field 'ApiEndpoint' has an invalid format",
        ),
        (
            with("ApiEndpoint", json!("nowhere")),
            "The value of the field 'ApiEndpoint' has an invalid format",
        ),
        (with("Method", json!("get")), "The value of the field 'Method' must be one of GET"),
        (with("Method", json!("TRACE")), "The value of the field 'Method' must be one of GET"),
        (with("Body", json!({})), "The field 'Body' is not supported"),
        (
            with("Authentication", json!("arn")),
            "The value of the field 'Authentication' has an invalid format",
        ),
        (
            with("InvocationConfig", json!({})),
            "The field 'ConnectionArn' is required but was missing",
        ),
        (with("Headers", json!("a: b")), "The value of the field 'Headers' has an invalid format"),
        (
            with("Headers", json!({"a b": "c"})),
            "The value of the field 'Headers' has an invalid format",
        ),
        (
            with("Headers", json!({"a": "b\r\nc: d"})),
            "The value of the field 'Headers' has an invalid format",
        ),
        (
            with("QueryParameters", json!(1)),
            "The value of the field 'QueryParameters' has an invalid format",
        ),
        (
            with("QueryParameters", json!([1])),
            "The value of the field 'QueryParameters' has an invalid format",
        ),
        (
            with("Transform", json!("URL_ENCODED")),
            "The value of the field 'Transform' has an invalid format",
        ),
        (
            with("Transform", json!({"RequestBodyEncoding": "XML"})),
            "must be one of NONE, URL_ENCODED",
        ),
        (
            with("Transform", json!({"RequestEncodingOptions": {"ArrayFormat": "PIPES"}})),
            "must be one of INDICES, REPEAT, COMMAS, BRACKETS",
        ),
    ] {
        let failure = Invocation::read(&parameters).expect_err(why);
        assert_eq!(failure.error, "States.Runtime", "{parameters}");
        assert!(failure.cause.contains(why), "{}", failure.cause);
    }
    let mut form = with("Transform", json!({"RequestBodyEncoding": "URL_ENCODED"}));
    form["RequestBody"] = json!([1]);
    assert!(Invocation::read(&form).is_err());
}

#[test]
fn headers_that_aws_refuses_are_refused_in_any_case() {
    for name in [
        "Authorization",
        "AUTHORIZATION",
        "Host",
        "Connection",
        "Transfer-Encoding",
        "Content-MD5",
        "TE",
        "Via",
        "If-Match",
        "Origin",
        "Cookie2",
        "X-Forwarded-For",
        "x-amz-date",
        "X-Amzn-Trace-Id",
        "Proxy-Authorization",
        "Accept-Encoding",
        "Cache-Control",
        "HTTP2-Settings",
        "A-IM",
        "Expect",
    ] {
        let read = Invocation::read(&with("Headers", json!({name: "x"})));
        assert_eq!(read.is_err(), name != "Cookie2", "{name}");
    }
}

#[test]
fn headers_keep_their_values_and_ours_win() {
    let headers = json!({"Accept": "text/plain", "X-Many": ["a", 2], "User-Agent": "me", "Range": "bytes=0-1"});
    let read = Invocation::read(&with("Headers", headers)).unwrap();
    let headers: Vec<_> =
        read.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    assert_eq!(headers, [("accept", "text/plain"), ("x-many", "a"), ("x-many", "2")]);
}

#[test]
fn query_parameters_come_in_three_shapes() {
    for (value, expected) in [
        (
            json!({"a": "x y", "b": 1.10, "c": [1, 2], "d": null}),
            vec![("a", "x y"), ("b", "1.1"), ("c", "1"), ("c", "2"), ("d", "")],
        ),
        (json!("?a=1&b=%20&c"), vec![("a", "1"), ("b", " "), ("c", "")]),
        (json!(["a=1", "b=2&c=3"]), vec![("a", "1"), ("b", "2"), ("c", "3")]),
        (json!(null), vec![]),
    ] {
        let read = Invocation::read(&with("QueryParameters", value)).unwrap();
        let query: Vec<_> = read.query.iter().map(|(key, value)| (&**key, &**value)).collect();
        assert_eq!(query, expected);
    }
}

#[test]
fn a_connection_is_named_by_either_field() {
    let arn = json!({"ConnectionArn": "arn:x"});
    for field in ["Authentication", "InvocationConfig"] {
        let read = Invocation::read(&with(field, arn.clone())).unwrap();
        assert_eq!(read.connection(), Some("arn:x"));
    }
    assert_eq!(Invocation::read(&with("Headers", json!({}))).unwrap().connection(), None);
}
