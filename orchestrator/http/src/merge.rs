//! A definition's request and its connection's parameters as one. Where both name the same, the connection wins.

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RANGE, USER_AGENT};
use serde_json::{Map, Value};
use url::Url;

use crate::connection::{Connection, HttpParameters, Parameter};
use crate::encode::{form, pair};
use crate::failure::Failure;
use crate::invocation::{Encoding, Invocation};
use crate::response::BYTES_MAX;

/// A request but for its authorization.
#[derive(Debug)]
pub(crate) struct Merged {
    pub(crate) url: Url,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<String>,
}

pub(crate) fn merge(
    invocation: &Invocation,
    connection: Option<&Connection>,
    agent: &str,
) -> Result<Merged, Failure> {
    let nothing = HttpParameters::default();
    let added = connection.and_then(Connection::invocation).unwrap_or(&nothing);
    let body = body(invocation, &added.body_parameters)?;
    let headers = headers(invocation, &added.header_parameters, body.is_some(), agent);
    let url = url(invocation, &added.query_string_parameters);
    Ok(Merged { url, headers, body })
}

fn headers(invocation: &Invocation, added: &[Parameter], has_body: bool, agent: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &invocation.headers {
        headers.append(name, value.clone());
    }
    for parameter in added {
        let name = HeaderName::from_bytes(parameter.key.as_bytes());
        headers.insert(name.expect("it was checked with the connection"), secret(parameter.text()));
    }
    if has_body && !headers.contains_key(CONTENT_TYPE) {
        let content_type = match invocation.encoding {
            Encoding::Json => "application/json; charset=UTF-8",
            Encoding::Form(_) => "application/x-www-form-urlencoded",
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    if let Ok(agent) = HeaderValue::from_str(agent) {
        headers.insert(USER_AGENT, agent);
    }
    let range = format!("bytes=0-{BYTES_MAX}");
    headers.insert(RANGE, HeaderValue::from_str(&range).expect("digits are visible"));
    headers
}

/// Kept out of logs and of HTTP/2's tables.
pub(crate) fn secret(text: &str) -> HeaderValue {
    let mut value = HeaderValue::from_str(text).expect("it was checked with the connection");
    value.set_sensitive(true);
    value
}

/// What the endpoint's own query says stays as it is written.
fn url(invocation: &Invocation, added: &[Parameter]) -> Url {
    let is_added = |key: &str| added.iter().any(|parameter| parameter.key == key);
    let own = invocation.query.iter().filter(|(key, _)| !is_added(key));
    let mut pairs: Vec<String> = own.map(|(key, value)| pair(key, value)).collect();
    pairs.extend(added.iter().map(|parameter| pair(&parameter.key, parameter.text())));
    let mut url = invocation.endpoint.clone();
    if !pairs.is_empty() {
        let written = url.query().filter(|query| !query.is_empty()).map(str::to_owned);
        pairs.splice(0..0, written);
        url.set_query(Some(&pairs.join("&")));
    }
    url
}

fn body(invocation: &Invocation, added: &[Parameter]) -> Result<Option<String>, Failure> {
    let given = invocation.body.as_ref();
    if let (Some(Value::String(text)), true) = (given, added.is_empty()) {
        return Ok(Some(text.clone()));
    }
    if added.is_empty() {
        return Ok(given.map(|body| written(body, invocation.encoding)));
    }
    let mut fields = match given {
        None => Map::new(),
        Some(Value::Object(fields)) => fields.clone(),
        Some(_) => {
            return Err(Failure::runtime(
                "The RequestBody is not a JSON object and can't be merged with the connection's body parameters",
            ));
        }
    };
    for parameter in added {
        fields.insert(parameter.key.clone(), Value::String(parameter.text().to_owned()));
    }
    Ok(Some(written(&Value::Object(fields), invocation.encoding)))
}

fn written(body: &Value, encoding: Encoding) -> String {
    match (encoding, body) {
        (Encoding::Form(arrays), Value::Object(fields)) => form(fields, arrays),
        (Encoding::Form(_) | Encoding::Json, _) => body.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::connection::AuthorizationType;

    fn connection() -> Connection {
        let parameters = json!({
            "ApiKeyAuthParameters": {"ApiKeyName": "ApiKey", "ApiKeyValue": "key_value"},
            "InvocationHttpParameters": {
                "BodyParameters": [{"Key": "BodyParam", "Value": "connection_body_param"}],
                "HeaderParameters": [{"Key": "Header-Param", "Value": "connection_header_param"}],
                "QueryStringParameters": [{"Key": "QueryParam", "Value": "connection query"}]
            }
        });
        Connection::parse(AuthorizationType::ApiKey, &parameters.to_string()).unwrap()
    }

    fn invocation(more: &Value) -> Invocation {
        let mut parameters = json!({"ApiEndpoint": "https://example.com/path", "Method": "POST"});
        for (key, value) in more.as_object().unwrap() {
            parameters[key] = value.clone();
        }
        Invocation::read(&parameters).unwrap()
    }

    /// The example of AWS's documentation.
    #[test]
    fn the_connection_wins_over_the_definition() {
        let invocation = invocation(&json!({
            "Headers": {"Request-Id": "my_request_id", "Header-Param": "state_machine_header_param"},
            "RequestBody": {"Job": "Software Engineer", "Company": "AnyCompany", "BodyParam": "state_machine_body_param"},
            "QueryParameters": {"QueryParam": "state_machine_query_param"}
        }));
        let merged = merge(&invocation, Some(&connection()), "Everstep|HttpInvoke|here").unwrap();
        assert_eq!(merged.url.as_str(), "https://example.com/path?QueryParam=connection%20query");
        assert_eq!(
            merged.body.unwrap(),
            r#"{"Job":"Software Engineer","Company":"AnyCompany","BodyParam":"connection_body_param"}"#
        );
        let header = |name: &str| merged.headers[name].to_str().unwrap();
        assert_eq!(header("Header-Param"), "connection_header_param");
        assert_eq!(header("Request-Id"), "my_request_id");
        assert_eq!(header("Content-Type"), "application/json; charset=UTF-8");
        assert_eq!(header("Range"), "bytes=0-262144");
        assert_eq!(header("User-Agent"), "Everstep|HttpInvoke|here");
    }

    #[test]
    fn bodies_are_sent_as_they_are_meant() {
        for (more, body, content_type) in [
            (json!({}), None, None),
            (json!({"RequestBody": null}), None, None),
            (
                json!({"RequestBody": "<xml/>"}),
                Some("<xml/>"),
                Some("application/json; charset=UTF-8"),
            ),
            (
                json!({"RequestBody": [1, 2.50]}),
                Some("[1,2.5]"),
                Some("application/json; charset=UTF-8"),
            ),
            (
                json!({"RequestBody": {"a": ["x", "y"]}, "Transform": {"RequestBodyEncoding": "URL_ENCODED"}}),
                Some("a%5B0%5D=x&a%5B1%5D=y"),
                Some("application/x-www-form-urlencoded"),
            ),
            (
                json!({"RequestBody": {"a": 1}, "Headers": {"content-type": "application/vnd.x+json"}}),
                Some(r#"{"a":1}"#),
                Some("application/vnd.x+json"),
            ),
        ] {
            let merged = merge(&invocation(&more), None, "agent").unwrap();
            assert_eq!(merged.body.as_deref(), body, "{more}");
            let found = merged.headers.get(CONTENT_TYPE).map(|value| value.to_str().unwrap());
            assert_eq!(found, content_type, "{more}");
        }
    }

    #[test]
    fn a_text_cannot_be_merged_with_body_parameters() {
        let invocation = invocation(&json!({"RequestBody": "text"}));
        let failure = merge(&invocation, Some(&connection()), "agent").unwrap_err();
        assert_eq!(failure.error, "States.Runtime");
    }

    #[test]
    fn a_query_of_the_endpoint_stays_before_what_is_added() {
        let mut invocation = invocation(&json!({"QueryParameters": {"b": "2"}}));
        invocation.endpoint = Url::parse("https://example.com/?a=%C3%BC+x").unwrap();
        let merged = merge(&invocation, None, "agent").unwrap();
        assert_eq!(merged.url.query(), Some("a=%C3%BC+x&b=2"));
    }
}
