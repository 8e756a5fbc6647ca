//! `PublishStateMachineVersion`: the newest revision under the next number.

use everstep_proto::v1;
use store::{Publish, Published};
use uuid::Uuid;

use super::Operations;
use super::lookup::machine_deleting;
use crate::errors::{Reason, Refusal};
use crate::limits::DESCRIPTION_LENGTH_MAX;
use crate::timestamps::timestamp;
use crate::{arn, check};

/// AWS's name for the revision of the creation, which has no id.
const INITIAL: &str = "INITIAL";

impl Operations {
    pub async fn publish_state_machine_version(
        &self,
        request: v1::PublishStateMachineVersionRequest,
    ) -> Result<v1::PublishStateMachineVersionResponse, Refusal> {
        let v1::PublishStateMachineVersionRequest { description, revision_id, .. } = request;
        check::length("description", &description, DESCRIPTION_LENGTH_MAX)?;
        let namespace = self.namespace(&request.namespace).await?;
        let machine = self.machine_to_change(&namespace, &request.state_machine).await?;
        let wanted = match revision_id.as_str() {
            "" => Publish::Newest,
            INITIAL => Publish::Initial,
            // What is no id is no revision's.
            id => Publish::Revision(Uuid::try_parse(id).unwrap_or_default()),
        };
        let store = self.engine.store();
        let max = namespace.limits.versions;
        match store.publish_version(machine.id, wanted, &description, max).await? {
            Published::Version(version) => Ok(v1::PublishStateMachineVersionResponse {
                state_machine_version_arn: arn::version(&namespace, &machine.name, version.number),
                created_at: Some(timestamp(version.created_at)),
            }),
            Published::Outdated { number, public_id } => {
                let current = if number == 1 { INITIAL.to_owned() } else { public_id.to_string() };
                let message = format!(
                    "Failed to publish the State Machine version for revision {revision_id}. \
                     The current State Machine revision is {current}."
                );
                Err(Refusal::new(Reason::ConflictException, message).at("revision_id"))
            }
            Published::Gone => {
                Err(machine_deleting(&arn::state_machine(&namespace, &machine.name)))
            }
        }
    }
}
