//! Messages between executions: written in the sender's commit, deleted in the receiver's, and found again by a sweep.

use chrono::{DateTime, Utc};
use execution::ExecutionId;
use execution::id::Home;
use sqlx::Row;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::error::StoreError;
use crate::execution::smallest_id;
use crate::membership::FenceRef;
use crate::sql::sql;
use crate::store::Store;

/// Chosen by the sender, the same however often it sends: the receiver has it once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub Uuid);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageKey {
    pub receiver: ExecutionId,
    pub message: MessageId,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMessage {
    pub key: MessageKey,
    /// Whose commit it is part of: a start that loses its name sends nothing.
    pub sender: ExecutionId,
    pub format: i16,
    pub body: Vec<u8>,
}

/// A message that nobody has taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    pub key: MessageKey,
    pub format: i16,
    pub body: Vec<u8>,
}

/// One page of a sweep through the whole inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swept {
    /// To executions that run, in the order of their keys.
    pub messages: Vec<MessageRow>,
    /// Where the next page begins; `None`: this was the last.
    pub next: Option<MessageKey>,
}

/// A page ends at whichever limit comes first, yet holds at least one message where there is one.
#[derive(Debug, Clone, Copy)]
pub struct SweepPage {
    pub after: Option<MessageKey>,
    pub rows_max: u32,
    pub bytes_max: u64,
    /// No execution whose id is older will begin any more: messages to one that never did are deleted.
    pub begun_before: DateTime<Utc>,
}

impl Store {
    /// Reads messages to executions that run and deletes those to executions that have ended. Behind a fence that has fallen: nothing.
    pub async fn sweep_inbox(&self, fence: FenceRef, page: SweepPage) -> Result<Swept, StoreError> {
        let after = page.after.map(|key| (key.receiver.home(), key.receiver.0, key.message.0));
        let (home, receiver, message) = after.unwrap_or((Home(-1), Uuid::nil(), Uuid::nil()));
        let sweep = sqlx::query(sql!("inbox/sweep.sql"))
            .bind(fence.node)
            .bind(fence.lane)
            .bind(fence.epoch)
            .bind(home.0)
            .bind(receiver)
            .bind(message)
            .bind(i64::from(page.rows_max))
            .bind(i64::try_from(page.bytes_max).unwrap_or(i64::MAX))
            .bind(smallest_id(page.begun_before))
            // Planned each time: the inbox is empty at one moment and full at the next.
            .persistent(false)
            .fetch_all(&self.pool);
        let rows = self.answer(sweep).await?;
        let messages = rows.iter().filter_map(message_row).collect();
        Ok(Swept { messages, next: rows.last().map(key) })
    }
}

fn key(row: &PgRow) -> MessageKey {
    MessageKey {
        receiver: ExecutionId(row.get("receiver")),
        message: MessageId(row.get("message")),
    }
}

/// None: its receiver does not run.
fn message_row(row: &PgRow) -> Option<MessageRow> {
    let body: Option<Vec<u8>> = row.get("body");
    Some(MessageRow { key: key(row), format: row.get("format"), body: body? })
}
