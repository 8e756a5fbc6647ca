//! Where `orders.jsonl` comes from. The same text each time: chance is drawn from a fixed seed.

mod chance;
mod draft;
mod odd;

use self::chance::Chance;
use self::draft::{Draft, Fate};

const SEED: u64 = 4;

/// How many orders of each kind: those whose stock never answers take the longest to end, so they are few.
const PLAIN: usize = 190;
const DECLINED: usize = 25;
const GONE: usize = 15;
const UNREACHABLE: usize = 20;
const SLOW_ONCE: usize = 6;
const SLOW_ALWAYS: usize = 3;
const LONG_IDS: usize = 12;

/// The whole file, one order a line.
pub fn orders_file() -> String {
    let chance = &mut Chance::new(SEED);
    let mut drafts: Vec<Draft> = Vec::new();
    let kinds = [
        ("plain", PLAIN, Fate::Delivered),
        ("declined", DECLINED, Fate::Declined),
        ("gone", GONE, Fate::OutOfStock),
        ("unreachable", UNREACHABLE, Fate::Unreachable),
        ("slow-once", SLOW_ONCE, Fate::SlowOnce),
        ("slow-always", SLOW_ALWAYS, Fate::SlowAlways),
    ];
    for (kind, count, fate) in kinds {
        drafts.extend((1..=count).map(|n| Draft::drawn(&format!("{kind}-{n}"), fate, chance)));
    }
    drafts.extend((1..=LONG_IDS).map(|n| {
        let draft = Draft::drawn(&format!("long-id-{n}"), Fate::Delivered, chance);
        draft.with_id(chance.digits(20))
    }));
    drafts.extend(odd::drafts(chance));
    // Mixed, so that no kind comes alone.
    chance.shuffle(&mut drafts);
    drafts.iter().map(|draft| draft.line() + "\n").collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::orders_file;
    use crate::order::{Ending, Order, orders};

    #[test]
    fn the_file_is_what_the_generator_writes() {
        let file = include_str!("../orders.jsonl");
        assert!(file == orders_file(), "write orders.jsonl anew: see src/bin/generate-orders.rs");
    }

    #[test]
    fn there_are_enough_orders_of_every_kind() {
        let orders = orders();
        assert!(orders.len() >= 300, "{}", orders.len());
        let names: BTreeSet<&str> = orders.iter().map(|order| order.name.as_str()).collect();
        assert_eq!(names.len(), orders.len(), "every name is unique");
        assert!(names.iter().all(|name| name.chars().count() <= 60));
        assert!(names.iter().filter(|name| !name.is_ascii()).count() >= 10);

        let with = |text: &str| orders.iter().filter(|o| o.input.get().contains(text)).count();
        assert!(with("\\u0000") >= 2);
        assert!(with("\"amount\":1.10,") >= 2);
        assert!(orders.iter().filter(|order| order.input.get().len() > 190_000).count() >= 3);
        assert!(
            orders.iter().all(|order| order.input.get().len() < 220_000),
            "AWS's limit is 262,144"
        );

        let long_id = |input: &str| {
            let id =
                input.trim_start_matches("{\"order_id\":").split(',').next().unwrap_or_default();
            id.len() == 20 && id.bytes().all(|byte| byte.is_ascii_digit())
        };
        assert!(orders.iter().filter(|order| long_id(order.input.get())).count() >= 10);

        let ends = |error: &str| {
            orders.iter().filter(|o| o.expect.error.as_deref() == Some(error)).count()
        };
        assert!(ends("PaymentDeclined") >= 20);
        assert!(ends("OrderRefunded") >= 30);
        let consistent =
            |o: &Order| o.expect.error.is_none() == (o.expect.status == Ending::Succeeded);
        assert!(orders.iter().all(consistent));
        let attempts = |n| orders.iter().filter(|o| o.expect.inventory_attempts == Some(n)).count();
        assert_eq!((attempts(2), attempts(4)), (6, 3));
    }
}
