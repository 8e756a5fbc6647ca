//! A worker and its settings.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::Endpoint;

use crate::access_key::AccessKey;
use crate::error::WorkerError;
use crate::handler::Handler;
use crate::link;
use crate::queue::Queue;
use crate::serve::Serving;
use crate::shutdown::Signals;

/// Serves task queues until it is told to stop. See the [crate](crate)'s page for what that includes.
#[derive(Debug)]
pub struct Worker {
    settings: WorkerBuilder,
}

/// The settings of a [`Worker`], each with its default.
pub struct WorkerBuilder {
    pub(crate) address: String,
    pub(crate) namespace: String,
    pub(crate) authorization: Option<MetadataValue<Ascii>>,
    pub(crate) name: String,
    pub(crate) slots: u32,
    pub(crate) drain_timeout: Duration,
    pub(crate) cancellation_grace: Duration,
    pub(crate) queues: Vec<Queue>,
}

const SLOTS_DEFAULT: u32 = 64;
const DRAIN_TIMEOUT_DEFAULT: Duration = Duration::from_secs(30);
const CANCELLATION_GRACE_DEFAULT: Duration = Duration::from_secs(5);
/// The server's limit for a worker's name.
const NAME_CHARS_MAX: usize = 80;

impl Worker {
    /// A worker for the server at `address`, such as `http://127.0.0.1:7233`.
    pub fn builder(address: impl Into<String>) -> WorkerBuilder {
        WorkerBuilder {
            address: address.into(),
            namespace: "default".to_owned(),
            authorization: None,
            name: default_name(),
            slots: SLOTS_DEFAULT,
            drain_timeout: DRAIN_TIMEOUT_DEFAULT,
            cancellation_grace: CANCELLATION_GRACE_DEFAULT,
            queues: Vec::new(),
        }
    }

    /// Serves until SIGTERM or SIGINT, then drains. A second signal ends it at once.
    pub async fn run(self) -> Result<(), WorkerError> {
        let mut signals = Signals::listen()?;
        let (drain, drained) = tokio::sync::oneshot::channel();
        let serving = self.run_until(async {
            // The sender is dropped only together with this future.
            let _ = drained.await;
        });
        let mut serving = std::pin::pin!(serving);
        tokio::select! {
            ended = &mut serving => return ended,
            () = signals.next() => {}
        }
        tracing::info!("draining; a second signal stops the worker at once");
        let _ = drain.send(());
        tokio::select! {
            ended = serving => ended,
            () = signals.next() => Ok(()),
        }
    }

    /// Serves until `shutdown` resolves, then drains.
    pub async fn run_until(self, shutdown: impl Future<Output = ()>) -> Result<(), WorkerError> {
        let settings = self.settings;
        let endpoint = settings.check()?;
        Serving::new(settings, endpoint).run(shutdown).await
    }
}

impl WorkerBuilder {
    /// Serves a queue with a typed handler: see [`Handler`].
    #[must_use]
    pub fn queue<Shape>(self, name: &str, handler: impl Handler<Shape>) -> Self {
        self.serve(Queue::new(name, handler))
    }

    /// Serves a queue that has settings of its own, or whose handler takes JSON text.
    #[must_use]
    pub fn serve(mut self, queue: Queue) -> Self {
        self.queues.push(queue);
        self
    }

    /// At most so many tasks at once, over all queues. Default 64.
    ///
    /// Queues without a number of their own share what the others leave, evenly. If the queues' own numbers exceed this
    /// one, tasks may wait inside the worker; draining gives those back.
    #[must_use]
    pub fn slots(mut self, slots: u32) -> Self {
        self.slots = slots;
        self
    }

    /// Default `default`.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.namespace = namespace.into();
        self
    }

    /// The access key of `everstep keys create`, for a server that asks for one. It reaches its own namespace.
    #[must_use]
    pub fn access_key(mut self, id: &str, secret: &str) -> Self {
        self.authorization = Some(AccessKey::new(id, secret).authorization());
        self
    }

    /// Shown to operators, at most 80 characters. Default: the host's name and the process's id.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// How long running tasks get to end once the worker drains; then they are dropped, and the server will see their
    /// heartbeats missing. Default 30 s.
    #[must_use]
    pub fn drain_timeout(mut self, timeout: Duration) -> Self {
        self.drain_timeout = timeout;
        self
    }

    /// How long a cancelled handler may go on before it is dropped where it waits. Default 5 s.
    #[must_use]
    pub fn cancellation_grace(mut self, grace: Duration) -> Self {
        self.cancellation_grace = grace;
        self
    }

    /// Settings are checked when the worker runs.
    pub fn build(self) -> Worker {
        Worker { settings: self }
    }

    fn check(&self) -> Result<Endpoint, WorkerError> {
        let refuse = |reason: String| Err(WorkerError::Settings(reason));
        if self.queues.is_empty() {
            return refuse("the worker serves no queue: add one with `queue`".to_owned());
        }
        let mut names = BTreeSet::new();
        if let Some(twice) = self.queues.iter().find(|queue| !names.insert(&queue.name)) {
            return refuse(format!("the queue {:?} has two handlers", twice.name));
        }
        if let Some(idle) = self.queues.iter().find(|queue| queue.slots == Some(0)) {
            return refuse(format!("the queue {:?} has no slots: give it at least one", idle.name));
        }
        let (slots, queues) = (self.slots, self.queues.len());
        if usize::try_from(slots).is_ok_and(|slots| slots < queues) {
            return refuse(format!(
                "{slots} slots are too few for {queues} queues: one each at least"
            ));
        }
        let characters = self.name.chars().count();
        if characters > NAME_CHARS_MAX {
            return refuse(format!(
                "the worker's name has {characters} characters; {NAME_CHARS_MAX} are allowed"
            ));
        }
        link::endpoint(&self.address)
    }

    /// The slots of each queue: its own number, or an even share of what the others leave, and one at least.
    pub(crate) fn queue_slots(&self) -> Vec<u32> {
        let own: u32 =
            self.queues.iter().filter_map(|queue| queue.slots).fold(0, u32::saturating_add);
        let sharing = self.queues.iter().filter(|queue| queue.slots.is_none()).count();
        let sharing = u32::try_from(sharing).unwrap_or(u32::MAX).max(1);
        let left = self.slots.saturating_sub(own);
        let mut remainder = left % sharing;
        let mut share = || {
            let extra = u32::from(remainder > 0);
            remainder -= extra;
            (left / sharing + extra).max(1)
        };
        self.queues.iter().map(|queue| queue.slots.unwrap_or_else(&mut share)).collect()
    }
}

impl fmt::Debug for WorkerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkerBuilder")
            .field("address", &self.address)
            .field("namespace", &self.namespace)
            .field("name", &self.name)
            .field("slots", &self.slots)
            .field("queues", &self.queues)
            .finish_non_exhaustive()
    }
}

fn default_name() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = match host.trim() {
        "" => "worker",
        host => host,
    };
    let short: String = host.chars().take(NAME_CHARS_MAX - 20).collect();
    format!("{short}:{}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TaskError;

    async fn echo(input: String) -> Result<String, TaskError> {
        Ok(input)
    }

    #[test]
    fn queues_without_a_number_share_what_the_others_leave() {
        let slots = |builder: WorkerBuilder| builder.queue_slots();
        let builder = || Worker::builder("http://localhost:1").queue("a", echo).queue("b", echo);
        assert_eq!(slots(builder().slots(5)), [3, 2]);
        assert_eq!(slots(builder().serve(Queue::new("c", echo).slots(3)).slots(10)), [4, 3, 3]);
        assert_eq!(slots(builder().serve(Queue::new("c", echo).slots(9)).slots(4)), [1, 1, 9]);
    }

    #[test]
    fn faulty_settings_are_named() {
        let builder = || Worker::builder("http://localhost:1");
        let cases = [
            (builder(), "the worker serves no queue: add one with `queue`"),
            (builder().queue("a", echo).queue("a", echo), "the queue \"a\" has two handlers"),
            (
                builder().serve(Queue::new("a", echo).slots(0)),
                "the queue \"a\" has no slots: give it at least one",
            ),
            (
                builder().queue("a", echo).slots(0),
                "0 slots are too few for 1 queues: one each at least",
            ),
            (
                builder().queue("a", echo).name("ä".repeat(81)),
                "the worker's name has 81 characters; 80 are allowed",
            ),
        ];
        for (settings, expected) in cases {
            assert_eq!(settings.check().unwrap_err().to_string(), expected);
        }
        let error = Worker::builder("nowhere at all").queue("a", echo).check().unwrap_err();
        assert!(error.to_string().contains("\"nowhere at all\""), "{error}");
        assert!(error.to_string().ends_with("write it as http://HOST:PORT"), "{error}");
    }
}
