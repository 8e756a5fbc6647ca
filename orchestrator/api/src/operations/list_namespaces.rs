//! `ListNamespaces`: by name, those that the caller reaches.

use everstep_proto::v1;

use super::{Operations, settings};
use crate::errors::Refusal;
use crate::page::{self, Query};

impl Operations {
    pub async fn list_namespaces(
        &self,
        request: v1::ListNamespacesRequest,
    ) -> Result<v1::ListNamespacesResponse, Refusal> {
        let size = page::size(request.max_results)?;
        let query = Query { seal: &self.seal, text: "namespaces".to_owned() };
        let after = query.name(&request.next_token)?;
        if let Some(only) = self.caller().confined()? {
            let own = self.engine.store().namespace(&only).await?;
            let own = own.filter(|_| after.is_none()).map(settings::namespace);
            let namespaces = own.into_iter().collect();
            return Ok(v1::ListNamespacesResponse { namespaces, next_token: String::new() });
        }
        // One more than asked for says whether there is a next page.
        let mut rows = self.engine.store().namespaces(after.as_deref(), size + 1).await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let last = rows.last().filter(|_| more);
        let next_token = last.map_or_else(String::new, |row| query.token(row.name.as_bytes()));
        let namespaces = rows.into_iter().map(settings::namespace).collect();
        Ok(v1::ListNamespacesResponse { namespaces, next_token })
    }
}
