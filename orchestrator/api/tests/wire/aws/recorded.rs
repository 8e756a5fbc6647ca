//! What AWS recorded, asked over the wire: no case may differ from its recording where the pure floors agree with it.

use std::time::Duration;

use conformance::Recorded;
use conformance::cases::case::{Case, Kind};
use conformance::cases::compare::{difference, without_metadata};
use conformance::cases::run::compare_ended;
use conformance::cases::{Marks, corpus_of, judge, read};
use futures_util::StreamExt as _;
use futures_util::stream;
use serde_json::{Map, Value, json};

use super::client::{Aws, Refused, text};
use crate::world::World;

/// Cases side by side: most wait for commits, some for their own timers.
const SIDE_BY_SIDE: usize = 48;
/// Far longer than any recorded wait that is run here.
const ENDS_WITHIN: Duration = Duration::from_mins(1);

/// Cases that a clock and a plain start cannot play: a time counted from the day of the recording, and a start by an alias.
const OTHERWISE: [&str; 2] =
    ["test_timestamp_too_far_in_future_boundary", "describe_execution_response_through_alias"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_recorded_case_is_answered_as_in_the_pure_floors() {
    let recorded = Recorded::beside();
    if !recorded.is_there() {
        assert!(std::env::var_os("CI").is_none(), "the recordings are missing");
        return;
    }
    let world = World::new().await;
    let aws = world.aws();
    let cases = read(&recorded).expect("the recordings can be read");
    let runs = |case: &Case| {
        corpus_of(case) == Ok("cases") && !OTHERWISE.iter().any(|it| case.id.contains(it))
    };
    let cases: Vec<(usize, Case)> = cases.into_iter().filter(runs).enumerate().collect();
    let ran = cases.len();
    let faults: Vec<String> = stream::iter(cases)
        .map(|(number, case)| {
            let aws = aws.clone();
            async move { worse(&case, &answered(&aws, number, &case).await) }
        })
        .buffer_unordered(SIDE_BY_SIDE)
        .filter_map(async |fault| fault)
        .collect()
        .await;
    assert!(ran > 600, "the recordings hold more: {ran}");
    assert!(faults.is_empty(), "{} of {ran} cases:\n{}", faults.len(), faults.join("\n"));
}

/// Where the wire misses a mark that the pure floors have.
fn worse(case: &Case, wire: &Marks) -> Option<String> {
    let pure = judge(case);
    let lost = |pure: Option<bool>, wire: Option<bool>| pure == Some(true) && wire == Some(false);
    let worse = lost(pure.status, wire.status)
        || lost(pure.outcome, wire.outcome)
        || lost(pure.history, wire.history);
    worse.then(|| format!("{} {:?}", case.id, wire.differences))
}

async fn answered(aws: &Aws, number: usize, case: &Case) -> Marks {
    match case.kind {
        Kind::Execution | Kind::Describe => executed(aws, number, case).await,
        Kind::Sync => {
            let machine = aws.ok("CreateStateMachine", creation(number, case)).await;
            let machine = text(&machine, "stateMachineArn");
            let request = json!({ "stateMachineArn": machine, "input": case.input });
            compared(case, aws.call("StartSyncExecution", request).await, "status")
        }
        Kind::CreateError => created(aws, number, case).await,
        Kind::Validate => {
            let request = request(case, json!({ "definition": case.definition }));
            compared(case, aws.call("ValidateStateMachineDefinition", request).await, "result")
        }
        Kind::TestState => {
            let mut request = request(case, json!({ "definition": case.definition }));
            if let Some(input) = &case.input {
                request["input"] = input.as_str().into();
            }
            let mark = if is_refused(case) { "Error" } else { "status" };
            compared(case, aws.call("TestState", request).await, mark)
        }
    }
}

fn is_refused(case: &Case) -> bool {
    case.expected.response.as_ref().is_some_and(|response| response.get("Error").is_some())
}

/// The recorded members of a request, and ours over them.
fn request(case: &Case, ours: Value) -> Value {
    let mut request = case.params.clone();
    if let Value::Object(ours) = ours {
        request.extend(ours);
    }
    Value::Object(request)
}

fn creation(number: usize, case: &Case) -> Value {
    let role = case.role.clone().unwrap_or_else(|| super::client::ROLE.to_owned());
    json!({
        "name": format!("case-{number}"),
        "definition": case.definition,
        "roleArn": role,
        "type": case.machine_type,
    })
}

/// As boto3 shows a refusal.
fn shown(refused: &Refused) -> Value {
    json!({
        "Error": { "Code": refused.code(), "Message": refused.message() },
        "message": refused.message(),
    })
}

fn compared(case: &Case, answer: Result<Value, Refused>, mark: &str) -> Marks {
    let expected = without_metadata(case.expected.response.as_ref());
    let ours = answer.unwrap_or_else(|refused| shown(&refused));
    let found = difference(&expected, &ours);
    let same =
        if mark == "Error" { ours.get(mark).is_some() } else { expected[mark] == ours[mark] };
    Marks {
        status: Some(same),
        outcome: Some(found.is_none()),
        history: None,
        differences: found.into_iter().collect(),
    }
}

async fn created(aws: &Aws, number: usize, case: &Case) -> Marks {
    let request = request(case, creation(number, case));
    let Err(refused) = aws.call("CreateStateMachine", request).await else {
        return Marks::none_of(case, "accepted".to_owned());
    };
    let expected = &case.expected;
    let ours =
        [("error", &expected.error, refused.code()), ("cause", &expected.cause, refused.message())];
    let mut differences = Vec::new();
    for (field, expected, ours) in ours {
        if let Some(expected) = expected.as_ref().filter(|_| field == "error" || !case.not_aws_text)
        {
            let found = difference(expected, &Value::from(ours));
            differences.extend(found.map(|found| format!("{field}{found}")));
        }
    }
    Marks { status: Some(true), outcome: Some(differences.is_empty()), history: None, differences }
}

async fn executed(aws: &Aws, number: usize, case: &Case) -> Marks {
    let machine = match aws.call("CreateStateMachine", creation(number, case)).await {
        Ok(created) => text(&created, "stateMachineArn"),
        Err(refused) => return Marks::none_of(case, format!("the definition: {refused}")),
    };
    let mut start = json!({ "stateMachineArn": machine, "name": "run-1" });
    if let Some(input) = &case.input {
        start["input"] = input.as_str().into();
    }
    let execution = match aws.call("StartExecution", start).await {
        Ok(started) => text(&started, "executionArn"),
        Err(refused) => return Marks::none_of(case, format!("the start: {refused}")),
    };
    let described = ended(aws, &execution, case.expected.status.is_some()).await;
    let history = history(aws, &execution).await;
    let outcome: Map<String, Value> = ["status", "output", "error", "cause"]
        .into_iter()
        .map(|field| (field.to_owned(), described.get(field).cloned().unwrap_or_default()))
        .collect();
    let mut marks = compare_ended(case, &Value::Object(outcome), &history);
    if case.kind == Kind::Describe {
        let expected = without_metadata(case.expected.response.as_ref());
        let found = difference(&expected, &described);
        marks.outcome = Some(marks.outcome != Some(false) && found.is_none());
        marks.differences.extend(found);
    }
    marks
}

/// Described once it has ended, or as it is where the recording shows it running.
async fn ended(aws: &Aws, execution: &str, ends: bool) -> Value {
    let until = tokio::time::Instant::now() + ENDS_WITHIN;
    loop {
        let described = aws.ok("DescribeExecution", json!({ "executionArn": execution })).await;
        if described["status"] != "RUNNING" || !ends || tokio::time::Instant::now() > until {
            return described;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn history(aws: &Aws, execution: &str) -> Vec<Value> {
    let mut events = Vec::new();
    let mut token = Value::Null;
    loop {
        let request = json!({ "executionArn": execution, "maxResults": 1000, "nextToken": token });
        let mut page = aws.ok("GetExecutionHistory", request).await;
        for event in page["events"].as_array_mut().into_iter().flatten() {
            // Recordings leave times out.
            event.as_object_mut().expect("an event").shift_remove("timestamp");
            events.push(event.take());
        }
        token = page["nextToken"].take();
        if token.is_null() {
            return events;
        }
    }
}
