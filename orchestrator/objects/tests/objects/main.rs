//! Items and results, in local folders and in an S3-compatible storage.

#![expect(clippy::print_stdout, reason = "a test that skips says so")]
#![expect(clippy::unwrap_used, reason = "a test's own helpers may panic")]

mod folders;
mod formats;
mod results;
mod s3;
mod support;
