//! `ListConnections`: by name.

use everstep_proto::v1;

use super::{Operations, connection};
use crate::errors::Refusal;
use crate::page::{self, Query};

impl Operations {
    pub async fn list_connections(
        &self,
        request: v1::ListConnectionsRequest,
    ) -> Result<v1::ListConnectionsResponse, Refusal> {
        let size = page::size(request.max_results)?;
        let namespace = self.namespace(&request.namespace).await?;
        let query = Query { seal: &self.seal, text: format!("connections of {}", namespace.id) };
        let after = query.name(&request.next_token)?;
        let store = self.engine.store();
        // One more than asked for says whether there is a next page.
        let mut rows = store.connections(namespace.id, after.as_deref(), size + 1).await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let last = rows.last().filter(|_| more);
        let next_token = last.map_or_else(String::new, |row| query.token(row.name.as_bytes()));
        let connections = rows.into_iter().map(|row| connection::shown(&namespace, row)).collect();
        Ok(v1::ListConnectionsResponse { connections, next_token })
    }
}
