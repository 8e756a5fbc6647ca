//! The context object (`$$`): facts about the execution, the state and the task that a definition may ask for.

use std::cell::OnceCell;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::payload::Payload;

/// Built for one state visit. The JSON value is made when an expression first looks at it.
#[derive(Debug, Clone)]
pub struct Context {
    pub execution: Arc<ExecutionContext>,
    /// `$$.State`: absent in ItemSelector's outer evaluation never; always set within a state.
    pub state_name: Arc<str>,
    pub state_entered_at: DateTime<Utc>,
    pub retry_count: u32,
    /// `$$.Task.Token`, within a Task that waits for one.
    pub task_token: Option<String>,
    /// `$$.Map.Item`, within an iteration and in `ItemSelector`.
    pub map_item: Option<MapItem>,
    value: OnceCell<Value>,
}

/// What stays the same for a whole execution.
#[derive(Debug, Clone)]
pub struct ExecutionContext {
    /// The execution's ARN.
    pub id: String,
    pub input: Payload,
    pub name: String,
    pub role_arn: String,
    pub started_at: DateTime<Utc>,
    pub redrive_count: u32,
    /// The state machine's ARN.
    pub machine_id: String,
    pub machine_name: String,
}

#[derive(Debug, Clone)]
pub struct MapItem {
    pub index: u64,
    pub value: Payload,
}
