//! `ListActivities`: by name.

use everstep_proto::v1;

use super::{Operations, activity};
use crate::errors::Refusal;
use crate::page::{self, Query};

impl Operations {
    pub async fn list_activities(
        &self,
        request: v1::ListActivitiesRequest,
    ) -> Result<v1::ListActivitiesResponse, Refusal> {
        let size = page::size(request.max_results)?;
        let namespace = self.namespace(&request.namespace).await?;
        let query = Query { seal: &self.seal, text: format!("activities of {}", namespace.id) };
        let after = query.name(&request.next_token)?;
        let store = self.engine.store();
        // One more than asked for says whether there is a next page.
        let mut rows = store.activities(namespace.id, after.as_deref(), size + 1).await?;
        let more = rows.len() > size as usize;
        rows.truncate(size as usize);
        let last = rows.last().filter(|_| more);
        let next_token = last.map_or_else(String::new, |row| query.token(row.name.as_bytes()));
        let activities = rows.into_iter().map(|row| activity::shown(&namespace, row)).collect();
        Ok(v1::ListActivitiesResponse { activities, next_token })
    }
}
