//! What happens in a map run, to format 1.

use super::{failure, text};
use crate::codec::v1::wire;
use crate::event::{ChildStatus, MapRunLimits, MapRunStarted, MapRunStep};

pub(super) fn started(run: &MapRunStarted) -> wire::MapRunStarted<'_> {
    wire::MapRunStarted {
        state: text(&run.state),
        arn: text(&run.arn),
        label: text(&run.label),
        start: text(&run.start),
        express: run.express,
        limits: limits(run.limits),
        batch: run.batch.map(|batch| wire::BatchLimits { items: batch.items, bytes: batch.bytes }),
        max_items: run.max_items,
        reads: run.reads,
        writes: run.writes,
    }
}

pub(super) fn step(step: &MapRunStep) -> wire::MapRunStep<'_> {
    use wire::MapRunStep as Wire;
    match step {
        MapRunStep::ItemsWanted { from } => Wire::ItemsWanted { from: *from },
        MapRunStep::ItemsRead { done } => Wire::ItemsRead { done: *done },
        MapRunStep::ChildStarted { child, items } => {
            Wire::ChildStarted { child: *child, items: *items }
        }
        MapRunStep::ChildEnded { child, status, failure: failed } => {
            Wire::ChildEnded { child: *child, status: status_of(*status), failure: failure(failed) }
        }
        MapRunStep::ChildRedriven { child } => Wire::ChildRedriven { child: *child },
        MapRunStep::ResultsWanted => Wire::ResultsWanted,
        MapRunStep::ResultsWritten => Wire::ResultsWritten,
        MapRunStep::Broken { failure: failed } => Wire::Broken { failure: failure(failed) },
        MapRunStep::Updated { limits: changed } => Wire::Updated { limits: limits(*changed) },
        MapRunStep::Succeeded => Wire::Succeeded,
        MapRunStep::Failed { failure: failed } => Wire::Failed { failure: failure(failed) },
        MapRunStep::Aborted => Wire::Aborted,
        MapRunStep::Redriven { arn, count } => Wire::Redriven { arn: text(arn), count: *count },
    }
}

fn limits(limits: MapRunLimits) -> wire::MapRunLimits {
    wire::MapRunLimits {
        max_concurrency: limits.max_concurrency,
        tolerated_failure_count: limits.tolerated_failure_count,
        tolerated_failure_percentage: limits.tolerated_failure_percentage,
    }
}

fn status_of(status: ChildStatus) -> wire::ChildStatus {
    match status {
        ChildStatus::Succeeded => wire::ChildStatus::Succeeded,
        ChildStatus::Failed => wire::ChildStatus::Failed,
        ChildStatus::TimedOut => wire::ChildStatus::TimedOut,
        ChildStatus::Aborted => wire::ChildStatus::Aborted,
    }
}
