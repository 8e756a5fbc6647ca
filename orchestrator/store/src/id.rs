//! Numbers that the database gives out, each its own type, and the home that a chosen name decides.

use execution::id::Home;
use sha2::{Digest, Sha256};

macro_rules! number {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, sqlx::Type)]
        #[sqlx(transparent)]
        pub struct $name(pub $inner);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number!(
    /// One life of a server process: a node that was declared dead comes back under another id.
    NodeId(i64)
);
number!(NamespaceId(i32));
number!(ActivityId(i64));
number!(
    /// Never given out twice: a machine deleted and created again under its name is another machine.
    MachineId(i64)
);
number!(
    /// One definition with its role and settings; never changes once written.
    RevisionId(i64)
);

/// The home of an execution whose name the caller chose: equal names meet in one home and so in one unique index.
pub fn home_of_name(machine: MachineId, name: &str, homes: i16) -> Home {
    assert!(homes > 0, "a database has at least one home");
    let digest = Sha256::new().chain_update(machine.0.to_be_bytes()).chain_update(name).finalize();
    let hash = u16::from_be_bytes([digest[0], digest[1]]);
    Home(i16::try_from(hash % homes.unsigned_abs()).expect("less than the number of homes"))
}
