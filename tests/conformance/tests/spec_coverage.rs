//! `docs/spec-coverage.md` against the code: every field that the checker knows, every error name and every intrinsic
//! has a row, every row is one of those, and every test that a row names is there and speaks of it.

mod spec {
    pub(crate) mod fields;
    pub(crate) mod page;
}

use std::collections::BTreeSet;

use spec::{fields, page};

#[test]
fn every_field_error_and_intrinsic_names_a_test_that_shows_it() {
    let rows = page::rows();
    let written: BTreeSet<_> = rows.iter().map(|row| (row.of.clone(), row.name.clone())).collect();
    assert_eq!(written.len(), rows.len(), "a row stands twice");
    let known = known();
    let missing: Vec<_> = known.difference(&written).collect();
    let foreign: Vec<_> = written.difference(&known).collect();
    assert!(missing.is_empty(), "docs/spec-coverage.md lacks {missing:#?}");
    assert!(foreign.is_empty(), "docs/spec-coverage.md has what the code has not: {foreign:#?}");
    let unproven: Vec<String> = rows.iter().filter_map(|row| row.fault().err()).collect();
    assert!(unproven.is_empty(), "{}", unproven.join("\n"));
}

fn known() -> BTreeSet<(String, String)> {
    let owned = |of: &str, name: &str| (of.to_owned(), name.to_owned());
    let errors = asl::names::EVERY.iter().map(|name| owned("error", name));
    let intrinsics = asl::intrinsics().map(|name| owned("intrinsic", name));
    fields::all().into_iter().chain(errors).chain(intrinsics).collect()
}
