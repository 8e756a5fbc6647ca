//! Activities: names that workers poll for, as far as anybody created them. Queues need none.

use chrono::{DateTime, Utc};
use sqlx::Row;
use sqlx::postgres::{PgBindIterExt, PgRow};

use crate::error::StoreError;
use crate::id::{ActivityId, NamespaceId};
use crate::limits::{Counted, Made};
use crate::sql::sql;
use crate::store::{Creation, Store};
use crate::tag::Tag;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    pub id: ActivityId,
    pub name: String,
    /// JSON; empty where none was given.
    pub encryption: String,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone)]
pub struct NewActivity {
    pub namespace: NamespaceId,
    pub name: String,
    pub encryption: String,
    /// Kept where the activity is new.
    pub tags: Vec<Tag>,
    /// How many activities the namespace may have.
    pub activities_max: Option<u64>,
}

impl Store {
    /// `Same`: one of that name and encryption stands. `Differs`: one of that name. [`StoreError::Full`]: none of that name.
    pub async fn create_activity(
        &self,
        new: &NewActivity,
    ) -> Result<Creation<Activity>, StoreError> {
        loop {
            let create = sqlx::query(sql!("activity/create.sql"))
                .bind(new.namespace)
                .bind(&new.name)
                .bind(&new.encryption)
                .bind(new.tags.iter().map(|tag| tag.key.as_str()).bind_iter())
                .bind(new.tags.iter().map(|tag| tag.value.as_str()).bind_iter());
            let made = self.create_counted(Counted {
                create,
                namespace: new.namespace,
                count: sql!("activity/count.sql"),
                max: new.activities_max,
            });
            let made = made.await?;
            if let Made::Row(row) = &made {
                return Ok(Creation::Created(activity(row)));
            }
            if let Some(standing) = self.activity_by_name(new.namespace, &new.name).await? {
                let same = standing.encryption == new.encryption;
                return Ok(Creation::stands(standing, same));
            }
            if let Made::Full = made {
                return Err(StoreError::Full);
            }
            // Deleted between the two statements: the name is free now.
        }
    }

    pub async fn activity_by_name(
        &self,
        namespace: NamespaceId,
        name: &str,
    ) -> Result<Option<Activity>, StoreError> {
        let read = sqlx::query(sql!("activity/get.sql"))
            .bind(namespace)
            .bind(name)
            .fetch_optional(&self.pool);
        Ok(self.answer(read).await?.as_ref().map(activity))
    }

    /// By name, from the first after `after`.
    pub async fn activities(
        &self,
        namespace: NamespaceId,
        after: Option<&str>,
        rows_max: u32,
    ) -> Result<Vec<Activity>, StoreError> {
        let read = sqlx::query(sql!("activity/list.sql"))
            .bind(namespace)
            .bind(after.unwrap_or_default())
            .bind(i64::from(rows_max))
            .fetch_all(&self.pool);
        Ok(self.answer(read).await?.iter().map(activity).collect())
    }

    /// One that is not there is no error.
    pub async fn delete_activity(
        &self,
        namespace: NamespaceId,
        name: &str,
    ) -> Result<(), StoreError> {
        let delete =
            sqlx::query(sql!("activity/delete.sql")).bind(namespace).bind(name).execute(&self.pool);
        self.answer(delete).await.map(|_| ())
    }
}

fn activity(row: &PgRow) -> Activity {
    Activity {
        id: row.get("id"),
        name: row.get("name"),
        encryption: row.get("encryption"),
        created_at: row.get("created_at"),
    }
}
