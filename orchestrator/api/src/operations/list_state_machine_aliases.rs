//! `ListStateMachineAliases`: by name; of a machine, or those that name a version.

use engine::Qualifier;
use everstep_proto::v1;

use super::Operations;
use super::lookup::{arn_of, machine_qualified};
use crate::arn;
use crate::errors::Refusal;
use crate::page::{self, Query};
use crate::timestamps::timestamp;

impl Operations {
    pub async fn list_state_machine_aliases(
        &self,
        request: v1::ListStateMachineAliasesRequest,
    ) -> Result<v1::ListStateMachineAliasesResponse, Refusal> {
        let size = page::size(request.max_results)?;
        let namespace = self.namespace(&request.namespace).await?;
        let (name, qualifier) = machine_qualified(&namespace, &request.state_machine)?;
        let unknown = || Refusal::machine_unknown(&arn_of(&namespace, name, &qualifier));
        let version = match &qualifier {
            Qualifier::Newest => None,
            Qualifier::Version(number) => Some(*number),
            Qualifier::Alias(_) => return Err(unknown()),
        };
        let machine = self.machine_row(&namespace, name).await.map_err(|_| unknown())?;
        let text = format!("aliases of {} {version:?}", machine.id);
        let query = Query { seal: &self.seal, text };
        let after = query.name(&request.next_token)?;
        let store = self.engine.store();
        // One more than asked for says whether there is a next page.
        let mut rows = store.aliases(machine.id, version, after.as_deref(), size + 1).await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let last = rows.last().filter(|_| more);
        let next_token = last.map_or_else(String::new, |row| query.token(row.name.as_bytes()));
        let item = |row: store::Alias| v1::list_state_machine_aliases_response::Item {
            state_machine_alias_arn: arn::alias(&namespace, &machine.name, &row.name),
            created_at: Some(timestamp(row.created_at)),
        };
        let state_machine_aliases = rows.into_iter().map(item).collect();
        Ok(v1::ListStateMachineAliasesResponse { state_machine_aliases, next_token })
    }
}
