//! See `fuzz::template`.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| fuzz::template(text));
