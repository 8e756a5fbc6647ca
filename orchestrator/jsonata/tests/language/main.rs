//! The language: its face, and jsonata-js beside it.
#![expect(clippy::disallowed_methods, reason = "tests read recorded cases from disk and run node")]

mod answers;
mod differential;
mod expression;
mod support;
