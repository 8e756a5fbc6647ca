//! `ValidateStateMachineDefinition`: every fault of a definition as an answer; nothing is stored.

use everstep_proto::v1;

use super::{Operations, create_state_machine, definition};
use crate::check;
use crate::errors::Refusal;
use crate::limits::DEFINITION_BYTES_MAX;

impl Operations {
    pub async fn validate_state_machine_definition(
        &self,
        request: v1::ValidateStateMachineDefinitionRequest,
    ) -> Result<v1::ValidateStateMachineDefinitionResponse, Refusal> {
        create_state_machine::supported(request.r#type())?;
        check::bytes("definition", &request.definition, DEFINITION_BYTES_MAX as u64)?;
        let faults = definition::faults(&request.definition).await?;
        Ok(v1::ValidateStateMachineDefinitionResponse {
            valid: !faults.iter().any(definition::is_error),
            diagnostics: faults.into_iter().map(definition::diagnostic).collect(),
        })
    }
}
