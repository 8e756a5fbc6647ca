//! What happens in a map run, from format 1.

use super::{failure, text};
use crate::codec::v1::wire;
use crate::event::{BatchLimits, ChildStatus, MapRunLimits, MapRunStarted, MapRunStep};

pub(super) fn started(run: wire::MapRunStarted<'_>) -> MapRunStarted {
    MapRunStarted {
        state: text(run.state),
        arn: text(run.arn),
        label: text(run.label),
        start: text(run.start),
        express: run.express,
        limits: limits(run.limits),
        batch: run.batch.map(|batch| BatchLimits { items: batch.items, bytes: batch.bytes }),
        max_items: run.max_items,
        reads: run.reads,
        writes: run.writes,
    }
}

pub(super) fn step(step: wire::MapRunStep<'_>) -> MapRunStep {
    use wire::MapRunStep as Wire;
    match step {
        Wire::ItemsWanted { from } => MapRunStep::ItemsWanted { from },
        Wire::ItemsRead { done } => MapRunStep::ItemsRead { done },
        Wire::ChildStarted { child, items } => MapRunStep::ChildStarted { child, items },
        Wire::ChildEnded { child, status, failure: failed } => {
            MapRunStep::ChildEnded { child, status: status_of(status), failure: failure(failed) }
        }
        Wire::ChildRedriven { child } => MapRunStep::ChildRedriven { child },
        Wire::ResultsWanted => MapRunStep::ResultsWanted,
        Wire::ResultsWritten => MapRunStep::ResultsWritten,
        Wire::Broken { failure: failed } => MapRunStep::Broken { failure: failure(failed) },
        Wire::Updated { limits: changed } => MapRunStep::Updated { limits: limits(changed) },
        Wire::Succeeded => MapRunStep::Succeeded,
        Wire::Failed { failure: failed } => MapRunStep::Failed { failure: failure(failed) },
        Wire::Aborted => MapRunStep::Aborted,
        Wire::Redriven { arn, count } => MapRunStep::Redriven { arn: text(arn), count },
    }
}

fn limits(limits: wire::MapRunLimits) -> MapRunLimits {
    MapRunLimits {
        max_concurrency: limits.max_concurrency,
        tolerated_failure_count: limits.tolerated_failure_count,
        tolerated_failure_percentage: limits.tolerated_failure_percentage,
    }
}

fn status_of(status: wire::ChildStatus) -> ChildStatus {
    match status {
        wire::ChildStatus::Succeeded => ChildStatus::Succeeded,
        wire::ChildStatus::Failed => ChildStatus::Failed,
        wire::ChildStatus::TimedOut => ChildStatus::TimedOut,
        wire::ChildStatus::Aborted => ChildStatus::Aborted,
    }
}
