//! The state machines of a template.

use std::collections::BTreeMap;

use everstep_proto::v1::StateMachineType;
use serde_json::Value;

use super::properties::Properties;
use super::{Fault, Scope};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Machine {
    /// The resource's name in the template.
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) definition: String,
    pub(crate) role_arn: String,
    pub(crate) r#type: StateMachineType,
    /// JSON as AWS's API writes it.
    pub(crate) logging: Option<String>,
    pub(crate) tracing: Option<String>,
    pub(crate) encryption: Option<String>,
    pub(crate) tags: Option<BTreeMap<String, String>>,
}

const KNOWN: [&str; 10] = [
    "Definition",
    "DefinitionString",
    "DefinitionSubstitutions",
    "EncryptionConfiguration",
    "LoggingConfiguration",
    "RoleArn",
    "StateMachineName",
    "StateMachineType",
    "Tags",
    "TracingConfiguration",
];

impl Machine {
    pub(super) fn of(scope: &Scope<'_>, id: &str, resource: &Value) -> Result<Self, Fault> {
        let properties = Properties::of(scope, id, resource, &KNOWN)?;
        let role = properties.get("RoleArn")?;
        Ok(Self {
            id: id.to_owned(),
            definition: definition(&properties)?,
            name: scope.own_name(id, "StateMachineName", &properties.place)?,
            role_arn: role.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(),
            r#type: kind(&properties)?,
            logging: properties.configuration("LoggingConfiguration")?,
            tracing: properties.configuration("TracingConfiguration")?,
            encryption: properties.configuration("EncryptionConfiguration")?,
            tags: properties.tags()?,
        })
    }
}

fn definition(properties: &Properties<'_>) -> Result<String, Fault> {
    let place = &properties.place;
    let string = properties.get("DefinitionString")?;
    let object = properties.get("Definition")?;
    let mut text = match (string, object) {
        (Some(Value::String(text)), None) => text,
        (None, Some(object @ Value::Object(_))) => object.to_string(),
        (None, None) => return Err(Fault::new(place, "it has no definition")),
        _ => {
            let why = "either DefinitionString (a text) or Definition (an object) is wanted";
            return Err(Fault::new(place, why));
        }
    };
    let substitutions = properties.get("DefinitionSubstitutions")?;
    let substitutions = substitutions.as_ref().and_then(Value::as_object);
    for (name, value) in substitutions.into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text = text.replace(&format!("${{{name}}}"), &value);
    }
    Ok(text)
}

fn kind(properties: &Properties<'_>) -> Result<StateMachineType, Fault> {
    const TYPE: &str = "StateMachineType";
    match properties.get(TYPE)?.as_ref().map(|it| it.as_str().unwrap_or_default()) {
        None | Some("STANDARD") => Ok(StateMachineType::Standard),
        Some("EXPRESS") => Ok(StateMachineType::Express),
        Some(_) => Err(properties.fault(TYPE, "it is STANDARD or EXPRESS")),
    }
}
