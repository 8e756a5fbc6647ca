//! Broken and faulty definitions, and every word that is said of them: `faulty/*.txt`.
//!
//! A case is a line `=== what is wrong`, the definition, a line `---`, and for each diagnostic a line
//! `SEVERITY CODE/KIND line:column pointer | message | advice`. `EVERSTEP_BLESS=1` writes what is said now; review it.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use asl::{Diagnostic, StateMachine};

#[test]
fn every_fault_is_told_with_its_place_and_its_remedy() {
    let mut differences = Vec::new();
    for file in files() {
        let written = fs::read_to_string(&file).unwrap();
        let told: String = cases(&written).iter().map(Case::told).collect();
        if std::env::var_os("EVERSTEP_BLESS").is_some() {
            fs::write(&file, told).unwrap();
        } else if told != written {
            differences.push(format!("{}:\n{}", file.display(), first_difference(&told, &written)));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn the_table_is_broad() {
    let all: Vec<String> = files().iter().map(|file| fs::read_to_string(file).unwrap()).collect();
    let cases: Vec<Case<'_>> = all.iter().flat_map(|text| cases(text)).collect();
    assert!(cases.len() >= 60, "only {} cases", cases.len());
    let silent = cases.iter().find(|case| StateMachine::check(case.definition).is_empty());
    assert!(silent.is_none(), "no fault in: {}", silent.unwrap().title);
    let most = cases.iter().map(|case| StateMachine::check(case.definition).len()).max();
    assert!(most >= Some(15), "many faults at once are reported at once");
}

#[test]
fn a_definition_with_errors_makes_no_machine() {
    for file in files() {
        for case in cases(&fs::read_to_string(&file).unwrap()) {
            let warned_only = StateMachine::check(case.definition).iter().all(is_warning);
            assert_eq!(StateMachine::parse(case.definition).is_ok(), warned_only, "{}", case.title);
        }
    }
}

fn is_warning(diagnostic: &Diagnostic) -> bool {
    diagnostic.severity == asl::Severity::Warning
}

struct Case<'a> {
    title: &'a str,
    definition: &'a str,
}

impl Case<'_> {
    /// The case as it stands in its file, with what is said now.
    fn told(&self) -> String {
        let mut told = format!("=== {}\n{}\n---\n", self.title, self.definition);
        for diagnostic in StateMachine::check(self.definition) {
            writeln!(told, "{}", line(&diagnostic)).expect("a string takes what is written");
        }
        told.push('\n');
        told
    }
}

fn line(diagnostic: &Diagnostic) -> String {
    let Diagnostic { code, kind, severity, message, pointer, line, column, advice } = diagnostic;
    let (severity, code) = (severity.as_str(), code.as_str());
    format!("{severity} {code}/{kind} {line}:{column} {pointer} | {message} | {advice}")
}

fn cases(text: &str) -> Vec<Case<'_>> {
    let cases = text.split("=== ").skip(1);
    cases
        .map(|case| {
            let (title, rest) = case.split_once('\n').expect("a title is a line");
            let (definition, _) = rest.split_once("\n---\n").expect("a definition ends with ---");
            Case { title, definition }
        })
        .collect()
}

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/definitions/faulty");
    let files = fs::read_dir(folder)
        .expect("the table is there")
        .map(|entry| entry.expect("the folder can be read").path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    files
}

fn first_difference(told: &str, written: &str) -> String {
    let mut pairs = told.lines().zip(written.lines());
    let pair = pairs.find(|(told, written)| told != written);
    let (told, written) = pair.unwrap_or(("the end of one", "comes before the end of the other"));
    format!("  said:    {told}\n  written: {written}")
}
