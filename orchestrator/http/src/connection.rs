//! A named connection: how calls are authorized, and what is added to each of them. Its document is that of
//! EventBridge's connections, so that one that exists can be brought along.

mod document;

use reqwest::header::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use url::Url;

pub(crate) use document::{AuthParameters, HttpParameters, OAuth, Parameter};

/// Bytes of a document: EventBridge's limits for its parts add up to less.
const DOCUMENT_BYTES_MAX: usize = 65_536;
/// EventBridge's limit for each kind of parameter.
const PARAMETERS_MAX: usize = 100;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthorizationType {
    ApiKey,
    Basic,
    OauthClientCredentials,
}

/// Valid because it exists. Its `Debug` shows no secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Connection {
    #[serde(rename = "AuthorizationType")]
    authorization: AuthorizationType,
    #[serde(rename = "AuthParameters")]
    parameters: AuthParameters,
}

/// What is wrong with a document. Never holds a value of it: that could be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {why}")]
pub struct ConnectionFault {
    pub field: String,
    pub why: String,
}

fn fault(field: impl Into<String>, why: impl Into<String>) -> ConnectionFault {
    ConnectionFault { field: field.into(), why: why.into() }
}

impl AuthorizationType {
    const ALL: [(Self, &str, &str); 3] = [
        (Self::ApiKey, "API_KEY", "ApiKeyAuthParameters"),
        (Self::Basic, "BASIC", "BasicAuthParameters"),
        (Self::OauthClientCredentials, "OAUTH_CLIENT_CREDENTIALS", "OAuthParameters"),
    ];

    pub fn parse(text: &str) -> Result<Self, ConnectionFault> {
        let found = Self::ALL.into_iter().find(|(_, name, _)| *name == text);
        found.map(|(it, _, _)| it).ok_or_else(|| {
            fault("AuthorizationType", "must be API_KEY, BASIC or OAUTH_CLIENT_CREDENTIALS")
        })
    }

    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The part of the document that belongs to it.
    fn section(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (Self, &'static str, &'static str) {
        let found = Self::ALL.into_iter().find(|(it, _, _)| *it == self);
        found.expect("all of them are listed")
    }
}

impl Connection {
    /// From EventBridge's `AuthParameters`, as JSON.
    pub fn parse(authorization: AuthorizationType, json: &str) -> Result<Self, ConnectionFault> {
        if json.len() > DOCUMENT_BYTES_MAX {
            let why = format!("has {} bytes, at most {DOCUMENT_BYTES_MAX} are taken", json.len());
            return Err(fault("AuthParameters", why));
        }
        let parameters = document::read(json)?;
        let connection = Self { authorization, parameters };
        connection.check()?;
        Ok(connection)
    }

    /// From what [`Connection::to_sealed_text`] gave.
    pub fn from_sealed_text(text: &[u8]) -> Result<Self, ConnectionFault> {
        let unreadable = |_| fault("connection", "was written by another version of Everstep");
        serde_json::from_slice(text).map_err(unreadable)
    }

    /// With every secret: under a seal only.
    pub fn to_sealed_text(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("it is made of texts")
    }

    pub fn authorization_type(&self) -> AuthorizationType {
        self.authorization
    }

    /// `AuthParameters` as people may see them: without the secrets.
    pub fn shown(&self) -> String {
        let shown = self.parameters.clone().without_secrets();
        serde_json::to_string(&shown).expect("it is made of texts")
    }

    pub(crate) fn parameters(&self) -> &AuthParameters {
        &self.parameters
    }

    /// What is added to each call.
    pub(crate) fn invocation(&self) -> Option<&HttpParameters> {
        self.parameters.invocation_http_parameters.as_ref()
    }

    fn check(&self) -> Result<(), ConnectionFault> {
        let own = self.authorization.section();
        let parameters = &self.parameters;
        for (section, is_there) in [
            ("ApiKeyAuthParameters", parameters.api_key_auth_parameters.is_some()),
            ("BasicAuthParameters", parameters.basic_auth_parameters.is_some()),
            ("OAuthParameters", parameters.oauth_parameters.is_some()),
        ] {
            let kind = self.authorization.as_str();
            if section == own && !is_there {
                return Err(fault(section, format!("is missing; {kind} needs it")));
            }
            if section != own && is_there {
                return Err(fault(section, format!("does not belong to {kind}")));
            }
        }
        if let Some(api_key) = &parameters.api_key_auth_parameters {
            header_name("ApiKeyAuthParameters.ApiKeyName", &api_key.api_key_name)?;
            header_value("ApiKeyAuthParameters.ApiKeyValue", api_key.api_key_value.as_ref())?;
        }
        if let Some(basic) = &parameters.basic_auth_parameters {
            required("BasicAuthParameters.Password", basic.password.is_some())?;
            if basic.username.contains(':') {
                return Err(fault("BasicAuthParameters.Username", "cannot hold a colon"));
            }
        }
        if let Some(oauth) = &parameters.oauth_parameters {
            check_oauth(oauth)?;
        }
        if let Some(invocation) = self.invocation() {
            check_parameters("InvocationHttpParameters", invocation)?;
        }
        Ok(())
    }
}

fn check_oauth(oauth: &OAuth) -> Result<(), ConnectionFault> {
    const ENDPOINT: &str = "OAuthParameters.AuthorizationEndpoint";
    required(
        "OAuthParameters.ClientParameters.ClientSecret",
        oauth.client_parameters.client_secret.is_some(),
    )?;
    let endpoint = Url::parse(&oauth.authorization_endpoint);
    match endpoint {
        Ok(url) if matches!(url.scheme(), "https" | "http") && url.has_host() => {}
        Ok(_) | Err(_) => return Err(fault(ENDPOINT, "must be an HTTPS URL")),
    }
    if !matches!(oauth.http_method.as_str(), "GET" | "POST" | "PUT") {
        return Err(fault("OAuthParameters.HttpMethod", "must be GET, POST or PUT"));
    }
    match &oauth.oauth_http_parameters {
        Some(parameters) => check_parameters("OAuthParameters.OAuthHttpParameters", parameters),
        None => Ok(()),
    }
}

fn check_parameters(at: &str, parameters: &HttpParameters) -> Result<(), ConnectionFault> {
    for (kind, list) in [
        ("HeaderParameters", &parameters.header_parameters),
        ("QueryStringParameters", &parameters.query_string_parameters),
        ("BodyParameters", &parameters.body_parameters),
    ] {
        if list.len() > PARAMETERS_MAX {
            let why = format!("has {} entries, at most {PARAMETERS_MAX} are taken", list.len());
            return Err(fault(format!("{at}.{kind}"), why));
        }
        for (index, Parameter { key, value, .. }) in list.iter().enumerate() {
            let place = format!("{at}.{kind}[{index}]");
            if key.is_empty() {
                return Err(fault(format!("{place}.Key"), "is empty"));
            }
            required(&format!("{place}.Value"), value.is_some())?;
            if kind == "HeaderParameters" {
                header_name(&format!("{place}.Key"), key)?;
                header_value(&format!("{place}.Value"), value.as_ref())?;
            }
        }
    }
    Ok(())
}

fn required(field: &str, is_there: bool) -> Result<(), ConnectionFault> {
    if is_there { Ok(()) } else { Err(fault(field, "is missing")) }
}

/// Those that frame the message are the client's own.
fn header_name(field: &str, name: &str) -> Result<(), ConnectionFault> {
    const OWN: [&str; 7] =
        ["connection", "content-length", "host", "te", "trailer", "transfer-encoding", "upgrade"];
    match HeaderName::from_bytes(name.as_bytes()) {
        Ok(name) if OWN.contains(&name.as_str()) => {
            Err(fault(field, format!("the header {name} cannot be set")))
        }
        Ok(_) => Ok(()),
        Err(_) => Err(fault(field, "is no header name")),
    }
}

fn header_value(field: &str, value: Option<&vault::Secret>) -> Result<(), ConnectionFault> {
    let Some(value) = value else { return Err(fault(field, "is missing")) };
    match HeaderValue::from_str(value.expose()) {
        Ok(_) => Ok(()),
        Err(_) => Err(fault(field, "holds characters that no header can carry")),
    }
}

#[cfg(test)]
mod tests;
