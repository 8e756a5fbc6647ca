//! The activities of a template.

use std::collections::BTreeMap;

use serde_json::Value;

use super::properties::Properties;
use super::{Fault, Scope};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Activity {
    /// The resource's name in the template.
    pub(crate) id: String,
    pub(crate) name: String,
    /// JSON as AWS's API writes it.
    pub(crate) encryption: Option<String>,
    pub(crate) tags: Option<BTreeMap<String, String>>,
}

const KNOWN: [&str; 3] = ["EncryptionConfiguration", "Name", "Tags"];

impl Activity {
    pub(super) fn of(scope: &Scope<'_>, id: &str, resource: &Value) -> Result<Self, Fault> {
        let properties = Properties::of(scope, id, resource, &KNOWN)?;
        Ok(Self {
            id: id.to_owned(),
            name: scope.own_name(id, "Name", &properties.place)?,
            encryption: properties.configuration("EncryptionConfiguration")?,
            tags: properties.tags()?,
        })
    }
}
