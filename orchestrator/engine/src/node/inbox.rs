//! The sweep through the inbox: a message whose hint was lost, or whose receiver was not here, finds its way within a second.

use std::time::Duration;

use chrono::TimeDelta;
use execution::{ExecutionId, message};
use store::{FenceRef, MessageKey, MessageRow, SweepPage};
use tracing::{error, warn};

use super::Membership;
use crate::lane::{Heard, Mail};

/// A message that waits for a sweep makes its receiver late by no more than this.
const INTERVAL: Duration = Duration::from_secs(1);
/// Of one read.
const ROWS_MAX: u32 = 256;
const BYTES_MAX: u64 = 4 << 20;
/// Reads at one go: messages that nobody can take yet (their receiver is quarantined) must not keep the node busy.
const PAGES_MAX: usize = 16;
/// A child that was ordered longer ago will not begin any more: those who order it give up with their node, or start it.
const BEGINS_WITHIN: TimeDelta = TimeDelta::hours(1);

impl Membership {
    /// For as long as the term lasts.
    pub(super) async fn sweep_inbox(&self, fence: FenceRef) {
        let mut after = None;
        loop {
            after = self.sweep_pages(fence, after).await;
            tokio::select! {
                () = tokio::time::sleep(INTERVAL) => {}
                // Messages to executions that were taken over are here to be heard.
                () = self.taken_over.notified() => after = None,
            }
        }
    }

    /// Where the next sweep begins.
    async fn sweep_pages(
        &self,
        fence: FenceRef,
        mut after: Option<MessageKey>,
    ) -> Option<MessageKey> {
        for _ in 0..PAGES_MAX {
            after = Some(self.sweep_page(fence, after).await?);
        }
        after
    }

    /// Where the next page begins.
    async fn sweep_page(&self, fence: FenceRef, after: Option<MessageKey>) -> Option<MessageKey> {
        let begun_before = self.around.clock.now() - BEGINS_WITHIN;
        let page = SweepPage { after, rows_max: ROWS_MAX, bytes_max: BYTES_MAX, begun_before };
        match self.store.sweep_inbox(fence, page).await {
            Ok(swept) => {
                self.deliver(swept.messages);
                swept.next
            }
            Err(error) => {
                warn!(%error, "the inbox could not be swept");
                None
            }
        }
    }

    /// Messages of one receiver follow one another, and go together.
    fn deliver(&self, rows: Vec<MessageRow>) {
        let mut together: Option<(ExecutionId, Vec<Heard>)> = None;
        for row in rows {
            let Some(heard) = heard(&row) else { continue };
            let receiver = row.key.receiver;
            match &mut together {
                Some((id, messages)) if *id == receiver => messages.push(heard),
                Some(_) | None => self.hand_over(together.replace((receiver, vec![heard]))),
            }
        }
        self.hand_over(together);
    }

    fn hand_over(&self, together: Option<(ExecutionId, Vec<Heard>)>) {
        if let Some((id, messages)) = together {
            self.lanes.send(id, Mail::Hear { id, messages });
        }
    }
}

/// A message of a newer version stays in the inbox until a node comes that reads it.
fn heard(row: &MessageRow) -> Option<Heard> {
    match message::decode(row.format, &row.body) {
        Ok(message) => Some(Heard { key: row.key, message }),
        Err(error) => {
            error!(receiver = %row.key.receiver, %error, "a message can't be read");
            None
        }
    }
}
