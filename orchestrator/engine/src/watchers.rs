//! Who wants to know when events of an execution have become durable.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use execution::ExecutionId;
use tokio::sync::watch;

/// Executions that nobody watches cost one atomic read a commit.
#[derive(Debug, Default)]
pub(crate) struct Watchers {
    watched: AtomicUsize,
    senders: Mutex<HashMap<ExecutionId, watch::Sender<bool>>>,
}

impl Watchers {
    /// Changes at each commit of the execution; `true` once it has ended.
    pub(crate) fn subscribe(&self, id: ExecutionId) -> watch::Receiver<bool> {
        let mut senders = self.lock();
        senders.retain(|_, sender| sender.receiver_count() > 0);
        let receiver = senders.entry(id).or_insert_with(|| watch::Sender::new(false)).subscribe();
        self.watched.store(senders.len(), Ordering::Release);
        receiver
    }

    pub(crate) fn notify(&self, id: ExecutionId, ended: bool) {
        if self.watched.load(Ordering::Acquire) == 0 {
            return;
        }
        let mut senders = self.lock();
        let Some(sender) = senders.get(&id) else { return };
        sender.send_replace(ended);
        if ended || sender.receiver_count() == 0 {
            senders.remove(&id);
            self.watched.store(senders.len(), Ordering::Release);
        }
    }

    /// Ownership was lost: every watcher looks again.
    pub(crate) fn wake_all(&self) {
        for sender in self.lock().values() {
            sender.send_replace(false);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ExecutionId, watch::Sender<bool>>> {
        self.senders.lock().expect("no holder of the watchers panics")
    }
}
