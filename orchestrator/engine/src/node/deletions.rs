//! Ends the deletion of state machines whose last execution has ended, so that their names are free.

use std::time::Duration;

use tracing::warn;

use super::Membership;

/// Whoever deletes a machine waits for it to be gone before it makes another of that name.
const INTERVAL: Duration = Duration::from_secs(1);

impl Membership {
    /// For as long as the term lasts.
    pub(super) async fn sweep_deletions(&self) {
        let mut failing = false;
        loop {
            let swept = self.store.sweep_machines().await;
            match &swept {
                // Once: an outage lasts for many a second.
                Err(error) if !failing => {
                    warn!(%error, "deleted state machines could not be swept");
                }
                Err(_) | Ok(_) => {}
            }
            failing = swept.is_err();
            tokio::time::sleep(INTERVAL).await;
        }
    }
}
