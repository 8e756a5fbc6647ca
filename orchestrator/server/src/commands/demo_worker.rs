//! `everstep demo-worker`: one worker process of the demo. It stops when the demo is gone.

use std::time::Duration;

use clap::Args;
use order_pipeline::worker::{Options, Queue, run_until};

use crate::demo::parent_gone;
use crate::error::{Answer, CommandError};
use crate::serve::stop_signal;

/// Running tasks of the demo take milliseconds, but for stock that does not answer: that one is given up.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Debug, Args)]
pub(crate) struct DemoWorker {
    queue: Queue,
    #[arg(long)]
    address: String,
    #[arg(long)]
    ledger: String,
}

impl DemoWorker {
    pub(crate) async fn run(self) -> Result<Answer, CommandError> {
        let stop = stop_signal()?;
        let parent_gone = parent_gone();
        let shutdown = async {
            tokio::select! {
                () = stop => {}
                () = parent_gone => {}
            }
        };
        let options = Options {
            server: self.address,
            queues: vec![self.queue],
            ledger: Some(self.ledger),
            drain_timeout: DRAIN_TIMEOUT,
            ..Options::default()
        };
        let worked = run_until(options, shutdown).await;
        worked.map_err(|error| CommandError::unavailable(format!("the worker ended: {error}")))?;
        Ok(Answer::Positive)
    }
}
