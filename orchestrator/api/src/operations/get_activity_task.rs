//! `GetActivityTask`: one task for a client that cannot acknowledge; its connection's having taken the answer counts instead.

use std::time::Duration;

use engine::{Engine, Namespace, Session};
use execution::{ExecutionId, WaitId};
use tokio::time::{Instant, timeout_at};

use super::Operations;
use super::poll_tasks::{queue_name, session_options};
use crate::errors::Refusal;
use crate::limits::POLL_WAIT_MAX;

/// For a hand-out that was on its way when the wait was over: about a commit.
const UNDER_WAY: Duration = Duration::from_millis(50);

/// A hand-out on its way to a worker.
#[derive(Debug)]
pub struct ActivityTask {
    pub token: String,
    pub input: String,
    pub hold: Hold,
}

/// Keeps a hand-out provisional. Dropped, it is offered again at once; closed, its worker has it.
#[derive(Debug)]
pub struct Hold {
    session: Session,
    engine: Engine,
    execution: ExecutionId,
    wait: WaitId,
}

impl Hold {
    /// Acknowledges in the worker's place.
    pub fn close(self) {
        self.engine.acknowledge_quietly(self.execution, self.wait);
        self.session.close();
    }
}

impl Operations {
    /// `None`: there was no task in AWS's 60 s.
    pub async fn get_activity_task(
        &self,
        namespace: &Namespace,
        activity: &str,
        worker: &str,
    ) -> Result<Option<ActivityTask>, Refusal> {
        let queue = queue_name(namespace, "activity", activity)?;
        // A queue needs no activity, but this operation is one of activities.
        self.activity(namespace, activity).await?;
        let _poll = self.pollers.begin(namespace, &queue)?;
        let mut session = self.engine.open_session(session_options(namespace, worker, true)?);
        session.grant(&queue, 1);
        let until = Instant::now() + POLL_WAIT_MAX;
        let mut found = timeout_at(until, session.next()).await.ok().flatten();
        if found.is_none() {
            session.revoke();
            found = timeout_at(until + UNDER_WAY, session.next()).await.ok().flatten();
        }
        Ok(found.map(|hand_out| {
            let task = self.task(&hand_out);
            let (execution, wait) = (hand_out.id, hand_out.wait);
            let hold = Hold { session, engine: self.engine.clone(), execution, wait };
            ActivityTask { token: task.token, input: task.input, hold }
        }))
    }
}
