//! `GetExecutionHistory`: the public history in pages, from either end.

use std::collections::VecDeque;

use everstep_proto::v1;
use execution::history::project;
use execution::id::PublicId;
use prost::Message as _;
use store::{HistoryFrom, HistoryPage};

use super::Operations;
use super::describe_execution::events;
use super::lookup::Found;
use crate::errors::Refusal;
use crate::history::{Data, history_event};
use crate::limits::RESPONSE_BYTES_AIM;
use crate::page::{self, Query};

/// Where the reading stands and which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cursor {
    /// The id of the last event that was given.
    Forwards(u64),
    /// The id of the event that was given last; `None`: none yet.
    Backwards(Option<u64>),
}

/// As many events as were asked for, or as one response should hold.
#[derive(Debug)]
struct Page {
    size: usize,
    bytes: usize,
    events: Vec<v1::HistoryEvent>,
}

impl Operations {
    pub async fn get_execution_history(
        &self,
        request: v1::GetExecutionHistoryRequest,
    ) -> Result<v1::GetExecutionHistoryResponse, Refusal> {
        let size = page::size(request.max_results)? as usize;
        let found = self.execution(&request.namespace, &request.execution).await?;
        let text = format!("history of {} reverse {}", found.row.id, request.reverse_order);
        let query = Query { seal: &self.seal, text };
        let position = query.number(&request.next_token)?;
        let data = if request.exclude_execution_data { Data::Excluded } else { Data::Included };
        let mut cursor = if request.reverse_order {
            Cursor::Backwards(position)
        } else {
            Cursor::Forwards(position.unwrap_or(0))
        };
        let mut page = Page { size, bytes: 0, events: Vec::new() };
        let more = loop {
            let read = self.public_events(&found, cursor, data).await?;
            if read.is_empty() {
                break false;
            }
            if !page.take(read) {
                break true;
            }
            cursor = page.events.last().map_or(cursor, |event| cursor.past(event.id));
        };
        let last = page.events.last().filter(|_| more);
        let next_token =
            last.map_or_else(String::new, |event| query.token(&event.id.to_be_bytes()));
        Ok(v1::GetExecutionHistoryResponse { events: page.events, next_token })
    }

    /// The next events after `after`; none: the end of what is durable now.
    pub(super) async fn public_events_after(
        &self,
        found: &Found,
        after: u64,
    ) -> Result<VecDeque<v1::HistoryEvent>, Refusal> {
        self.public_events(found, Cursor::Forwards(after), Data::Included).await
    }

    /// The public events of the next rows in the cursor's direction.
    async fn public_events(
        &self,
        found: &Found,
        cursor: Cursor,
        data: Data,
    ) -> Result<VecDeque<v1::HistoryEvent>, Refusal> {
        const ROWS: HistoryPage =
            HistoryPage { rows_max: 1_000, bytes_max: RESPONSE_BYTES_AIM as u64 };
        let from = match cursor {
            Cursor::Forwards(id) => HistoryFrom::AfterPublic { public: id },
            Cursor::Backwards(None) => HistoryFrom::Last,
            // Before the first there is nothing.
            Cursor::Backwards(Some(id)) if id <= 1 => return Ok(VecDeque::new()),
            Cursor::Backwards(Some(id)) => HistoryFrom::BeforePublic { public: id },
        };
        let rows = self.engine.store().history_rows(found.row.id, from, ROWS).await?;
        let mut page = VecDeque::new();
        for row in rows {
            let events = project(PublicId(row.first_public), row.at, &events(found, &row)?);
            let events = events.into_iter().filter(|event| cursor.reaches(event.id.0));
            let mut events: Vec<_> = events.map(|event| history_event(event, data)).collect();
            if let Cursor::Backwards(_) = cursor {
                events.reverse();
            }
            page.extend(events);
        }
        Ok(page)
    }
}

impl Page {
    /// `false`: there was more than the page takes.
    fn take(&mut self, read: VecDeque<v1::HistoryEvent>) -> bool {
        for event in read {
            self.bytes += event.encoded_len();
            let full = self.bytes > RESPONSE_BYTES_AIM && !self.events.is_empty();
            if full || self.events.len() == self.size {
                return false;
            }
            self.events.push(event);
        }
        true
    }
}

impl Cursor {
    fn past(self, id: u64) -> Self {
        match self {
            Self::Forwards(_) => Self::Forwards(id),
            Self::Backwards(_) => Self::Backwards(Some(id)),
        }
    }

    /// A row may begin on the other side of the cursor.
    fn reaches(self, id: u64) -> bool {
        match self {
            Self::Forwards(last) => id > last,
            Self::Backwards(last) => last.is_none_or(|last| id < last),
        }
    }
}
