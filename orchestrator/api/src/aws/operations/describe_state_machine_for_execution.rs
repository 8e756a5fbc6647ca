//! `DescribeStateMachineForExecution`.

use everstep_proto::v1;

use super::Answer;
use super::describe_state_machine::{Definition, variables};
use crate::aws::call::Call;
use crate::aws::configuration;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let definition = Definition::asked(&call);
    let request = v1::DescribeStateMachineForExecutionRequest {
        namespace: call.namespace(),
        execution: call.execution()?,
    };
    let operation = call.operations.describe_state_machine_for_execution(request);
    let found = call.operations.answer(None, operation).await?;
    let configuration = configuration::shown(found.configuration);
    Ok(Fields::new()
        .with("stateMachineArn", found.state_machine_arn)
        .with("name", found.name)
        .with("definition", definition.shown(found.definition))
        .with("roleArn", found.role_arn)
        .with_time("updateDate", found.updated_at.as_ref())
        .with("loggingConfiguration", configuration.logging)
        .with("tracingConfiguration", configuration.tracing)
        .with("encryptionConfiguration", configuration.encryption)
        .with_text("mapRunArn", found.map_run_arn)
        .with_text("label", found.label)
        .with_text("revisionId", found.revision_id)
        .with_some("variableReferences", variables(found.variable_references))
        .done())
}
