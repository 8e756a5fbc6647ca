//! What variables may take: AWS's limits on one `Assign` and on an execution.

use asl::Assignment;
use asl::error::EvalError;
use asl::names;

use crate::branch::Fault;
use crate::decide::Turn;

/// The values of all variables of an execution, in all of its scopes.
pub const VARIABLE_BYTES_MAX: usize = 10 * 1024 * 1024;

impl Turn<'_> {
    /// The values of one `Assign` are together no larger than a payload may be, and leave the execution within its limit.
    pub(crate) fn check_variables(&self, assigned: &[Assignment]) -> Result<(), Fault> {
        if assigned.is_empty() {
            return Ok(());
        }
        let bytes: usize = assigned.iter().map(|it| it.value.text().len()).sum();
        let bytes_max = self.facts.settings.payload_bytes_max;
        if bytes as u64 > bytes_max {
            return Err(self.too_many_bytes(&format!(
                "The values of its Assign take {bytes} bytes together, more than the {bytes_max} that they may."
            )));
        }
        let variables = &self.branch.variables;
        let replaced: usize = assigned.iter().map(|it| variables.own_bytes_of(&it.name)).sum();
        let total = self.execution.variable_bytes + bytes - replaced;
        if total > VARIABLE_BYTES_MAX {
            return Err(self.too_many_bytes(&format!(
                "The variables of the execution would take {total} bytes, more than the {VARIABLE_BYTES_MAX} that they may."
            )));
        }
        Ok(())
    }

    /// AWS's text is not known; this is ours.
    fn too_many_bytes(&self, cause: &str) -> Fault {
        self.fault(EvalError::new(names::DATA_LIMIT_EXCEEDED, cause))
    }
}
