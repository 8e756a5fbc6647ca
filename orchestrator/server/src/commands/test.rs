//! `everstep test`: runs a machine offline against mocked task results, with time skipped.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use serde_json::{Value, json};

use super::{input, validate};
use crate::error::{Answer, CommandError};
use crate::offline::{self, Coverage, Outcome, TestFile};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Test {
    /// Files of cases; docs/cli.md shows their form
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write the results as JUnit's XML, too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// A file whose cases were run.
struct Suite {
    path: PathBuf,
    file: TestFile,
    outcomes: Vec<Outcome>,
    coverage: Coverage,
}

impl Test {
    pub(crate) fn run(self, format: Format) -> Result<Answer, CommandError> {
        let mut suites = Vec::new();
        for path in self.files {
            match suite(path)? {
                Some(suite) => suites.push(suite),
                None => return Ok(Answer::Negative),
            }
        }
        match format {
            Format::Text => suites.iter().for_each(tell),
            Format::Json => {
                output::document(
                    &json!({ "files": suites.iter().map(document).collect::<Vec<_>>() }),
                );
            }
        }
        if let Some(file) = &self.junit {
            write_junit(file, &suites)?;
        }
        let passed = suites.iter().flat_map(|it| &it.outcomes).all(|it| it.differences.is_empty());
        Ok(if passed { Answer::Positive } else { Answer::Negative })
    }
}

/// `None` where the definition is faulty; its faults are told.
fn suite(path: PathBuf) -> Result<Option<Suite>, CommandError> {
    let file = TestFile::parse(&path, &input::read(&path)?)?;
    let definition = path.parent().unwrap_or(Path::new("")).join(&file.definition);
    let machine = match offline::machine(&input::read(&definition)?) {
        Ok(machine) => Arc::new(machine),
        Err(faults) => {
            let name = definition.display().to_string();
            for fault in &faults {
                output::note(validate::text_of(&name, fault));
            }
            return Ok(None);
        }
    };
    file.check_states(&path, &machine)?;
    let mut coverage = Coverage::of(&machine);
    let mut outcomes = Vec::new();
    for case in &file.cases {
        let outcome = offline::run(&machine, &file, case);
        coverage.add(&machine, &outcome.events);
        outcomes.push(outcome);
    }
    Ok(Some(Suite { path, file, outcomes, coverage }))
}

impl Suite {
    fn cases(&self) -> impl Iterator<Item = (&str, &Outcome)> {
        self.file.cases.iter().map(|case| case.name.as_str()).zip(&self.outcomes)
    }
}

fn tell(suite: &Suite) {
    output::line(suite.path.display().to_string());
    for (name, outcome) in suite.cases() {
        let verdict = if outcome.differences.is_empty() { "ok  " } else { "FAIL" };
        let took = span(outcome.took.num_milliseconds());
        output::line(format!("{verdict}  {name}  ({}, {took} of its own time)", outcome.status));
        output::line(format!("      {}", path_text(outcome)));
        for difference in &outcome.differences {
            output::line(format!("      {difference}"));
        }
    }
    for part in suite.coverage.not_reached() {
        output::line(format!("no case reaches {} {}", part.kind(), part.name()));
    }
    let passed = suite.outcomes.iter().filter(|it| it.differences.is_empty()).count();
    let counts = [
        ("state", "states"),
        ("choice", "ways out of a Choice"),
        ("retrier", "retriers"),
        ("catcher", "catchers"),
    ]
    .map(|(kind, words)| {
        let (reached, total) = suite.coverage.count(kind);
        format!("{reached} of {total} {words}")
    });
    output::line(format!(
        "{passed} of {} cases pass; they reach {}",
        suite.outcomes.len(),
        counts.join(", ")
    ));
}

/// `A > B x3 > C`: what was entered, and how often it was tried.
fn path_text(outcome: &Outcome) -> String {
    let states = outcome.path.iter().map(|(state, attempts)| match attempts {
        1 => state.to_string(),
        _ => format!("{state} x{attempts}"),
    });
    states.collect::<Vec<_>>().join(" > ")
}

fn span(milliseconds: i64) -> String {
    let (days, rest) = (milliseconds / 86_400_000, milliseconds % 86_400_000);
    let (hours, rest) = (rest / 3_600_000, rest % 3_600_000);
    let (minutes, rest) = (rest / 60_000, rest % 60_000);
    let parts =
        [(days, "d"), (hours, "h"), (minutes, "m"), (rest / 1_000, "s"), (rest % 1_000, "ms")];
    let text: Vec<_> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n}{unit}")).collect();
    if text.is_empty() { "0s".to_owned() } else { text.join(" ") }
}

fn document(suite: &Suite) -> Value {
    let case = |(name, outcome): (&str, &Outcome)| {
        json!({
            "name": name,
            "passed": outcome.differences.is_empty(),
            "status": outcome.status,
            "output": outcome.output,
            "error": outcome.failure.error,
            "cause": outcome.failure.cause,
            "path": outcome.path.iter().map(|(state, attempts)| {
                json!({ "state": &**state, "attempts": attempts })
            }).collect::<Vec<_>>(),
            "simulatedMilliseconds": outcome.took.num_milliseconds(),
            "differences": outcome.differences,
        })
    };
    let parts = suite.coverage.not_reached();
    json!({
        "file": suite.path.display().to_string(),
        "cases": suite.cases().map(case).collect::<Vec<_>>(),
        "notReached": parts.map(|part| json!({ "kind": part.kind(), "name": part.name() })).collect::<Vec<_>>(),
    })
}

fn write_junit(file: &Path, suites: &[Suite]) -> Result<(), CommandError> {
    let suites: Vec<_> =
        suites.iter().map(|suite| (suite.path.as_path(), suite.cases().collect())).collect();
    std::fs::write(file, offline::report(&suites))
        .map_err(|error| CommandError::usage(format!("cannot write {}: {error}", file.display())))
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn a_span_is_told_in_its_own_units() {
        for (milliseconds, text) in
            [(0, "0s"), (5, "5ms"), (90_500, "1m 30s 500ms"), (30 * 86_400_000, "30d")]
        {
            assert_eq!(span(milliseconds), text);
        }
    }
}
