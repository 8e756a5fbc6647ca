//! What of an Express execution becomes durable: its start, its end, and what lies between where it is asked for.

use asl::{Payload, StateMachine};
use chrono::{DateTime, TimeDelta, Utc};
use execution::event::Failure;
use execution::express::{HISTORY_BYTES_MAX, Keeps, Pending, Row};
use execution::id::Home;
use execution::trigger::Start;
use execution::{
    Event, EventKind, Execution, ExecutionId, Outside, PublicId, Seq, Status, Tokens, Trigger,
    WaitId,
};

use super::start;

const TWO_TASKS: &str = r#"{"StartAt": "A", "TimeoutSeconds": 1000, "States": {
    "A": {"Type": "Task", "Resource": "a", "Next": "B"},
    "B": {"Type": "Task", "Resource": "b", "End": true}}}"#;

/// An execution as a lane runs it: what it decides goes through its `Pending`.
struct Run {
    machine: StateMachine,
    execution: Execution,
    pending: Pending,
    now: DateTime<Utc>,
    rows: Vec<Row>,
}

impl Run {
    fn begin(definition: &str, keeps: Keeps, pending: Pending) -> Self {
        let now = DateTime::from_timestamp(1_764_300_000, 0).expect("a time");
        let execution = Execution::begin(ExecutionId::new(now, Home(0), 7));
        let machine = StateMachine::parse(definition).expect("the definition is valid");
        let mut run = Self { machine, execution, pending, now, rows: Vec::new() };
        let start = Start { express: Some(keeps), ..start(r#"{"n": 1.10}"#) };
        run.send(Trigger::Start(Box::new(start)));
        run
    }

    /// The rows that it wants to be written.
    fn send(&mut self, trigger: Trigger) -> Vec<Row> {
        self.now += TimeDelta::seconds(1);
        let outside =
            Outside { now: self.now, seed: 1, tokens: Tokens(&|wait| wait.0.to_string()) };
        let decision =
            self.execution.process(&self.machine, trigger, outside).expect("it takes the trigger");
        let rows = self.pending.take(&decision);
        self.rows.extend(rows.clone());
        rows
    }

    /// A worker takes the task of `wait` and succeeds.
    fn work(&mut self, wait: u64) -> Vec<Row> {
        let wait = WaitId(wait);
        let mut rows = self.send(Trigger::TaskTaken { wait, worker: None, is_silent: false });
        rows.extend(
            self.send(Trigger::TaskSucceeded { wait, output: Payload::parse("2").expect("JSON") }),
        );
        rows
    }

    /// The only open wait of a task.
    fn wait(&self) -> u64 {
        let branches = self.execution.open_branches();
        let execution::wait::WaitKind::Task(task) = &branches[0].waits_for else {
            panic!("it waits for no task: {branches:?}")
        };
        task.wait.0
    }

    fn finish(&mut self) {
        for _ in 0..2 {
            self.work(self.wait());
        }
    }

    /// What is read back of it.
    fn folded(&self) -> Execution {
        let mut folded = Execution::begin(self.execution.id());
        for row in &self.rows {
            folded.count_from(row.first_seq);
            row.events.iter().for_each(|event| folded.apply(event, row.at));
        }
        folded
    }
}

fn kinds(rows: &[Row]) -> Vec<String> {
    let name = |event: &Event| {
        let debug = format!("{:?}", event.kind);
        debug.split(|it: char| !it.is_alphanumeric()).next().unwrap_or_default().to_owned()
    };
    rows.iter().flat_map(|row| &row.events).map(name).collect()
}

#[test]
fn without_a_history_the_start_and_the_end_are_its_two_events() {
    let mut run = Run::begin(TWO_TASKS, Keeps::Nothing, Pending::new(Keeps::Nothing, false));
    assert_eq!(kinds(&run.rows), ["ExecutionStarted"], "the start is due at once");
    assert_eq!(run.work(run.wait()), [], "a step stays in memory");

    let end = run.work(run.wait());

    assert_eq!(kinds(&end), ["ExecutionSucceeded"]);
    let at = (end[0].first_seq, end[0].first_public_id, end[0].events[0].previous);
    assert_eq!(at, (Seq(2), PublicId(2), PublicId(1)));
    assert_eq!(run.folded().status(), Status::Succeeded);
    assert_eq!(end[0].at - run.rows[0].at, TimeDelta::seconds(4), "each row has its own time");
}

#[test]
fn where_somebody_waits_for_the_end_the_start_is_written_with_it() {
    let mut run = Run::begin(TWO_TASKS, Keeps::Nothing, Pending::new(Keeps::Nothing, true));
    assert_eq!(run.rows, []);

    run.finish();

    assert_eq!(kinds(&run.rows), ["ExecutionStarted", "ExecutionSucceeded"]);
    assert_eq!(run.folded().status(), Status::Succeeded);
}

#[test]
fn a_history_that_is_kept_is_written_whole_with_the_end() {
    let mut run = Run::begin(TWO_TASKS, Keeps::Everything, Pending::new(Keeps::Everything, false));
    assert_eq!(kinds(&run.rows), ["ExecutionStarted"]);

    run.finish();

    let folded = run.folded();
    assert_eq!(folded.last_public_id(), run.execution.last_public_id());
    assert_eq!((folded.last_seq(), folded.status()), (run.execution.last_seq(), Status::Succeeded));
    let mut last = (Seq(0), PublicId(0));
    for row in &run.rows {
        assert_eq!(
            (row.first_seq.0, row.first_public_id.0),
            (last.0.0 + 1, last.1.0 + 1),
            "no gap"
        );
        let public = row.events.iter().filter(|event| event.kind.is_public()).count() as u64;
        last = (row.last_seq(), PublicId(row.first_public_id.0 + public - 1));
    }
}

#[test]
fn of_an_execution_that_succeeds_failures_keep_nothing() {
    let keeps = Keeps::Failures;
    let mut succeeded = Run::begin(TWO_TASKS, keeps, Pending::new(keeps, false));
    succeeded.finish();
    let mut stopped = Run::begin(TWO_TASKS, keeps, Pending::new(keeps, false));
    stopped.work(stopped.wait());
    stopped.send(Trigger::Stop { failure: Failure::default() });

    assert_eq!(kinds(&succeeded.rows), ["ExecutionStarted", "ExecutionSucceeded"]);
    assert_eq!(stopped.folded().last_seq(), stopped.execution.last_seq());
    assert!(kinds(&stopped.rows).contains(&"TaskSucceeded".to_owned()));
}

#[test]
fn an_execution_that_ends_where_it_begins_is_durable_at_once_and_whole() {
    let pass = r#"{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}"#;
    for (keeps, events) in [(Keeps::Nothing, 2), (Keeps::Everything, 4)] {
        for start_waits in [false, true] {
            let run = Run::begin(pass, keeps, Pending::new(keeps, start_waits));
            assert_eq!(kinds(&run.rows).len(), events);
            assert_eq!(run.folded().status(), Status::Succeeded);
        }
    }
}

#[test]
fn it_ends_after_five_minutes_however_long_its_machine_would_let_it_run() {
    let mut run = Run::begin(TWO_TASKS, Keeps::Nothing, Pending::new(Keeps::Nothing, false));
    let deadline = run.execution.deadline().expect("it has one");
    assert_eq!(deadline - run.now, TimeDelta::seconds(300));

    run.now = deadline;
    let end = run.send(Trigger::DeadlineDue);

    let EventKind::ExecutionTimedOut(failure) = &end[0].events[0].kind else {
        panic!("it has not timed out: {end:?}")
    };
    assert_eq!(
        (failure.error.as_deref(), failure.cause.as_deref()),
        (Some("States.Timeout"), None)
    );
    let shorter = TWO_TASKS.replace("1000", "10");
    let run = Run::begin(&shorter, Keeps::Nothing, Pending::new(Keeps::Nothing, false));
    assert_eq!(run.execution.deadline().expect("it has one") - run.now, TimeDelta::seconds(10));
}

/// A crash: the start is read back, and the execution begins again with waits of its own.
#[test]
fn begun_again_it_shares_no_wait_with_the_run_before_and_its_history_has_no_gap() {
    let keeps = Keeps::Everything;
    let mut before = Run::begin(TWO_TASKS, keeps, Pending::new(keeps, false));
    let old = before.wait();
    before.work(old);

    let mut execution = Execution::begin(before.execution.id());
    let start = before.rows.remove(0);
    start.events.iter().for_each(|event| execution.apply(event, start.at));
    execution.count_from(Seq(1 << 40));
    let pending = Pending::again(keeps, Seq(1));
    let mut again = Run { execution, pending, rows: vec![start], ..before };
    again.send(Trigger::Resume);
    let stale = Trigger::TaskSucceeded { wait: WaitId(old), output: Payload::parse("9").unwrap() };
    let outside = Outside { now: again.now, seed: 1, tokens: Tokens(&|_| String::new()) };
    assert!(again.execution.process(&again.machine, stale, outside).is_err());
    again.finish();

    let folded = again.folded();
    assert_eq!(
        (folded.status(), folded.last_seq()),
        (Status::Succeeded, again.execution.last_seq())
    );
    assert_eq!(again.rows[1].first_public_id, PublicId(2));
    assert!(again.rows[1].first_seq >= Seq(1 << 40));
}

#[test]
fn a_history_too_large_to_keep_is_given_up_and_the_execution_goes_on() {
    let looping = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Task", "Resource": "a", "Next": "A", "Catch": [{"ErrorEquals": ["Enough"], "Next": "B"}]},
        "B": {"Type": "Succeed"}}}"#;
    let keeps = Keeps::Everything;
    let mut run = Run::begin(looping, keeps, Pending::new(keeps, false));
    let output = Payload::parse(format!(r#""{}""#, "x".repeat(250_000))).unwrap();
    for _ in 0..HISTORY_BYTES_MAX / 250_000 {
        let wait = WaitId(run.wait());
        run.send(Trigger::TaskTaken { wait, worker: None, is_silent: false });
        run.send(Trigger::TaskSucceeded { wait, output: output.clone() });
    }

    assert!(run.pending.has_given_up());
    run.send(Trigger::Stop { failure: Failure::default() });
    assert_eq!(kinds(&run.rows), ["ExecutionStarted", "ExecutionAborted"]);
}

#[test]
fn a_quarantine_is_seen_and_can_be_ended() {
    for start_waits in [false, true] {
        let keeps = Keeps::Everything;
        let mut run = Run::begin(TWO_TASKS, keeps, Pending::new(keeps, start_waits));
        run.send(Trigger::Quarantine { reason: "a bug".to_owned() });

        assert_eq!(run.folded().quarantine(), Some("a bug"));
        run.send(Trigger::Stop { failure: Failure::default() });
        assert_eq!(kinds(&run.rows), ["ExecutionStarted", "Quarantined", "ExecutionAborted"]);
        assert_eq!(run.folded().status(), Status::Aborted);
    }
}

#[test]
fn the_logging_level_says_what_is_kept() {
    for (configuration, keeps) in [
        ("", Keeps::Nothing),
        ("{}", Keeps::Nothing),
        (r#"{"level": "OFF"}"#, Keeps::Nothing),
        (r#"{"level": "ALL", "includeExecutionData": false}"#, Keeps::Everything),
        (r#"{"level": "ERROR"}"#, Keeps::Failures),
        (r#"{"level": "FATAL"}"#, Keeps::Failures),
    ] {
        assert_eq!(Keeps::by_logging(configuration), keeps, "{configuration}");
    }
}
