//! Histories made by hand, and those that AWS recorded.

use serde_json::json;

use super::*;

fn machine() -> Arc<StateMachine> {
    let definition = json!({"StartAt": "Charge", "States": {
        "Charge": {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:1:function:charge", "Next": "Large",
            "Retry": [{"ErrorEquals": ["Busy"], "MaxAttempts": 1}]},
        "Large": {"Type": "Choice", "Default": "Small", "Choices": [
            {"Variable": "$.amount", "NumericGreaterThan": 10, "Next": "Refuse"}]},
        "Small": {"Type": "Succeed"},
        "Refuse": {"Type": "Fail", "Error": "TooLarge", "Cause": "no"}
    }});
    Arc::new(StateMachine::parse(&definition.to_string()).unwrap())
}

fn events(output: &str) -> Vec<Value> {
    let entered = |id: u32, kind: &str, name: &str| {
        json!({"Id": id, "PreviousEventId": id - 1, "Type": kind,
            "StateEnteredEventDetails": {"Name": name, "Input": "{}"}})
    };
    let event = |id: u32, kind: &str, details: Value| {
        let mut event = json!({"Id": id, "PreviousEventId": id - 1, "Type": kind});
        event[format!("{kind}EventDetails")] = details;
        event
    };
    vec![
        event(1, "ExecutionStarted", json!({"Input": "{}"})),
        entered(2, "TaskStateEntered", "Charge"),
        event(3, "LambdaFunctionScheduled", json!({"Resource": "arn"})),
        event(4, "LambdaFunctionFailed", json!({"Error": "Busy", "Cause": "later"})),
        event(5, "LambdaFunctionScheduled", json!({"Resource": "arn"})),
        event(6, "LambdaFunctionSucceeded", json!({ "Output": output })),
        entered(7, "ChoiceStateEntered", "Large"),
        entered(8, "SucceedStateEntered", "Small"),
    ]
}

fn replayed(output: &str, end: &Value) -> Replay {
    let mut described = json!({"Name": "x", "Input": "{}", "Status": "SUCCEEDED"});
    described["Output"] = end.clone();
    replay(&machine(), &described, &events(output))
}

#[test]
fn an_execution_that_went_the_same_way_is_the_same() {
    assert_eq!(replayed(r#"{"amount":5}"#, &json!(r#"{"amount":5}"#)), Replay::Same);
}

#[test]
fn the_first_difference_is_told() {
    let told = "state 3: `Small` there, `Refuse` here".to_owned();
    let end = json!(r#"{"amount":50}"#);
    assert_eq!(replayed(r#"{"amount":50}"#, &end), Replay::Differs(told));
    let told = r#"output: expected {"amount":6}, got {"amount":5}"#.to_owned();
    let end = json!(r#"{"amount":6}"#);
    assert_eq!(replayed(r#"{"amount":5}"#, &end), Replay::Differs(told));
}

/// Two iterations whose answers came in another order than they were asked for, one of them at its second attempt.
#[test]
fn iterations_get_the_answers_that_were_theirs() {
    let definition = json!({"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "ItemProcessor": {
        "StartAt": "Charge", "States": {"Charge": {"Type": "Task", "Resource": "charge", "End": true,
            "Retry": [{"ErrorEquals": ["Busy"]}]}}}}}});
    let machine = Arc::new(StateMachine::parse(&definition.to_string()).unwrap());
    let event = |id: u32, before: u32, kind: &str, details: Value| {
        let name = if kind.ends_with("Entered") { "StateEntered" } else { kind };
        let mut event = json!({"Id": id, "PreviousEventId": before, "Type": kind});
        event[format!("{name}EventDetails")] = details;
        event
    };
    let events = [
        event(1, 0, "ExecutionStarted", json!({})),
        event(2, 1, "MapStateEntered", json!({"Name": "Each"})),
        event(3, 2, "MapStateStarted", json!({"Length": 2})),
        event(4, 3, "MapIterationStarted", json!({"Name": "Each", "Index": 0})),
        event(5, 4, "TaskStateEntered", json!({"Name": "Charge"})),
        event(6, 5, "ActivityScheduled", json!({})),
        event(7, 3, "MapIterationStarted", json!({"Name": "Each", "Index": 1})),
        event(8, 7, "TaskStateEntered", json!({"Name": "Charge"})),
        event(9, 8, "ActivityScheduled", json!({})),
        event(10, 9, "ActivitySucceeded", json!({"Output": "11"})),
        event(11, 10, "MapIterationSucceeded", json!({"Name": "Each", "Index": 1})),
        event(12, 6, "ActivityFailed", json!({"Error": "Busy"})),
        event(13, 12, "ActivityScheduled", json!({})),
        event(14, 13, "ActivitySucceeded", json!({"Output": "10"})),
        event(15, 14, "MapIterationSucceeded", json!({"Name": "Each", "Index": 0})),
    ];
    let described = json!({"Status": "SUCCEEDED", "Input": "[0,1]", "Output": "[10,11]"});
    assert_eq!(replay(&machine, &described, &events), Replay::Same);
}

#[test]
fn what_cannot_be_told_is_not_replayed() {
    let replayed = |status: &str, events: &[Value]| {
        replay(&machine(), &json!({"Status": status, "Input": "{}"}), events)
    };
    let not = |why: &str| Replay::NotReplayed(why.to_owned());
    assert_eq!(replayed("ABORTED", &[]), not("its status is ABORTED"));
    let event = json!({"Id": 3, "PreviousEventId": 2, "Type": "MapRunStarted"});
    assert_eq!(replayed("SUCCEEDED", &[event]), not("it has a Distributed Map"));
    let event = json!({"Id": 3, "PreviousEventId": 2, "Type": "ExecutionRedriven"});
    assert_eq!(replayed("SUCCEEDED", &[event]), not("it was redriven"));
}

/// The document's text, as AWS writes it. Scalars were recorded as theirs.
fn payload(recorded: &Value) -> Value {
    let text = recorded.as_str().filter(|text| serde_json::from_str::<Value>(text).is_ok());
    text.map_or_else(|| recorded.to_string(), str::to_owned).into()
}

/// Under the names of the SDK.
fn capitalised(recorded: &Value) -> Value {
    let Value::Object(fields) = recorded else { return recorded.clone() };
    let fields = fields.iter().map(|(name, value)| {
        let value = match (name.as_str(), value) {
            ("input" | "output", value) => payload(value),
            ("cause", Value::Object(_)) => value.to_string().into(),
            (_, value) => capitalised(value),
        };
        let (first, rest) = name.split_at(1);
        (first.to_uppercase() + rest, value)
    });
    Value::Object(fields.collect())
}

/// None where it has no history, or one of no execution.
fn replayed_of(case: &Value) -> Option<Replay> {
    let mut described = capitalised(&case["expected"]);
    described["Input"] = case["input"].clone();
    let history = case["expected"]["history"].as_array().filter(|_| case["kind"] == "execution")?;
    let events: Vec<Value> = history.iter().map(capitalised).collect();
    let definition = case["definition"].as_str().unwrap();
    let machine = super::super::recorded_machine(definition).expect("AWS took it");
    Some(replay(&Arc::new(machine), &described, &events))
}

/// What recordings have in the place of the day's names, times, ids and numbers, where a definition passes them on.
const MASKS: [&str; 5] = ["<", "\"date\"", "RandomNumberGenerated", "sqs_queue_url", "table-name"];

/// Each history that AWS recorded, as an import would read it. The cases that differ for another reason than a mask:
#[test]
fn what_ran_at_aws_takes_the_same_way_here() {
    let differing = [
        // 0 was recorded, where AWS answered with the -0 of the input.
        ("test_string_to_json#exec_hist_resp_3", r#"output: expected {"FunctionResult":0}"#),
        // Its branches' events were recorded in another order than they came.
        ("test_parallel_state_lambda#get", "`Branch1` calls once more than there"),
        // AWS looks at the parameters of an API Gateway's call before it makes it.
        ("test_invoke_with_headers[single", "`ApiGatewayInvoke` calls once more than there"),
    ];
    let recorded = conformance::Recorded::beside();
    if !recorded.is_there() {
        return;
    }
    let (mut same, mut differ, mut unreplayed) = (0, Vec::new(), Vec::new());
    for case in recorded.lines("asl/cases.jsonl").unwrap() {
        match replayed_of(&case) {
            None => {}
            Some(Replay::Same) => same += 1,
            Some(Replay::NotReplayed(why)) => unreplayed.push(why),
            Some(Replay::Differs(why)) => {
                let expected = why.split(", got ").next().unwrap();
                let masked = MASKS.iter().any(|mask| expected.contains(mask));
                differ.extend((!masked).then(|| format!("{}: {why}", case["id"])));
            }
        }
    }
    let known = |found: &String| {
        differing.iter().any(|(case, why)| found.contains(case) && found.contains(why))
    };
    differ.retain(|found| !known(found));
    assert_eq!(differ, [""; 0]);
    assert!(same >= 355, "of those that are not masked: {same}");
    let known = ["it has a Distributed Map", "its status is unknown"];
    assert!(unreplayed.iter().all(|why| known.contains(&why.as_str())), "{unreplayed:?}");
}
