//! Task: work handed to a task queue.

use serde_json::Value;

use super::{Number, ResultPath};
use crate::check::{Field, Fields, SECONDS_MAX, Within};
use crate::diagnostic::Fault;
use crate::machine::{QueryLanguage, Transition};
use crate::resource::Resource;
use crate::retry::{Catcher, Retrier};
use crate::template::Template;

/// Seconds, 1 to 99,999,999; by path 0 is refused at run time.
pub type Seconds = Number<u64>;

#[derive(Debug)]
pub struct Task {
    pub resource: Resource,
    pub parameters: Option<Template>,
    pub result_selector: Option<Template>,
    pub result_path: ResultPath,
    pub timeout: Option<Seconds>,
    pub heartbeat: Option<Seconds>,
    pub credentials: Option<Value>,
    pub retry: Vec<Retrier>,
    pub catch: Vec<Catcher>,
    pub transition: Transition,
}

impl Task {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        fields.require(&["Resource"]);
        fields.variables();
        fields.expression("Arguments");
        fields.expression("Output");
        let resource = fields.get("Resource").and_then(|field| read_resource(&field));
        let timeout = fields.seconds("TimeoutSeconds", "TimeoutSecondsPath", 1..=SECONDS_MAX);
        let heartbeat = fields.seconds("HeartbeatSeconds", "HeartbeatSecondsPath", 1..=SECONDS_MAX);
        check_heartbeat(fields, heartbeat.as_ref(), timeout.as_ref());
        let transition = Transition::read(fields, within);
        Some(Self {
            parameters: fields.template("Parameters"),
            result_selector: fields.template("ResultSelector"),
            result_path: ResultPath::read(fields),
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
    let resource = Resource::parse(field.text()?);
    resource.map_err(|error| field.report(Fault::NotAResource { reason: error.to_string() })).ok()
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

fn read_credentials(field: &Field<'_>) -> Option<Value> {
    let fields = field.object()?;
    let names = match field.language {
        QueryLanguage::JsonPath => &["RoleArn", "RoleArn.$"][..],
        QueryLanguage::Jsonata => &["RoleArn"][..],
    };
    if !names.iter().any(|name| fields.has(name)) {
        field.report(Fault::NoRoleArn);
    }
    match field.language {
        QueryLanguage::JsonPath => {
            field.template();
        }
        QueryLanguage::Jsonata => field.check_expressions(),
    }
    Some(field.node.to_value())
}
