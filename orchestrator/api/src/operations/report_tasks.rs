//! `ReportTasks`: outcomes of tasks, each accepted or refused by itself.

use asl::Payload;
use engine::{EngineError, Outcome};
use everstep_proto::v1;
use everstep_proto::v1::task_outcome::Outcome as Reported;
use execution::ExecutionId;
use execution::event::Failure;
use futures_util::future::join_all;

use super::Operations;
use crate::check;
use crate::errors::{Reason, Refusal};
use crate::limits::{CAUSE_LENGTH_MAX, ERROR_LENGTH_MAX, TOKENS_PER_BATCH_MAX};
use crate::token::TaskToken;

/// One for each outcome: its token, and whether it was accepted.
pub type OutcomeResult = (String, Result<(), Refusal>);

/// What a lane says of an outcome.
#[derive(Debug)]
pub(super) enum Report {
    Settled(OutcomeResult),
    /// The execution is not in memory; [`Operations::explain`] asks the store why.
    Unknown {
        token: String,
        execution: ExecutionId,
    },
}

impl Operations {
    pub async fn report_tasks(
        &self,
        request: v1::ReportTasksRequest,
    ) -> Result<Vec<OutcomeResult>, Refusal> {
        check::count("outcomes", request.outcomes.len(), TOKENS_PER_BATCH_MAX)?;
        let results = request.outcomes.into_iter().map(|outcome| async {
            let v1::TaskOutcome { token, outcome } = outcome;
            let result = match self.checked_outcome(&token, outcome) {
                Ok((at, outcome)) => {
                    let reported = self.engine.report(at.execution, at.wait, outcome).await;
                    reported.map_err(Refusal::from)
                }
                Err(refusal) => Err(refusal),
            };
            (token, result)
        });
        Ok(join_all(results).await)
    }

    /// Reports without waiting; `answer` is called once, from wherever the outcome is settled.
    pub(super) fn report_with(
        &self,
        outcome: v1::TaskOutcome,
        answer: impl FnOnce(Report) + Send + 'static,
    ) {
        let v1::TaskOutcome { token, outcome } = outcome;
        match self.checked_outcome(&token, outcome) {
            Ok((at, outcome)) => {
                let execution = at.execution;
                let answer = move |result| {
                    answer(match result {
                        Err(EngineError::UnknownExecution) => Report::Unknown { token, execution },
                        result => Report::Settled((token, result.map_err(Refusal::from))),
                    });
                };
                self.engine.report_with(execution, at.wait, outcome, answer);
            }
            Err(refusal) => answer(Report::Settled((token, Err(refusal)))),
        }
    }

    /// Whether an execution that is not in memory has ended, never was, or is being taken over.
    pub(super) async fn explain(self, token: String, execution: ExecutionId) -> OutcomeResult {
        let result = Err(EngineError::UnknownExecution);
        let result = self.engine.explain_task(execution, result).await;
        (token, result.map_err(Refusal::from))
    }

    /// An output over the namespace's limit passes here: it fails the task with `States.DataLimitExceeded`, where a
    /// refusal would leave the worker with an outcome that it can never report.
    fn checked_outcome(
        &self,
        token: &str,
        outcome: Option<Reported>,
    ) -> Result<(TaskToken, Outcome), Refusal> {
        let token = self.opened(token)?;
        let outcome = match outcome {
            None => return Err(check::missing("outcome")),
            Some(Reported::Output(text)) => Outcome::Succeeded(output(text)?),
            Some(Reported::Failure(v1::TaskError { error, cause })) => {
                check::length("error", &error, ERROR_LENGTH_MAX)?;
                check::length("cause", &cause, CAUSE_LENGTH_MAX)?;
                let given = |text: String| Some(text).filter(|text| !text.is_empty());
                Outcome::Failed(Failure { error: given(error), cause: given(cause) })
            }
        };
        Ok((token, outcome))
    }
}

fn output(text: String) -> Result<Payload, Refusal> {
    Payload::parse_of_caller(text).map_err(|fault| {
        let message = format!("Invalid Output: '{}'", fault.told);
        Refusal::new(Reason::InvalidOutput, message).because("output", &fault.error)
    })
}
