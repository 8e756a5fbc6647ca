//! Documents that are taken, those that are refused, and what of them may be seen.

use super::*;

const OAUTH: &str = r#"{
    "OAuthParameters": {
        "AuthorizationEndpoint": "https://id.example.com/token", "HttpMethod": "POST",
        "ClientParameters": {"ClientID": "me", "ClientSecret": "hunter2-client"},
        "OAuthHttpParameters": {"BodyParameters": [
            {"Key": "audience", "Value": "api"}, {"Key": "pin", "Value": "hunter2-pin", "IsValueSecret": true}
        ]}
    },
    "InvocationHttpParameters": {
        "HeaderParameters": [{"Key": "X-Team", "Value": "red"}, {"Key": "X-Key", "Value": "hunter2-header", "IsValueSecret": true}],
        "QueryStringParameters": [{"Key": "q", "Value": "hunter2-query", "IsValueSecret": true}]
    }
}"#;

fn parse(kind: &str, json: &str) -> Result<Connection, ConnectionFault> {
    Connection::parse(AuthorizationType::parse(kind)?, json)
}

#[test]
fn what_is_shown_has_everything_but_the_secrets() {
    let connection = parse("OAUTH_CLIENT_CREDENTIALS", OAUTH).unwrap();
    let shown = connection.shown();
    for visible in [
        "https://id.example.com/token",
        "\"me\"",
        "audience",
        "\"api\"",
        "X-Team",
        "red",
        "X-Key",
        "pin",
    ] {
        assert!(shown.contains(visible), "{visible} in {shown}");
    }
    assert!(!shown.contains("hunter2"), "{shown}");
    assert!(!format!("{connection:?}").contains("hunter2"), "{connection:?}");
}

#[test]
fn a_sealed_text_holds_all_of_it() {
    let connection = parse("OAUTH_CLIENT_CREDENTIALS", OAUTH).unwrap();
    let text = connection.to_sealed_text();
    let again = Connection::from_sealed_text(&text).unwrap();
    assert_eq!(again.to_sealed_text(), text);
    assert!(String::from_utf8(text).unwrap().contains("hunter2-client"));
}

#[test]
fn a_faulty_document_is_refused_by_its_field_and_without_its_values() {
    refused(&[
        ("NTLM", "{}", "AuthorizationType", "must be API_KEY"),
        ("API_KEY", "{}", "ApiKeyAuthParameters", "is missing; API_KEY needs it"),
        (
            "API_KEY",
            r#"{"BasicAuthParameters": {"Username": "u", "Password": "hunter2"}}"#,
            "ApiKeyAuthParameters",
            "is missing",
        ),
        (
            "API_KEY",
            r#"{"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "hunter2"}, "BasicAuthParameters": {"Username": "u", "Password": "p"}}"#,
            "BasicAuthParameters",
            "does not belong to API_KEY",
        ),
        (
            "API_KEY",
            r#"{"ApiKeyAuthParameters": {"ApiKeyName": "k"}}"#,
            "ApiKeyAuthParameters.ApiKeyValue",
            "is missing",
        ),
        (
            "API_KEY",
            r#"{"ApiKeyAuthParameters": {"ApiKeyName": "a b", "ApiKeyValue": "x"}}"#,
            "ApiKeyAuthParameters.ApiKeyName",
            "is no header name",
        ),
        (
            "API_KEY",
            r#"{"ApiKeyAuthParameters": {"ApiKeyName": "Host", "ApiKeyValue": "x"}}"#,
            "ApiKeyAuthParameters.ApiKeyName",
            "cannot be set",
        ),
        (
            "API_KEY",
            "{\"ApiKeyAuthParameters\": {\"ApiKeyName\": \"k\", \"ApiKeyValue\": \"hunter2\\n\"}}",
            "ApiKeyAuthParameters.ApiKeyValue",
            "no header can carry",
        ),
        ("API_KEY", r#"{"ApiKeyAuthParameters": "hunter2"}"#, "AuthParameters", "at line 1 column"),
        ("API_KEY", r#"{"ApiKey": {}}"#, "AuthParameters", "unknown field `ApiKey`"),
        ("API_KEY", "hunter2", "AuthParameters", "at line 1 column"),
    ]);
}

#[test]
fn each_kind_has_fields_that_it_needs() {
    refused(&[
        (
            "BASIC",
            r#"{"BasicAuthParameters": {"Username": "u"}}"#,
            "BasicAuthParameters.Password",
            "is missing",
        ),
        (
            "BASIC",
            r#"{"BasicAuthParameters": {"Password": "hunter2"}}"#,
            "AuthParameters",
            "missing field `Username`",
        ),
        (
            "BASIC",
            r#"{"BasicAuthParameters": {"Username": "a:b", "Password": "hunter2"}}"#,
            "BasicAuthParameters.Username",
            "colon",
        ),
        (
            "BASIC",
            r#"{"BasicAuthParameters": {"Username": "a", "Password": "p"}, "InvocationHttpParameters": {"HeaderParameters": [{"Key": "x"}]}}"#,
            "InvocationHttpParameters.HeaderParameters[0].Value",
            "is missing",
        ),
        (
            "OAUTH_CLIENT_CREDENTIALS",
            r#"{"OAuthParameters": {"AuthorizationEndpoint": "id", "HttpMethod": "POST", "ClientParameters": {"ClientID": "i", "ClientSecret": "hunter2"}}}"#,
            "OAuthParameters.AuthorizationEndpoint",
            "must be an HTTPS URL",
        ),
        (
            "OAUTH_CLIENT_CREDENTIALS",
            r#"{"OAuthParameters": {"AuthorizationEndpoint": "https://id", "HttpMethod": "HEAD", "ClientParameters": {"ClientID": "i", "ClientSecret": "s"}}}"#,
            "OAuthParameters.HttpMethod",
            "must be GET, POST or PUT",
        ),
    ]);
}

fn refused(cases: &[(&str, &str, &str, &str)]) {
    for (kind, json, field, why) in cases {
        let fault = parse(kind, json).expect_err(json);
        assert_eq!(fault.field, *field, "{json}: {fault}");
        assert!(fault.why.contains(why), "{json}: {fault}");
        assert!(!fault.to_string().contains("hunter2"), "{fault}");
    }
}
