//! The answer that a caller waits for. It is given once; one that is dropped says that the node lost track, so try again.

use std::fmt;

use tokio::sync::oneshot;

use crate::error::EngineError;

type Answer<T> = Box<dyn FnOnce(Result<T, EngineError>) + Send>;

pub(crate) struct Reply<T>(Option<Answer<T>>);

impl<T> Reply<T> {
    pub(crate) fn new(answer: impl FnOnce(Result<T, EngineError>) + Send + 'static) -> Self {
        Self(Some(Box::new(answer)))
    }

    /// Nobody waits.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    pub(crate) fn send(mut self, result: Result<T, EngineError>) {
        if let Some(answer) = self.0.take() {
            answer(result);
        }
    }
}

impl<T: Send + 'static> Reply<T> {
    pub(crate) fn channel() -> (Self, oneshot::Receiver<Result<T, EngineError>>) {
        let (sender, receiver) = oneshot::channel();
        // A caller that has gone away needs no answer.
        (Self::new(move |result| drop(sender.send(result))), receiver)
    }
}

pub(crate) async fn received<T>(
    answer: oneshot::Receiver<Result<T, EngineError>>,
) -> Result<T, EngineError> {
    // A reply answers even when it is dropped; the channel itself never closes without one.
    answer.await.unwrap_or_else(|_| Err(EngineError::unavailable("the lane has closed")))
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if let Some(answer) = self.0.take() {
            answer(Err(EngineError::unavailable("the outcome is not known yet")));
        }
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply")
    }
}
