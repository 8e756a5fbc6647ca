//! Calls that wait, answered as they were recorded: by a worker and then by the task token, or by a child execution. Not counted: to AWS
//! these are other services. The answers come out of the recorded events, as those of functions do.

use std::collections::VecDeque;

use asl::{Payload, StateMachine};
use chrono::{DateTime, Utc};
use execution::event::{Failure, StartedChild};
use execution::id::Home;
use execution::message::{EndedChild, Message};
use execution::simulated::Simulated;
use execution::wait::{OpenTask, Served};
use execution::{ExecutionId, Status, Trigger};
use serde_json::Value;

use super::case::{Case, Kind};
use super::run::{compare_run, start};
use crate::Recorded;

/// Recorded with a role of another account, which Everstep does not have.
const OTHERS: &str = "credentials";
/// What stands in recordings for the queue, the token and the child of the day.
const MASKS: [&str; 3] = ["sqs_queue_url", "<<task_token>:1>", "execution-arn"];

#[test]
fn calls_answered_as_recorded_lead_where_they_led_on_aws() {
    let recorded = Recorded::beside();
    if !recorded.is_there() {
        return;
    }
    let (mut ran, mut faults) = (0, Vec::new());
    for line in recorded.lines("asl/cases.jsonl").unwrap() {
        let case: Case = serde_json::from_value(line).unwrap();
        let waits = [".waitForTaskToken", "states:::states:startExecution"];
        let is_call = waits.iter().any(|call| case.definition.contains(call));
        if case.kind == Kind::Execution && is_call && case.area != OTHERS {
            let found = differences(&case).into_iter().filter(|found| !is_mask(found));
            faults.extend(found.map(|found| format!("{}: {found}", case.id)));
            ran += 1;
        }
    }
    assert!(ran > 10, "the recording holds such cases: {ran}");
    assert!(faults.is_empty(), "{} faults in {ran} cases:\n{}", faults.len(), faults.join("\n"));
}

fn is_mask(difference: &str) -> bool {
    MASKS.iter().any(|mask| difference.contains(&format!("expected \"{mask}\"")))
}

fn differences(case: &Case) -> Vec<String> {
    let at: DateTime<Utc> = "2026-11-23T06:17:25.012Z".parse().unwrap();
    let machine = StateMachine::parse(&case.definition).expect("AWS took it");
    let input = Payload::parse(case.input.as_deref().unwrap_or("{}")).unwrap();
    let mut simulated = Simulated::new(machine, at);
    simulated.start(start(case, input.clone())).unwrap();
    let mut answers: VecDeque<&Value> = case.expected.history.iter().flatten().collect();
    answers.retain(|event| {
        ["TaskSubmitted", "TaskSucceeded", "TaskFailed", "TaskTimedOut"]
            .contains(&event["type"].as_str().unwrap_or_default())
    });
    while simulated.is_running() {
        let open = simulated.open_tasks();
        let Some((_, task)) = open.first() else { break };
        let Some(event) = answers.pop_front() else { break };
        serve(&mut simulated, task, event, input.value());
    }
    compare_run(case, &simulated).differences
}

fn serve(simulated: &mut Simulated, task: &OpenTask, event: &Value, input: &Value) {
    let kind = event["type"].as_str().unwrap();
    if let Served::ByWorker { .. } = task.served {
        simulated.take(task.wait, None);
    }
    if kind == "TaskTimedOut" {
        assert!(simulated.fire_next());
        return;
    }
    let name = format!("{}{}EventDetails", kind[..1].to_lowercase(), &kind[1..]);
    let details = &event[&name];
    let trigger = match &task.served {
        Served::ByStart { id, .. } if kind != "TaskFailed" => {
            Trigger::ChildStarted { wait: task.wait, child: Box::new(begun(*id, input, simulated)) }
        }
        Served::ByChild(child) => match ended(child, details) {
            Some(child) => Trigger::Message(Box::new(Message::ChildEnded {
                wait: task.wait,
                number: None,
                child: Box::new(child),
            })),
            // The token was in the child's input, and was used.
            None => answer(task, details),
        },
        Served::ByWorker { .. } | Served::ByCallback | Served::ByStart { .. } => {
            answer(task, details)
        }
    };
    simulated.send(trigger).unwrap();
}

fn answer(task: &OpenTask, details: &Value) -> Trigger {
    let wait = task.wait;
    if let Some(error) = details["error"].as_str() {
        let cause = details["cause"].as_str().unwrap_or_default();
        return Trigger::TaskFailed { wait, failure: Failure::new(error, cause) };
    }
    Trigger::TaskSucceeded { wait, output: document(&details["output"]) }
}

/// Scalars were recorded as their text.
fn document(recorded: &Value) -> Payload {
    let text = recorded.as_str().and_then(|text| Payload::parse(text).ok());
    text.unwrap_or_else(|| Payload::from_value(recorded.clone()))
}

/// With an ARN as long as the recorded one: its answer says how long it is.
fn begun(id: ExecutionId, input: &Value, simulated: &Simulated) -> StartedChild {
    let of = |field: &str| input[field].as_str().unwrap_or_default();
    let machine = of("StateMachineArn").rsplit(':').next().unwrap_or_default();
    let arn = format!("arn:aws:states:us-east-1:111111111111:execution:{machine}:{}", of("Name"));
    assert_eq!(id.home(), Home(1));
    StartedChild { id, arn: arn.into(), started_at: simulated.now }
}

/// `None`: what was recorded is no description of a child.
fn ended(child: &StartedChild, details: &Value) -> Option<EndedChild> {
    let described = if details["error"].is_null() { &details["output"] } else { &details["cause"] };
    let text = |field: &str| described[field].as_str().map(str::to_owned);
    let status = match text("Status")?.as_str() {
        "SUCCEEDED" => Status::Succeeded,
        _ => Status::Failed,
    };
    Some(EndedChild {
        id: child.id,
        arn: child.arn.to_string(),
        machine_arn: text("StateMachineArn")?,
        name: text("Name")?,
        status,
        started_at: child.started_at,
        ended_at: child.started_at,
        input: document(&described["Input"]),
        output: described.get("Output").map(document),
        failure: Failure { error: text("Error"), cause: text("Cause") },
        redrives: 0,
    })
}
