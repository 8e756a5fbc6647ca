//! What AWS refuses because of a machine's type. By the ARN of an Express execution AWS shows and stops nothing, and lists none of an
//! Express machine; gRPC does. Its face asks here first.

use crate::arn::{self, ArnError};
use crate::errors::{Reason, Refusal};
use crate::operations::{Operations, arn_of, machine_qualified};

/// Of `DescribeExecution`, `GetExecutionHistory`, `StopExecution`, `RedriveExecution` and `DescribeStateMachineForExecution`.
pub(crate) fn check_standard_execution(execution_arn: &str) -> Result<(), Refusal> {
    if arn::is_express(execution_arn) {
        let kind = ArnError::Kind("express".to_owned());
        return Err(Refusal::arn("execution", &kind));
    }
    Ok(())
}

/// `StartSyncExecution` of a Standard machine, and what Express machines do not offer.
pub(crate) fn type_not_supported() -> Refusal {
    let message = "This operation is not supported by this type of state machine";
    Refusal::new(Reason::StateMachineTypeNotSupported, message)
}

impl Operations {
    /// Of `ListExecutions` by a state machine's ARN.
    pub(crate) async fn check_standard_machine(
        &self,
        namespace: &str,
        state_machine: &str,
    ) -> Result<(), Refusal> {
        let namespace = self.namespace(namespace).await?;
        let (name, qualifier) = machine_qualified(&namespace, state_machine)?;
        let store = self.engine().store();
        let found = store.machine_by_name(namespace.id, name).await?;
        let unknown = || Refusal::machine_unknown(&arn_of(&namespace, name, &qualifier));
        match found.ok_or_else(unknown)?.machine_type {
            store::MachineType::Standard => Ok(()),
            store::MachineType::Express => Err(type_not_supported()),
        }
    }
}
