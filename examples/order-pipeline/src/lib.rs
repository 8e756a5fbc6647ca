//! The example of the house: an order is paid, reserved and shipped, or its money goes back.
//!
//! The definition, the orders with the end that each must reach, the workers that serve them, and a ledger in which
//! lost and doubled effects can be counted.

pub mod generate;
pub mod ledger;
pub mod order;
pub mod signs;
pub mod worker;

pub use order::{Expect, Mismatch, Order, check, orders};

/// The state machine of the example.
pub const DEFINITION: &str = include_str!("../order.asl.json");

/// The second version: a `FraudCheck` in front, and not a worker of the others touched.
pub const DEFINITION_V2: &str = include_str!("../order-v2.asl.json");

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{DEFINITION, DEFINITION_V2};

    fn parsed(definition: &str) -> Value {
        serde_json::from_str(definition).unwrap()
    }

    #[test]
    fn the_second_version_adds_the_fraud_check_and_touches_nothing_else() {
        let mut second = parsed(DEFINITION_V2);

        let check = second["States"].as_object_mut().unwrap().shift_remove("FraudCheck").unwrap();
        assert_eq!(second["StartAt"], "FraudCheck");
        second["StartAt"] = json!("Payment");

        assert_eq!(second, parsed(DEFINITION));
        assert_eq!(check["Next"], "Payment");
        assert_eq!(check["Resource"], "fraud-check");
        // The orders' expectations hold for both: the check adds nothing to the data.
        assert_eq!(check["ResultPath"], Value::Null);
    }

    /// Each attempt of a killed worker times out by its heartbeats. The tests kill workers and server 15 times.
    #[test]
    fn every_task_has_timeouts_and_outlasts_killed_workers() {
        for definition in [DEFINITION, DEFINITION_V2] {
            let machine = parsed(definition);
            let states = machine["States"].as_object().unwrap();
            for (name, task) in states.iter().filter(|(_, state)| state["Type"] == "Task") {
                let seconds = |field: &str| task[field].as_u64().unwrap();
                assert!(seconds("HeartbeatSeconds") < seconds("TimeoutSeconds"), "{name}");
                let retrier = &task["Retry"][0];
                assert_eq!(retrier["ErrorEquals"], json!(["States.Timeout"]), "{name}");
                let attempts = retrier["MaxAttempts"].as_u64().unwrap();
                let patient = name != "Inventory" && attempts >= 15;
                assert!(patient || (name == "Inventory" && attempts == 3), "{name}: {attempts}");
            }
        }
    }
}
