//! The versions of a template. Their numbers are known once they are published.

use serde_json::Value;

use super::properties::Properties;
use super::resolve::attribute_named;
use super::{Fault, Scope};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Version {
    /// The resource's name in the template.
    pub(crate) id: String,
    /// The machine's name.
    pub(crate) machine: String,
    /// The one that must be the newest; any where there is none.
    pub(crate) revision: Option<String>,
    pub(crate) description: String,
}

const KNOWN: [&str; 3] = ["Description", "StateMachineArn", "StateMachineRevisionId"];
const REVISION: &str = "StateMachineRevisionId";

impl Version {
    pub(super) fn of(scope: &Scope<'_>, id: &str, resource: &Value) -> Result<Self, Fault> {
        let properties = Properties::of(scope, id, resource, &KNOWN)?;
        let Some(arn) = properties.text("StateMachineArn")? else {
            return Err(properties.fault("StateMachineArn", "it is wanted"));
        };
        let machine = scope.machine_named(&arn);
        let machine = machine.ok_or_else(|| {
            properties.fault("StateMachineArn", format!("{arn} is no state machine of here"))
        })?;
        // A machine's own attribute of that name: it stands for the revision that this deployment makes.
        let written = properties.written(REVISION).and_then(attribute_named);
        let made_here = written.is_some_and(|(_, attribute)| attribute == REVISION);
        Ok(Self {
            id: id.to_owned(),
            machine: machine.to_owned(),
            revision: if made_here { None } else { properties.text(REVISION)? },
            description: properties.text("Description")?.unwrap_or_default(),
        })
    }
}
