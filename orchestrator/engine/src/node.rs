//! Membership: joins, stands by behind a node that lives, deposes one whose lease has lapsed, takes its executions
//! over, and begins again under a new id when its own fence has fallen.

mod deletions;
mod inbox;
mod survey;
mod takeover;
mod term;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use store::{Heartbeat, NewNode, Node, NodeId, Store, StoreError};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::catalog::Catalog;
use crate::engine::Readiness;
use crate::lane::{Lanes, Surroundings};
use crate::patience::Patience;
use survey::{Survey, Verdict};

/// The highest event format that this build reads.
const LEVEL: i16 = execution::codec::FORMAT;

#[derive(Debug)]
pub(crate) struct Membership {
    pub(crate) store: Store,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) around: Surroundings,
    pub(crate) lanes: Lanes,
    pub(crate) readiness: watch::Sender<Readiness>,
    /// Set once, when the process is asked to stop.
    pub(crate) leave: CancellationToken,
    /// Executions have been claimed and given to the lanes.
    taken_over: Notify,
    away_since: std::sync::Mutex<Option<DateTime<Utc>>>,
}

/// Why a term ended.
#[derive(Debug, thiserror::Error)]
enum TermEnd {
    #[error("this node was asked to leave")]
    Left,
    #[error("another node has taken over")]
    Deposed,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Membership {
    pub(crate) fn new(
        store: Store,
        catalog: Arc<Catalog>,
        around: Surroundings,
        lanes: Lanes,
        leave: CancellationToken,
    ) -> Self {
        let readiness = watch::Sender::new(Readiness::Joining);
        let away_since = std::sync::Mutex::new(None);
        let taken_over = Notify::new();
        Self { store, catalog, around, lanes, readiness, leave, taken_over, away_since }
    }

    /// Term after term, until the node is asked to leave.
    pub(crate) async fn run(self) {
        let mut patience = Patience::default();
        loop {
            match self.term().await {
                TermEnd::Left => break,
                TermEnd::Deposed => {
                    warn!("this node's fence has fallen; it joins again under a new id");
                    patience = Patience::default();
                }
                TermEnd::Store(error) => {
                    self.database_away(&error);
                    tokio::select! {
                        () = self.leave.cancelled() => break,
                        () = tokio::time::sleep(patience.next()) => {}
                    }
                }
            }
        }
        self.readiness.send_replace(Readiness::Stopped);
    }

    async fn term(&self) -> TermEnd {
        let node = match self.join().await {
            Ok(node) => node,
            Err(error) => return error.into(),
        };
        let mut survey = Survey::new(node.id, self.around.config.lease_ttl);
        let end = match self.stand_by(&node, &mut survey).await {
            Ok(()) => self.serve(&node, &mut survey).await,
            Err(end) => end,
        };
        // A best effort: what is not given up lapses.
        if let Err(error) = self.store.leave(node.id).await {
            info!(node = node.id.0, %error, "the lease was not given up and will lapse");
        }
        end
    }

    async fn join(&self) -> Result<Node, StoreError> {
        let config = &self.around.config;
        let new =
            NewNode { address: config.address.clone(), lanes: config.lanes + 1, level: LEVEL };
        let node = self.store.join(new).await?;
        info!(node = node.id.0, "joined");
        Ok(node)
    }

    /// Until no node before this one lives.
    async fn stand_by(&self, node: &Node, survey: &mut Survey) -> Result<(), TermEnd> {
        loop {
            let Some(beat) = self.beat(node.id, survey).await? else {
                self.pause(None).await?;
                continue;
            };
            match survey.judge(&beat.peers, Instant::now()) {
                Verdict::First => return Ok(()),
                // Whether it is first now is worth no pause: executions wait.
                Verdict::Expired(expired) => self.depose(&expired, survey).await?,
                Verdict::Behind(behind) => {
                    self.set_readiness(Readiness::StandingBy { behind });
                    self.pause(survey.next_lapse(Instant::now())).await?;
                }
            }
        }
    }

    /// Raises the counter and reads the others'. `None`: PostgreSQL did not answer, and every count begins anew.
    async fn beat(&self, node: NodeId, survey: &mut Survey) -> Result<Option<Heartbeat>, TermEnd> {
        let asked = Instant::now();
        match self.store.heartbeat(node).await {
            Ok(beat) if !beat.alive => Err(TermEnd::Deposed),
            Ok(beat) => {
                self.around.clock.update(asked, beat.database_now, Instant::now());
                *self.away_since.lock().expect("no holder panics") = None;
                Ok(Some(beat))
            }
            Err(error @ StoreError::Unavailable(_)) => {
                survey.begin_anew();
                self.database_away(&error);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn depose(
        &self,
        expired: &[(NodeId, i64)],
        survey: &mut Survey,
    ) -> Result<(), StoreError> {
        for (peer, counter) in expired {
            let deposed = self.store.depose(*peer, *counter).await?;
            info!(peer = peer.0, deposed, "a node's lease has lapsed");
            survey.forget(*peer);
        }
        Ok(())
    }

    /// Until the next heartbeat, or until a lease may have lapsed if that is earlier.
    async fn pause(&self, next_lapse: Option<Duration>) -> Result<(), TermEnd> {
        let interval = self.around.config.heartbeat_interval;
        let pause = next_lapse.map_or(interval, |lapse| lapse.min(interval));
        tokio::select! {
            () = self.leave.cancelled() => Err(TermEnd::Left),
            () = tokio::time::sleep(pause) => Ok(()),
        }
    }

    fn set_readiness(&self, readiness: Readiness) {
        self.readiness.send_replace(readiness);
    }

    fn database_away(&self, error: &StoreError) {
        let mut away_since = self.away_since.lock().expect("no holder panics");
        if away_since.is_none() {
            warn!(%error, "PostgreSQL does not answer");
        }
        let since = *away_since.get_or_insert_with(|| self.around.clock.now());
        self.set_readiness(Readiness::DatabaseAway { since, reason: error.to_string() });
    }
}
