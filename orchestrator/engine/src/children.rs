//! Calls of `states:startExecution` that tasks make: each starts its child once, however often it is asked, and what came of it goes back
//! to the lane of the parent. The parent's events hold the intent, so a takeover asks again; the child's id makes that harmless.

use std::sync::Arc;

use asl::Payload;
use execution::event::{Failure, Parent, StartedChild};
use execution::{ExecutionId, Trigger, WaitId};
use store::NamespaceId;
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::border::{ChildCall, ChildRefused};
use crate::catalog::{Catalog, Machine, Namespace};
use crate::error::EngineError;
use crate::patience::Patience;
use crate::starter::{ChildStart, Start, Started, Starter, Waits};

/// Starts under way: enough to fill the lanes' batches, few enough to leave callers room in their mailboxes.
const UNDER_WAY_MAX: usize = 1024;

/// What a committed task asks for.
#[derive(Debug)]
pub(crate) struct ChildOrder {
    pub(crate) parent: ExecutionId,
    pub(crate) parent_arn: Arc<str>,
    pub(crate) wait: WaitId,
    pub(crate) namespace: NamespaceId,
    pub(crate) id: ExecutionId,
    pub(crate) parameters: Payload,
    /// The parent will wait for the child's end.
    pub(crate) awaited: bool,
    /// It may have been carried out before: by a node that is gone, or before a commit in doubt.
    pub(crate) repeated: bool,
}

#[derive(Debug)]
pub(crate) struct Children {
    pub(crate) starter: Starter,
    pub(crate) catalog: Arc<Catalog>,
}

/// Why an order is not carried out.
enum Undone {
    /// For good: the task fails.
    Refused(Failure),
    /// This node's lanes have closed: whoever takes the parent over asks again.
    Abandoned,
}

impl Children {
    /// Until the node leaves.
    pub(crate) async fn run(
        self,
        mut orders: mpsc::UnboundedReceiver<ChildOrder>,
        leave: CancellationToken,
    ) {
        let children = Arc::new(self);
        let under_way = Arc::new(Semaphore::new(UNDER_WAY_MAX));
        while let Some(Some(order)) = leave.run_until_cancelled(orders.recv()).await {
            let place = Arc::clone(&under_way).acquire_owned().await;
            let children = Arc::clone(&children);
            tokio::spawn(async move {
                children.carry_out(order).await;
                drop(place);
            });
        }
    }

    async fn carry_out(&self, order: ChildOrder) {
        let (parent, wait) = (order.parent, order.wait);
        let trigger = match self.start(order).await {
            Ok(child) => Trigger::ChildStarted { wait, child: Box::new(child) },
            Err(Undone::Refused(failure)) => Trigger::TaskFailed { wait, failure },
            Err(Undone::Abandoned) => return,
        };
        self.starter.around.report(parent, trigger).await;
    }

    async fn start(&self, mut order: ChildOrder) -> Result<StartedChild, Undone> {
        let mut patience = Patience::default();
        loop {
            if self.starter.around.lanes.are_closed() {
                return Err(Undone::Abandoned);
            }
            match self.attempt(&order).await {
                Ok(child) => return Ok(child),
                Err(Attempted::Refused(failure)) => return Err(Undone::Refused(failure)),
                Err(Attempted::Later(error)) => {
                    warn!(parent = %order.parent, %error, "a child can't be started yet");
                }
            }
            // Its fate may be unknown.
            order.repeated = true;
            tokio::time::sleep(patience.next()).await;
        }
    }

    async fn attempt(&self, order: &ChildOrder) -> Result<StartedChild, Attempted> {
        let namespace = self.catalog.namespace_by_id(order.namespace).await?;
        let border = &self.starter.around.border;
        let call = border.read_call(&namespace, &order.parameters).map_err(Attempted::Refused)?;
        let refused =
            |refused: ChildRefused| Attempted::Refused(border.refusal(&namespace, &call, &refused));
        let found = self.catalog.machine_to_start(&namespace, &call.machine, &call.qualifier);
        let Some(machine) = found.await? else {
            return Err(refused(ChildRefused::MachineDoesNotExist));
        };
        let id = self.starter.placed(&machine, call.name.as_deref(), order.id);
        let started = match self.started(order, &machine, &call, id).await {
            Ok(started) => started,
            Err(EngineError::ExecutionAlreadyExists { execution }) if execution == id => {
                self.found(id).await?.ok_or_else(|| missing(&namespace))?
            }
            Err(EngineError::ExecutionAlreadyExists { .. }) => {
                return Err(refused(ChildRefused::NameTaken));
            }
            // Its row may be there already.
            Err(error @ EngineError::Refused { .. }) => match self.found(id).await? {
                Some(started) => started,
                None => return Err(refused(ChildRefused::Other(error))),
            },
            Err(error) => return Err(error.into()),
        };
        // Another's execution of the same name and input runs: it has no parent to tell of its end.
        if order.awaited && started.id != id {
            return Err(refused(ChildRefused::NameTaken));
        }
        let (arn, _) = border.arns(&machine, &started.name, started.id);
        Ok(StartedChild { id: started.id, arn: arn.into(), started_at: started.started_at })
    }

    async fn started(
        &self,
        order: &ChildOrder,
        machine: &Arc<Machine>,
        call: &ChildCall,
        id: ExecutionId,
    ) -> Result<Started, EngineError> {
        if order.repeated
            && let Some(started) = self.found(id).await?
        {
            return Ok(started);
        }
        let parent = Parent {
            execution: order.parent,
            arn: order.parent_arn.to_string(),
            wait: order.awaited.then_some(order.wait),
            number: None,
        };
        let (border, of) = (Arc::clone(&self.starter.around.border), Arc::clone(machine));
        let start = Start {
            machine: Arc::clone(machine),
            name: call.name.clone(),
            input: call.input.clone(),
            arns: Box::new(move |name, id| border.arns(&of, name, id)),
            trace_header: None,
            child: Some(ChildStart { id: order.id, parent, of_run: None }),
            waits: Waits::Start,
        };
        let post = |lanes: &crate::lane::Lanes, id, mail| match lanes.of(id) {
            Some(lane) => lane.post(mail),
            None => mail.refuse(EngineError::unavailable("this node is changing over")),
        };
        self.starter.begin(start, None, post).await
    }

    async fn found(&self, id: ExecutionId) -> Result<Option<Started>, EngineError> {
        Ok(self.starter.store.execution(id).await?.map(Started::from))
    }
}

/// What one attempt came to, where no child runs.
enum Attempted {
    Refused(Failure),
    Later(EngineError),
}

impl From<EngineError> for Attempted {
    fn from(error: EngineError) -> Self {
        Self::Later(error)
    }
}

fn missing(namespace: &Namespace) -> EngineError {
    EngineError::unavailable(format!("an execution of '{}' is not there yet", namespace.name))
}
