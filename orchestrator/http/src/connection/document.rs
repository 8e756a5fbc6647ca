//! EventBridge's `AuthParameters`, as JSON has them. A secret that is left out is one that is not shown.

use serde::{Deserialize, Serialize};
use vault::Secret;

use super::{ConnectionFault, fault};

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the names are EventBridge's")]
pub(crate) struct AuthParameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) api_key_auth_parameters: Option<ApiKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) basic_auth_parameters: Option<Basic>,
    #[serde(rename = "OAuthParameters", skip_serializing_if = "Option::is_none")]
    pub(crate) oauth_parameters: Option<OAuth>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) invocation_http_parameters: Option<HttpParameters>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct ApiKey {
    pub(crate) api_key_name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) api_key_value: Option<Secret>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Basic {
    pub(crate) username: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password: Option<Secret>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct OAuth {
    pub(crate) authorization_endpoint: String,
    pub(crate) http_method: String,
    pub(crate) client_parameters: Client,
    #[serde(rename = "OAuthHttpParameters", default, skip_serializing_if = "Option::is_none")]
    pub(crate) oauth_http_parameters: Option<HttpParameters>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Client {
    #[serde(rename = "ClientID")]
    pub(crate) client_id: String,
    #[serde(rename = "ClientSecret", default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_secret: Option<Secret>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
#[expect(clippy::struct_field_names, reason = "the names are EventBridge's")]
pub(crate) struct HttpParameters {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) header_parameters: Vec<Parameter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) query_string_parameters: Vec<Parameter>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) body_parameters: Vec<Parameter>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(crate) struct Parameter {
    pub(crate) key: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Secret>,
    #[serde(default)]
    pub(crate) is_value_secret: bool,
}

/// serde's own texts quote the value that they stumble over; those of unknown and missing fields name fields alone.
pub(super) fn read(json: &str) -> Result<AuthParameters, ConnectionFault> {
    serde_json::from_str(json).map_err(|error| {
        let text = error.to_string();
        let names_a_field = text.starts_with("unknown field") || text.starts_with("missing field");
        let why = if names_a_field {
            text
        } else {
            format!(
                "is not what EventBridge's connections have, at line {} column {}",
                error.line(),
                error.column()
            )
        };
        fault("AuthParameters", why)
    })
}

impl AuthParameters {
    pub(super) fn without_secrets(mut self) -> Self {
        if let Some(api_key) = &mut self.api_key_auth_parameters {
            api_key.api_key_value = None;
        }
        if let Some(basic) = &mut self.basic_auth_parameters {
            basic.password = None;
        }
        if let Some(oauth) = &mut self.oauth_parameters {
            oauth.client_parameters.client_secret = None;
            if let Some(parameters) = &mut oauth.oauth_http_parameters {
                parameters.hide();
            }
        }
        if let Some(parameters) = &mut self.invocation_http_parameters {
            parameters.hide();
        }
        self
    }
}

impl HttpParameters {
    fn hide(&mut self) {
        let lists = [
            &mut self.header_parameters,
            &mut self.query_string_parameters,
            &mut self.body_parameters,
        ];
        for parameter in lists.into_iter().flatten() {
            if parameter.is_value_secret {
                parameter.value = None;
            }
        }
    }
}

impl Parameter {
    /// Checked to be there when the connection was made.
    pub(crate) fn text(&self) -> &str {
        self.value.as_ref().map_or("", Secret::expose)
    }
}
