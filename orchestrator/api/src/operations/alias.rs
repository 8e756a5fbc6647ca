//! An alias on the wire: the checks of its name and routes, each with AWS's text, and its shape.

use engine::{Namespace, Qualifier};
use everstep_proto::v1;
use store::{AliasAnswer, Route};

use super::Operations;
use super::lookup::{machine_deleting, qualified};
use crate::errors::{Reason, Refusal};
use crate::limits::{ALIAS_ROUTES_MAX, DESCRIPTION_LENGTH_MAX};
use crate::timestamps::timestamp;
use crate::{arn, check};

const FIELD: &str = "routing_configuration";
const NAME_LENGTH_MAX: usize = 80;
/// A name of digits alone would be a version's number.
const NAME_PATTERN: &str = r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$";

/// Routes that were checked, and the machine whose versions they name.
#[derive(Debug)]
pub(super) struct Routing<'a> {
    pub(super) machine: &'a str,
    pub(super) routes: Vec<Route>,
}

pub(super) fn check_name(name: &str) -> Result<(), Refusal> {
    let refused = |must: &str| Err(check::constraint("name", Some(name), must));
    if name.is_empty() {
        return refused("have length greater than or equal to 1");
    }
    if name.chars().count() > NAME_LENGTH_MAX {
        return refused(&format!("have length less than or equal to {NAME_LENGTH_MAX}"));
    }
    let mark = |byte: u8| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b'.');
    let allowed = name.bytes().all(|byte| mark(byte) || byte.is_ascii_digit());
    if allowed && name.bytes().any(mark) {
        return Ok(());
    }
    refused(&format!("satisfy regular expression pattern: {NAME_PATTERN}"))
}

pub(super) fn check_description(description: &str) -> Result<(), Refusal> {
    check::length("description", description, DESCRIPTION_LENGTH_MAX)
}

pub(super) fn routing<'a>(
    namespace: &Namespace,
    given: &'a [v1::AliasRoute],
) -> Result<Routing<'a>, Refusal> {
    count(given)?;
    let received = || {
        let arns: Vec<&str> =
            given.iter().map(|route| route.state_machine_version.as_str()).collect();
        format!("Received: [{}]", arns.join(", "))
    };
    let refused = |why: &str| {
        let message = format!("Routing configuration must contain {why}. {}", received());
        Refusal::new(Reason::ValidationException, message).at(FIELD)
    };
    let (mut machine, mut routes): (Option<&str>, Vec<Route>) = (None, Vec::new());
    for (place, route) in (1..).zip(given) {
        let named = qualified(namespace, FIELD, &route.state_machine_version)?;
        let (name, Qualifier::Version(version)) = named else {
            return Err(refused("state machine version ARNs"));
        };
        if machine.is_some_and(|machine| machine != name) {
            return Err(refused("versions of one state machine"));
        }
        if routes.iter().any(|route| route.version == version) {
            return Err(refused("distinct state machine version ARNs"));
        }
        machine = Some(name);
        routes.push(Route { version, weight: weight(place, route.weight)? });
    }
    let weights: Vec<i16> = routes.iter().map(|route| route.weight).collect();
    if weights.iter().sum::<i16>() != 100 {
        let message =
            format!("Sum of routing configuration weights must equal 100. Received: {weights:?}");
        return Err(Refusal::new(Reason::ValidationException, message).at(FIELD));
    }
    Ok(Routing { machine: machine.unwrap_or_default(), routes })
}

fn count(given: &[v1::AliasRoute]) -> Result<(), Refusal> {
    if given.is_empty() {
        return Err(check::constraint(FIELD, Some("[]"), "have length greater than or equal to 1"));
    }
    if given.len() <= ALIAS_ROUTES_MAX {
        return Ok(());
    }
    let shown = given.iter().map(|route| {
        let v1::AliasRoute { state_machine_version: version, weight } = route;
        format!("RoutingConfigurationListItem(stateMachineVersionArn={version}, weight={weight})")
    });
    let shown = format!("[{}]", shown.collect::<Vec<_>>().join(", "));
    let must = format!("have length less than or equal to {ALIAS_ROUTES_MAX}");
    Err(check::constraint(FIELD, Some(&shown), &must))
}

fn weight(place: usize, weight: u32) -> Result<i16, Refusal> {
    let field = format!("{FIELD}.{place}.member.weight");
    check::at_most(&field, u64::from(weight), 100)?;
    Ok(i16::try_from(weight).expect("it is 100 at most"))
}

/// AWS tells no more of what is missing: the alias, a version or the machine.
pub(super) fn not_found() -> Refusal {
    let message = "Request references a resource that does not exist.";
    Refusal::new(Reason::ResourceNotFound, message)
}

impl Operations {
    /// An alias by its ARN or as `machine:alias`: its machine and its own name.
    pub(super) async fn alias_machine(
        &self,
        namespace: &Namespace,
        text: &str,
    ) -> Result<(store::Machine, String), Refusal> {
        const FIELD: &str = "state_machine_alias";
        let (name, Qualifier::Alias(alias)) = qualified(namespace, FIELD, text)? else {
            let message = format!("Invalid Arn: 'Not the ARN of a state machine alias: {text}'");
            return Err(Refusal::new(Reason::InvalidArn, message).at(FIELD));
        };
        let machine = self.engine.store().machine_by_name(namespace.id, name).await?;
        Ok((machine.ok_or_else(not_found)?, alias))
    }
}

pub(super) fn answered<T>(
    namespace: &Namespace,
    machine: &str,
    answer: AliasAnswer<T>,
) -> Result<T, Refusal> {
    match answer {
        AliasAnswer::Done(done) => Ok(done),
        AliasAnswer::MachineGone => Err(machine_deleting(&arn::state_machine(namespace, machine))),
        AliasAnswer::Unknown | AliasAnswer::VersionUnknown(_) => Err(not_found()),
    }
}

pub(super) fn shown(
    namespace: &Namespace,
    machine: &str,
    alias: store::Alias,
) -> v1::StateMachineAlias {
    let route = |route: Route| v1::AliasRoute {
        state_machine_version: arn::version(namespace, machine, route.version),
        weight: u32::from(route.weight.unsigned_abs()),
    };
    v1::StateMachineAlias {
        state_machine_alias_arn: arn::alias(namespace, machine, &alias.name),
        name: alias.name,
        description: alias.description,
        routing_configuration: alias.routes.into_iter().map(route).collect(),
        created_at: Some(timestamp(alias.created_at)),
        updated_at: Some(timestamp(alias.updated_at)),
    }
}
