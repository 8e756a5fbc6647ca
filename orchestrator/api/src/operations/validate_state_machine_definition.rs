//! `ValidateStateMachineDefinition`: every fault of a definition as an answer; nothing is stored.

use asl::MachineType;
use everstep_proto::v1;

use super::{Operations, definition};
use crate::check;
use crate::errors::Refusal;
use crate::limits::DEFINITION_BYTES_MAX;

/// AWS's limit, and what it shows where no other is asked for.
const RESULTS_MAX: u64 = 100;

impl Operations {
    pub async fn validate_state_machine_definition(
        &self,
        request: v1::ValidateStateMachineDefinitionRequest,
    ) -> Result<v1::ValidateStateMachineDefinitionResponse, Refusal> {
        check::bytes("definition", &request.definition, DEFINITION_BYTES_MAX as u64)?;
        check::at_most("max_results", request.max_results.into(), RESULTS_MAX)?;
        let machine_type = match request.r#type() {
            v1::StateMachineType::Unspecified | v1::StateMachineType::Standard => {
                MachineType::Standard
            }
            v1::StateMachineType::Express => MachineType::Express,
        };
        let mut faults = definition::diagnostics(machine_type, &request.definition).await?;
        let valid = !faults.iter().any(definition::is_error);
        match request.severity() {
            v1::DiagnosticSeverity::Unspecified | v1::DiagnosticSeverity::Error => {
                faults.retain(definition::is_error);
            }
            v1::DiagnosticSeverity::Warning => {}
        }
        let results_max = match request.max_results {
            0 => RESULTS_MAX,
            asked => asked.into(),
        };
        let truncated = faults.len() as u64 > results_max;
        let diagnostics = faults.into_iter().zip(0..results_max).map(|(fault, _)| fault);
        let diagnostics = diagnostics.map(definition::diagnostic).collect();
        Ok(v1::ValidateStateMachineDefinitionResponse { valid, diagnostics, truncated })
    }
}
