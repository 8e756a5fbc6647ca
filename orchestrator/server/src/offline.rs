//! A machine run without a server: tasks are answered from a file, and time is skipped. `everstep test` prints what comes of it.

mod coverage;
mod file;
mod junit;
mod mocks;
mod recorded;
mod run;
mod stand_in;

pub(crate) use coverage::Coverage;
pub(crate) use file::TestFile;
pub(crate) use junit::report;
pub(crate) use recorded::{Replay, replay};
pub(crate) use run::{Outcome, run};
pub(crate) use stand_in::{machine, recorded_machine};
