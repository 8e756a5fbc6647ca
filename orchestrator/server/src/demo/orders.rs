//! The orders of the demo on their way: registered, started, watched to their ends.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use everstep_proto::v1::{
    CreateStateMachineRequest, Execution, ExecutionStatus, ListExecutionsRequest,
    StartExecutionRequest, StateMachineType,
};
use futures_util::{StreamExt as _, stream};
use order_pipeline::Order;

use crate::client::Client;
use crate::commands::describe::describe;
use crate::commands::history::Pages;
use crate::demo::Verdict;
use crate::error::{CommandError, Remedy};

pub(crate) const MACHINE: &str = "order";
/// Starts on their way at once.
const STARTS_AT_ONCE: usize = 32;
/// How often it is asked how many have ended.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// The pause before a call is repeated that found no server.
const REPEAT_PAUSE: Duration = Duration::from_millis(300);

#[derive(Debug)]
pub(crate) struct Orders {
    client: Client,
    all: Vec<Order>,
    /// Before each name, where the folder may hold the same orders of an earlier run.
    prefix: String,
    give_up_at: Instant,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Progress {
    pub(crate) started: usize,
    pub(crate) ended: usize,
    pub(crate) all: usize,
}

impl Orders {
    pub(crate) fn new(client: Client, prefix: String, give_up_at: Instant) -> Self {
        Self { client, all: order_pipeline::orders(), prefix, give_up_at }
    }

    pub(crate) fn name(&self, order: &Order) -> String {
        format!("{}{}", self.prefix, order.name)
    }

    pub(crate) async fn register(&self) -> Result<(), CommandError> {
        let request = CreateStateMachineRequest {
            namespace: self.client.namespace.clone(),
            name: MACHINE.to_owned(),
            definition: order_pipeline::DEFINITION.to_owned(),
            role_arn: String::new(),
            r#type: StateMachineType::Standard.into(),
            ..CreateStateMachineRequest::default()
        };
        self.patiently(async || {
            let request = self.client.request(request.clone());
            self.client.call(self.client.machines().create_state_machine(request)).await
        })
        .await
        .map(drop)
    }

    /// A start that is repeated with the same name and input answers with the execution that runs; one that has
    /// ended by then refuses, and was started.
    pub(crate) async fn start(&self, mut tell: impl FnMut(Progress)) -> Result<(), CommandError> {
        let starts = self.all.iter().map(|order| self.start_one(order));
        let mut starts = stream::iter(starts).buffer_unordered(STARTS_AT_ONCE);
        let mut started = 0;
        while let Some(outcome) = starts.next().await {
            outcome?;
            started += 1;
            tell(Progress { started, ended: 0, all: self.all.len() });
        }
        Ok(())
    }

    async fn start_one(&self, order: &Order) -> Result<(), CommandError> {
        let request = StartExecutionRequest {
            namespace: self.client.namespace.clone(),
            state_machine: MACHINE.to_owned(),
            name: self.name(order),
            input: order.input.get().to_owned(),
            ..StartExecutionRequest::default()
        };
        let started = self.patiently(async || {
            let request = self.client.request(request.clone());
            self.client.call(self.client.executions().start_execution(request)).await
        });
        match started.await {
            Err(error) if error.reason.as_deref() == Some("ExecutionAlreadyExists") => Ok(()),
            outcome => outcome.map(drop),
        }
    }

    /// Until all have ended, or it is time to give up.
    pub(crate) async fn wait(&self, mut tell: impl FnMut(Progress)) -> Result<(), CommandError> {
        let all = self.all.len();
        loop {
            let running = self.patiently(async || self.running().await).await?;
            tell(Progress { started: all, ended: all.saturating_sub(running), all });
            if running == 0 || Instant::now() > self.give_up_at {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn running(&self) -> Result<usize, CommandError> {
        let mut running = 0;
        let mut next_token = String::new();
        loop {
            let request = self.client.request(ListExecutionsRequest {
                namespace: self.client.namespace.clone(),
                state_machine: MACHINE.to_owned(),
                status: ExecutionStatus::Running.into(),
                max_results: 1000,
                next_token,
                ..ListExecutionsRequest::default()
            });
            let page = self.client.call(self.client.executions().list_executions(request)).await?;
            running +=
                page.executions.iter().filter(|it| it.name.starts_with(&self.prefix)).count();
            if page.next_token.is_empty() {
                return Ok(running);
            }
            next_token = page.next_token;
        }
    }

    /// How each order ended, beside how it should.
    pub(crate) async fn judge(&self) -> Result<Verdict, CommandError> {
        let mut verdict = Verdict::default();
        for order in &self.all {
            let name = self.name(order);
            let (execution, states) = self.patiently(async || self.look_up(&name).await).await?;
            verdict.add(order, name, &execution, &states);
        }
        Ok(verdict)
    }

    /// An execution, and the states that it has entered.
    async fn look_up(&self, name: &str) -> Result<(Execution, Vec<String>), CommandError> {
        let execution = describe(&self.client, &format!("{MACHINE}/{name}")).await?;
        let pages = Pages {
            execution: execution.execution_arn.clone(),
            reverse: false,
            without_payloads: true,
            limit: usize::MAX,
        };
        let events = pages.read(&self.client).await?;
        let entered: BTreeMap<u64, String> = events
            .iter()
            .filter_map(|event| {
                Some((event.id, crate::commands::event::state_entered(event)?.to_owned()))
            })
            .collect();
        Ok((execution, entered.into_values().collect()))
    }

    /// Repeats a call while no server answers: somebody may have killed it, and it comes again.
    async fn patiently<T>(
        &self,
        call: impl AsyncFn() -> Result<T, CommandError>,
    ) -> Result<T, CommandError> {
        loop {
            match call().await {
                Err(error) if self.is_worth_repeating(&error) => {
                    tokio::time::sleep(REPEAT_PAUSE).await;
                }
                outcome => return outcome,
            }
        }
    }

    fn is_worth_repeating(&self, error: &CommandError) -> bool {
        error.remedy == Remedy::Unavailable && Instant::now() < self.give_up_at
    }
}
