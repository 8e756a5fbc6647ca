//! The house rules that a compiler does not know: which crate may lean on which, and how its rooms are kept.
//! Each rule is a function from what it reads to the faults it finds, so that each is also shown to fail.
mod arrows;
mod dependencies;
mod deploy;
mod mutations;
mod sources;
mod tidy;

/// One test's verdict: every fault at once, one a line.
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n  {}", faults.len(), faults.join("\n  "));
}
