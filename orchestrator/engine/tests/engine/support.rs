//! A database of its own for each test, an engine on it, and the shortest way to a machine, a start and a worker.

use std::sync::Arc;
use std::time::Duration;

use asl::Payload;
use cluster::ScratchCluster;
use engine::{
    Ended, Engine, EngineConfig, HandOut, Machine, Outcome, Readiness, Session, SessionOptions,
    Start, Started,
};
use serde_json::Value;
use store::{Configuration, MachineType, NewMachine, Store, StoreOptions};

/// Longer than anything here takes on a busy machine; a test that reaches it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct World {
    pub(crate) url: String,
    pub(crate) store: Store,
    pub(crate) engine: Engine,
}

pub(crate) fn config() -> EngineConfig {
    EngineConfig {
        lanes: 2,
        lease_ttl: Duration::from_millis(600),
        heartbeat_interval: Duration::from_millis(100),
        ..EngineConfig::default()
    }
}

pub(crate) async fn world() -> World {
    world_with(config()).await
}

pub(crate) async fn world_with(config: EngineConfig) -> World {
    let url = ScratchCluster::shared().database();
    world_on(url, config).await
}

pub(crate) async fn world_on(url: String, config: EngineConfig) -> World {
    let store = Store::connect(StoreOptions::new(&url)).await.expect("PostgreSQL runs");
    store.migrate().await.expect("an empty database takes the schema");
    let engine = Engine::join(store.clone(), config).await.expect("the schema is there");
    ready(&engine).await;
    World { url, store, engine }
}

pub(crate) async fn ready(engine: &Engine) {
    let mut readiness = engine.readiness();
    let ready = readiness.wait_for(|readiness| *readiness == Readiness::Ready);
    tokio::time::timeout(PATIENCE, ready).await.expect("it becomes ready").expect("it runs");
}

impl World {
    pub(crate) async fn machine(&self, name: &str, definition: &str) -> Arc<Machine> {
        let namespace = self.engine.catalog().namespace("default").await;
        let namespace = namespace.expect("PostgreSQL runs").expect("the migration made it");
        let new = NewMachine {
            namespace: namespace.id,
            name: name.to_owned(),
            machine_type: MachineType::Standard,
            definition: definition.to_owned(),
            role_arn: String::new(),
            configuration: Configuration::default(),
        };
        self.store.create_machine(&new).await.expect("the name is free");
        let machine = self.engine.catalog().machine(&namespace, name).await;
        machine.expect("PostgreSQL runs").expect("it has just been made")
    }

    pub(crate) async fn worker(&self, queue: &str, credits: u32) -> Session {
        let namespace = self.engine.catalog().namespace("default").await;
        let namespace = namespace.expect("PostgreSQL runs").expect("the migration made it");
        let options = SessionOptions {
            namespace: namespace.id,
            worker: Some("tester".into()),
            cannot_acknowledge: false,
        };
        let mut session = self.engine.open_session(options);
        session.grant(queue, credits);
        session
    }

    pub(crate) async fn start(&self, machine: &Arc<Machine>, input: &str) -> Started {
        self.engine.start(start(machine, None, input)).await.expect("it starts")
    }

    pub(crate) async fn succeed(&self, task: &HandOut, output: &str) {
        let outcome = Outcome::Succeeded(payload(output));
        self.engine.report(task.id, task.wait, outcome).await.expect("the outcome is accepted");
    }

    pub(crate) async fn end(&self, started: &Started) -> Ended {
        let ended = self.engine.wait_for_end(started.id, PATIENCE).await;
        ended.expect("the engine answers").expect("it ends in time")
    }
}

pub(crate) fn start(machine: &Arc<Machine>, name: Option<&str>, input: &str) -> Start {
    let machine_name = machine.name.clone();
    Start {
        machine: Arc::clone(machine),
        name: name.map(str::to_owned),
        input: payload(input),
        arns: Box::new(move |name| {
            (format!("execution:{machine_name}:{name}"), format!("machine:{machine_name}"))
        }),
    }
}

pub(crate) fn payload(text: &str) -> Payload {
    Payload::parse(text).expect("the test writes JSON")
}

pub(crate) fn json(payload: Option<&Payload>) -> Value {
    payload.expect("there is an output").value().clone()
}

pub(crate) async fn next(session: &mut Session) -> HandOut {
    let task = tokio::time::timeout(PATIENCE, session.next()).await;
    task.expect("a task comes in time").expect("the session is open")
}

/// One Task on `queue`, with more of its fields as JSON text (`"TimeoutSeconds": 1,`).
pub(crate) fn one_task(queue: &str, fields: &str) -> String {
    format!(
        r#"{{"StartAt": "Work", "States": {{"Work": {{"Type": "Task", "Resource": "{queue}", {fields} "End": true}}}}}}"#
    )
}
