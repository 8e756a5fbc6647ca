//! Health and reflection: what tools ask before they call.

use engine::{EngineConfig, Readiness};
use everstep_proto::v1;
use store::{Store, StoreOptions};
use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_types::StatusExt as _;

use crate::world::{World, connect, migrated, poll, reason, soon, start};
use cluster::ScratchCluster;

async fn health(world: &World, service: &str) -> ServingStatus {
    let mut client = HealthClient::new(connect(world.address).await);
    let request = HealthCheckRequest { service: service.to_owned() };
    client.check(request).await.expect("is answered").into_inner().status()
}

const SERVICES: [&str; 5] = [
    "",
    "everstep.v1.Executions",
    "everstep.v1.Namespaces",
    "everstep.v1.StateMachines",
    "everstep.v1.Tasks",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_is_ready_serves_and_one_that_stands_by_says_why_not() {
    let url = ScratchCluster::shared().database_like("api", migrated);
    let active = World::on(&url).await;
    let store = Store::connect(StoreOptions::new(&url)).await.unwrap();
    let second = api::join(store, EngineConfig::default()).await.unwrap();
    let mut readiness = second.readiness();
    let stands_by = |readiness: &Readiness| matches!(readiness, Readiness::StandingBy { .. });
    soon(readiness.wait_for(stands_by)).await.unwrap();
    let mut standby = World::serve(second).await;

    for service in SERVICES {
        assert_eq!(health(&active, service).await, ServingStatus::Serving, "{service}");
        assert_eq!(health(&standby, service).await, ServingStatus::NotServing, "{service}");
    }
    let refusals = [
        standby.executions.start_execution(start("order", "{}")).await.unwrap_err(),
        standby.tasks.poll_tasks(poll("pay")).await.unwrap_err(),
        standby.namespaces.list_namespaces(v1::ListNamespacesRequest::default()).await.unwrap_err(),
    ];
    for refused in refusals {
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::Unavailable, "ServiceUnavailable")
        );
        assert!(refused.message().starts_with("this node stands by: "), "{refused}");
        assert!(refused.get_error_details().retry_info().is_some(), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reflection_names_every_service() {
    let world = World::new().await;
    let mut client = ServerReflectionClient::new(connect(world.address).await);
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = client.server_reflection_info(tokio_stream::once(request)).await.unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(listed)) = answer.message_response else {
        panic!("{answer:?}");
    };
    let names: Vec<String> = listed.service.into_iter().map(|service| service.name).collect();
    for service in &SERVICES[1..] {
        assert!(names.iter().any(|name| name == service), "{service} in {names:?}");
    }
}
