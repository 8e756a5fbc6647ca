//! The recorded cases of JSONPath state machines.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Debug, Deserialize)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) definition: String,
    pub(super) input: String,
    pub(super) expected: Map<String, Value>,
    pub(super) needs: Vec<String>,
}

/// What comes in issues of its own: JSONata, variables, Distributed Map.
const LATER: [&str; 3] = ["JSONata", "\"Assign\"", "DISTRIBUTED"];

/// `None` where the recordings are absent; that is a failure in CI.
pub(super) fn cases() -> Option<Vec<Case>> {
    let folder = std::env::var_os("EVERSTEP_CONFORMANCE").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/conformance")),
        PathBuf::from,
    );
    let file = folder.join("asl/cases.jsonl");
    let Ok(text) = std::fs::read_to_string(&file) else {
        let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!in_ci, "recorded truth is missing: {}", file.display());
        println!("skipped: no recorded truth at {}", file.display());
        return None;
    };
    let lines = text.lines().map(|line| serde_json::from_str(line).expect("a case per line"));
    let is_ours = |case: &Value| {
        let definition = case["definition"].as_str().unwrap_or_default();
        case["kind"] == "execution" && LATER.iter().all(|word| !definition.contains(word))
    };
    let cases =
        lines.filter(is_ours).map(|case| serde_json::from_value(case).expect("an execution"));
    Some(cases.collect())
}
