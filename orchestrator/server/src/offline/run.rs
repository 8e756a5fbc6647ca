//! One case, run to its end on a simulated clock: what is due next comes at once, however far away it is.

use std::sync::Arc;

use asl::{Payload, StateMachine};
use chrono::{DateTime, TimeDelta, Utc};
use execution::event::{Event, EventKind, Failure, Settings, StartedBy};
use execution::id::Home;
use execution::simulated::{Due, Simulated};
use execution::trigger::Start;
use execution::wait::{OpenTask, Served};
use execution::{ExecutionId, Trigger, WaitId};
use serde_json::{Map, Value};

use super::file::{Case, Mock, TestFile};
use super::mocks::Answers;

/// A case that takes more steps than this goes nowhere: a Choice that leads back to itself, most likely.
const STEPS_MAX: usize = 100_000;

/// When every case begins: the same instant on every machine.
const BEGIN: &str = "2026-01-01T00:00:00Z";

/// What came of a case.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// The states in the order in which they were entered, and how many attempts each took.
    pub(crate) path: Vec<(Arc<str>, u32)>,
    pub(crate) status: &'static str,
    pub(crate) output: Option<Value>,
    pub(crate) failure: Failure,
    /// On the simulated clock.
    pub(crate) took: TimeDelta,
    pub(crate) events: Vec<Event>,
    /// The state whose task had no answer, where that ended the case.
    pub(crate) unanswered: Option<Arc<str>>,
    /// In which ways it ended otherwise than expected; none: the case passes.
    pub(crate) differences: Vec<String>,
}

/// Who the execution is, as its context object tells it.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) name: String,
    pub(super) execution_arn: String,
    pub(super) machine_arn: String,
    pub(super) machine_name: String,
    pub(super) role_arn: String,
    pub(super) began: DateTime<Utc>,
}

impl Default for Identity {
    fn default() -> Self {
        let arn =
            |kind: &str, rest: &str| format!("arn:aws:states:us-east-1:000000000000:{kind}:{rest}");
        Self {
            name: "test".to_owned(),
            execution_arn: arn("execution", "machine:test"),
            machine_arn: arn("stateMachine", "machine"),
            machine_name: "machine".to_owned(),
            role_arn: "arn:aws:iam::000000000000:role/test".to_owned(),
            began: BEGIN.parse().expect("a constant timestamp"),
        }
    }
}

pub(crate) fn run(machine: &Arc<StateMachine>, file: &TestFile, case: &Case) -> Outcome {
    run_as(Identity::default(), machine, (file, case))
}

pub(super) fn run_as(
    identity: Identity,
    machine: &Arc<StateMachine>,
    (file, case): (&TestFile, &Case),
) -> Outcome {
    let now = identity.began;
    let id = ExecutionId::new(now, Home(1), 1);
    let mut simulated = Simulated::of(Arc::clone(machine), id, now);
    let mut trial = Trial {
        answers: Answers::of(file, case),
        pending: Vec::new(),
        events: Vec::new(),
        unanswered: None,
    };
    let mut stuck = match simulated.start(start(identity, case)) {
        Ok(events) => {
            trial.events.extend(events);
            trial.go_on(&mut simulated).err()
        }
        Err(refusal) => Some(refusal.to_string()),
    };
    if let Some(reason) = simulated.execution.quarantine() {
        stuck = Some(format!("the execution was quarantined: {reason}"));
    }
    let mut outcome = outcome(&simulated, trial.events);
    outcome.unanswered = trial.unanswered;
    outcome.took = simulated.now - now;
    outcome.differences = stuck.map_or_else(|| differences(case, &outcome), |why| vec![why]);
    outcome
}

fn start(identity: Identity, case: &Case) -> Start {
    Start {
        name: identity.name,
        execution_arn: identity.execution_arn,
        machine_arn: identity.machine_arn,
        started_by: StartedBy::default(),
        machine_name: identity.machine_name,
        role_arn: identity.role_arn,
        settings: Settings::default(),
        input: Payload::from_value(case.input.clone()),
        processor: None,
        express: None,
        parent: None,
    }
}

/// When a worker answers, and with what.
type Answer<'a> = (DateTime<Utc>, &'a Mock);

struct Trial<'a> {
    answers: Answers<'a>,
    /// Tasks that a worker holds, and when it answers; never, if it is silent.
    pending: Vec<(WaitId, Option<Answer<'a>>)>,
    events: Vec<Event>,
    unanswered: Option<Arc<str>>,
}

impl Trial<'_> {
    fn go_on(&mut self, simulated: &mut Simulated) -> Result<(), String> {
        for _ in 0..STEPS_MAX {
            if !simulated.is_running() || simulated.execution.is_quarantined() {
                return Ok(());
            }
            self.take_tasks(simulated)?;
            let Some(due) = self.next(simulated) else {
                return Err("it waits for something that no mock and no timer brings".to_owned());
            };
            simulated.now = simulated.now.max(due.at);
            self.pending.retain(|(wait, _)| Some(*wait) != wait_of(&due.trigger));
            self.send(simulated, due.trigger)?;
        }
        Err(format!("it did not end within {STEPS_MAX} steps"))
    }

    fn send(&mut self, simulated: &mut Simulated, trigger: Trigger) -> Result<(), String> {
        let events = simulated.send(trigger).map_err(|refusal| refusal.to_string())?;
        self.events.extend(events);
        Ok(())
    }

    /// A worker takes each task as soon as it is there. Where a token is to bring the outcome, it makes the call at once.
    fn take_tasks(&mut self, simulated: &mut Simulated) -> Result<(), String> {
        let open = simulated.open_tasks().into_iter();
        let waiting: Vec<(Arc<str>, OpenTask)> =
            open.filter(|(_, task)| task.started.is_none()).collect();
        for (state, task) in waiting {
            let Served::ByWorker { callback } = task.served else { continue };
            let mock = self.answers.next(&state);
            let mock = mock.inspect_err(|_| self.unanswered = Some(Arc::clone(&state)))?;
            self.send(
                simulated,
                Trigger::TaskTaken { wait: task.wait, worker: None, is_silent: false },
            )?;
            if callback.is_some() {
                let output = Payload::from_value(Value::Object(Map::new()));
                self.send(simulated, Trigger::TaskSucceeded { wait: task.wait, output })?;
            }
            let after = TimeDelta::from_std(mock.after).unwrap_or(TimeDelta::MAX);
            let answer = (!mock.silent).then(|| (later(simulated.now, after), mock));
            self.pending.push((callback.unwrap_or(task.wait), answer));
        }
        Ok(())
    }

    /// The next answer or timer. A worker that will answer sends its heartbeats meanwhile.
    fn next(&self, simulated: &Simulated) -> Option<Due> {
        let answers = self.pending.iter().filter_map(|(wait, answer)| {
            let (at, mock) = (*answer)?;
            Some(Due { at, trigger: answer_of(*wait, mock) })
        });
        let beats = |wait: WaitId| {
            self.pending.iter().any(|(other, answer)| *other == wait && answer.is_some())
        };
        let timers = simulated
            .dues()
            .into_iter()
            .filter(|due| !matches!(due.trigger, Trigger::HeartbeatMissed { wait } if beats(wait)));
        answers.chain(timers).min_by_key(|due| due.at)
    }
}

fn later(now: DateTime<Utc>, after: TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(after).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

fn answer_of(wait: WaitId, mock: &Mock) -> Trigger {
    match (&mock.result, &mock.error) {
        (Some(result), _) => {
            Trigger::TaskSucceeded { wait, output: Payload::from_value(result.clone()) }
        }
        (None, error) => {
            let failure = Failure { error: error.clone(), cause: mock.cause.clone() };
            Trigger::TaskFailed { wait, failure }
        }
    }
}

/// The task that the trigger ends.
fn wait_of(trigger: &Trigger) -> Option<WaitId> {
    if let Trigger::TaskSucceeded { wait, .. }
    | Trigger::TaskFailed { wait, .. }
    | Trigger::HeartbeatMissed { wait }
    | Trigger::TimerDue { wait } = trigger
    {
        return Some(*wait);
    }
    None
}

fn outcome(simulated: &Simulated, events: Vec<Event>) -> Outcome {
    let mut outcome = Outcome {
        path: path(&events),
        status: "RUNNING",
        output: None,
        failure: Failure::default(),
        took: TimeDelta::zero(),
        events,
        unanswered: None,
        differences: Vec::new(),
    };
    outcome.status = match simulated.execution.status() {
        execution::Status::Running => "RUNNING",
        execution::Status::Succeeded => "SUCCEEDED",
        execution::Status::Failed => "FAILED",
        execution::Status::TimedOut => "TIMED_OUT",
        execution::Status::Aborted => "ABORTED",
    };
    let Some(last) = outcome.events.last() else { return outcome };
    outcome.output = last
        .payload
        .as_ref()
        .filter(|_| last.kind == EventKind::ExecutionSucceeded)
        .map(|payload| payload.value().clone());
    if let EventKind::ExecutionFailed(failure) | EventKind::ExecutionTimedOut(failure) = &last.kind
    {
        outcome.failure = failure.clone();
    }
    outcome
}

fn path(events: &[Event]) -> Vec<(Arc<str>, u32)> {
    let mut path: Vec<(Arc<str>, u32)> = Vec::new();
    for event in events {
        if let EventKind::StateEntered { state, .. } = &event.kind {
            path.push((Arc::clone(state), 1));
        } else if let EventKind::RetryScheduled { state, .. } = &event.kind
            && let Some((_, attempts)) = path.iter_mut().rev().find(|(name, _)| name == state)
        {
            *attempts += 1;
        }
    }
    path
}

/// In words, each way in which the end is not the expected one.
fn differences(case: &Case, outcome: &Outcome) -> Vec<String> {
    let expect = &case.expect;
    let mut differences = Vec::new();
    let mut differs = |what: &str, expected: &Value, got: &Value| {
        if expected != got {
            differences.push(format!("{what}: expected {expected}, got {got}"));
        }
    };
    differs("status", &expect.status.as_str().into(), &outcome.status.into());
    let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::String);
    if expect.error.is_some() {
        differs("error", &text(&expect.error), &text(&outcome.failure.error));
    }
    if expect.cause.is_some() {
        differs("cause", &text(&expect.cause), &text(&outcome.failure.cause));
    }
    if let Some(output) = &expect.output {
        differs("output", output, outcome.output.as_ref().unwrap_or(&Value::Null));
    }
    if let Some(path) = &expect.path {
        let taken: Vec<&str> = outcome.path.iter().map(|(state, _)| &**state).collect();
        differs("path", &serde_json::json!(path), &serde_json::json!(taken));
    }
    if differences.len() == 1 && expect.status.as_str() != outcome.status {
        // How it failed instead says more than that it did.
        let Failure { error, cause } = &outcome.failure;
        let told = [error, cause].into_iter().flatten().cloned().collect::<Vec<_>>().join(": ");
        differences.extend((!told.is_empty()).then(|| format!("it ended with {told}")));
    }
    differences
}
