//! The call of an HTTP task that is tested: made once, within AWS's limit, and shown.

use std::time::Duration;

use asl::Payload;
use engine::Namespace;
use execution::event::Failure;
use execution::test_state::Work;
use http_task::{Exchange, Secrets, Witness};

use super::connected::{ConnectedClient, NotReady, ReadyCall};
use crate::errors::{Reason, Refusal};
use crate::limits::{TESTED_CALL_MAX, TESTED_CALLS_MAX};

/// How long to wait where too many are tested at once: about a call.
const RETRY_AFTER: Duration = Duration::from_secs(1);

impl ConnectedClient {
    /// What the call came to, and what was said.
    pub(crate) async fn test(
        &self,
        namespace: &Namespace,
        work: &Work,
        reveals: bool,
    ) -> Result<(Result<Payload, Failure>, Exchange), Refusal> {
        let secrets = self.secrets(reveals)?;
        let Some(_under_way) = self.begin_test() else {
            let message = format!("{TESTED_CALLS_MAX} HTTP tasks are tested already");
            return Err(Refusal {
                retry_after: Some(RETRY_AFTER),
                ..Refusal::new(Reason::ThrottlingException, message)
            });
        };
        let ready = self.ready(namespace.id, work.parameters.value(), &namespace.region).await;
        let ready = match ready {
            Ok(ready) => ready,
            Err(NotReady::Failed(failure)) => {
                return Ok((Err(recorded(failure)), Exchange::default()));
            }
            Err(NotReady::Away(error)) => return Err(error.into()),
        };
        let limit = work.timeout_seconds.map_or(TESTED_CALL_MAX, Duration::from_secs);
        Ok(self.witnessed(&ready, limit.min(TESTED_CALL_MAX), secrets).await)
    }

    async fn witnessed(
        &self,
        call: &ReadyCall,
        limit: Duration,
        secrets: Secrets,
    ) -> (Result<Payload, Failure>, Exchange) {
        let mut witness = Witness::new(secrets);
        let called = tokio::time::timeout(limit, self.inspect(call, &mut witness)).await;
        let called = match called {
            Ok(called) => called.map_err(recorded),
            Err(_) => Err(Failure { error: Some("States.Timeout".to_owned()), cause: None }),
        };
        (called, witness.into_exchange())
    }

    fn secrets(&self, reveals: bool) -> Result<Secrets, Refusal> {
        if !reveals {
            return Ok(Secrets::Hidden);
        }
        if self.may_reveal() {
            return Ok(Secrets::Revealed);
        }
        let message = "Not authorized to reveal secrets: this server was started without --http-reveal-secrets";
        Err(Refusal::new(Reason::AccessDeniedException, message).at("reveal_secrets"))
    }
}

fn recorded(failure: http_task::Failure) -> Failure {
    Failure::new(failure.error, failure.cause)
}
