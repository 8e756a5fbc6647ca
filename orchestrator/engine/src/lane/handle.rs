//! The way to a lane, and to the lane of an execution.

use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, RwLock};

use execution::ExecutionId;
use tokio::sync::mpsc;

use super::Mail;
use crate::error::EngineError;

/// A mailbox. The node's own mail always fits; callers' mail is bounded.
#[derive(Clone)]
pub(crate) struct LaneHandle(Arc<Mailbox>);

struct Mailbox {
    sender: mpsc::UnboundedSender<Mail>,
    waiting: AtomicUsize,
    bound: usize,
    /// PostgreSQL is away: what needs a commit is refused at once.
    away: AtomicBool,
}

impl LaneHandle {
    pub(crate) fn new(bound: usize) -> (Self, mpsc::UnboundedReceiver<Mail>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        let (waiting, away) = (AtomicUsize::new(0), AtomicBool::new(false));
        (Self(Arc::new(Mailbox { sender, waiting, bound, away })), receiver)
    }

    /// A lane that has closed drops the mail, which answers whoever waits for it.
    pub(crate) fn send(&self, mail: Mail) {
        self.0.waiting.fetch_add(1, Ordering::Relaxed);
        let _ = self.0.sender.send(mail);
    }

    /// Mail of a caller, who is refused at once where it can't be taken.
    pub(crate) fn post(&self, mail: Mail) {
        if self.0.away.load(Ordering::Relaxed) {
            mail.refuse(EngineError::unavailable("PostgreSQL does not answer"));
        } else if self.0.waiting.load(Ordering::Relaxed) >= self.0.bound {
            mail.refuse(EngineError::exhausted("a lane's mailbox", self.0.bound));
        } else {
            self.send(mail);
        }
    }

    pub(crate) fn received(&self, mails: usize) {
        self.0.waiting.fetch_sub(mails, Ordering::Relaxed);
    }

    pub(crate) fn set_away(&self, away: bool) {
        self.0.away.store(away, Ordering::Relaxed);
    }
}

impl fmt::Debug for LaneHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LaneHandle")
    }
}

/// The lanes of the present membership; none while the node stands by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lanes(Arc<RwLock<Vec<LaneHandle>>>);

impl Lanes {
    pub(crate) fn open(&self, lanes: Vec<LaneHandle>) {
        *self.0.write().expect("no holder of the lanes panics") = lanes;
    }

    pub(crate) fn close(&self) {
        self.open(Vec::new());
    }

    pub(crate) fn of(&self, id: ExecutionId) -> Option<LaneHandle> {
        let lanes = self.0.read().expect("no holder of the lanes panics");
        if lanes.is_empty() {
            return None;
        }
        // The low bits of the id are random.
        let low = usize::try_from(id.0.as_u128() & 0xffff).expect("16 bits fit");
        Some(lanes[low % lanes.len()].clone())
    }

    /// The node stands by, or has left.
    pub(crate) fn are_closed(&self) -> bool {
        self.0.read().expect("no holder of the lanes panics").is_empty()
    }

    pub(crate) fn send(&self, id: ExecutionId, mail: Mail) {
        if let Some(lane) = self.of(id) {
            lane.send(mail);
        }
    }
}
