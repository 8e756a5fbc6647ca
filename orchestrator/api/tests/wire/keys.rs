//! Access keys over gRPC: asked for as soon as there is one, each for its own namespace, refused once revoked.

use api::access::{self, NewKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use everstep_proto::v1;
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;

use crate::world::{
    ONE_TASK, PASS, World, connect, create, poll, reason, result, soon, start, succeeded,
};

#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: String,
}

impl Key {
    /// A request that carries it.
    fn on<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let text = format!("Basic {}", STANDARD.encode(format!("{}:{}", self.id, self.secret)));
        request.metadata_mut().insert("authorization", text.parse().expect("base64 is ASCII"));
        request
    }
}

impl World {
    pub(crate) async fn key(&self, namespace: &str, administers: bool) -> Key {
        let store = self.engine.store();
        let vault = api::vault(store).await.expect("the database answers");
        let found = store.namespace(namespace).await.expect("reads").expect("it is there");
        let new = NewKey { namespace: found.id, administers, description: String::new() };
        let (key, secret) = access::create(store, &vault, new).await.expect("creates");
        Key { id: key.id, secret: secret.expose().to_owned() }
    }

    pub(crate) async fn namespace(&self, name: &str) {
        let request = v1::CreateNamespaceRequest { name: name.to_owned(), settings: None };
        self.namespaces.clone().create_namespace(request).await.expect("creates");
    }

    async fn list(&self, request: Request<v1::ListStateMachinesRequest>) -> Result<usize, Status> {
        let listed = self.machines.clone().list_state_machines(request).await?;
        Ok(listed.into_inner().state_machines.len())
    }

    /// A server that has served without keys notices the first one within a second or two.
    pub(crate) async fn until_asked(&self) {
        soon(async { while self.list(Request::new(machines("default"))).await.is_ok() {} }).await;
    }
}

fn machines(namespace: &str) -> v1::ListStateMachinesRequest {
    v1::ListStateMachinesRequest {
        namespace: namespace.to_owned(),
        ..v1::ListStateMachinesRequest::default()
    }
}

fn refused<T: std::fmt::Debug>(answer: Result<T, Status>) -> (Code, String) {
    let status = answer.expect_err("it is refused");
    (status.code(), reason(&status))
}

fn unauthenticated(reason: &str) -> (Code, String) {
    (Code::Unauthenticated, reason.to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn once_there_is_a_key_every_call_but_health_needs_one() {
    let world = World::apart().await;
    assert_eq!(world.list(Request::new(machines("default"))).await.unwrap(), 0, "nobody is asked");
    let key = world.key("default", false).await;
    world.until_asked().await;

    let missing = unauthenticated("MissingAuthenticationTokenException");
    let without = world.list(Request::new(machines("default"))).await;
    assert!(
        without.clone().unwrap_err().message().contains("`authorization: Basic base64(ID:SECRET)`")
    );
    assert_eq!(refused(without), missing);
    assert_eq!(refused(world.tasks.clone().poll_tasks(poll("pay")).await), missing);
    let work = tokio_stream::once(v1::WorkRequest::default());
    assert_eq!(refused(world.tasks.clone().work(work).await.map(drop)), missing);
    let mut reflection = ServerReflectionClient::new(connect(world.address).await);
    let ask = tokio_stream::once(ServerReflectionRequest::default());
    let asked = reflection.server_reflection_info(ask).await.map(drop);
    assert_eq!(refused(asked), missing);
    let mut health = HealthClient::new(connect(world.address).await);
    health.check(HealthCheckRequest::default()).await.expect("load balancers have no keys");

    assert_eq!(world.list(key.on(machines("default"))).await.unwrap(), 0);
    let made = world.machines.clone().create_state_machine(key.on(create("pass", PASS))).await;
    made.expect("creates");
    let started = world.executions.clone().start_execution(key.on(start("pass", "{}"))).await;
    let execution = started.expect("starts").into_inner().execution_arn;
    let watch = v1::WatchExecutionRequest { execution, ..v1::WatchExecutionRequest::default() };
    let watch = world.executions.clone().watch_execution(key.on(watch)).await.expect("watches");
    let mut watch = watch.into_inner();
    while soon(watch.message()).await.expect("goes on to the end").is_some() {}
    let unrecognized = unauthenticated("UnrecognizedClientException");
    for other in [
        Key { secret: "another".to_owned(), ..key.clone() },
        Key { id: "EVAKAAAAAAAAAAAAAAAA".to_owned(), ..key.clone() },
    ] {
        let answer = world.list(other.on(machines("default"))).await;
        assert_eq!(
            answer.clone().unwrap_err().message(),
            "The security token included in the request is invalid."
        );
        assert_eq!(refused(answer), unrecognized);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_reaches_its_own_namespace_and_an_admin_key_all_of_them() {
    let world = World::apart().await;
    world.namespace("shop").await;
    world.create("everybody's", ONE_TASK).await;
    let admin = world.key("default", true).await;
    let shop = world.key("shop", false).await;
    world.until_asked().await;

    // Its own by name, and where no name is given.
    let made =
        v1::CreateStateMachineRequest { namespace: "shop".to_owned(), ..create("pay", ONE_TASK) };
    world.machines.clone().create_state_machine(shop.on(made)).await.expect("creates");
    for namespace in ["shop", ""] {
        assert_eq!(world.list(shop.on(machines(namespace))).await.unwrap(), 1, "{namespace:?}");
    }
    let denied = (Code::PermissionDenied, "AccessDeniedException".to_owned());
    // One that is not there is not told from one that is.
    for namespace in ["default", "nowhere"] {
        let answer = world.list(shop.on(machines(namespace))).await;
        let message = answer.clone().unwrap_err().message().to_owned();
        assert!(
            message.ends_with(&format!("'shop' and does not reach '{namespace}'")),
            "{message}"
        );
        assert_eq!(refused(answer), denied);
    }
    let names = async |key: &Key| {
        let request = key.on(v1::ListNamespacesRequest::default());
        let listed = world.namespaces.clone().list_namespaces(request).await.expect("lists");
        let listed = listed.into_inner().namespaces.into_iter();
        listed.map(|namespace| namespace.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&shop).await, ["shop"]);
    assert_eq!(names(&admin).await, ["default", "shop"]);

    let new = v1::CreateNamespaceRequest { name: "new".to_owned(), settings: None };
    let mut namespaces = world.namespaces.clone();
    assert_eq!(refused(namespaces.create_namespace(shop.on(new.clone())).await), denied);
    let update = v1::UpdateNamespaceRequest { name: "shop".to_owned(), settings: None };
    assert_eq!(refused(namespaces.update_namespace(shop.on(update)).await), denied);
    let describe = |name: &str| v1::DescribeNamespaceRequest { name: name.to_owned() };
    assert_eq!(refused(namespaces.describe_namespace(shop.on(describe("default"))).await), denied);
    namespaces.describe_namespace(shop.on(describe("shop"))).await.expect("it is its own");
    namespaces.create_namespace(admin.on(new)).await.expect("an admin key makes namespaces");
    assert_eq!(world.list(admin.on(machines("shop"))).await.unwrap(), 1);
    assert_eq!(world.list(admin.on(machines("default"))).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_is_answered_with_a_key_of_its_namespace_alone_whoever_has_the_token() {
    let world = World::apart().await;
    world.namespace("shop").await;
    world.create("order", ONE_TASK).await;
    world.start("order", "{}").await;
    let own = world.key("default", false).await;
    let shop = world.key("shop", false).await;
    world.until_asked().await;
    let polled = world.tasks.clone().poll_tasks(own.on(poll("pay"))).await.expect("polls");
    let token = polled.into_inner().tasks.pop().expect("a task is there").token;

    let report = || v1::ReportTasksRequest { outcomes: vec![succeeded(&token, "1")] };
    let reported = world.tasks.clone().report_tasks(shop.on(report())).await.expect("answers");
    let refused = result(&reported.into_inner().results[0]);
    assert_eq!(refused, (Code::InvalidArgument, "InvalidToken".to_owned()));
    let heartbeat = v1::HeartbeatTasksRequest { tokens: vec![token.clone()] };
    let refused = world.tasks.clone().heartbeat_tasks(shop.on(heartbeat)).await.unwrap_err();
    assert_eq!(reason(&refused), "InvalidToken");
    // On a stream, too.
    let subscribe = v1::work_request::Subscription {
        namespace: "shop".to_owned(),
        ..v1::work_request::Subscription::default()
    };
    let first = v1::WorkRequest {
        subscribe: Some(subscribe),
        outcomes: vec![succeeded(&token, "1")],
        ..v1::WorkRequest::default()
    };
    let work = world.tasks.clone().work(shop.on(tokio_stream::once(first))).await;
    let answer = soon(work.expect("works").into_inner().message()).await.unwrap().expect("answers");
    assert_eq!(result(&answer.results[0]).1, "InvalidToken");

    let reported = world.tasks.clone().report_tasks(own.on(report())).await.expect("answers");
    assert_eq!(result(&reported.into_inner().results[0]).0, Code::Ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_key_ends_what_it_began_and_is_refused_although_it_was_the_last() {
    let world = World::apart().await;
    let key = world.key("default", false).await;
    world.until_asked().await;
    let subscribe = v1::work_request::Subscription::default();
    let first = v1::WorkRequest { subscribe: Some(subscribe), ..v1::WorkRequest::default() };
    let (says, said) = tokio::sync::mpsc::channel(1);
    says.send(first).await.unwrap();
    let said = tokio_stream::wrappers::ReceiverStream::new(said);
    let mut worker = world.tasks.clone().work(key.on(said)).await.expect("works").into_inner();
    let poll = tokio::spawn({
        let (mut tasks, request) = (world.tasks.clone(), key.on(poll("pay")));
        async move { tasks.poll_tasks(request).await }
    });

    let revoked = world.engine.store().revoke_access_key(&key.id).await.unwrap();
    assert!(revoked.is_some());

    let unrecognized = unauthenticated("UnrecognizedClientException");
    assert_eq!(refused(soon(worker.message()).await), unrecognized);
    assert_eq!(refused(soon(poll).await.unwrap()), unrecognized);
    assert_eq!(refused(world.list(key.on(machines(""))).await), unrecognized);
    let without = world.list(Request::new(machines(""))).await;
    assert_eq!(refused(without), unauthenticated("MissingAuthenticationTokenException"));
    // A new one is known at once, to whichever node it is shown.
    let next = world.key("default", false).await;
    assert_eq!(world.list(next.on(machines(""))).await.unwrap(), 0);
}
