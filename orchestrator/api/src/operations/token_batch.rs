//! Batches of task tokens: opened, sent on, and answered with those that are this worker's no longer.

use engine::EngineError;
use execution::{ExecutionId, WaitId};
use futures_util::future::join_all;

use super::Operations;
use crate::check;
use crate::errors::Refusal;
use crate::limits::TOKENS_PER_BATCH_MAX;
use crate::token::{InvalidTaskToken, TaskToken};

/// What a worker says about tasks without ending them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    Heartbeat,
    Acknowledged,
    Returned,
}

/// What came of a batch of notices.
#[derive(Debug, Default)]
pub(super) struct Noticed {
    /// Tokens that are this worker's no longer.
    pub(super) cancelled: Vec<String>,
    /// Why some are not known: try again.
    pub(super) refused: Option<Refusal>,
}

impl Operations {
    /// Every token must be one of ours: a forged one is a fault of the whole call.
    pub(super) async fn notice_batch(
        &self,
        notice: Notice,
        tokens: Vec<String>,
    ) -> Result<Vec<String>, Refusal> {
        check::count("tokens", tokens.len(), TOKENS_PER_BATCH_MAX)?;
        for (index, token) in tokens.iter().enumerate() {
            self.opened(token)
                .map_err(|error| Refusal::from(error).at(format!("tokens[{index}]")))?;
        }
        let noticed = self.notice(notice, tokens).await;
        noticed.refused.map_or(Ok(noticed.cancelled), Err)
    }

    /// A token that the caller may use: another namespace's is to it as one that was made up.
    pub(super) fn opened(&self, text: &str) -> Result<TaskToken, InvalidTaskToken> {
        let token = TaskToken::open(&self.seal, text)?;
        if token.namespace.is_none_or(|namespace| self.caller().reaches_tasks_of(namespace)) {
            return Ok(token);
        }
        Err(InvalidTaskToken)
    }

    /// A token that is none counts as cancelled: work on it is in vain.
    pub(super) async fn notice(&self, notice: Notice, tokens: Vec<String>) -> Noticed {
        let mut noticed = Noticed::default();
        let mut known = Vec::with_capacity(tokens.len());
        for text in tokens {
            match self.opened(&text) {
                Ok(token) => known.push((text, token)),
                Err(_) => noticed.cancelled.push(text),
            }
        }
        let sent = known.iter().map(|(_, token)| self.tell(notice, token.execution, token.wait));
        let answers = join_all(sent).await;
        for ((text, _), answer) in known.into_iter().zip(answers) {
            match answer {
                Ok(()) => {}
                Err(
                    EngineError::TaskOver
                    | EngineError::ExecutionEnded
                    | EngineError::UnknownExecution,
                ) => noticed.cancelled.push(text),
                Err(
                    error @ (EngineError::Unavailable { .. }
                    | EngineError::Exhausted { .. }
                    | EngineError::ExecutionAlreadyExists { .. }
                    | EngineError::NotRedrivable { .. }
                    | EngineError::HistoryFull
                    | EngineError::TooManyOpen
                    | EngineError::Refused { .. }),
                ) => noticed.refused = Some(error.into()),
            }
        }
        noticed
    }

    async fn tell(
        &self,
        notice: Notice,
        execution: ExecutionId,
        wait: WaitId,
    ) -> Result<(), EngineError> {
        match notice {
            Notice::Heartbeat => self.engine.heartbeat(execution, wait).await,
            Notice::Acknowledged => self.engine.acknowledge(execution, wait).await,
            Notice::Returned => self.engine.give_back(execution, wait).await,
        }
    }
}
