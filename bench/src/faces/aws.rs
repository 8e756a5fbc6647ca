//! AWS's API: JSON over HTTP, as an AWS SDK would call; signed, where there is a key.

use std::time::Duration;

use serde_json::{Value, json};

use super::load::Task;
use super::signature::Key;
use crate::Fault;
use crate::workload::Workload;

pub(super) const CONTENT_TYPE: &str = "application/x-amz-json-1.0";
const PLACE: &str = "arn:aws:states:us-east-1:000000000000";
/// Longer than the server holds a poll.
const PATIENCE: Duration = Duration::from_secs(70);

#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    address: String,
    key: Option<Key>,
}

impl Client {
    /// A poll needs its activity.
    pub(super) async fn connect(
        address: &str,
        queues: &[&str],
        key: Option<Key>,
    ) -> Result<Self, Fault> {
        // No address here is https, and the client wants a provider all the same; a second one is refused, and does no harm.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .http1_only()
            .tcp_nodelay(true)
            .pool_max_idle_per_host(usize::MAX)
            .timeout(PATIENCE)
            .build()?;
        let client = Self { http, address: address.to_owned(), key };
        for queue in queues {
            client.call("CreateActivity", &json!({"name": queue})).await?;
        }
        Ok(client)
    }

    async fn call(&self, operation: &str, body: &Value) -> Result<Value, Fault> {
        let (target, body) = (format!("AWSStepFunctions.{operation}"), body.to_string());
        let host = self.address.trim_start_matches("http://");
        let signature = self.key.as_ref().map(|key| key.sign(host, &target, &body)).transpose()?;
        let answer = self
            .http
            .post(&self.address)
            .header("content-type", CONTENT_TYPE)
            .header("x-amz-target", target)
            .headers(signature.unwrap_or_default())
            .body(body)
            .send()
            .await?;
        let status = answer.status();
        let text = answer.text().await?;
        if status.is_success() {
            return Ok(serde_json::from_str(&text)?);
        }
        Err(format!("{operation}: {status} {text}").into())
    }

    pub(super) async fn start(&self, input: String) -> Result<(), Fault> {
        let machine = format!("{PLACE}:stateMachine:{}", Workload::Order.name());
        let body = json!({"stateMachineArn": machine, "input": input});
        self.call("StartExecution", &body).await?;
        Ok(())
    }

    pub(super) async fn poll(&self, queue: &str) -> Result<Option<Task>, Fault> {
        let body = json!({"activityArn": format!("{PLACE}:activity:{queue}")});
        let task = self.call("GetActivityTask", &body).await?;
        let text = |field: &str| task[field].as_str().map(str::to_owned);
        Ok(text("taskToken").zip(text("input")).map(|(token, input)| Task { token, input }))
    }

    pub(super) async fn succeed(&self, token: String, output: String) -> Result<(), Fault> {
        self.call("SendTaskSuccess", &json!({"taskToken": token, "output": output})).await?;
        Ok(())
    }
}
