//! Starting an execution, and waiting for what comes of it.

use std::time::Duration;

use super::{Ended, Engine};
use crate::error::EngineError;
use crate::reply::{Reply, received};
use crate::starter::Waits;
pub use crate::starter::{Arns, Start, Started};

impl Engine {
    /// Answers once the start is durable. The same name and input while the first one runs: that one.
    pub async fn start(&self, start: Start) -> Result<Started, EngineError> {
        self.begin(start, None).await
    }

    /// Starts and waits for the end, at most `wait`; `None`: it still runs.
    pub async fn start_and_wait(
        &self,
        start: Start,
        wait: Duration,
    ) -> Result<(Started, Option<Ended>), EngineError> {
        let waiting = tokio::time::Instant::now() + wait;
        let (end, ended) = Reply::channel();
        let started = self.begin(start, Some(end)).await?;
        if let Ok(Ok(Ok(ended))) = tokio::time::timeout_at(waiting, ended).await {
            return Ok((started, Some(ended)));
        }
        // The name was another's, or the lane lost track: the history knows.
        let left = waiting.saturating_duration_since(tokio::time::Instant::now());
        let ended = self.wait_for_end(started.id, left).await?;
        Ok((started, ended))
    }

    /// Runs an Express execution to its end, with which its start becomes durable. `Unavailable`: it went with its node, nothing of
    /// it is left, and nothing runs on.
    pub async fn start_sync(&self, start: Start) -> Result<(Started, Ended), EngineError> {
        let (end, ended) = Reply::channel();
        let start = Start { waits: Waits::End, ..start };
        let started = self.begin(start, Some(end)).await?;
        match received(ended).await {
            Ok(ended) => Ok((started, ended)),
            // Its last commit may have been in doubt.
            Err(lost) => match self.read_end(started.id).await {
                Ok(Some(ended)) => Ok((started, ended)),
                Ok(None) | Err(_) => Err(lost),
            },
        }
    }

    /// Runs an Express execution to its end in memory alone: nothing of it is written, and it goes with its node. `Unavailable`: it
    /// went.
    pub async fn try_out(&self, start: Start) -> Result<Ended, EngineError> {
        let (end, ended) = Reply::channel();
        self.begin(Start { waits: Waits::Trial, ..start }, Some(end)).await?;
        received(ended).await
    }

    async fn begin(&self, start: Start, end: Option<Reply<Ended>>) -> Result<Started, EngineError> {
        self.0.starter.begin(start, end, |_, id, mail| self.post(id, mail)).await
    }
}
