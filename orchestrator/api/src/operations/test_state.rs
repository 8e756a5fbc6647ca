//! `TestState`: one state alone, with a mock in the place of its work, or with the work done: an HTTP task's call, or a
//! worker's. Nothing is stored.

use std::time::Duration;

use chrono::Utc;
use engine::Namespace;
use everstep_proto::v1;
use execution::event::Failure;
use execution::test_state::{
    Answer, Configuration, Identity, Inspection, Level, Mock, Outcome, Refused, Request, Status,
    Validation, run,
};
use http_task::Exchange;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{Operations, definition};
use crate::errors::{Reason, Refusal};
use crate::limits::{DEFINITION_BYTES_MAX, ROLE_ARN_LENGTH_MAX};
use crate::{arn, check};

/// AWS calls the machine and the execution of a test by an id of their own.
pub(super) const MACHINE: &str = "test-state";

impl Operations {
    /// At once, but for a Task without a mock: its work takes its time.
    pub async fn test_state(
        &self,
        patience: Option<Duration>,
        request: v1::TestStateRequest,
    ) -> Result<v1::TestStateResponse, Refusal> {
        let namespace = self.answer(patience, self.namespace(&request.namespace)).await?;
        let mut request = read(&namespace, request)?;
        let mut exchange = Exchange::default();
        loop {
            let outcome;
            (outcome, request) = run_aside(request).await?;
            let called = match outcome {
                Outcome::Answered(answer) => {
                    return Ok(answered(&answer, exchange, request.level));
                }
                Outcome::Calls(call) => {
                    let reveals = request.reveal_secrets;
                    let called;
                    (called, exchange) = self.http.test(&namespace, &call, reveals).await?;
                    called
                }
                Outcome::Asks(work) => self.try_task(&namespace, &work, &request.identity).await?,
            };
            request.called = Some(called);
        }
    }
}

/// Apart from the threads that serve calls, as a definition's check is.
async fn run_aside(request: Request) -> Result<(Outcome, Request), Refusal> {
    let tested = move || match run(&request) {
        Ok(outcome) => Ok((outcome, request)),
        Err(refused) => Err(refusal(&request, refused)),
    };
    tokio::task::spawn_blocking(tested).await.unwrap_or_else(|panic| {
        tracing::error!(%panic, "the test of a state failed");
        let message = "the state could not be tested: a fault of Everstep's, please report it";
        Err(Refusal::new(Reason::InternalServerError, message).at("definition"))
    })
}

fn read(namespace: &Namespace, request: v1::TestStateRequest) -> Result<Request, Refusal> {
    check::bytes("definition", &request.definition, DEFINITION_BYTES_MAX as u64)?;
    check::length("role_arn", &request.role_arn, ROLE_ARN_LENGTH_MAX)?;
    let id = Uuid::new_v4();
    let name = id.to_string();
    let level = match request.inspection_level() {
        v1::InspectionLevel::Unspecified | v1::InspectionLevel::Info => Level::Info,
        v1::InspectionLevel::Debug => Level::Debug,
        v1::InspectionLevel::Trace => Level::Trace,
    };
    let configuration = request.state_configuration.unwrap_or_default();
    Ok(Request {
        input: check::input(namespace, request.input)?,
        context: document("context", &request.context)?,
        variables: variables(&request.variables)?,
        mock: request.mock.map(mock),
        called: None,
        configuration: Configuration {
            retrier_retry_count: configuration.retrier_retry_count,
            map_iteration_failure_count: configuration.map_iteration_failure_count,
            map_item_reader_data: some(configuration.map_item_reader_data),
        },
        level,
        reveal_secrets: request.reveal_secrets,
        identity: Identity {
            execution_arn: arn::express(namespace, MACHINE, &name),
            name,
            machine_arn: arn::state_machine(namespace, MACHINE),
            machine_name: MACHINE.to_owned(),
            role_arn: some(request.role_arn),
        },
        definition: request.definition,
        state_name: some(request.state_name),
        now: Utc::now(),
        seed: id.as_u64_pair().0,
    })
}

fn some(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

fn document(field: &'static str, text: &str) -> Result<Option<Value>, Refusal> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(text).map(Some).map_err(|error| {
        Refusal::new(Reason::ValidationException, format!("{field} must be valid JSON: {error}"))
            .at(field)
    })
}

fn variables(text: &str) -> Result<Option<Map<String, Value>>, Refusal> {
    match document("variables", text)? {
        None => Ok(None),
        Some(Value::Object(variables)) => Ok(Some(variables)),
        Some(_) => {
            let message = "variables must be a JSON object: each name with its value";
            Err(Refusal::new(Reason::ValidationException, message).at("variables"))
        }
    }
}

fn mock(mock: v1::TestMock) -> Mock {
    let validation = match mock.field_validation_mode() {
        v1::MockValidationMode::Unspecified | v1::MockValidationMode::Strict => Validation::Strict,
        v1::MockValidationMode::Present => Validation::Present,
        v1::MockValidationMode::None => Validation::None,
    };
    let error = mock.error_output.map(|it| Failure { error: it.error, cause: it.cause });
    Mock { result: mock.result, error, validation }
}

fn refusal(request: &Request, refused: Refused) -> Refusal {
    match refused {
        Refused::Definition(faults) => definition::refusal(&request.definition, &faults),
        Refused::Unsupported(message) => {
            Refusal::new(Reason::InvalidDefinition, message).at("definition")
        }
        Refused::Validation(message) => Refusal::new(Reason::ValidationException, message),
    }
}

/// What went over the wire is shown at `TRACE` alone.
fn answered(answer: &Answer, exchange: Exchange, level: Level) -> v1::TestStateResponse {
    let exchange = if level == Level::Trace { exchange } else { Exchange::default() };
    let failure = answer.failure.clone().unwrap_or_default();
    let status = match answer.status {
        Status::Succeeded => v1::TestExecutionStatus::Succeeded,
        Status::Failed => v1::TestExecutionStatus::Failed,
        Status::Retriable => v1::TestExecutionStatus::Retriable,
        Status::CaughtError => v1::TestExecutionStatus::CaughtError,
    };
    v1::TestStateResponse {
        status: status.into(),
        output: answer.output.as_ref().map(|output| output.text().to_owned()),
        error: failure.error,
        cause: failure.cause,
        next_state: answer.next_state.clone(),
        inspection_data: answer.inspection.as_ref().map(|it| inspected(it, exchange)),
    }
}

fn inspected(inspection: &Inspection, exchange: Exchange) -> v1::InspectionData {
    let documents = inspection.documents.iter();
    let Exchange { request, response } = exchange;
    v1::InspectionData {
        documents: documents
            .map(|(name, document)| ((*name).to_owned(), document.text().to_owned()))
            .collect(),
        max_concurrency: inspection.max_concurrency,
        tolerated_failure_count: inspection.tolerated_failure_count,
        tolerated_failure_percentage: inspection.tolerated_failure_percentage,
        error_details: inspection.error.map(|error| v1::InspectionErrorDetails {
            retry_index: error.retry_index.and_then(|index| u32::try_from(index).ok()),
            retry_backoff_interval_seconds: error.retry_backoff_seconds,
            catch_index: error.catch_index.and_then(|index| u32::try_from(index).ok()),
        }),
        request: request.map(|sent| v1::InspectionRequest {
            protocol: sent.protocol,
            method: sent.method,
            url: sent.url,
            headers: headers(sent.headers),
            body: sent.body,
        }),
        response: response.map(|received| v1::InspectionResponse {
            protocol: received.protocol,
            status_code: received.status.into(),
            status_message: received.status_text,
            headers: headers(received.headers),
            body: received.body,
        }),
    }
}

fn headers(listed: Vec<(String, String)>) -> Vec<v1::HttpHeader> {
    listed.into_iter().map(|(name, value)| v1::HttpHeader { name, value }).collect()
}
