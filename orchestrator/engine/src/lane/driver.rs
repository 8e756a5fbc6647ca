//! The loop around a lane: collect, decide, commit, perform. While a commit is in flight the next batch collects.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use execution::id::PublicId;
use execution::{Event, ExecutionId, Outgoing, Seq, codec, message};
use store::{
    CommitError, Committed, End, MessageId, MessageKey, NewMessage, NewRow, Raised, Remedy, Store,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{Batch, Lane, LaneHandle, Mail, Unit, Written};
use crate::catalog::Catalog;
use crate::error::EngineError;
use crate::patience::Patience;
use crate::recovery::read_back;

#[derive(Debug)]
pub(crate) struct Driver {
    pub(crate) lane: Lane,
    pub(crate) handle: LaneHandle,
    pub(crate) mails: mpsc::UnboundedReceiver<Mail>,
    pub(crate) commits: store::Lane,
    pub(crate) store: Store,
    pub(crate) catalog: Arc<Catalog>,
    /// Set by the node when it leaves, or when any lane has lost its fence.
    pub(crate) stop: CancellationToken,
}

/// The lane's fence has fallen: another node owns its executions, and nothing more may be written here.
#[derive(Debug)]
pub(crate) struct Deposed;

impl Driver {
    /// Runs until the node stops it, or until its fence has fallen.
    pub(crate) async fn run(mut self) -> Result<(), Deposed> {
        let ended = self.serve().await;
        self.stop.cancel();
        ended
    }

    async fn serve(&mut self) -> Result<(), Deposed> {
        let most = self.lane.around.config.batch_triggers_max;
        let mut mails = Vec::with_capacity(most);
        loop {
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return self.finish().await,
                received = self.mails.recv_many(&mut mails, most) => {
                    if received == 0 {
                        return Ok(());
                    }
                    self.handle.received(received);
                }
                () = until(self.lane.until_next_timer()) => {}
            }
            self.turn(&mut mails).await?;
        }
    }

    /// One batch, or several where the mails at hand do not fit in one.
    async fn turn(&mut self, mails: &mut Vec<Mail>) -> Result<(), Deposed> {
        let mut batch = self.lane.new_batch();
        self.lane.fire_timers(&mut batch);
        for mail in mails.drain(..) {
            if self.lane.is_full(&batch) {
                self.commit(batch).await?;
                batch = self.lane.new_batch();
            }
            self.lane.take_in(mail, &mut batch);
        }
        self.commit(batch).await?;
        self.quarantine_poisoned().await
    }

    /// What was received before the stop is still decided and committed.
    async fn finish(&mut self) -> Result<(), Deposed> {
        self.mails.close();
        let mut mails = Vec::new();
        while let Ok(mail) = self.mails.try_recv() {
            mails.push(mail);
        }
        self.handle.received(mails.len());
        self.turn(&mut mails).await
    }

    async fn commit(&mut self, batch: Batch) -> Result<(), Deposed> {
        let (written, in_memory) = batch.into_units();
        for unit in in_memory {
            self.lane.perform(unit);
        }
        // A redrive has a statement of its own: the hot one stays as it is.
        let (redriven, written): (Vec<_>, Vec<_>) =
            written.into_iter().partition(|unit| unit.redriven.is_some());
        let mut pending: Vec<_> = redriven.into_iter().map(|unit| vec![unit]).collect();
        pending.push(written);
        let mut patience = Patience::default();
        while let Some(units) = pending.pop() {
            if units.is_empty() {
                continue;
            }
            let written = match &units[..] {
                [Unit { redriven: Some(count), .. }] => {
                    self.commits.redrive(&redrive(&units[0], *count)).await
                }
                _ => self.commits.commit(&statement(&units)).await,
            };
            match written {
                Ok(Committed::Written { lost_names }) => self.perform(units, &lost_names),
                Ok(Committed::Fenced) => {
                    warn!("the fence of this lane has fallen; another node has taken over");
                    return Err(Deposed);
                }
                Err(CommitError::Doubt(reason)) => {
                    warn!(%reason, "the fate of a commit is not known");
                    self.resolve_doubt(units).await?;
                }
                Err(CommitError::Refused(refusal)) => match refusal.remedy {
                    Remedy::Again => pending.push(units),
                    Remedy::Later => {
                        warn!(%refusal, "PostgreSQL can't take the batch now");
                        pending.push(units);
                        self.wait_for_room(&mut patience, &mut pending).await?;
                    }
                    // In halves, until the culprit stands alone; its neighbours' events stand.
                    Remedy::Halve => pending.extend(self.isolate(units, &refusal.to_string())),
                },
            }
        }
        Ok(())
    }

    /// The batch is innocent and goes again, whole, once PostgreSQL can take it. Callers are told meanwhile.
    async fn wait_for_room(
        &mut self,
        patience: &mut Patience,
        pending: &mut [Vec<Unit>],
    ) -> Result<(), Deposed> {
        pending.iter_mut().flatten().for_each(Unit::drop_answers);
        self.handle.set_away(true);
        let mut deferred = Vec::new();
        self.wait_while_away(patience.next(), &mut deferred).await?;
        self.handle.set_away(false);
        for mail in deferred {
            self.handle.send(mail);
        }
        Ok(())
    }

    fn perform(&mut self, units: Vec<Unit>, lost_names: &[ExecutionId]) {
        for unit in units {
            if lost_names.contains(&unit.id) {
                self.lane.lose_name(unit);
            } else {
                self.lane.perform(unit);
            }
        }
    }

    fn isolate(&mut self, mut units: Vec<Unit>, reason: &str) -> Vec<Vec<Unit>> {
        if units.len() > 1 {
            let second = units.split_off(units.len() / 2);
            return vec![second, units];
        }
        for unit in units {
            self.lane.refuse(unit, reason);
        }
        Vec::new()
    }

    /// A culprit is read back, so that what was refused has left no trace, and quarantined.
    async fn quarantine_poisoned(&mut self) -> Result<(), Deposed> {
        for (id, arn) in self.lane.poisoned() {
            let mut batch = self.lane.new_batch();
            self.restore(id, &arn, &mut batch).await;
            Box::pin(self.commit(batch)).await?;
        }
        Ok(())
    }

    /// Raises the epoch, which waits for the orphaned commit or keeps it from ever beginning; only then is what the
    /// batch touched dropped and read back.
    async fn resolve_doubt(&mut self, units: Vec<Unit>) -> Result<(), Deposed> {
        let mut units = units;
        let mut patience = Patience::default();
        let mut deferred = Vec::new();
        loop {
            match self.commits.raise_epoch().await {
                Ok(Raised::Standing) => break,
                Ok(Raised::Deposed) => return Err(Deposed),
                Err(error) => warn!(%error, "PostgreSQL does not answer; the lane waits for it"),
            }
            // Whoever waits is told now; whether it happened will be found in the history.
            units.iter_mut().for_each(Unit::drop_answers);
            self.handle.set_away(true);
            self.wait_while_away(patience.next(), &mut deferred).await?;
        }
        info!("the lane's fence stands; what was in doubt is read back");
        let mut batch = self.lane.new_batch();
        for unit in units {
            self.settle(unit, &mut batch).await;
        }
        self.handle.set_away(false);
        for mail in deferred {
            self.lane.take_in(mail, &mut batch);
        }
        Box::pin(self.commit(batch)).await
    }

    /// Reads one execution in doubt back. Its answers are given if its events are there, and dropped if not.
    async fn settle(&mut self, mut unit: Unit, batch: &mut Batch) {
        let id = unit.id;
        let last_seq = unit.last_written();
        let arn = self.lane.arn(id);
        let ends = self.lane.drop_resident(id);
        let read = self.restore(id, &arn, batch).await;
        if read.is_some_and(|seq| seq >= last_seq) {
            self.lane.give_ends(id, ends);
            self.lane.deliver(std::mem::take(&mut unit.sent));
            unit.give_answers();
        }
    }

    /// Reads an execution back and takes it over if it still runs. The last event that its history held;
    /// `None`: there is no such execution, or it can't be read.
    async fn restore(&mut self, id: ExecutionId, arn: &str, batch: &mut Batch) -> Option<Seq> {
        let mut patience = Patience::default();
        loop {
            match read_back(&self.store, &self.catalog, id).await {
                Ok(Some(resident)) => {
                    let seq = resident.execution.last_seq();
                    self.lane.adopt(resident, batch);
                    return Some(seq);
                }
                // A start that never was.
                Ok(None) => {
                    self.lane.forget_poison(id);
                    return None;
                }
                Err(EngineError::Unavailable { reason, .. }) => {
                    warn!(execution = arn, execution_id = %id, reason, "an execution can't be read back yet");
                }
                Err(error) => {
                    self.lane.give_up(id, arn, &error);
                    return None;
                }
            }
            tokio::select! {
                () = self.stop.cancelled() => return None,
                () = tokio::time::sleep(patience.next()) => {}
            }
        }
    }

    /// Answers what can be answered without PostgreSQL and keeps the node's own mail for later.
    async fn wait_while_away(
        &mut self,
        pause: Duration,
        deferred: &mut Vec<Mail>,
    ) -> Result<(), Deposed> {
        let pause = tokio::time::sleep(pause);
        tokio::pin!(pause);
        loop {
            tokio::select! {
                () = &mut pause => return Ok(()),
                // Nothing can be committed any more; the successor finds it in the history.
                () = self.stop.cancelled() => return Err(Deposed),
                mail = self.mails.recv() => {
                    let Some(mail) = mail else { return Err(Deposed) };
                    self.handle.received(1);
                    deferred.extend(self.lane.take_in_while_away(mail));
                }
            }
        }
    }
}

async fn until(pause: Option<Duration>) {
    match pause {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}

fn message(sender: ExecutionId, outgoing: &Outgoing) -> NewMessage {
    let key = MessageKey { receiver: outgoing.receiver, message: MessageId(outgoing.id) };
    let body = message::encode(&outgoing.message);
    NewMessage { key, sender, format: message::FORMAT, body }
}

/// The rows of a batch, as the store takes them.
fn statement(units: &[Unit]) -> store::Batch {
    let mut batch = store::Batch::default();
    for unit in units {
        batch.starts.extend(unit.start.clone());
        batch.taken.extend(&unit.taken);
        batch.sent.extend(unit.sent.iter().map(|outgoing| message(unit.id, outgoing)));
        match &unit.written {
            // A unit may do no more than take messages.
            Written::All if unit.events.is_empty() => {}
            Written::All => {
                let first = (unit.first_seq, unit.first_public_id);
                batch.rows.push(new_row(unit.id, first, unit.at, &unit.events));
            }
            Written::Rows(rows) => batch.rows.extend(rows.iter().map(|row| {
                let first = (row.first_seq, row.first_public_id);
                new_row(unit.id, first, row.at, &row.events)
            })),
        }
        batch.ends.extend(end(unit));
    }
    batch
}

fn redrive(unit: &Unit, count: u64) -> store::Redrive {
    let first = (unit.first_seq, unit.first_public_id);
    store::Redrive {
        row: new_row(unit.id, first, unit.at, &unit.events),
        count,
        end: end(unit),
        sent: unit.sent.iter().map(|outgoing| message(unit.id, outgoing)).collect(),
        taken: unit.taken.iter().copied().collect(),
    }
}

fn end(unit: &Unit) -> Option<End> {
    Some(End { id: unit.id, status: unit.ended_as()?, ended_at: unit.at })
}

fn new_row(
    id: ExecutionId,
    (first_seq, first_public): (Seq, PublicId),
    at: DateTime<Utc>,
    events: &[Event],
) -> NewRow {
    let public = events.iter().filter(|event| event.kind.is_public()).count() as u64;
    NewRow {
        id,
        seq: first_seq.0,
        last_seq: first_seq.0 + events.len() as u64 - 1,
        first_public: first_public.0,
        last_public: first_public.0 + public - 1,
        at,
        format: codec::FORMAT,
        events: codec::encode(events),
    }
}
