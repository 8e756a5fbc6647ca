//! The events of one decision as they are written down, with the ids they will have.

use asl::{Draw, Payload, Steps};

use crate::event::{Event, EventKind};
use crate::id::{BranchId, PublicId, Seq, WaitId};

#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) events: Vec<Event>,
    pub(crate) draw: Draw,
    pub(crate) first_seq: Seq,
    pub(crate) first_public_id: PublicId,
    next_public_id: PublicId,
    /// Bytes of the payloads so far, each time they are named.
    pub(crate) payload_bytes: usize,
    /// What was evaluated so far took so many.
    pub(crate) steps: u64,
}

impl Draft {
    pub(crate) fn after(last: Seq, last_public: PublicId, seed: u64) -> Self {
        let next_public = PublicId(last_public.0 + 1);
        Self {
            events: Vec::new(),
            draw: Draw::new(seed),
            first_seq: Seq(last.0 + 1),
            first_public_id: next_public,
            next_public_id: next_public,
            payload_bytes: 0,
            steps: 0,
        }
    }

    /// Whether what was evaluated took as many steps as one transition may take: the rest is another decision's.
    pub(crate) fn is_dear(&self) -> bool {
        self.steps >= Steps::MAX
    }

    /// The wait that the next event begins, if it begins one.
    pub(crate) fn next_wait(&self) -> WaitId {
        WaitId(self.first_seq.0 + self.events.len() as u64)
    }

    /// Writes an event down. Answers the public id that what follows it points at: its own, or `previous` where it is internal.
    pub(crate) fn push(
        &mut self,
        branch: BranchId,
        previous: PublicId,
        payload: Option<Payload>,
        kind: EventKind,
    ) -> PublicId {
        self.payload_bytes += payload.as_ref().map_or(0, |payload| payload.text().len());
        if let EventKind::StateExited { assigned, .. } = &kind {
            self.payload_bytes += assigned.iter().map(|it| it.value.text().len()).sum::<usize>();
        }
        let is_public = kind.is_public();
        self.events.push(Event { branch, previous, payload, kind });
        if !is_public {
            return previous;
        }
        let id = self.next_public_id;
        self.next_public_id = PublicId(id.0 + 1);
        id
    }

    /// The public id of the last event so far, of this decision or before it.
    pub(crate) fn last_public_id(&self) -> PublicId {
        PublicId(self.next_public_id.0 - 1)
    }

    /// Takes back what comes after the public event `last`, down to the first `applied` events. Internal events between two public
    /// ones belong to the later one.
    pub(crate) fn cut(&mut self, applied: usize, last: PublicId) {
        while self.events.len() > applied {
            let is_public = self.events.last().is_some_and(|event| event.kind.is_public());
            if is_public && self.last_public_id() <= last {
                return;
            }
            if is_public {
                self.next_public_id = self.last_public_id();
            }
            self.events.pop();
        }
    }

    pub(crate) fn internal(&mut self, branch: BranchId, kind: EventKind) {
        self.push(branch, PublicId::default(), None, kind);
    }
}
