//! How many polls of each activity this node holds, where a namespace limits them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use engine::Namespace;
use store::NamespaceId;

use crate::errors::Refusal;

type Activity = (NamespaceId, String);

#[derive(Debug, Clone, Default)]
pub(crate) struct Pollers(Arc<Mutex<HashMap<Activity, u64>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
pub(crate) struct Poll {
    pollers: Pollers,
    activity: Activity,
}

impl Pollers {
    /// `None`: nobody counts.
    pub(crate) fn begin(
        &self,
        namespace: &Namespace,
        queue: &str,
    ) -> Result<Option<Poll>, Refusal> {
        let Some(max) = namespace.limits.activity_pollers else { return Ok(None) };
        let activity = (namespace.id, queue.to_owned());
        let mut counts = self.counts();
        let count = counts.entry(activity.clone()).or_default();
        if *count >= max {
            return Err(Refusal::too_many_pollers());
        }
        *count += 1;
        drop(counts);
        Ok(Some(Poll { pollers: self.clone(), activity }))
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<Activity, u64>> {
        self.0.lock().expect("no holder of the counts panics")
    }
}

impl Drop for Poll {
    fn drop(&mut self) {
        let mut counts = self.pollers.counts();
        if let Some(count) = counts.get_mut(&self.activity) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.activity);
            }
        }
    }
}
