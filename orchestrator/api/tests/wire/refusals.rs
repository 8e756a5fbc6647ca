//! Every refusal of every operation, as a transcript: what is wrong, and the code, reason, field and text that answer it.
//! The transcripts stand in `snapshots/`; texts in AWS's words are from its recorded answers, the others are our choice.

use everstep_proto::v1;
use tonic::{Code, Response, Status};
use tonic_types::{FieldViolation, StatusExt as _};

use crate::versions::publish;
use crate::world::{ONE_TASK, PASS, World, create, poll, reason, start};

const ARN: &str = "arn:aws:states:us-east-1:000000000000";

/// One line of a transcript.
fn refused<T>(what: &str, answer: Result<Response<T>, Status>) -> String {
    let Some(refused) = answer.err() else { panic!("{what}: was not refused") };
    let details = refused.get_error_details();
    let violations = details.bad_request().map(|bad| bad.field_violations.as_slice());
    let blamed = violations.and_then(<[_]>::first).map_or("-".to_owned(), |first| {
        let FieldViolation { field, description, .. } = first;
        if description == refused.message() {
            field.clone()
        } else {
            format!("{field}: {description}")
        }
    });
    let (code, reason) = (refused.code(), reason(&refused));
    assert!(!reason.is_empty(), "{what}: {refused}");
    format!("{what}\n    {code:?} {reason} {blamed}\n    {}", refused.message())
}

fn transcript(lines: &[String]) -> String {
    lines.join("\n")
}

fn nested(levels: usize) -> String {
    format!("{}{}", "[".repeat(levels), "]".repeat(levels))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_creating_a_state_machine() {
    let world = World::new().await;
    let mut machines = world.machines.clone();
    let mut elsewhere = create("x", PASS);
    elsewhere.namespace = "nowhere".to_owned();
    let mut role = create("x", PASS);
    role.role_arn = "r".repeat(257);
    let mut logging = create("x", PASS);
    logging.configuration =
        Some(v1::StateMachineConfiguration { logging: "[]".to_owned(), ..Default::default() });
    let large = " ".repeat(1_048_577);
    let fault = r#"{"StartAt": "A", "States": {}}"#;

    insta::assert_snapshot!(transcript(&[
        refused("no name", machines.create_state_machine(create("", PASS)).await),
        refused("a blank in a name", machines.create_state_machine(create("a b", PASS)).await),
        refused("a long name", machines.create_state_machine(create(&"n".repeat(81), PASS)).await),
        refused("no such namespace", machines.create_state_machine(elsewhere).await),
        refused("a long role", machines.create_state_machine(role).await),
        refused("logging that is no object", machines.create_state_machine(logging).await),
        refused("a large definition", machines.create_state_machine(create("x", &large)).await),
        refused("no definition", machines.create_state_machine(create("x", "")).await),
        refused("a fault", machines.create_state_machine(create("x", fault)).await),
        refused("1,000 levels", machines.create_state_machine(create("x", &nested(1_000))).await),
    ]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_finding_a_state_machine() {
    let world = World::new().await;
    let mut machines = world.machines.clone();
    let describe = |name: &str| v1::DescribeStateMachineRequest {
        state_machine: name.to_owned(),
        ..Default::default()
    };
    let named =
        v1::UpdateStateMachineRequest { state_machine: "order".to_owned(), ..Default::default() };
    let unknown = v1::UpdateStateMachineRequest { role_arn: Some(String::new()), ..named.clone() };
    let list = |max_results, next_token: String| v1::ListStateMachinesRequest {
        max_results,
        next_token,
        ..Default::default()
    };
    let foreign = "arn:aws:states:eu-west-1:000000000000:stateMachine:order";
    let execution = format!("{ARN}:execution:m:e");
    let version = format!("{ARN}:stateMachine:order:1");
    let (made_up, long) = ("bm8".to_owned(), "A".repeat(1_025));

    insta::assert_snapshot!(transcript(&[
        refused("unknown", machines.describe_state_machine(describe("order")).await),
        refused("no machine", machines.describe_state_machine(describe("")).await),
        refused("a name", machines.describe_state_machine(describe("a b")).await),
        refused("an ARN of elsewhere", machines.describe_state_machine(describe(foreign)).await),
        refused("an execution's", machines.describe_state_machine(describe(&execution)).await),
        refused("a version's ARN", machines.describe_state_machine(describe(&version)).await),
        refused("an update of nothing", machines.update_state_machine(named).await),
        refused("an update of none", machines.update_state_machine(unknown).await),
        refused("a large page", machines.list_state_machines(list(1_001, String::new())).await),
        refused("a made-up page token", machines.list_state_machines(list(1, made_up)).await),
        refused("a long page token", machines.list_state_machines(list(1, long)).await),
    ]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_starting_an_execution() {
    let world = World::new().await;
    world.create("order", PASS).await;
    let mut executions = world.executions.clone();
    let begin = |name: &str, input: &str| v1::StartExecutionRequest {
        name: name.to_owned(),
        ..start("order", input)
    };
    let wait = v1::StartExecutionAndWaitRequest {
        start: Some(start("order", "{}")),
        wait: Some(prost_types::Duration { seconds: -1, nanos: 0 }),
    };
    let nothing = v1::StartExecutionAndWaitRequest::default();
    let large = format!("\"{}\"", "x".repeat(262_143));
    let large = begin("", &large);

    insta::assert_snapshot!(transcript(&[
        refused("an unknown machine", executions.start_execution(start("nobody", "")).await),
        refused("no machine", executions.start_execution(start("", "")).await),
        refused("a name outside the rules", executions.start_execution(begin("a/b", "")).await),
        refused("a long name", executions.start_execution(begin(&"n".repeat(81), "")).await),
        refused("a large input", executions.start_execution(large).await),
        refused("1,000 levels", executions.start_execution(begin("", &nested(1_000))).await),
        refused("half an object", executions.start_execution(begin("", "{\"a\": 1,")).await),
        refused("a negative wait", executions.start_execution_and_wait(wait).await),
        refused("a wait for nothing", executions.start_execution_and_wait(nothing).await),
    ]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_finding_an_execution() {
    let world = World::new().await;
    world.create("order", PASS).await;
    let mut executions = world.executions.clone();
    let unknown = format!("{ARN}:execution:order:nobody");
    let unknown_id = format!("{ARN}:execution:order:0193d5a8-0000-7000-8000-000000000000");
    let describe = |execution: &str| v1::DescribeExecutionRequest {
        execution: execution.to_owned(),
        ..Default::default()
    };
    let stop = |error: &str| v1::StopExecutionRequest {
        execution: unknown.clone(),
        error: Some(error.to_owned()),
        ..Default::default()
    };
    let history =
        v1::GetExecutionHistoryRequest { execution: unknown.clone(), ..Default::default() };
    let watch = v1::WatchExecutionRequest { execution: unknown.clone(), ..Default::default() };
    let redrive = |token: Option<&str>| v1::RedriveExecutionRequest {
        execution: unknown.clone(),
        client_token: token.map(str::to_owned),
        ..Default::default()
    };
    let long = "t".repeat(65);
    let status = v1::ListExecutionsRequest { status: 99, ..Default::default() };
    let of_unknown =
        v1::ListExecutionsRequest { state_machine: "nobody".to_owned(), ..Default::default() };
    let never = Some(prost_types::Timestamp { seconds: i64::MAX, nanos: 0 });
    let never = v1::ListExecutionsRequest { started_from: never, ..Default::default() };

    insta::assert_snapshot!(transcript(&[
        refused("no execution", executions.describe_execution(describe("")).await),
        refused("no ARN", executions.describe_execution(describe("x")).await),
        refused("an unknown name", executions.describe_execution(describe(&unknown)).await),
        refused("an unknown id", executions.describe_execution(describe(&unknown_id)).await),
        refused("a stop of none", executions.stop_execution(stop("")).await),
        refused("a long error", executions.stop_execution(stop(&"e".repeat(257))).await),
        refused("a redrive of none", executions.redrive_execution(redrive(None)).await),
        refused("a long token", executions.redrive_execution(redrive(Some(&long))).await),
        refused("an empty token", executions.redrive_execution(redrive(Some(""))).await),
        refused("a blank in a token", executions.redrive_execution(redrive(Some("a b"))).await),
        refused("the history of none", executions.get_execution_history(history).await),
        refused("a watch of none", executions.watch_execution(watch).await),
        refused("an unknown status", executions.list_executions(status).await),
        refused("a list of no machine", executions.list_executions(of_unknown).await),
        refused("a time out of time", executions.list_executions(never).await),
    ]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_polls() {
    let world = World::new().await;
    let mut tasks = world.tasks.clone();
    let none = v1::PollTasksRequest { queues: Vec::new(), ..poll("pay") };
    let many = v1::PollTasksRequest { queues: vec!["pay".to_owned(); 101], ..poll("pay") };
    let max_tasks = v1::PollTasksRequest { max_tasks: 1_001, ..poll("pay") };
    let worker = v1::PollTasksRequest { worker: "w".repeat(81), ..poll("pay") };
    let wait = Some(prost_types::Duration { seconds: 61, nanos: 0 });
    let wait = v1::PollTasksRequest { wait, ..poll("pay") };
    let namespace = v1::PollTasksRequest { namespace: "nowhere".to_owned(), ..poll("pay") };
    let foreign = poll("arn:aws:states:us-east-1:111122223333:activity:pay");

    insta::assert_snapshot!(transcript(&[
        refused("no queue", tasks.poll_tasks(none).await),
        refused("many queues", tasks.poll_tasks(many).await),
        refused("a queue's name", tasks.poll_tasks(poll("a b")).await),
        refused("half a queue's name", tasks.poll_tasks(poll("sqs:")).await),
        refused("a queue of elsewhere", tasks.poll_tasks(foreign).await),
        refused("many tasks", tasks.poll_tasks(max_tasks).await),
        refused("a worker's long name", tasks.poll_tasks(worker).await),
        refused("a long wait", tasks.poll_tasks(wait).await),
        refused("no such namespace", tasks.poll_tasks(namespace).await),
    ]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_batches_of_tokens() {
    let world = World::new().await;
    let mut tasks = world.tasks.clone();
    let outcomes = vec![v1::TaskOutcome::default(); 1_001];
    let many = vec![String::new(); 1_001];
    let many = v1::HeartbeatTasksRequest { tokens: many };
    let tokens = vec!["forged".to_owned()];
    let heartbeat = v1::HeartbeatTasksRequest { tokens: tokens.clone() };
    let acknowledge = v1::AcknowledgeTasksRequest { tokens: tokens.clone() };
    let give_back = v1::ReturnTasksRequest { tokens };

    insta::assert_snapshot!(transcript(&[
        refused("many outcomes", tasks.report_tasks(v1::ReportTasksRequest { outcomes }).await),
        refused("many heartbeats", tasks.heartbeat_tasks(many).await),
        refused("a forged heartbeat", tasks.heartbeat_tasks(heartbeat).await),
        refused("a forged acknowledgement", tasks.acknowledge_tasks(acknowledge).await),
        refused("a forged return", tasks.return_tasks(give_back).await),
    ]));
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
        let expected = (Code::InvalidArgument, expected.to_owned());
        assert_eq!(world.report(outcome).await, expected, "{what}");
    }
    // None of it has touched the task.
    assert_eq!(world.report(outcome(&token, "1")).await.0, Code::Ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_namespaces() {
    let world = World::new().await;
    let mut namespaces = world.namespaces.clone();
    let create = |name: &str, settings| v1::CreateNamespaceRequest {
        name: name.to_owned(),
        settings: Some(settings),
    };
    let base = v1::NamespaceSettings::default();
    let account = v1::NamespaceSettings { account: Some("12".to_owned()), ..base.clone() };
    let region = v1::NamespaceSettings { region: Some("eu:west".to_owned()), ..base.clone() };
    let never = v1::NamespaceSettings { task_timeout_seconds: Some(0), ..base.clone() };
    let large = v1::NamespaceSettings { payload_bytes_max: Some(1_048_577), ..base.clone() };
    let short = v1::NamespaceSettings { history_events_max: Some(9), ..base.clone() };
    let fast = v1::NamespaceSettings { requests_per_second_max: Some(1_000_001), ..base.clone() };
    let describe = v1::DescribeNamespaceRequest { name: "nowhere".to_owned() };
    let update = v1::UpdateNamespaceRequest { name: "nowhere".to_owned(), settings: None };

    insta::assert_snapshot!(transcript(&[
        refused("a name", namespaces.create_namespace(create("a.b", base)).await),
        refused("an account", namespaces.create_namespace(create("x", account)).await),
        refused("a region", namespaces.create_namespace(create("x", region)).await),
        refused("no time", namespaces.create_namespace(create("x", never)).await),
        refused("large payloads", namespaces.create_namespace(create("x", large)).await),
        refused("short histories", namespaces.create_namespace(create("x", short)).await),
        refused("a high rate", namespaces.create_namespace(create("x", fast)).await),
        refused("described", namespaces.describe_namespace(describe).await),
        refused("updated", namespaces.update_namespace(update).await),
    ]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_map_runs() {
    let world = World::new().await;
    let mut runs = world.map_runs.clone();
    let describe = |map_run: &str| v1::DescribeMapRunRequest {
        map_run: map_run.to_owned(),
        ..Default::default()
    };
    let list = |execution: &str| v1::ListMapRunsRequest {
        execution: execution.to_owned(),
        ..Default::default()
    };
    let many = v1::ListMapRunsRequest { max_results: 1_001, ..list("x") };
    let nowhere = format!("{ARN}:mapRun:order/Each:0198c0de-0000-7000-8000-000000000000");
    let update = |map_run: &str| v1::UpdateMapRunRequest {
        map_run: map_run.to_owned(),
        ..Default::default()
    };
    let share = |share| v1::UpdateMapRunRequest {
        tolerated_failure_percentage: Some(share),
        ..update(&nowhere)
    };
    let mut executions = world.executions.clone();
    let children = |map_run: &str| v1::ListExecutionsRequest {
        map_run: map_run.to_owned(),
        ..Default::default()
    };
    let both =
        v1::ListExecutionsRequest { state_machine: "order".to_owned(), ..children(&nowhere) };

    insta::assert_snapshot!(transcript(&[
        refused("no ARN", runs.describe_map_run(describe("")).await),
        refused("a name", runs.describe_map_run(describe("order/Each")).await),
        refused(
            "an execution",
            runs.describe_map_run(describe(&format!("{ARN}:execution:order:1"))).await
        ),
        refused(
            "no label",
            runs.describe_map_run(describe(&format!("{ARN}:mapRun:order:1"))).await
        ),
        refused(
            "no id",
            runs.describe_map_run(describe(&format!("{ARN}:mapRun:order/Each:x"))).await
        ),
        refused("no such run", runs.describe_map_run(describe(&nowhere)).await),
        refused("no execution", runs.list_map_runs(list("")).await),
        refused(
            "no such execution",
            runs.list_map_runs(list(&format!("{ARN}:execution:order:1"))).await
        ),
        refused("too many at once", runs.list_map_runs(many).await),
        refused("an update of no run", runs.update_map_run(update(&nowhere)).await),
        refused("more than all", runs.update_map_run(share(100.5)).await),
        refused("less than none", runs.update_map_run(share(-1.0)).await),
        refused("no number", runs.update_map_run(share(f64::NAN)).await),
        refused("children of no run", executions.list_executions(children(&nowhere)).await),
        refused("children and a machine", executions.list_executions(both).await),
    ]));
}

/// Texts of versions as recorded by `LocalStack`'s tests (`test_sfn_api_versioning`).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_versions() {
    let world = World::new().await;
    let (mut machines, mut versions) = (world.machines.clone(), world.versions.clone());
    world.create("order", PASS).await;
    let undescribed = v1::CreateStateMachineRequest {
        version_description: "HelloWorld!".to_owned(),
        ..create("x", PASS)
    };
    let of_version = v1::UpdateStateMachineRequest {
        state_machine: format!("{ARN}:stateMachine:order:2"),
        role_arn: Some(String::new()),
        ..Default::default()
    };
    let (of_nobody, of_no_arn) = (publish("nobody"), publish("arn:invalid_arn"));
    let revision = v1::PublishStateMachineVersionRequest {
        revision_id: "made-up".to_owned(),
        ..publish("order")
    };
    let long =
        v1::PublishStateMachineVersionRequest { description: "d".repeat(257), ..publish("order") };
    let version = |text: &str| v1::DeleteStateMachineVersionRequest {
        state_machine_version: text.to_owned(),
        ..Default::default()
    };
    let qualified =
        v1::DeleteStateMachineRequest { state_machine: "order:1".to_owned(), ..Default::default() };

    insta::assert_snapshot!(transcript(&[
        refused("a description of no version", machines.create_state_machine(undescribed).await),
        refused("an update of a version", machines.update_state_machine(of_version).await),
        refused("a version deleted as a machine", machines.delete_state_machine(qualified).await),
        refused("published: no machine", versions.publish_state_machine_version(of_nobody).await),
        refused("published: no ARN", versions.publish_state_machine_version(of_no_arn).await),
        refused("published: no revision", versions.publish_state_machine_version(revision).await),
        refused("published: a long text", versions.publish_state_machine_version(long).await),
        refused("no version", versions.delete_state_machine_version(version("order")).await),
        refused("nothing", versions.delete_state_machine_version(version("")).await),
        refused("four parts", versions.delete_state_machine_version(version("order:1:2")).await),
    ]));
}

/// Texts of aliases as recorded by `LocalStack`'s tests (`test_sfn_api_aliasing`).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_creating_an_alias() {
    let world = World::new().await;
    for name in ["order", "other"] {
        world.create(name, PASS).await;
        world.publish(name).await;
    }
    world.next_version(ONE_TASK).await;
    let create = async |what: &str, name: &str, to: &[(&str, u32)]| {
        let request = crate::aliases::create(name, to);
        refused(what, world.versions.clone().create_state_machine_alias(request).await)
    };
    let order = format!("{ARN}:stateMachine:order");
    let (one, two) = (format!("{order}:1"), format!("{order}:2"));
    let (one, two) = (one.as_str(), two.as_str());

    insta::assert_snapshot!(transcript(&[
        create("no name", "", &[(one, 100)]).await,
        create("a number", "123", &[(one, 100)]).await,
        create("a blank", "INVALID ALIAS", &[(one, 100)]).await,
        create("a long name", &"A".repeat(81), &[(one, 100)]).await,
        create("no route", "a", &[]).await,
        create("three routes", "a", &[(one, 50), (two, 30), ("order:3", 20)]).await,
        create("one version twice", "a", &[(one, 50), (one, 50)]).await,
        create("no version", "a", &[(&order, 70), (two, 30)]).await,
        create("two machines", "a", &[(one, 70), ("other:1", 30)]).await,
        create("a large weight", "a", &[(one, 101)]).await,
        create("less than 100", "a", &[(one, 70), (two, 29)]).await,
        create("more than 100", "a", &[(one, 70), (two, 31)]).await,
        create("a version that is not there", "a", &[("order:7", 100)]).await,
        create("a machine that is not there", "a", &[("nobody:1", 100)]).await,
    ]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_aliases() {
    let world = World::new().await;
    let mut versions = world.versions.clone();
    for name in ["order", "other"] {
        world.create(name, PASS).await;
        world.publish(name).await;
    }
    let alias = |text: &str| v1::DescribeStateMachineAliasRequest {
        state_machine_alias: text.to_owned(),
        ..Default::default()
    };
    let list = |text: &str| v1::ListStateMachineAliasesRequest {
        state_machine: text.to_owned(),
        ..Default::default()
    };
    let live = crate::aliases::create("live", &[("order:1", 100)]);
    versions.create_state_machine_alias(live).await.unwrap();
    let update = async |what: &str, alias: &str, to: &[(&str, u32)]| {
        let request = crate::aliases::update(alias, to);
        refused(what, world.versions.clone().update_state_machine_alias(request).await)
    };

    insta::assert_snapshot!(transcript(&[
        update("updated: nothing", "order:live", &[]).await,
        update("updated: not there", "order:a", &[("order:1", 100)]).await,
        update("updated: another machine's", "order:live", &[("other:1", 100)]).await,
        update("updated: a version that is not there", "order:live", &[("order:2", 100)]).await,
        refused("not there", versions.describe_state_machine_alias(alias("order:a")).await),
        refused("a version", versions.describe_state_machine_alias(alias("order:1")).await),
        refused("listed: no machine", versions.list_state_machine_aliases(list("nobody")).await),
        refused("listed: of an alias", versions.list_state_machine_aliases(list("order:a")).await),
    ]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_tags_and_activities() {
    use crate::activities::{create as activity, describe};
    use crate::tags::tag;
    let world = World::new().await;
    let (mut tags, mut activities) = (world.tags.clone(), world.activities.clone());
    let order = world.create("order", PASS).await;
    world.publish("order").await;
    let (version, pay) = (format!("{order}:1"), format!("{ARN}:activity:pay"));
    let execution = format!("{ARN}:execution:order:e");
    let (long_key, long_value) = ("k".repeat(129), "v".repeat(257));
    let untag = v1::UntagResourceRequest {
        resource: order.clone(),
        tag_keys: vec![String::new()],
        ..Default::default()
    };
    let list = v1::ListTagsForResourceRequest { resource: pay.clone(), ..Default::default() };
    let encryption = v1::CreateActivityRequest { encryption: "[]".to_owned(), ..activity("pay") };

    insta::assert_snapshot!(transcript(&[
        refused("no resource", tags.tag_resource(tag("", &[])).await),
        refused("no ARN", tags.tag_resource(tag("order", &[])).await),
        refused("an execution", tags.tag_resource(tag(&execution, &[])).await),
        refused("a version", tags.tag_resource(tag(&version, &[("k", "v")])).await),
        refused("no key", tags.tag_resource(tag(&order, &[("k", "v"), ("", "v")])).await),
        refused("a long key", tags.tag_resource(tag(&order, &[(&long_key, "")])).await),
        refused("a long value", tags.tag_resource(tag(&order, &[("k", &long_value)])).await),
        refused("a sign", tags.tag_resource(tag(&order, &[("k!", "")])).await),
        refused("untagged: no key", tags.untag_resource(untag).await),
        refused("listed: no activity", tags.list_tags_for_resource(list).await),
        refused("a name", activities.create_activity(activity("TestActivity InvalidName$")).await),
        refused("an encryption that is no object", activities.create_activity(encryption).await),
        refused(
            "described: no ARN",
            activities.describe_activity(describe("arn:no_activity")).await
        ),
        refused("described: a machine", activities.describe_activity(describe(&order)).await),
        refused("described: not there", activities.describe_activity(describe(&pay)).await),
        refused("described: nothing", activities.describe_activity(describe("")).await),
    ]));
}
