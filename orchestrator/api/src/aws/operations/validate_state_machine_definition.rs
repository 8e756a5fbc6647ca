//! `ValidateStateMachineDefinition`.

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
    let request = v1::ValidateStateMachineDefinitionRequest {
        definition: call.text("definition"),
        r#type: machine_type(&call).into(),
        severity: severity.into(),
        max_results: call.count("maxResults"),
    };
    let operation = call.operations.validate_state_machine_definition(request);
    let found = call.operations.answer(None, operation).await?;
    Ok(Fields::new()
        .with("result", if found.valid { "OK" } else { "FAIL" })
        .with("diagnostics", found.diagnostics.into_iter().map(diagnostic).collect::<Vec<Value>>())
        .with("truncated", found.truncated)
        .done())
}

fn diagnostic(found: v1::Diagnostic) -> Value {
    Fields::new()
        .with("severity", found.severity)
        .with("code", found.code)
        .with("message", found.message)
        .with_text("location", found.location)
        .done()
}
