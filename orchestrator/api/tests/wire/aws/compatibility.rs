//! `docs/aws-compatibility.md` against the public model and the tests: every member of every request and answer, and every
//! error, is shown by a test that was seen to exercise it, or stands in `unshown.txt` with its reason.
//!
//! `UPDATE_DOCS=1` runs the tests of the AWS face once more, and writes the page from what each of them noted. Without it the
//! page is held against the model here, and each test against its rows when it ends (`notes`).

mod model;
pub(crate) mod notes;
mod page;
mod reasons;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

pub(crate) use model::ANY;
use model::{Row, rows};
use notes::Noted;
use page::{Page, Shown};
use reasons::Reasons;

const TESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/wire/aws");

#[test]
fn every_member_and_error_is_shown_by_a_test_or_has_a_reason() {
    if notes::folder().is_some() {
        // Within the run below.
        return;
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let page = Page::read();
        page.write(&attributed(&noted(), &page.rows));
    }
    let (page, reasons) = (Page::read(), Reasons::read());
    let expected: Vec<Row> = rows();
    let found: Vec<Row> = page.rows.iter().map(|(row, _)| row.clone()).collect();
    assert_eq!(found, expected, "the page has other rows than the model: UPDATE_DOCS=1");
    let mut faults = Vec::new();
    for (row, shown) in &page.rows {
        match (shown, reasons.of(row)) {
            (Shown::By(test), _) if is_test(test) => {}
            (Shown::By(test), _) => faults.push(format!("{row}: there is no test {test}")),
            (Shown::Not(why), Some(reason)) if why == reason => {}
            (Shown::Not(_), Some(_)) => {
                faults.push(format!("{row}: another reason: UPDATE_DOCS=1"));
            }
            (Shown::Not(_), None) => faults.push(format!("{row}: no test and no reason")),
        }
    }
    faults.extend(
        reasons
            .idle(&page)
            .into_iter()
            .map(|line| format!("unshown.txt: {line}: shown, or no row")),
    );
    assert!(faults.is_empty(), "{} rows:\n{}", faults.len(), faults.join("\n"));
    assert_eq!(page.generated, page.printed(), "the page is not as generated: UPDATE_DOCS=1");
}

/// What every test of the AWS face exercises, in a run of its own.
fn noted() -> Vec<Noted> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("aws-notes");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the notes");
    let tests = std::env::current_exe().expect("this binary");
    let mut run = Command::new(tests);
    // Several at a time: alone, a test would run in a thread that does not bear its name.
    run.args(["aws::", "--test-threads=2"]).env(notes::FOLDER, &folder).env_remove("UPDATE_DOCS");
    assert!(run.status().expect("the tests run").success(), "the tests of the AWS face fail");
    notes::read(&folder)
}

/// Each row with the test that shows it: the one that stands on the page, or the one that shows most of its operation, so that
/// a section names few.
fn attributed(noted: &[Noted], before: &[(Row, Shown)]) -> Vec<(Row, Shown)> {
    let before: BTreeMap<&Row, &Shown> = before.iter().map(|(row, shown)| (row, shown)).collect();
    let reasons = Reasons::read();
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (test, row) in noted.iter().flat_map(|it| it.rows.iter().map(move |row| (&it.test, row))) {
        *counts.entry((test, &row.operation)).or_default() += 1;
    }
    let by = |row: &Row| {
        let showing = noted.iter().filter(|noted| noted.rows.contains(row));
        // The recordings are not everywhere: they show what nothing else does.
        let rank = |noted: &&Noted| {
            let count = counts[&(noted.test.as_str(), row.operation.as_str())];
            let stands = before.get(row) == Some(&&Shown::By(noted.test.clone()));
            let everywhere = !noted.test.starts_with("recorded::");
            (everywhere, stands, count, std::cmp::Reverse(noted.test.clone()))
        };
        showing.max_by_key(rank).map(|noted| noted.test.clone())
    };
    let shown = |row: &Row| match (by(row), reasons.of(row)) {
        (Some(test), _) => Shown::By(test),
        (None, reason) => Shown::Not(reason.unwrap_or_default().to_owned()),
    };
    rows().into_iter().map(|row| (row.clone(), shown(&row))).collect()
}

/// Whether `file::name` is a test.
fn is_test(test: &str) -> bool {
    let Some((file, name)) = test.split_once("::") else { return false };
    let source = std::fs::read_to_string(format!("{TESTS}/{file}.rs")).unwrap_or_default();
    source.contains(&format!("async fn {name}()"))
}
