//! RFC 3339 timestamps as AWS reads and writes them.
