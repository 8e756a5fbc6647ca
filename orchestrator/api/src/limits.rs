//! What a request may hold at most. Each bound is AWS's, or says why it is.

use std::time::Duration;

/// AWS's quota for a definition.
pub const DEFINITION_BYTES_MAX: usize = 1_048_576;
/// AWS's limits for the fields of the same names.
pub const ROLE_ARN_LENGTH_MAX: usize = 256;
pub const ERROR_LENGTH_MAX: usize = 256;
pub const CAUSE_LENGTH_MAX: usize = 32_768;
pub const TRACE_HEADER_LENGTH_MAX: usize = 256;
pub const WORKER_LENGTH_MAX: usize = 80;
pub const CLIENT_TOKEN_LENGTH_MAX: usize = 64;
pub const PAGE_SIZE_MAX: u32 = 1_000;
pub const PAGE_SIZE_DEFAULT: u32 = 100;
pub const NEXT_TOKEN_LENGTH_MAX: usize = 1_024;
/// Logging, tracing and encryption settings are a few ARNs and flags each.
pub const CONFIGURATION_BYTES_MAX: usize = 16_384;

/// AWS's limits for versions, aliases and tags.
pub const DESCRIPTION_LENGTH_MAX: usize = 256;
pub const ALIAS_ROUTES_MAX: usize = 2;
pub const TAGS_MAX: usize = 50;
pub const TAG_KEY_LENGTH_MAX: usize = 128;
pub const TAG_VALUE_LENGTH_MAX: usize = 256;

/// EventBridge's limit for a connection's description.
pub const CONNECTION_DESCRIPTION_LENGTH_MAX: usize = 512;

/// AWS's long poll.
pub const POLL_WAIT_MAX: Duration = Duration::from_mins(1);
/// Time for a hang-up that has arrived to be seen: it drops the poll, and the task is offered again. Without it an answer would
/// count as taken that went into a socket which nobody reads.
pub const HANG_UP_SEEN: Duration = Duration::from_millis(1);
pub const POLL_TASKS_MAX: u32 = 1_000;
/// More queues than any worker has handlers.
pub const QUEUES_PER_POLL_MAX: usize = 100;
/// Outcomes, heartbeats, acknowledgements or returns in one message: a few milliseconds of a lane's work.
pub const TOKENS_PER_BATCH_MAX: usize = 1_000;
/// Credits of one queue on one stream: what one process can hold, and what its loss may delay.
pub const CREDITS_PER_QUEUE_MAX: u32 = 10_000;

/// A call that names neither a wait nor a deadline of its own does not wait for ever.
pub const START_WAIT_MAX: Duration = Duration::from_hours(1);
/// AWS's for `TestState`.
pub const TESTED_CALL_MAX: Duration = Duration::from_mins(5);
/// Calls of HTTP tasks that are only tested: by hand, or by a few builds at once.
pub const TESTED_CALLS_MAX: usize = 16;
/// For PostgreSQL to answer, where the client set no deadline.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// A request: a batch of outcomes near the payload limit fits, a client that sends without end does not.
pub const REQUEST_BYTES_MAX: usize = 32 * 1_048_576;
/// AWS's for a request of its API; a definition near its own limit fits over gRPC alone.
pub const AWS_REQUEST_BYTES_MAX: usize = 1_048_576;
/// Payloads in one response, where it has a choice: gRPC clients take 4 MiB unless told otherwise. A response with a
/// single item may exceed it.
pub const RESPONSE_BYTES_AIM: usize = 2 * 1_048_576;

/// A namespace's settings: AWS's largest `TimeoutSeconds`, and payloads that still fit a client's 4 MiB as two.
pub const TASK_TIMEOUT_SECONDS_MAX: u64 = 99_999_999;
pub const PAYLOAD_BYTES_MIN: u64 = 1_024;
pub const PAYLOAD_BYTES_MAX: u64 = 1_048_576;
/// Quotas of a namespace: a history has room for a start, a state and an end; and what a `bigint` holds with ease.
pub const HISTORY_EVENTS_MIN: u64 = 10;
pub const QUOTA_MAX: u64 = 1_000_000_000_000;
/// More than a node answers.
pub const REQUESTS_PER_SECOND_MAX: u64 = 1_000_000;
