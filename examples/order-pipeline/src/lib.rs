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
