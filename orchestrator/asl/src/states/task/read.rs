//! A Task as a definition writes it.

use super::{Seconds, Task};
use crate::check::{Field, Fields, SECONDS_MAX, Sees, Within};
use crate::diagnostic::Fault;
use crate::machine::{MachineType, QueryLanguage, Transition};
use crate::resource::{Pattern, Resource, ResourceKind};
use crate::retry::{Catcher, Retrier};
use crate::states::{Number, Output};
use crate::template::Template;

impl Task {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        fields.require(&["Resource"]);
        let resource = fields.get("Resource").and_then(|field| read_resource(&field));
        let timeout = fields.seconds("TimeoutSeconds", "TimeoutSecondsPath", 1..=SECONDS_MAX);
        let heartbeat = fields.seconds("HeartbeatSeconds", "HeartbeatSecondsPath", 1..=SECONDS_MAX);
        check_heartbeat(fields, heartbeat.as_ref(), timeout.as_ref());
        let transition = Transition::read(fields, within);
        if let Some(resource) = &resource {
            check_parameters(fields, resource);
        }
        Some(Self {
            arguments: fields.arguments(),
            output: Output::read(fields, Sees::Result),
            timeout,
            heartbeat,
            credentials: fields.get("Credentials").and_then(|field| read_credentials(&field)),
            retry: Retrier::read_all(fields),
            catch: Catcher::read_all(fields, within),
            resource: resource?,
            transition: transition?,
        })
    }
}

fn read_resource(field: &Field<'_>) -> Option<Resource> {
    let resource = Resource::parse(field.text()?)
        .map_err(|error| field.report(Fault::NotAResource { reason: error.to_string() }))
        .ok()?;
    if field.check.machine_type == MachineType::Express
        && let Some(what) = not_in_express(&resource)
    {
        field.report(Fault::NotInExpress { what });
    }
    Some(resource)
}

/// What a machine that leaves no history can't wait for, as AWS names it. A queue that is named plainly is served.
fn not_in_express(resource: &Resource) -> Option<&'static str> {
    match &resource.kind {
        ResourceKind::Activity { .. } => {
            resource.text.starts_with("arn:").then_some("Activity ARN")
        }
        ResourceKind::Lambda { .. } => None,
        ResourceKind::Service { pattern, .. } => match pattern {
            Pattern::RequestResponse => None,
            Pattern::Sync | Pattern::Sync2 => Some("'.sync' service integration"),
            // Recorded: AWS's text ends in a blank.
            Pattern::WaitForTaskToken => Some("'.waitForTaskToken' service integration "),
        },
    }
}

/// What a service's call cannot do without, for the calls that Everstep serves itself or maps to a queue by it.
fn required_parameter(resource: &Resource) -> Option<&'static str> {
    let ResourceKind::Service { service, action, .. } = &resource.kind else { return None };
    match (&**service, &**action) {
        ("lambda", "invoke") => Some("FunctionName"),
        ("states", "startExecution") => Some("StateMachineArn"),
        _ => None,
    }
}

fn check_parameters(fields: &mut Fields<'_>, resource: &Resource) {
    let Some(required) = required_parameter(resource) else { return };
    let holder = match fields.language {
        QueryLanguage::JsonPath => "Parameters",
        QueryLanguage::Jsonata => "Arguments",
    };
    if !fields.has(holder) {
        return fields.report(Fault::MissingParameter { field: required });
    }
    // What is no object is computed as a whole, or refused by the template's reader.
    if let Some(field) = fields.get(holder)
        && let Some(members) = field.node.object()
        && !members.iter().any(|member| is_parameter(&member.name, required))
    {
        field.report(Fault::MissingParameter { field: required });
    }
}

/// The field, written down or computed.
fn is_parameter(name: &str, required: &str) -> bool {
    name.strip_suffix(".$").unwrap_or(name) == required
}

fn check_heartbeat(
    fields: &mut Fields<'_>,
    heartbeat: Option<&Seconds>,
    timeout: Option<&Seconds>,
) {
    if let (Some(Number::Literal(heartbeat)), Some(Number::Literal(timeout))) = (heartbeat, timeout)
        && heartbeat >= timeout
        && let Some(field) = fields.get("HeartbeatSeconds")
    {
        field.report(Fault::HeartbeatTooLong);
    }
}

fn read_credentials(field: &Field<'_>) -> Option<Template> {
    let has_role = field.object()?.names().any(|name| is_parameter(name, "RoleArn"));
    if !has_role {
        field.report(Fault::MissingParameter { field: "RoleArn" });
    }
    field.template()
}
