//! Tags of machines and activities: a key has one value.

use sqlx::Row;
use sqlx::postgres::PgBindIterExt;

use crate::error::StoreError;
use crate::id::{ActivityId, MachineId};
use crate::sql::sql;
use crate::store::Store;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// What may be tagged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tagged {
    Machine(MachineId),
    Activity(ActivityId),
}

/// What came of a tagging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tagging {
    Done,
    /// The resource would have more tags than allowed; it has those that it had.
    TooMany,
    /// The resource has been deleted.
    Gone,
}

impl Store {
    /// New tags, and new values of those that are there; at most `tags_max` together.
    pub async fn tag(
        &self,
        resource: Tagged,
        tags: &[Tag],
        tags_max: usize,
    ) -> Result<Tagging, StoreError> {
        let tagging = async {
            let mut tx = self.pool.begin().await?;
            // Two taggings at once would each count without the other's.
            let lock = sqlx::query(resource.lock()).bind(resource.id());
            if lock.fetch_optional(&mut *tx).await?.is_none() {
                return Ok(Tagging::Gone);
            }
            sqlx::query(sql!("tag/put.sql"))
                .bind(resource.kind())
                .bind(resource.id())
                .bind(tags.iter().map(|tag| tag.key.as_str()).bind_iter())
                .bind(tags.iter().map(|tag| tag.value.as_str()).bind_iter())
                .execute(&mut *tx)
                .await?;
            let list = sqlx::query(sql!("tag/list.sql")).bind(resource.kind()).bind(resource.id());
            if list.fetch_all(&mut *tx).await?.len() > tags_max {
                return Ok(Tagging::TooMany);
            }
            tx.commit().await?;
            Ok(Tagging::Done)
        };
        // Large: a transaction is several statements.
        self.answer(Box::pin(tagging)).await
    }

    /// A key that is not there is no error.
    pub async fn untag(&self, resource: Tagged, keys: &[String]) -> Result<(), StoreError> {
        let remove = sqlx::query(sql!("tag/remove.sql"))
            .bind(resource.kind())
            .bind(resource.id())
            .bind(keys.iter().map(String::as_str).bind_iter())
            .execute(&self.pool);
        self.answer(remove).await.map(|_| ())
    }

    /// By key.
    pub async fn tags(&self, resource: Tagged) -> Result<Vec<Tag>, StoreError> {
        let list = sqlx::query(sql!("tag/list.sql"))
            .bind(resource.kind())
            .bind(resource.id())
            .fetch_all(&self.pool);
        let rows = self.answer(list).await?;
        Ok(rows.iter().map(|row| Tag { key: row.get("key"), value: row.get("value") }).collect())
    }
}

impl Tagged {
    fn kind(self) -> &'static str {
        match self {
            Self::Machine(_) => "MACHINE",
            Self::Activity(_) => "ACTIVITY",
        }
    }

    fn id(self) -> i64 {
        match self {
            Self::Machine(id) => id.0,
            Self::Activity(id) => id.0,
        }
    }

    fn lock(self) -> &'static str {
        match self {
            Self::Machine(_) => sql!("machine/lock.sql"),
            Self::Activity(_) => sql!("activity/lock.sql"),
        }
    }
}
