//! The context object (`$$`): facts about the execution, the state and the task that a definition may ask for.

use std::cell::OnceCell;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::payload::Payload;
use crate::timestamp;

/// Built for one state visit. The JSON value is made when an expression first looks at it.
#[derive(Debug, Clone)]
pub struct Context {
    pub execution: Arc<ExecutionContext>,
    pub state_name: Arc<str>,
    pub state_entered_at: DateTime<Utc>,
    /// What `$now()` answers.
    pub now: DateTime<Utc>,
    /// In a state that can be retried (Task, Parallel, Map); AWS shows none in the others.
    pub retry_count: Option<u32>,
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
    /// `None`: it never was.
    pub redriven_at: Option<DateTime<Utc>>,
    /// The state machine's ARN.
    pub machine_id: String,
    pub machine_name: String,
}

#[derive(Debug, Clone)]
pub struct MapItem {
    pub index: u64,
    pub value: Payload,
}

impl MapItem {
    fn value(&self) -> Value {
        json!({ "Item": { "Index": self.index, "Value": self.value.value() } })
    }
}

impl Context {
    pub fn new(
        execution: Arc<ExecutionContext>,
        state_name: Arc<str>,
        state_entered_at: DateTime<Utc>,
    ) -> Self {
        Self {
            execution,
            state_name,
            state_entered_at,
            now: state_entered_at,
            retry_count: None,
            task_token: None,
            map_item: None,
            value: OnceCell::new(),
        }
    }

    #[must_use]
    pub fn at(mut self, now: DateTime<Utc>) -> Self {
        self.now = now;
        self
    }

    #[must_use]
    pub fn with_retry_count(mut self, retry_count: u32) -> Self {
        self.retry_count = Some(retry_count);
        self
    }

    #[must_use]
    pub fn with_task_token(mut self, task_token: String) -> Self {
        self.task_token = Some(task_token);
        self
    }

    #[must_use]
    pub fn with_map_item(mut self, map_item: Option<MapItem>) -> Self {
        // A context object that was given whole has the item, too.
        if let (Some(Value::Object(given)), Some(item)) = (self.value.get_mut(), &map_item) {
            given.insert("Map".to_owned(), item.value());
        }
        self.map_item = map_item;
        self
    }

    /// What `$$` is, whatever the facts: the test of a single state is given its context object whole.
    #[must_use]
    pub fn with_value(mut self, value: Value) -> Self {
        self.value = OnceCell::from(value);
        self
    }

    /// `$$`, with the fields in the order in which AWS writes them.
    ///
    /// Looked at once, it stays as it was: set the facts before.
    pub fn value(&self) -> &Value {
        self.value.get_or_init(|| self.build())
    }

    fn build(&self) -> Value {
        let execution = &*self.execution;
        let mut value = json!({
            "Execution": {
                "Id": execution.id,
                "Input": execution.input.value(),
                "StartTime": timestamp::format(execution.started_at),
                "Name": execution.name,
                "RoleArn": execution.role_arn,
                "RedriveCount": execution.redrive_count,
            },
            "StateMachine": { "Id": execution.machine_id, "Name": execution.machine_name },
            "State": {
                "Name": &*self.state_name,
                "EnteredTime": timestamp::format(self.state_entered_at),
            },
        });
        if let Some(redriven_at) = execution.redriven_at {
            value["Execution"]["RedriveTime"] = timestamp::format(redriven_at).into();
        }
        if let Some(retry_count) = self.retry_count {
            value["State"]["RetryCount"] = retry_count.into();
        }
        if let Some(token) = &self.task_token {
            value["Task"] = json!({ "Token": token });
        }
        if let Some(item) = &self.map_item {
            value["Map"] = item.value();
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_object_has_the_shape_and_order_of_aws() {
        // Given an iteration of a Map, in a Task with a token that is tried for the third time.
        let execution = ExecutionContext {
            id: "arn:aws:states:us-east-1:000000000000:execution:orders:one".to_owned(),
            input: Payload::parse(r#"{"id": 12345678901234567890, "price": 1.10}"#).unwrap(),
            name: "one".to_owned(),
            role_arn: "arn:aws:iam::000000000000:role/orders".to_owned(),
            started_at: timestamp::parse("2026-11-23T06:17:25Z").unwrap(),
            redrive_count: 0,
            redriven_at: None,
            machine_id: "arn:aws:states:us-east-1:000000000000:stateMachine:orders".to_owned(),
            machine_name: "orders".to_owned(),
        };
        let entered_at = timestamp::parse("2026-11-23T06:17:26.0405Z").unwrap();
        let item = MapItem { index: 4, value: Payload::parse("[ 1 ]").unwrap() };
        let context = Context::new(Arc::new(execution), "Ship".into(), entered_at)
            .with_retry_count(2)
            .with_task_token("token".to_owned())
            .with_map_item(Some(item));
        // Then `$$` is, to the letter:
        let expected = concat!(
            r#"{"Execution":{"Id":"arn:aws:states:us-east-1:000000000000:execution:orders:one","#,
            r#""Input":{"id":12345678901234567890,"price":1.10},"#,
            r#""StartTime":"2026-11-23T06:17:25.000Z","Name":"one","#,
            r#""RoleArn":"arn:aws:iam::000000000000:role/orders","RedriveCount":0},"#,
            r#""StateMachine":{"Id":"arn:aws:states:us-east-1:000000000000:stateMachine:orders","#,
            r#""Name":"orders"},"#,
            r#""State":{"Name":"Ship","EnteredTime":"2026-11-23T06:17:26.040Z","RetryCount":2},"#,
            r#""Task":{"Token":"token"},"Map":{"Item":{"Index":4,"Value":[1]}}}"#,
        );
        assert_eq!(context.value().to_string(), expected);
    }
}
