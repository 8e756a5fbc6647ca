//! One execution as people and programs read it: its end, or why it waits and what sets it going again.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use everstep_proto::v1::open_branch::WaitsFor;
use everstep_proto::v1::{Execution, ExecutionStatus, OpenBranch, TaskWait};
use serde_json::{Value, json};

use crate::output;

/// Longer payloads are cut in text; JSON has them whole.
const PAYLOAD_CHARS_MAX: usize = 2000;

pub(crate) fn status_name(status: ExecutionStatus) -> &'static str {
    status.as_str_name().trim_start_matches("EXECUTION_STATUS_")
}

pub(crate) fn text(execution: &Execution) -> String {
    text_at(execution, Utc::now())
}

fn text_at(execution: &Execution, now: DateTime<Utc>) -> String {
    let mut text = format!("{}  {}\n", status_name(execution.status()), execution.name);
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name:<10}{value}");
        }
    };
    line("execution", &execution.execution_arn);
    line("machine", &execution.state_machine_arn);
    line("revision", &execution.revision_id);
    line("version", &execution.state_machine_version_arn);
    line("alias", &execution.state_machine_alias_arn);
    line("parent", &execution.parent_execution_arn);
    line("map run", &execution.map_run_arn);
    line("items", &execution.item_count.map(|count| count.to_string()).unwrap_or_default());
    line("started", &instant(output::timestamp(execution.started_at), now));
    line("stopped", &instant(output::timestamp(execution.stopped_at), now));
    if execution.redrive_count > 0 {
        let at = instant(output::timestamp(execution.redriven_at), now);
        line("redriven", &format!("{}×, last {at}", execution.redrive_count));
    }
    line("error", execution.error.as_deref().unwrap_or_default());
    line("cause", execution.cause.as_deref().unwrap_or_default());
    line("input", &output::shortened(&execution.input, PAYLOAD_CHARS_MAX));
    let payload = execution.output.as_deref().unwrap_or_default();
    line("output", &output::shortened(payload, PAYLOAD_CHARS_MAX));
    for branch in &execution.open_branches {
        text.push_str(&branch_text(branch, &execution.execution_arn, now));
    }
    text
}

fn instant(at: Option<DateTime<Utc>>, now: DateTime<Utc>) -> String {
    at.map(|at| format!("{} ({})", output::iso_of(at), output::ago(at, now))).unwrap_or_default()
}

fn branch_text(branch: &OpenBranch, execution_arn: &str, now: DateTime<Utc>) -> String {
    let (waits, next) = why(branch, execution_arn);
    let place = match branch.state.as_str() {
        "" => String::new(),
        state => format!("in {state}{}: ", iteration(branch)),
    };
    let mut text = format!("\n{place}{waits}\n");
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            let _ = writeln!(text, "  {name:<10}{value}");
        }
    };
    line("since", instant(output::timestamp(branch.since), now));
    line("until", instant(output::timestamp(branch.until), now));
    line("next", next);
    text
}

fn iteration(branch: &OpenBranch) -> String {
    let indexes: Vec<String> = branch.map_indexes.iter().map(|i| format!("[{i}]")).collect();
    indexes.concat()
}

/// What a branch waits for, and what sets it going again.
fn why(branch: &OpenBranch, execution_arn: &str) -> (String, String) {
    match &branch.waits_for {
        Some(WaitsFor::Task(task)) => why_task(task),
        Some(WaitsFor::Retry(retry)) => (
            format!(
                "attempt {} failed with {}, and is to be repeated{}",
                retry.attempt,
                retry.error,
                cause(&retry.cause)
            ),
            "nothing to do: the next attempt begins by itself".to_owned(),
        ),
        Some(WaitsFor::Timer(_)) => {
            ("waits for its time".to_owned(), "nothing to do: it goes on by itself".to_owned())
        }
        Some(WaitsFor::Join(join)) => {
            let not_begun = match join.not_begun {
                0 => String::new(),
                count => format!(", and {count} items have not begun"),
            };
            (format!("{} branches inside it are open{not_begun}", join.open), String::new())
        }
        Some(WaitsFor::Callback(callback)) => (
            format!(
                "attempt {} of {} waits for its task token",
                callback.attempt, callback.resource
            ),
            "complete, fail or heartbeat the task by the token that the call was given".to_owned(),
        ),
        Some(WaitsFor::Child(child)) if child.execution_arn.is_empty() => (
            format!("attempt {} is about to start an execution", child.attempt),
            "nothing to do: it starts by itself".to_owned(),
        ),
        Some(WaitsFor::Child(child)) => (
            format!("attempt {} waits for the end of {}", child.attempt, child.execution_arn),
            format!("see why that one waits: `everstep describe {}`", child.execution_arn),
        ),
        Some(WaitsFor::InMemory(_)) => (
            "runs in the memory of its node, as Express executions do".to_owned(),
            "nothing to do: it ends within five minutes of its start".to_owned(),
        ),
        Some(WaitsFor::Quarantine(quarantine)) => (
            format!("quarantined: {}", quarantine.reason),
            format!("report the reason; `everstep stop {execution_arn}` ends it"),
        ),
        None => ("about to go on".to_owned(), String::new()),
    }
}

fn cause(cause: &str) -> String {
    if cause.is_empty() { String::new() } else { format!(" ({})", output::shortened(cause, 200)) }
}

fn why_task(task: &TaskWait) -> (String, String) {
    let TaskWait { queue, attempt, worker, pollers, started_at } = task;
    if started_at.is_some() {
        let worker = if worker.is_empty() { "a worker without a name" } else { worker };
        return (
            format!("attempt {attempt} is with {worker} (queue {queue})"),
            "nothing to do: its answer, or the end of its time, lets it go on".to_owned(),
        );
    }
    let next = match pollers {
        0 => format!("start a worker that polls the queue {queue}: none does"),
        1 => "nothing to do: the one worker of the queue is busy".to_owned(),
        pollers => format!("nothing to do: {pollers} workers wait for tasks of the queue"),
    };
    (format!("attempt {attempt} waits for a worker of the queue {queue}"), next)
}

pub(crate) fn document(execution: &Execution) -> Value {
    let branches: Vec<Value> = execution.open_branches.iter().map(branch_document).collect();
    json!({
        "executionArn": execution.execution_arn,
        "stateMachineArn": execution.state_machine_arn,
        "name": execution.name,
        "status": status_name(execution.status()),
        "startedAt": output::iso(execution.started_at),
        "stoppedAt": output::timestamp(execution.stopped_at).map(output::iso_of),
        "redriveCount": execution.redrive_count,
        "redrivenAt": output::timestamp(execution.redriven_at).map(output::iso_of),
        "redriveStatus": redrive_status(execution),
        "redriveStatusReason": execution.redrive_status_reason,
        "input": output::payload(&execution.input),
        "output": execution.output.as_deref().map(output::payload),
        "error": execution.error,
        "cause": execution.cause,
        "revisionId": execution.revision_id,
        "stateMachineVersionArn": (!execution.state_machine_version_arn.is_empty()).then_some(&execution.state_machine_version_arn),
        "stateMachineAliasArn": (!execution.state_machine_alias_arn.is_empty()).then_some(&execution.state_machine_alias_arn),
        "parentExecutionArn": (!execution.parent_execution_arn.is_empty()).then_some(&execution.parent_execution_arn),
        "mapRunArn": (!execution.map_run_arn.is_empty()).then_some(&execution.map_run_arn),
        "itemCount": execution.item_count,
        "openBranches": branches,
    })
}

fn redrive_status(execution: &Execution) -> &'static str {
    execution.redrive_status().as_str_name().trim_start_matches("REDRIVE_STATUS_")
}

fn branch_document(branch: &OpenBranch) -> Value {
    let waits_for = match &branch.waits_for {
        Some(WaitsFor::Task(task)) => json!({ "task": {
            "queue": task.queue,
            "attempt": task.attempt,
            "worker": task.worker,
            "pollers": task.pollers,
            "startedAt": output::timestamp(task.started_at).map(output::iso_of),
        }}),
        Some(WaitsFor::Callback(callback)) => json!({ "callback": {
            "resource": callback.resource, "attempt": callback.attempt,
        }}),
        Some(WaitsFor::Child(child)) => json!({ "child": {
            "executionArn": child.execution_arn, "attempt": child.attempt,
        }}),
        Some(WaitsFor::Retry(retry)) => json!({ "retry": {
            "error": retry.error, "cause": retry.cause, "attempt": retry.attempt,
        }}),
        Some(WaitsFor::Timer(_)) => json!({ "timer": {} }),
        Some(WaitsFor::InMemory(_)) => json!({ "inMemory": {} }),
        Some(WaitsFor::Join(join)) => {
            json!({ "join": { "open": join.open, "notBegun": join.not_begun } })
        }
        Some(WaitsFor::Quarantine(quarantine)) => {
            json!({ "quarantine": { "reason": quarantine.reason } })
        }
        None => Value::Null,
    };
    json!({
        "state": branch.state,
        "mapIndexes": branch.map_indexes,
        "enteredAt": output::iso(branch.entered_at),
        "since": output::iso(branch.since),
        "until": output::timestamp(branch.until).map(output::iso_of),
        "waitsFor": waits_for,
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use everstep_proto::v1::open_branch::WaitsFor;
    use everstep_proto::v1::{
        CallbackWait, ChildWait, Execution, ExecutionStatus, JoinWait, OpenBranch, QuarantineWait,
        RetryWait, TaskWait, TimerWait,
    };
    use prost_types::Timestamp;

    use super::text_at;

    const STARTED: i64 = 1_700_000_000;

    fn at(seconds: i64) -> Timestamp {
        Timestamp { seconds: STARTED + seconds, nanos: 0 }
    }

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(STARTED + 100, 0).unwrap()
    }

    fn waiting(waits_for: WaitsFor) -> Execution {
        Execution {
            execution_arn: "arn:aws:states:us-east-1:000000000000:execution:order:42".into(),
            state_machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:order".into(),
            name: "42".into(),
            status: ExecutionStatus::Running.into(),
            started_at: Some(at(0)),
            input: r#"{"id":42}"#.into(),
            open_branches: vec![OpenBranch {
                state: "Inventory".into(),
                entered_at: Some(at(10)),
                since: Some(at(40)),
                until: Some(at(130)),
                map_indexes: vec![3],
                waits_for: Some(waits_for),
            }],
            ..Execution::default()
        }
    }

    #[test]
    fn a_running_execution_says_why_it_waits_and_what_sets_it_going() {
        let task = |pollers, started_at| {
            WaitsFor::Task(TaskWait {
                queue: "inventory".into(),
                attempt: 2,
                worker: if started_at { "host-7".into() } else { String::new() },
                pollers,
                started_at: started_at.then(|| at(50)),
            })
        };
        let child =
            |arn: &str| WaitsFor::Child(ChildWait { execution_arn: arn.into(), attempt: 2 });
        let retry =
            RetryWait { error: "States.Timeout".into(), cause: "slow\nstock".into(), attempt: 1 };
        let all = [
            task(0, false),
            task(3, false),
            task(1, true),
            WaitsFor::Callback(CallbackWait {
                resource: "arn:aws:states:::sqs:sendMessage.waitForTaskToken".into(),
                attempt: 1,
            }),
            child(""),
            child("arn:aws:states:us-east-1:000000000000:execution:payment:7"),
            WaitsFor::Retry(retry),
            WaitsFor::Timer(TimerWait {}),
            WaitsFor::Join(JoinWait { open: 2, not_begun: 5 }),
            WaitsFor::Quarantine(QuarantineWait { reason: "a bug".into() }),
        ];
        let texts: Vec<String> = all.into_iter().map(|w| text_at(&waiting(w), now())).collect();
        let branches = texts.iter().map(|text| text.split_once("\n\n").unwrap().1);
        insta::assert_snapshot!(branches.collect::<Vec<_>>().join("\n"));
        insta::assert_snapshot!("whole", texts[0]);
    }
}
