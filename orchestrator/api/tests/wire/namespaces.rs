//! Namespaces: settings that make ARNs, names that do not meet.

use everstep_proto::v1;
use tonic::Code;

use crate::world::{PASS, World, create, reason, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_kept_and_absent_ones_have_defaults() {
    let mut world = World::new().await;
    let settings = v1::NamespaceSettings {
        region: Some("eu-west-1".to_owned()),
        payload_bytes_max: Some(2_048),
        versions_max: Some(7),
        ..v1::NamespaceSettings::default()
    };
    let request =
        v1::CreateNamespaceRequest { name: "shop".to_owned(), settings: Some(settings.clone()) };
    let created = world.namespaces.create_namespace(request.clone()).await.unwrap().into_inner();
    let again = world.namespaces.create_namespace(request).await.unwrap().into_inner();
    let other = v1::CreateNamespaceRequest { name: "shop".to_owned(), settings: None };
    let other = world.namespaces.create_namespace(other).await.unwrap_err();

    let shown = created.settings.clone().unwrap();
    assert_eq!(shown.region.as_deref(), Some("eu-west-1"));
    assert_eq!(shown.partition.as_deref(), Some("aws"));
    assert_eq!(shown.account.as_deref(), Some("000000000000"));
    assert_eq!(shown.task_timeout_seconds, Some(99_999_999));
    assert_eq!(shown.payload_bytes_max, Some(2_048));
    assert_eq!((shown.versions_max, shown.aliases_max), (Some(7), None));
    assert_eq!(created, again);
    assert_eq!(
        (other.code(), reason(&other).as_str()),
        (Code::AlreadyExists, "NamespaceAlreadyExists")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_changes_what_it_names_and_counts_at_once() {
    let mut world = World::new().await;
    world.create("order", PASS).await;
    world.start("order", &format!("\"{}\"", "x".repeat(2_000))).await;
    let settings = v1::NamespaceSettings {
        account: Some("111122223333".to_owned()),
        payload_bytes_max: Some(1_024),
        ..v1::NamespaceSettings::default()
    };
    let request =
        v1::UpdateNamespaceRequest { name: "default".to_owned(), settings: Some(settings) };
    let updated = world.namespaces.update_namespace(request).await.unwrap().into_inner();

    assert_eq!(updated.settings.unwrap().region.as_deref(), Some("us-east-1"));
    let input = format!("\"{}\"", "x".repeat(2_000));
    let refused = world.executions.start_execution(start("order", &input)).await.unwrap_err();
    assert_eq!(reason(&refused), "ValidationException");
    let arn = world.start("order", "{}").await;
    assert!(arn.starts_with("arn:aws:states:us-east-1:111122223333:execution:order:"), "{arn}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_name_in_two_namespaces_is_two_machines() {
    let mut world = World::new().await;
    let request = v1::CreateNamespaceRequest { name: "shop".to_owned(), settings: None };
    world.namespaces.create_namespace(request).await.unwrap();
    world.create("order", PASS).await;

    let missing =
        v1::StartExecutionRequest { namespace: "shop".to_owned(), ..start("order", "{}") };
    let refused = world.executions.start_execution(missing.clone()).await.unwrap_err();
    assert_eq!(reason(&refused), "StateMachineDoesNotExist");
    let there =
        v1::CreateStateMachineRequest { namespace: "shop".to_owned(), ..create("order", PASS) };
    world.machines.create_state_machine(there).await.unwrap();
    world.executions.start_execution(missing).await.unwrap();

    let names: Vec<String> = world
        .namespaces
        .list_namespaces(v1::ListNamespacesRequest::default())
        .await
        .unwrap()
        .into_inner()
        .namespaces
        .into_iter()
        .map(|namespace| namespace.name)
        .collect();
    assert_eq!(names, ["default", "shop"]);
}
