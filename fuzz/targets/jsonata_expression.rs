//! See `fuzz::expression`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| fuzz::expression(text));
