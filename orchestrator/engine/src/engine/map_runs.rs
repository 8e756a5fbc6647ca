//! Map runs of an execution: what describe and list show, and what an operator may change.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use execution::event::MapRunLimits;
use execution::map_run::MapRun;
use execution::trigger::MapRunReport;
use execution::{ExecutionId, Trigger, WaitId};

use super::Engine;
use crate::error::EngineError;
use crate::lane::Mail;
use crate::recovery::Folded;

/// Executions whose runs are watched at a time; of any others the whole history is read again.
const FOLDS_MAX: usize = 4;

/// Executions whose runs were asked for, as far as their histories had been read then: the next question reads on from there.
/// Only committed rows are read, and no row ever changes, so that what is kept is never wrong.
#[derive(Debug, Default)]
pub(super) struct Folds(Mutex<VecDeque<(ExecutionId, Fold)>>);

type Fold = Arc<tokio::sync::Mutex<Folded>>;

impl Folds {
    fn of(&self, id: ExecutionId) -> Fold {
        let mut kept = self.0.lock().expect("nobody panics with the folds in hand");
        let found = kept.iter().position(|(of, _)| *of == id).and_then(|at| kept.remove(at));
        let (_, fold) =
            found.unwrap_or_else(|| (id, Arc::new(tokio::sync::Mutex::new(Folded::new(id)))));
        kept.push_front((id, Arc::clone(&fold)));
        kept.truncate(FOLDS_MAX);
        fold
    }

    /// After an error half of a row may be in it.
    fn forget(&self, id: ExecutionId) {
        self.0.lock().expect("nobody panics with the folds in hand").retain(|(of, _)| *of != id);
    }
}

/// Those of one execution, in the order they were started.
#[derive(Debug)]
pub struct MapRunsOf {
    pub execution_arn: Arc<str>,
    pub runs: Vec<MapRun>,
}

impl Engine {
    /// Every run of the execution, ended ones too, as its history tells; `None`: there is no such execution.
    pub async fn map_runs(&self, id: ExecutionId) -> Result<Option<MapRunsOf>, EngineError> {
        let fold = self.0.folds.of(id);
        let mut folded = fold.lock().await;
        if let Err(error) = folded.catch_up(&self.0.store).await {
            self.0.folds.forget(id);
            return Err(error);
        }
        let is_there = folded.execution.last_seq().0 > 0;
        Ok(is_there.then(|| MapRunsOf {
            execution_arn: Arc::clone(&folded.arn),
            runs: folded.execution.map_runs().cloned().collect(),
        }))
    }

    /// Answers once the change is durable. `TaskOver`: the run has ended.
    pub async fn update_map_run(
        &self,
        id: ExecutionId,
        wait: WaitId,
        limits: MapRunLimits,
    ) -> Result<(), EngineError> {
        let trigger = Trigger::MapRun { wait, report: MapRunReport::Update { limits } };
        let updated = self.ask(id, |reply| Mail::Report { id, trigger, reply }).await;
        self.explain(id, updated).await
    }
}
