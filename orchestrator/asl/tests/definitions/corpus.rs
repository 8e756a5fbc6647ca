//! Against recorded verdicts: AWS's own, and those of three projects' test suites. Where they differ, AWS is right.

use std::path::PathBuf;

use asl::{Code, Diagnostic, Severity, StateMachine};
use serde_json::Value;

/// What suites call valid and AWS refuses: why, the kinds of fault that we find in them, and their ids.
const REFUSED_BY_AWS: [(&str, &[&str], &[&str]); 5] = [
    (
        "`foo:bar`, or the ARN of an SWF task, is no resource of a Task",
        &["NOT_A_RESOURCE", "UNSUPPORTED"],
        &[
            "test/backoff-with-jitter-on-retry.json",
            "test/backoff-with-backoffrate-decimal.json",
            "test/task-with-parameters.json",
            "test/task-with-resultpath.json",
            "test/task-with-dynamic-timeouts.json",
            "test/task-with-resultselector.json",
            "test/states-format-invocation.json",
            "test/states-stringtojson-invocation.json",
            "test/states-jsontostring-invocation.json",
            "test/states-array-intrinsic-functions.json",
            "test/states-encoding-decoding-intrinsic-functions.json",
            "test/states-math-intrinsic-functions.json",
            "valid-task-parameters.json",
            "valid-task-timeout-jsonata.json",
        ],
    ),
    (
        "`${name}` is a substitution of CloudFormation's: AWS sees what it was replaced by",
        &["NOT_A_RESOURCE"],
        &["documentTaskValidVariableSubstitution", "valid-cfn-definition-substitutions.json"],
    ),
    (
        "so is an object `Fn::GetAtt` or `Ref`",
        &["WRONG_TYPE"],
        &["valid-task-intrisic-function.json"],
    ),
    (
        "Credentials without RoleArn (recorded: test_invalid_credentials_field), in an SWF task",
        &["MISSING_PARAMETER", "NOT_A_RESOURCE"],
        &["valid-task-credentials.json"],
    ),
    (
        "Jayway, AWS's library of paths, has no scripts such as `[(@.length-1)]` (recorded)",
        &["NOT_A_PATH"],
        &["valid-path-array-context.json"],
    ),
];

#[test]
fn validation_corpus() {
    let Some(cases) = recorded("asl/validation.jsonl") else { return };
    let mut verdicts = Vec::new();
    let mut texts = Texts::default();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let diagnostics = errors(case["definition"].as_str().unwrap());
        texts.compare(&case, &diagnostics);
        let id = case["id"].as_str().expect("a case has an id");
        verdicts.extend(judge(&case, &diagnostics).err().map(|why| format!("{id}\n    {why}")));
    }
    assert!(cases.lines().count() > 400, "the corpus is cut short");
    assert!(verdicts.is_empty(), "{} verdicts differ:\n{}", verdicts.len(), verdicts.join("\n"));
    assert!(texts.different.is_empty(), "AWS says otherwise:\n{}", texts.different.join("\n"));
    assert!(texts.same > 0, "no text of AWS was compared");
}

#[test]
fn what_ran_on_aws_is_accepted() {
    let Some(cases) = recorded("asl/cases.jsonl") else { return };
    let mut refused = Vec::new();
    for line in cases.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let ran = matches!(case["kind"].as_str(), Some("execution" | "sync"));
        let Some(definition) = case["definition"].as_str().filter(|_| ran) else { continue };
        let mut diagnostics = errors(definition);
        diagnostics.retain(|it| it.code != Code::UnsupportedFeature);
        if !diagnostics.is_empty() {
            refused.push(format!("{}\n    {}", case["id"], words(&diagnostics)));
        }
    }
    assert!(refused.is_empty(), "{} are refused:\n{}", refused.len(), refused.join("\n"));
}

/// AWS's recorded texts: one for each refused definition, where it is known.
#[derive(Default)]
struct Texts {
    same: usize,
    different: Vec<String>,
}

impl Texts {
    fn compare(&mut self, case: &Value, diagnostics: &[Diagnostic]) {
        if case["source"] != "aws" || is_of_express(case) {
            return;
        }
        let messages = case["messages"].as_array().expect("a case has messages");
        for message in messages.iter().filter_map(Value::as_str) {
            let says = |it: &Diagnostic| {
                message == it.message || message.ends_with(&format!("Definition: '{it}'"))
            };
            if diagnostics.iter().any(says) {
                self.same += 1;
            } else {
                self.different.push(format!("{message}\n    instead of {}", words(diagnostics)));
            }
        }
    }
}

fn judge(case: &Value, diagnostics: &[Diagnostic]) -> Result<(), String> {
    let id = case["id"].as_str().expect("a case has an id");
    if let Some((_, kinds, _)) = REFUSED_BY_AWS.iter().find(|(_, _, ids)| ids.contains(&id)) {
        let expected = diagnostics.iter().all(|it| kinds.contains(&it.kind));
        let refused = expected && diagnostics.iter().any(|it| it.kind == kinds[0]);
        return if refused {
            Ok(())
        } else {
            Err(format!("AWS refuses it: {}", words(diagnostics)))
        };
    }
    let is_unsupported = |it: &Diagnostic| it.code == Code::UnsupportedFeature;
    match case["valid"].as_bool().expect("a case has a verdict") {
        true if diagnostics.iter().all(is_unsupported) => Ok(()),
        true => Err(format!("refused: {}", words(diagnostics))),
        false if is_of_express(case) || !diagnostics.is_empty() => Ok(()),
        false => Err("accepted".to_owned()),
    }
}

/// What an Express machine does not support is judged where the type of the machine is known.
fn is_of_express(case: &Value) -> bool {
    let messages = case["messages"].as_array().expect("a case has messages");
    messages.iter().filter_map(Value::as_str).any(|text| text.contains("Express state machine"))
}

fn errors(definition: &str) -> Vec<Diagnostic> {
    let diagnostics = StateMachine::check(definition);
    let errors: Vec<_> =
        diagnostics.into_iter().filter(|it| it.severity == Severity::Error).collect();
    assert_eq!(StateMachine::parse(definition).err().unwrap_or_default(), errors);
    errors
}

fn words(diagnostics: &[Diagnostic]) -> String {
    let words: Vec<_> = diagnostics.iter().map(ToString::to_string).collect();
    words.join("; ")
}

/// A file of the recorded truth; `None`, with a line that says so, where it is absent (but not in CI).
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
pub(crate) fn recorded(file: &str) -> Option<String> {
    let folder = std::env::var_os("EVERSTEP_CONFORMANCE").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/conformance"),
        PathBuf::from,
    );
    let path = folder.join(file);
    let read = std::fs::read_to_string(&path);
    if let Err(error) = &read {
        let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!in_ci, "recorded truth is missing: {}: {error}", path.display());
        eprintln!("skipped: no recorded truth at {}", path.display());
    }
    read.ok()
}
