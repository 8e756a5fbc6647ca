//! An execution that ran at AWS: what its tasks came to is read from its history, and given to our engine, which should
//! then take the same path to the same end.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use asl::StateMachine;
use serde_json::Value;

use super::file::{Case, Expected, Mock, Mocks, Status, TestFile};
use super::run::{Identity, run_as};

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
    identity: Identity,
    case: Case,
    path: Vec<String>,
    /// Whether states of several branches may have come in any order.
    branches: bool,
}

/// `machine` with stand-ins, `described` and `events` as the SDK has the answers of `DescribeExecution` and `GetExecutionHistory`.
pub(crate) fn replay(machine: &Arc<StateMachine>, described: &Value, events: &[Value]) -> Replay {
    let recorded = match recorded(described, events) {
        Ok(recorded) => recorded,
        Err(why) => return Replay::NotReplayed(why),
    };
    let Recorded { identity, case, path, branches } = recorded;
    let file = TestFile { definition: PathBuf::new(), mocks: BTreeMap::new(), cases: vec![case] };
    let outcome = run_as(identity, machine, (&file, &file.cases[0]));
    let taken: Vec<String> = outcome.path.iter().map(|(state, _)| state.to_string()).collect();
    let turned = turn(path, taken, branches);
    let unanswered =
        outcome.unanswered.map(|state| format!("`{state}` calls once more than there"));
    match turned.or(unanswered).or_else(|| outcome.differences.into_iter().next()) {
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
    let identity = identity(described, events);
    Ok(Recorded { identity, case, path: history.path(), branches: history.branches() })
}

/// Definitions pass on what they read of the context object.
fn identity(described: &Value, events: &[Value]) -> Identity {
    let text = |name: &str| described.get(name).and_then(Value::as_str).map(str::to_owned);
    let unknown = Identity::default();
    let machine_arn = text("StateMachineArn").unwrap_or(unknown.machine_arn);
    let role = events.first().and_then(details).and_then(|it| it.get("RoleArn")?.as_str());
    let began = text("StartDate").and_then(|it| it.parse().ok());
    Identity {
        name: text("Name").unwrap_or(unknown.name),
        execution_arn: text("ExecutionArn").unwrap_or(unknown.execution_arn),
        machine_name: machine_arn.rsplit(':').next().unwrap_or_default().to_owned(),
        machine_arn,
        role_arn: role.map_or(unknown.role_arn, str::to_owned),
        began: began.unwrap_or(unknown.began),
    }
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

/// What has answers in no event of its own.
fn check(event: &Value) -> Result<(), String> {
    match kind(event) {
        "MapRunStarted" => Err("it has a Distributed Map".to_owned()),
        "ExecutionRedriven" => Err("it was redriven".to_owned()),
        _ => Ok(()),
    }
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
            Ok(Some(Mock { result: Some(output), ..Mock::default() }))
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
mod tests;
