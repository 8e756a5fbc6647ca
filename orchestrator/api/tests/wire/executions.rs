//! Executions: started, awaited, shown, listed, stopped, read and watched.

use everstep_proto::v1;
use everstep_proto::v1::open_branch::WaitsFor;
use tonic::Code;

use crate::world::{ONE_TASK, PASS, WAIT, World, failed, poll, reason, soon, start, succeeded};

fn history(execution: &str) -> v1::GetExecutionHistoryRequest {
    v1::GetExecutionHistoryRequest {
        execution: execution.to_owned(),
        ..v1::GetExecutionHistoryRequest::default()
    }
}

/// All pages together.
async fn paged(
    world: &World,
    mut request: v1::GetExecutionHistoryRequest,
) -> Vec<v1::HistoryEvent> {
    let mut read = Vec::new();
    loop {
        let page = world.executions.clone().get_execution_history(request.clone()).await;
        let page = page.expect("reads").into_inner();
        assert!(request.max_results == 0 || page.events.len() <= request.max_results as usize);
        read.extend(page.events);
        if page.next_token.is_empty() {
            return read;
        }
        request.next_token = page.next_token;
    }
}

/// The ARNs of all pages together.
async fn listed(world: &World, mut request: v1::ListExecutionsRequest) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let page = world.executions.clone().list_executions(request.clone()).await;
        let page = page.expect("lists").into_inner();
        found.extend(page.executions.into_iter().map(|execution| execution.execution_arn));
        if page.next_token.is_empty() {
            return found;
        }
        request.next_token = page.next_token;
    }
}

fn named(machine: &str, name: &str, input: &str) -> v1::StartExecutionRequest {
    v1::StartExecutionRequest { name: name.to_owned(), ..start(machine, input) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_goes_in_comes_out_to_the_letter() {
    let world = World::new().await;
    world.create("order", PASS).await;
    let input = "{ \"b\": 12345678901234567890, \"a\": 1.10, \"é\": \"\\u0000\" }";
    let execution = world.start("order", input).await;
    let events = world.watch(&execution).await;
    let shown = world.describe(&execution).await;

    assert_eq!(shown.status(), v1::ExecutionStatus::Succeeded);
    assert_eq!(shown.input, input);
    let output: serde_json::Value = serde_json::from_str(shown.output.as_deref().unwrap()).unwrap();
    assert_eq!(output.to_string(), r#"{"b":12345678901234567890,"a":1.10,"é":"\u0000"}"#);
    assert_eq!((shown.error, shown.cause), (None, None));
    assert!(shown.stopped_at.is_some());
    let types: Vec<&str> = events.iter().map(|event| event.r#type.as_str()).collect();
    let expected =
        ["ExecutionStarted", "PassStateEntered", "PassStateExited", "ExecutionSucceeded"];
    assert_eq!(types, expected);
    assert_eq!(events.iter().map(|event| event.id).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(
        events.iter().map(|event| event.previous_event_id).collect::<Vec<_>>(),
        [0, 0, 2, 3],
        "the first state points at none, as AWS has it"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_input_is_an_empty_object() {
    let world = World::new().await;
    world.create("order", PASS).await;
    let execution = world.start("order", "").await;

    assert_eq!(world.describe(&execution).await.input, "{}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_name_and_input_is_the_same_execution_while_it_runs() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let first = world.executions.start_execution(named("order", "o-1", "[1]")).await.unwrap();
    let again = world.executions.start_execution(named("order", "o-1", "[1]")).await.unwrap();
    let other = world.executions.start_execution(named("order", "o-1", "[2]")).await.unwrap_err();
    let task = world.poll("pay").await;
    world.report(succeeded(&task.token, "{}")).await;
    world.watch(&first.get_ref().execution_arn).await;
    let late = world.executions.start_execution(named("order", "o-1", "[1]")).await.unwrap_err();

    assert_eq!(first.get_ref(), again.get_ref());
    assert_eq!(
        first.get_ref().execution_arn,
        "arn:aws:states:us-east-1:000000000000:execution:order:o-1"
    );
    for refused in [other, late] {
        assert_eq!(
            (refused.code(), reason(&refused).as_str()),
            (Code::AlreadyExists, "ExecutionAlreadyExists")
        );
        assert_eq!(
            refused.message(),
            "Execution Already Exists: 'arn:aws:states:us-east-1:000000000000:execution:order:o-1'"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn start_and_wait_answers_with_the_end_or_says_that_it_still_runs() {
    let mut world = World::new().await;
    world.create("quick", PASS).await;
    world.create("slow", WAIT).await;
    let wait = |machine: &str, seconds| {
        let mut executions = world.executions.clone();
        let request = v1::StartExecutionAndWaitRequest {
            start: Some(start(machine, "[7]")),
            wait: Some(prost_types::Duration { seconds, nanos: 0 }),
        };
        async move { executions.start_execution_and_wait(request).await.unwrap().into_inner() }
    };
    let quick = wait("quick", 60).await;
    let slow = wait("slow", 0).await;

    assert_eq!(quick.status(), v1::ExecutionStatus::Succeeded);
    assert_eq!(quick.output.as_deref(), Some("[7]"));
    assert_eq!(slow.status(), v1::ExecutionStatus::Running);
    assert_eq!(slow.output, None);
    let shown = world.describe(&slow.execution_arn).await;
    assert!(matches!(shown.open_branches[0].waits_for, Some(WaitsFor::Timer(_))));
    assert!(shown.open_branches[0].until.is_some());

    // A client's own deadline is a bound as well.
    let mut request = tonic::Request::new(v1::StartExecutionAndWaitRequest {
        start: Some(start("slow", "[8]")),
        wait: None,
    });
    request.set_timeout(std::time::Duration::from_secs(2));
    let bounded = world.executions.start_execution_and_wait(request).await.unwrap().into_inner();
    assert_eq!(bounded.status(), v1::ExecutionStatus::Running);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_execution_that_runs_tells_what_it_waits_for() {
    let world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", "{}").await;
    let before = world.describe(&execution).await;
    let task = world.poll("pay").await;
    let after = world.describe(&execution).await;

    assert_eq!(before.status(), v1::ExecutionStatus::Running);
    let [branch] = &before.open_branches[..] else { panic!("{before:?}") };
    assert_eq!(branch.state, "Pay");
    let Some(WaitsFor::Task(waits_for)) = &branch.waits_for else { panic!("{branch:?}") };
    let expected = v1::TaskWait { queue: "pay".to_owned(), attempt: 1, ..v1::TaskWait::default() };
    assert_eq!(waits_for, &expected, "nobody has taken it");

    let [branch] = &after.open_branches[..] else { panic!("{after:?}") };
    let Some(WaitsFor::Task(waits_for)) = &branch.waits_for else { panic!("{branch:?}") };
    assert_eq!(waits_for.worker, "worker-1");
    assert_eq!(waits_for.started_at, task.started_at);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_branches_of_a_map_tell_their_item_and_a_retry_its_error() {
    let world = World::new().await;
    let definition = r#"{"StartAt": "Each", "States": {"Each": {"Type": "Map", "End": true, "MaxConcurrency": 2,
        "ItemProcessor": {"StartAt": "Pay", "States": {"Pay": {"Type": "Task", "Resource": "pay", "End": true,
            "Retry": [{"ErrorEquals": ["Busy"], "IntervalSeconds": 3600}]}}}}}}"#;
    world.create("orders", definition).await;
    let execution = world.start("orders", r#"["a", "b", "c"]"#).await;
    let task = world.poll("pay").await;
    world.report(failed(&task.token, "Busy", "come back")).await;
    let shown = world.describe(&execution).await;

    let [map, first, second] = &shown.open_branches[..] else { panic!("{shown:?}") };
    let join = v1::JoinWait { open: 2, not_begun: 1 };
    assert_eq!((map.state.as_str(), &map.waits_for), ("Each", &Some(WaitsFor::Join(join))));
    assert_eq!((&first.map_indexes, &second.map_indexes), (&vec![0], &vec![1]));
    let (retried, waiting) = if task.input == r#""a""# { (first, second) } else { (second, first) };
    let retry =
        v1::RetryWait { error: "Busy".to_owned(), cause: "come back".to_owned(), attempt: 1 };
    assert_eq!(retried.waits_for, Some(WaitsFor::Retry(retry)));
    let (since, until) = (retried.since.unwrap(), retried.until.unwrap());
    assert_eq!(until.seconds - since.seconds, 3600);
    assert!(matches!(waiting.waits_for, Some(WaitsFor::Task(_))), "{waiting:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_execution_is_aborted_and_stopping_it_again_answers_the_same() {
    let mut world = World::new().await;
    world.create("order", WAIT).await;
    let execution = world.start("order", "{}").await;
    let request = v1::StopExecutionRequest {
        execution: execution.clone(),
        error: Some("Changed".to_owned()),
        cause: Some("our mind".to_owned()),
        ..v1::StopExecutionRequest::default()
    };
    let stopped = world.executions.stop_execution(request.clone()).await.unwrap().into_inner();
    let again = world.executions.stop_execution(request).await.unwrap().into_inner();

    assert_eq!(stopped.stopped_at, again.stopped_at);
    let shown = world.describe(&execution).await;
    assert_eq!(shown.status(), v1::ExecutionStatus::Aborted);
    assert_eq!(shown.error.as_deref(), Some("Changed"));
    assert_eq!(shown.cause.as_deref(), Some("our mind"));
    assert_eq!(shown.stopped_at, stopped.stopped_at);
    assert!(shown.open_branches.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_newest_first_by_machine_and_status_in_pages() {
    let mut world = World::new().await;
    world.create("quick", PASS).await;
    world.create("slow", WAIT).await;
    let mut started = Vec::new();
    for machine in ["quick", "slow", "quick", "quick"] {
        started.push(world.start(machine, "{}").await);
    }
    for quick in [0, 2, 3] {
        world.watch(&started[quick]).await;
    }
    let base = v1::ListExecutionsRequest { max_results: 2, ..v1::ListExecutionsRequest::default() };
    let by_machine =
        v1::ListExecutionsRequest { state_machine: "quick".to_owned(), ..base.clone() };
    let running =
        v1::ListExecutionsRequest { status: v1::ExecutionStatus::Running.into(), ..base.clone() };
    let cases = [(base, vec![3, 2, 1, 0]), (by_machine.clone(), vec![3, 2, 0]), (running, vec![1])];
    for (request, expected) in cases {
        let mut found = listed(&world, request.clone()).await;
        let mut expected: Vec<String> =
            expected.into_iter().map(|index: usize| started[index].clone()).collect();
        // Within one millisecond the order is the ids'.
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{request:?}");
    }

    // A page token belongs to its query.
    let first = world.executions.list_executions(by_machine).await.unwrap().into_inner();
    let other = v1::ListExecutionsRequest {
        next_token: first.next_token,
        ..v1::ListExecutionsRequest::default()
    };
    let refused = world.executions.list_executions(other).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::InvalidArgument, "InvalidToken")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn history_reads_the_same_forwards_and_backwards_in_pages_of_any_size() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", r#"{"a": 1}"#).await;
    let task = world.poll("pay").await;
    world.report(succeeded(&task.token, r#"{"b": 2}"#)).await;
    let whole = world.watch(&execution).await;
    assert_eq!(
        whole.iter().map(|event| event.r#type.as_str()).collect::<Vec<_>>(),
        [
            "ExecutionStarted",
            "TaskStateEntered",
            "ActivityScheduled",
            "ActivityStarted",
            "ActivitySucceeded",
            "TaskStateExited",
            "ExecutionSucceeded",
        ]
    );
    let sizes = [1, 2, 3, 1000].map(|size| [(size, false), (size, true)]).concat();
    for (max_results, reverse_order) in sizes {
        let request = history(&execution);
        let request = v1::GetExecutionHistoryRequest { max_results, reverse_order, ..request };
        let mut read = paged(&world, request).await;
        if reverse_order {
            read.reverse();
        }
        assert_eq!(read, whole, "pages of {max_results}, reverse {reverse_order}");
    }
    let bare =
        v1::GetExecutionHistoryRequest { exclude_execution_data: true, ..history(&execution) };
    let bare = world.executions.get_execution_history(bare).await.unwrap().into_inner();
    let Some(v1::history_event::Details::ExecutionStarted(started)) = &bare.events[0].details
    else {
        panic!("{bare:?}")
    };
    assert_eq!(started.input, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_of_large_events_stays_below_what_clients_take() {
    let world = World::new().await;
    let states: Vec<String> = (0..12)
        .map(|state| format!(r#""S{state}": {{"Type": "Pass", "Next": "S{}"}}"#, state + 1))
        .collect();
    let definition = format!(
        r#"{{"StartAt": "S0", "States": {{{}, "S12": {{"Type": "Pass", "End": true}}}}}}"#,
        states.join(", ")
    );
    world.create("wide", &definition).await;
    let execution = world.start("wide", &format!("\"{}\"", "x".repeat(250_000))).await;
    let events = soon(world.watch(&execution)).await;
    assert_eq!(events.last().unwrap().r#type, "ExecutionSucceeded");

    // The client takes 4 MiB: tonic's own default.
    let read = paged(&world, history(&execution)).await;
    assert_eq!(read, events);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watch_goes_on_where_another_broke_off() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let execution = world.start("order", "{}").await;
    let watch = |after_event_id| v1::WatchExecutionRequest {
        execution: execution.clone(),
        after_event_id,
        ..v1::WatchExecutionRequest::default()
    };
    let mut first = world.executions.watch_execution(watch(0)).await.unwrap().into_inner();
    let seen = soon(first.message()).await.unwrap().unwrap();
    assert_eq!(seen.status(), v1::ExecutionStatus::Running);
    let last_seen = seen.events.last().unwrap().id;
    drop(first);

    let mut second = world.executions.watch_execution(watch(last_seen)).await.unwrap().into_inner();
    let task = soon(world.poll("pay")).await;
    world.report(succeeded(&task.token, "{}")).await;
    let mut rest = Vec::new();
    let mut status = v1::ExecutionStatus::Running;
    while let Some(response) = soon(second.message()).await.unwrap() {
        status = response.status();
        rest.extend(response.events);
    }
    assert_eq!(rest[0].id, last_seen + 1);
    assert_eq!(rest.last().unwrap().r#type, "ExecutionSucceeded");
    assert_eq!(status, v1::ExecutionStatus::Succeeded);

    // Behind the last event there is nothing, and the stream says so by ending.
    let mut behind = world.executions.watch_execution(watch(1_000)).await.unwrap().into_inner();
    assert_eq!(soon(behind.message()).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_stops_ends_watches_and_polls() {
    let mut world = World::new().await;
    world.create("slow", WAIT).await;
    let execution = world.start("slow", "{}").await;
    let request = v1::WatchExecutionRequest { execution, ..v1::WatchExecutionRequest::default() };
    let mut watch = world.executions.watch_execution(request).await.unwrap().into_inner();
    soon(watch.message()).await.unwrap().unwrap();
    let mut tasks = world.tasks.clone();
    let polled = tokio::spawn(async move { tasks.poll_tasks(poll("nothing")).await });
    while world.engine.pollers(store::NamespaceId(1), "nothing") == 0 {
        tokio::task::yield_now().await;
    }
    world.stop.cancel();

    assert_eq!(soon(watch.message()).await.unwrap_err().code(), Code::Unavailable);
    assert_eq!(soon(polled).await.unwrap().unwrap_err().code(), Code::Unavailable);
}
