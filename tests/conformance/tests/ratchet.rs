//! What was reached is kept: `docs/conformance.md` against a measurement.
#![expect(clippy::print_stderr, reason = "a test that skips says so")]

use conformance::{Recorded, Tally, measure, page};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/conformance.md");

/// `None`, with a line that says so, where recorded truth is absent (but not in CI).
fn measured() -> Option<Tally> {
    let recorded = Recorded::beside();
    if !recorded.is_there() {
        let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!in_ci, "recorded truth is missing at {}", recorded.folder().display());
        eprintln!("skipped: no recorded truth at {}", recorded.folder().display());
        return None;
    }
    Some(measure(&recorded).expect("the corpora can be read"))
}

#[test]
fn nothing_that_was_reached_is_lost() {
    let Some(tally) = measured() else { return };
    let page = std::fs::read_to_string(PAGE).expect("the page is there");
    let next = page::with_table(&page, &tally).expect("the page has a place for its table");
    let fallen = page::fallen(&page, &tally);
    assert!(
        fallen.is_empty(),
        "the language fell behind docs/conformance.md:\n{}",
        fallen.join("\n")
    );
    if page != next {
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::write(PAGE, next).expect("the page can be written");
        } else {
            eprintln!(
                "the table of docs/conformance.md is behind: UPDATE_DOCS=1 cargo test -p conformance"
            );
        }
    }
}
