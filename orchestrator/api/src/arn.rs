//! ARNs: `arn:<partition>:states:<region>:<account>:<kind>:<name…>`. They are made and read here alone.
//!
//! Partition, region and account are a namespace's settings. An ARN of any other is refused, so that a client which
//! is pointed at the wrong place hears it instead of "does not exist".

use engine::{Machine, Namespace};
use execution::ExecutionId;
use store::{ExecutionRow, MachineType};
use uuid::Uuid;

const KIND_MACHINE: &str = "stateMachine";
const KIND_EXECUTION: &str = "execution";
const KIND_EXPRESS: &str = "express";
const KIND_MAP_RUN: &str = "mapRun";
const KIND_ACTIVITY: &str = "activity";
const KIND_CONNECTION: &str = "connection/";

/// Why a text is not an ARN that this request takes. The texts are AWS's where AWS has one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    #[error("Invalid ARN prefix: {0}")]
    Prefix(String),
    #[error("Resource type not valid in this context: {0}")]
    Kind(String),
    #[error("Too many parts: {0}")]
    TooLong(String),
    #[error("Incomplete ARN: {arn}; expected {expected}")]
    Incomplete { arn: String, expected: &'static str },
    #[error("{part} is '{found}', the namespace '{namespace}' has '{expected}': {arn}")]
    Foreign { part: &'static str, found: String, expected: String, namespace: String, arn: String },
}

pub fn state_machine(namespace: &Namespace, name: &str) -> String {
    make(namespace, KIND_MACHINE, name)
}

pub fn version(namespace: &Namespace, machine: &str, number: i64) -> String {
    let Namespace { partition, region, account, .. } = namespace;
    format!("arn:{partition}:states:{region}:{account}:{KIND_MACHINE}:{machine}:{number}")
}

pub fn alias(namespace: &Namespace, machine: &str, name: &str) -> String {
    let Namespace { partition, region, account, .. } = namespace;
    format!("arn:{partition}:states:{region}:{account}:{KIND_MACHINE}:{machine}:{name}")
}

pub fn execution(namespace: &Namespace, machine: &str, name: &str) -> String {
    let Namespace { partition, region, account, .. } = namespace;
    format!("arn:{partition}:states:{region}:{account}:{KIND_EXECUTION}:{machine}:{name}")
}

/// Of a state that is tested alone: AWS shows it as an Express execution's, without an id.
pub fn express(namespace: &Namespace, machine: &str, name: &str) -> String {
    let Namespace { partition, region, account, .. } = namespace;
    format!("arn:{partition}:states:{region}:{account}:{KIND_EXPRESS}:{machine}:{name}")
}

/// Of an execution that the machine starts. Express executions share names: the id tells them apart.
pub fn execution_on(machine: &Machine, name: &str, id: ExecutionId) -> String {
    match machine.express {
        None => execution(&machine.namespace, &machine.name, name),
        Some(_) => format!("{}:{id}", express(&machine.namespace, &machine.name, name)),
    }
}

pub fn execution_of(namespace: &Namespace, row: &ExecutionRow) -> String {
    match row.machine_type {
        MachineType::Standard => execution(namespace, &row.machine_name, &row.name),
        MachineType::Express => {
            format!("{}:{}", express(namespace, &row.machine_name, &row.name), row.id)
        }
    }
}

pub fn activity(namespace: &Namespace, name: &str) -> String {
    make(namespace, KIND_ACTIVITY, name)
}

/// As EventBridge names its connections: with an id that tells a connection from its successor of the same name.
pub fn connection(namespace: &Namespace, name: &str, id: uuid::Uuid) -> String {
    let Namespace { partition, region, account, .. } = namespace;
    format!("arn:{partition}:events:{region}:{account}:{KIND_CONNECTION}{name}/{id}")
}

fn make(namespace: &Namespace, kind: &str, name: &str) -> String {
    let Namespace { partition, region, account, .. } = namespace;
    format!("arn:{partition}:states:{region}:{account}:{kind}:{name}")
}

/// Whether a text that may be a name is meant as an ARN: no name holds a colon.
pub fn is_arn(text: &str) -> bool {
    text.starts_with("arn:")
}

/// The name of the state machine, with `:` and a version's number or an alias's name where one is given.
pub fn parse_state_machine<'a>(namespace: &Namespace, arn: &'a str) -> Result<&'a str, ArnError> {
    match parse(namespace, arn, KIND_MACHINE)? {
        "" => Err(ArnError::Incomplete {
            arn: arn.to_owned(),
            expected: "arn:<partition>:states:<region>:<account>:stateMachine:<name>",
        }),
        name => Ok(name),
    }
}

/// What can be tagged, by its ARN.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taggable<'a> {
    Machine(&'a str),
    Activity(&'a str),
}

pub fn parse_taggable<'a>(namespace: &Namespace, arn: &'a str) -> Result<Taggable<'a>, ArnError> {
    match parse_state_machine(namespace, arn) {
        Err(ArnError::Kind(_)) => parse_activity(namespace, arn).map(Taggable::Activity),
        found => found.map(Taggable::Machine),
    }
}

/// The name of the activity, which is the queue's.
pub fn parse_activity<'a>(namespace: &Namespace, arn: &'a str) -> Result<&'a str, ArnError> {
    let expected = "arn:<partition>:states:<region>:<account>:activity:<name>";
    parse_named(namespace, arn, KIND_ACTIVITY, expected)
}

/// The names of the state machine and of the execution.
pub fn parse_execution<'a>(
    namespace: &Namespace,
    arn: &'a str,
) -> Result<(&'a str, &'a str), ArnError> {
    let names = parse(namespace, arn, KIND_EXECUTION)?;
    match names.split_once(':') {
        Some((_, name)) if name.contains(':') => Err(ArnError::TooLong(arn.to_owned())),
        Some((machine, name)) if !machine.is_empty() && !name.is_empty() => Ok((machine, name)),
        Some(_) | None => Err(ArnError::Incomplete {
            arn: arn.to_owned(),
            expected: "arn:<partition>:states:<region>:<account>:execution:<state machine>:<name>",
        }),
    }
}

/// Whether it is meant as the ARN of an Express execution.
pub fn is_express(arn: &str) -> bool {
    arn.split(':').nth(5) == Some(KIND_EXPRESS)
}

/// The names of the state machine and of the execution, and its id.
pub fn parse_express<'a>(
    namespace: &Namespace,
    arn: &'a str,
) -> Result<(&'a str, &'a str, ExecutionId), ArnError> {
    let names: Vec<&str> = parse(namespace, arn, KIND_EXPRESS)?.split(':').collect();
    if let [machine, name, id] = names[..]
        && let Ok(id) = Uuid::try_parse(id)
        && !machine.is_empty()
        && !name.is_empty()
    {
        return Ok((machine, name, ExecutionId(id)));
    }
    Err(ArnError::Incomplete {
        arn: arn.to_owned(),
        expected: "arn:<partition>:states:<region>:<account>:express:<state machine>:<name>:<id>",
    })
}

/// The `MACHINE/LABEL` and the name of a map run's child, Standard or Express; `None`: it is no such ARN.
pub fn parse_child<'a>(namespace: &Namespace, arn: &'a str) -> Option<(&'a str, &'a str)> {
    let kind = if is_express(arn) { KIND_EXPRESS } else { KIND_EXECUTION };
    let (machine, name) = parse(namespace, arn, kind).ok()?.split_once(':')?;
    machine.contains('/').then_some((machine, name))
}

/// The `MACHINE/LABEL` and the id of a map run.
pub fn parse_map_run<'a>(
    namespace: &Namespace,
    arn: &'a str,
) -> Result<(&'a str, &'a str), ArnError> {
    let found = parse(namespace, arn, KIND_MAP_RUN)?.split_once(':');
    let found = found.filter(|(machine, id)| machine.contains('/') && !id.is_empty());
    found.ok_or_else(|| ArnError::Incomplete {
        arn: arn.to_owned(),
        expected: "arn:<partition>:states:<region>:<account>:mapRun:<state machine>/<label>:<id>",
    })
}

/// `machine` is `MACHINE/LABEL`.
pub fn map_run(namespace: &Namespace, machine: &str, id: uuid::Uuid) -> String {
    let Namespace { partition, region, account, .. } = namespace;
    format!("arn:{partition}:states:{region}:{account}:{KIND_MAP_RUN}:{machine}:{id}")
}

/// The name of a connection, given as such or in an ARN. Its region, account and id may be another's: a definition that is
/// brought along finds the connection of that name here.
pub fn parse_connection(text: &str) -> Result<&str, ArnError> {
    if !is_arn(text) {
        return Ok(text);
    }
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let [_, _, service, _, _, found] = parts[..] else {
        return Err(ArnError::Prefix(text.to_owned()));
    };
    if service != "events" {
        return Err(ArnError::Prefix(text.to_owned()));
    }
    let Some(rest) = found.strip_prefix(KIND_CONNECTION) else {
        return Err(ArnError::Kind(found.to_owned()));
    };
    match rest.split('/').next() {
        None | Some("") => Err(ArnError::Incomplete {
            arn: text.to_owned(),
            expected: "arn:<partition>:events:<region>:<account>:connection/<name>/<id>",
        }),
        Some(name) => Ok(name),
    }
}

/// The region that one of our own ARNs holds.
pub fn region_of(arn: &str) -> &str {
    arn.split(':').nth(3).unwrap_or_default()
}

fn parse_named<'a>(
    namespace: &Namespace,
    arn: &'a str,
    kind: &'static str,
    expected: &'static str,
) -> Result<&'a str, ArnError> {
    match parse(namespace, arn, kind)? {
        "" => Err(ArnError::Incomplete { arn: arn.to_owned(), expected }),
        name if name.contains(':') => Err(ArnError::TooLong(arn.to_owned())),
        name => Ok(name),
    }
}

/// What follows the kind.
fn parse<'a>(namespace: &Namespace, arn: &'a str, kind: &'static str) -> Result<&'a str, ArnError> {
    let parts: Vec<&str> = arn.splitn(7, ':').collect();
    let [scheme, partition, service, region, account, found, rest] = parts[..] else {
        return Err(ArnError::Prefix(arn.to_owned()));
    };
    if scheme != "arn" || service != "states" {
        return Err(ArnError::Prefix(arn.to_owned()));
    }
    if found != kind {
        return Err(ArnError::Kind(found.to_owned()));
    }
    let parts = [
        ("the partition", partition, &namespace.partition),
        ("the region", region, &namespace.region),
        ("the account", account, &namespace.account),
    ];
    for (part, found, expected) in parts {
        if found != expected {
            return Err(ArnError::Foreign {
                part,
                found: found.to_owned(),
                expected: expected.clone(),
                namespace: namespace.name.clone(),
                arn: arn.to_owned(),
            });
        }
    }
    Ok(rest)
}
