//! An execution that ran at AWS: what its tasks came to is read from its history, and given to our engine, which should
//! then take the same path to the same end.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use asl::StateMachine;
use serde_json::Value;

use super::file::{Case, Expected, Mock, Mocks, Status, TestFile};
use super::run::run;

/// Why nothing comes of a replay, or what it found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Replay {
    Same,
    /// The first difference.
    Differs(String),
    /// There is no telling.
    NotReplayed(String),
}

#[derive(Debug)]
struct Recorded {
    case: Case,
    path: Vec<String>,
    /// Whether states of several branches may have come in any order.
    branches: bool,
}

/// `described` and `events` as the SDK has the answers of `DescribeExecution` and `GetExecutionHistory`.
pub(crate) fn replay(machine: &Arc<StateMachine>, described: &Value, events: &[Value]) -> Replay {
    let recorded = match recorded(described, events) {
        Ok(recorded) => recorded,
        Err(why) => return Replay::NotReplayed(why),
    };
    let Recorded { case, path, branches } = recorded;
    let file = TestFile { definition: PathBuf::new(), mocks: BTreeMap::new(), cases: vec![case] };
    let outcome = run(machine, &file, &file.cases[0]);
    let taken: Vec<String> = outcome.path.iter().map(|(state, _)| state.to_string()).collect();
    let turned = turn(path, taken, branches);
    match turned.or_else(|| outcome.differences.into_iter().next()) {
        Some(difference) => Replay::Differs(difference),
        None => Replay::Same,
    }
}

/// Where the paths part.
fn turn(mut recorded: Vec<String>, mut taken: Vec<String>, branches: bool) -> Option<String> {
    if branches {
        recorded.sort();
        taken.sort();
    }
    let shown = |name: Option<&String>| name.map_or("the end".to_owned(), |it| format!("`{it}`"));
    let index =
        (0..recorded.len().max(taken.len())).find(|it| recorded.get(*it) != taken.get(*it))?;
    let (there, here) = (shown(recorded.get(index)), shown(taken.get(index)));
    Some(if branches {
        format!("the states entered: {there} there, {here} here, in order of their names")
    } else {
        format!("state {}: {there} there, {here} here", index + 1)
    })
}

fn recorded(described: &Value, events: &[Value]) -> Result<Recorded, String> {
    let text = |name: &str| described.get(name).and_then(Value::as_str);
    let status = match text("Status") {
        Some("SUCCEEDED") => Status::Succeeded,
        Some("FAILED") => Status::Failed,
        Some("TIMED_OUT") => Status::TimedOut,
        status => return Err(format!("its status is {}", status.unwrap_or("unknown"))),
    };
    let document = |text: &str| {
        serde_json::from_str::<Value>(text)
            .map_err(|error| format!("a payload is no JSON: {error}"))
    };
    let expect = Expected {
        status,
        output: text("Output").map(document).transpose()?,
        error: text("Error").map(str::to_owned),
        cause: text("Cause").map(str::to_owned),
        path: None,
    };
    let history = History { events };
    let case = Case {
        name: text("Name").unwrap_or_default().to_owned(),
        input: document(text("Input").unwrap_or("{}"))?,
        mocks: history.answers()?,
        expect,
    };
    Ok(Recorded { case, path: history.path(), branches: history.branches() })
}

struct History<'a> {
    events: &'a [Value],
}

/// Where an event stands: the state that was entered last on the way to it, and the iterations around that.
#[derive(Debug, Clone, Default)]
struct Place<'a> {
    state: Option<&'a str>,
    iterations: Vec<u64>,
}

impl<'a> Place<'a> {
    fn after(mut self, event: &'a Value) -> Self {
        match kind(event) {
            "MapIterationStarted" => {
                let index = details(event).and_then(|it| number(it, "Index"));
                self.iterations.push(index.unwrap_or_default());
            }
            "MapIterationSucceeded" | "MapIterationFailed" | "MapIterationAborted" => {
                self.iterations.pop();
            }
            _ => self.state = entered(event).or(self.state),
        }
        self
    }
}

impl<'a> History<'a> {
    fn path(&self) -> Vec<String> {
        let entered = self.events.iter().filter_map(|event| entered(event));
        entered.map(str::to_owned).collect()
    }

    fn branches(&self) -> bool {
        let splits = ["ParallelStateStarted", "MapStateStarted"];
        self.events.iter().any(|event| splits.contains(&kind(event)))
    }

    /// What each attempt of each Task came to, by the state's name.
    ///
    /// Iterations answer in any order there. Here all of them ask for their first attempts, in their own order, before
    /// one asks for its second.
    fn answers(&self) -> Result<BTreeMap<String, Mocks>, String> {
        let mut places = BTreeMap::<u64, Place<'a>>::new();
        let mut attempts = BTreeMap::<&str, BTreeMap<Vec<u64>, Vec<Mock>>>::new();
        for event in self.events {
            check(event)?;
            let before = number(event, "PreviousEventId").and_then(|id| places.get(&id));
            let place = before.cloned().unwrap_or_default();
            if let Some(mock) = answer(event)? {
                let state = place.state.ok_or("its history is not whole")?;
                let of_state = attempts.entry(state).or_default();
                of_state.entry(place.iterations.clone()).or_default().push(mock);
            }
            places.insert(number(event, "Id").unwrap_or_default(), place.after(event));
        }
        let in_turn = |of_state: BTreeMap<Vec<u64>, Vec<Mock>>| {
            let numbered = of_state.into_values().flat_map(|it| it.into_iter().enumerate());
            let mut numbered: Vec<(usize, Mock)> = numbered.collect();
            numbered.sort_by_key(|(attempt, _)| *attempt);
            Mocks::InTurn(numbered.into_iter().map(|(_, mock)| mock).collect())
        };
        Ok(attempts.into_iter().map(|(state, it)| (state.to_owned(), in_turn(it))).collect())
    }
}

/// Callbacks, children and map runs have answers that are in no one event.
fn check(event: &Value) -> Result<(), String> {
    match kind(event) {
        "MapRunStarted" => return Err("it has a Distributed Map".to_owned()),
        "ExecutionRedriven" => return Err("it was redriven".to_owned()),
        _ => {}
    }
    let resource = details(event).and_then(|it| it.get("Resource")).and_then(Value::as_str);
    let resource = resource.unwrap_or_default();
    let waits = resource.contains(".sync") || resource.ends_with(".waitForTaskToken");
    if kind(event) == "TaskScheduled" && (waits || resource == "startExecution") {
        return Err(format!("it has a task on {resource}"));
    }
    Ok(())
}

fn number(event: &Value, name: &str) -> Option<u64> {
    event.get(name)?.as_u64()
}

fn kind(event: &Value) -> &str {
    event.get("Type").and_then(Value::as_str).unwrap_or_default()
}

/// Each event has its details under a name of its own.
fn details(event: &Value) -> Option<&Value> {
    let fields = event.as_object()?;
    fields.iter().find(|(name, _)| name.ends_with("EventDetails")).map(|(_, details)| details)
}

fn entered(event: &Value) -> Option<&str> {
    let entered = kind(event).ends_with("StateEntered");
    details(event).filter(|_| entered)?.get("Name")?.as_str()
}

fn answer(event: &Value) -> Result<Option<Mock>, String> {
    let none = Value::Null;
    let details = details(event).unwrap_or(&none);
    let text = |name: &str| details.get(name).and_then(Value::as_str).map(str::to_owned);
    match kind(event) {
        "TaskSucceeded" | "ActivitySucceeded" | "LambdaFunctionSucceeded" => {
            let output = text("Output").ok_or("its history has no payloads")?;
            let output: Value = serde_json::from_str(&output)
                .map_err(|error| format!("a payload is no JSON: {error}"))?;
            let invoked = text("ResourceType").as_deref() == Some("lambda");
            // The engine puts the envelope round what the function answered.
            let result = if invoked { output.get("Payload").cloned() } else { Some(output) };
            Ok(Some(Mock { result: Some(result.unwrap_or_default()), ..Mock::default() }))
        }
        "TaskTimedOut" | "ActivityTimedOut" | "LambdaFunctionTimedOut" => {
            Ok(Some(Mock { silent: true, ..Mock::default() }))
        }
        "TaskFailed"
        | "TaskStartFailed"
        | "TaskSubmitFailed"
        | "ActivityFailed"
        | "ActivityScheduleFailed"
        | "LambdaFunctionFailed"
        | "LambdaFunctionScheduleFailed"
        | "LambdaFunctionStartFailed" => {
            Ok(Some(Mock { error: text("Error"), cause: text("Cause"), ..Mock::default() }))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
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
        let waits = json!({"Id": 3, "PreviousEventId": 2, "Type": "TaskScheduled",
            "TaskScheduledEventDetails": {"Resource": "sendMessage.waitForTaskToken"}});
        let told = not("it has a task on sendMessage.waitForTaskToken");
        assert_eq!(replayed("SUCCEEDED", &[waits]), told);
    }
}
