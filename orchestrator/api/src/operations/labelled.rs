//! The machine of a Distributed Map's children, `NAME/LABEL`: its definition is the Map's item processor.

use engine::Namespace;
use everstep_proto::v1;
use serde_json::{Map, Value};

use crate::arn;
use crate::errors::{Reason, Refusal};

/// What stands in a Distributed Map of a definition.
#[derive(Debug)]
pub(super) struct Processor {
    /// As a definition of its own.
    pub(super) definition: String,
    pub(super) express: bool,
}

impl Processor {
    /// `machine`, of which it is a part, as the machine of the Map's children.
    pub(super) fn shown(
        self,
        namespace: &Namespace,
        machine: v1::StateMachine,
        label: &str,
    ) -> v1::StateMachine {
        let name = format!("{}/{label}", machine.name);
        let machine_type = if self.express {
            v1::StateMachineType::Express
        } else {
            v1::StateMachineType::Standard
        };
        v1::StateMachine {
            state_machine_arn: arn::state_machine(namespace, &name),
            name,
            label: label.to_owned(),
            definition: self.definition,
            r#type: machine_type.into(),
            ..machine
        }
    }
}

/// Which Map of a definition is meant: a state's name is its own in the whole definition, a label must be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'a> {
    Label(&'a str),
    State(&'a str),
}

/// `NAME/LABEL` in two.
pub(super) fn split(machine: &str) -> Option<(&str, &str)> {
    machine.split_once('/')
}

/// What operations answer that take a whole machine alone.
pub(super) fn refused(arn: &str) -> Refusal {
    let message =
        format!("The ARN refers to a Distributed Map state, not to a state machine: '{arn}'");
    Refusal::new(Reason::ValidationException, message).at("state_machine")
}

/// `None`: no Distributed Map is named so; a label that was drawn for one run stands in no definition.
pub(super) fn processor(definition: &str, wanted: Wanted<'_>) -> Option<Processor> {
    let machine: Value = serde_json::from_str(definition).ok()?;
    let language = machine.get("QueryLanguage").cloned();
    let mut flows = vec![&machine];
    while let Some(flow) = flows.pop() {
        for (name, state) in flow.get("States").and_then(Value::as_object).into_iter().flatten() {
            let inner = state.get("ItemProcessor").or_else(|| state.get("Iterator"));
            if is_meant(name, state, wanted) {
                return inner
                    .and_then(Value::as_object)
                    .map(|inner| shown(inner.clone(), language));
            }
            flows.extend(inner);
            flows.extend(state.get("Branches").and_then(Value::as_array).into_iter().flatten());
        }
    }
    None
}

fn is_meant(name: &str, state: &Value, wanted: Wanted<'_>) -> bool {
    match wanted {
        Wanted::State(wanted) => name == wanted,
        Wanted::Label(wanted) => state["Type"] == "Map" && state["Label"] == wanted,
    }
}

/// It keeps the language of the machine that it stood in.
fn shown(mut flow: Map<String, Value>, language: Option<Value>) -> Processor {
    let config = flow.shift_remove("ProcessorConfig");
    if let Some(language) = language {
        flow.entry("QueryLanguage").or_insert(language);
    }
    let express = config.is_some_and(|config| config["ExecutionType"] == "EXPRESS");
    Processor { definition: Value::Object(flow).to_string(), express }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFINITION: &str = r#"{"QueryLanguage": "JSONata", "StartAt": "Both", "States": {"Both": {"Type": "Parallel", "End": true, "Branches": [
        {"StartAt": "All", "States": {"All": {"Type": "Map", "Label": "Each", "End": true, "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"},
            "StartAt": "Inner", "States": {"Inner": {"Type": "Map", "Label": "Deep", "End": true, "ItemProcessor": {
                "StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}}}}}}}]}}}"#;

    #[test]
    fn a_processor_is_found_however_deep_and_stands_by_itself() {
        let found = processor(DEFINITION, Wanted::Label("Deep")).unwrap();
        let expected = r#"{"StartAt":"P","States":{"P":{"Type":"Pass","End":true}},"QueryLanguage":"JSONata"}"#;
        assert_eq!((found.definition.as_str(), found.express), (expected, false));
        let found = processor(DEFINITION, Wanted::State("All")).unwrap();
        assert!(found.express && !found.definition.contains("ProcessorConfig"), "{found:?}");
        assert!(asl::StateMachine::check(&found.definition).is_empty(), "{found:?}");
        assert!(processor(DEFINITION, Wanted::Label("All")).is_none());
    }
}
