//! What an execution that runs waits for, branch by branch, in the words of the contract.

use chrono::{DateTime, Utc};
use everstep_proto::v1;
use everstep_proto::v1::open_branch::WaitsFor;
use execution::wait::{OpenBranch, OpenTask, Served, WaitKind};
use execution::{Event, Execution, WaitId};
use store::HistoryRow;

use crate::timestamps::timestamp;

/// An execution folded from its rows, with the rows' times: a wait began when the row of its first event was written.
#[derive(Debug)]
pub(crate) struct Folded {
    execution: Execution,
    /// By the last `seq` of each row.
    times: Vec<(u64, DateTime<Utc>)>,
}

impl Folded {
    pub(crate) fn new(execution: Execution) -> Self {
        Self { execution, times: Vec::new() }
    }

    pub(crate) fn apply(&mut self, row: &HistoryRow, events: &[Event]) {
        for event in events {
            self.execution.apply(event, row.at);
        }
        self.times.push((row.last_seq, row.at));
    }

    pub(crate) fn execution(&self) -> &Execution {
        &self.execution
    }

    fn began(&self, wait: WaitId) -> Option<DateTime<Utc>> {
        let row = self.times.partition_point(|(last_seq, _)| *last_seq < wait.0);
        self.times.get(row).map(|(_, at)| *at)
    }
}

/// Of an Express execution, which no row says more of than that it began.
pub(crate) fn in_memory(folded: &Folded, started_at: DateTime<Utc>) -> v1::OpenBranch {
    v1::OpenBranch {
        entered_at: Some(timestamp(started_at)),
        since: Some(timestamp(started_at)),
        until: folded.execution.deadline().map(timestamp),
        waits_for: Some(WaitsFor::InMemory(v1::InMemoryWait {})),
        ..v1::OpenBranch::default()
    }
}

pub(crate) fn open_branches(folded: &Folded, pollers: impl Fn(&str) -> u32) -> Vec<v1::OpenBranch> {
    let branches = folded.execution.open_branches();
    branches.into_iter().map(|branch| shown(folded, branch, &pollers)).collect()
}

fn shown(folded: &Folded, branch: OpenBranch, pollers: &impl Fn(&str) -> u32) -> v1::OpenBranch {
    let mut shown = v1::OpenBranch {
        state: branch.state.to_string(),
        entered_at: Some(timestamp(branch.entered_at)),
        since: Some(timestamp(branch.entered_at)),
        map_indexes: branch.map_indexes,
        ..v1::OpenBranch::default()
    };
    match branch.waits_for {
        WaitKind::Nothing => {}
        WaitKind::Task(task) => set_task(&mut shown, &task, pollers),
        WaitKind::Retry { wait, until, attempt, failure } => {
            shown.since = folded.began(wait).map(timestamp);
            shown.until = Some(timestamp(until));
            shown.waits_for = Some(WaitsFor::Retry(v1::RetryWait {
                error: failure.error.unwrap_or_default(),
                cause: failure.cause.unwrap_or_default(),
                attempt,
            }));
        }
        WaitKind::Timer { wait, until } => {
            shown.since = folded.began(wait).map(timestamp);
            shown.until = Some(timestamp(until));
            shown.waits_for = Some(WaitsFor::Timer(v1::TimerWait {}));
        }
        WaitKind::Join { open, not_begun } => {
            shown.waits_for = Some(WaitsFor::Join(v1::JoinWait { open, not_begun }));
        }
    }
    if let Some(reason) = folded.execution.quarantine() {
        shown.since = Some(timestamp(folded.execution.updated_at()));
        shown.until = None;
        let reason = reason.to_owned();
        shown.waits_for = Some(WaitsFor::Quarantine(v1::QuarantineWait { reason }));
    }
    shown
}

fn set_task(shown: &mut v1::OpenBranch, task: &OpenTask, pollers: &impl Fn(&str) -> u32) {
    let started = task.started.as_ref();
    let worker = started.and_then(|started| started.worker.as_deref());
    shown.since = Some(timestamp(started.map_or(task.scheduled_at, |started| started.at)));
    shown.until = started.and_then(|started| started.deadline).map(timestamp);
    let attempt = task.attempt;
    let child = |arn: &str| {
        let execution_arn = arn.to_owned();
        WaitsFor::Child(v1::ChildWait { execution_arn, attempt })
    };
    shown.waits_for = Some(match &task.served {
        Served::ByWorker { .. } => WaitsFor::Task(v1::TaskWait {
            queue: task.queue.to_string(),
            attempt,
            worker: worker.unwrap_or_default().to_owned(),
            pollers: pollers(&task.queue),
            started_at: started.map(|started| timestamp(started.at)),
        }),
        Served::ByCallback => {
            let resource = task.resource.to_string();
            WaitsFor::Callback(v1::CallbackWait { resource, attempt })
        }
        Served::ByStart { .. } => child(""),
        Served::ByChild(started) => child(&started.arn),
    });
}
