//! Definitions: checked before they are kept, every fault told.

use asl::payload::JacksonFault;
use asl::{Code, Diagnostic, MachineType, Severity, StateMachine};
use engine::Namespace;
use everstep_proto::v1;

use crate::errors::{Reason, Refusal, Violation};
use crate::limits::{DEFINITION_BYTES_MAX, DESCRIPTION_LENGTH_MAX};
use crate::{arn, check};

/// Checks a definition apart from the threads that serve calls: a large one takes milliseconds.
pub(super) async fn check(machine_type: store::MachineType, text: &str) -> Result<(), Refusal> {
    check::bytes("definition", text, DEFINITION_BYTES_MAX as u64)?;
    let machine_type = match machine_type {
        store::MachineType::Standard => MachineType::Standard,
        store::MachineType::Express => MachineType::Express,
    };
    let mut faults = diagnostics(machine_type, text).await?;
    faults.retain(is_error);
    if faults.is_empty() { Ok(()) } else { Err(refusal(text, &faults)) }
}

/// Every fault as of a machine of that type, warnings included.
pub(super) async fn diagnostics(
    machine_type: MachineType,
    text: &str,
) -> Result<Vec<Diagnostic>, Refusal> {
    let text = text.to_owned();
    apart(move || StateMachine::check_as(machine_type, &text)).await
}

async fn apart(
    check: impl FnOnce() -> Vec<Diagnostic> + Send + 'static,
) -> Result<Vec<Diagnostic>, Refusal> {
    tokio::task::spawn_blocking(check).await.map_err(|panic| {
        tracing::error!(%panic, "the check of a definition failed");
        let message =
            "the definition could not be checked: a fault of Everstep's, please report it";
        Refusal::new(Reason::InternalServerError, message).at("definition")
    })
}

pub(super) fn is_error(fault: &Diagnostic) -> bool {
    match fault.severity {
        Severity::Error => true,
        Severity::Warning => false,
    }
}

/// AWS's text of all faults of `text`; each again as a violation, with what to do and where.
pub(super) fn refusal(text: &str, faults: &[Diagnostic]) -> Refusal {
    let texts: Vec<String> = faults.iter().map(|fault| aws_text(text, fault)).collect();
    let message = format!("Invalid State Machine Definition: '{}'", texts.join(", "));
    let violations = faults
        .iter()
        .map(|fault| Violation {
            field: fault.pointer.clone(),
            description: format!(
                "{} ({}:{}). {}",
                fault.message, fault.line, fault.column, fault.advice
            ),
        })
        .collect();
    Refusal { violations, ..Refusal::new(Reason::InvalidDefinition, message) }
}

/// What is no JSON is told as AWS's reader tells it, with the place behind it.
fn aws_text(text: &str, fault: &Diagnostic) -> String {
    let code = fault.code.as_str();
    match unreadable(text, fault) {
        Some(told) => format!("{code}: {told}"),
        None => format!("{code}: {} at {}", fault.message, fault.pointer),
    }
}

fn unreadable(text: &str, fault: &Diagnostic) -> Option<String> {
    if fault.code != Code::InvalidJsonDescription {
        return None;
    }
    JacksonFault::of(text).map(|told| told.located(text))
}

pub(super) fn diagnostic(fault: Diagnostic) -> v1::Diagnostic {
    v1::Diagnostic {
        code: fault.code.as_str().to_owned(),
        severity: fault.severity.as_str().to_owned(),
        message: fault.message,
        location: fault.pointer,
        line: u32::try_from(fault.line).unwrap_or(u32::MAX),
        column: u32::try_from(fault.column).unwrap_or(u32::MAX),
        advice: fault.advice,
    }
}

/// The description of the version that is to be published; `None`: none is.
pub(super) fn published(publish: bool, description: String) -> Result<Option<String>, Refusal> {
    const FIELD: &str = "version_description";
    check::length(FIELD, &description, DESCRIPTION_LENGTH_MAX)?;
    if publish {
        return Ok(Some(description));
    }
    if description.is_empty() {
        return Ok(None);
    }
    let message = "Version description can only be set when publish is true";
    Err(Refusal::new(Reason::ValidationException, message).at(FIELD))
}

/// Empty where none was published.
pub(super) fn version_arn(
    namespace: &Namespace,
    machine: &str,
    version: Option<store::Version>,
) -> String {
    version.map(|it| arn::version(namespace, machine, it.number)).unwrap_or_default()
}
