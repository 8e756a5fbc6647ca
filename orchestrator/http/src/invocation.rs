//! The parameters of `http:invoke`, read and checked. Refusals are worded as AWS words a Task's.

mod headers;

use reqwest::Method;
use reqwest::header::{HeaderName, HeaderValue};
use serde_json::{Map, Value};
use url::Url;

use crate::encode::{ArrayFormat, scalar};
use crate::failure::Failure;

/// What a definition asks for.
#[derive(Debug, Clone)]
pub struct Invocation {
    pub(crate) endpoint: Url,
    pub(crate) method: Method,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) body: Option<Value>,
    pub(crate) encoding: Encoding,
    connection: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    Form(ArrayFormat),
}

const FIELDS: [&str; 8] = [
    "ApiEndpoint",
    "Method",
    "Authentication",
    "InvocationConfig",
    "Headers",
    "QueryParameters",
    "RequestBody",
    "Transform",
];

const METHODS: [Method; 7] = [
    Method::GET,
    Method::POST,
    Method::PUT,
    Method::DELETE,
    Method::PATCH,
    Method::OPTIONS,
    Method::HEAD,
];

impl Invocation {
    pub fn read(parameters: &Value) -> Result<Self, Failure> {
        let Value::Object(fields) = parameters else {
            return Err(Failure::parameters("They must be a JSON object"));
        };
        if let Some(unknown) = fields.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            let why = format!("The field '{unknown}' is not supported by Step Functions");
            return Err(Failure::parameters(&why));
        }
        let invocation = Self {
            endpoint: endpoint(text(fields, "ApiEndpoint")?)?,
            method: method(text(fields, "Method")?)?,
            headers: headers::read(fields.get("Headers"))?,
            query: query(fields.get("QueryParameters"))?,
            body: fields.get("RequestBody").filter(|body| !body.is_null()).cloned(),
            encoding: encoding(fields.get("Transform"))?,
            connection: connection(fields)?,
        };
        if invocation.encoding != Encoding::Json
            && !matches!(invocation.body, None | Some(Value::Object(_) | Value::String(_)))
        {
            let why = "The value of the field 'RequestBody' must be an object to be URL-encoded";
            return Err(Failure::parameters(why));
        }
        Ok(invocation)
    }

    /// `ConnectionArn`, as the definition has it.
    pub fn connection(&self) -> Option<&str> {
        self.connection.as_deref()
    }
}

fn text<'a>(fields: &'a Map<String, Value>, field: &str) -> Result<&'a str, Failure> {
    match fields.get(field) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(invalid(field)),
        None => {
            let why = format!("The field '{field}' is required but was missing");
            Err(Failure::parameters(&why))
        }
    }
}

fn invalid(field: &str) -> Failure {
    Failure::parameters(&format!("The value of the field '{field}' has an invalid format"))
}

fn endpoint(text: &str) -> Result<Url, Failure> {
    let mut url = Url::parse(text).map_err(|_| invalid("ApiEndpoint"))?;
    // It is the client's alone and never sent.
    url.set_fragment(None);
    Ok(url)
}

fn method(text: &str) -> Result<Method, Failure> {
    let found = METHODS.into_iter().find(|method| method.as_str() == text);
    found.ok_or_else(|| {
        Failure::parameters(
            "The value of the field 'Method' must be one of GET, POST, PUT, DELETE, PATCH, OPTIONS, HEAD",
        )
    })
}

/// `InvocationConfig`, or `Authentication` as it was called before.
fn connection(fields: &Map<String, Value>) -> Result<Option<String>, Failure> {
    for field in ["InvocationConfig", "Authentication"] {
        match fields.get(field) {
            None => {}
            Some(Value::Object(config)) => {
                return text(config, "ConnectionArn").map(|arn| Some(arn.to_owned()));
            }
            Some(_) => return Err(invalid(field)),
        }
    }
    Ok(None)
}

/// An object (an array of values repeats the key), a query string, or an array of `key=value`.
fn query(value: Option<&Value>) -> Result<Vec<(String, String)>, Failure> {
    let of_text = |text: &str| {
        let pairs = url::form_urlencoded::parse(text.trim_start_matches('?').as_bytes());
        pairs.into_owned().collect::<Vec<_>>()
    };
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(of_text(text)),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(of_text).ok_or_else(|| invalid("QueryParameters")))
            .collect::<Result<Vec<_>, _>>()
            .map(|lists| lists.concat()),
        Some(Value::Object(fields)) => {
            Ok(fields.iter().flat_map(|(key, value)| of_field(key, value)).collect())
        }
        Some(Value::Bool(_) | Value::Number(_)) => Err(invalid("QueryParameters")),
    }
}

fn of_field(key: &str, value: &Value) -> Vec<(String, String)> {
    let one = std::slice::from_ref(value);
    let items = value.as_array().map_or(one, Vec::as_slice);
    items.iter().map(|item| (key.to_owned(), scalar(item))).collect()
}

fn encoding(transform: Option<&Value>) -> Result<Encoding, Failure> {
    let fields = match transform {
        None | Some(Value::Null) => return Ok(Encoding::Json),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(invalid("Transform")),
    };
    let arrays = match fields.get("RequestEncodingOptions") {
        None | Some(Value::Null) => ArrayFormat::Indices,
        Some(Value::Object(options)) => array_format(options.get("ArrayFormat"))?,
        Some(_) => return Err(invalid("RequestEncodingOptions")),
    };
    match fields.get("RequestBodyEncoding").map(|value| value.as_str()) {
        None | Some(Some("NONE")) => Ok(Encoding::Json),
        Some(Some("URL_ENCODED")) => Ok(Encoding::Form(arrays)),
        Some(_) => Err(Failure::parameters(
            "The value of the field 'RequestBodyEncoding' must be one of NONE, URL_ENCODED",
        )),
    }
}

fn array_format(value: Option<&Value>) -> Result<ArrayFormat, Failure> {
    let Some(value) = value else { return Ok(ArrayFormat::Indices) };
    value.as_str().and_then(ArrayFormat::parse).ok_or_else(|| {
        Failure::parameters(
            "The value of the field 'ArrayFormat' must be one of INDICES, REPEAT, COMMAS, BRACKETS",
        )
    })
}

#[cfg(test)]
mod tests;
