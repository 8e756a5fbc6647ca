//! An order that speaks JSONata: its arguments, its way, its output; and an expression that fails.

use everstep_proto::v1;
use everstep_proto::v1::history_event::Details;
use tonic::Code;

use crate::world::{World, create, failed, start, succeeded};

/// Charges the sum of an order's lines; whoever is refused is told why.
const ORDER: &str = r#"{
  "QueryLanguage": "JSONata",
  "StartAt": "Charge",
  "States": {
    "Charge": {
      "Type": "Task",
      "Resource": "payment",
      "Arguments": { "order": "{% $states.input.id %}", "sum": "{% $sum($states.input.lines.(price * n)) %}" },
      "TimeoutSeconds": "{% 60 * $states.input.patience %}",
      "Output": "{% $merge([$states.input, { 'receipt': $states.result.id }]) %}",
      "Assign": { "lines": "{% $count($states.input.lines) %}" },
      "Catch": [ { "ErrorEquals": [ "States.ALL" ], "Output": { "why": "{% $states.errorOutput.Cause %}" }, "Next": "Refused" } ],
      "Next": "Large?"
    },
    "Large?": {
      "Type": "Choice",
      "Choices": [ { "Condition": "{% $lines > 2 %}", "Next": "Ship" } ],
      "Default": "Letter"
    },
    "Letter": { "Type": "Pass", "Output": { "by": "letter", "receipt": "{% $states.input.receipt %}" }, "End": true },
    "Ship": { "Type": "Pass", "Output": { "by": "ship", "at": "{% $states.input.address.city %}" }, "End": true },
    "Refused": { "Type": "Fail", "Error": "Order.Refused", "Cause": "{% $states.input.why %}" }
  }
}"#;

const TWO_LINES: &str =
    r#"{"id":"o-1","patience":2,"lines":[{"price":2.5,"n":2},{"price":1,"n":1}]}"#;
const THREE_LINES: &str =
    r#"{"id":"o-2","patience":2,"lines":[{"price":1,"n":1},{"price":1,"n":1},{"price":1,"n":1}]}"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_runs_by_its_expressions() {
    let world = World::new().await;
    world.create("order", ORDER).await;
    let execution = world.start("order", TWO_LINES).await;
    let task = world.poll("payment").await;
    assert_eq!(task.input, r#"{"order":"o-1","sum":6}"#);
    world.report(succeeded(&task.token, r#"{"id": "r-7"}"#)).await;

    let events = world.watch(&execution).await;
    let shown = world.describe(&execution).await;
    assert_eq!(shown.output.as_deref(), Some(r#"{"by":"letter","receipt":"r-7"}"#));
    let limits = events.iter().find_map(|event| match &event.details {
        Some(Details::ActivityScheduled(scheduled)) => scheduled.timeout_in_seconds,
        _ => None,
    });
    assert_eq!(limits, Some(120));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_catcher_computes_what_it_passes_on() {
    let world = World::new().await;
    world.create("order", ORDER).await;
    let execution = world.start("order", TWO_LINES).await;
    let task = world.poll("payment").await;
    world.report(failed(&task.token, "CardDeclined", "no funds")).await;

    world.watch(&execution).await;
    let shown = world.describe(&execution).await;
    assert_eq!(shown.error.as_deref(), Some("Order.Refused"));
    assert_eq!(shown.cause.as_deref(), Some("no funds"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expression_that_finds_nothing_fails_the_execution_and_says_where() {
    let world = World::new().await;
    world.create("order", ORDER).await;
    let execution = world.start("order", THREE_LINES).await;
    let task = world.poll("payment").await;
    world.report(succeeded(&task.token, r#"{"id": "r-8"}"#)).await;

    let events = world.watch(&execution).await;
    let event = events.iter().find(|event| event.r#type == "EvaluationFailed").expect("it failed");
    let Some(Details::EvaluationFailed(details)) = &event.details else { panic!("{event:?}") };
    assert_eq!((&*details.state, details.location.as_deref()), ("Ship", Some("Output/at")));
    let cause = "An error occurred while executing the state 'Ship' (entered at the event id #9). The JSONata expression \
                 '$states.input.address.city' specified for the field 'Output/at' returned nothing (undefined).";
    assert_eq!(details.cause.as_deref(), Some(cause));
    let shown = world.describe(&execution).await;
    assert_eq!(shown.status(), v1::ExecutionStatus::Failed);
    assert_eq!(shown.error.as_deref(), Some("States.QueryEvaluationError"));
    assert_eq!(shown.cause.as_deref(), Some(cause));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_whose_expression_does_not_compile_is_refused_with_its_place() {
    let world = World::new().await;
    let definition = ORDER.replace("$lines > 2", "$lines > ");
    let refused = world.machines.clone().create_state_machine(create("order", &definition)).await;
    let status = refused.expect_err("it is refused");
    assert_eq!(status.code(), Code::InvalidArgument);
    assert!(status.message().contains("at /States/Large?/Choices[0]/Condition"), "{status:?}");
    let started = world.executions.clone().start_execution(start("order", "{}")).await;
    assert_eq!(started.expect_err("there is no machine").code(), Code::NotFound);
}
