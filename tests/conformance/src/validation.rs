//! Definitions against recorded verdicts: AWS's own, and those of three projects' test suites.

use std::io;

use asl::{Code, Diagnostic, Severity, StateMachine};
use serde_json::Value;

use crate::{Count, Recorded, Tally};

pub fn measure(recorded: &Recorded, tally: &mut Tally) -> io::Result<()> {
    for case in recorded.lines("asl/validation.jsonl")? {
        let id = case["id"].as_str().unwrap_or_default();
        let area = case["source"].as_str().unwrap_or_default();
        let definition = case["definition"].as_str().unwrap_or_default();
        let faults = errors(definition);
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
        Some(true) => Err(format!("refused: {}", words(faults))),
        Some(false) if faults.is_empty() => Err("accepted".to_owned()),
        Some(false) => in_words_of_aws(case, faults),
        None => Err("the case has no verdict".to_owned()),
    }
}

fn in_words_of_aws(case: &Value, faults: &[Diagnostic]) -> Result<(), String> {
    if faults.iter().all(|it| it.code == Code::UnsupportedFeature) {
        return Err(format!("refused for another reason: {}", words(faults)));
    }
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

fn errors(definition: &str) -> Vec<Diagnostic> {
    let mut faults = StateMachine::check(definition);
    faults.retain(|it| it.severity == Severity::Error);
    faults
}

fn words(faults: &[Diagnostic]) -> String {
    let words: Vec<_> = faults.iter().map(ToString::to_string).collect();
    words.join("; ")
}
