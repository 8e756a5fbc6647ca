//! The access keys of the database as this node knows them.
//!
//! All of them are kept in memory. Once a second their tally is read, and the keys again where it has changed; so a key
//! that was revoked is refused within [`REFRESH`] and the answer's time. A key that is not known is looked for at once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use chrono::{DateTime, Utc};
use store::{AccessKey, AccessKeyTally, NamespaceId, Store, StoreError};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vault::{Secret, Vault};

use super::key::belongs_to;
use crate::errors::Refusal;

const REFRESH: Duration = Duration::from_secs(1);
/// A node that has not read the keys for so long answers no one with a key: one may have been revoked.
const STALE: Duration = Duration::from_secs(10);
/// Between two looks for a key that is not known: whoever makes ids up costs PostgreSQL ten small reads a second.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How often the times of last use are written down.
const WRITE_USE: Duration = Duration::from_mins(1);

const UNPOISONED: &str = "no holder of the keys panics";

/// Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Keyring(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    vault: Vault,
    kept: RwLock<Kept>,
    /// When the last read began.
    reading: tokio::sync::Mutex<Option<Instant>>,
}

#[derive(Debug, Default)]
struct Kept {
    /// Those that are not revoked.
    keys: HashMap<String, Arc<Key>>,
    tally: Option<AccessKeyTally>,
    read_at: Option<Instant>,
}

/// A key that is not revoked, or was not when it was looked up.
#[derive(Debug)]
pub(crate) struct Key {
    pub(super) id: String,
    pub(super) namespace: String,
    pub(super) namespace_id: NamespaceId,
    pub(super) administers: bool,
    pub(super) secret: Secret,
    revoked: CancellationToken,
    /// Unix seconds of the last use that was not written down yet; 0: none.
    used_at: AtomicI64,
}

impl Key {
    pub(super) async fn revoked(&self) {
        self.revoked.cancelled().await;
    }

    /// A call has proved that it has the key.
    pub(super) fn note_use(&self, now: DateTime<Utc>) {
        self.used_at.store(now.timestamp(), Ordering::Relaxed);
    }
}

impl Keyring {
    pub(crate) fn new(store: Store, vault: Vault) -> Self {
        let kept = RwLock::default();
        Self(Arc::new(Inner { store, vault, kept, reading: tokio::sync::Mutex::default() }))
    }

    /// Whether callers need a key: for good, once the database has had one. Before the keys were first read: yes.
    pub(crate) fn is_required(&self) -> bool {
        self.0.kept.read().expect(UNPOISONED).tally.is_none_or(|tally| tally.made > 0)
    }

    /// Whether callers need a key, as far as this node may say so.
    pub(super) async fn is_asked_for(&self) -> Result<bool, Refusal> {
        let read_at = || self.0.kept.read().expect(UNPOISONED).read_at;
        if read_at().is_none() {
            self.refresh(Instant::now()).await?;
        }
        let required = self.is_required();
        if required && read_at().is_none_or(|read_at| read_at.elapsed() > STALE) {
            self.refresh(Instant::now()).await?;
        }
        Ok(required)
    }

    pub(super) async fn find(&self, id: &str) -> Result<Arc<Key>, Refusal> {
        let known = || self.0.kept.read().expect(UNPOISONED).keys.get(id).cloned();
        if let Some(key) = known() {
            return Ok(key);
        }
        if id.is_empty() {
            return Err(Refusal::unauthenticated());
        }
        self.refresh(Instant::now()).await?;
        known().ok_or_else(Refusal::unrecognized)
    }

    /// Keeps the keys fresh until `stop`.
    pub(crate) async fn keep(self, stop: CancellationToken) {
        let mut failed = false;
        let mut written = Instant::now();
        loop {
            match self.refresh(Instant::now()).await {
                Ok(()) => failed = false,
                // Once for each outage.
                Err(error) if !failed => {
                    tracing::warn!(%error, "the access keys could not be read");
                    failed = true;
                }
                Err(_) => {}
            }
            if written.elapsed() >= WRITE_USE {
                self.write_use().await;
                written = Instant::now();
            }
            tokio::select! {
                () = tokio::time::sleep(REFRESH) => {}
                () = stop.cancelled() => return self.write_use().await,
            }
        }
    }

    /// Reads the keys again, unless a read that began after `asked` has done so.
    async fn refresh(&self, asked: Instant) -> Result<(), StoreError> {
        let mut reading = self.0.reading.lock().await;
        if let Some(began) = *reading {
            if began >= asked {
                return Ok(());
            }
            tokio::time::sleep_until(began + LOOK_AGAIN).await;
        }
        let began = Instant::now();
        let tally = self.0.store.access_key_tally().await?;
        if self.0.kept.read().expect(UNPOISONED).tally != Some(tally) {
            let rows = self.0.store.access_keys().await?;
            self.take(rows);
        }
        self.0.kept.write().expect(UNPOISONED).read_at = Some(began);
        *reading = Some(began);
        Ok(())
    }

    fn take(&self, rows: Vec<AccessKey>) {
        let made = i64::try_from(rows.len()).expect("a database has fewer keys");
        let mut tally = AccessKeyTally { made, revoked: 0 };
        let mut kept = self.0.kept.write().expect(UNPOISONED);
        for row in rows {
            if row.revoked_at.is_some() {
                tally.revoked += 1;
                kept.keys.remove(&row.id).into_iter().for_each(|key| key.revoked.cancel());
            } else if !kept.keys.contains_key(&row.id)
                && let Some(key) = self.opened(row)
            {
                kept.keys.insert(key.id.clone(), Arc::new(key));
            }
        }
        kept.tally = Some(tally);
    }

    /// A key that does not open is known to nobody: its callers are refused, and the log says why.
    fn opened(&self, row: AccessKey) -> Option<Key> {
        let opened = self.0.vault.open(&belongs_to(row.namespace, &row.id), &row.sealed);
        let text = opened.map(String::from_utf8);
        let secret = match text {
            Ok(Ok(secret)) => Secret::new(secret),
            Ok(Err(_)) => {
                tracing::error!(key = row.id, "an access key's secret is no text");
                return None;
            }
            Err(fault) => {
                tracing::error!(key = row.id, %fault, "an access key's secret can't be opened");
                return None;
            }
        };
        Some(Key {
            id: row.id,
            namespace: row.namespace_name,
            namespace_id: row.namespace,
            administers: row.administers,
            secret,
            revoked: CancellationToken::new(),
            used_at: AtomicI64::new(0),
        })
    }

    async fn write_use(&self) {
        let used: Vec<(String, DateTime<Utc>)> = {
            let kept = self.0.kept.read().expect(UNPOISONED);
            let keys = kept.keys.values();
            keys.filter_map(|key| {
                let at = key.used_at.swap(0, Ordering::Relaxed);
                let at = DateTime::from_timestamp(at, 0).filter(|_| at > 0)?;
                Some((key.id.clone(), at))
            })
            .collect()
        };
        if used.is_empty() {
            return;
        }
        if let Err(error) = self.0.store.access_keys_used(&used).await {
            tracing::debug!(%error, "when access keys were used could not be written");
        }
    }
}
