//! Gathers items into chunks, and stops whoever reads when nobody takes them or enough were read.

use std::ops::ControlFlow;

use tokio::sync::mpsc::Sender;

use super::{CHUNK_BYTES_MAX, CHUNK_ITEMS_MAX, Chunk, ReadError};

type Sent = Result<Chunk, ReadError>;

/// No more items are wanted.
pub(super) const STOP: ControlFlow<()> = ControlFlow::Break(());

#[derive(Debug)]
pub(super) struct Sink {
    chunks: Sender<Sent>,
    text: String,
    count: u64,
    skip: u64,
    /// How many may still come; `None`: as many as there are.
    left: Option<u64>,
    closed: bool,
}

impl Sink {
    pub(super) fn new(chunks: Sender<Sent>, skip: u64, max_items: Option<u64>) -> Self {
        let left = max_items.map(|max| max.saturating_sub(skip));
        Self { chunks, text: String::new(), count: 0, skip, left, closed: false }
    }

    /// Whether it would take another item.
    pub(super) fn is_full(&self) -> bool {
        self.closed || (self.left == Some(0) && self.skip == 0)
    }

    /// From a thread that may wait.
    pub(super) fn blocking_push(&mut self, item: &str) -> ControlFlow<()> {
        if let Some(chunk) = self.add(item) {
            self.closed = self.chunks.blocking_send(Ok(chunk)).is_err();
        }
        if self.is_full() { STOP } else { ControlFlow::Continue(()) }
    }

    pub(super) async fn push(&mut self, item: &str) -> ControlFlow<()> {
        if let Some(chunk) = self.add(item) {
            self.closed = self.chunks.send(Ok(chunk)).await.is_err();
        }
        if self.is_full() { STOP } else { ControlFlow::Continue(()) }
    }

    /// Lends the sink to a thread that may wait.
    pub(super) async fn on_a_thread(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<(), ReadError> + Send + 'static,
    ) -> Result<(), ReadError> {
        let mut lent = self.lend();
        let read = tokio::task::spawn_blocking(move || {
            let ended = read(&mut lent);
            (lent, ended)
        });
        let (back, ended) = read.await.map_err(|error| ReadError::Malformed(error.to_string()))?;
        *self = back;
        ended
    }

    fn lend(&mut self) -> Self {
        let Self { chunks, text, count, skip, left, closed } = self;
        let (chunks, text) = (chunks.clone(), std::mem::take(text));
        Self { chunks, text, count: *count, skip: *skip, left: *left, closed: *closed }
    }

    pub(super) async fn finish(mut self, ended: Result<(), ReadError>) {
        let last = ended.map(|()| self.chunk(true));
        // Whoever asked may have gone.
        let _ = self.chunks.send(last).await;
    }

    /// Answers a chunk that is full.
    fn add(&mut self, item: &str) -> Option<Chunk> {
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        if let Some(left) = &mut self.left {
            if *left == 0 {
                return None;
            }
            *left -= 1;
        }
        self.text.push(if self.text.is_empty() { '[' } else { ',' });
        self.text.push_str(item);
        self.count += 1;
        let is_full = self.count >= CHUNK_ITEMS_MAX as u64 || self.text.len() >= CHUNK_BYTES_MAX;
        is_full.then(|| self.chunk(false))
    }

    fn chunk(&mut self, done: bool) -> Chunk {
        let mut items = std::mem::take(&mut self.text);
        if items.is_empty() {
            items.push('[');
        }
        items.push(']');
        Chunk { items, count: std::mem::take(&mut self.count), done }
    }
}
