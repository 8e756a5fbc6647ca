//! One row per kind of event, the kind in question first. Never changed: the files hold what was released.

use std::sync::Arc;

use asl::{Assignment, Payload};
use chrono::{DateTime, Utc};
use execution::event::{
    BatchLimits, ChildStatus, Event, EventKind, ExecutionRedriven, ExecutionStarted, Failure,
    MapRunLimits, MapRunStarted, MapRunStep, OfferedAgain, Parent, Settings, StartedBy,
    StartedChild, StateType, TaskFamily, TaskScheduled, TimeLimit,
};
use execution::express::Keeps;
use execution::id::Home;
use execution::{BranchId, ExecutionId, PublicId, WaitId};

/// Fields that came after a format was first released, each absent in the files of before.
pub(super) fn additions() -> Vec<(&'static str, Vec<Event>)> {
    let assigned = |name: &str, value: &str| Assignment {
        name: name.into(),
        value: Payload::parse(value).unwrap(),
    };
    let exited = |assigned| EventKind::StateExited {
        state: "Price".into(),
        state_type: StateType::Pass,
        next: None,
        assigned,
    };
    let variables = vec![
        // A value that the output has too is written once.
        event(0, 2, Some(r#"{"n":1.10}"#), exited(vec![assigned("größe", r#"{"n":1.10}"#)])),
        event(0, 2, Some("[]"), exited(vec![assigned("x", "null"), assigned("y", r#""a""#)])),
    ];
    let credentials = TaskScheduled {
        state: "Ask".into(),
        queue: "sqs:sendMessage".into(),
        family: TaskFamily::Service { service: "sqs".into(), action: "sendMessage".into() },
        resource: "arn:aws:states:::sqs:sendMessage".into(),
        region: "us-east-1".into(),
        attempt: 1,
        timeout_seconds: None,
        heartbeat_seconds: None,
        credentials_role: Some("arn:aws:iam::000000000000:role/ask".into()),
        callback: None,
        child: None,
    };
    let credentials = event(0, 2, Some("{}"), EventKind::TaskScheduled(Arc::new(credentials)));
    let silent = EventKind::TaskStarted {
        wait: WaitId(4),
        worker: None,
        deadline: None,
        heartbeat_seconds: None,
        again: false,
        is_silent: true,
        family: TaskFamily::Activity,
    };
    let of_run =
        |previous, step| event(0, previous, None, EventKind::MapRun { wait: WaitId(6), step });
    let arn = "arn:aws:states:us-east-1:000000000000:mapRun:order/All:0197".into();
    let redriven = vec![
        of_run(9, MapRunStep::Redriven { arn, count: 1 }),
        of_run(0, MapRunStep::ChildRedriven { child: 7 }),
    ];
    vec![
        ("StateExited.assigned", variables),
        ("TaskScheduled.credentials", vec![credentials]),
        ("ExecutionStarted.express", express()),
        ("MapRun.redriven", redriven),
        ("ExecutionStarted.startedBy", started_by()),
        ("TaskStarted.silent", vec![event(0, 4, None, silent)]),
        ("ExecutionStarted.traceHeader", trace_header()),
        ("ExecutionStarted.historyEventsMax", history_events_max()),
    ]
}

fn express() -> Vec<Event> {
    let started = |keeps| {
        let started = ExecutionStarted {
            name: "n".to_owned(),
            execution_arn: "arn:aws:states:us-east-1:000000000000:express:m:n:7".to_owned(),
            machine_arn: "m".to_owned(),
            started_by: StartedBy::default(),
            machine_name: "m".to_owned(),
            role_arn: "r".to_owned(),
            deadline: Some(instant("2026-11-28T12:05:00Z")),
            start_at: "S".into(),
            settings: Settings::default(),
            parent: None,
            express: Some(keeps),
        };
        event(0, 0, Some("1"), EventKind::ExecutionStarted(Box::new(started)))
    };
    [Keeps::Nothing, Keeps::Failures, Keeps::Everything].map(started).into()
}

/// On a version alone, and on one that an alias chose.
fn started_by() -> Vec<Event> {
    let machine_arn = "arn:aws:states:us-east-1:000000000000:stateMachine:order";
    let started = |alias_arn: Option<String>| ExecutionStarted {
        name: "order-1".to_owned(),
        execution_arn: "arn:aws:states:us-east-1:000000000000:execution:order:order-1".to_owned(),
        machine_arn: machine_arn.to_owned(),
        started_by: StartedBy {
            version_arn: Some(format!("{machine_arn}:3")),
            alias_arn,
            trace_header: None,
        },
        machine_name: "order".to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/order".to_owned(),
        deadline: None,
        start_at: "Payment".into(),
        settings: Settings::default(),
        parent: None,
        express: None,
    };
    [None, Some(format!("{machine_arn}:live"))]
        .into_iter()
        .map(|alias| {
            let kind = EventKind::ExecutionStarted(Box::new(started(alias)));
            event(0, 0, Some("{}"), kind)
        })
        .collect()
}

fn trace_header() -> Vec<Event> {
    let mut started = started_by().remove(0);
    if let EventKind::ExecutionStarted(started) = &mut started.kind {
        let trace_header = Some("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1".to_owned());
        started.started_by = StartedBy { trace_header, ..StartedBy::default() };
    }
    vec![started]
}

fn history_events_max() -> Vec<Event> {
    let mut started = started_by().remove(0);
    if let EventKind::ExecutionStarted(started) = &mut started.kind {
        started.settings.history_events_max = Some(25_000);
    }
    vec![started]
}

pub(super) fn rows() -> Vec<Vec<Event>> {
    let mut rows = executions();
    rows.extend(states());
    rows.extend(tasks());
    rows.extend(calls());
    rows.extend(waits());
    rows.extend(children());
    rows.extend(map_runs());
    rows.extend(operators());
    rows
}

fn executions() -> Vec<Vec<Event>> {
    let started = ExecutionStarted {
        name: "order-Ü-1".to_owned(),
        execution_arn: "arn:aws:states:us-east-1:000000000000:execution:order:order-Ü-1".to_owned(),
        machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:order".to_owned(),
        started_by: StartedBy::default(),
        machine_name: "order".to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/order".to_owned(),
        deadline: Some(instant("2026-11-24T12:00:00Z")),
        start_at: "Payment".into(),
        settings: Settings { default_task_timeout_seconds: Some(3600), ..Settings::default() },
        parent: None,
        express: None,
    };
    // White space, a 20-digit number, trailing zeros, escapes and the order of keys are the caller's.
    let input = r#"{"z": 12345678901234567890, "a" : 1.10, "text":"a\u0000\"\\ü", "e":[ ]}"#;
    vec![
        vec![
            event(0, 0, Some(input), EventKind::ExecutionStarted(Box::new(started))),
            event(0, 0, Some(input), entered("Payment", StateType::Task)),
        ],
        vec![event(0, 7, Some("null"), EventKind::ExecutionSucceeded)],
        vec![event(0, 7, None, EventKind::ExecutionFailed(failure()))],
        vec![event(
            0,
            0,
            None,
            EventKind::ExecutionTimedOut(Failure {
                error: Some("States.Timeout".to_owned()),
                cause: None,
            }),
        )],
        vec![event(0, 0, None, EventKind::ExecutionAborted(Failure::default()))],
        vec![
            event(0, 8, None, redriven(None, Some("token-\"ü\""), false)),
            event(0, 8, None, redriven(Some(instant("2026-11-24T12:00:00.000001Z")), None, true)),
        ],
    ]
}

fn redriven(deadline: Option<DateTime<Utc>>, token: Option<&str>, afresh: bool) -> EventKind {
    let client_token = token.map(str::to_owned);
    EventKind::ExecutionRedriven(Box::new(ExecutionRedriven {
        count: 2,
        deadline,
        client_token,
        afresh,
    }))
}

fn states() -> Vec<Vec<Event>> {
    let types = [
        StateType::Task,
        StateType::Choice,
        StateType::Wait,
        StateType::Pass,
        StateType::Succeed,
        StateType::Fail,
        StateType::Parallel,
        StateType::Map,
    ];
    let entered =
        types.map(|state_type| event(3, 2, Some(r#"{"n":1}"#), entered("Grüße", state_type)));
    let exited = |next: Option<&str>| EventKind::StateExited {
        state: "Grüße".into(),
        state_type: StateType::Choice,
        next: next.map(Arc::from),
        assigned: Vec::new(),
    };
    let aborted =
        |wait| EventKind::StateAborted {
            state: "Grüße".into(), state_type: StateType::Wait, wait
        };
    vec![
        entered.to_vec(),
        vec![
            event(3, 9, Some("[1, 2]"), exited(Some("Next"))),
            event(3, 9, Some("1"), exited(None)),
        ],
        vec![event(3, 9, None, aborted(Some(WaitId(12)))), event(3, 9, None, aborted(None))],
    ]
}

fn families() -> [TaskFamily; 3] {
    [
        TaskFamily::Activity,
        TaskFamily::Lambda,
        TaskFamily::Service { service: "lambda".into(), action: "invoke".into() },
    ]
}

fn tasks() -> Vec<Vec<Event>> {
    let wait = WaitId(4);
    let scheduled = families().map(|family| {
        let task = TaskScheduled {
            state: "Payment".into(),
            queue: "payment".into(),
            family,
            resource: "arn:aws:states:us-east-1:000000000000:activity:payment".into(),
            region: "us-east-1".into(),
            attempt: 2,
            timeout_seconds: Some(30),
            heartbeat_seconds: None,
            callback: None,
            child: None,
            credentials_role: None,
        };
        event(0, 3, Some(r#"{"amount":1}"#), EventKind::TaskScheduled(Arc::new(task)))
    });
    let started = |again, worker: Option<&str>| EventKind::TaskStarted {
        wait,
        worker: worker.map(Arc::from),
        deadline: Some(instant("2026-11-24T12:00:00.000001Z")),
        heartbeat_seconds: Some(5),
        again,
        is_silent: false,
        family: TaskFamily::Activity,
    };
    let succeeded = families()
        .map(|family| event(0, 4, Some("true"), EventKind::TaskSucceeded { wait, family }));
    let failed = EventKind::TaskFailed { wait, failure: failure(), family: TaskFamily::Lambda };
    let timed_out = [TimeLimit::Timeout, TimeLimit::Heartbeat].map(|limit| {
        let family = TaskFamily::Activity;
        event(0, 5, None, EventKind::TaskTimedOut { wait, failure: failure(), family, limit })
    });
    let reasons =
        [OfferedAgain::Unacknowledged, OfferedAgain::GivenBack, OfferedAgain::SessionBroken];
    let offered =
        reasons.map(|reason| event(0, 0, None, EventKind::TaskOfferedAgain { wait, reason }));
    vec![
        scheduled.to_vec(),
        vec![
            event(0, 4, None, started(false, Some("w-1"))),
            event(0, 4, None, started(true, None)),
        ],
        succeeded.to_vec(),
        vec![event(0, 5, None, failed)],
        timed_out.to_vec(),
        offered.to_vec(),
    ]
}

/// Of a call: with a token, and one that the orchestrator makes itself; and how a child's history begins.
fn calls() -> Vec<Vec<Event>> {
    let (wait, id) = (WaitId(4), child_id());
    let call = |resource: &str, callback, child| TaskScheduled {
        state: "Ask".into(),
        queue: "sqs:sendMessage".into(),
        family: TaskFamily::Service { service: "sqs".into(), action: "sendMessage".into() },
        resource: resource.into(),
        region: "us-east-1".into(),
        attempt: 1,
        timeout_seconds: None,
        heartbeat_seconds: Some(5),
        credentials_role: None,
        callback,
        child,
    };
    let scheduled = |resource, callback, child| {
        let call = EventKind::TaskScheduled(Arc::new(call(resource, callback, child)));
        event(0, 3, Some("{}"), call)
    };
    let with_token = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
    let sync = "arn:aws:states:::states:startExecution.sync";
    let family = TaskFamily::Service { service: "states".into(), action: "x.sync".into() };
    let child = StartedChild {
        id,
        arn: "arn:aws:states:us-east-1:000000000000:execution:order:ü".into(),
        started_at: instant("2026-11-24T12:00:00.123Z"),
    };
    let submitted = |child| {
        let kind = EventKind::TaskSubmitted { wait, family: family.clone(), child };
        event(0, 4, Some(r#"{"StartDate":1}"#), kind)
    };
    let parent = |wait, number| ExecutionStarted {
        name: "n".to_owned(),
        execution_arn: "e".to_owned(),
        machine_arn: "m".to_owned(),
        started_by: StartedBy::default(),
        machine_name: "m".to_owned(),
        role_arn: "r".to_owned(),
        deadline: None,
        start_at: "S".into(),
        settings: Settings::default(),
        parent: Some(Parent { execution: id, arn: "parent".to_owned(), wait, number }),
        express: None,
    };
    let started = |wait, number| {
        let started = parent(wait, number);
        event(0, 0, Some("1"), EventKind::ExecutionStarted(Box::new(started)))
    };
    vec![
        vec![
            event(0, 0, None, EventKind::CallbackOpened),
            scheduled(with_token, Some(WaitId(3)), None),
            scheduled(sync, None, Some(id)),
        ],
        vec![
            submitted(None),
            submitted(Some(Box::new(child))),
            started(Some(wait), Some(7)),
            started(None, None),
        ],
    ]
}

pub(super) fn child_id() -> ExecutionId {
    ExecutionId::new(instant("2026-11-24T12:00:00.123Z"), Home(3), 0x1234_5678_9abc_def0)
}

fn waits() -> Vec<Vec<Event>> {
    let until = instant("2026-11-24T12:00:02Z");
    let (state, wait): (Arc<str>, _) = ("Inventory".into(), WaitId(9));
    let retry = EventKind::RetryScheduled {
        state: state.clone(),
        retrier: 1,
        count: 3,
        until,
        failure: failure(),
    };
    vec![
        vec![event(0, 8, None, retry)],
        vec![event(0, 0, None, EventKind::RetryDue { wait })],
        vec![event(0, 0, None, EventKind::TimerStarted { state, until })],
        vec![event(0, 0, None, EventKind::TimerFired { wait })],
    ]
}

fn children() -> Vec<Vec<Event>> {
    let state: Arc<str> = "Each".into();
    let parallel = EventKind::ParallelStarted {
        state: state.clone(),
        first: BranchId(5),
        starts: ["Left".into(), "Right".into()].into(),
    };
    let map = |max_concurrency, tolerated_failures| EventKind::MapStarted {
        state: "Each".into(),
        start: "Item".into(),
        length: 2,
        max_concurrency,
        tolerated_failures,
    };
    let (index, child) = (1, BranchId(8));
    let of = || state.clone();
    vec![
        vec![event(0, 2, Some("{}"), parallel)],
        vec![event(0, 2, None, EventKind::ParallelSucceeded { state: of() })],
        vec![event(0, 2, None, EventKind::ParallelFailed { state: of() })],
        vec![event(0, 2, Some("[1,2]"), map(0, 0)), event(0, 2, Some("[1,2]"), map(40, 1))],
        vec![event(0, 2, None, EventKind::MapSucceeded { state: of() })],
        vec![event(0, 2, None, EventKind::MapFailed { state: of() })],
        vec![event(0, 2, Some("2"), EventKind::MapIterationStarted { state: of(), index, child })],
        vec![event(0, 2, None, EventKind::MapIterationSucceeded { state: of(), index, child })],
        vec![
            event(0, 2, None, EventKind::MapIterationFailed { state: of(), index, child }),
            event(
                0,
                2,
                Some(r#"{"Error":"E","Cause":""}"#),
                EventKind::MapIterationFailed { state: of(), index, child },
            ),
        ],
        vec![event(0, 2, None, EventKind::MapIterationAborted { state: of(), index, child })],
        vec![event(0, 0, None, EventKind::MapIterationResumed { index, child })],
        vec![evaluation_failed(Some("Output/result".to_owned())), evaluation_failed(None)],
        vec![
            event(8, 0, None, EventKind::BranchClosed { wait: Some(WaitId(3)) }),
            event(8, 0, None, EventKind::BranchClosed { wait: None }),
        ],
    ]
}

fn evaluation_failed(location: Option<String>) -> Event {
    let failure = Failure::new("States.QueryEvaluationError", "The JSONata expression '$x' …");
    event(0, 1, None, EventKind::EvaluationFailed { state: "Sum".into(), failure, location })
}

fn operators() -> Vec<Vec<Event>> {
    vec![
        vec![event(0, 0, None, EventKind::Quarantined { reason: "a \"bug\"".to_owned() })],
        vec![event(0, 0, None, EventKind::Released)],
    ]
}

fn event(branch: u64, previous: u64, payload: Option<&str>, kind: EventKind) -> Event {
    let payload = payload.map(|text| Payload::parse(text).unwrap());
    Event { branch: BranchId(branch), previous: PublicId(previous), payload, kind }
}

fn entered(state: &str, state_type: StateType) -> EventKind {
    EventKind::StateEntered { state: state.into(), state_type }
}

pub(super) fn failure() -> Failure {
    Failure { error: Some("OutOfStock".to_owned()), cause: Some("line 1\nline 2 ü".to_owned()) }
}

pub(super) fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn map_runs() -> Vec<Vec<Event>> {
    let limits = MapRunLimits {
        max_concurrency: 1000,
        tolerated_failure_count: Some(3),
        tolerated_failure_percentage: Some(2.5),
    };
    let started = MapRunStarted {
        state: "Orders".into(),
        arn: "arn:aws:states:us-east-1:000000000000:mapRun:order/All:0197".into(),
        label: "All".into(),
        start: "Ship".into(),
        express: true,
        limits,
        batch: Some(BatchLimits { items: Some(10), bytes: Some(100_000) }),
        max_items: Some(1_000_000),
        reads: true,
        writes: true,
    };
    let documents =
        r#"{"reader":{"Bucket":"b","Key":"k"},"batch":{"a":1},"writer":{"Bucket":"b"}}"#;
    let found = EventKind::MapItemsFound { state: "Orders".into(), length: 2 };
    vec![
        vec![event(0, 4, Some("[1,2]"), found)],
        vec![event(0, 5, Some(documents), EventKind::MapRunStarted(Arc::new(started)))],
        map_run_steps(limits),
    ]
}

fn map_run_steps(limits: MapRunLimits) -> Vec<Event> {
    let step = |previous, payload, step| {
        event(0, previous, payload, EventKind::MapRun { wait: WaitId(6), step })
    };
    let status = |status| MapRunStep::ChildEnded { child: 7, status, failure: failure() };
    vec![
        step(0, None, MapRunStep::ItemsWanted { from: 2000 }),
        step(0, Some("[3,4]"), MapRunStep::ItemsRead { done: true }),
        step(0, Some("[ ]"), MapRunStep::ItemsRead { done: false }),
        step(0, Some(r#"{"Items":[3,4]}"#), MapRunStep::ChildStarted { child: 7, items: 2 }),
        step(
            0,
            Some("null"),
            MapRunStep::ChildEnded {
                child: 6,
                status: ChildStatus::Succeeded,
                failure: Failure::default(),
            },
        ),
        step(0, None, status(ChildStatus::Failed)),
        step(0, None, status(ChildStatus::TimedOut)),
        step(0, None, status(ChildStatus::Aborted)),
        step(0, None, MapRunStep::ResultsWanted),
        step(0, Some("{}"), MapRunStep::ResultsWritten),
        step(0, None, MapRunStep::Broken { failure: failure() }),
        step(0, None, MapRunStep::Updated { limits }),
        step(6, None, MapRunStep::Succeeded),
        step(6, None, MapRunStep::Failed { failure: failure() }),
        step(6, None, MapRunStep::Aborted),
    ]
}
