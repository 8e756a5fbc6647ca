//! `GetActivityTask`: a long poll. Without a task it answers with no members, as AWS does.

use std::time::Duration;

use super::Reply;
use crate::aws::call::Call;
use crate::aws::fields::Fields;
use crate::errors::Refusal;

/// Time for a hang-up that has arrived to be seen: it drops this call, and the task is offered again. Without it an answer
/// would go into a socket that nobody reads.
const HANG_UP_SEEN: Duration = Duration::from_millis(1);

pub(super) async fn answer(mut call: Call) -> Result<Reply, Refusal> {
    let activity = call.arn("activityArn")?;
    let worker = call.text("workerName");
    let poll = call.operations.get_activity_task(&call.namespace, &activity, &worker);
    let task = tokio::select! {
        task = poll => task?,
        // A worker polls again, and finds the node that takes over.
        () = call.stop.cancelled() => None,
    };
    let Some(task) = task else { return Ok(Reply::Document(Fields::new().done())) };
    tokio::time::sleep(HANG_UP_SEEN).await;
    Ok(Reply::Task(Box::new(task)))
}
