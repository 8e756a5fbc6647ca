//! The answers of one case, handed out attempt by attempt.

use std::collections::BTreeMap;

use super::file::{Case, Mock, Mocks, TestFile};

#[derive(Debug)]
pub(super) struct Answers<'a> {
    by_state: BTreeMap<&'a str, (&'a Mocks, usize)>,
}

impl<'a> Answers<'a> {
    pub(super) fn of(file: &'a TestFile, case: &'a Case) -> Self {
        let mocks = file.mocks.iter().chain(&case.mocks);
        Self { by_state: mocks.map(|(state, mocks)| (state.as_str(), (mocks, 0))).collect() }
    }

    /// The answer to the next attempt of that state, or why there is none.
    pub(super) fn next(&mut self, state: &str) -> Result<&'a Mock, String> {
        let Some((mocks, taken)) = self.by_state.get_mut(state) else {
            return Err(format!("the task of `{state}` has no mock; add one"));
        };
        *taken += 1;
        match *mocks {
            Mocks::Always(mock) => Ok(mock),
            Mocks::InTurn(mocks) => mocks.get(*taken - 1).ok_or_else(|| {
                format!(
                    "attempt {taken} of `{state}` has no mock: its list ends after {}",
                    mocks.len()
                )
            }),
        }
    }
}
