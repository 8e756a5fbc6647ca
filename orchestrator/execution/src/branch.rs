//! A line of control and what it is doing. `apply` alone writes these; wrong combinations can't be written down.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::sync::Arc;

use asl::context::MapItem;
use asl::retry::Origin;
use asl::{Payload, Variables};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::event::{Failure, StartedChild, StateType, TaskScheduled};
use crate::id::{BranchId, PublicId, Seq, WaitId};
use crate::map_run::Work;
use crate::wait::StartedTask;

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Branch {
    pub(crate) parent: Option<Parent>,
    /// Of a Map's iteration.
    pub(crate) item: Option<Item>,
    /// What its states have assigned, and what its children's can read.
    pub(crate) variables: Variables,
    /// The public event that this branch's next one follows.
    pub(crate) last: PublicId,
    pub(crate) phase: Phase,
    /// Its place in the ready queue.
    pub(crate) ready_since: Option<Seq>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Parent {
    pub(crate) branch: BranchId,
    /// Of the Parallel's branch or the Map's item.
    pub(crate) index: usize,
}

/// An element of a Map's array: taken out of it only when an expression may ask for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    pub(crate) items: Payload,
    pub(crate) index: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Phase {
    /// About to enter `state`.
    Enter {
        state: Arc<str>,
        input: Payload,
    },
    In(Box<Visit>),
    /// A Map's iteration that has its result; the Map takes it with the next event.
    Ended {
        output: Payload,
    },
}

/// A state from its entry to its exit, retries included.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Visit {
    pub(crate) state: Arc<str>,
    pub(crate) state_type: StateType,
    pub(crate) entered_at: DateTime<Utc>,
    pub(crate) entered_id: PublicId,
    /// What its entry follows.
    pub(crate) entered_after: PublicId,
    /// Its entry, or the redrive that let it begin again.
    pub(crate) begun_at: DateTime<Utc>,
    pub(crate) input: Payload,
    /// (retrier, how often it was used), of those that were.
    pub(crate) retries: Vec<(u32, u32)>,
    /// The wait that the task token of the last attempt names.
    pub(crate) token: Option<WaitId>,
    pub(crate) doing: Doing,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Doing {
    /// About to begin, or to begin again.
    Run,
    Task(TaskWait),
    Retry {
        wait: WaitId,
        until: DateTime<Utc>,
        count: u32,
        failure: Failure,
    },
    Timer {
        wait: WaitId,
        until: DateTime<Utc>,
    },
    /// The task's result is there.
    Result(Payload),
    TimerOver,
    Failed(Fault),
    Join(Join),
    /// A Distributed Map whose run is about to begin, with its items, unless a reader will bring them.
    Items(Option<Payload>),
    MapRun(Box<Work>),
    /// Cut short in what it holds; the branch closes with the next event.
    Aborted(Box<Doing>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TaskWait {
    pub(crate) wait: WaitId,
    pub(crate) task: Arc<TaskScheduled>,
    pub(crate) payload: Payload,
    pub(crate) scheduled_at: DateTime<Utc>,
    pub(crate) started: Option<StartedTask>,
    /// This attempt was handed out before.
    pub(crate) again: bool,
    /// A second wait, open while the call is made; then it is `wait`.
    pub(crate) callback: Option<WaitId>,
    /// The call was made, and what it began goes on.
    pub(crate) submitted: bool,
    pub(crate) child: Option<Box<StartedChild>>,
}

/// What went wrong, and where it came from: retriers and catchers ask for both.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fault {
    pub(crate) failure: Failure,
    pub(crate) origin: Origin,
    /// Of an expression that failed: an event of its own tells of it first.
    pub(crate) evaluation: Option<Evaluation>,
}

/// Where an expression failed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Evaluation {
    pub(crate) location: Option<String>,
}

impl Fault {
    pub(crate) fn new(failure: Failure, origin: Origin) -> Self {
        Self { failure, origin, evaluation: None }
    }
}

/// A Parallel or a Map with its children.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Join {
    pub(crate) started_id: PublicId,
    pub(crate) children: BTreeMap<BranchId, usize>,
    /// By branch or item.
    pub(crate) results: Vec<Option<Payload>>,
    pub(crate) finished: usize,
    pub(crate) kind: JoinKind,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum JoinKind {
    Parallel,
    Map(MapJoin),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct MapJoin {
    /// The processor's `StartAt`.
    pub(crate) start: Arc<str>,
    pub(crate) items: Payload,
    pub(crate) begun: usize,
    /// Iterations that were cut short before a redrive, by item: they go on before others begin.
    pub(crate) cut: BTreeMap<usize, BranchId>,
    /// 0: no limit.
    pub(crate) max_concurrency: usize,
    pub(crate) tolerated_failures: u64,
    pub(crate) failures: u64,
    /// Last state events of iterations that ended and whose place no other has taken yet.
    pub(crate) freed: VecDeque<PublicId>,
}

impl Branch {
    pub(crate) fn new(
        parent: Option<Parent>,
        last: PublicId,
        state: Arc<str>,
        input: Payload,
    ) -> Self {
        let variables = Variables::none();
        Self {
            parent,
            item: None,
            variables,
            last,
            phase: Phase::Enter { state, input },
            ready_since: None,
        }
    }

    /// Whether it can go on without a trigger.
    pub(crate) fn is_ready(&self) -> bool {
        match &self.phase {
            Phase::Enter { .. } => true,
            Phase::Ended { .. } => false,
            Phase::In(visit) => match &visit.doing {
                Doing::Run
                | Doing::Result(_)
                | Doing::TimerOver
                | Doing::Failed(_)
                | Doing::Items(_) => true,
                Doing::MapRun(work) => work.is_ready(),
                Doing::Task(_) | Doing::Retry { .. } | Doing::Timer { .. } | Doing::Aborted(_) => {
                    false
                }
                Doing::Join(join) => join.is_finished() || join.startable() > 0,
            },
        }
    }

    pub(crate) fn visit(&self) -> Option<&Visit> {
        match &self.phase {
            Phase::In(visit) => Some(visit),
            Phase::Enter { .. } | Phase::Ended { .. } => None,
        }
    }

    pub(crate) fn visit_mut(&mut self) -> Option<&mut Visit> {
        match &mut self.phase {
            Phase::In(visit) => Some(visit),
            Phase::Enter { .. } | Phase::Ended { .. } => None,
        }
    }

    pub(crate) fn wait(&self) -> Option<WaitId> {
        self.visit().and_then(Visit::wait)
    }

    pub(crate) fn join(&self) -> Option<&Join> {
        self.visit().and_then(Visit::join)
    }

    pub(crate) fn join_mut(&mut self) -> Option<&mut Join> {
        match &mut self.visit_mut()?.doing {
            Doing::Join(join) => Some(join),
            Doing::Run
            | Doing::Task(_)
            | Doing::Retry { .. }
            | Doing::Timer { .. }
            | Doing::Result(_)
            | Doing::TimerOver
            | Doing::Failed(_)
            | Doing::Items(_)
            | Doing::MapRun(_)
            | Doing::Aborted(_) => None,
        }
    }
}

impl Visit {
    pub(crate) fn wait(&self) -> Option<WaitId> {
        match &self.doing {
            Doing::Task(task) => Some(task.wait),
            Doing::Retry { wait, .. } | Doing::Timer { wait, .. } => Some(*wait),
            Doing::Run
            | Doing::Result(_)
            | Doing::TimerOver
            | Doing::Failed(_)
            | Doing::Join(_)
            | Doing::Items(_)
            | Doing::MapRun(_)
            | Doing::Aborted(_) => None,
        }
    }

    /// Every open one: a task has two while its call is made.
    pub(crate) fn waits(&self) -> impl Iterator<Item = WaitId> {
        let callback = match &self.doing {
            Doing::Task(task) => task.callback,
            Doing::Run
            | Doing::Retry { .. }
            | Doing::Timer { .. }
            | Doing::Result(_)
            | Doing::TimerOver
            | Doing::Failed(_)
            | Doing::Join(_)
            | Doing::Items(_)
            | Doing::MapRun(_)
            | Doing::Aborted(_) => None,
        };
        self.wait().into_iter().chain(callback)
    }

    pub(crate) fn join(&self) -> Option<&Join> {
        match &self.doing {
            Doing::Join(join) => Some(join),
            Doing::Run
            | Doing::Task(_)
            | Doing::Retry { .. }
            | Doing::Timer { .. }
            | Doing::Result(_)
            | Doing::TimerOver
            | Doing::Failed(_)
            | Doing::Items(_)
            | Doing::MapRun(_)
            | Doing::Aborted(_) => None,
        }
    }

    pub(crate) fn map_run(&self) -> Option<&Work> {
        match &self.doing {
            Doing::MapRun(work) => Some(work),
            Doing::Run
            | Doing::Task(_)
            | Doing::Retry { .. }
            | Doing::Timer { .. }
            | Doing::Result(_)
            | Doing::TimerOver
            | Doing::Failed(_)
            | Doing::Join(_)
            | Doing::Items(_)
            | Doing::Aborted(_) => None,
        }
    }

    /// Retries so far, of all retriers: `$$.State.RetryCount`.
    pub(crate) fn retry_count(&self) -> u32 {
        self.retries.iter().map(|(_, count)| count).sum()
    }
}

impl Join {
    pub(crate) fn is_finished(&self) -> bool {
        self.finished == self.results.len()
    }

    /// How many iterations may begin now.
    pub(crate) fn startable(&self) -> usize {
        match &self.kind {
            JoinKind::Parallel => 0,
            JoinKind::Map(map) => {
                let left = self.results.len() - map.begun + map.cut.len();
                match map.max_concurrency {
                    0 => left,
                    max => left.min(max.saturating_sub(self.children.len())),
                }
            }
        }
    }

    /// The results as one array, each to the letter.
    pub(crate) fn array(&self) -> Payload {
        let texts = || self.results.iter().flatten().map(Payload::text);
        let bytes = texts().map(|text| text.len() + 1).sum::<usize>() + 2;
        let mut array = String::with_capacity(bytes);
        array.push('[');
        for (index, text) in texts().enumerate() {
            if index > 0 {
                array.push(',');
            }
            array.push_str(text);
        }
        array.push(']');
        Payload::trusted(array)
    }
}

impl Item {
    /// What `$$.Map.Item` shows; `None` where the payload is no array, which `MapStarted` rules out.
    pub(crate) fn map_item(&self) -> Option<MapItem> {
        let value = self.items.value().get(usize::try_from(self.index).ok()?)?;
        Some(MapItem { index: self.index, value: Payload::from_value(value.clone()) })
    }
}

/// What a catcher places, and what stands in a failed child's place: `Cause` is there even if it is empty, as AWS has it.
pub(crate) fn error_output(failure: &Failure) -> Payload {
    let text = |text: &Option<String>| Value::String(text.clone().unwrap_or_default());
    Payload::from_value(json!({ "Error": text(&failure.error), "Cause": text(&failure.cause) }))
}
