//! What an operator decides of the adapter.

use everstep_worker::AccessKey;
use url::Url;

use crate::credentials::Credentials;
use crate::model::Service;

#[derive(Debug, Clone)]
pub struct Settings {
    /// The Everstep server, as `http://HOST:PORT`.
    pub address: String,
    pub namespace: String,
    /// Where that server asks for one.
    pub access_key: Option<AccessKey>,
    pub access: Access,
    /// Functions that are served whether or not a definition names them.
    pub functions: Vec<String>,
    /// Services whose queues other workers serve: none of their tasks is taken.
    pub leave: Vec<String>,
    /// Calls of one queue at once.
    pub slots: u32,
}

/// Where services are called, and in whose name.
#[derive(Debug, Clone)]
pub struct Access {
    /// What answers like AWS; AWS itself where there is none.
    pub endpoint_url: Option<Url>,
    /// What invokes functions. With it, all functions that the namespace's definitions name are served.
    pub lambda_endpoint: Option<Url>,
    pub region: String,
    pub credentials: Credentials,
}

impl Access {
    /// Where a service of the tables is called.
    pub(crate) fn endpoint(&self, name: &str, service: &Service) -> Result<Url, url::ParseError> {
        let own = self.lambda_endpoint.as_ref().filter(|_| name == "lambda");
        if let Some(url) = own.or(self.endpoint_url.as_ref()) {
            return Ok(url.clone());
        }
        let end = if self.region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        Url::parse(&format!("https://{}.{}.{end}", service.endpoint, self.region))
    }
}

impl Settings {
    pub(crate) fn leaves(&self, service: &str) -> bool {
        self.leave.iter().any(|it| it == service)
    }
}
