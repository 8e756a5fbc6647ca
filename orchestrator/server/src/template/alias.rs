//! The aliases of a template, and which versions they start.

use serde_json::Value;

use super::properties::Properties;
use super::resolve::{attribute_named, deeper};
use super::{Fault, Scope, kind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alias {
    /// The resource's name in the template.
    pub(crate) id: String,
    /// The machine's name.
    pub(crate) machine: String,
    pub(crate) name: String,
    pub(crate) description: String,
    /// Versions, and how many starts of a hundred each takes.
    pub(crate) routes: Vec<(Target, u32)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// The version of that name in the template.
    Own(String),
    Arn(String),
}

const KNOWN: [&str; 4] = ["DeploymentPreference", "Description", "Name", "RoutingConfiguration"];
const PREFERENCE: &str = "DeploymentPreference";
const ROUTES: &str = "RoutingConfiguration";
const VERSION: &str = "StateMachineVersionArn";

impl Alias {
    pub(super) fn of(scope: &Scope<'_>, id: &str, resource: &Value) -> Result<Self, Fault> {
        let properties = Properties::of(scope, id, resource, &KNOWN)?;
        let routes = routes(scope, &properties)?;
        let [(first, _), ..] = &routes[..] else {
            return Err(Fault::new(&properties.place, "it has no version to start"));
        };
        Ok(Self {
            id: id.to_owned(),
            machine: machine_of(scope, first, &properties.place)?,
            name: scope.own_name(id, "Name", &properties.place)?,
            description: properties.text("Description")?.unwrap_or_default(),
            routes,
        })
    }

    /// Those of the template.
    pub(super) fn own_versions(&self) -> impl Iterator<Item = &str> {
        self.routes.iter().filter_map(|(target, _)| match target {
            Target::Own(id) => Some(id.as_str()),
            Target::Arn(_) => None,
        })
    }
}

/// Of an alias that is referred to: its ARN is known before it is there.
pub(super) fn arn(scope: &Scope<'_>, id: &str, place: &str) -> Result<String, Fault> {
    let resource = scope.template.resource(id).unwrap_or(&Value::Null);
    let mut properties = Properties::of(scope, id, resource, &KNOWN)?;
    place.clone_into(&mut properties.place);
    let routes = routes(scope, &properties)?;
    let [(first, _), ..] = &routes[..] else {
        return Err(Fault::new(place, "it has no version to start"));
    };
    let machine = machine_of(scope, first, place)?;
    Ok(format!("{}:{}", scope.machine_arn(&machine), scope.own_name(id, "Name", place)?))
}

fn routes(scope: &Scope<'_>, properties: &Properties<'_>) -> Result<Vec<(Target, u32)>, Fault> {
    if let Some(preference) = properties.written(PREFERENCE) {
        if preference["Type"].as_str().is_some_and(|it| it != "ALL_AT_ONCE") {
            let why =
                "a gradual deployment is CloudFormation's to carry out; give RoutingConfiguration";
            return Err(properties.fault(PREFERENCE, why));
        }
        let place = format!("{}.{PREFERENCE}", properties.place);
        return Ok(vec![(target(scope, preference, &place)?, 100)]);
    }
    let wrong = || properties.fault(ROUTES, "a list of {StateMachineVersionArn, Weight} is wanted");
    let written = properties.written(ROUTES).and_then(Value::as_array).ok_or_else(wrong)?;
    let mut routes = Vec::new();
    for (index, route) in written.iter().enumerate() {
        let place = format!("{}.{ROUTES}[{index}]", properties.place);
        let weight = scope.resolve(&route["Weight"], &format!("{place}.Weight"))?;
        // Parameters come to texts.
        let weight = match &weight {
            Some(Value::String(text)) => text.parse().ok(),
            weight => weight.as_ref().and_then(Value::as_u64).and_then(|it| it.try_into().ok()),
        };
        let weight = weight.ok_or_else(|| {
            Fault::new(&format!("{place}.Weight"), "a number from 0 to 100 is wanted")
        })?;
        routes.push((target(scope, route, &place)?, weight));
    }
    Ok(routes)
}

fn target(scope: &Scope<'_>, route: &Value, place: &str) -> Result<Target, Fault> {
    let written = &route[VERSION];
    let referred = written["Ref"].as_str();
    let referred = referred.or_else(|| match attribute_named(written) {
        Some((id, "Arn")) => Some(id),
        _ => None,
    });
    let is_version = |id: &&str| {
        let known = scope.given.resources.contains_key(*id);
        let resource = scope.template.resource(id).filter(|_| !known);
        resource.is_some_and(|it| kind(it) == "AWS::StepFunctions::StateMachineVersion")
    };
    if let Some(id) = referred.filter(is_version) {
        return Ok(Target::Own(id.to_owned()));
    }
    let place = format!("{place}.{VERSION}");
    match scope.resolve(written, &place)? {
        Some(Value::String(arn)) => Ok(Target::Arn(arn)),
        _ => Err(Fault::new(&place, "it must come to a text")),
    }
}

fn machine_of(scope: &Scope<'_>, target: &Target, place: &str) -> Result<String, Fault> {
    let (arn, machine) = match target {
        Target::Own(id) => {
            let resource = scope.template.resource(id).unwrap_or(&Value::Null);
            let arn = &resource["Properties"]["StateMachineArn"];
            let inside = format!("{}.StateMachineArn", deeper(place, id)?);
            let arn = scope.resolve(arn, &inside)?.unwrap_or_default();
            let arn = arn.as_str().unwrap_or_default().to_owned();
            (arn.clone(), scope.machine_named(&arn).map(str::to_owned))
        }
        Target::Arn(arn) => {
            let machine = arn.rsplit_once(':').and_then(|(it, _)| scope.machine_named(it));
            (arn.clone(), machine.map(str::to_owned))
        }
    };
    machine.ok_or_else(|| Fault::new(place, format!("`{arn}` is of no state machine of here")))
}
