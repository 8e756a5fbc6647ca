//! `GetActivityTask`: a long poll. Without a task it answers with no members, as AWS does.

use super::Reply;
use crate::aws::call::Call;
use crate::aws::fields::Fields;
use crate::errors::Refusal;
use crate::limits::HANG_UP_SEEN;

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
