//! What a lane passes on for map runs, once the events that ask for it are durable.

use execution::event::MapRunStep;
use execution::map_run::{Asks, MapRunStatus};
use execution::{ExecutionId, WaitId};

use super::Lane;
use crate::map_runs::{Ask, ChildAsk, MapRunOrder, RunRef};

impl Lane {
    pub(super) fn map_run(&self, id: ExecutionId, wait: WaitId, step: &MapRunStep) {
        let ask = match step {
            MapRunStep::ChildStarted { child, .. } => self.child_ask((id, wait), *child, false),
            MapRunStep::ChildRedriven { child } => self.child_ask((id, wait), *child, true),
            MapRunStep::ItemsWanted { from } => Some(Ask::Items { from: *from }),
            MapRunStep::ResultsWanted => Some(Ask::Results),
            MapRunStep::Succeeded | MapRunStep::Failed { .. } | MapRunStep::Aborted => {
                Some(Ask::End)
            }
            MapRunStep::ItemsRead { .. }
            | MapRunStep::ChildEnded { .. }
            | MapRunStep::ResultsWritten
            | MapRunStep::Broken { .. }
            | MapRunStep::Redriven { .. }
            | MapRunStep::Updated { .. } => None,
        };
        if let Some(ask) = ask {
            self.order_of_run(id, wait, ask);
        }
    }

    /// `None`: it has ended meanwhile, or its run has.
    fn child_ask(
        &self,
        (id, wait): (ExecutionId, WaitId),
        child: u64,
        repeated: bool,
    ) -> Option<Ask> {
        let run = self.residents.get(&id)?.execution.map_run(wait)?;
        let open = run.open.get(&child).filter(|_| run.status == MapRunStatus::Running)?;
        Some(Ask::Child(ChildAsk::new(child, open, repeated)))
    }

    /// After a recovery nobody knows how far the node before had come.
    pub(super) fn ask_again(&self, id: ExecutionId) {
        let Some(resident) = self.residents.get(&id) else { return };
        let running = |run: &&execution::map_run::MapRun| run.status == MapRunStatus::Running;
        for run in resident.execution.map_runs().filter(running) {
            match run.asks {
                Asks::Items { from } => self.order_of_run(id, run.wait, Ask::Items { from }),
                Asks::Results => self.order_of_run(id, run.wait, Ask::Results),
                Asks::Nothing => {}
            }
            for (number, child) in &run.open {
                let ask = Ask::Child(ChildAsk::new(*number, child, true));
                self.order_of_run(id, run.wait, ask);
            }
        }
    }

    /// The execution has ended: nothing more will be asked.
    pub(super) fn end_runs(&self, resident: &super::Resident) {
        let id = resident.execution.id();
        for run in resident.execution.map_runs() {
            let run = RunRef::new(id, &resident.arn, run);
            let _ = self.around.map_runs.send(MapRunOrder { run, ask: Ask::End });
        }
    }

    fn order_of_run(&self, id: ExecutionId, wait: WaitId, ask: Ask) {
        let Some(resident) = self.residents.get(&id) else { return };
        let Some(run) = resident.execution.map_run(wait) else { return };
        let run = RunRef::new(id, &resident.arn, run);
        // A node that has left starts nothing; whoever takes the execution over does.
        let _ = self.around.map_runs.send(MapRunOrder { run, ask });
    }
}
