//! The worker itself: one stream per hundred queues, and a look at the namespace's definitions every few seconds.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use everstep_worker::{Queue, TaskContext, Worker, WorkerError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tonic::transport::Endpoint;

use crate::call::{Caller, Inner};
use crate::definitions::{Called, Definitions};
use crate::integration::Integration;
use crate::send::Sender;
use crate::settings::Settings;

/// The server's limit for the queues of one stream.
const QUEUES_PER_WORKER: usize = 100;
/// How soon a new definition's functions are served.
const LOOK_EVERY: Duration = Duration::from_secs(2);
const LOOK_WITHIN: Duration = Duration::from_secs(5);
/// Queues beside those of the tables: more functions than a definition's author keeps apart.
const MORE_QUEUES_MAX: usize = 2_000;

/// Why the adapter gave up.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    #[error(transparent)]
    Worker(#[from] WorkerError),
    #[error("the HTTP client can't be made: {0}")]
    Client(String),
    #[error("the server's address {0:?} is not usable; write it as http://HOST:PORT")]
    Address(String),
}

/// Serves until `shutdown` resolves; calls under way may end.
pub async fn run_until(
    settings: Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), AdapterError> {
    let sender = Sender::new().map_err(AdapterError::Client)?;
    let address = || AdapterError::Address(settings.address.clone());
    let endpoint = Endpoint::from_shared(settings.address.clone()).map_err(|_| address())?;
    let channel = endpoint.timeout(LOOK_WITHIN).connect_lazy();
    let namespace = settings.namespace.clone();
    let definitions = Definitions::new(channel, namespace, settings.access_key.as_ref());
    let caller = Caller(Arc::new(Inner { sender, access: settings.access.clone() }));
    Serving::new(settings, caller).run(definitions, shutdown).await
}

struct Serving {
    settings: Settings,
    caller: Caller,
    stop: CancellationToken,
    served: BTreeSet<String>,
    workers: JoinSet<Result<(), WorkerError>>,
}

impl Serving {
    fn new(settings: Settings, caller: Caller) -> Self {
        let stop = CancellationToken::new();
        Self { settings, caller, stop, served: BTreeSet::new(), workers: JoinSet::new() }
    }

    async fn run(
        mut self,
        mut definitions: Definitions,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), AdapterError> {
        let settings = &self.settings;
        let functions: Vec<Called> =
            settings.functions.iter().cloned().map(Called::Function).collect();
        let actions = Integration::queues().into_iter().map(Called::Action);
        self.serve(actions.chain(functions).collect());
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                Some(ended) = self.workers.join_next() => {
                    // A worker ends by itself only where trying again would not help.
                    ended.expect("a worker does not panic")?;
                }
                _ = look.tick() => match definitions.news().await {
                    Ok(news) => self.serve(self.wanted(news)),
                    // The workers say when the server is away; here the next look will do.
                    Err(status) => tracing::debug!(%status, "the definitions could not be read"),
                },
            }
        }
        self.stop.cancel();
        while let Some(ended) = self.workers.join_next().await {
            ended.expect("a worker does not panic")?;
        }
        Ok(())
    }

    /// Functions are taken only where there is something that invokes them.
    fn wanted(&self, news: BTreeSet<Called>) -> Vec<Called> {
        let invokes = self.settings.access.lambda_endpoint.is_some();
        let wanted = |called: &Called| match called {
            Called::Function(_) => invokes,
            Called::Action(_) => true,
        };
        news.into_iter().filter(wanted).collect()
    }

    fn serve(&mut self, called: Vec<Called>) {
        let mut queues = Vec::new();
        for called in called {
            let (Called::Function(name) | Called::Action(name)) = &called;
            let left = matches!(&called, Called::Action(name) if self.leaves(name));
            let full = self.served.len() >= Integration::queues().len() + MORE_QUEUES_MAX;
            if left || full || !self.served.insert(name.clone()) {
                continue;
            }
            queues.push(called);
        }
        for queues in queues.chunks(QUEUES_PER_WORKER) {
            self.start(queues);
        }
    }

    /// By the service's name in either form.
    fn leaves(&self, queue: &str) -> bool {
        let call = queue.strip_prefix("aws-sdk:").unwrap_or(queue);
        let service = call.split(':').next().unwrap_or(call);
        let settings = &self.settings;
        settings.leaves(service) || service == "eventbridge" && settings.leaves("events")
    }

    fn start(&mut self, queues: &[Called]) {
        let settings = &self.settings;
        let slots = settings.slots.max(1);
        // As many as its queues have together: no task waits inside the worker.
        let all = u32::try_from(queues.len()).unwrap_or(u32::MAX).saturating_mul(slots);
        let mut worker = Worker::builder(settings.address.clone())
            .namespace(settings.namespace.clone())
            .slots(all);
        if let Some(key) = &settings.access_key {
            worker = worker.access_key(&key.id, &key.secret);
        }
        for queue in queues {
            worker = worker.serve(self.queue(queue).slots(slots));
        }
        let (worker, stop) = (worker.build(), self.stop.clone());
        tracing::info!(queues = queues.len(), "serving");
        self.workers.spawn(worker.run_until(stop.cancelled_owned()));
    }

    fn queue(&self, called: &Called) -> Queue {
        let shared = self.caller.clone();
        match called {
            Called::Function(name) => Queue::text(name, move |ctx: TaskContext, input: String| {
                let own = shared.clone();
                async move { own.invoke(ctx.queue(), input).await }
            }),
            Called::Action(name) => Queue::text(name, move |ctx: TaskContext, input: String| {
                let own = shared.clone();
                async move { own.call(ctx.queue(), &input).await }
            }),
        }
    }
}
