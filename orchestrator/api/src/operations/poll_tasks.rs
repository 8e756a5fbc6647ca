//! `PollTasks`: waits for tasks of some queues.
//!
//! The session lives as long as the call. When the client vanishes the call is dropped and the session with it, and
//! what was handed out meanwhile is offered again.

use std::sync::Arc;
use std::time::Duration;

use engine::task_queue::is_own;
use engine::{HandOut, Held, Namespace, Session, SessionOptions};
use everstep_proto::v1;
use tokio::time::{Instant, timeout, timeout_at};

use super::Operations;
use crate::errors::Refusal;
use crate::limits::{
    HANG_UP_SEEN, POLL_TASKS_MAX, POLL_WAIT_MAX, QUEUES_PER_POLL_MAX, RESPONSE_BYTES_AIM,
    WORKER_LENGTH_MAX,
};
use crate::timestamps::{duration, span, timestamp};
use crate::token::TaskToken;
use crate::{arn, check};

/// For hand-outs that were on their way when the poll stopped taking more: about a commit.
const GATHER: Duration = Duration::from_millis(50);

impl Operations {
    /// `patience`: how long the client waits at all.
    pub async fn poll_tasks(
        &self,
        request: v1::PollTasksRequest,
        patience: Option<Duration>,
    ) -> Result<v1::PollTasksResponse, Refusal> {
        let wait = wait(request.wait.as_ref())?.min(patience.unwrap_or(POLL_WAIT_MAX));
        let tasks_max = request.max_tasks.max(1);
        check::at_most("max_tasks", u64::from(tasks_max), u64::from(POLL_TASKS_MAX))?;
        let until = Instant::now() + wait;
        let namespace = self.answer(patience, self.namespace_reached(&request.namespace)).await?;
        let queues = queue_names(&namespace, &request.queues)?;
        let is_silent = request.cannot_acknowledge;
        let options = session_options(&namespace, &request.worker, is_silent)?;
        let mut session = self.engine.open_session(options);
        session.grant_shared(&queues, tasks_max);
        let hand_outs = gather(&mut session, tasks_max as usize, until).await;
        if is_silent && !hand_outs.is_empty() {
            tokio::time::sleep(HANG_UP_SEEN).await;
            for hand_out in &hand_outs {
                self.engine.acknowledge_quietly(hand_out.id, hand_out.wait);
            }
        }
        // The answer is written now; acknowledgements and timeouts decide from here.
        session.close();
        let tasks = hand_outs.iter().map(|hand_out| self.task(hand_out)).collect();
        Ok(v1::PollTasksResponse { tasks })
    }

    /// A hand-out as the worker gets it.
    pub(super) fn task(&self, hand_out: &HandOut) -> v1::Task {
        let (node, id, wait) = (hand_out.node, hand_out.id, hand_out.wait);
        let token = TaskToken::of(hand_out.namespace, Held { node, id, wait });
        v1::Task {
            token: token.seal(&self.seal),
            queue: hand_out.queue.to_string(),
            input: hand_out.input.text().to_owned(),
            attempt: hand_out.attempt,
            execution_arn: hand_out.execution_arn.to_string(),
            state: hand_out.state.to_string(),
            scheduled_at: Some(timestamp(hand_out.scheduled_at)),
            started_at: Some(timestamp(hand_out.started_at)),
            deadline: hand_out.deadline.map(timestamp),
            heartbeat_timeout: hand_out.heartbeat.map(duration),
            hand_outs_before: hand_out.hand_outs_before,
        }
    }
}

/// The first task, and those that come with it. What does not fit one answer stays in the session, which offers it again.
async fn gather(session: &mut Session, tasks_max: usize, until: Instant) -> Vec<HandOut> {
    let mut tasks = Vec::new();
    let mut bytes = 0;
    if let Ok(Some(first)) = timeout_at(until, session.next()).await {
        bytes += first.input.text().len();
        tasks.push(first);
    }
    session.revoke();
    let under_way = async {
        while tasks.len() < tasks_max
            && bytes < RESPONSE_BYTES_AIM
            && let Some(next) = session.next().await
        {
            bytes += next.input.text().len();
            tasks.push(next);
        }
    };
    // Over time: what is still under way finds the session closed and is offered again.
    let _ = timeout(GATHER, under_way).await;
    tasks
}

fn wait(wait: Option<&prost_types::Duration>) -> Result<Duration, Refusal> {
    let Some(wait) = wait else { return Ok(POLL_WAIT_MAX) };
    let must = "be a duration of at most 60 s";
    let found = span(wait).filter(|wait| *wait <= POLL_WAIT_MAX);
    found.ok_or_else(|| check::constraint("wait", Some(&format!("{}s", wait.seconds)), must))
}

pub(super) fn session_options(
    namespace: &Namespace,
    worker: &str,
    is_silent: bool,
) -> Result<SessionOptions, Refusal> {
    check::length("worker", worker, WORKER_LENGTH_MAX)?;
    let worker = Some(worker).filter(|worker| !worker.is_empty()).map(Arc::from);
    Ok(SessionOptions { namespace: namespace.id, worker, is_silent })
}

fn queue_names(namespace: &Namespace, queues: &[String]) -> Result<Vec<String>, Refusal> {
    if queues.is_empty() {
        return Err(check::missing("queues"));
    }
    check::count("queues", queues.len(), QUEUES_PER_POLL_MAX)?;
    queues.iter().map(|queue| queue_name(namespace, "queues", queue)).collect()
}

/// A queue by its name, or by the ARN of the activity of that name. A queue's name may be `service:action`.
pub(super) fn queue_name(
    namespace: &Namespace,
    field: &'static str,
    queue: &str,
) -> Result<String, Refusal> {
    let name = if arn::is_arn(queue) {
        arn::parse_activity(namespace, queue).map_err(|error| Refusal::arn(field, &error))?
    } else {
        queue
    };
    for part in name.split(':') {
        check::name(field, part)?;
    }
    if is_own(name) {
        let must = "be a queue of yours; Everstep itself serves the queues http:… and states:…";
        return Err(check::constraint(field, Some(name), must));
    }
    Ok(name.to_owned())
}
