//! How often an execution was redriven, and by which callers' tokens.

use std::collections::VecDeque;

use chrono::{DateTime, TimeDelta, Utc};

use crate::execution::Execution;

/// As on AWS: a token means the redrive that it asked for during this time, among so many of the last ones.
const TOKEN_VALID: TimeDelta = TimeDelta::minutes(15);
const TOKENS_MAX: usize = 10;

#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Redrives {
    pub(crate) last: Option<Redriven>,
    tokens: VecDeque<(String, Redriven)>,
}

/// A redrive that has taken place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redriven {
    /// Counts from 1.
    pub count: u64,
    pub at: DateTime<Utc>,
}

impl Redrives {
    pub(crate) fn add(&mut self, redriven: Redriven, client_token: Option<&str>) {
        self.last = Some(redriven);
        let Some(token) = client_token else { return };
        if self.tokens.len() == TOKENS_MAX {
            self.tokens.pop_front();
        }
        self.tokens.push_back((token.to_owned(), redriven));
    }
}

impl Execution {
    /// `None`: it never was.
    pub fn last_redrive(&self) -> Option<Redriven> {
        self.redrives.last
    }

    pub fn redrive_count(&self) -> u64 {
        self.redrives.last.map_or(0, |redriven| redriven.count)
    }

    /// What the token has asked for already.
    pub fn redriven_by(&self, client_token: &str, now: DateTime<Utc>) -> Option<Redriven> {
        let mut tokens = self.redrives.tokens.iter().rev();
        let (_, redriven) = tokens.find(|(token, _)| token == client_token)?;
        (now - redriven.at < TOKEN_VALID).then_some(*redriven)
    }
}
