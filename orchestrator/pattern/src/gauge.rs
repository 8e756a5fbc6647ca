//! How far a search reads: `a+b|a` looks for a `b` up to the end of the text, and then again from the second `a` on.

use std::sync::{Mutex, PoisonError};

use regex_automata::Input;
use regex_automata::hybrid::dfa::{Cache, DFA};

use crate::STATES_BYTES_MAX;

#[derive(Debug)]
pub(crate) struct Gauge {
    states: DFA,
    known: Mutex<Cache>,
}

impl Gauge {
    pub(crate) fn of(pattern: &str) -> Option<Self> {
        let config = DFA::config()
            .unicode_word_boundary(true)
            .cache_capacity(STATES_BYTES_MAX)
            .skip_cache_capacity_check(true);
        let states = DFA::builder().configure(config).build(pattern).ok()?;
        let known = Mutex::new(states.create_cache());
        Some(Self { states, known })
    }

    /// How many bytes, and no more than one above `most`, the search for the leftmost match reads from `at` on. `None` where
    /// that can't be said: a boundary of words beside letters beyond ASCII.
    pub(crate) fn reads(&self, text: &str, at: usize, most: usize) -> Option<usize> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let input = Input::new(text).range(at..);
        let mut state = self.states.start_state_forward(&mut known, &input).ok()?;
        let bytes = &text.as_bytes()[at..];
        for (read, byte) in bytes.iter().enumerate() {
            state = self.states.next_state(&mut known, state, *byte).ok()?;
            if state.is_quit() {
                return None;
            }
            if state.is_dead() || read >= most {
                return Some(read + 1);
            }
        }
        Some(bytes.len())
    }
}
