//! See `fuzz::definition`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| fuzz::definition(text));
