//! The file of cases: a definition, and for each case an input, what the tasks answer, and how it should end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use asl::StateKind;
use asl::StateMachine;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::config::duration;
use crate::error::CommandError;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TestFile {
    /// The definition's file, from the folder of this one.
    pub(crate) definition: PathBuf,
    /// Answers that every case shares; a case's own stand before them.
    #[serde(default)]
    pub(crate) mocks: BTreeMap<String, Mocks>,
    pub(crate) cases: Vec<Case>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default = "empty_object")]
    pub(crate) input: Value,
    /// By the name of the Task state.
    #[serde(default)]
    pub(crate) mocks: BTreeMap<String, Mocks>,
    pub(crate) expect: Expected,
}

/// One answer for every attempt, or a list: each attempt takes the next.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Mocks {
    InTurn(Vec<Mock>),
    Always(Mock),
}

/// What one attempt of a task comes to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mock {
    #[serde(default, deserialize_with = "some")]
    pub(crate) result: Option<Value>,
    pub(crate) error: Option<String>,
    pub(crate) cause: Option<String>,
    /// The worker takes the task and is never heard of again.
    #[serde(default)]
    pub(crate) silent: bool,
    /// How long the worker takes: `90s`, `2h`.
    #[serde(default, deserialize_with = "delay")]
    pub(crate) after: Duration,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    #[serde(default)]
    pub(crate) status: Status,
    #[serde(default, deserialize_with = "some")]
    pub(crate) output: Option<Value>,
    pub(crate) error: Option<String>,
    pub(crate) cause: Option<String>,
    /// The states in the order in which they are entered.
    pub(crate) path: Option<Vec<String>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Status {
    #[default]
    Succeeded,
    Failed,
    TimedOut,
}

impl TestFile {
    pub(crate) fn parse(path: &Path, text: &str) -> Result<Self, CommandError> {
        let file: Self = serde_json::from_str(text).map_err(|error| {
            CommandError::usage(format!("{}: {error}; docs/cli.md shows the form", path.display()))
        })?;
        let every = file.cases.iter().flat_map(|case| {
            let mocks = case.mocks.iter().chain(&file.mocks);
            mocks.map(|(state, mocks)| (&case.name, state, mocks))
        });
        for (case, state, mocks) in every {
            if let Err(fault) = mocks.check() {
                let path = path.display();
                let text = format!("{path}: case `{case}`, mocks of `{state}`: {fault}");
                return Err(CommandError::usage(text));
            }
        }
        Ok(file)
    }

    /// A mock for what is no Task answers nobody: a slip of the pen, most likely.
    pub(crate) fn check_states(
        &self,
        path: &Path,
        machine: &StateMachine,
    ) -> Result<(), CommandError> {
        let is_task = |name: &str| {
            let state = machine.state_named(name).map(|id| machine.state(id));
            state.is_some_and(|state| matches!(state.kind, StateKind::Task(_)))
        };
        let mut named = self.mocks.keys().chain(self.cases.iter().flat_map(|it| it.mocks.keys()));
        match named.find(|name| !is_task(name)) {
            None => Ok(()),
            Some(name) => Err(CommandError::usage(format!(
                "{}: mocks for `{name}`, which is no Task of {}; name one of its Task states",
                path.display(),
                self.definition.display()
            ))),
        }
    }
}

impl Mocks {
    fn check(&self) -> Result<(), String> {
        match self {
            Self::InTurn(mocks) => mocks.iter().try_for_each(Mock::check),
            Self::Always(mock) => mock.check(),
        }
    }
}

impl Mock {
    /// Exactly one of a result, an error and silence.
    fn check(&self) -> Result<(), String> {
        let given = [self.result.is_some(), self.error.is_some(), self.silent];
        match given.into_iter().filter(|it| *it).count() {
            1 if self.cause.is_some() && self.error.is_none() => {
                Err("a `cause` belongs to an `error`".to_owned())
            }
            1 => Ok(()),
            _ => Err("give one of `result`, `error` and `silent`".to_owned()),
        }
    }
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::TimedOut => "TIMED_OUT",
        }
    }
}

fn empty_object() -> Value {
    Value::Object(serde_json::Map::new())
}

/// `null` is a value, too.
fn some<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn delay<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    duration::parse(&text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<TestFile, String> {
        TestFile::parse(Path::new("t.json"), text).map_err(|error| error.message)
    }

    #[test]
    fn a_file_is_read_with_its_defaults() {
        let file = parse(
            r#"{"definition": "m.json", "cases": [{"name": "a", "mocks": {
                "One": {"result": null},
                "Two": [{"error": "E", "cause": "c"}, {"silent": true}, {"result": 1, "after": "30d"}]
            }, "expect": {}}]}"#,
        )
        .unwrap();
        let case = &file.cases[0];
        assert_eq!((&case.input, case.expect.status), (&empty_object(), Status::Succeeded));
        assert!(case.expect.output.is_none());
        let Mocks::Always(one) = &case.mocks["One"] else { panic!("one answer for all") };
        assert_eq!(one.result, Some(Value::Null));
        let Mocks::InTurn(two) = &case.mocks["Two"] else { panic!("a list") };
        assert_eq!(two[2].after, Duration::from_hours(30 * 24));
    }

    #[test]
    fn a_slip_is_told_with_its_place() {
        for (text, told) in [
            ("{", "t.json: EOF"),
            (
                r#"{"definition": "m", "cases": [{"name": "a", "expects": {}}]}"#,
                "unknown field `expects`",
            ),
            (
                r#"{"definition": "m", "cases": [{"name": "a", "expect": {"status": "DONE"}}]}"#,
                "unknown variant `DONE`",
            ),
            (
                r#"{"definition": "m", "cases": [{"name": "a", "mocks": {"S": {}}, "expect": {}}]}"#,
                "case `a`, mocks of `S`: give one of `result`, `error` and `silent`",
            ),
            (
                r#"{"definition": "m", "cases": [{"name": "a", "mocks": {"S": {"result": 1, "cause": "c"}}, "expect": {}}]}"#,
                "a `cause` belongs to an `error`",
            ),
        ] {
            let message = parse(text).unwrap_err();
            assert!(message.contains(told), "{message}");
        }
    }
}
