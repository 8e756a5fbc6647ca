//! What events say of a map run: the child executions of a Distributed Map.

use std::sync::Arc;

use super::Failure;

#[derive(Debug, Clone, PartialEq)]
pub struct MapRunStarted {
    pub state: Arc<str>,
    /// Its ARN, and the label within it.
    pub arn: Arc<str>,
    pub label: Arc<str>,
    /// The processor's `StartAt`.
    pub start: Arc<str>,
    pub express: bool,
    pub limits: MapRunLimits,
    pub batch: Option<BatchLimits>,
    /// At most so many items are read.
    pub max_items: Option<u64>,
    /// The items come from an `ItemReader`; else they stand in `MapItemsFound`.
    pub reads: bool,
    /// Somebody outside puts the results together, as the `ResultWriter` says; else they are the children's outputs.
    pub writes: bool,
}

/// What happens in a map run. Only the last four are public: three end its wait, a redrive opens it again.
#[derive(Debug, Clone, PartialEq)]
pub enum MapRunStep {
    /// The `ItemReader` is asked for the items from number `from` on.
    ItemsWanted {
        from: u64,
    },
    /// Payload: an array of the items that were read; `done`: these are the last.
    ItemsRead {
        done: bool,
    },
    /// The next `items` items become the child number `child`. Payload: its input; absent: the one item as it is.
    ChildStarted {
        child: u64,
        items: u64,
    },
    /// Payload: the child's output.
    ChildEnded {
        child: u64,
        status: ChildStatus,
        failure: Failure,
    },
    /// Every child has ended; the `ResultWriter` is to write what became of them.
    /// The child `child`, which had not succeeded before a redrive, is to run again.
    ChildRedriven {
        child: u64,
    },
    ResultsWanted,
    /// Payload: the state's result, which says where they are.
    ResultsWritten,
    /// The items can't be read, or the results can't be written. The run fails with the next events.
    Broken {
        failure: Failure,
    },
    /// An operator changed its limits.
    Updated {
        limits: MapRunLimits,
    },
    Succeeded,
    Failed {
        failure: Failure,
    },
    Aborted,
    /// For the `count`th time; `arn` is the run's.
    Redriven {
        arn: Arc<str>,
        count: u64,
    },
}

/// What an operator may change while it runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MapRunLimits {
    /// 0: as many as Everstep runs at a time.
    pub max_concurrency: u64,
    pub tolerated_failure_count: Option<u64>,
    /// 0 to 100.
    pub tolerated_failure_percentage: Option<f64>,
}

/// `ItemBatcher`; at least one of them is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimits {
    pub items: Option<u64>,
    pub bytes: Option<u64>,
}

/// How a child of a map run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChildStatus {
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}
