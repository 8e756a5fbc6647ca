//! Workers for Everstep: functions that serve task queues, over one stream to the server.
//!
//! ```no_run
//! use everstep_worker::{TaskError, Worker};
//! use serde::{Deserialize, Serialize};
//!
//! #[derive(Deserialize)]
//! struct Payment {
//!     order_id: String,
//!     cents: u64,
//! }
//! #[derive(Serialize)]
//! struct Receipt {
//!     id: String,
//! }
//!
//! async fn charge(payment: Payment) -> Result<Receipt, TaskError> {
//!     if payment.cents == 0 {
//!         return Err(TaskError::new("NothingToCharge", payment.order_id));
//!     }
//!     Ok(Receipt { id: format!("receipt-{}", payment.order_id) })
//! }
//!
//! #[tokio::main]
//! async fn main() -> Result<(), everstep_worker::WorkerError> {
//!     Worker::builder("http://127.0.0.1:7233").queue("payment", charge).slots(64).build().run().await
//! }
//! ```
//!
//! # What the worker does for its handlers
//!
//! - **Slots.** No more handlers run at once than there are [slots](WorkerBuilder::slots); each [`Queue`] may have a
//!   number of its own. The server is given credits for free slots only, so tasks wait where every worker can take them.
//! - **Heartbeats** go out by themselves, three within each heartbeat timeout, until the server has the outcome.
//! - **Cancellation.** When a task is over before its handler is (it timed out, the execution was stopped, another
//!   worker has it), [`TaskContext::cancelled`] resolves; a handler that has not returned
//!   [`cancellation_grace`](WorkerBuilder::cancellation_grace) later is dropped where it waits.
//! - **Panics** fail the task with the error `HandlerPanicked`; the worker goes on.
//! - **Outcomes are kept** until the server has accepted them, or has said that the task is over. When the connection
//!   or the server is lost, the worker reconnects, says which tasks it holds, and reports again.
//! - **Access keys.** Where the server asks for one, [`access_key`](WorkerBuilder::access_key) gives it.
//! - **Draining.** On SIGTERM or SIGINT no more tasks are begun: those that have not begun go back at once, those that
//!   run may end within the [`drain_timeout`](WorkerBuilder::drain_timeout). A second signal ends the worker at once.
//! - **Tracing.** Each handler runs in a span `task` with the execution's ARN, the state and the attempt.
//!
//! Tasks are delivered at least once: a handler may see the same work again, after a crash or a timeout. Key what must
//! happen once by [`TaskContext::execution_arn`] and [`TaskContext::state`].

mod access_key;
mod context;
mod desk;
mod error;
mod handler;
mod link;
mod queue;
mod reconnect;
mod serve;
mod shutdown;
mod worker;

pub use access_key::AccessKey;
pub use context::TaskContext;
pub use error::{TaskError, WorkerError};
pub use handler::Handler;
pub use queue::Queue;
pub use worker::{Worker, WorkerBuilder};
