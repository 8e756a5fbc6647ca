//! Definitions against recorded verdicts: AWS's own, and those of three projects' test suites. Where they differ, AWS is right.

use std::io;

use asl::{Diagnostic, MachineType, Severity, StateMachine};
use serde_json::Value;

use crate::{Count, Recorded, Tally};

/// What a suite calls valid and AWS refuses: the id, AWS's text where the fault stands, and why.
const OVERRULED: [(&str, &str, &str); 5] = [
    (
        "documentTaskValidVariableSubstitution",
        "Value is not a valid resource ARN at /States/HelloWorld/Resource",
        "`${name}` is CloudFormation's: AWS sees what it was replaced by",
    ),
    (
        "valid-cfn-definition-substitutions.json",
        "Value is not a valid resource ARN at /States/X/Resource",
        "`${name}` is CloudFormation's: AWS sees what it was replaced by",
    ),
    (
        "valid-task-intrisic-function.json",
        "Expected value of type String at /States/GetAttResource/Resource",
        "so is an object `Fn::GetAtt`",
    ),
    (
        "valid-task-credentials.json",
        "The field 'RoleArn' is required but was missing at /States/X/Credentials",
        "recorded: test_invalid_credentials_field",
    ),
    (
        "valid-path-array-context.json",
        "Value must be a valid JSONPath. at /States/Pass/OutputPath",
        "recorded: Jayway, AWS's library of paths, has no scripts such as `[(@.length-1)]`",
    ),
];

/// What a suite calls invalid and AWS accepts, and why.
const ACCEPTED: [(&str, &str); 1] = [(
    "invalid-json-surround-syntax-extra-spaces.json",
    "the suite asks for `{% `, a single line and ` %}`; AWS asks for the delimiters alone, and definitions written as \
     YAML break their expressions into lines",
)];

pub fn measure(recorded: &Recorded, tally: &mut Tally) -> io::Result<()> {
    for case in recorded.lines("asl/validation.jsonl")? {
        let id = case["id"].as_str().unwrap_or_default();
        let area = case["source"].as_str().unwrap_or_default();
        let definition = case["definition"].as_str().unwrap_or_default();
        let faults = errors(machine_type(&case), definition);
        let verdict = judge(&case, &faults);
        let count = Count { corpus: "validation", area, mark: "verdict", id };
        tally.count(count, verdict.is_ok());
        tally.differs(id, verdict.err().into_iter().collect());
    }
    Ok(())
}

/// Every invalid definition is refused, and in AWS's words where they are known; every valid one is accepted.
fn judge(case: &Value, faults: &[Diagnostic]) -> Result<(), String> {
    match case["valid"].as_bool() {
        Some(true) if faults.is_empty() => Ok(()),
        Some(true) if is_overruled(case, faults) => Ok(()),
        Some(true) => Err(format!("refused: {}", words(faults))),
        Some(false) if faults.is_empty() && is_accepted(case) => Ok(()),
        Some(false) if faults.is_empty() => Err("accepted".to_owned()),
        Some(false) => in_words_of_aws(case, faults),
        None => Err("the case has no verdict".to_owned()),
    }
}

fn is_accepted(case: &Value) -> bool {
    ACCEPTED.iter().any(|(id, _)| case["id"] == *id)
}

fn is_overruled(case: &Value, faults: &[Diagnostic]) -> bool {
    OVERRULED.iter().any(|(id, text, _)| {
        case["id"] == *id && faults.iter().any(|it| it.to_string().ends_with(text))
    })
}

fn in_words_of_aws(case: &Value, faults: &[Diagnostic]) -> Result<(), String> {
    if case["source"] != "aws" {
        return Ok(());
    }
    let messages = case["messages"].as_array().into_iter().flatten();
    for message in messages.filter_map(Value::as_str) {
        let says = |it: &Diagnostic| {
            message == it.message || message.ends_with(&format!("Definition: '{it}'"))
        };
        if !faults.iter().any(says) {
            return Err(format!("AWS says {message:?}, we say {}", words(faults)));
        }
    }
    Ok(())
}

/// A verdict names no type; the words of a refusal do.
fn machine_type(case: &Value) -> MachineType {
    let messages = case["messages"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut of_express = messages.filter(|text| text.contains("Express state machine"));
    if of_express.next().is_some() { MachineType::Express } else { MachineType::Standard }
}

fn errors(machine_type: MachineType, definition: &str) -> Vec<Diagnostic> {
    let mut faults = StateMachine::check_as(machine_type, definition);
    faults.retain(|it| it.severity == Severity::Error);
    faults
}

fn words(faults: &[Diagnostic]) -> String {
    let words: Vec<_> = faults.iter().map(ToString::to_string).collect();
    words.join("; ")
}
