//! The machine as it is run without a server: calls whose answers the orchestrator would shape itself are made calls like
//! any other, so that a result is the task's as it is.

use asl::{Diagnostic, StateMachine};
use serde_json::{Map, Value};

/// What a resource has of the call, and of the one in its place.
type StandIn = (&'static str, &'static str);

const START: StandIn = (":states:::states:startExecution", ":states:::aws-sdk:sfn:startExecution");
const INVOKE: StandIn = (":states:::lambda:invoke", ":states:::aws-sdk:lambda:invoke");
const CALLBACK: &str = ".waitForTaskToken";

/// For mocks: a function's is what the function answers. Faults are those of the definition as it stands.
pub(crate) fn machine(definition: &str) -> Result<StateMachine, Vec<Diagnostic>> {
    with(definition, &[START])
}

/// For what a history has: a function's answer stands in its envelope there.
pub(crate) fn recorded_machine(definition: &str) -> Result<StateMachine, Vec<Diagnostic>> {
    with(definition, &[START, INVOKE])
}

fn with(definition: &str, stand_ins: &[StandIn]) -> Result<StateMachine, Vec<Diagnostic>> {
    let machine = StateMachine::parse(definition)?;
    if !stand_ins.iter().any(|(call, _)| definition.contains(call)) {
        return Ok(machine);
    }
    let mut document: Value = serde_json::from_str(definition).expect("it has been parsed");
    let mut todo = vec![&mut document];
    while let Some(machine) = todo.pop() {
        let states = machine.get_mut("States").and_then(Value::as_object_mut);
        for state in states.into_iter().flat_map(Map::values_mut) {
            replace(state, stand_ins);
            todo.extend(machines_of(state));
        }
    }
    StateMachine::parse(&document.to_string())
}

fn machines_of(state: &mut Value) -> impl Iterator<Item = &mut Value> {
    let fields = state.as_object_mut().into_iter().flatten();
    fields.flat_map(|(field, value)| match (field.as_str(), value) {
        ("Branches", Value::Array(branches)) => branches.iter_mut().collect::<Vec<_>>(),
        ("ItemProcessor" | "Iterator", machine) => vec![machine],
        _ => Vec::new(),
    })
}

fn replace(state: &mut Value, stand_ins: &[StandIn]) {
    let resource = state["Resource"].as_str().unwrap_or_default();
    let split = |(call, stand_in): &StandIn| {
        let (before, after) = resource.split_once(call)?;
        Some((format!("{before}{stand_in}"), after == CALLBACK))
    };
    let Some((mut replaced, callback)) = stand_ins.iter().find_map(split) else { return };
    // A child may be given the token of the task that waits for it.
    if callback || state.to_string().contains("$$.Task.Token") {
        replaced.push_str(CALLBACK);
    }
    state["Resource"] = replaced.into();
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::offline::{TestFile, run};

    /// Of every machine within a machine.
    #[test]
    fn children_and_callbacks_come_to_what_their_mocks_say() {
        let task = |resource: &str, parameters: Value| {
            json!({"Type": "Task", "End": true, "Parameters": parameters,
                "Resource": format!("arn:aws:states:::{resource}")})
        };
        let within = |name: &str, task: Value| json!({"StartAt": name, "States": {name: task}});
        let child = task("states:startExecution.sync:2", json!({"StateMachineArn": "arn"}));
        let token = json!({"QueueUrl": "q", "MessageBody.$": "$$.Task.Token"});
        let asked = task("sqs:sendMessage.waitForTaskToken", token);
        let token = json!({"StateMachineArn": "arn", "Input": {"token.$": "$$.Task.Token"}});
        let told = task("states:startExecution.sync", token);
        let invoked = task("lambda:invoke", json!({"FunctionName": "f"}));
        let processor = within("Told", told);
        let map = json!({"Type": "Map", "End": true, "ItemProcessor": processor});
        let definition = json!({"StartAt": "All", "States": {"All": {"Type": "Parallel", "End": true,
            "Branches": [within("Child", child), within("Asked", asked), within("Each", map), within("Invoked", invoked)]
        }}});
        let outcome = |asked: Value| {
            let file = json!({"definition": "", "cases": [{"name": "all", "input": [1], "expect": {},
                "mocks": {
                    "Child": {"result": {"Output": {"paid": 1.10}}}, "Told": {"result": "by the token"},
                    "Asked": asked, "Invoked": {"result": 7}
                }
            }]});
            let file = TestFile::parse(Path::new("t.json"), &file.to_string()).unwrap();
            run(&Arc::new(machine(&definition.to_string()).unwrap()), &file, &file.cases[0])
        };
        let output = outcome(json!({"result": "yes"})).output.unwrap();
        assert_eq!(output[0], json!({"Output": {"paid": 1.10}}));
        assert_eq!((&output[1], &output[2]), (&json!("yes"), &json!(["by the token"])));
        // A function's mock is what the function answers.
        assert_eq!(output[3]["Payload"], 7);
        let failed = outcome(json!({"error": "No", "cause": "never"}));
        assert_eq!((failed.status, failed.failure.error.as_deref()), ("FAILED", Some("No")));
    }
}
