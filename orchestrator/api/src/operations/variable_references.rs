//! Which variables each state of a definition reads: AWS's `variableReferences`.

use std::collections::HashMap;

use everstep_proto::v1;
use store::Revision;

use super::Operations;

impl Operations {
    /// Of a definition that this version of Everstep refuses, nothing is told.
    pub(super) fn variable_references(
        &self,
        revision: &Revision,
    ) -> HashMap<String, v1::VariableNames> {
        let Ok(definition) = self.engine.catalog().checked(revision) else { return HashMap::new() };
        let references = definition.variable_references().map(|(state, names)| {
            let names = names.iter().map(ToString::to_string).collect();
            (state.to_owned(), v1::VariableNames { names })
        });
        references.collect()
    }
}
