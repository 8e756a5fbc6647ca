//! State machines: created, changed, shown, listed, deleted.

use everstep_proto::v1;
use everstep_proto::v1::history_event::Details;
use tonic::Code;

use crate::world::{ONE_TASK, PASS, World, create, reason, start};

fn describe(name: &str) -> v1::DescribeStateMachineRequest {
    let state_machine = name.to_owned();
    v1::DescribeStateMachineRequest { state_machine, ..v1::DescribeStateMachineRequest::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_created_is_shown_by_name_and_by_arn() {
    let mut world = World::new().await;
    let request = v1::CreateStateMachineRequest {
        configuration: Some(v1::StateMachineConfiguration {
            logging: r#"{"level": "OFF"}"#.to_owned(),
            ..v1::StateMachineConfiguration::default()
        }),
        ..create("order", ONE_TASK)
    };
    let created = world.machines.create_state_machine(request).await.unwrap().into_inner();

    assert_eq!(
        created.state_machine_arn,
        "arn:aws:states:us-east-1:000000000000:stateMachine:order"
    );
    for name in ["order", &created.state_machine_arn] {
        let shown = world.machines.describe_state_machine(describe(name)).await.unwrap();
        let shown = shown.into_inner();
        assert_eq!(shown.definition, ONE_TASK);
        assert_eq!(shown.role_arn, "arn:aws:iam::000000000000:role/order");
        assert_eq!(shown.r#type(), v1::StateMachineType::Standard);
        assert_eq!(shown.status(), v1::StateMachineStatus::Active);
        assert_eq!(shown.revision_id, "", "absent until the first update");
        assert_eq!(shown.configuration.unwrap().logging, r#"{"level": "OFF"}"#);
        assert_eq!(shown.created_at, created.created_at);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn creating_the_same_again_answers_with_the_one_that_exists() {
    let mut world = World::new().await;
    let first = world.machines.create_state_machine(create("order", PASS)).await.unwrap();
    let again = world.machines.create_state_machine(create("order", PASS)).await.unwrap();
    let other = world.machines.create_state_machine(create("order", ONE_TASK)).await.unwrap_err();

    assert_eq!(first.into_inner(), again.into_inner());
    assert_eq!(
        (other.code(), reason(&other).as_str()),
        (Code::AlreadyExists, "StateMachineAlreadyExists")
    );
    assert_eq!(
        other.message(),
        "State Machine Already Exists: 'arn:aws:states:us-east-1:000000000000:stateMachine:order'"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_counts_from_the_next_start_on() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let before = world.start("order", "{}").await;
    let request = v1::UpdateStateMachineRequest {
        state_machine: "order".to_owned(),
        definition: Some(PASS.to_owned()),
        ..v1::UpdateStateMachineRequest::default()
    };
    let updated = world.machines.update_state_machine(request).await.unwrap().into_inner();
    let after = world.start("order", "{}").await;

    let events = world.watch(&after).await;
    assert_eq!(events.last().unwrap().r#type, "ExecutionSucceeded");
    let (before, after) = (world.describe(&before).await, world.describe(&after).await);
    assert_eq!(before.status(), v1::ExecutionStatus::Running, "it keeps its revision");
    assert_eq!(before.revision_id, "");
    assert_eq!(after.revision_id, updated.revision_id);
    let shown = world.machines.describe_state_machine(describe("order")).await.unwrap();
    assert_eq!(shown.into_inner().revision_id, updated.revision_id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_come_in_pages_by_name() {
    let mut world = World::new().await;
    for name in ["c", "a", "e", "b", "d"] {
        world.create(name, PASS).await;
    }
    let mut names = Vec::new();
    let mut next_token = String::new();
    loop {
        let request = v1::ListStateMachinesRequest {
            max_results: 2,
            next_token: next_token.clone(),
            ..v1::ListStateMachinesRequest::default()
        };
        let page = world.machines.list_state_machines(request).await.unwrap().into_inner();
        assert!(page.state_machines.len() <= 2);
        names.extend(page.state_machines.into_iter().map(|machine| machine.name));
        next_token = page.next_token;
        if next_token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["a", "b", "c", "d", "e"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_machine_takes_no_new_executions_and_ends_those_that_run() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", "{}").await;
    let delete = v1::DeleteStateMachineRequest {
        state_machine: "order".to_owned(),
        ..v1::DeleteStateMachineRequest::default()
    };
    world.machines.delete_state_machine(delete.clone()).await.unwrap();

    let shown = world.machines.describe_state_machine(describe("order")).await.unwrap();
    assert_eq!(shown.into_inner().status(), v1::StateMachineStatus::Deleting);
    let refused = world.executions.start_execution(start("order", "{}")).await.unwrap_err();
    assert_eq!(reason(&refused), "StateMachineDeleting");
    assert_eq!(world.describe(&execution).await.status(), v1::ExecutionStatus::Running);

    // Deleting twice, or what never was, is no fault.
    world.machines.delete_state_machine(delete).await.unwrap();
    let unknown = v1::DeleteStateMachineRequest {
        state_machine: "nobody".to_owned(),
        ..v1::DeleteStateMachineRequest::default()
    };
    world.machines.delete_state_machine(unknown).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn executions_of_a_deleted_machine_are_found_by_their_names() {
    let mut world = World::new().await;
    let pass = r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}"#;
    for result in ["1", "2"] {
        // Given a machine that ran and was deleted, twice under the same name.
        world.create("order", pass).await;
        let named =
            v1::StartExecutionRequest { name: format!("run-{result}"), ..start("order", result) };
        let started = world.executions.start_execution(named).await.unwrap().into_inner();
        world.watch(&started.execution_arn).await;
        let delete = v1::DeleteStateMachineRequest {
            state_machine: "order".to_owned(),
            ..v1::DeleteStateMachineRequest::default()
        };
        world.machines.delete_state_machine(delete).await.unwrap();
    }
    for result in ["1", "2"] {
        let arn = format!("arn:aws:states:us-east-1:000000000000:execution:order:run-{result}");
        let found = world.describe(&arn).await;
        assert_eq!(found.output.as_deref(), Some(result), "{arn}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faulty_definition_is_an_answer_of_validate_and_a_refusal_of_create() {
    use tonic_types::StatusExt as _;
    let mut world = World::new().await;
    let definition = r#"{"StartAt": "Gone", "States": {"A": {"Type": "Pass", "Next": "B"}}}"#;
    let request = v1::ValidateStateMachineDefinitionRequest {
        definition: definition.to_owned(),
        ..v1::ValidateStateMachineDefinitionRequest::default()
    };
    let validated = world.machines.validate_state_machine_definition(request).await.unwrap();
    let validated = validated.into_inner();
    let refused = world.machines.create_state_machine(create("x", definition)).await.unwrap_err();

    assert!(!validated.valid);
    assert!(validated.diagnostics.len() >= 2, "all faults at once: {:?}", validated.diagnostics);
    for diagnostic in &validated.diagnostics {
        assert!(diagnostic.line > 0 && diagnostic.column > 0, "{diagnostic:?}");
        assert!(!diagnostic.advice.is_empty(), "{diagnostic:?}");
    }
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "InvalidDefinition")
    );
    assert!(refused.message().starts_with("Invalid State Machine Definition: '"), "{refused}");
    let details = refused.get_error_details();
    let violations = &details.bad_request().unwrap().field_violations;
    let fields: Vec<_> = violations.iter().map(|violation| violation.field.clone()).collect();
    let locations: Vec<_> =
        validated.diagnostics.iter().map(|diagnostic| diagnostic.location.clone()).collect();
    assert_eq!(fields, locations);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_definition_with_hundreds_of_faults_still_fits_a_status() {
    let mut world = World::new().await;
    let states: Vec<String> =
        (0..500).map(|state| format!(r#""S{state}": {{"Type": "Bogus", "Next": "Z"}}"#)).collect();
    let definition = format!(r#"{{"StartAt": "S0", "States": {{{}}}}}"#, states.join(", "));
    let refused = world.machines.create_state_machine(create("x", &definition)).await.unwrap_err();

    assert_eq!(reason(&refused), "InvalidDefinition");
    assert!(refused.message().contains("violations in all"), "{}", refused.message());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_variables_that_states_read_are_shown_by_state() {
    let mut world = World::new().await;
    let definition = r#"{"StartAt": "Set", "States": {
        "Set": {"Type": "Pass", "Assign": {"rate.$": "$.rate", "order.$": "$"}, "Next": "Both"},
        "Both": {"Type": "Parallel", "End": true, "Branches": [
            {"StartAt": "Read", "States": {"Read": {"Type": "Pass", "InputPath": "$order.lines",
                "Parameters": {"text.$": "States.Format('{} {}', $rate, $order.id)"}, "End": true}}}]}}}"#;
    world.create("order", definition).await;

    let shown = world.machines.describe_state_machine(describe("order")).await.unwrap();
    let references = shown.into_inner().variable_references;
    assert_eq!(references.len(), 1, "{references:?}");
    assert_eq!(references["Read"].names, ["order", "rate"]);

    world.create("plain", PASS).await;
    let shown = world.machines.describe_state_machine(describe("plain")).await.unwrap();
    assert!(shown.into_inner().variable_references.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_state_assigned_is_in_its_history() {
    let world = World::new().await;
    let definition = r#"{"StartAt": "Set", "States": {"Set": {
        "Type": "Pass", "Assign": {"rate": 1.10, "id.$": "$.id"}, "End": true}}}"#;
    world.create("order", definition).await;
    let execution = world.start("order", r#"{"id": "a"}"#).await;

    let events = world.watch(&execution).await;
    let assigned = events.iter().find_map(|event| match &event.details {
        Some(Details::StateExited(details)) => Some(&details.assigned_variables),
        _ => None,
    });
    let assigned = assigned.expect("the state exited");
    assert_eq!(assigned.len(), 2);
    assert_eq!((assigned["rate"].as_str(), assigned["id"].as_str()), ("1.10", r#""a""#));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_shows_the_definition_that_it_began_with() {
    let mut world = World::new().await;
    world.create("order", PASS).await;
    let first = world.start("order", "{}").await;
    let update = v1::UpdateStateMachineRequest {
        state_machine: "order".to_owned(),
        definition: Some(ONE_TASK.to_owned()),
        ..v1::UpdateStateMachineRequest::default()
    };
    let updated = world.machines.update_state_machine(update).await.unwrap().into_inner();
    let second = world.start("order", "{}").await;
    let request = |execution: &str| v1::DescribeStateMachineForExecutionRequest {
        execution: execution.to_owned(),
        ..v1::DescribeStateMachineForExecutionRequest::default()
    };

    let began = world.machines.describe_state_machine_for_execution(request(&first)).await;
    let began = began.unwrap().into_inner();
    let runs = world.machines.describe_state_machine_for_execution(request(&second)).await;
    let runs = runs.unwrap().into_inner();
    let unknown = request("arn:aws:states:us-east-1:000000000000:execution:order:nobody");
    let unknown = world.machines.describe_state_machine_for_execution(unknown).await.unwrap_err();

    assert_eq!((began.definition.as_str(), began.revision_id.as_str()), (PASS, ""));
    assert_eq!((runs.definition.as_str(), &runs.revision_id), (ONE_TASK, &updated.revision_id));
    assert_eq!(reason(&unknown), "ExecutionDoesNotExist");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_state_is_tested_alone_and_a_misplaced_mock_is_refused() {
    let mut world = World::new().await;
    let task = r#"{"Type": "Task", "Resource": "work", "ResultPath": "$.done", "Next": "After",
        "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 3}]}"#;
    let request = |result: Option<&str>, error: Option<&str>| v1::TestStateRequest {
        definition: task.to_owned(),
        input: r#"{"n": 1.10}"#.to_owned(),
        inspection_level: v1::InspectionLevel::Debug.into(),
        mock: Some(v1::TestMock {
            result: result.map(str::to_owned),
            error_output: error
                .map(|error| v1::TestErrorOutput { error: Some(error.to_owned()), cause: None }),
            ..v1::TestMock::default()
        }),
        ..v1::TestStateRequest::default()
    };
    let succeeded = world.machines.test_state(request(Some("[1]"), None)).await.unwrap();
    let succeeded = succeeded.into_inner();
    assert_eq!(succeeded.status(), v1::TestExecutionStatus::Succeeded);
    assert_eq!(succeeded.output.as_deref(), Some(r#"{"n":1.10,"done":[1]}"#));
    assert_eq!(succeeded.next_state.as_deref(), Some("After"));
    let inspected = succeeded.inspection_data.unwrap().documents;
    assert_eq!(inspected["afterInputPath"], r#"{"n": 1.10}"#);

    let retried = world.machines.test_state(request(None, Some("Busy"))).await.unwrap();
    let retried = retried.into_inner();
    assert_eq!(retried.status(), v1::TestExecutionStatus::Retriable);
    let details = retried.inspection_data.unwrap().error_details.unwrap();
    assert_eq!((details.retry_index, details.retry_backoff_interval_seconds), (Some(0), Some(3)));

    let refused = world.machines.test_state(request(Some("1"), Some("Busy"))).await.unwrap_err();
    assert_eq!(reason(&refused), "ValidationException");
    assert!(refused.message().contains("[result, errorOutput]"), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn warnings_are_shown_where_they_are_asked_for_and_no_more_than_were_asked_for() {
    let mut world = World::new().await;
    let definition = r#"{"StartAt": "A", "States": {
        "A": {"Type": "Pass", "Result": {"x.$": "$.x"}, "Next": "B"},
        "B": {"Type": "Pass", "Result": {"x.$": "$.x"}, "End": true}}}"#;
    let mut validate = async |severity: v1::DiagnosticSeverity, max_results| {
        let request = v1::ValidateStateMachineDefinitionRequest {
            definition: definition.to_owned(),
            severity: severity.into(),
            max_results,
            ..v1::ValidateStateMachineDefinitionRequest::default()
        };
        world.machines.validate_state_machine_definition(request).await
    };
    let errors = validate(v1::DiagnosticSeverity::Unspecified, 0).await.unwrap().into_inner();
    assert!(errors.valid && errors.diagnostics.is_empty());
    let all = validate(v1::DiagnosticSeverity::Warning, 0).await.unwrap().into_inner();
    assert!(all.valid && !all.truncated && all.diagnostics.len() >= 2, "{:?}", all.diagnostics);
    let one = validate(v1::DiagnosticSeverity::Warning, 1).await.unwrap().into_inner();
    assert!(one.truncated && one.diagnostics.len() == 1);
    let refused = validate(v1::DiagnosticSeverity::Warning, 101).await.unwrap_err();
    assert_eq!(reason(&refused), "ValidationException");
}
