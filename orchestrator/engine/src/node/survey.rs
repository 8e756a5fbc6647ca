//! Who lives, as this node has seen it. A lease has lapsed only when its counter stood still for the lease's time on
//! this node's own monotonic clock, through an unbroken series of successful reads.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use store::{NodeId, Peer, PeerState};

#[derive(Debug)]
pub(crate) struct Survey {
    me: NodeId,
    lease_ttl: Duration,
    seen: BTreeMap<NodeId, (i64, Instant)>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// An earlier node lives; its address.
    Behind(String),
    /// Leases that have lapsed, with the counters at which they stood still.
    Expired(Vec<(NodeId, i64)>),
    /// Every node that joined before this one has left or is dead.
    First,
}

impl Survey {
    pub(crate) fn new(me: NodeId, lease_ttl: Duration) -> Self {
        Self { me, lease_ttl, seen: BTreeMap::new() }
    }

    /// A read failed: an outage of the database kills nobody.
    pub(crate) fn begin_anew(&mut self) {
        self.seen.clear();
    }

    pub(crate) fn forget(&mut self, peer: NodeId) {
        self.seen.remove(&peer);
    }

    /// How long until the next lease lapses, should its counter stand still: then a read is worth its while. One that has
    /// lapsed already is the active node's to depose.
    pub(crate) fn next_lapse(&self, now: Instant) -> Option<Duration> {
        let lapses = self.seen.values().map(|(_, since)| *since + self.lease_ttl);
        lapses.filter(|lapse| *lapse > now).min().map(|lapse| lapse - now)
    }

    /// The earliest node that lives is the active one, so that two survivors never both are.
    pub(crate) fn judge(&mut self, peers: &[Peer], now: Instant) -> Verdict {
        let mut expired = Vec::new();
        let mut behind = None;
        for peer in peers.iter().filter(|peer| peer.id != self.me) {
            if peer.state != PeerState::Alive {
                self.seen.remove(&peer.id);
                continue;
            }
            let seen = self.seen.entry(peer.id).or_insert((peer.counter, now));
            if seen.0 != peer.counter {
                *seen = (peer.counter, now);
            }
            if now.duration_since(seen.1) >= self.lease_ttl {
                expired.push((peer.id, peer.counter));
            } else if peer.id < self.me {
                behind.get_or_insert_with(|| peer.address.clone());
            }
        }
        match behind {
            Some(address) => Verdict::Behind(address),
            None if expired.is_empty() => Verdict::First,
            None => Verdict::Expired(expired),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TTL: Duration = Duration::from_secs(2);

    fn peer(id: i64, counter: i64, state: PeerState) -> Peer {
        Peer { id: NodeId(id), address: format!("node-{id}"), counter, level: 1, state }
    }

    fn alive(id: i64, counter: i64) -> Peer {
        peer(id, counter, PeerState::Alive)
    }

    #[test]
    fn a_lease_lapses_only_after_its_counter_stood_still_for_the_whole_time() {
        let (mut survey, start) = (Survey::new(NodeId(2), TTL), Instant::now());
        assert_eq!(survey.judge(&[alive(1, 5)], start), Verdict::Behind("node-1".to_owned()));
        let almost = start + Duration::from_millis(1999);
        assert_eq!(survey.judge(&[alive(1, 5)], almost), Verdict::Behind("node-1".to_owned()));
        assert_eq!(
            survey.judge(&[alive(1, 5)], start + TTL),
            Verdict::Expired(vec![(NodeId(1), 5)])
        );
        assert_eq!(survey.judge(&[alive(1, 6)], start + TTL), Verdict::Behind("node-1".to_owned()));
    }

    #[test]
    fn the_next_read_is_due_when_a_lease_may_have_lapsed() {
        let (mut survey, start) = (Survey::new(NodeId(2), TTL), Instant::now());
        assert_eq!(survey.next_lapse(start), None);
        survey.judge(&[alive(1, 5)], start);
        let later = start + Duration::from_millis(1_900);
        assert_eq!(survey.next_lapse(later), Some(Duration::from_millis(100)));
        assert_eq!(survey.next_lapse(start + TTL), None, "it is deposed, not waited for");
        survey.judge(&[alive(1, 6)], later);
        assert_eq!(survey.next_lapse(later), Some(TTL));
        survey.judge(&[peer(1, 6, PeerState::Left)], later);
        assert_eq!(survey.next_lapse(later), None);
    }

    #[test]
    fn an_outage_of_the_database_starts_the_count_anew() {
        let (mut survey, start) = (Survey::new(NodeId(2), TTL), Instant::now());
        survey.judge(&[alive(1, 5)], start);
        survey.begin_anew();
        let later = start + Duration::from_mins(1);
        assert_eq!(survey.judge(&[alive(1, 5)], later), Verdict::Behind("node-1".to_owned()));
    }

    #[test]
    fn the_earliest_living_node_is_first_and_later_ones_do_not_hold_it_up() {
        let start = Instant::now();
        let peers = [peer(1, 9, PeerState::Dead), alive(2, 4), alive(3, 1)];
        assert_eq!(Survey::new(NodeId(2), TTL).judge(&peers, start), Verdict::First);
        let third = Survey::new(NodeId(3), TTL).judge(&peers, start);
        assert_eq!(third, Verdict::Behind("node-2".to_owned()));
        let left = [peer(2, 4, PeerState::Left)];
        assert_eq!(Survey::new(NodeId(3), TTL).judge(&left, start), Verdict::First);
    }
}
