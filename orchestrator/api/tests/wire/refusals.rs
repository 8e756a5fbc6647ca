//! Every refusal: the operation, what is wrong, and the code, reason and text that answer it.

use everstep_proto::v1;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use crate::world::{ONE_TASK, PASS, World, create, poll, reason, start};

const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:order";

struct Row {
    what: &'static str,
    refused: Status,
    code: Code,
    reason: &'static str,
    message: String,
    /// The field that is to blame; empty: none.
    field: &'static str,
}

fn row(
    what: &'static str,
    refused: Result<impl Sized, Status>,
    (code, reason, field): (Code, &'static str, &'static str),
    message: impl Into<String>,
) -> Row {
    let Err(refused) = refused else { panic!("{what}: was not refused") };
    Row { what, refused, code, reason, message: message.into(), field }
}

fn check(rows: Vec<Row>) {
    for Row { what, refused, code, reason: expected, message, field } in rows {
        assert_eq!(refused.code(), code, "{what}: {refused}");
        assert_eq!(reason(&refused), expected, "{what}");
        assert_eq!(refused.message(), message, "{what}");
        let details = refused.get_error_details();
        let violations = details.bad_request().map(|bad| bad.field_violations.as_slice());
        let found = violations.and_then(<[_]>::first).map_or("", |first| first.field.as_str());
        assert_eq!(found, field, "{what}");
    }
}

/// "1 validation error detected: …"
fn constraint(subject: &str, must: &str) -> String {
    format!(
        "1 validation error detected: {subject} failed to satisfy constraint: Member must {must}"
    )
}

const INVALID_NAME: (Code, &str, &str) = (Code::InvalidArgument, "InvalidName", "name");

fn invalid(field: &'static str) -> (Code, &'static str, &'static str) {
    (Code::InvalidArgument, "ValidationException", field)
}

fn missing(field: &'static str) -> (Code, &'static str, &'static str) {
    (Code::InvalidArgument, "MissingRequiredParameter", field)
}

fn arn(field: &'static str) -> (Code, &'static str, &'static str) {
    (Code::InvalidArgument, "InvalidArn", field)
}

fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_state_machines() {
    let mut world = World::new().await;
    let machines = &mut world.machines;
    let express = v1::CreateStateMachineRequest {
        r#type: v1::StateMachineType::Express.into(),
        ..create("x", PASS)
    };
    let elsewhere =
        v1::CreateStateMachineRequest { namespace: "nowhere".to_owned(), ..create("x", PASS) };
    let role = v1::CreateStateMachineRequest { role_arn: "r".repeat(257), ..create("x", PASS) };
    let logging = v1::CreateStateMachineRequest {
        configuration: Some(v1::StateMachineConfiguration {
            logging: "[]".to_owned(),
            ..v1::StateMachineConfiguration::default()
        }),
        ..create("x", PASS)
    };
    let describe = |name: &str| v1::DescribeStateMachineRequest {
        state_machine: name.to_owned(),
        ..v1::DescribeStateMachineRequest::default()
    };
    let nothing = v1::UpdateStateMachineRequest {
        state_machine: "order".to_owned(),
        ..v1::UpdateStateMachineRequest::default()
    };
    let unknown =
        v1::UpdateStateMachineRequest { role_arn: Some(String::new()), ..nothing.clone() };
    let list = |max_results, next_token: &str| v1::ListStateMachinesRequest {
        max_results,
        next_token: next_token.to_owned(),
        ..v1::ListStateMachinesRequest::default()
    };
    let large = " ".repeat(1_048_577);
    let foreign = "arn:aws:states:eu-west-1:000000000000:stateMachine:order";
    let not_found = (Code::NotFound, "StateMachineDoesNotExist", "");
    let rows = vec![
        row(
            "no name",
            machines.create_state_machine(create("", PASS)).await,
            INVALID_NAME,
            "Invalid Name: '': a name has at least one character",
        ),
        row(
            "a blank in a name",
            machines.create_state_machine(create("a b", PASS)).await,
            INVALID_NAME,
            "Invalid Name: 'a b': a queue name cannot contain ' '",
        ),
        row(
            "a long name",
            machines.create_state_machine(create(&"n".repeat(81), PASS)).await,
            INVALID_NAME,
            format!(
                "Invalid Name: '{}': a queue name has at most 80 characters, this one has 81",
                "n".repeat(81)
            ),
        ),
        row(
            "express",
            machines.create_state_machine(express).await,
            (Code::Unimplemented, "StateMachineTypeNotSupported", "type"),
            "state machines of type EXPRESS are not supported yet; use STANDARD",
        ),
        row(
            "no such namespace",
            machines.create_state_machine(elsewhere).await,
            (Code::NotFound, "NamespaceDoesNotExist", "namespace"),
            "Namespace Does Not Exist: 'nowhere'",
        ),
        row(
            "a long role",
            machines.create_state_machine(role).await,
            invalid("role_arn"),
            constraint("Value at 'roleArn'", "have length less than or equal to 256"),
        ),
        row(
            "a large definition",
            machines.create_state_machine(create("x", &large)).await,
            invalid("definition"),
            constraint(
                "Value at 'definition'",
                "have length less than or equal to 1048576 bytes, it has 1048577",
            ),
        ),
        row(
            "logging that is no object",
            machines.create_state_machine(logging).await,
            (Code::InvalidArgument, "InvalidLoggingConfiguration", "configuration.logging"),
            "configuration.logging: a JSON object is expected",
        ),
        row(
            "an unknown machine",
            machines.describe_state_machine(describe("order")).await,
            not_found,
            format!("State Machine Does Not Exist: '{MACHINE}'"),
        ),
        row(
            "no machine",
            machines.describe_state_machine(describe("")).await,
            missing("state_machine"),
            "Missing required parameter: 'stateMachine'",
        ),
        row(
            "an ARN of elsewhere",
            machines.describe_state_machine(describe(foreign)).await,
            arn("state_machine"),
            format!(
                "Invalid Arn: 'the region is 'eu-west-1', the namespace 'default' has 'us-east-1': {foreign}'"
            ),
        ),
        row(
            "an execution's ARN",
            machines
                .describe_state_machine(describe(
                    "arn:aws:states:us-east-1:000000000000:execution:m:e",
                ))
                .await,
            arn("state_machine"),
            "Invalid Arn: 'Resource type not valid in this context: execution'",
        ),
        row(
            "an update of nothing",
            machines.update_state_machine(nothing).await,
            missing(""),
            "Either the definition, the role ARN, or the configuration must be specified",
        ),
        row(
            "an update of none",
            machines.update_state_machine(unknown).await,
            not_found,
            format!("State Machine Does Not Exist: '{MACHINE}'"),
        ),
        row(
            "a large page",
            machines.list_state_machines(list(1_001, "")).await,
            invalid("max_results"),
            constraint("Value '1001' at 'maxResults'", "have value less than or equal to 1000"),
        ),
        row(
            "a made-up page token",
            machines.list_state_machines(list(1, "bm8")).await,
            (Code::InvalidArgument, "InvalidToken", "next_token"),
            "Invalid Token: 'Invalid token'",
        ),
        row(
            "a long page token",
            machines.list_state_machines(list(1, &"A".repeat(1_025))).await,
            invalid("next_token"),
            constraint("Value at 'nextToken'", "have length less than or equal to 1024"),
        ),
    ];
    check(rows);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_executions() {
    let mut world = World::new().await;
    world.create("order", PASS).await;
    let executions = &mut world.executions;
    let begin = |name: &str, input: &str| v1::StartExecutionRequest {
        name: name.to_owned(),
        ..start("order", input)
    };
    let unknown = "arn:aws:states:us-east-1:000000000000:execution:order:nobody";
    let unknown_id = "arn:aws:states:us-east-1:000000000000:execution:order:0193d5a8-0000-7000-8000-000000000000";
    let describe = |execution: &str| v1::DescribeExecutionRequest {
        execution: execution.to_owned(),
        ..v1::DescribeExecutionRequest::default()
    };
    let stop = |execution: &str, error: &str| v1::StopExecutionRequest {
        execution: execution.to_owned(),
        error: Some(error.to_owned()),
        ..v1::StopExecutionRequest::default()
    };
    let history = v1::GetExecutionHistoryRequest {
        execution: unknown.to_owned(),
        ..v1::GetExecutionHistoryRequest::default()
    };
    let watch = v1::WatchExecutionRequest {
        execution: unknown.to_owned(),
        ..v1::WatchExecutionRequest::default()
    };
    let status = v1::ListExecutionsRequest { status: 99, ..v1::ListExecutionsRequest::default() };
    let of_unknown = v1::ListExecutionsRequest {
        state_machine: "nobody".to_owned(),
        ..v1::ListExecutionsRequest::default()
    };
    let wait = v1::StartExecutionAndWaitRequest {
        start: Some(start("order", "{}")),
        wait: Some(prost_types::Duration { seconds: -1, nanos: 0 }),
    };
    let input = (Code::InvalidArgument, "InvalidExecutionInput", "input");
    let large = format!("\"{}\"", "x".repeat(262_143));
    let not_found = (Code::NotFound, "ExecutionDoesNotExist", "");
    let rows = vec![
        row(
            "an unknown machine",
            executions.start_execution(start("nobody", "")).await,
            (Code::NotFound, "StateMachineDoesNotExist", ""),
            "State Machine Does Not Exist: 'arn:aws:states:us-east-1:000000000000:stateMachine:nobody'",
        ),
        row(
            "no machine",
            executions.start_execution(start("", "")).await,
            missing("state_machine"),
            "Missing required parameter: 'stateMachine'",
        ),
        row(
            "a name outside the rules",
            executions.start_execution(begin("a/b", "")).await,
            INVALID_NAME,
            "Invalid Name: 'a/b': a queue name cannot contain '/'",
        ),
        row(
            "a large input",
            executions.start_execution(begin("", &large)).await,
            invalid("input"),
            constraint(
                "Value at 'input'",
                "have length less than or equal to 262144 bytes, it has 262145",
            ),
        ),
        row(
            "input nested 1,000 levels deep",
            executions.start_execution(begin("", &nested(1_000))).await,
            input,
            "Invalid State Machine Execution Input: 'nested deeper than 127 levels at line 1, column 128'",
        ),
        row(
            "no execution",
            executions.describe_execution(describe("")).await,
            missing("execution"),
            "Missing required parameter: 'execution'",
        ),
        row(
            "an unknown execution",
            executions.describe_execution(describe(unknown)).await,
            not_found,
            format!("Execution Does Not Exist: '{unknown}'"),
        ),
        row(
            "an unknown id",
            executions.describe_execution(describe(unknown_id)).await,
            not_found,
            format!("Execution Does Not Exist: '{unknown_id}'"),
        ),
        row(
            "no ARN",
            executions.describe_execution(describe("x")).await,
            arn("execution"),
            "Invalid Arn: 'Invalid ARN prefix: x'",
        ),
        row(
            "a stop of an unknown execution",
            executions.stop_execution(stop(unknown, "")).await,
            not_found,
            format!("Execution Does Not Exist: '{unknown}'"),
        ),
        row(
            "a stop with a long error",
            executions.stop_execution(stop(unknown, &"e".repeat(257))).await,
            invalid("error"),
            constraint("Value at 'error'", "have length less than or equal to 256"),
        ),
        row(
            "history of an unknown execution",
            executions.get_execution_history(history).await,
            not_found,
            format!("Execution Does Not Exist: '{unknown}'"),
        ),
        row(
            "a watch of an unknown execution",
            executions.watch_execution(watch).await,
            not_found,
            format!("Execution Does Not Exist: '{unknown}'"),
        ),
        row(
            "a list by an unknown status",
            executions.list_executions(status).await,
            invalid("status"),
            constraint(
                "Value '99' at 'status'",
                "be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED",
            ),
        ),
        row(
            "a list of an unknown machine",
            executions.list_executions(of_unknown).await,
            (Code::NotFound, "StateMachineDoesNotExist", ""),
            "State Machine Does Not Exist: 'arn:aws:states:us-east-1:000000000000:stateMachine:nobody'",
        ),
        row(
            "a negative wait",
            executions.start_execution_and_wait(wait).await,
            invalid("wait"),
            constraint("Value at 'wait'", "be a duration that is not negative"),
        ),
    ];
    check(rows);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_inputs_that_are_not_json() {
    let mut world = World::new().await;
    world.create("order", PASS).await;
    for input in
        ["not json", "{", "{\"a\": }", "[1, 2", "'a'", "{} {}", "01", "\"\u{1}\"", "NaN", " "]
    {
        let refused = world.executions.start_execution(start("order", input)).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument, "{input}");
        assert_eq!(reason(&refused), "InvalidExecutionInput", "{input}");
        let message = refused.message();
        assert!(
            message.starts_with(
                "Invalid State Machine Execution Input: 'not valid JSON at line 1, column "
            ),
            "{input}: {message}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_tasks() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let tasks = &mut world.tasks;
    let none = v1::PollTasksRequest { queues: Vec::new(), ..poll("pay") };
    let many = v1::PollTasksRequest { queues: vec!["pay".to_owned(); 101], ..poll("pay") };
    let max_tasks = v1::PollTasksRequest { max_tasks: 1_001, ..poll("pay") };
    let worker = v1::PollTasksRequest { worker: "w".repeat(81), ..poll("pay") };
    let wait = v1::PollTasksRequest {
        wait: Some(prost_types::Duration { seconds: 61, nanos: 0 }),
        ..poll("pay")
    };
    let namespace = v1::PollTasksRequest { namespace: "nowhere".to_owned(), ..poll("pay") };
    let outcomes = vec![v1::TaskOutcome::default(); 1_001];
    let tokens = vec!["forged".to_owned()];
    let token = (Code::InvalidArgument, "InvalidToken", "tokens[0]");
    let forged = "Invalid Token: 'Invalid token'";
    let rows = vec![
        row(
            "no queue",
            tasks.poll_tasks(none).await,
            missing("queues"),
            "Missing required parameter: 'queues'",
        ),
        row(
            "many queues",
            tasks.poll_tasks(many).await,
            invalid("queues"),
            constraint("Value at 'queues'", "have length less than or equal to 100, it has 101"),
        ),
        row(
            "a queue's name",
            tasks.poll_tasks(poll("a b")).await,
            (Code::InvalidArgument, "InvalidName", "queues"),
            "Invalid Name: 'a b': a queue name cannot contain ' '",
        ),
        row(
            "a queue of elsewhere",
            tasks.poll_tasks(poll("arn:aws:states:us-east-1:111122223333:activity:pay")).await,
            arn("queues"),
            "Invalid Arn: 'the account is '111122223333', the namespace 'default' has '000000000000': arn:aws:states:us-east-1:111122223333:activity:pay'",
        ),
        row(
            "many tasks",
            tasks.poll_tasks(max_tasks).await,
            invalid("max_tasks"),
            constraint("Value '1001' at 'maxTasks'", "have value less than or equal to 1000"),
        ),
        row(
            "a long worker's name",
            tasks.poll_tasks(worker).await,
            invalid("worker"),
            constraint("Value at 'worker'", "have length less than or equal to 80"),
        ),
        row(
            "a long wait",
            tasks.poll_tasks(wait).await,
            invalid("wait"),
            constraint("Value '61s' at 'wait'", "be a duration of at most 60 s"),
        ),
        row(
            "no such namespace",
            tasks.poll_tasks(namespace).await,
            (Code::NotFound, "NamespaceDoesNotExist", "namespace"),
            "Namespace Does Not Exist: 'nowhere'",
        ),
        row(
            "many outcomes",
            tasks.report_tasks(v1::ReportTasksRequest { outcomes }).await,
            invalid("outcomes"),
            constraint(
                "Value at 'outcomes'",
                "have length less than or equal to 1000, it has 1001",
            ),
        ),
        row(
            "a forged heartbeat",
            tasks.heartbeat_tasks(v1::HeartbeatTasksRequest { tokens: tokens.clone() }).await,
            token,
            forged,
        ),
        row(
            "a forged acknowledgement",
            tasks.acknowledge_tasks(v1::AcknowledgeTasksRequest { tokens: tokens.clone() }).await,
            token,
            forged,
        ),
        row(
            "a forged return",
            tasks.return_tasks(v1::ReturnTasksRequest { tokens }).await,
            token,
            forged,
        ),
    ];
    check(rows);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_outcomes() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    world.start("order", "{}").await;
    let token = world.poll("pay").await.token;
    let mut altered = token.clone();
    altered.replace_range(30..31, if &token[30..31] == "A" { "B" } else { "A" });
    let outcome = |token: &str, output: &str| crate::world::succeeded(token, output);
    let failure = crate::world::failed;
    let empty = v1::TaskOutcome { token: token.clone(), outcome: None };
    let cases = [
        ("no token", outcome("", "1"), "InvalidToken"),
        ("a forged token", outcome("forged", "1"), "InvalidToken"),
        ("a truncated token", outcome(&token[..59], "1"), "InvalidToken"),
        ("an altered token", outcome(&altered, "1"), "InvalidToken"),
        ("no outcome", empty, "MissingRequiredParameter"),
        ("no JSON", outcome(&token, "yes"), "InvalidOutput"),
        ("nothing", outcome(&token, ""), "InvalidOutput"),
        ("1,000 levels", outcome(&token, &nested(1_000)), "InvalidOutput"),
        ("a long error", failure(&token, &"e".repeat(257), ""), "ValidationException"),
        ("a long cause", failure(&token, "E", &"c".repeat(32_769)), "ValidationException"),
    ];
    for (what, outcome, expected) in cases {
        assert_eq!(
            world.report(outcome).await,
            (Code::InvalidArgument, expected.to_owned()),
            "{what}"
        );
    }
    // None of it has touched the task.
    assert_eq!(world.report(outcome(&token, "1")).await.0, Code::Ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_namespaces() {
    let mut world = World::new().await;
    let namespaces = &mut world.namespaces;
    let create = |name: &str, settings| v1::CreateNamespaceRequest {
        name: name.to_owned(),
        settings: Some(settings),
    };
    let base = v1::NamespaceSettings::default();
    let account = v1::NamespaceSettings { account: Some("12".to_owned()), ..base.clone() };
    let region = v1::NamespaceSettings { region: Some("eu:west".to_owned()), ..base.clone() };
    let never = v1::NamespaceSettings { task_timeout_seconds: Some(0), ..base.clone() };
    let large = v1::NamespaceSettings { payload_bytes_max: Some(1_048_577), ..base.clone() };
    let describe = v1::DescribeNamespaceRequest { name: "nowhere".to_owned() };
    let update = v1::UpdateNamespaceRequest { name: "nowhere".to_owned(), settings: None };
    let not_found = (Code::NotFound, "NamespaceDoesNotExist", "namespace");
    let rows = vec![
        row(
            "a name",
            namespaces.create_namespace(create("a.b", base)).await,
            INVALID_NAME,
            "Invalid Name: 'a.b': 1 to 80 of a-z, A-Z, 0-9, - and _",
        ),
        row(
            "an account",
            namespaces.create_namespace(create("x", account)).await,
            invalid("settings.account"),
            constraint("Value '12' at 'settings.account'", "be 12 digits"),
        ),
        row(
            "a region",
            namespaces.create_namespace(create("x", region)).await,
            invalid("settings.region"),
            constraint("Value 'eu:west' at 'settings.region'", "be 1 to 32 of a-z, 0-9 and -"),
        ),
        row(
            "no time",
            namespaces.create_namespace(create("x", never)).await,
            invalid("settings.task_timeout_seconds"),
            constraint(
                "Value '0' at 'settings.taskTimeoutSeconds'",
                "have value greater than or equal to 1",
            ),
        ),
        row(
            "large payloads",
            namespaces.create_namespace(create("x", large)).await,
            invalid("settings.payload_bytes_max"),
            constraint(
                "Value '1048577' at 'settings.payloadBytesMax'",
                "have value less than or equal to 1048576",
            ),
        ),
        row(
            "described",
            namespaces.describe_namespace(describe).await,
            not_found,
            "Namespace Does Not Exist: 'nowhere'",
        ),
        row(
            "updated",
            namespaces.update_namespace(update).await,
            not_found,
            "Namespace Does Not Exist: 'nowhere'",
        ),
    ];
    check(rows);
}
