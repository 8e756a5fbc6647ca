//! What a call said and was told, for whoever tests it: AWS's `InspectionDataRequest` and `InspectionDataResponse`.

use reqwest::Response;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::invocation::Invocation;
use crate::merge::{Merged, merge};

/// The last request of a call, and its answer.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    /// Absent: nothing was sent.
    pub request: Option<Sent>,
    /// Absent: no answer came.
    pub response: Option<Received>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// `https` or `http`.
    pub protocol: String,
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub protocol: String,
    pub status: u16,
    pub status_text: String,
    pub headers: Vec<(String, String)>,
    /// As far as it was read.
    pub body: Option<String>,
}

/// Whether a request is shown with what its connection adds to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    Hidden,
    Revealed,
}

/// Looks on while a call is made, and knows how far it came when it is broken off.
#[derive(Debug)]
pub struct Witness {
    exchange: Exchange,
    secrets: Secrets,
}

impl Witness {
    pub fn new(secrets: Secrets) -> Self {
        Self { exchange: Exchange::default(), secrets }
    }

    pub fn into_exchange(self) -> Exchange {
        self.exchange
    }

    /// `merged` goes out with the header that authorizes it.
    pub(crate) fn sends(
        &mut self,
        invocation: &Invocation,
        merged: &Merged,
        authorization: Option<&(HeaderName, HeaderValue)>,
        agent: &str,
    ) {
        self.exchange.request = match self.secrets {
            Secrets::Revealed => Some(sent(invocation, merged, authorization)),
            Secrets::Hidden => {
                let own = merge(invocation, None, agent);
                own.ok().map(|own| sent(invocation, &own, None))
            }
        };
    }

    pub(crate) fn receives(&mut self, response: &Response) {
        let status = response.status();
        self.exchange.response = Some(Received {
            protocol: response.url().scheme().to_owned(),
            status: status.as_u16(),
            status_text: status.canonical_reason().unwrap_or_default().to_owned(),
            headers: listed(response.headers()),
            body: None,
        });
    }

    pub(crate) fn reads(&mut self, body: &[u8]) {
        if let Some(response) = &mut self.exchange.response {
            response.body = Some(String::from_utf8_lossy(body).into_owned());
        }
    }
}

fn sent(
    invocation: &Invocation,
    merged: &Merged,
    authorization: Option<&(HeaderName, HeaderValue)>,
) -> Sent {
    let mut headers = listed(&merged.headers);
    if let Some((name, value)) = authorization {
        headers.retain(|(other, _)| other != name.as_str());
        headers.push((name.as_str().to_owned(), text(value)));
    }
    Sent {
        protocol: merged.url.scheme().to_owned(),
        method: invocation.method.to_string(),
        url: merged.url.to_string(),
        headers,
        body: merged.body.clone(),
    }
}

fn listed(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect()
}

fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
