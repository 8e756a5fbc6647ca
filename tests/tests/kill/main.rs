//! Kills anything, at random moments, while real orders run: every order still ends as it should, and the books balance.

#![expect(clippy::print_stderr, reason = "a test says what it struck")]

mod express;
mod families;
mod ledgers;
mod map_run;
mod orders;
mod storm;
mod verdict;
