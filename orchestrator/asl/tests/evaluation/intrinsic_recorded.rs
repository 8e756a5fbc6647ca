//! Intrinsic functions against what AWS answered: the recorded cases of one Pass state with `Parameters`.

use asl::template::Template;
use asl::{Draw, Payload, Scope};
use serde_json::Value;

use crate::support;

#[test]
fn every_recorded_call_is_answered_as_aws_does() {
    let Some(cases) = support::recorded("asl/cases.jsonl") else { return };
    let mut total = 0;
    let mut failures = Vec::new();
    for line in cases.lines() {
        let case = Payload::parse(line).unwrap().value().clone();
        let Some(parameters) = parameters_of_only_state(&case) else { continue };
        total += 1;
        let answer = render(&parameters, case["input"].as_str().expect("a case has an input"));
        let expected = &case["expected"]["output"];
        if !support::fits(&answer, expected) {
            failures.push(format!("{}:\n  {answer}\n  instead of {expected}", case["id"]));
        }
    }
    assert!(total > 60, "only {total} cases were found");
    assert!(failures.is_empty(), "{} of {total} differ:\n{}", failures.len(), failures.join("\n"));
}

/// The `Parameters` of a case that is one Pass state, with a recorded output.
fn parameters_of_only_state(case: &Value) -> Option<Value> {
    if case["area"] != "intrinsic_functions" || case["expected"]["output"].is_null() {
        return None;
    }
    let definition = Payload::parse(case["definition"].as_str()?).ok()?;
    let states = definition.value()["States"].as_object()?;
    let state =
        states.values().next().filter(|state| states.len() == 1 && state["Type"] == "Pass")?;
    state.get("Parameters").cloned()
}

fn render(parameters: &Value, input: &str) -> Value {
    let input = Payload::parse(input).unwrap();
    let mut context = support::context();
    context.execution = std::sync::Arc::new(asl::context::ExecutionContext {
        input: input.clone(),
        ..(*context.execution).clone()
    });
    let template = Template::parse(parameters).unwrap();
    template.render(&Scope::new(&input, &context), &mut Draw::new(1)).unwrap()
}
