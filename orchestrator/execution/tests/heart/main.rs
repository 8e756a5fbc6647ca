//! The heart, measured: by AWS's recorded histories, by scenarios, by chance, by the files of every released format.

#![expect(
    clippy::disallowed_methods,
    reason = "the files of tests are read here, not by the pure floor"
)]
#![expect(clippy::print_stdout, reason = "a test that skips says so, one that measures tells")]
#![expect(clippy::unwrap_used, reason = "a test's own helpers may panic")]

mod simulated;

mod conformance;
mod golden;
mod large;
mod properties;
mod scenarios;
