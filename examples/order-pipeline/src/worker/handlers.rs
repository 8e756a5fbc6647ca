//! What the workers do. The data of an order says what happens to it: see `signs`.
//!
//! Amounts and ids are kept as JSON text throughout: `1.10` stays `1.10`, and an id of 20 digits loses none.

use std::sync::Arc;
use std::time::Duration;

use everstep_worker::{Handler, TaskContext, TaskError};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::Queue;
use crate::ledger::{Effect, Ledger};
use crate::signs;

pub(super) struct Shop {
    pub(super) ledger: Option<Ledger>,
    pub(super) pace: Duration,
}

#[derive(Deserialize)]
struct Payment {
    order_id: Box<RawValue>,
    amount: Box<RawValue>,
    card: Card,
}
#[derive(Deserialize)]
struct Card {
    number: String,
}
#[derive(Serialize)]
struct Charged {
    paid: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    receipt: Option<String>,
    amount: Box<RawValue>,
}

#[derive(Deserialize)]
struct Wanted {
    order_id: Box<RawValue>,
    items: Vec<Item>,
}
#[derive(Deserialize)]
struct Item {
    sku: String,
}
#[derive(Serialize)]
struct Reserved {
    reservation: String,
    lines: usize,
}

#[derive(Deserialize)]
struct Parcel {
    order_id: Box<RawValue>,
    customer: Customer,
    reservation: String,
}
#[derive(Deserialize)]
struct Customer {
    name: String,
    country: String,
}
#[derive(Serialize)]
struct Shipped {
    shipment: String,
    to: String,
    holds: String,
}

#[derive(Deserialize)]
struct Repayment {
    order_id: Box<RawValue>,
    amount: Box<RawValue>,
}
#[derive(Serialize)]
struct Refunded {
    refund: String,
    amount: Box<RawValue>,
}

#[derive(Deserialize)]
struct Email {
    order_id: Box<RawValue>,
}
#[derive(Serialize)]
struct Sent {
    sent: bool,
}

#[derive(Deserialize)]
struct Suspect {
    customer: Customer,
}
#[derive(Serialize)]
struct Cleared {
    suspicious: bool,
}

impl Shop {
    pub(super) fn serving(self: &Arc<Self>, queue: Queue) -> everstep_worker::Queue {
        match queue {
            Queue::Payment => self.queue(queue, Self::charge),
            Queue::Inventory => self.queue(queue, Self::reserve),
            Queue::Shipping => self.queue(queue, Self::ship),
            Queue::Refund => self.queue(queue, Self::refund),
            Queue::Email => self.queue(queue, Self::email),
            Queue::FraudCheck => self.queue(queue, Self::check_fraud),
        }
    }

    fn queue<F, Fut, In, Out>(self: &Arc<Self>, queue: Queue, work: F) -> everstep_worker::Queue
    where
        F: Fn(Arc<Self>, TaskContext, In) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Out, TaskError>> + Send + 'static,
        In: serde::de::DeserializeOwned + 'static,
        Out: Serialize + 'static,
    {
        let shop = Arc::clone(self);
        let handler = move |task: TaskContext, input: In| work(Arc::clone(&shop), task, input);
        everstep_worker::Queue::new(queue.name(), typed(handler))
    }

    async fn charge(
        self: Arc<Self>,
        task: TaskContext,
        payment: Payment,
    ) -> Result<Charged, TaskError> {
        let Payment { order_id, amount, card } = payment;
        if card.number == signs::CARD_DECLINED {
            tokio::time::sleep(self.pace).await;
            return Ok(Charged { paid: false, receipt: None, amount });
        }
        self.effect(Effect::Charge, &order_id, &task).await?;
        Ok(Charged { paid: true, receipt: Some(named("receipt", &order_id)), amount })
    }

    async fn reserve(
        self: Arc<Self>,
        task: TaskContext,
        wanted: Wanted,
    ) -> Result<Reserved, TaskError> {
        let Wanted { order_id, items } = wanted;
        let asks_for = |sku: &str| items.iter().any(|item| item.sku == sku);
        if asks_for(signs::SKU_GONE) {
            return Err(TaskError::new("OutOfStock", format!("no {} is left", signs::SKU_GONE)));
        }
        if asks_for(signs::SKU_SLOW_ALWAYS)
            || (asks_for(signs::SKU_SLOW_ONCE) && task.attempt() == 1)
        {
            // No answer: the attempt's timeout is what ends this, and what is returned then reaches nobody.
            task.cancelled().await;
            return Err(TaskError::new("Unanswered", "the stock did not answer in time"));
        }
        self.effect(Effect::Reservation, &order_id, &task).await?;
        Ok(Reserved { reservation: named("reservation", &order_id), lines: items.len() })
    }

    async fn ship(
        self: Arc<Self>,
        task: TaskContext,
        parcel: Parcel,
    ) -> Result<Shipped, TaskError> {
        let Parcel { order_id, customer, reservation } = parcel;
        if customer.country == signs::COUNTRY_UNREACHABLE {
            let cause = format!("no carrier goes to {}", signs::COUNTRY_UNREACHABLE);
            return Err(TaskError::new("ShippingFailed", cause));
        }
        self.effect(Effect::Shipment, &order_id, &task).await?;
        let shipment = named("shipment", &order_id);
        Ok(Shipped { shipment, to: customer.name, holds: reservation })
    }

    async fn refund(
        self: Arc<Self>,
        task: TaskContext,
        repayment: Repayment,
    ) -> Result<Refunded, TaskError> {
        let Repayment { order_id, amount } = repayment;
        self.effect(Effect::Refund, &order_id, &task).await?;
        Ok(Refunded { refund: named("refund", &order_id), amount })
    }

    async fn email(self: Arc<Self>, task: TaskContext, email: Email) -> Result<Sent, TaskError> {
        self.effect(Effect::Email, &email.order_id, &task).await?;
        Ok(Sent { sent: true })
    }

    async fn check_fraud(
        self: Arc<Self>,
        _: TaskContext,
        suspect: Suspect,
    ) -> Result<Cleared, TaskError> {
        tokio::time::sleep(self.pace).await;
        if suspect.customer.name == signs::NAME_SUSPECT {
            return Err(TaskError::new(
                "FraudSuspected",
                format!("{} is known to us", signs::NAME_SUSPECT),
            ));
        }
        Ok(Cleared { suspicious: false })
    }

    /// Does the work, and enters it in the ledger before and after.
    async fn effect(
        &self,
        effect: Effect,
        order_id: &RawValue,
        task: &TaskContext,
    ) -> Result<(), TaskError> {
        let Some(ledger) = &self.ledger else {
            tokio::time::sleep(self.pace).await;
            return Ok(());
        };
        let begun = ledger.begin(effect, order_id.get(), task).await?;
        tokio::time::sleep(self.pace).await;
        Ok(ledger.done(begun).await?)
    }
}

/// Tells inference which of the two shapes of a handler is meant.
fn typed<F, Fut, In, Out>(handler: F) -> impl Handler<(TaskContext, In, Out, TaskError)>
where
    F: Fn(TaskContext, In) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Out, TaskError>> + Send + 'static,
    In: serde::de::DeserializeOwned,
    Out: Serialize,
{
    handler
}

/// The effect is keyed by the order: repeated, it has the same name.
fn named(what: &str, order_id: &RawValue) -> String {
    let id = serde_json::from_str::<String>(order_id.get());
    format!("{what}-{}", id.as_deref().unwrap_or(order_id.get()))
}
