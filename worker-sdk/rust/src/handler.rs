//! Functions that serve tasks: typed ones, and those that see the JSON text itself.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::context::TaskContext;
use crate::error::TaskError;

/// JSON text, or why there is none.
pub(crate) type Outcome = Result<String, TaskError>;
pub(crate) type Running = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// A function that serves the tasks of a queue: `async fn(Input) -> Result<Output, E>` or
/// `async fn(TaskContext, Input) -> Result<Output, E>`, where `E` converts into [`TaskError`].
///
/// `Shape` tells the two apart; it is always inferred.
///
/// An input that does not fit its type fails the task with the error `InvalidInput`. Numbers keep their digits only in
/// types that do: a `serde_json::Number` with the feature `arbitrary_precision`, a `Box<RawValue>`, or the whole text
/// with [`Queue::text`](crate::Queue::text).
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot serve a queue",
    label = "not `async fn(Input) -> Result<Output, E>`, with or without a `TaskContext` in front",
    note = "Input: DeserializeOwned + Send, Output: Serialize, E: Into<TaskError>; the future must be Send"
)]
pub trait Handler<Shape>: Send + Sync + 'static {
    /// Takes JSON text and answers with JSON text.
    fn call(&self, context: TaskContext, input: String) -> Running;
}

impl<F, Fut, In, Out, E> Handler<(In, Out, E)> for F
where
    F: Fn(In) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Out, E>> + Send + 'static,
    In: DeserializeOwned,
    Out: Serialize,
    E: Into<TaskError>,
{
    fn call(&self, _: TaskContext, input: String) -> Running {
        match read(&input) {
            Ok(input) => answer(self(input)),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

impl<F, Fut, In, Out, E> Handler<(TaskContext, In, Out, E)> for F
where
    F: Fn(TaskContext, In) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Out, E>> + Send + 'static,
    In: DeserializeOwned,
    Out: Serialize,
    E: Into<TaskError>,
{
    fn call(&self, context: TaskContext, input: String) -> Running {
        match read(&input) {
            Ok(input) => answer(self(context, input)),
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

fn read<In: DeserializeOwned>(input: &str) -> Result<In, TaskError> {
    let unfit = |error: serde_json::Error| {
        TaskError::new("InvalidInput", format!("the input is not what the handler takes: {error}"))
    };
    serde_json::from_str(input).map_err(unfit)
}

fn answer<Out, E>(handling: impl Future<Output = Result<Out, E>> + Send + 'static) -> Running
where
    Out: Serialize,
    E: Into<TaskError>,
{
    Box::pin(async move {
        let output = handling.await.map_err(Into::into)?;
        let unfit = |error: serde_json::Error| {
            TaskError::new(
                "InvalidOutput",
                format!("the output cannot be written as JSON: {error}"),
            )
        };
        serde_json::to_string(&output).map_err(unfit)
    })
}

/// A function of JSON text.
pub(crate) struct Text<F, E> {
    function: F,
    error: PhantomData<fn() -> E>,
}

impl<F, E> Text<F, E> {
    pub(crate) fn new(function: F) -> Self {
        Self { function, error: PhantomData }
    }
}

impl<F, Fut, E> Handler<Text<F, E>> for Text<F, E>
where
    F: Fn(TaskContext, String) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<String, E>> + Send + 'static,
    E: Into<TaskError> + 'static,
{
    fn call(&self, context: TaskContext, input: String) -> Running {
        let handling = (self.function)(context, input);
        Box::pin(async move { handling.await.map_err(Into::into) })
    }
}
