//! Definitions: what is accepted, what is refused, and in which words.

mod corpus;
mod faulty;
