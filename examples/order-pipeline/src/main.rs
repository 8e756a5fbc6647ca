//! A worker process of the example.

fn main() {}
