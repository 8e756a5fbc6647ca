//! See `fuzz::path`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| fuzz::path(text));
