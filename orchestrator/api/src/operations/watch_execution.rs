//! `WatchExecution`: the public history so far, then each new event once it is durable, until the execution ends.

use std::time::Duration;

use everstep_proto::v1;
use prost::Message as _;
use tokio::sync::watch;

use super::Operations;
use super::lookup::Found;
use crate::errors::Refusal;
use crate::history::ends;
use crate::limits::RESPONSE_BYTES_AIM;

/// The engine's hint makes a watch fast; looking again after so long makes it certain.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// A watch under way. A broken one is taken up again by another that begins after the last event seen.
#[derive(Debug)]
pub struct Watch {
    operations: Operations,
    found: Found,
    after: u64,
    hints: watch::Receiver<bool>,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Running,
    /// The execution has ended; what its history holds is still to be read.
    Ended,
}

impl Operations {
    pub async fn watch_execution(
        &self,
        request: v1::WatchExecutionRequest,
    ) -> Result<Watch, Refusal> {
        let found = self.execution(&request.namespace, &request.execution).await?;
        let hints = self.engine.subscribe(found.row.id);
        let stage = if found.row.ended_at.is_some() { Stage::Ended } else { Stage::Running };
        let operations = self.clone();
        Ok(Watch { operations, found, after: request.after_event_id, hints, stage })
    }
}

impl Watch {
    /// The next events; `None` after the execution's last.
    pub async fn next(&mut self) -> Result<Option<v1::WatchExecutionResponse>, Refusal> {
        loop {
            // Before the look: what comes after it wakes the wait below.
            self.hints.borrow_and_update();
            let read = self.operations.public_events_after(&self.found, self.after).await?;
            if let Some(response) = self.response(read) {
                return Ok(Some(response));
            }
            match self.stage {
                Stage::Ended => return Ok(None),
                Stage::Running => {}
            }
            self.operations.serving()?;
            if self.has_ended().await? {
                // Its last events may have been written since the read.
                self.stage = Stage::Ended;
            } else {
                self.wait().await;
            }
        }
    }

    /// As many of the events as one response should hold; the others are read again.
    fn response(
        &mut self,
        read: impl IntoIterator<Item = v1::HistoryEvent>,
    ) -> Option<v1::WatchExecutionResponse> {
        let mut status = v1::ExecutionStatus::Running;
        let mut events = Vec::new();
        let mut bytes = 0;
        for event in read {
            bytes += event.encoded_len();
            if bytes > RESPONSE_BYTES_AIM && !events.is_empty() {
                break;
            }
            self.after = event.id;
            if let Some(end) = ends(&event) {
                // Looked behind once more: a redrive may have opened it again.
                self.stage = Stage::Ended;
                status = end;
            } else if event.r#type == "ExecutionRedriven" {
                self.stage = Stage::Running;
                status = v1::ExecutionStatus::Running;
            }
            events.push(event);
        }
        if events.is_empty() {
            return None;
        }
        Some(v1::WatchExecutionResponse { events, status: status.into() })
    }

    /// Asked when nothing was there to read: a client may have begun behind the last event.
    async fn has_ended(&self) -> Result<bool, Refusal> {
        let row = self.operations.engine.store().execution(self.found.row.id).await?;
        Ok(row.is_none_or(|row| row.ended_at.is_some()))
    }

    async fn wait(&mut self) {
        let changed = tokio::time::timeout(LOOK_AGAIN, self.hints.changed()).await;
        if let Ok(Err(_)) = changed {
            // The engine let go of the subscription: the execution ended, or lives elsewhere now.
            self.hints = self.operations.engine.subscribe(self.found.row.id);
            tokio::task::yield_now().await;
        }
    }
}
