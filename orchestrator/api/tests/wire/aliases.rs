//! Aliases: created, changed, shown, listed, deleted, and drawn by weight. What AWS answers was recorded by `LocalStack`'s tests
//! of aliases (`test_sfn_api_aliasing`).

use std::collections::BTreeMap;

use everstep_proto::v1;
use everstep_proto::v1::history_event::Details;

use crate::world::{ONE_TASK, PASS, World, reason, start};

const ORDER: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:order";

pub(crate) fn routes(routes: &[(&str, u32)]) -> Vec<v1::AliasRoute> {
    let route = |(version, weight): &(&str, u32)| v1::AliasRoute {
        state_machine_version: (*version).to_owned(),
        weight: *weight,
    };
    routes.iter().map(route).collect()
}

pub(crate) fn create(name: &str, to: &[(&str, u32)]) -> v1::CreateStateMachineAliasRequest {
    v1::CreateStateMachineAliasRequest {
        name: name.to_owned(),
        description: "of a test".to_owned(),
        routing_configuration: routes(to),
        ..v1::CreateStateMachineAliasRequest::default()
    }
}

pub(crate) fn update(alias: &str, to: &[(&str, u32)]) -> v1::UpdateStateMachineAliasRequest {
    v1::UpdateStateMachineAliasRequest {
        state_machine_alias: alias.to_owned(),
        routing_configuration: routes(to),
        ..v1::UpdateStateMachineAliasRequest::default()
    }
}

impl World {
    /// The machine `order` with version 1, which passes, and version 2, which waits for a worker.
    async fn with_versions() -> Self {
        let world = Self::new().await;
        world.create("order", PASS).await;
        world.publish("order").await;
        world.next_version(ONE_TASK).await;
        world
    }

    async fn alias(&self, name: &str, to: &[(&str, u32)]) -> String {
        let created = self.versions.clone().create_state_machine_alias(create(name, to)).await;
        created.expect("creates").into_inner().state_machine_alias_arn
    }

    async fn shown_alias(&self, alias: &str) -> v1::StateMachineAlias {
        let request = v1::DescribeStateMachineAliasRequest {
            state_machine_alias: alias.to_owned(),
            ..v1::DescribeStateMachineAliasRequest::default()
        };
        let shown = self.versions.clone().describe_state_machine_alias(request).await;
        shown.expect("shows").into_inner()
    }

    async fn alias_names(&self, machine: &str) -> Vec<String> {
        let (mut names, mut next_token) = (Vec::new(), String::new());
        loop {
            let request = v1::ListStateMachineAliasesRequest {
                state_machine: machine.to_owned(),
                max_results: 2,
                next_token,
                ..v1::ListStateMachineAliasesRequest::default()
            };
            let page = self.versions.clone().list_state_machine_aliases(request).await;
            let page = page.expect("lists").into_inner();
            let arns = page.state_machine_aliases.into_iter();
            let prefix = format!("{ORDER}:");
            names.extend(arns.map(|item| item.state_machine_alias_arn.replace(&prefix, "")));
            next_token = page.next_token;
            if next_token.is_empty() {
                return names;
            }
        }
    }
}

/// `test_base_lifecycle_create_update_describe`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alias_is_shown_as_it_was_created_and_changed() {
    let mut world = World::with_versions().await;
    let (one, two) = (format!("{ORDER}:1"), format!("{ORDER}:2"));
    let live = world.alias("live", &[(&one, 100)]).await;
    assert_eq!(live, format!("{ORDER}:live"));
    let created = world.shown_alias(&live).await;
    assert_eq!((created.name.as_str(), created.description.as_str()), ("live", "of a test"));
    assert_eq!(created.routing_configuration, routes(&[(&one, 100)]));
    assert_eq!(created.created_at, created.updated_at);

    let description = v1::UpdateStateMachineAliasRequest {
        description: Some("new".to_owned()),
        ..update(&live, &[])
    };
    let updated = world.versions.update_state_machine_alias(description).await.unwrap();
    let shown = world.shown_alias("order:live").await;
    assert_eq!(shown.description, "new");
    assert_eq!(shown.routing_configuration, created.routing_configuration, "they stay");
    assert_eq!(shown.updated_at, updated.into_inner().updated_at);
    let both = [(one.as_str(), 50), (two.as_str(), 50)];
    world.versions.update_state_machine_alias(update(&live, &both)).await.unwrap();
    let shown = world.shown_alias(&live).await;
    assert_eq!((shown.description.as_str(), shown.routing_configuration), ("new", routes(&both)));
    assert_eq!(shown.created_at, created.created_at);
}

/// `test_idempotent_create_alias`, `test_error_create_alias_not_idempotent`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creating_the_same_alias_again_answers_with_the_one_that_exists() {
    let mut world = World::with_versions().await;
    let request = create("live", &[("order:1", 100)]);
    let first = world.versions.create_state_machine_alias(request.clone()).await.unwrap();
    let again = world.versions.create_state_machine_alias(request.clone()).await.unwrap();
    assert_eq!(first.into_inner(), again.into_inner());
    let described =
        v1::CreateStateMachineAliasRequest { description: "other".to_owned(), ..request };
    let routed = create("live", &[("order:1", 50), ("order:2", 50)]);
    for different in [described, routed] {
        let refused = world.versions.create_state_machine_alias(different).await.unwrap_err();
        assert_eq!(reason(&refused), "ConflictException");
        assert_eq!(
            refused.message(),
            "Failed to create alias because an alias with the same name and a different routing \
             configuration already exists."
        );
    }
}

/// `test_base_lifecycle_create_delete_list`, `test_delete_no_such_alias_arn`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn aliases_are_listed_by_name_and_by_the_version_that_they_name() {
    let mut world = World::with_versions().await;
    assert!(world.alias_names("order").await.is_empty());
    for (name, version) in [("b", "order:1"), ("a", "order:2"), ("c", "order:1")] {
        world.alias(name, &[(version, 100)]).await;
    }
    assert_eq!(world.alias_names(ORDER).await, ["a", "b", "c"]);
    assert_eq!(world.alias_names(&format!("{ORDER}:1")).await, ["b", "c"]);
    for _ in 0..2 {
        let request = v1::DeleteStateMachineAliasRequest {
            state_machine_alias: format!("{ORDER}:b"),
            ..v1::DeleteStateMachineAliasRequest::default()
        };
        world.versions.delete_state_machine_alias(request).await.unwrap();
    }
    assert_eq!(world.alias_names("order").await, ["a", "c"]);
}

/// `test_base_lifecycle_create_invoke_describe_list`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_start_by_an_alias_names_the_version_that_was_drawn_for_good() {
    let world = World::with_versions().await;
    let live = world.alias("live", &[("order:1", 100)]).await;
    let execution = world.start(&live, "{}").await;
    let events = world.watch(&execution).await;
    let on_version = world.start("order:1", "{}").await;

    let Some(Details::ExecutionStarted(started)) = &events[0].details else { panic!("{events:?}") };
    assert_eq!(started.state_machine_version_arn, format!("{ORDER}:1"));
    assert_eq!(started.state_machine_alias_arn, live);
    let shown = world.describe(&execution).await;
    assert_eq!(shown.state_machine_arn, ORDER);
    assert_eq!(shown.state_machine_version_arn, format!("{ORDER}:1"));
    assert_eq!(shown.state_machine_alias_arn, live);
    let listed = world.listed(&live).await;
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].execution_arn, execution);
    assert_eq!(listed[0].state_machine_alias_arn, live);
    let listed = world.listed("order:1").await;
    assert_eq!(listed.len(), 2, "an alias's starts are its version's, too");
    assert_eq!(listed[0].execution_arn, on_version);
    assert_eq!(listed[0].state_machine_alias_arn, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn starts_go_to_both_versions_and_a_change_counts_from_the_next_start_on() {
    let mut world = World::with_versions().await;
    let live = world.alias("live", &[("order:1", 50), ("order:2", 50)]).await;
    for _ in 0..64 {
        world.start("order:live", "{}").await;
    }
    let mut drawn = BTreeMap::new();
    for item in world.listed(&live).await {
        *drawn.entry(item.state_machine_version_arn).or_insert(0) += 1;
    }
    // One in 2^63 runs draws the same version each time.
    assert_eq!(drawn.len(), 2, "{drawn:?}");
    assert_eq!(drawn.values().sum::<i32>(), 64);

    world.versions.update_state_machine_alias(update(&live, &[("order:1", 100)])).await.unwrap();
    for _ in 0..8 {
        let execution = world.start(&live, "{}").await;
        let version = world.describe(&execution).await.state_machine_version_arn;
        assert_eq!(version, format!("{ORDER}:1"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_start_by_an_alias_is_the_first_one_whatever_would_be_drawn_now() {
    let mut world = World::with_versions().await;
    world.alias("live", &[("order:2", 100)]).await;
    let named = v1::StartExecutionRequest { name: "once".to_owned(), ..start("order:live", "{}") };
    let first = world.executions.start_execution(named.clone()).await.unwrap().into_inner();
    let to_one = update("order:live", &[("order:1", 100)]);
    world.versions.update_state_machine_alias(to_one).await.unwrap();
    let again = world.executions.start_execution(named).await.unwrap().into_inner();

    assert_eq!(again, first);
    let shown = world.describe(&first.execution_arn).await;
    assert_eq!(shown.state_machine_version_arn, format!("{ORDER}:2"));
}

/// `test_delete_version_with_alias`, `test_delete_revision_with_alias`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_stays_while_an_alias_names_it_and_both_go_with_their_machine() {
    let mut world = World::with_versions().await;
    world.alias("live", &[("order:1", 100)]).await;
    let delete = v1::DeleteStateMachineVersionRequest {
        state_machine_version: format!("{ORDER}:1"),
        ..v1::DeleteStateMachineVersionRequest::default()
    };
    let refused = world.versions.delete_state_machine_version(delete.clone()).await.unwrap_err();
    assert_eq!(reason(&refused), "ConflictException");
    assert_eq!(
        refused.message(),
        "Version to be deleted must not be referenced by an alias. \
         Current list of aliases referencing this version: [live]"
    );
    let to_two = update("order:live", &[("order:2", 100)]);
    world.versions.update_state_machine_alias(to_two).await.unwrap();
    world.versions.delete_state_machine_version(delete).await.unwrap();

    let machine = v1::DeleteStateMachineRequest {
        state_machine: "order".to_owned(),
        ..v1::DeleteStateMachineRequest::default()
    };
    world.machines.delete_state_machine(machine).await.unwrap();
    world.create("order", PASS).await;
    assert!(world.alias_names("order").await.is_empty());
    for gone in ["order:live", "order:2"] {
        let refused = world.executions.start_execution(start(gone, "{}")).await.unwrap_err();
        assert_eq!(reason(&refused), "StateMachineDoesNotExist");
    }
    assert_eq!(world.publish("order").await, format!("{ORDER}:1"), "another machine's first");
}
