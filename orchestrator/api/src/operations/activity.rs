//! An activity on the wire: its name in a request, and its shape.

use engine::Namespace;
use everstep_proto::v1;

use super::Operations;
use crate::errors::{Reason, Refusal};
use crate::timestamps::timestamp;
use crate::{arn, check};

const FIELD: &str = "activity";

/// By its ARN or its name.
pub(super) fn named<'a>(namespace: &Namespace, text: &'a str) -> Result<&'a str, Refusal> {
    if text.is_empty() {
        return Err(check::missing(FIELD));
    }
    if arn::is_arn(text) {
        return arn::parse_activity(namespace, text).map_err(|error| Refusal::arn(FIELD, &error));
    }
    check::name(FIELD, text)?;
    Ok(text)
}

impl Operations {
    /// One that stands.
    pub(super) async fn activity(
        &self,
        namespace: &Namespace,
        text: &str,
    ) -> Result<store::Activity, Refusal> {
        let name = named(namespace, text)?;
        let found = self.engine.store().activity_by_name(namespace.id, name).await?;
        found.ok_or_else(|| {
            let arn = arn::activity(namespace, name);
            let message = format!("Activity Does Not Exist: '{arn}'");
            Refusal::new(Reason::ActivityDoesNotExist, message).at(FIELD)
        })
    }
}

pub(super) fn shown(namespace: &Namespace, activity: store::Activity) -> v1::Activity {
    v1::Activity {
        activity_arn: arn::activity(namespace, &activity.name),
        name: activity.name,
        created_at: Some(timestamp(activity.created_at)),
        encryption: activity.encryption,
    }
}
