//! The operations, one a file: a request's members into a message of `everstep/v1`, its answer into AWS's members.

mod create_activity;
mod create_state_machine;
mod create_state_machine_alias;
mod delete_activity;
mod delete_state_machine;
mod delete_state_machine_alias;
mod delete_state_machine_version;
mod describe_activity;
mod describe_execution;
mod describe_map_run;
mod describe_state_machine;
mod describe_state_machine_alias;
mod describe_state_machine_for_execution;
mod get_activity_task;
mod get_execution_history;
mod list_activities;
mod list_executions;
mod list_map_runs;
mod list_state_machine_aliases;
mod list_state_machine_versions;
mod list_state_machines;
mod list_tags_for_resource;
mod publish_state_machine_version;
mod redrive_execution;
mod send_task_failure;
mod send_task_heartbeat;
mod send_task_success;
mod start_execution;
mod start_sync_execution;
mod stop_execution;
mod tag_resource;
mod test_state;
mod untag_resource;
mod update_map_run;
mod update_state_machine;
mod update_state_machine_alias;
mod validate_state_machine_definition;

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::call::Call;
use crate::errors::{Reason, Refusal};
use crate::operations::ActivityTask;

type Answer = Result<Value, Refusal>;

pub(super) enum Reply {
    Document(Value),
    Task(Box<ActivityTask>),
}

/// An operation of the model that has no arm is refused as one that AWS does not know.
pub(super) async fn dispatch(name: &str, call: Call) -> Result<Reply, Refusal> {
    let answer: BoxFuture<'static, Answer> = match name {
        "CreateActivity" => Box::pin(create_activity::answer(call)),
        "CreateStateMachineAlias" => Box::pin(create_state_machine_alias::answer(call)),
        "DeleteActivity" => Box::pin(delete_activity::answer(call)),
        "DeleteStateMachineAlias" => Box::pin(delete_state_machine_alias::answer(call)),
        "DeleteStateMachineVersion" => Box::pin(delete_state_machine_version::answer(call)),
        "DescribeActivity" => Box::pin(describe_activity::answer(call)),
        "DescribeStateMachineAlias" => Box::pin(describe_state_machine_alias::answer(call)),
        "ListActivities" => Box::pin(list_activities::answer(call)),
        "ListStateMachineAliases" => Box::pin(list_state_machine_aliases::answer(call)),
        "ListStateMachineVersions" => Box::pin(list_state_machine_versions::answer(call)),
        "ListTagsForResource" => Box::pin(list_tags_for_resource::answer(call)),
        "PublishStateMachineVersion" => Box::pin(publish_state_machine_version::answer(call)),
        "TagResource" => Box::pin(tag_resource::answer(call)),
        "UntagResource" => Box::pin(untag_resource::answer(call)),
        "UpdateStateMachineAlias" => Box::pin(update_state_machine_alias::answer(call)),
        "CreateStateMachine" => Box::pin(create_state_machine::answer(call)),
        "DeleteStateMachine" => Box::pin(delete_state_machine::answer(call)),
        "DescribeExecution" => Box::pin(describe_execution::answer(call)),
        "DescribeMapRun" => Box::pin(describe_map_run::answer(call)),
        "DescribeStateMachine" => Box::pin(describe_state_machine::answer(call)),
        "DescribeStateMachineForExecution" => {
            Box::pin(describe_state_machine_for_execution::answer(call))
        }
        "GetActivityTask" => return get_activity_task::answer(call).await,
        "GetExecutionHistory" => Box::pin(get_execution_history::answer(call)),
        "ListExecutions" => Box::pin(list_executions::answer(call)),
        "ListMapRuns" => Box::pin(list_map_runs::answer(call)),
        "ListStateMachines" => Box::pin(list_state_machines::answer(call)),
        "RedriveExecution" => Box::pin(redrive_execution::answer(call)),
        "SendTaskFailure" => Box::pin(send_task_failure::answer(call)),
        "SendTaskHeartbeat" => Box::pin(send_task_heartbeat::answer(call)),
        "SendTaskSuccess" => Box::pin(send_task_success::answer(call)),
        "StartExecution" => Box::pin(start_execution::answer(call)),
        "StartSyncExecution" => Box::pin(start_sync_execution::answer(call)),
        "StopExecution" => Box::pin(stop_execution::answer(call)),
        "TestState" => Box::pin(test_state::answer(call)),
        "UpdateMapRun" => Box::pin(update_map_run::answer(call)),
        "UpdateStateMachine" => Box::pin(update_state_machine::answer(call)),
        "ValidateStateMachineDefinition" => {
            Box::pin(validate_state_machine_definition::answer(call))
        }
        _ => {
            let message = format!("{name} is not served yet");
            return Err(Refusal::new(Reason::UnknownOperationException, message));
        }
    };
    answer.await.map(Reply::Document)
}

/// The end of the members whose values are enumerations: `everstep/v1` writes their kind before them.
fn after<'a>(prefix: &str, name: &'a str) -> &'a str {
    name.strip_prefix(prefix).unwrap_or(name)
}
