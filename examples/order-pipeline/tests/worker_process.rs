//! The worker as a process: what it says about itself is what the definitions ask of it.

use std::process::Command;

use order_pipeline::{DEFINITION, DEFINITION_V2};
use serde_json::Value;

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_order-worker")).args(arguments).output();
    let output = output.expect("the program is there");
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).expect("it speaks UTF-8"))
}

/// The queues of a definition, wherever its Tasks stand.
fn queues(definition: &Value) -> Vec<String> {
    let own = definition["Resource"].as_str().map(str::to_owned);
    let below: Vec<&Value> = match definition {
        Value::Object(fields) => fields.values().collect(),
        Value::Array(items) => items.iter().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    own.into_iter().chain(below.into_iter().flat_map(queues)).collect()
}

#[test]
fn every_queue_of_both_definitions_can_be_served() {
    let (status, help) = run(&["--help"]);
    assert_eq!(status, Some(0));
    for definition in [DEFINITION, DEFINITION_V2] {
        let queues = queues(&serde_json::from_str(definition).unwrap());
        assert!(queues.len() >= 5, "{queues:?}");
        for queue in queues {
            assert!(help.contains(&queue), "{queue} is not in the help:\n{help}");
        }
    }
}

#[test]
fn a_queue_that_nobody_has_heard_of_is_refused_with_those_there_are() {
    let (status, text) = run(&["--queue", "paiment"]);
    assert_eq!(status, Some(2));
    assert!(text.contains("paiment") && text.contains("payment"), "{text}");
}
