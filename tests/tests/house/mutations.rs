//! The patches of `tests/mutations` still fit the sources: one that no longer does would show nothing. What they show is
//! `tests/mutations/run`'s, which builds a copy for each.
use crate::sources::{self, Source};
use crate::{assert_none, sources::read};

/// Where the patch says what stands nowhere in its file.
fn misfits(patch: &Source, read: impl Fn(&str) -> String) -> Vec<String> {
    let mut faults = Vec::new();
    for file in patch.text.split("\ndiff --git ") {
        let Some((head, hunks)) = file.split_once("\n@@ ") else { continue };
        let target = head.lines().find_map(|line| line.strip_prefix("+++ b/")).unwrap_or_default();
        let text = read(target);
        let hunks = hunks.split("\n@@ ").filter(|hunk| !text.contains(&before(hunk)));
        faults.extend(hunks.map(|hunk| {
            let place = hunk.lines().next().unwrap_or_default();
            format!(
                "{}: {target}, @@ {place}: make the patch anew, as the file reads now",
                patch.path
            )
        }));
    }
    faults
}

/// The lines of a hunk as they stand before it.
fn before(hunk: &str) -> String {
    let lines = hunk.lines().skip(1);
    let kept = lines.filter_map(|line| line.strip_prefix(' ').or_else(|| line.strip_prefix('-')));
    kept.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_mutation_fits_the_sources() {
    let patches = sources::all(".patch");
    assert!(patches.len() >= 4, "there are patches: {}", patches.len());
    assert_none(&patches.iter().flat_map(|it| misfits(it, read)).collect::<Vec<_>>());
}

#[test]
fn a_mutation_that_fits_no_longer_is_found() {
    let text =
        "diff --git a/a.rs b/a.rs\n--- a/a.rs\n+++ b/a.rs\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n";
    let patch = Source { path: "a.patch".to_owned(), text: text.to_owned() };
    assert_eq!(misfits(&patch, |_| "one\ntwo\n".to_owned()), [""; 0]);
    assert_eq!(misfits(&patch, |_| "one\n2\n".to_owned()).len(), 1);
}
