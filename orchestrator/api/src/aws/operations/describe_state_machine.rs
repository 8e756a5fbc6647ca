//! `DescribeStateMachine`.

use std::collections::HashMap;

use everstep_proto::v1;
use serde_json::{Map, Value};

use super::{Answer, after};
use crate::aws::call::Call;
use crate::aws::configuration;
use crate::aws::fields::Fields;

pub(super) async fn answer(mut call: Call) -> Answer {
    let definition = Definition::asked(&call);
    let request = v1::DescribeStateMachineRequest {
        namespace: call.namespace(),
        state_machine: call.arn("stateMachineArn")?,
    };
    let operation = call.operations.describe_state_machine(request);
    let found = call.operations.answer(None, operation).await?;
    let (machine_type, status) = (found.r#type(), found.status());
    let configuration = configuration::shown(found.configuration);
    Ok(Fields::new()
        .with("stateMachineArn", found.state_machine_arn)
        .with("name", found.name)
        .with("status", after("STATE_MACHINE_STATUS_", status.as_str_name()))
        .with("definition", definition.shown(found.definition))
        .with("roleArn", found.role_arn)
        .with("type", type_name(machine_type))
        .with_time("creationDate", found.created_at.as_ref())
        .with("loggingConfiguration", configuration.logging)
        .with("tracingConfiguration", configuration.tracing)
        .with("encryptionConfiguration", configuration.encryption)
        .with_text("label", found.label)
        .with_text("revisionId", found.revision_id)
        .with_text("description", found.description)
        .with_some("variableReferences", variables(found.variable_references))
        .done())
}

/// Whether the definition is shown: AWS's `includedData`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Definition {
    included: bool,
}

impl Definition {
    pub(super) fn asked(call: &Call) -> Self {
        let included = call.member("includedData").and_then(Value::as_str);
        Self { included: included != Some("METADATA_ONLY") }
    }

    /// AWS writes `{}` in the place of one that was not asked for.
    pub(super) fn shown(self, definition: String) -> String {
        if self.included { definition } else { "{}".to_owned() }
    }
}

pub(super) fn type_name(machine_type: v1::StateMachineType) -> &'static str {
    match machine_type {
        v1::StateMachineType::Unspecified | v1::StateMachineType::Standard => "STANDARD",
        v1::StateMachineType::Express => "EXPRESS",
    }
}

/// Absent where no state reads any.
pub(super) fn variables(references: HashMap<String, v1::VariableNames>) -> Option<Value> {
    let mut references: Vec<_> = references.into_iter().collect();
    references.sort_by(|one, other| one.0.cmp(&other.0));
    let shown: Map<_, _> =
        references.into_iter().map(|(state, variables)| (state, variables.names.into())).collect();
    Some(shown).filter(|shown| !shown.is_empty()).map(Value::Object)
}
