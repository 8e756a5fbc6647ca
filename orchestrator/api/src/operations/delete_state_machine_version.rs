//! `DeleteStateMachineVersion`: refused while an alias names it. Deleting what is not there is no fault.

use engine::Qualifier;
use everstep_proto::v1;
use store::VersionDeletion;

use super::Operations;
use super::lookup::qualified;
use crate::errors::{Reason, Refusal};

const FIELD: &str = "state_machine_version";

impl Operations {
    pub async fn delete_state_machine_version(
        &self,
        request: v1::DeleteStateMachineVersionRequest,
    ) -> Result<v1::DeleteStateMachineVersionResponse, Refusal> {
        let namespace = self.namespace(&request.namespace).await?;
        let text = &request.state_machine_version;
        let (name, Qualifier::Version(number)) = qualified(&namespace, FIELD, text)? else {
            let message = format!("Invalid Arn: 'Not the ARN of a state machine version: {text}'");
            return Err(Refusal::new(Reason::InvalidArn, message).at(FIELD));
        };
        let store = self.engine.store();
        let done = v1::DeleteStateMachineVersionResponse {};
        let Some(machine) = store.machine_by_name(namespace.id, name).await? else {
            return Ok(done);
        };
        let deletion = store.delete_version(machine.id, number).await?;
        self.engine.catalog().forget_machine(namespace.id, &machine.name);
        match deletion {
            VersionDeletion::Done => Ok(done),
            VersionDeletion::Named(aliases) => {
                let message = format!(
                    "Version to be deleted must not be referenced by an alias. \
                     Current list of aliases referencing this version: [{}]",
                    aliases.join(", ")
                );
                Err(Refusal::new(Reason::ConflictException, message))
            }
        }
    }
}
