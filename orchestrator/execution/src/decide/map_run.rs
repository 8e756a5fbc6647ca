//! What a report to a map run means: items that were read, a child that ended, results that were written.

use asl::Payload;

use crate::branch::Doing;
use crate::draft::Draft;
use crate::event::{ChildStatus, EventKind, MapRunStep};
use crate::execution::{Execution, Refusal, Status};
use crate::id::{BranchId, PublicId, WaitId};
use crate::map_run::{Asks, MapRun, MapRunStatus};
use crate::message::EndedChild;
use crate::trigger::MapRunReport;

impl Execution {
    /// A child that ends after its run is counted; every other report to a run that has ended is refused.
    pub(super) fn report_to_map_run(
        &self,
        wait: WaitId,
        report: MapRunReport,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        let run = self.map_runs.get(&wait).ok_or(Refusal::UnknownWait)?;
        let (step, payload) = match report {
            MapRunReport::Items { from, items, done } => {
                is(run.asks == Asks::Items { from })?;
                (MapRunStep::ItemsRead { done }, Some(items))
            }
            MapRunReport::ChildEnded { child, status, failure, output, redrives } => {
                let open = run.open.get(&child).ok_or(Refusal::UnknownWait)?;
                let is_running = run.status == MapRunStatus::Running;
                if is_running && status != ChildStatus::Succeeded && redrives < open.redrives {
                    // What was cut short before the redrive has come to its end only now.
                    (MapRunStep::ChildRedriven { child }, None)
                } else {
                    // Whoever writes the results reads them in the children's own histories.
                    let output = output.filter(|_| !run.started.writes);
                    (MapRunStep::ChildEnded { child, status, failure }, output)
                }
            }
            MapRunReport::Written { result } => {
                is(run.asks == Asks::Results)?;
                (MapRunStep::ResultsWritten, Some(result))
            }
            MapRunReport::Broken { failure } => {
                is(run.asks != Asks::Nothing)?;
                (MapRunStep::Broken { failure }, None)
            }
            MapRunReport::Update { limits } => {
                is(run.status == MapRunStatus::Running)?;
                (MapRunStep::Updated { limits }, None)
            }
        };
        draft.map_run((run.branch, wait), PublicId::default(), payload, step);
        Ok(())
    }

    pub(super) fn child_of_map_run_ended(
        &self,
        (wait, number): (WaitId, u64),
        ended: EndedChild,
        draft: &mut Draft,
    ) -> Result<(), Refusal> {
        let status = match ended.status {
            Status::Succeeded => ChildStatus::Succeeded,
            Status::TimedOut => ChildStatus::TimedOut,
            Status::Aborted => ChildStatus::Aborted,
            Status::Failed | Status::Running => ChildStatus::Failed,
        };
        let EndedChild { failure, output, redrives, .. } = ended;
        let report = MapRunReport::ChildEnded { child: number, status, failure, output, redrives };
        self.report_to_map_run(wait, report, draft)
    }

    /// Ends the run of a branch that is cut short.
    pub(super) fn abort_map_run(&self, id: BranchId, because: PublicId, draft: &mut Draft) {
        let visit = self.branches.get(&id).and_then(|branch| branch.visit());
        if let Some(Doing::MapRun(work)) = visit.map(|visit| &visit.doing) {
            draft.map_run((id, work.wait), because, None, MapRunStep::Aborted);
        }
    }
}

impl MapRun {
    /// Children that have not ended though their run has.
    pub fn is_orphaned(&self) -> bool {
        self.status != MapRunStatus::Running && !self.open.is_empty()
    }
}

impl Draft {
    pub(crate) fn map_run(
        &mut self,
        (branch, wait): (BranchId, WaitId),
        previous: PublicId,
        payload: Option<Payload>,
        step: MapRunStep,
    ) -> PublicId {
        self.push(branch, previous, payload, EventKind::MapRun { wait, step })
    }
}

fn is(expected: bool) -> Result<(), Refusal> {
    if expected { Ok(()) } else { Err(Refusal::UnknownWait) }
}
