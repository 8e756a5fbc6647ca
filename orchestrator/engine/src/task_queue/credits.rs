//! Credits: how many tasks a worker will take, and of which queues.

use std::sync::Arc;

use store::NamespaceId;

use super::SessionEnd;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PoolId(pub(crate) u64);

/// Credits of one session that serve one queue, or several together (a unary poll's `max_tasks`).
#[derive(Debug)]
pub(crate) struct Pool {
    pub(crate) id: PoolId,
    pub(crate) namespace: NamespaceId,
    pub(crate) worker: Option<Arc<str>>,
    pub(crate) session: SessionEnd,
    pub(crate) credits: u32,
    pub(crate) queues: Vec<Listing>,
}

/// Whether the pool stands in the queue's list of waiting pools. One that stands there with no credits left is
/// struck off when its turn comes.
#[derive(Debug)]
pub(crate) struct Listing {
    pub(crate) queue: Arc<str>,
    pub(crate) listed: bool,
}

impl Pool {
    pub(crate) fn waits(&self) -> bool {
        self.credits > 0
    }

    /// Lists the pool in `queue`, by `push`, unless it stands there.
    pub(crate) fn list(&mut self, queue: &str, push: impl FnOnce(PoolId)) {
        let id = self.id;
        let listing = self.listing(queue);
        if !listing.listed {
            listing.listed = true;
            push(id);
        }
    }

    pub(crate) fn strike_off(&mut self, queue: &str) {
        self.listing(queue).listed = false;
    }

    fn listing(&mut self, queue: &str) -> &mut Listing {
        self.queues
            .iter_mut()
            .find(|listing| &*listing.queue == queue)
            .expect("a pool is listed only in queues that it serves")
    }
}
