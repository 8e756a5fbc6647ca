//! Definitions: what is accepted, what is refused, and in which words.

#![expect(clippy::disallowed_methods, reason = "recorded truth and the table are files")]

mod distributed;
mod faulty;
mod machine;
mod mutation;
