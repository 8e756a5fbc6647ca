//! `ValidateStateMachineDefinition`.

use asl::Code;
use asl::payload::JacksonFault;
use everstep_proto::v1;
use serde_json::Value;

use super::Answer;
use super::create_state_machine::machine_type;
use crate::aws::call::Call;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let severity = match call.member("severity").and_then(Value::as_str) {
        Some("WARNING") => v1::DiagnosticSeverity::Warning,
        Some(_) | None => v1::DiagnosticSeverity::Error,
    };
    let definition = call.text("definition");
    // Told as AWS's reader tells it; gRPC says the line, the column and what to do.
    let unreadable = JacksonFault::of(&definition).map(|fault| fault.located(&definition));
    let request = v1::ValidateStateMachineDefinitionRequest {
        definition,
        r#type: machine_type(&call).into(),
        severity: severity.into(),
        max_results: call.count("maxResults"),
    };
    let operation = call.operations.validate_state_machine_definition(request);
    let found = call.operations.answer(None, operation).await?;
    let diagnostic = |found| diagnostic(found, unreadable.as_deref());
    Ok(Fields::new()
        .with("result", if found.valid { "OK" } else { "FAIL" })
        .with("diagnostics", found.diagnostics.into_iter().map(diagnostic).collect::<Vec<Value>>())
        .with("truncated", found.truncated)
        .done())
}

fn diagnostic(found: v1::Diagnostic, unreadable: Option<&str>) -> Value {
    let no_json = unreadable.filter(|_| found.code == Code::InvalidJsonDescription.as_str());
    Fields::new()
        .with("severity", found.severity)
        .with("code", found.code)
        .with("message", no_json.map_or(found.message, str::to_owned))
        .with_text("location", found.location)
        .done()
}
