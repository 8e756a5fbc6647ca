//! What surrounds the state: a machine that holds it, and an execution that has just entered it.

use std::collections::BTreeMap;
use std::sync::Arc;

use asl::context::ExecutionContext;
use asl::{Payload, StateId, StateMachine, Variables, timestamp};
use serde_json::{Map, Value, json};

use super::{Refused, Request};
use crate::branch::{Branch, Doing, Phase, Visit};
use crate::event::{Settings, StateType};
use crate::execution::{Execution, Facts};
use crate::id::{BranchId, ExecutionId, Home, PublicId};

/// What AWS calls the state, whatever its definition does.
const NAME: &str = "StateName";

/// The machine, and the state in it that is to be tested.
pub(super) fn machine(request: &Request) -> Result<(StateMachine, StateId), Refused> {
    let (text, name) = match &request.state_name {
        Some(name) => (request.definition.clone(), name.as_str()),
        None => (around(&request.definition), NAME),
    };
    let machine = StateMachine::parse(&text).map_err(Refused::Definition)?;
    match machine.state_named(name) {
        Some(state) => Ok((machine, state)),
        None => Err(Refused::Validation(format!("the definition has no state '{name}'"))),
    }
}

/// A machine of that state alone; where it leads to, there is a state that ends.
fn around(definition: &str) -> String {
    // What is no JSON object is told of as it is.
    let Ok(Value::Object(state)) = serde_json::from_str(definition) else {
        return definition.to_owned();
    };
    let mut states = Map::new();
    for target in targets(&state) {
        states.insert(target, json!({ "Type": "Succeed" }));
    }
    states.insert(NAME.to_owned(), Value::Object(state));
    json!({ "StartAt": NAME, "States": states }).to_string()
}

fn targets(state: &Map<String, Value>) -> Vec<String> {
    let listed = ["Choices", "Catch"].into_iter().filter_map(|field| state.get(field)?.as_array());
    let holders = listed.flatten().filter_map(Value::as_object).chain([state]);
    let named = holders.flat_map(|holder| [holder.get("Next"), holder.get("Default")]);
    let texts = named.flatten().filter_map(Value::as_str).map(str::to_owned);
    texts.filter(|name| name != NAME).collect()
}

pub(super) fn execution(request: &Request, state: &asl::State) -> Execution {
    let state_type = StateType::of(&state.kind);
    let mut execution = Execution::begin(ExecutionId::new(request.now, Home(1), 0));
    let identity = &request.identity;
    let context = ExecutionContext {
        id: identity.execution_arn.clone(),
        input: request.input.clone(),
        name: identity.name.clone(),
        role_arn: identity.role_arn.clone().unwrap_or_default(),
        started_at: request.now,
        redrive_count: 0,
        redriven_at: None,
        machine_id: identity.machine_arn.clone(),
        machine_name: identity.machine_name.clone(),
    };
    execution.facts = Some(Box::new(Facts {
        context: Arc::new(context),
        given_context: Some(context_object(request, state_type)),
        region: "".into(),
        deadline: None,
        time_limit: None,
        start_at: Arc::clone(&state.name),
        settings: Settings::default(),
        parent: None,
    }));
    let mut branch = Branch::new(None, PublicId(0), Arc::clone(&state.name), request.input.clone());
    branch.variables = variables(request);
    branch.phase = Phase::In(Box::new(visit(request, state, state_type)));
    execution.branches = BTreeMap::from([(BranchId(0), branch)]);
    execution.branches_made = 1;
    execution
}

fn visit(request: &Request, state: &asl::State, state_type: StateType) -> Visit {
    let used = request.configuration.retrier_retry_count;
    let retriers = match &state.kind {
        asl::StateKind::Task(task) => task.retry.len(),
        asl::StateKind::Parallel(parallel) => parallel.retry.len(),
        asl::StateKind::Map(map) => map.retry.len(),
        asl::StateKind::Choice(_)
        | asl::StateKind::Wait(_)
        | asl::StateKind::Pass(_)
        | asl::StateKind::Succeed(_)
        | asl::StateKind::Fail(_) => 0,
    };
    let numbers = 0..u32::try_from(retriers).expect("fewer retriers than bytes in a definition");
    Visit {
        state: Arc::clone(&state.name),
        state_type,
        entered_at: request.now,
        entered_id: PublicId(0),
        entered_after: PublicId(0),
        begun_at: request.now,
        input: request.input.clone(),
        retries: numbers.filter(|_| used > 0).map(|number| (number, used)).collect(),
        token: None,
        doing: Doing::Run,
    }
}

/// The one that was given, or one as AWS makes it for a test: without a count of redrives.
fn context_object(request: &Request, state_type: StateType) -> Value {
    if let Some(given) = &request.context {
        return given.clone();
    }
    let identity = &request.identity;
    let now = timestamp::format(request.now);
    let mut context = json!({
        "Execution": {
            "Id": identity.execution_arn,
            "Input": request.input.value(),
            "StartTime": now,
            "Name": identity.name,
            "RoleArn": identity.role_arn,
        },
        "StateMachine": { "Id": identity.machine_arn, "Name": identity.machine_name },
        "State": { "Name": NAME, "EnteredTime": now },
    });
    if let StateType::Task | StateType::Parallel | StateType::Map = state_type {
        context["State"]["RetryCount"] = request.configuration.retrier_retry_count.into();
    }
    context
}

fn variables(request: &Request) -> Variables {
    let mut variables = Variables::none();
    for (name, value) in request.variables.iter().flatten() {
        let value = Payload::from_value(value.clone());
        variables.assign(asl::Assignment { name: name.as_str().into(), value });
    }
    variables
}
