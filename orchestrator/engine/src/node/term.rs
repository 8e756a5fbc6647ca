//! The active part of a term: lanes run, the counter is raised, the dead are taken over.

use std::sync::Arc;
use std::time::{Duration, Instant};

use store::{FenceRef, Node, PeerState, StoreError};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::survey::{Survey, Verdict};
use super::{Membership, TermEnd};
use crate::engine::Readiness;
use crate::lane::{Deposed, Driver, Lane, LaneHandle};

/// Partitions are made months ahead; an hour is early enough, and late enough not to be noticed.
const HOUSEKEEPING: Duration = Duration::from_hours(1);

impl Membership {
    /// Runs the lanes until the node leaves or is deposed.
    pub(super) async fn serve(&self, node: &Node, survey: &mut Survey) -> TermEnd {
        // Another node may have changed what this one read while it was active before.
        self.catalog.forget_all();
        let stop = CancellationToken::new();
        let mut running = match self.open_lanes(node, &stop).await {
            Ok(running) => running,
            Err(error) => return error.into(),
        };
        // Until it has been seen whether a predecessor left any.
        self.readiness.send_replace(Readiness::TakingOver);
        let end = tokio::select! {
            end = self.keep(node, survey) => end,
            ended = running.join_next() => lane_ended(ended),
            () = self.sweep_inbox(self.fence(node)) => unreachable!("a sweep follows a sweep"),
            () = self.sweep_deletions() => unreachable!("a sweep follows a sweep"),
        };
        stop.cancel();
        self.close_lanes(&mut running).await;
        end
    }

    async fn open_lanes(
        &self,
        node: &Node,
        stop: &CancellationToken,
    ) -> Result<JoinSet<Result<(), Deposed>>, StoreError> {
        let mut running = JoinSet::new();
        let mut handles = Vec::new();
        for number in 0..self.around.config.lanes {
            let commits = self.store.lane(node.id, number, node.epoch).await?;
            let (handle, mails) = LaneHandle::new(self.around.config.mailbox_max);
            let seed = uuid::Uuid::new_v4().as_u64_pair().0;
            let driver = Driver {
                lane: Lane::new(self.around.clone(), handle.clone(), node.id, seed),
                handle: handle.clone(),
                mails,
                commits,
                store: self.store.clone(),
                catalog: Arc::clone(&self.catalog),
                stop: stop.clone(),
            };
            running.spawn(driver.run());
            handles.push(handle);
        }
        self.lanes.open(handles);
        Ok(running)
    }

    async fn close_lanes(&self, running: &mut JoinSet<Result<(), Deposed>>) {
        self.lanes.close();
        self.around.queues.forget_offers();
        while let Some(ended) = running.join_next().await {
            if let Err(error) = ended {
                error!(%error, "a lane ended in a panic");
            }
        }
        // Offers that the lanes made while they finished.
        self.around.queues.forget_offers();
        self.around.watchers.wake_all();
    }

    async fn keep(&self, node: &Node, survey: &mut Survey) -> TermEnd {
        let mut housekept = None;
        loop {
            if let Err(end) = self.keep_once(node, survey, &mut housekept).await {
                return end;
            }
        }
    }

    async fn keep_once(
        &self,
        node: &Node,
        survey: &mut Survey,
        housekept: &mut Option<Instant>,
    ) -> Result<(), TermEnd> {
        if let Some(beat) = self.beat(node.id, survey).await? {
            self.tend(node, survey, &beat).await?;
            if housekept.is_none_or(|at| at.elapsed() >= HOUSEKEEPING) {
                *housekept = Some(Instant::now());
                self.keep_house().await;
            }
        }
        self.pause(survey.next_lapse(Instant::now())).await
    }

    /// Deposes the lapsed, takes the dead over, and is ready once nothing of theirs is left.
    async fn tend(
        &self,
        node: &Node,
        survey: &mut Survey,
        beat: &store::Heartbeat,
    ) -> Result<(), TermEnd> {
        if let Verdict::Expired(expired) = survey.judge(&beat.peers, Instant::now()) {
            self.depose(&expired, survey).await?;
        }
        let fence = self.fence(node);
        for peer in beat.peers.iter().filter(|peer| peer.state != PeerState::Alive) {
            self.take_over(fence, peer.id).await?;
        }
        if *self.readiness.borrow() != Readiness::Ready {
            self.readiness.send_replace(Readiness::Ready);
        }
        Ok(())
    }

    /// One of its own: the lanes' epochs rise in doubt, this one's never does.
    fn fence(&self, node: &Node) -> FenceRef {
        FenceRef { node: node.id, lane: self.around.config.lanes, epoch: node.epoch }
    }

    async fn keep_house(&self) {
        match self.store.ensure_partitions().await {
            Ok(0) => {}
            Ok(made) => info!(made, "made partitions ahead"),
            Err(error) => warn!(%error, "partitions could not be made ahead"),
        }
    }
}

fn lane_ended(ended: Option<Result<Result<(), Deposed>, tokio::task::JoinError>>) -> TermEnd {
    if let Some(Err(error)) = ended {
        error!(%error, "a lane ended in a panic; the node begins again");
    }
    TermEnd::Deposed
}
