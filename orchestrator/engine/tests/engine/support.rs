//! A database of its own for each test, an engine on it, and the shortest way to a machine, a start and a worker.

use std::sync::Arc;
use std::time::Duration;

use asl::Payload;
use cluster::ScratchCluster;
use engine::{
    Border, ChildCall, ChildRefused, Ended, Engine, EngineConfig, HandOut, Machine, Namespace,
    Outcome, Qualifier, Readiness, Session, SessionOptions, Start, Started,
};
use execution::event::Failure;
use execution::{ExecutionId, WaitId};
use serde_json::Value;
use store::{Configuration, MachineType, NamespaceId, NewMachine, Store, StoreOptions};

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
    let engine = Engine::join(store.clone(), config, border()).await.expect("the schema is there");
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
        self.made(name, definition, (MachineType::Standard, "")).await
    }

    /// An Express machine of that logging level.
    pub(crate) async fn express(&self, name: &str, definition: &str, level: &str) -> Arc<Machine> {
        let logging = format!(r#"{{"level": "{level}"}}"#);
        self.made(name, definition, (MachineType::Express, &logging)).await
    }

    async fn made(
        &self,
        name: &str,
        definition: &str,
        (machine_type, logging): (MachineType, &str),
    ) -> Arc<Machine> {
        let namespace = self.engine.catalog().namespace("default").await;
        let namespace = namespace.expect("PostgreSQL runs").expect("the migration made it");
        let new = NewMachine {
            namespace: namespace.id,
            name: name.to_owned(),
            machine_type,
            definition: definition.to_owned(),
            role_arn: String::new(),
            configuration: Configuration {
                logging: logging.to_owned(),
                ..Configuration::default()
            },
            published: None,
            tags: Vec::new(),
            machines_max: None,
        };
        self.store.create_machine(&new).await.expect("the name is free");
        let machine = self.engine.catalog().machine(&namespace, name).await;
        machine.expect("PostgreSQL runs").expect("it has just been made")
    }

    pub(crate) async fn worker(&self, queue: &str, credits: u32) -> Session {
        worker(&self.engine, queue, credits, false).await
    }

    /// One that can't tell what it holds.
    pub(crate) async fn silent_worker(&self, queue: &str, credits: u32) -> Session {
        worker(&self.engine, queue, credits, true).await
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

pub(crate) async fn worker(engine: &Engine, queue: &str, credits: u32, is_silent: bool) -> Session {
    let namespace = engine.catalog().namespace("default").await;
    let namespace = namespace.expect("PostgreSQL runs").expect("the migration made it").id;
    let worker = Some("tester".into());
    let mut session = engine.open_session(SessionOptions { namespace, worker, is_silent });
    session.grant(queue, credits);
    session
}

pub(crate) fn start(machine: &Arc<Machine>, name: Option<&str>, input: &str) -> Start {
    let machine_name = machine.name.clone();
    let arns = Box::new(move |name: &str, _| arns(&machine_name, name));
    Start::new(Arc::clone(machine), name.map(str::to_owned), payload(input), arns)
}

fn arns(machine: &str, name: &str) -> (String, String) {
    (format!("execution:{machine}:{name}"), format!("machine:{machine}"))
}

/// In the place of the api floor: names instead of ARNs, and tokens that anybody could make.
#[derive(Debug)]
struct PlainBorder;

pub(crate) fn border() -> Arc<dyn Border> {
    Arc::new(PlainBorder)
}

/// `token:ID:WAIT`, as the border makes it.
pub(crate) fn token(text: &str) -> (ExecutionId, WaitId) {
    let mut parts = text.trim_matches('"').split(':').skip(1);
    let id = parts.next().and_then(|id| id.parse().ok()).expect("an id");
    let wait = parts.next().and_then(|wait| wait.parse().ok()).expect("a wait");
    (ExecutionId(id), WaitId(wait))
}

impl Border for PlainBorder {
    fn task_token(&self, _: NamespaceId, id: ExecutionId, wait: WaitId) -> String {
        format!("token:{id}:{}", wait.0)
    }

    fn read_call(&self, _: &Namespace, parameters: &Payload) -> Result<ChildCall, Failure> {
        let text = |field| parameters.value().get(field).and_then(Value::as_str);
        let input = parameters.value().get("Input").cloned().unwrap_or_default();
        Ok(ChildCall {
            machine: text("StateMachineArn").expect("a test names it").to_owned(),
            qualifier: Qualifier::Newest,
            name: text("Name").map(str::to_owned),
            input: Payload::from_value(input),
        })
    }

    fn arns(&self, machine: &Machine, name: &str, _: ExecutionId) -> (String, String) {
        arns(&machine.name, name)
    }

    fn refusal(&self, _: &Namespace, call: &ChildCall, refused: &ChildRefused) -> Failure {
        Failure::new(format!("{refused:?}"), call.machine.clone())
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
