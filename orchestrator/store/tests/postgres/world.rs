//! What the tests are given: a migrated database, a machine, nodes with lanes, and rows to commit.

use std::future::Future;

use chrono::{DateTime, TimeDelta, Utc};
use cluster::ScratchCluster;
use execution::ExecutionId;
use execution::id::Home;
use sqlx::{Connection, PgConnection};
use store::{
    Batch, ChosenName, CommitError, Committed, Configuration, Creation, End, ExecutionStatus, Lane,
    Machine, MachineType, MessageId, MessageKey, NamespaceId, NewExecution, NewMachine, NewMessage,
    NewNode, NewRow, NodeId, Refusal, Store, StoreOptions,
};
use tokio::runtime::Runtime;

/// The namespace that the first migration makes.
pub(crate) const DEFAULT: NamespaceId = NamespaceId(1);

pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) store: Store,
    pub(crate) machine: Machine,
}

impl World {
    pub(crate) async fn new() -> Self {
        let url = ScratchCluster::shared().database_like("store", |url| {
            let migration = migrate(url.to_owned());
            // The caller's runtime is busy waiting for this.
            let thread = std::thread::spawn(|| {
                Runtime::new().expect("a runtime").block_on(migration);
            });
            thread.join().expect("migrates");
        });
        let store = connect(&url).await;
        let machine = created(store.create_machine(&machine("orders")).await.expect("creates"));
        Self { url, store, machine }
    }

    /// A node with one lane, and the lane.
    pub(crate) async fn lane(&self) -> (NodeId, Lane) {
        let node = NewNode { address: "127.0.0.1:1".to_owned(), lanes: 1, level: 1 };
        let node = self.store.join(node).await.expect("joins");
        let lane = self.store.lane(node.id, 0, node.epoch).await.expect("opens");
        (node.id, lane)
    }

    /// A connection beside the store's, to look at it and to get in its way.
    pub(crate) async fn connection(&self) -> PgConnection {
        PgConnection::connect(&self.url).await.expect("connects")
    }

    pub(crate) fn start(&self, id: ExecutionId) -> NewExecution {
        NewExecution {
            of_map_run: None,
            version: None,
            alias: None,
            id,
            machine: self.machine.id,
            revision: self.machine.revision.id,
            chosen: None,
            started_at: started_at(id),
        }
    }

    pub(crate) fn named(&self, id: ExecutionId, name: &str) -> NewExecution {
        let chosen = ChosenName { name: name.to_owned(), input_hash: Some([7; 32]) };
        NewExecution { chosen: Some(chosen), ..self.start(id) }
    }

    /// Starts with one history row each.
    pub(crate) fn starts(&self, ids: &[ExecutionId]) -> Batch {
        Batch {
            starts: ids.iter().map(|id| self.start(*id)).collect(),
            rows: ids.iter().map(|id| row(*id, 1)).collect(),
            ..Batch::default()
        }
    }

    /// Receivers and bodies, in the order of the keys.
    pub(crate) async fn inbox(&self) -> Vec<(ExecutionId, String)> {
        let read = "select receiver, convert_from(body, 'UTF8') from inbox order by home, receiver, message";
        let read = sqlx::query_as(read).fetch_all(&mut self.connection().await).await;
        let rows: Vec<(uuid::Uuid, String)> = read.expect("reads");
        rows.into_iter().map(|(receiver, body)| (ExecutionId(receiver), body)).collect()
    }

    pub(crate) async fn history_length(&self, id: ExecutionId) -> usize {
        let page = store::HistoryPage { rows_max: 1000, bytes_max: 1 << 20 };
        let from = store::HistoryFrom::After { seq: 0 };
        self.store.history_rows(id, from, page).await.expect("reads").len()
    }
}

async fn migrate(url: String) {
    let store = connect(&url).await;
    store.migrate().await.expect("migrates");
    store.close().await;
}

pub(crate) async fn connect(url: &str) -> Store {
    Store::connect(StoreOptions { pool_max: 4, ..StoreOptions::new(url) }).await.expect("connects")
}

pub(crate) fn machine(name: &str) -> NewMachine {
    NewMachine {
        namespace: DEFAULT,
        name: name.to_owned(),
        machine_type: MachineType::Standard,
        definition: r#"{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}"#.to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/r".to_owned(),
        configuration: Configuration::default(),
        published: None,
        tags: Vec::new(),
        machines_max: None,
    }
}

pub(crate) fn created<T: std::fmt::Debug>(creation: Creation<T>) -> T {
    match creation {
        Creation::Created(made) => made,
        other @ (Creation::Same(_) | Creation::Differs(_)) => panic!("not new: {other:?}"),
    }
}

/// Ids of now, rising with `number`.
pub(crate) fn id(number: u32) -> ExecutionId {
    id_at(Utc::now(), number)
}

pub(crate) fn id_at(instant: DateTime<Utc>, number: u32) -> ExecutionId {
    // The high bits of the random part order ids of one millisecond.
    let random = u128::from(number) << 30 | u128::from(number & 0xfff);
    ExecutionId::new(instant + TimeDelta::milliseconds(i64::from(number)), Home(0), random)
}

pub(crate) fn started_at(id: ExecutionId) -> DateTime<Utc> {
    let millis = i64::try_from(id.0.as_u128() >> 80).expect("48 bits fit");
    DateTime::from_timestamp_millis(millis).expect("is a time")
}

/// The `number`th row of an execution, of one public event.
pub(crate) fn row(id: ExecutionId, number: u64) -> NewRow {
    NewRow {
        id,
        seq: number,
        last_seq: number,
        first_public: number,
        last_public: number,
        at: Utc::now(),
        format: 1,
        events: format!("event {number}").into_bytes(),
    }
}

pub(crate) fn end(id: ExecutionId, status: ExecutionStatus) -> End {
    End { id, status, ended_at: Utc::now() }
}

/// A message has its sender's id: each sender has one.
pub(crate) fn message(sender: ExecutionId, receiver: ExecutionId, body: &str) -> NewMessage {
    let key = MessageKey { receiver, message: MessageId(sender.0) };
    NewMessage { key, sender, format: 1, body: body.as_bytes().to_vec() }
}

pub(crate) fn rows(rows: Vec<NewRow>) -> Batch {
    Batch { rows, ..Batch::default() }
}

pub(crate) const WRITTEN: Committed = Committed::Written { lost_names: Vec::new() };

pub(crate) async fn write(lane: &mut Lane, batch: &Batch) {
    assert_eq!(lane.commit(batch).await.expect("commits"), WRITTEN);
}

pub(crate) fn refusal(answer: Result<Committed, CommitError>) -> Refusal {
    match answer {
        Err(CommitError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// Waits until so many backends of the database wait for a lock: the statements under test have got as far as they can.
pub(crate) async fn until_waiting(connection: &mut PgConnection, backends: i64) {
    let waiting = "select count(*) from pg_stat_activity \
                   where datname = current_database() and wait_event_type = 'Lock'";
    let look = async {
        while sqlx::query_scalar::<_, i64>(waiting)
            .fetch_one(&mut *connection)
            .await
            .expect("looks")
            < backends
        {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), look).await.expect("they wait");
}

/// Polls `future` beside `other` until `other` is done; `future` must not be.
pub(crate) async fn still_waiting<T: std::fmt::Debug>(
    future: &mut (impl Future<Output = T> + Unpin),
    other: impl Future<Output = ()>,
) {
    tokio::select! {
        biased;
        early = future => panic!("did not wait: {early:?}"),
        () = other => {}
    }
}
