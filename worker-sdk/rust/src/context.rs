//! What a handler can know about the task that it serves.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use everstep_proto::v1;
use tokio_util::sync::CancellationToken;

/// The task that a handler serves, beside its input. Cheap to clone.
///
/// ```
/// use everstep_worker::{TaskContext, TaskError};
///
/// /// Stops at the next parcel once its work is in vain.
/// async fn pack(context: TaskContext, parcels: Vec<String>) -> Result<usize, TaskError> {
///     for (packed, _parcel) in parcels.iter().enumerate() {
///         if context.is_cancelled() {
///             return Ok(packed);
///         }
///     }
///     Ok(parcels.len())
/// }
/// # let _ = everstep_worker::Queue::new("pack", pack);
/// ```
#[derive(Clone)]
pub struct TaskContext {
    inner: Arc<Inner>,
}

struct Inner {
    token: Arc<str>,
    queue: Arc<str>,
    execution_arn: String,
    state: String,
    attempt: u32,
    hand_outs_before: u32,
    deadline: Option<SystemTime>,
    heartbeat_timeout: Option<Duration>,
    cancelled: CancellationToken,
}

impl TaskContext {
    /// The context of a hand-out, and its input.
    pub(crate) fn of(task: v1::Task, token: Arc<str>, queue: Arc<str>) -> (Self, String) {
        let inner = Inner {
            token,
            queue,
            execution_arn: task.execution_arn,
            state: task.state,
            attempt: task.attempt,
            hand_outs_before: task.hand_outs_before,
            deadline: task.deadline.and_then(|deadline| deadline.try_into().ok()),
            heartbeat_timeout: task.heartbeat_timeout.and_then(|timeout| timeout.try_into().ok()),
            cancelled: CancellationToken::new(),
        };
        (Self { inner: Arc::new(inner) }, task.input)
    }

    pub fn queue(&self) -> &str {
        &self.inner.queue
    }

    pub fn execution_arn(&self) -> &str {
        &self.inner.execution_arn
    }

    /// The state's name in the definition.
    pub fn state(&self) -> &str {
        &self.inner.state
    }

    /// From 1; grows with each retry.
    pub fn attempt(&self) -> u32 {
        self.inner.attempt
    }

    /// How often this attempt was handed to a worker before: 0 for the first time.
    pub fn hand_outs_before(&self) -> u32 {
        self.inner.hand_outs_before
    }

    /// Names this hand-out; opaque.
    pub fn token(&self) -> &str {
        &self.inner.token
    }

    /// An outcome after this is refused.
    pub fn deadline(&self) -> Option<SystemTime> {
        self.inner.deadline
    }

    /// A worker that is silent for longer loses the task. The worker sees to that by itself.
    pub fn heartbeat_timeout(&self) -> Option<Duration> {
        self.inner.heartbeat_timeout
    }

    /// Resolves once the work is in vain: the task timed out, its execution was stopped, or another worker has it.
    pub async fn cancelled(&self) {
        self.inner.cancelled.cancelled().await;
    }

    pub fn is_cancelled(&self) -> bool {
        self.inner.cancelled.is_cancelled()
    }

    pub(crate) fn cancel(&self) {
        self.inner.cancelled.cancel();
    }
}

impl fmt::Debug for TaskContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskContext")
            .field("execution_arn", &self.inner.execution_arn)
            .field("state", &self.inner.state)
            .field("attempt", &self.inner.attempt)
            .finish_non_exhaustive()
    }
}
