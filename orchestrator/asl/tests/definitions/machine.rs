//! What a checked machine holds.

use asl::machine::{DataPath, Edge};
use asl::retry::Jitter;
use asl::states::{
    Comparison, Condition, FailText, Kind, Number, Operand, Order, Output, ResultPath, Test,
    WaitFor,
};
use asl::{State, StateId, StateKind, StateMachine, Transition};

/// Every type of state, and most fields.
pub(crate) const ORDER: &str = r#"{
  "Comment": "an order",
  "TimeoutSeconds": 3600,
  "StartAt": "Payment",
  "States": {
    "Payment": {
      "Type": "Task",
      "Resource": "payment",
      "InputPath": "$.payment",
      "TimeoutSeconds": 30,
      "HeartbeatSecondsPath": "$.heartbeat",
      "ResultPath": "$.receipt",
      "Retry": [
        { "ErrorEquals": ["States.Timeout"], "IntervalSeconds": 2, "MaxAttempts": 4, "BackoffRate": 1.5,
          "MaxDelaySeconds": 9, "JitterStrategy": "FULL" },
        { "ErrorEquals": ["States.ALL"] }
      ],
      "Catch": [
        { "ErrorEquals": ["Declined"], "Next": "Refused", "ResultPath": null },
        { "ErrorEquals": ["States.ALL"], "Next": "Items" }
      ],
      "Next": "Paid?"
    },
    "Paid?": {
      "Type": "Choice",
      "Choices": [
        { "And": [
            { "Variable": "$.paid", "IsPresent": true },
            { "Not": { "Variable": "$.paid", "BooleanEquals": false } }
          ], "Next": "Items" },
        { "Variable": "$.sum", "NumericLessThanEqualsPath": "$.limit", "Next": "Both" }
      ],
      "Default": "Refused"
    },
    "Items": {
      "Type": "Map",
      "ItemsPath": "$.items",
      "MaxConcurrency": 4,
      "Iterator": { "StartAt": "Reserve", "States": { "Reserve": { "Type": "Pass", "End": true } } },
      "Next": "Both"
    },
    "Both": {
      "Type": "Parallel",
      "OutputPath": null,
      "Branches": [
        { "StartAt": "Left", "States": { "Left": { "Type": "Wait", "Seconds": 0, "End": true } } },
        { "StartAt": "Right", "States": { "Right": { "Type": "Succeed" } } }
      ],
      "End": true
    },
    "Refused": { "Type": "Fail", "Error": "Refused", "CausePath": "$.cause" }
  }
}"#;

fn order() -> StateMachine {
    StateMachine::parse(ORDER).expect("the definition is valid")
}

fn named<'a>(machine: &'a StateMachine, name: &str) -> &'a State {
    machine.state(id(machine, name))
}

fn id(machine: &StateMachine, name: &str) -> StateId {
    machine.state_named(name).expect("there is a state of this name")
}

#[test]
fn states_stand_in_document_order_each_before_those_inside_it() {
    let machine = order();
    let names: Vec<_> = machine.states().map(|(_, state)| &*state.name).collect();
    assert_eq!(names, ["Payment", "Paid?", "Items", "Reserve", "Both", "Left", "Right", "Refused"]);
    let found = machine.states().all(|(id, state)| machine.state_named(&state.name) == Some(id));
    assert!(found);
    assert_eq!(machine.state_named("Nowhere"), None);
}

#[test]
fn flows_hold_their_own_states_alone() {
    let machine = order();
    assert_eq!(machine.root.start_at, id(&machine, "Payment"));
    let root = ["Payment", "Paid?", "Items", "Both", "Refused"].map(|name| id(&machine, name));
    assert_eq!(machine.root.states, root);
    let starts = |name| named(&machine, name).flows().iter().map(|flow| flow.start_at);
    assert!(starts("Items").eq([id(&machine, "Reserve")]));
    assert!(starts("Both").eq([id(&machine, "Left"), id(&machine, "Right")]));
    assert!(starts("Payment").next().is_none());
}

#[test]
fn every_way_out_of_a_state_is_told() {
    let machine = order();
    for (name, ways) in [
        (
            "Payment",
            vec![(Edge::Next, "Paid?"), (Edge::Catch(0), "Refused"), (Edge::Catch(1), "Items")],
        ),
        (
            "Paid?",
            vec![(Edge::Rule(0), "Items"), (Edge::Rule(1), "Both"), (Edge::Default, "Refused")],
        ),
        ("Items", vec![(Edge::Next, "Both")]),
        ("Both", vec![]),
        ("Refused", vec![]),
    ] {
        let targets = named(&machine, name).targets();
        let targets: Vec<_> = targets.map(|(edge, id)| (edge, &*machine.state(id).name)).collect();
        assert_eq!(targets, ways, "{name}");
    }
}

#[test]
fn a_task_has_its_fields_and_their_defaults() {
    let machine = order();
    assert_eq!(
        (machine.timeout_seconds, machine.comment.as_deref()),
        (Some(3600), Some("an order"))
    );
    let payment = named(&machine, "Payment");
    assert!(matches!(&payment.input_path, DataPath::Path(path) if path.as_str() == "$.payment"));
    assert_eq!(payment.output_path, DataPath::Whole);
    let StateKind::Task(task) = &payment.kind else { panic!("Payment is a Task") };
    assert_eq!(task.timeout, Some(Number::Literal(30)));
    assert!(matches!(&task.heartbeat, Some(Number::Path(path)) if path.as_str() == "$.heartbeat"));
    assert!(matches!(placed(&task.output), ResultPath::At(path) if path.as_str() == "$.receipt"));
    let [first, second] = task.retry.as_slice() else { panic!("two retriers") };
    assert_eq!(
        (first.interval_seconds, first.max_attempts, first.max_delay_seconds),
        (2, 4, Some(9))
    );
    assert_eq!((first.jitter, second.jitter), (Jitter::Full, Jitter::None));
    assert_eq!(
        (second.interval_seconds, second.max_attempts, second.max_delay_seconds),
        (1, 3, None)
    );
    assert!((second.backoff_rate - 2.0).abs() < f64::EPSILON);
    let [declined, all] = task.catch.as_slice() else { panic!("two catchers") };
    assert_eq!(
        (placed(&declined.output), placed(&all.output)),
        (&ResultPath::Discard, &ResultPath::Whole)
    );
}

fn placed(output: &Output) -> &ResultPath {
    let Output::Placed { selector: None, path } = output else { panic!("{output:?}") };
    path
}

#[test]
fn a_choice_has_its_conditions() {
    let machine = order();
    let StateKind::Choice(choice) = &named(&machine, "Paid?").kind else { panic!("a Choice") };
    let Test::Comparison(Condition::And(all)) = &choice.rules[0].test else { panic!("And") };
    let Condition::Compare { comparison, .. } = &all[0] else { panic!("a comparison") };
    assert_eq!(*comparison, Comparison::Is { kind: Kind::Present, expected: true });
    let Condition::Not(inner) = &all[1] else { panic!("Not") };
    let Condition::Compare { comparison, .. } = &**inner else { panic!("a comparison") };
    assert_eq!(*comparison, Comparison::Boolean { operand: Operand::Literal(false) });
    let Test::Comparison(Condition::Compare { variable, comparison }) = &choice.rules[1].test
    else {
        panic!("a comparison")
    };
    assert_eq!(variable.as_str(), "$.sum");
    let Comparison::Numeric { order: Order::LessThanEquals, operand: Operand::Path(path) } =
        comparison
    else {
        panic!("numbers are compared")
    };
    assert_eq!(path.as_str(), "$.limit");
}

#[test]
fn the_other_types_have_theirs() {
    let machine = order();
    let StateKind::Wait(wait) = &named(&machine, "Left").kind else { panic!("a Wait") };
    assert!(matches!(wait.until, WaitFor::Seconds(0)));
    assert_eq!(wait.transition, Transition::End);
    let StateKind::Fail(fail) = &named(&machine, "Refused").kind else { panic!("a Fail") };
    assert!(matches!(&fail.error, Some(FailText::Literal(error)) if error == "Refused"));
    assert!(matches!(&fail.cause, Some(FailText::Computed(_))));
    let StateKind::Map(map) = &named(&machine, "Items").kind else { panic!("a Map") };
    assert_eq!(map.max_concurrency, Some(Number::Literal(4)));
    assert_eq!(named(&machine, "Both").output_path, DataPath::Discard);
}

#[test]
fn a_large_definition_is_read_in_no_time() {
    let states = 20_000;
    let state =
        |index: usize| format!(r#""S{index}": {{"Type": "Pass", "Next": "S{}"}}"#, index + 1);
    let chain: Vec<_> = (0..states).map(state).collect();
    let last = format!(r#""S{states}": {{"Type": "Succeed"}}"#);
    let text = format!(r#"{{"StartAt": "S0", "States": {{{}, {last}}}}}"#, chain.join(", "));
    assert_eq!(StateMachine::parse(&text).expect("it is valid").states().count(), states + 1);
}

#[test]
fn a_definition_of_faults_alone_is_refused_in_no_time() {
    let faults =
        |index: usize| format!(r#""S{index}": {{"Type": "Pass", "Next": "T{index}", "x": 1}}"#);
    let states: Vec<_> = (0..10_000).map(faults).collect();
    let text = format!(r#"{{"StartAt": "S0", "States": {{{}}}}}"#, states.join(", "));
    let diagnostics = StateMachine::parse(&text).expect_err("no target exists");
    assert_eq!(diagnostics.len(), 1_000);
}

#[test]
fn the_deepest_nesting_is_read() {
    let inner = r#"{ "Variable": "$.x", "IsNull": true"#;
    let depth = 120;
    let condition = format!("{}{inner}{}", r#"{ "Not": "#.repeat(depth), "}".repeat(depth));
    let text = format!(
        r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Choice", "Choices": [{condition}, "Next": "B"}}]}}, "B": {{"Type": "Succeed"}}}}}}"#
    );
    assert!(StateMachine::parse(&text).is_ok());

    let flow = |inner: String, level: usize| {
        format!(
            r#"{{"StartAt": "S{level}", "States": {{"S{level}": {{"Type": "Parallel", "End": true, "Branches": [{inner}]}}}}}}"#
        )
    };
    let last = r#"{"StartAt": "Last", "States": {"Last": {"Type": "Succeed"}}}"#.to_owned();
    let text = (0..30).fold(last, flow);
    assert_eq!(StateMachine::parse(&text).expect("it is valid").states().count(), 31);
}

#[test]
fn every_error_name_of_the_language_can_be_asked_for() {
    let of_the_language = [
        "States.ALL",
        "States.BranchFailed",
        "States.DataLimitExceeded",
        "States.ExceedToleratedFailureThreshold",
        "States.HeartbeatTimeout",
        "States.IntrinsicFailure",
        "States.ItemReaderFailed",
        "States.NoChoiceMatched",
        "States.ParameterPathFailure",
        "States.Permissions",
        "States.QueryEvaluationError",
        "States.ResultPathMatchFailure",
        "States.ResultWriterFailed",
        "States.Runtime",
        "States.TaskFailed",
        "States.Timeout",
        "States.Http.StatusCode.404",
    ];
    let told_of = |name: &str| {
        let definition = format!(
            r#"{{"StartAt": "A", "States": {{"A": {{"Type": "Task", "Resource": "r", "End": true,
                "Retry": [{{"ErrorEquals": ["{name}"]}}]}}}}}}"#
        );
        StateMachine::check(&definition)
    };
    for name in of_the_language {
        assert_eq!(told_of(name), [], "{name}");
    }
    assert_eq!(told_of("States.Nope").len(), 1, "any other of that form is warned of");
}
