//! What one test exercises: members that it sent and was answered, errors that it was given.
//!
//! When the test ends, its notes are held against the page: what the page says that it shows, it must have shown.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::model::{ANY, Row, Side, rows, rows_of};
use super::page::{Page, Shown};

/// The variable that names the folder to write notes to, instead of holding them against the page.
pub(crate) const FOLDER: &str = "EVERSTEP_AWS_NOTES";

pub(crate) fn folder() -> Option<PathBuf> {
    std::env::var_os(FOLDER).map(PathBuf::from)
}

/// Shared by a test's clients; [`Kept`] is its world's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Notes(Arc<Mutex<BTreeSet<Row>>>);

impl Notes {
    /// A call that was answered.
    pub(crate) fn answered(&self, operation: &str, input: &Value, answer: &Value) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.extend(rows_of(operation, Side::In, input));
        noted.extend(rows_of(operation, Side::Out, answer));
    }

    pub(crate) fn refused(&self, operation: &str, error: &str) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        noted.insert(Row::error(operation, error));
        noted.insert(Row::error(ANY, error));
    }
}

/// Looked at when the test ends.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) notes: Notes,
    /// `None`: the thread does not bear a test's name.
    test: Option<String>,
}

impl Kept {
    /// To be made in the test's own thread.
    pub(crate) fn of_this_test() -> Self {
        let thread = std::thread::current();
        let test = thread.name().and_then(|name| name.strip_prefix("aws::")).map(str::to_owned);
        Self { notes: Notes::default(), test }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let Some(test) = self.test.take().filter(|_| !std::thread::panicking()) else { return };
        let rows =
            std::mem::take(&mut *self.notes.0.lock().unwrap_or_else(PoisonError::into_inner));
        match folder() {
            Some(folder) => write(&folder, &test, &rows),
            None => hold_against_the_page(&test, &rows),
        }
    }
}

fn hold_against_the_page(test: &str, noted: &BTreeSet<Row>) {
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return;
    }
    let mut faults = Vec::new();
    for (row, shown) in Page::read().rows {
        let seen = noted.contains(&row);
        match shown {
            Shown::By(by) if by == test && !seen => faults.push(format!("{row}: not shown by it")),
            Shown::Not(_) if seen => faults.push(format!("{row}: shown by it")),
            Shown::By(_) | Shown::Not(_) => {}
        }
    }
    assert!(
        faults.is_empty(),
        "{test} and the page disagree: UPDATE_DOCS=1\n{}",
        faults.join("\n")
    );
}

/// The notes of one test, read back.
#[derive(Debug)]
pub(crate) struct Noted {
    pub(crate) test: String,
    pub(crate) rows: BTreeSet<Row>,
}

fn write(folder: &Path, test: &str, noted: &BTreeSet<Row>) {
    let known: BTreeSet<Row> = rows().into_iter().collect();
    let lines: Vec<String> = noted.intersection(&known).map(Row::to_string).collect();
    let file = folder.join(test.replace("::", "@"));
    std::fs::write(file, lines.join("\n")).expect("the notes can be written");
}

/// By the tests' names.
pub(crate) fn read(folder: &Path) -> Vec<Noted> {
    let entries = std::fs::read_dir(folder).expect("the folder of notes");
    let mut noted: Vec<Noted> = entries
        .map(|entry| {
            let path = entry.expect("an entry").path();
            let name = path.file_name().expect("a name").to_string_lossy().replace('@', "::");
            let text = std::fs::read_to_string(&path).expect("a file of notes");
            Noted { test: name, rows: text.lines().filter_map(Row::read).collect() }
        })
        .collect();
    noted.sort_by(|one, other| one.test.cmp(&other.test));
    noted
}
