//! `everstep describe`: an execution, or a state machine.

use clap::Args;
use everstep_proto::v1::{DescribeExecutionRequest, Execution, StateMachine};
use serde_json::{Value, json};

use super::execution;
use crate::cli::ClientSettings;
use crate::client::Client;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Describe {
    /// An execution's ARN or MACHINE/NAME, or a state machine's ARN or name
    what: String,
    #[command(flatten)]
    client: ClientSettings,
}

impl Describe {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        let client = Client::new(&self.client)?;
        if names_execution(&self.what) {
            let execution = describe(&client, &self.what).await?;
            match format {
                Format::Text => output::write(&execution::text(&execution)),
                Format::Json => output::document(&execution::document(&execution)),
            }
            return Ok(Answer::Positive);
        }
        let machine = client.describe_machine(&self.what).await?;
        match format {
            Format::Text => output::write(&machine_text(&machine)),
            Format::Json => output::document(&machine_document(&machine)),
        }
        Ok(Answer::Positive)
    }
}

/// Its ARN, or `MACHINE/NAME`.
fn names_execution(what: &str) -> bool {
    [":execution:", ":express:", "/"].iter().any(|part| what.contains(part))
}

pub(crate) async fn describe(client: &Client, given: &str) -> Result<Execution, CommandError> {
    let request = DescribeExecutionRequest {
        execution: client.execution_arn(given).await?,
        namespace: client.namespace.clone(),
    };
    client.call(client.executions().describe_execution(client.request(request))).await
}

fn type_name(machine: &StateMachine) -> &'static str {
    machine.r#type().as_str_name().trim_start_matches("STATE_MACHINE_TYPE_")
}

fn machine_text(machine: &StateMachine) -> String {
    let fields = [
        ("machine", machine.state_machine_arn.clone()),
        ("type", type_name(machine).to_owned()),
        ("version", machine.description.clone()),
        ("revision", machine.revision_id.clone()),
        ("role", machine.role_arn.clone()),
        ("created", output::iso(machine.created_at)),
        ("updated", output::iso(machine.updated_at)),
    ];
    let status = machine.status().as_str_name().trim_start_matches("STATE_MACHINE_STATUS_");
    let lines = fields.iter().filter(|(_, value)| !value.is_empty());
    let lines: Vec<String> = lines.map(|(name, value)| format!("  {name:<10}{value}")).collect();
    let definition = machine.definition.trim_end();
    format!("{status}  {}\n{}\n\n{definition}\n", machine.name, lines.join("\n"))
}

fn machine_document(machine: &StateMachine) -> Value {
    json!({
        "stateMachineArn": machine.state_machine_arn,
        "name": machine.name,
        "type": type_name(machine),
        "status": machine.status().as_str_name().trim_start_matches("STATE_MACHINE_STATUS_"),
        "description": (!machine.description.is_empty()).then_some(&machine.description),
        "revisionId": machine.revision_id,
        "roleArn": machine.role_arn,
        "createdAt": output::iso(machine.created_at),
        "updatedAt": output::timestamp(machine.updated_at).map(output::iso_of),
        "definition": machine.definition,
    })
}

#[cfg(test)]
mod tests {
    use super::names_execution;

    #[test]
    fn executions_of_both_types_are_told_from_machines() {
        for (what, expected) in [
            ("order", false),
            ("arn:aws:states:us-east-1:000000000000:stateMachine:order", false),
            ("order/o-1", true),
            ("arn:aws:states:us-east-1:000000000000:execution:order:o-1", true),
            ("arn:aws:states:us-east-1:000000000000:express:order:o-1:7", true),
        ] {
            assert_eq!(names_execution(what), expected, "{what}");
        }
    }
}
