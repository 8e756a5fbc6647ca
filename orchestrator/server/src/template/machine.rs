//! The state machines and activities of a template.

use everstep_proto::v1::StateMachineType;
use serde_json::{Map, Value};

use super::{Fault, Scope, kind};

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
}

/// Its queue is there as soon as somebody asks for it: there is nothing to create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Activity {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// What would be deployed, or every fault that keeps it from that. Resources of other services are AWS's to deploy.
pub(crate) fn machines(
    scope: &Scope<'_>,
    skip: &[String],
) -> Result<(Vec<Machine>, Vec<Activity>), Vec<Fault>> {
    let (mut machines, mut activities, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    for (id, resource) in &scope.template.resources {
        if skip.contains(id) {
            continue;
        }
        let place = format!("Resources.{id}");
        match kind(resource) {
            "AWS::StepFunctions::StateMachine" => match machine(scope, id, resource) {
                Ok(machine) => machines.push(machine),
                Err(fault) => faults.push(fault),
            },
            "AWS::StepFunctions::Activity" => match scope.own_name(id, "Name", &place) {
                Ok(name) => activities.push(Activity { id: id.clone(), name }),
                Err(fault) => faults.push(fault),
            },
            kind if kind.starts_with("AWS::StepFunctions::")
                || kind.starts_with("AWS::Serverless::") =>
            {
                let why = format!("an {kind} is not deployed; leave it out with --skip {id}");
                faults.push(Fault::new(&place, why));
            }
            _ => {}
        }
    }
    if faults.is_empty() { Ok((machines, activities)) } else { Err(faults) }
}

fn machine(scope: &Scope<'_>, id: &str, resource: &Value) -> Result<Machine, Fault> {
    let place = format!("Resources.{id}");
    if resource.get("Condition").is_some() {
        let why = format!("conditions are not supported; leave it out with --skip {id}");
        return Err(Fault::new(&format!("{place}.Condition"), why));
    }
    let inside = format!("{place}.Properties");
    let none = Map::new();
    let written = resource.get("Properties").and_then(Value::as_object).unwrap_or(&none);
    known(written, &inside)?;
    let text = |name: &str| property(scope, written, name, &inside);
    let definition = definition(scope, written, &inside)?;
    let configuration = |name: &str| -> Result<Option<String>, Fault> {
        Ok(text(name)?.map(|value| uncapitalised(&value).to_string()))
    };
    Ok(Machine {
        id: id.to_owned(),
        name: scope.own_name(id, "StateMachineName", &inside)?,
        definition,
        role_arn: text("RoleArn")?.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(),
        r#type: kind_of(text("StateMachineType")?.as_ref(), &inside)?,
        logging: configuration("LoggingConfiguration")?,
        tracing: configuration("TracingConfiguration")?,
        encryption: configuration("EncryptionConfiguration")?,
    })
}

/// Tags have no place here yet, and change nothing of what runs.
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

fn known(properties: &Map<String, Value>, place: &str) -> Result<(), Fault> {
    let Some(name) = properties.keys().find(|name| !KNOWN.contains(&name.as_str())) else {
        return Ok(());
    };
    let why = match name.as_str() {
        "DefinitionS3Location" => "a definition in S3 is not read; put it into the template",
        _ => "the property is not known",
    };
    Err(Fault::new(&format!("{place}.{name}"), why))
}

fn property(
    scope: &Scope<'_>,
    properties: &Map<String, Value>,
    name: &str,
    place: &str,
) -> Result<Option<Value>, Fault> {
    match properties.get(name) {
        Some(value) => scope.resolve(value, &format!("{place}.{name}")),
        None => Ok(None),
    }
}

fn definition(
    scope: &Scope<'_>,
    properties: &Map<String, Value>,
    place: &str,
) -> Result<String, Fault> {
    let string = property(scope, properties, "DefinitionString", place)?;
    let object = property(scope, properties, "Definition", place)?;
    let mut text = match (string, object) {
        (Some(Value::String(text)), None) => text,
        (None, Some(object @ Value::Object(_))) => object.to_string(),
        (None, None) => return Err(Fault::new(place, "it has no definition")),
        _ => {
            let why = "either DefinitionString (a text) or Definition (an object) is wanted";
            return Err(Fault::new(place, why));
        }
    };
    let substitutions = property(scope, properties, "DefinitionSubstitutions", place)?;
    let substitutions = substitutions.as_ref().and_then(Value::as_object);
    for (name, value) in substitutions.into_iter().flatten() {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text = text.replace(&format!("${{{name}}}"), &value);
    }
    Ok(text)
}

fn kind_of(value: Option<&Value>, place: &str) -> Result<StateMachineType, Fault> {
    match value.map(|it| it.as_str().unwrap_or_default()) {
        None | Some("STANDARD") => Ok(StateMachineType::Standard),
        Some("EXPRESS") => Ok(StateMachineType::Express),
        Some(_) => {
            Err(Fault::new(&format!("{place}.StateMachineType"), "it is STANDARD or EXPRESS"))
        }
    }
}

/// CloudFormation writes members with a capital, the API without.
pub(crate) fn uncapitalised(value: &Value) -> Value {
    let small = |name: &str| {
        let mut letters = name.chars();
        let first = letters.next().map(|it| it.to_ascii_lowercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    match value {
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (small(name), uncapitalised(value)));
            Value::Object(fields.collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(uncapitalised).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
