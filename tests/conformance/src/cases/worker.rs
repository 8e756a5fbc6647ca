//! A worker in the place of the recorded functions and activities: it answers as they did, in the same order.

use std::collections::VecDeque;

use asl::Payload;
use execution::Trigger;
use execution::event::Failure;
use execution::simulated::Simulated;
use serde_json::Value;

use super::case::Case;

pub(super) struct Answers {
    recorded: VecDeque<Answer>,
    name: Option<String>,
}

enum Answer {
    Succeeded(Payload),
    Failed(Value),
    TimedOut,
}

impl Answers {
    pub(super) fn of(case: &Case) -> Self {
        let events = || case.expected.history.iter().flatten();
        let name =
            events().find_map(|event| event.get("activityStartedEventDetails")?.get("workerName"));
        let name = name.and_then(Value::as_str).map(str::to_owned);
        Self { recorded: events().filter_map(answer).collect(), name }
    }

    /// Serves the first task that waits. Answers whether there was one.
    pub(super) fn serve(&mut self, simulated: &mut Simulated) -> bool {
        let tasks = simulated.open_tasks();
        let Some((_, task)) = tasks.iter().find(|(_, task)| task.started.is_none()) else {
            return false;
        };
        let wait = task.wait;
        simulated.take(wait, self.name.as_deref());
        match self.recorded.pop_front() {
            Some(Answer::Succeeded(output)) => {
                simulated.send(Trigger::TaskSucceeded { wait, output }).expect("it was just taken");
            }
            Some(Answer::Failed(details)) => simulated.fail(wait, failure_of(&details)),
            // The function slept past its limit.
            Some(Answer::TimedOut) | None => return simulated.fire_next(),
        }
        true
    }
}

fn answer(event: &Value) -> Option<Answer> {
    let details = |name: &str| event.get(name).cloned().unwrap_or_default();
    match event["type"].as_str()? {
        "ActivitySucceeded" => Some(succeeded(&details("activitySucceededEventDetails")["output"])),
        "LambdaFunctionSucceeded" => {
            Some(succeeded(&details("lambdaFunctionSucceededEventDetails")["output"]))
        }
        "TaskSucceeded" => {
            Some(succeeded(&details("taskSucceededEventDetails")["output"]["Payload"]))
        }
        "LambdaFunctionFailed" => Some(failed(details("lambdaFunctionFailedEventDetails"))),
        "ActivityFailed" => Some(failed(details("activityFailedEventDetails"))),
        "TaskFailed" => Some(failed(details("taskFailedEventDetails"))),
        "ActivityTimedOut" | "LambdaFunctionTimedOut" | "TaskTimedOut" => Some(Answer::TimedOut),
        _ => None,
    }
}

/// Scalars were recorded as their text.
fn succeeded(output: &Value) -> Answer {
    let text = output.as_str().and_then(|text| Payload::parse(text).ok());
    Answer::Succeeded(text.unwrap_or_else(|| Payload::from_value(output.clone())))
}

/// Where a result was too large, the worker returns one.
fn failed(details: Value) -> Answer {
    if details["error"] == "States.DataLimitExceeded" {
        let large = "a".repeat(300_000);
        return Answer::Succeeded(Payload::from_value(Value::String(large)));
    }
    Answer::Failed(details)
}

/// Of a recorded event's details.
fn failure_of(details: &Value) -> Failure {
    let text = |field: &str| match details.get(field) {
        None => None,
        Some(Value::String(text)) => Some(text.clone()),
        Some(document) => Some(document.to_string()),
    };
    Failure { error: text("error"), cause: text("cause") }
}
