//! `ListStateMachineVersions`: the newest first; none of a machine that is not there, as AWS answers.

use everstep_proto::v1;

use super::Operations;
use super::lookup::machine_qualified;
use crate::arn;
use crate::errors::Refusal;
use crate::page::{self, Query};
use crate::timestamps::timestamp;

impl Operations {
    pub async fn list_state_machine_versions(
        &self,
        request: v1::ListStateMachineVersionsRequest,
    ) -> Result<v1::ListStateMachineVersionsResponse, Refusal> {
        let size = page::size(request.max_results)?;
        let namespace = self.namespace(&request.namespace).await?;
        let (name, _) = machine_qualified(&namespace, &request.state_machine)?;
        let query = Query {
            seal: &self.seal,
            text: format!("versions of {} {}", namespace.id, request.state_machine),
        };
        let below = query.number(&request.next_token)?.map(u64::cast_signed);
        let store = self.engine.store();
        let Some(machine) = store.machine_by_name(namespace.id, name).await? else {
            return Ok(v1::ListStateMachineVersionsResponse::default());
        };
        // One more than asked for says whether there is a next page.
        let mut rows = store.versions(machine.id, below, size + 1).await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let last = rows.last().filter(|_| more);
        let next_token =
            last.map_or_else(String::new, |row| query.token(&row.number.to_be_bytes()));
        let item = |row: store::Version| v1::list_state_machine_versions_response::Item {
            state_machine_version_arn: arn::version(&namespace, &machine.name, row.number),
            created_at: Some(timestamp(row.created_at)),
        };
        let state_machine_versions = rows.into_iter().map(item).collect();
        Ok(v1::ListStateMachineVersionsResponse { state_machine_versions, next_token })
    }
}
