//! The language: its face, and JSONata's own test suite.
#![expect(clippy::disallowed_methods, reason = "tests read recorded cases from disk")]

mod conformance;
mod expression;
mod support;
