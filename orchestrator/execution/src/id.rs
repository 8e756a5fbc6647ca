//! Identifiers. An execution's id is a `UUIDv7` that carries its home.

use std::fmt;

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Where an execution's rows live for good: drawn at start, or hashed from a name that the caller chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Home(pub i16);

/// `UUIDv7` whose first 16 bits of `rand_b` (after the variant's two) hold the home: 15 bits of it are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExecutionId(pub Uuid);

impl ExecutionId {
    /// `random` fills the bits that are neither time nor home.
    pub fn new(now: DateTime<Utc>, home: Home, random: u128) -> Self {
        let millis = u128::try_from(now.timestamp_millis()).expect("the clock is past 1970") << 80;
        let random_a = (random & 0xfff) << 64;
        let home = u128::from(home.0.unsigned_abs()) << 46;
        let random_b = (random >> 16) & ((1 << 46) - 1);
        Self(Uuid::from_u128(millis | 0x7 << 76 | random_a | 0b10 << 62 | home | random_b))
    }

    /// The same id in another home.
    #[must_use]
    pub fn at_home(self, home: Home) -> Self {
        let bits = self.0.as_u128() & !(0x7fff << 46);
        Self(Uuid::from_u128(bits | u128::from(home.0.unsigned_abs()) << 46))
    }

    /// The instant of its making, to the millisecond.
    pub fn made_at(self) -> DateTime<Utc> {
        let millis = i64::try_from(self.0.as_u128() >> 80).expect("48 bits fit");
        DateTime::from_timestamp_millis(millis).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    pub fn home(self) -> Home {
        let bits = (self.0.as_u128() >> 46) & 0x7fff;
        Home(i16::try_from(bits).expect("15 bits fit"))
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The position of an event in its execution, internal events included: 1, 2, 3, … without gaps, but for an Express execution
/// that began again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Seq(pub u64);

/// A wait is named by the event that began it, so its id is fresh by construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WaitId(pub u64);

/// The id that AWS's history shows: public events alone count. 0 is "before the first".
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct PublicId(pub u64);

/// A line of control: 0 is the root; children are numbered in the order they are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct BranchId(pub u64);
