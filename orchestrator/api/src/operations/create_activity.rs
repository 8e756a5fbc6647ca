//! `CreateActivity`: an ARN for a queue. The same again answers with the one that exists.

use everstep_proto::v1;
use store::{Creation, NewActivity, StoreError};

use super::{Operations, settings, tags};
use crate::errors::{Reason, Refusal};
use crate::timestamps::timestamp;
use crate::{arn, check};

impl Operations {
    pub async fn create_activity(
        &self,
        request: v1::CreateActivityRequest,
    ) -> Result<v1::CreateActivityResponse, Refusal> {
        let v1::CreateActivityRequest { name, encryption, .. } = request;
        check::name("name", &name)?;
        settings::json_object("encryption", &encryption, Reason::InvalidEncryptionConfiguration)?;
        let namespace = self.namespace(&request.namespace).await?;
        let activity_arn = arn::activity(&namespace, &name);
        let tags = tags::checked(&activity_arn, &request.tags)?;
        let activities_max = namespace.limits.activities;
        let new = NewActivity { namespace: namespace.id, name, encryption, tags, activities_max };
        let created = self.engine.store().create_activity(&new).await;
        let created = created.map_err(|error| match error {
            StoreError::Full => Refusal::too_many_activities(),
            error @ (StoreError::Unavailable(_)
            | StoreError::Schema(_)
            | StoreError::Configuration(_)
            | StoreError::Refused(_)) => error.into(),
        });
        match created? {
            Creation::Created(activity) | Creation::Same(activity) => {
                let created_at = Some(timestamp(activity.created_at));
                Ok(v1::CreateActivityResponse { activity_arn, created_at })
            }
            Creation::Differs(_) => {
                let message = format!("Activity Already Exists: '{activity_arn}'");
                Err(Refusal::new(Reason::ActivityAlreadyExists, message).at("name"))
            }
        }
    }
}
