//! One execution alone on a simulated clock: what it waits for comes when it is due, and its rows are kept as the store would.
//!
//! For whoever runs a machine without an engine: `everstep test`, the conformance runner, this crate's own tests.

mod children;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::codec;
use crate::event::{Event, Failure};
use crate::execution::{Decision, Execution, Outside, Refusal, Status, Tokens};
use crate::history::{self, PublicEvent};
use crate::id::{ExecutionId, Home, PublicId, WaitId};
use crate::map_run::MapRunStatus;
use crate::message::Outgoing;
use crate::trigger::{Start, Trigger};
use crate::wait::{OpenTask, Served, WaitKind};
use asl::StateMachine;
use chrono::{DateTime, TimeDelta, Utc};

#[derive(Debug)]
pub struct Simulated {
    pub machine: Arc<StateMachine>,
    pub execution: Execution,
    pub now: DateTime<Utc>,
    pub rows: Vec<Row>,
    /// What it told other executions.
    pub sent: Vec<Outgoing>,
    seed: u64,
}

/// What the store would keep of a decision.
#[derive(Debug, Clone)]
pub struct Row {
    pub first_public_id: PublicId,
    pub at: DateTime<Utc>,
    pub bytes: Vec<u8>,
}

/// What is due next without anybody's doing.
#[derive(Debug, Clone)]
pub struct Due {
    pub at: DateTime<Utc>,
    pub trigger: Trigger,
}

impl Simulated {
    pub fn new(machine: StateMachine, now: DateTime<Utc>) -> Self {
        Self::of(Arc::new(machine), ExecutionId::new(now, Home(1), 7), now)
    }

    pub fn of(machine: Arc<StateMachine>, id: ExecutionId, now: DateTime<Utc>) -> Self {
        let (execution, rows, sent) = (Execution::begin(id), Vec::new(), Vec::new());
        Self { machine, execution, now, rows, sent, seed: 1 }
    }

    pub fn start(&mut self, start: Start) -> Result<Vec<Event>, Refusal> {
        self.send(Trigger::Start(Box::new(start)))
    }

    /// Sends the trigger, and `Resume` until every branch waits.
    pub fn send(&mut self, trigger: Trigger) -> Result<Vec<Event>, Refusal> {
        let mut decision = self.send_once(trigger)?;
        let mut events = std::mem::take(&mut decision.events);
        while decision.more {
            decision = self.send_once(Trigger::Resume)?;
            events.append(&mut decision.events);
        }
        Ok(events)
    }

    pub fn send_once(&mut self, trigger: Trigger) -> Result<Decision, Refusal> {
        self.seed += 1;
        let token = |wait: WaitId| format!("token-{}", wait.0);
        let outside = Outside { now: self.now, seed: self.seed, tokens: Tokens(&token) };
        let decision = self.execution.process(&self.machine, trigger, outside)?;
        self.sent.extend(decision.messages.iter().cloned());
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
    pub fn replayed(&self) -> Execution {
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

    pub fn public_history(&self) -> Vec<PublicEvent> {
        let page = |row: &Row| {
            let events =
                codec::decode(codec::FORMAT, &row.bytes).expect("a row that was just written");
            history::project(row.first_public_id, row.at, &events)
        };
        self.rows.iter().flat_map(page).collect()
    }

    /// As they stand in the rows.
    pub fn events(&self) -> Vec<Event> {
        let rows = self.rows.iter();
        rows.flat_map(|row| codec::decode(codec::FORMAT, &row.bytes).expect("a row just written"))
            .collect()
    }

    pub fn open_waits(&self) -> BTreeSet<WaitId> {
        let branches = self.execution.open_branches().into_iter();
        let runs = self.execution.map_runs().filter(|run| run.status == MapRunStatus::Running);
        branches
            .flat_map(|branch| match branch.waits_for {
                WaitKind::Task(task) => match task.served {
                    Served::ByWorker { callback: Some(callback) } => vec![task.wait, callback],
                    Served::ByWorker { callback: None }
                    | Served::ByCallback
                    | Served::ByStart { .. }
                    | Served::ByChild(_) => vec![task.wait],
                },
                WaitKind::Retry { wait, .. } | WaitKind::Timer { wait, .. } => vec![wait],
                WaitKind::Nothing | WaitKind::Join { .. } => Vec::new(),
            })
            .chain(runs.map(|run| run.wait))
            .collect()
    }

    pub fn is_running(&self) -> bool {
        self.execution.status() == Status::Running
    }

    pub fn open_tasks(&self) -> Vec<(Arc<str>, OpenTask)> {
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
    pub fn take(&mut self, wait: WaitId, worker: Option<&str>) {
        let trigger = Trigger::TaskTaken { wait, worker: worker.map(Arc::from), is_silent: false };
        self.send(trigger).expect("an open task can be taken");
    }

    pub fn fail(&mut self, wait: WaitId, failure: Failure) {
        self.send(Trigger::TaskFailed { wait, failure }).expect("a started task can fail");
    }

    /// The timer that is due first.
    pub fn next_due(&self) -> Option<Due> {
        self.dues().into_iter().min_by_key(|due| due.at)
    }

    /// Every timer that is armed.
    pub fn dues(&self) -> Vec<Due> {
        let branches = self.execution.open_branches().into_iter();
        let waits = branches.flat_map(|branch| dues_of(branch.waits_for));
        let deadline = self.execution.deadline();
        waits.chain(deadline.map(|at| Due { at, trigger: Trigger::DeadlineDue })).collect()
    }

    /// Moves the clock to the timer that is due first, and fires it. Answers whether there was one.
    pub fn fire_next(&mut self) -> bool {
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
                at: started.at
                    + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(i64::MAX / 1_000)),
                trigger: Trigger::HeartbeatMissed { wait },
            });
            heartbeat.into_iter().chain(deadline).collect()
        }),
        WaitKind::Nothing | WaitKind::Join { .. } => Vec::new(),
    }
}
