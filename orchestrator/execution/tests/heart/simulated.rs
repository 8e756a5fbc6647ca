//! One execution on a simulated clock: what it waits for comes when it is due, and its rows are kept as the store would.

use std::collections::BTreeSet;
use std::sync::Arc;

use asl::{Payload, StateMachine};
use chrono::{DateTime, TimeDelta, Utc};
use execution::event::{Event, Failure, Settings};
use execution::history::{self, PublicEvent};
use execution::id::Home;
use execution::map_run::MapRunStatus;
use execution::trigger::Start;
use execution::wait::{OpenTask, WaitKind};
use execution::{
    Decision, Execution, ExecutionId, PublicId, Refusal, Status, Trigger, WaitId, codec,
};

pub(crate) struct Simulated {
    pub(crate) machine: Arc<StateMachine>,
    pub(crate) execution: Execution,
    pub(crate) now: DateTime<Utc>,
    pub(crate) rows: Vec<Row>,
    seed: u64,
}

/// What the store would keep of a decision.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) first_public_id: PublicId,
    pub(crate) at: DateTime<Utc>,
    pub(crate) bytes: Vec<u8>,
}

/// What is due next without anybody's doing.
#[derive(Debug, Clone)]
pub(crate) struct Due {
    pub(crate) at: DateTime<Utc>,
    pub(crate) trigger: Trigger,
}

impl Simulated {
    pub(crate) fn new(machine: StateMachine, now: DateTime<Utc>) -> Self {
        Self::of(Arc::new(machine), ExecutionId::new(now, Home(1), 7), now)
    }

    pub(crate) fn of(machine: Arc<StateMachine>, id: ExecutionId, now: DateTime<Utc>) -> Self {
        Self { machine, execution: Execution::begin(id), now, rows: Vec::new(), seed: 1 }
    }

    pub(crate) fn start(&mut self, input: &str, settings: Settings) {
        self.send(Self::start_trigger(input, settings)).expect("a new execution can start");
    }

    pub(crate) fn start_trigger(input: &str, settings: Settings) -> Trigger {
        let start = Start {
            name: "run-1".to_owned(),
            execution_arn: "arn:aws:states:us-east-1:000000000000:execution:machine:run-1"
                .to_owned(),
            machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:machine".to_owned(),
            machine_name: "machine".to_owned(),
            role_arn: "arn:aws:iam::000000000000:role/none".to_owned(),
            settings,
            input: Payload::parse(input).expect("the test's input is JSON"),
            processor: None,
        };
        Trigger::Start(Box::new(start))
    }

    /// Sends the trigger, and `Resume` until every branch waits.
    pub(crate) fn send(&mut self, trigger: Trigger) -> Result<Vec<Event>, Refusal> {
        let mut decision = self.send_once(trigger)?;
        let mut events = std::mem::take(&mut decision.events);
        while decision.more {
            decision = self.send_once(Trigger::Resume)?;
            events.append(&mut decision.events);
        }
        Ok(events)
    }

    pub(crate) fn send_once(&mut self, trigger: Trigger) -> Result<Decision, Refusal> {
        self.seed += 1;
        let decision = self.execution.process(&self.machine, trigger, self.now, self.seed)?;
        if !decision.events.is_empty() {
            self.rows.push(Row {
                first_public_id: decision.first_public_id,
                at: decision.at,
                bytes: codec::encode(&decision.events),
            });
        }
        Ok(decision)
    }

    /// The fold over the rows as they were stored.
    pub(crate) fn replayed(&self) -> Execution {
        let mut replayed = Execution::begin(self.execution.id());
        for row in &self.rows {
            for event in
                codec::decode(codec::FORMAT, &row.bytes).expect("a row that was just written")
            {
                replayed.apply(&event, row.at);
            }
        }
        replayed
    }

    pub(crate) fn public_history(&self) -> Vec<PublicEvent> {
        let page = |row: &Row| {
            let events =
                codec::decode(codec::FORMAT, &row.bytes).expect("a row that was just written");
            history::project(row.first_public_id, row.at, &events)
        };
        self.rows.iter().flat_map(page).collect()
    }

    /// As they stand in the rows.
    pub(crate) fn events(&self) -> Vec<Event> {
        let rows = self.rows.iter();
        rows.flat_map(|row| codec::decode(codec::FORMAT, &row.bytes).expect("a row just written"))
            .collect()
    }

    pub(crate) fn open_waits(&self) -> BTreeSet<WaitId> {
        let branches = self.execution.open_branches().into_iter();
        let runs = self.execution.map_runs().filter(|run| run.status == MapRunStatus::Running);
        branches
            .filter_map(|branch| match branch.waits_for {
                WaitKind::Task(task) => Some(task.wait),
                WaitKind::Retry { wait, .. } | WaitKind::Timer { wait, .. } => Some(wait),
                WaitKind::Nothing | WaitKind::Join { .. } => None,
            })
            .chain(runs.map(|run| run.wait))
            .collect()
    }

    pub(crate) fn is_running(&self) -> bool {
        self.execution.status() == Status::Running
    }

    pub(crate) fn open_tasks(&self) -> Vec<(Arc<str>, OpenTask)> {
        let branches = self.execution.open_branches().into_iter();
        branches
            .filter_map(|branch| match branch.waits_for {
                WaitKind::Task(task) => Some((branch.state, *task)),
                WaitKind::Nothing
                | WaitKind::Retry { .. }
                | WaitKind::Timer { .. }
                | WaitKind::Join { .. } => None,
            })
            .collect()
    }

    /// Takes the task of `wait`, as a poller does.
    pub(crate) fn take(&mut self, wait: WaitId, worker: Option<&str>) {
        let trigger = Trigger::TaskTaken { wait, worker: worker.map(Arc::from) };
        self.send(trigger).expect("an open task can be taken");
    }

    pub(crate) fn fail(&mut self, wait: WaitId, failure: Failure) {
        self.send(Trigger::TaskFailed { wait, failure }).expect("a started task can fail");
    }

    /// The timer that is due first.
    pub(crate) fn next_due(&self) -> Option<Due> {
        let branches = self.execution.open_branches().into_iter();
        let waits = branches.flat_map(|branch| dues_of(branch.waits_for));
        let deadline = self.execution.deadline();
        let deadline = deadline.map(|at| Due { at, trigger: Trigger::DeadlineDue });
        waits.chain(deadline).min_by_key(|due| due.at)
    }

    /// Moves the clock to the timer that is due first, and fires it. Answers whether there was one.
    pub(crate) fn fire_next(&mut self) -> bool {
        let Some(due) = self.next_due() else { return false };
        self.now = self.now.max(due.at);
        self.send(due.trigger).expect("a due timer's wait is open");
        true
    }
}

fn dues_of(waits_for: WaitKind) -> Vec<Due> {
    match waits_for {
        WaitKind::Retry { wait, until, .. } | WaitKind::Timer { wait, until } => {
            vec![Due { at: until, trigger: Trigger::TimerDue { wait } }]
        }
        WaitKind::Task(task) => task.started.map_or_else(Vec::new, |started| {
            let wait = task.wait;
            let deadline =
                started.deadline.map(|at| Due { at, trigger: Trigger::TimerDue { wait } });
            let heartbeat = started.heartbeat_seconds.map(|seconds| Due {
                at: started.at + TimeDelta::seconds(i64::try_from(seconds).unwrap()),
                trigger: Trigger::HeartbeatMissed { wait },
            });
            heartbeat.into_iter().chain(deadline).collect()
        }),
        WaitKind::Nothing | WaitKind::Join { .. } => Vec::new(),
    }
}
