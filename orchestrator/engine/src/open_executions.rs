//! How many Standard executions of each namespace are open on this node. A namespace may limit them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use store::NamespaceId;

use crate::error::EngineError;

#[derive(Debug, Default)]
pub(crate) struct OpenExecutions(Mutex<HashMap<NamespaceId, Arc<AtomicU64>>>);

/// One that is open; dropped, it is counted no more.
#[derive(Debug)]
pub(crate) struct Open(Arc<AtomicU64>);

impl OpenExecutions {
    /// Refused: as many are open as may be.
    pub(crate) fn open(
        &self,
        namespace: NamespaceId,
        max: Option<u64>,
    ) -> Result<Open, EngineError> {
        let mut counts = self.0.lock().expect("no holder of the counts panics");
        let count = Arc::clone(counts.entry(namespace).or_default());
        drop(counts);
        let before = count.fetch_add(1, Ordering::Relaxed);
        let open = Open(count);
        if max.is_some_and(|max| before >= max) {
            return Err(EngineError::TooManyOpen);
        }
        Ok(open)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_each_namespace_as_many_are_open_as_its_limit_says() {
        let executions = OpenExecutions::default();
        let (one, other) = (NamespaceId(1), NamespaceId(2));
        let first = executions.open(one, Some(2)).expect("there is room");
        let _unlimited = executions.open(one, None).expect("no limit is asked for");
        assert!(matches!(executions.open(one, Some(2)), Err(EngineError::TooManyOpen)));
        assert!(matches!(executions.open(one, Some(2)), Err(EngineError::TooManyOpen)));
        let _others = executions.open(other, Some(1)).expect("another namespace has its own");
        drop(first);
        let _next = executions.open(one, Some(2)).expect("one has ended");
    }
}
