//! Assign: the variables that a state, a choice rule or a catcher sets on the way out.

use std::sync::Arc;

use serde_json::Value;

use crate::Draw;
use crate::check::{Assigner, Field, Fields, Place, Sees};
use crate::dataflow::Scope;
use crate::diagnostic::Fault;
use crate::error::EvalError;
use crate::machine::QueryLanguage;
use crate::payload::Payload;
use crate::template::Template;
use crate::variables::{self, Assignment};

/// A template whose fields are variables. Absent and `{}` set none.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assign {
    values: Option<Template>,
}

impl Assign {
    /// Every expression sees the variables as they were when the state was entered.
    pub fn evaluate(
        &self,
        scope: &Scope<'_>,
        draw: &mut Draw,
    ) -> Result<Vec<Assignment>, EvalError> {
        let Some(values) = &self.values else { return Ok(Vec::new()) };
        let Value::Object(values) = values.render(scope, draw)? else { return Ok(Vec::new()) };
        let assignment = |(name, value): (String, Value)| Assignment {
            name: name.into(),
            value: Payload::from_value(value),
        };
        Ok(values.into_iter().map(assignment).collect())
    }

    pub(crate) fn read_of_state(fields: &mut Fields<'_>) -> Self {
        let sees = match fields.peek("Type") {
            Some("Task" | "Parallel" | "Map") => Sees::Result,
            Some("Choice" | "Wait" | "Pass") => Sees::Input,
            // A Succeed and a Fail have none; of another type nothing is known.
            Some(_) | None => return Self::default(),
        };
        Self::read(fields, sees, Assigner::State)
    }

    pub(crate) fn read(fields: &mut Fields<'_>, sees: Sees, assigner: Assigner) -> Self {
        let Some(field) = fields.get("Assign") else { return Self::default() };
        let values = if read_names(&field, assigner) { field.template_that(sees) } else { None };
        Self { values }
    }
}

/// Whether there are any.
fn read_names(field: &Field<'_>, assigner: Assigner) -> bool {
    let Some(members) = field.node.object() else {
        field.report(Fault::WrongType { expected: "Object" });
        return false;
    };
    for member in members {
        let name = match field.language {
            QueryLanguage::JsonPath => member.name.strip_suffix(".$").unwrap_or(&member.name),
            QueryLanguage::Jsonata => &member.name,
        };
        let pointer = format!("{}/{}", field.place.pointer, member.name);
        let place = Place { pointer, at: member.at };
        if let Some(fault) = fault_of(name) {
            field.check.report(&place, fault);
        }
        field.check.variables.assigns(&place, Arc::from(name), assigner);
    }
    !members.is_empty()
}

/// AWS wants a Unicode identifier. A hyphen is let through with a warning: validators that authors use accept it.
fn fault_of(name: &str) -> Option<Fault> {
    let maximum = variables::NAME_MAX;
    let named = || name.to_owned();
    if name == variables::RESERVED {
        return Some(Fault::VariableReserved);
    }
    if name.chars().count() > maximum {
        return Some(Fault::VariableNameTooLong { name: named(), maximum });
    }
    if !name.is_empty() && variables::name_length(name) == name.len() {
        return None;
    }
    let readable = name.replace('-', "_");
    if !readable.is_empty() && variables::name_length(&readable) == readable.len() {
        return Some(Fault::VariableUnreadable { name: named() });
    }
    Some(Fault::NotAVariableName { name: named() })
}
