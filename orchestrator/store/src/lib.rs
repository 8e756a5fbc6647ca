//! PostgreSQL: every statement that Everstep ever sends, and nothing of what they mean to an execution.
//! SQL, tables and error codes of the database end here; the floors above see rows, pages and remedies.

mod access_key;
mod activity;
mod alias;
mod batch;
mod connection;
mod error;
mod execution;
mod history;
mod id;
mod inbox;
mod lane;
mod limits;
mod machine;
mod map_run;
mod membership;
mod namespace;
mod schema;
mod sql;
mod store;
mod tag;
mod version;

pub use access_key::{AccessKey, AccessKeyTally, NewAccessKey};
pub use activity::{Activity, NewActivity};
pub use alias::{Alias, AliasAnswer, AliasChange, NewAlias, Route};
pub use batch::{Batch, ChosenName, End, NewExecution, NewRow, OfMapRun, Redrive};
pub use connection::{Connection, ConnectionChange, ConnectionParameters, NewConnection};
pub use error::{CommitError, Refusal, Remedy, StoreError};
pub use execution::{ExecutionFilter, ExecutionPage, ExecutionRow, ExecutionStatus, RowRedriven};
pub use history::{HistoryFrom, HistoryPage, HistoryRow};
pub use id::{ActivityId, MachineId, NamespaceId, NodeId, RevisionId, home_of_name};
pub use inbox::{MessageId, MessageKey, MessageRow, NewMessage, SweepPage, Swept};
pub use lane::{Committed, Lane, Raised};
pub use limits::Limits;
pub use machine::{
    Configuration, Machine, MachineChange, MachineStatus, MachineType, MachineUpdate, NewMachine,
    Revision,
};
pub use map_run::MapRunChildRow;
pub use membership::{FenceRef, Heartbeat, NewNode, Node, Peer, PeerState};
pub use namespace::{Namespace, NamespaceSettings};
pub use schema::MigrationReport;
pub use store::{Creation, Store, StoreOptions};
pub use tag::{Tag, Tagged, Tagging};
pub use version::{Publish, Published, Version, VersionDeletion};
