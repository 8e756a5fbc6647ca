//! One run's desk: asks come in the order of the parent's commits; answers go back as reports.

use std::sync::Arc;

use asl::{Payload, names};
use execution::event::{ChildStatus, Failure, Parent};
use execution::express::SECONDS_MAX;
use execution::map_run::arn_below;
use execution::trigger::{MapRunReport, Processor, Redrive};
use execution::{ExecutionId, Status, Trigger};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::reader::Reader;
use super::{Ask, ChildAsk, MapRuns, RunRef, writer};
use crate::catalog::Machine;
use crate::error::EngineError;
use crate::patience::Patience;
use crate::recovery::read_end;
use crate::starter::{ChildStart, MapRunChild, Start, Waits};

#[derive(Debug)]
pub(super) struct Desk {
    place: Arc<Place>,
    reader: Reader,
}

/// What a run's tasks share.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) map_runs: Arc<MapRuns>,
    pub(super) run: RunRef,
}

impl Desk {
    pub(super) fn new(map_runs: Arc<MapRuns>, run: RunRef) -> Self {
        Self { place: Arc::new(Place { map_runs, run }), reader: Reader::default() }
    }

    /// Until the run's asks end. Results that are being written then are for nobody: the run may be redriven meanwhile, and ask for others.
    pub(super) async fn run(
        mut self,
        mut asks: mpsc::UnboundedReceiver<Ask>,
        ended: CancellationToken,
    ) {
        let Some(machine) = self.place.machine().await else { return };
        while let Some(ask) = asks.recv().await {
            match ask {
                Ask::Child(child) => self.start(&machine, child).await,
                Ask::Items { from } => {
                    let report = self.reader.read(&self.place, &machine, from).await;
                    self.place.report(report).await;
                }
                Ask::Results => self.write(&machine, &ended).await,
                Ask::End => return,
            }
        }
    }

    async fn write(&self, machine: &Machine, ended: &CancellationToken) {
        let written = writer::write(&self.place, machine);
        if let Some(report) = ended.run_until_cancelled(written).await {
            self.place.report(report).await;
        }
    }

    async fn start(&self, machine: &Arc<Machine>, child: ChildAsk) {
        let under_way = Arc::clone(&self.place.map_runs.starts).acquire_owned().await;
        let (place, machine) = (Arc::clone(&self.place), Arc::clone(machine));
        tokio::spawn(async move {
            place.start(&machine, child).await;
            drop(under_way);
        });
    }
}

impl Place {
    /// The machine as it was when the parent started; `None`: this node's lanes have closed.
    async fn machine(&self) -> Option<Arc<Machine>> {
        let mut patience = Patience::default();
        loop {
            match self.map_runs.redriver.catalog.machine_of(self.run.parent).await {
                Ok(machine) => return Some(machine),
                Err(error) => {
                    warn!(run = %self.run.started.arn, %error, "a map run can't go on yet");
                }
            }
            if self.map_runs.starter.around.lanes.are_closed() {
                return None;
            }
            tokio::time::sleep(patience.next()).await;
        }
    }

    /// Until the child runs, or has run.
    async fn start(&self, machine: &Arc<Machine>, mut child: ChildAsk) {
        let mut patience = Patience::default();
        loop {
            match self.attempt(machine, &child).await {
                Ok(()) => return,
                Err(error @ EngineError::Refused { .. }) => {
                    let failure = Failure::new(names::RUNTIME, error.to_string());
                    let status = ChildStatus::Failed;
                    return self.report_end(&child, status, (failure, None)).await;
                }
                Err(error) => {
                    warn!(run = %self.run.started.arn, child = child.number, %error, "a child can't be started yet");
                }
            }
            if self.map_runs.starter.around.lanes.are_closed() {
                return;
            }
            // Its fate may be unknown.
            child.repeated = true;
            tokio::time::sleep(patience.next()).await;
        }
    }

    async fn attempt(&self, machine: &Arc<Machine>, child: &ChildAsk) -> Result<(), EngineError> {
        let RunRef { parent, parent_arn, wait, started, .. } = &self.run;
        let id = parent.of_child(*wait, child.number, child.started_at);
        let starter = &self.map_runs.starter;
        if child.repeated && starter.store.execution(id).await?.is_some() {
            return self.redrive(id, child).await;
        }
        let (_, machine_arn) = starter.around.border.arns(machine, "", id);
        let kind = if started.express { "express" } else { "execution" };
        let label = Arc::clone(&started.label);
        let arns = move |name: &str, _| {
            let execution = arn_below(&machine_arn, kind, &label, name);
            (execution, format!("{machine_arn}/{label}"))
        };
        let parent = Parent {
            execution: *parent,
            arn: parent_arn.to_string(),
            wait: Some(*wait),
            number: Some(child.number),
        };
        let of_run = MapRunChild {
            run: parent.execution.of_map_run(execution::Seq(wait.0)),
            items: child.items,
            label: Arc::clone(&started.label),
            processor: Processor {
                start_at: Arc::clone(&started.start),
                timeout_seconds: started.express.then_some(SECONDS_MAX),
            },
        };
        let start = Start {
            machine: Arc::clone(machine),
            name: None,
            input: child.input.clone(),
            arns: Box::new(arns),
            trace_header: None,
            child: Some(ChildStart { id, parent, of_run: Some(of_run) }),
            waits: Waits::Start,
        };
        let begun = starter.begin(start, None, |lanes, id, mail| match lanes.of(id) {
            Some(lane) => lane.post(mail),
            None => mail.refuse(EngineError::unavailable("this node is changing over")),
        });
        match begun.await {
            Ok(_) => Ok(()),
            // Its row may be there already.
            Err(error @ EngineError::Refused { .. }) => {
                starter.store.execution(id).await?.map(|_| ()).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }

    /// A child that has begun before, and is to run again if it has ended without success.
    async fn redrive(&self, id: ExecutionId, child: &ChildAsk) -> Result<(), EngineError> {
        if child.redrives == 0 {
            return Ok(());
        }
        let redrive = Redrive {
            client_token: None,
            count: Some(child.redrives),
            afresh: self.run.started.express,
        };
        match self.map_runs.redriver.redrive(id, redrive, None).await {
            // What runs will be heard of when it ends.
            Ok(_) | Err(EngineError::NotRedrivable { status: Status::Running }) => Ok(()),
            // While its parent was closed, which did not hear of it.
            Err(EngineError::NotRedrivable { .. }) => {
                let output = read_end(&self.map_runs.starter.store, id).await?;
                let output = output.and_then(|ended| ended.output);
                let status = ChildStatus::Succeeded;
                self.report_end(child, status, (Failure::default(), output)).await;
                Ok(())
            }
            // It ends as it had ended.
            Err(EngineError::HistoryFull) => {
                let ended = read_end(&self.map_runs.starter.store, id).await?;
                let failure = ended.map(|ended| ended.failure).unwrap_or_default();
                self.report_end(child, ChildStatus::Failed, (failure, None)).await;
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn report_end(
        &self,
        child: &ChildAsk,
        status: ChildStatus,
        (failure, output): (Failure, Option<Payload>),
    ) {
        let ChildAsk { number: child, redrives, .. } = *child;
        self.report(MapRunReport::ChildEnded { child, status, failure, output, redrives }).await;
    }

    pub(super) async fn report(&self, report: MapRunReport) {
        let trigger = Trigger::MapRun { wait: self.run.wait, report };
        self.map_runs.starter.around.report(self.run.parent, trigger).await;
    }

    /// What a document of the run says, as text.
    pub(super) fn field(&self, document: &str, field: &str) -> Option<&str> {
        self.run.documents.value().get(document)?.get(field)?.as_str()
    }
}

/// The Map that the run is of.
pub(super) fn map_of<'a>(machine: &'a Machine, run: &RunRef) -> Option<&'a asl::states::Map> {
    let state = machine.definition.state_named(&run.started.state)?;
    match &machine.definition.state(state).kind {
        asl::StateKind::Map(map) => Some(map),
        asl::StateKind::Task(_)
        | asl::StateKind::Choice(_)
        | asl::StateKind::Wait(_)
        | asl::StateKind::Pass(_)
        | asl::StateKind::Succeed(_)
        | asl::StateKind::Fail(_)
        | asl::StateKind::Parallel(_) => None,
    }
}
