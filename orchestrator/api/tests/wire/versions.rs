//! Versions: published, started, shown, listed, deleted. What AWS answers was recorded by `LocalStack`'s tests of versioning
//! (`test_sfn_api_versioning`), each case named where it is used.

use everstep_proto::v1;
use everstep_proto::v1::history_event::Details;
use tonic::Code;

use crate::world::{ONE_TASK, PASS, WAIT, World, create, reason, start};

const ORDER: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:order";

pub(crate) fn publish(machine: &str) -> v1::PublishStateMachineVersionRequest {
    v1::PublishStateMachineVersionRequest {
        state_machine: machine.to_owned(),
        ..v1::PublishStateMachineVersionRequest::default()
    }
}

fn update(definition: &str, publish: bool) -> v1::UpdateStateMachineRequest {
    v1::UpdateStateMachineRequest {
        state_machine: "order".to_owned(),
        definition: Some(definition.to_owned()),
        publish,
        ..v1::UpdateStateMachineRequest::default()
    }
}

impl World {
    pub(crate) async fn publish(&self, machine: &str) -> String {
        let published = self.versions.clone().publish_state_machine_version(publish(machine)).await;
        published.expect("publishes").into_inner().state_machine_version_arn
    }

    /// Another definition of the machine `order`, published.
    pub(crate) async fn next_version(&self, definition: &str) -> String {
        let updated = self.machines.clone().update_state_machine(update(definition, true)).await;
        updated.expect("updates").into_inner().state_machine_version_arn
    }

    async fn shown(&self, machine: &str) -> v1::StateMachine {
        let request = v1::DescribeStateMachineRequest {
            state_machine: machine.to_owned(),
            ..v1::DescribeStateMachineRequest::default()
        };
        self.machines.clone().describe_state_machine(request).await.expect("shows").into_inner()
    }

    async fn version_arns(&self, max_results: u32, next_token: &str) -> (Vec<String>, String) {
        let request = v1::ListStateMachineVersionsRequest {
            state_machine: "order".to_owned(),
            max_results,
            next_token: next_token.to_owned(),
            ..v1::ListStateMachineVersionsRequest::default()
        };
        let page = self.versions.clone().list_state_machine_versions(request).await;
        let page = page.expect("lists").into_inner();
        let arns = page.state_machine_versions.into_iter();
        (arns.map(|item| item.state_machine_version_arn).collect(), page.next_token)
    }

    async fn delete_version(&self, version: &str) {
        let request = v1::DeleteStateMachineVersionRequest {
            state_machine_version: version.to_owned(),
            ..v1::DeleteStateMachineVersionRequest::default()
        };
        self.versions.clone().delete_state_machine_version(request).await.expect("deletes");
    }

    pub(crate) async fn listed(&self, machine: &str) -> Vec<v1::list_executions_response::Item> {
        let request = v1::ListExecutionsRequest {
            state_machine: machine.to_owned(),
            ..v1::ListExecutionsRequest::default()
        };
        let page = self.executions.clone().list_executions(request).await;
        page.expect("lists").into_inner().executions
    }
}

/// `test_create_publish_describe_with_version_description`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_can_be_published_as_it_is_created() {
    let mut world = World::new().await;
    let request = v1::CreateStateMachineRequest {
        publish: true,
        version_description: "HelloWorld!".to_owned(),
        ..create("order", PASS)
    };
    let created = world.machines.create_state_machine(request.clone()).await.unwrap().into_inner();
    let again = world.machines.create_state_machine(request).await.unwrap().into_inner();

    assert_eq!(created.state_machine_version_arn, format!("{ORDER}:1"));
    assert_eq!(again, created);
    let version = world.shown(&format!("{ORDER}:1")).await;
    assert_eq!(version.state_machine_arn, format!("{ORDER}:1"));
    assert_eq!((version.name.as_str(), version.definition.as_str()), ("order", PASS));
    assert_eq!((version.description.as_str(), version.revision_id.as_str()), ("HelloWorld!", ""));
    let machine = world.shown("order").await;
    assert_eq!((machine.state_machine_arn.as_str(), machine.description.as_str()), (ORDER, ""));
}

/// `test_publish_state_machine_version`, `test_idempotent_publish`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_keeps_the_revision_that_was_published_and_a_revision_its_version() {
    let mut world = World::new().await;
    world.create("order", PASS).await;
    let revised = world.machines.update_state_machine(update(ONE_TASK, false)).await.unwrap();
    let revised = revised.into_inner();
    assert_eq!(revised.state_machine_version_arn, "");
    let request = v1::PublishStateMachineVersionRequest {
        revision_id: revised.revision_id.clone(),
        description: "first".to_owned(),
        ..publish("order")
    };
    let published = world.versions.publish_state_machine_version(request.clone()).await.unwrap();
    let published = published.into_inner();
    let again = world.versions.publish_state_machine_version(publish(ORDER)).await.unwrap();
    assert_eq!(published.state_machine_version_arn, format!("{ORDER}:1"));
    assert_eq!(again.into_inner(), published);
    assert_eq!(world.next_version(WAIT).await, format!("{ORDER}:2"));

    let first = world.shown("order:1").await;
    assert_eq!((first.definition.as_str(), &first.revision_id), (ONE_TASK, &revised.revision_id));
    assert_eq!((first.description.as_str(), first.created_at), ("first", published.created_at));
    let current = world.shown("order").await.revision_id;
    let outdated = world.versions.publish_state_machine_version(request).await.unwrap_err();
    assert_eq!(
        (outdated.code(), reason(&outdated).as_str()),
        (Code::FailedPrecondition, "ConflictException")
    );
    assert_eq!(
        outdated.message(),
        format!(
            "Failed to publish the State Machine version for revision {}. \
             The current State Machine revision is {current}.",
            revised.revision_id
        )
    );
}

/// `test_empty_revision_with_publish_and_no_publish_on_creation`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_to_the_same_makes_no_revision_and_no_second_version() {
    let mut world = World::new().await;
    world.create("order", PASS).await;
    for _ in 0..2 {
        let updated = world.machines.update_state_machine(update(PASS, true)).await.unwrap();
        let updated = updated.into_inner();
        assert_eq!(updated.state_machine_version_arn, format!("{ORDER}:1"));
        assert_eq!(updated.revision_id, "");
        assert!(updated.updated_at.is_some());
    }
    let initial = v1::PublishStateMachineVersionRequest {
        revision_id: "INITIAL".to_owned(),
        ..publish("order")
    };
    let published = world.versions.publish_state_machine_version(initial).await.unwrap();
    assert_eq!(published.into_inner().state_machine_version_arn, format!("{ORDER}:1"));
}

/// `test_version_ids_between_deletions`, `test_list_delete_version`, `test_list_state_machine_versions_pagination`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn versions_are_listed_newest_first_and_no_number_is_given_twice() {
    let world = World::new().await;
    world.create("order", PASS).await;
    let definitions = [PASS, ONE_TASK, WAIT];
    for (number, definition) in (1..).zip(definitions) {
        assert_eq!(world.next_version(definition).await, format!("{ORDER}:{number}"));
    }
    let (first, next_token) = world.version_arns(2, "").await;
    assert_eq!(first, [format!("{ORDER}:3"), format!("{ORDER}:2")]);
    let (rest, end) = world.version_arns(2, &next_token).await;
    assert_eq!((rest, end.as_str()), (vec![format!("{ORDER}:1")], ""));

    for _ in 0..2 {
        world.delete_version("order:3").await;
    }
    assert_eq!(world.publish("order").await, format!("{ORDER}:4"));
    let (all, _) = world.version_arns(0, "").await;
    assert_eq!(all, [4, 2, 1].map(|number| format!("{ORDER}:{number}")));
}

/// `test_start_version_execution`, `test_describe_state_machine_for_execution_of_version`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_runs_on_the_version_that_it_was_started_on() {
    let mut world = World::new().await;
    world.create("order", PASS).await;
    world.publish("order").await;
    world.next_version(ONE_TASK).await;
    let plain = world.start("order", "{}").await;
    let first = world.start(&format!("{ORDER}:1"), "{}").await;
    let events = world.watch(&first).await;

    assert!(first.starts_with("arn:aws:states:us-east-1:000000000000:execution:order:"), "{first}");
    assert_eq!(events.last().unwrap().r#type, "ExecutionSucceeded", "version 1 passes");
    let Some(Details::ExecutionStarted(started)) = &events[0].details else { panic!("{events:?}") };
    assert_eq!(started.state_machine_version_arn, format!("{ORDER}:1"));
    assert_eq!(started.state_machine_alias_arn, "");
    let (plain, shown) = (world.describe(&plain).await, world.describe(&first).await);
    assert_eq!(plain.state_machine_version_arn, "");
    assert_eq!(shown.state_machine_arn, ORDER);
    assert_eq!(shown.state_machine_version_arn, format!("{ORDER}:1"));
    assert_eq!(shown.state_machine_alias_arn, "");

    let of_version = world.listed(&format!("{ORDER}:1")).await;
    assert_eq!(of_version.len(), 1);
    assert_eq!(of_version[0].execution_arn, first);
    assert_eq!(of_version[0].state_machine_version_arn, format!("{ORDER}:1"));
    assert_eq!(world.listed("order").await.len(), 2);
    let request = v1::DescribeStateMachineForExecutionRequest {
        execution: first,
        ..v1::DescribeStateMachineForExecutionRequest::default()
    };
    let machine = world.machines.describe_state_machine_for_execution(request).await.unwrap();
    let machine = machine.into_inner();
    assert_eq!((machine.state_machine_arn.as_str(), machine.definition.as_str()), (ORDER, PASS));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_version_starts_nothing_and_what_runs_on_it_goes_on() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    world.publish("order").await;
    let execution = world.start("order:1", "{}").await;
    world.delete_version("order:1").await;

    let refused = world.executions.start_execution(start("order:1", "{}")).await.unwrap_err();
    assert_eq!(reason(&refused), "StateMachineDoesNotExist");
    assert_eq!(refused.message(), format!("State Machine Does Not Exist: '{ORDER}:1'"));
    let task = world.poll("pay").await;
    world.report(crate::world::succeeded(&task.token, "1")).await;
    assert_eq!(world.watch(&execution).await.last().unwrap().r#type, "ExecutionSucceeded");
    assert_eq!(world.describe(&execution).await.state_machine_version_arn, format!("{ORDER}:1"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_starts_the_version_that_its_parameters_name() {
    let world = World::new().await;
    world.create("order", PASS).await;
    world.publish("order").await;
    world.next_version(ONE_TASK).await;
    let parent = format!(
        r#"{{"StartAt": "Call", "States": {{"Call": {{"Type": "Task", "End": true,
            "Resource": "arn:aws:states:::states:startExecution.sync:2",
            "Parameters": {{"StateMachineArn": "{ORDER}:1", "Input": {{}}}}}}}}}}"#
    );
    world.create("parent", &parent).await;
    let execution = world.start("parent", "{}").await;

    assert_eq!(world.watch(&execution).await.last().unwrap().r#type, "ExecutionSucceeded");
    assert_eq!(world.listed("order:1").await.len(), 1);
    assert_eq!(world.listed("order:2").await.len(), 0);
}
