//! `ListStateMachines`: by name.

use everstep_proto::v1;

use super::Operations;
use super::describe_state_machine::machine_type;
use crate::arn;
use crate::errors::Refusal;
use crate::page::{self, Query};
use crate::timestamps::timestamp;

impl Operations {
    pub async fn list_state_machines(
        &self,
        request: v1::ListStateMachinesRequest,
    ) -> Result<v1::ListStateMachinesResponse, Refusal> {
        let size = page::size(request.max_results)?;
        let namespace = self.namespace(&request.namespace).await?;
        let text = format!("state machines of {}", namespace.id);
        let query = Query { seal: &self.seal, text };
        let after = query.name(&request.next_token)?;
        let store = self.engine.store();
        // One more than asked for says whether there is a next page.
        let mut rows = store.machines(namespace.id, after.as_deref(), size + 1).await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let last = rows.last().filter(|_| more);
        let next_token = last.map_or_else(String::new, |row| query.token(row.name.as_bytes()));
        let item = |row: store::Machine| v1::list_state_machines_response::Item {
            state_machine_arn: arn::state_machine(&namespace, &row.name),
            name: row.name,
            r#type: machine_type(row.machine_type).into(),
            created_at: Some(timestamp(row.created_at)),
        };
        let state_machines = rows.into_iter().map(item).collect();
        Ok(v1::ListStateMachinesResponse { state_machines, next_token })
    }
}
