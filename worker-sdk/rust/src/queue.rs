//! A task queue, and the handler that serves it.

use std::fmt;
use std::sync::Arc;

use crate::context::TaskContext;
use crate::error::TaskError;
use crate::handler::{Handler, Running, Text};

/// A task queue, and the handler that serves it.
pub struct Queue {
    pub(crate) name: Arc<str>,
    pub(crate) slots: Option<u32>,
    pub(crate) serve: Serve,
}

pub(crate) type Serve = Arc<dyn Fn(TaskContext, String) -> Running + Send + Sync>;

impl Queue {
    /// ```
    /// use everstep_worker::{Queue, TaskError};
    ///
    /// async fn double(number: i64) -> Result<i64, TaskError> {
    ///     number.checked_mul(2).ok_or_else(|| TaskError::new("TooLarge", number.to_string()))
    /// }
    /// let queue = Queue::new("double", double).slots(8);
    /// ```
    pub fn new<Shape>(name: &str, handler: impl Handler<Shape>) -> Self {
        let serve = move |context, input| handler.call(context, input);
        Self { name: name.into(), slots: None, serve: Arc::new(serve) }
    }

    /// A queue whose handler takes and gives the JSON text itself: nothing is parsed, so every digit survives.
    ///
    /// ```
    /// use everstep_worker::{Queue, TaskContext, TaskError};
    ///
    /// async fn wrap(_: TaskContext, input: String) -> Result<String, TaskError> {
    ///     Ok(format!(r#"{{"got":{input}}}"#))
    /// }
    /// let queue = Queue::text("wrap", wrap);
    /// ```
    pub fn text<F, Fut, E>(name: &str, handler: F) -> Self
    where
        F: Fn(TaskContext, String) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<String, E>> + Send + 'static,
        E: Into<TaskError> + 'static,
    {
        Self::new(name, Text::new(handler))
    }

    /// At most so many tasks of this queue at once. Without a number of their own, queues share the worker's slots evenly.
    #[must_use]
    pub fn slots(mut self, slots: u32) -> Self {
        self.slots = Some(slots);
        self
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, slots, serve: _ } = self;
        f.debug_struct("Queue").field("name", name).field("slots", slots).finish_non_exhaustive()
    }
}
