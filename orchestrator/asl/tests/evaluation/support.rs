//! A context object for those who don't care about it.

use std::sync::Arc;

use asl::context::ExecutionContext;
use asl::{Context, Payload, timestamp};

/// An execution named `one` of the machine `orders`, with the input `{"id": 1}`, in the state `Here`.
pub(crate) fn context() -> Context {
    let execution = ExecutionContext {
        id: "arn:aws:states:us-east-1:000000000000:execution:orders:one".to_owned(),
        input: Payload::parse(r#"{"id": 1}"#).expect("it is valid JSON"),
        name: "one".to_owned(),
        role_arn: "arn:aws:iam::000000000000:role/orders".to_owned(),
        started_at: timestamp::parse("2026-11-23T06:17:25Z").expect("it is a timestamp"),
        redrive_count: 0,
        redriven_at: None,
        machine_id: "arn:aws:states:us-east-1:000000000000:stateMachine:orders".to_owned(),
        machine_name: "orders".to_owned(),
    };
    let entered_at = timestamp::parse("2026-11-23T06:17:26Z").expect("it is a timestamp");
    Context::new(Arc::new(execution), "Here".into(), entered_at)
}
