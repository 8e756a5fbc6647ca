//! Task queues: waiting workers on one side, offered tasks on the other. A task and a worker that can meet have met:
//! whichever comes second finds the first.

mod credits;
mod own;
mod session;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

use asl::Payload;
use chrono::{DateTime, Utc};
use execution::{ExecutionId, WaitId};
use store::{NamespaceId, NodeId};
use tokio::sync::mpsc;

use crate::lane::{LaneHandle, Mail};
use credits::{Listing, Pool, PoolId};
pub use own::{ALL_NAMESPACES, HTTP_INVOKE, is_own};
pub use session::{Session, SessionEvent, SessionOptions};

/// A task as a worker gets it; the token is made of `id` and `wait` by the api floor.
#[derive(Debug, Clone)]
pub struct HandOut {
    /// Whose hand-out it is: a hint for whoever brings the outcome.
    pub node: NodeId,
    pub id: ExecutionId,
    pub wait: WaitId,
    pub namespace: NamespaceId,
    pub queue: Arc<str>,
    pub input: Payload,
    pub attempt: u32,
    pub hand_outs_before: u32,
    pub execution_arn: Arc<str>,
    pub state: Arc<str>,
    pub scheduled_at: DateTime<Utc>,
    pub started_at: DateTime<Utc>,
    pub deadline: Option<DateTime<Utc>>,
    pub heartbeat: Option<std::time::Duration>,
}

/// A durable task that no worker has taken.
#[derive(Debug, Clone)]
pub(crate) struct Offer {
    pub(crate) id: ExecutionId,
    pub(crate) wait: WaitId,
    pub(crate) lane: LaneHandle,
}

#[derive(Debug, Default)]
pub(crate) struct TaskQueues(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    queues: HashMap<NamespaceId, HashMap<Arc<str>, Queue>>,
    pools: BTreeMap<PoolId, Pool>,
    next_pool: u64,
}

/// Waiting pools in the order they are served. A pool that lists itself here may have run out of credits since.
#[derive(Debug, Default)]
struct Queue {
    pools: VecDeque<PoolId>,
    offers: VecDeque<Offer>,
}

/// A credit that has been set aside for one task. Dropped unspent, it goes back to the head of the queue.
#[derive(Debug)]
pub(crate) struct Reservation {
    pool: PoolId,
    queue: Arc<str>,
    queues: Arc<TaskQueues>,
    pub(crate) worker: Option<Arc<str>>,
    pub(crate) session: SessionEnd,
    spent: bool,
}

/// The engine's end of a session.
#[derive(Debug, Clone)]
pub(crate) struct SessionEnd {
    pub(crate) id: u64,
    pub(crate) is_silent: bool,
    hand_outs: mpsc::UnboundedSender<HandOut>,
    cancelled: mpsc::UnboundedSender<Held>,
}

/// A hand-out as its token names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    pub node: NodeId,
    pub id: ExecutionId,
    pub wait: WaitId,
}

/// A task's way back to the session that holds it. No hand-outs go through it: a session that takes no more tasks
/// ends its hand-outs while it still holds some.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    pub(crate) id: u64,
    /// The node that handed the task out, as its token says.
    node: NodeId,
    cancelled: mpsc::UnboundedSender<Held>,
}

impl SessionEnd {
    pub(crate) fn holder(&self, node: NodeId) -> Holder {
        Holder { id: self.id, node, cancelled: self.cancelled.clone() }
    }
}

impl Holder {
    pub(crate) fn cancel(&self, id: ExecutionId, wait: WaitId) {
        // A session that has ended does not need to know.
        let _ = self.cancelled.send(Held { node: self.node, id, wait });
    }
}

impl Reservation {
    /// `Err`: the session has ended; the task must be offered again.
    pub(crate) fn hand_out(mut self, task: HandOut) -> Result<(), SessionEnded> {
        self.spent = true;
        self.session.hand_outs.send(task).map_err(|_| SessionEnded)
    }
}

#[derive(Debug)]
pub(crate) struct SessionEnded;

impl Drop for Reservation {
    fn drop(&mut self) {
        if !self.spent {
            let queues = Arc::clone(&self.queues);
            queues.give_back_credit(self.pool, &self.queue);
        }
    }
}

impl TaskQueues {
    /// Sets a waiting worker aside, before the task is durable: schedule and start then share a commit.
    pub(crate) fn reserve(
        self: &Arc<Self>,
        namespace: NamespaceId,
        queue: &Arc<str>,
    ) -> Option<Reservation> {
        let namespace = own::place(namespace, queue);
        let mut state = self.lock();
        let pool = state.next_pool(namespace, queue)?;
        Some(self.reservation(pool, queue, &state.pools[&pool]))
    }

    /// Offers a durable task: to a waiting worker now, else to the next that comes.
    pub(crate) fn offer(self: &Arc<Self>, namespace: NamespaceId, queue: &Arc<str>, offer: Offer) {
        let namespace = own::place(namespace, queue);
        let reservation = {
            let mut state = self.lock();
            let Some(pool) = state.next_pool(namespace, queue) else {
                state.queue(namespace, queue).offers.push_back(offer);
                return;
            };
            self.reservation(pool, queue, &state.pools[&pool])
        };
        offer.take(reservation);
    }

    pub(crate) fn open_pool(
        &self,
        options: &SessionOptions,
        session: &SessionEnd,
        queues: Vec<Arc<str>>,
    ) -> PoolId {
        let mut state = self.lock();
        let id = PoolId(state.next_pool);
        state.next_pool += 1;
        let queues = queues.into_iter().map(|queue| Listing { queue, listed: false }).collect();
        let pool = Pool {
            id,
            namespace: options.namespace,
            worker: options.worker.clone(),
            session: session.clone(),
            credits: 0,
            queues,
        };
        state.pools.insert(id, pool);
        id
    }

    pub(crate) fn close_pool(&self, id: PoolId) {
        let mut state = self.lock();
        let Some(pool) = state.pools.remove(&id) else { return };
        for listing in pool.queues.iter().filter(|listing| listing.listed) {
            state.queue(pool.namespace, &listing.queue).pools.retain(|listed| *listed != id);
        }
    }

    /// Adds credits and spends them at once on what is offered already.
    pub(crate) fn grant(self: &Arc<Self>, id: PoolId, credits: u32) {
        let mut taken = Vec::new();
        {
            let mut state = self.lock();
            let state = &mut *state;
            let Some(pool) = state.pools.get_mut(&id) else { return };
            pool.credits = pool.credits.saturating_add(credits);
            let queues = state.queues.entry(pool.namespace).or_default();
            let names: Vec<Arc<str>> =
                pool.queues.iter().map(|listing| Arc::clone(&listing.queue)).collect();
            for name in names {
                let queue = queues.entry(Arc::clone(&name)).or_default();
                let offered = queue.offers.len().min(pool.credits as usize);
                pool.credits -= u32::try_from(offered).expect("it is at most the credits");
                let offers = queue.offers.drain(..offered);
                taken.extend(offers.map(|offer| (offer, self.reservation(id, &name, pool))));
                pool.list(&name, |id| queue.pools.push_back(id));
            }
        }
        for (offer, reservation) in taken {
            offer.take(reservation);
        }
    }

    fn give_back_credit(self: &Arc<Self>, id: PoolId, queue: &Arc<str>) {
        let taken = {
            let mut state = self.lock();
            let state = &mut *state;
            let Some(pool) = state.pools.get_mut(&id) else { return };
            pool.credits += 1;
            let waiting = state
                .queues
                .entry(pool.namespace)
                .or_default()
                .entry(Arc::clone(queue))
                .or_default();
            pool.list(queue, |id| waiting.pools.push_front(id));
            waiting.offers.pop_front().map(|offer| {
                pool.credits -= 1;
                (offer, self.reservation(id, queue, pool))
            })
        };
        if let Some((offer, reservation)) = taken {
            offer.take(reservation);
        }
    }

    /// Workers with credits for the queue.
    pub(crate) fn pollers(&self, namespace: NamespaceId, queue: &str) -> u32 {
        let namespace = own::place(namespace, queue);
        let state = self.lock();
        let Some(queue) = state.queues.get(&namespace).and_then(|queues| queues.get(queue)) else {
            return 0;
        };
        let waiting = queue.pools.iter().filter(|id| state.pools.get(id).is_some_and(Pool::waits));
        u32::try_from(waiting.count()).unwrap_or(u32::MAX)
    }

    /// This node owns no executions any more: their tasks are offered by whoever owns them next.
    pub(crate) fn forget_offers(&self) {
        let forgotten: Vec<Offer> = {
            let mut state = self.lock();
            let queues = state.queues.values_mut().flat_map(HashMap::values_mut);
            queues.flat_map(|queue| queue.offers.drain(..)).collect()
        };
        drop(forgotten);
    }

    fn reservation(self: &Arc<Self>, pool: PoolId, queue: &Arc<str>, of: &Pool) -> Reservation {
        Reservation {
            pool,
            queue: Arc::clone(queue),
            queues: Arc::clone(self),
            worker: of.worker.clone(),
            session: of.session.clone(),
            spent: false,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().expect("no holder of the task queues panics")
    }
}

impl Offer {
    fn take(self, reservation: Reservation) {
        self.lane.send(Mail::Take { id: self.id, wait: self.wait, reservation });
    }
}

impl State {
    fn queue(&mut self, namespace: NamespaceId, name: &Arc<str>) -> &mut Queue {
        let queues = self.queues.entry(namespace).or_default();
        // The entry API would clone the name of a queue that is there.
        if !queues.contains_key(name) {
            queues.insert(Arc::clone(name), Queue::default());
        }
        queues.get_mut(name).expect("it has just been made sure of")
    }

    /// Takes a credit of the pool at the head and sends the pool to the back, so that workers share the load.
    fn next_pool(&mut self, namespace: NamespaceId, name: &Arc<str>) -> Option<PoolId> {
        let queue = self.queues.get_mut(&namespace)?.get_mut(name)?;
        while let Some(id) = queue.pools.pop_front() {
            let Some(pool) = self.pools.get_mut(&id) else { continue };
            if pool.waits() {
                pool.credits -= 1;
                queue.pools.push_back(id);
                return Some(id);
            }
            pool.strike_off(name);
        }
        None
    }
}
