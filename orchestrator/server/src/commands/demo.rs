//! `everstep demo`: the order pipeline with everything it needs, and how each order ended beside how it should.

use clap::Args;

use crate::error::{Answer, CommandError};
use crate::output::Format;

#[derive(Debug, Args)]
pub(crate) struct Demo {}

impl Demo {
    #[expect(clippy::unused_async, reason = "not written yet")]
    pub(crate) async fn run(self, _format: Format) -> Result<Answer, CommandError> {
        Err(CommandError::internal("not written yet"))
    }
}
