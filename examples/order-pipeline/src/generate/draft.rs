//! One order on its way into the file: JSON text throughout, since a parsed number could lose its form.

use super::chance::Chance;
use crate::signs;

/// What is to happen to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Delivered,
    Declined,
    OutOfStock,
    Unreachable,
    SlowOnce,
    SlowAlways,
}

pub(super) struct Draft {
    pub(super) name: String,
    /// JSON text, a number or a string.
    pub(super) id: String,
    pub(super) amount: String,
    pub(super) customer: String,
    pub(super) country: &'static str,
    pub(super) card: &'static str,
    /// JSON texts.
    pub(super) items: Vec<String>,
    /// More fields of the input: JSON text, each after a comma.
    pub(super) more: String,
    fate: Fate,
}

const CUSTOMERS: [&str; 12] = [
    "Ada Lovelace",
    "Zoë Müller",
    "José Núñez",
    "Søren Åkesson",
    "Анна Каренина",
    "山田太郎",
    "김민준",
    "محمد الخوارزمي",
    "Ελένη Παπαδοπούλου",
    "דוד כהן",
    "Nguyễn Thị Minh Khai",
    "O'Brien \"Bob\" \\ Sons",
];
const COUNTRIES: [&str; 6] = ["Portugal", "日本", "Perú", "Україна", "Kenya", "Éire"];
const CARDS: [&str; 3] = ["4242424242424242", "5555555555554444", "378282246310005"];
const SKUS: [&str; 6] = ["TEA-1", "MUG-BLUE", "ÉCLAIR", "本-42", "BOLT-M8", "LAMP"];
const AMOUNTS: [&str; 8] =
    ["1.10", "19.90", "100", "0.01", "250.00", "3.1415926535897932384", "7", "1234567.89"];

impl Draft {
    /// An order of a common kind.
    pub(super) fn drawn(name: &str, fate: Fate, chance: &mut Chance) -> Self {
        let count = 1 + chance.below(4);
        let mut items: Vec<String> =
            (0..count).map(|_| item(chance.pick(&SKUS), 1 + chance.below(5))).collect();
        let sign = match fate {
            Fate::OutOfStock => Some(signs::SKU_GONE),
            Fate::SlowOnce => Some(signs::SKU_SLOW_ONCE),
            Fate::SlowAlways => Some(signs::SKU_SLOW_ALWAYS),
            Fate::Delivered | Fate::Declined | Fate::Unreachable => None,
        };
        items.extend(sign.map(|sku| item(sku, 1)));
        Self {
            name: name.to_owned(),
            id: quoted(&format!("{name}/{}", chance.digits(6))),
            amount: chance.pick(&AMOUNTS).to_owned(),
            customer: chance.pick(&CUSTOMERS).to_owned(),
            country: if fate == Fate::Unreachable {
                signs::COUNTRY_UNREACHABLE
            } else {
                chance.pick(&COUNTRIES)
            },
            card: if fate == Fate::Declined { signs::CARD_DECLINED } else { chance.pick(&CARDS) },
            items,
            more: String::new(),
            fate,
        }
    }

    /// `id` is JSON text.
    pub(super) fn with_id(mut self, id: String) -> Self {
        self.id = id;
        self
    }

    pub(super) fn with_amount(mut self, amount: &str) -> Self {
        amount.clone_into(&mut self.amount);
        self
    }

    pub(super) fn with_customer(mut self, customer: &str) -> Self {
        customer.clone_into(&mut self.customer);
        self
    }

    /// `value` is JSON text.
    pub(super) fn with(mut self, key: &str, value: &str) -> Self {
        self.more.extend([",", &quoted(key), ":", value]);
        self
    }

    fn input(&self) -> String {
        let Self { id, amount, country, card, more, .. } = self;
        let customer = quoted(&self.customer);
        let country = quoted(country);
        let items = self.items.join(",");
        format!(
            r#"{{"order_id":{id},"amount":{amount},"customer":{{"name":{customer},"country":{country}}},"card":{{"number":"{card}"}},"items":[{items}]{more}}}"#
        )
    }

    fn expect(&self) -> String {
        let ending = match self.fate {
            Fate::Delivered | Fate::SlowOnce => r#""status":"SUCCEEDED""#.to_owned(),
            Fate::Declined => r#""status":"FAILED","error":"PaymentDeclined""#.to_owned(),
            Fate::OutOfStock | Fate::Unreachable | Fate::SlowAlways => {
                r#""status":"FAILED","error":"OrderRefunded""#.to_owned()
            }
        };
        let adds = match self.fate {
            Fate::Delivered | Fate::SlowOnce => format!(r#","adds":{}"#, self.adds()),
            Fate::Declined | Fate::OutOfStock | Fate::Unreachable | Fate::SlowAlways => {
                String::new()
            }
        };
        let states: Vec<String> = self.states().iter().map(|state| quoted(state)).collect();
        let states = states.join(",");
        let attempts = match self.fate {
            Fate::SlowOnce => r#","inventory_attempts":2"#,
            Fate::SlowAlways => r#","inventory_attempts":4"#,
            Fate::Delivered | Fate::Declined | Fate::OutOfStock | Fate::Unreachable => "",
        };
        format!(r#"{{{ending}{adds},"states":[{states}]{attempts}}}"#)
    }

    fn states(&self) -> &'static [&'static str] {
        match self.fate {
            Fate::Delivered | Fate::SlowOnce => {
                &["Payment", "Paid?", "Inventory", "Shipping", "Delivered"]
            }
            Fate::Declined => &["Payment", "Paid?", "EmailUserDeclined", "PaymentDeclined"],
            Fate::OutOfStock | Fate::SlowAlways => {
                &["Payment", "Paid?", "Inventory", "Refund", "EmailUserRefunded", "OrderRefunded"]
            }
            Fate::Unreachable => &[
                "Payment",
                "Paid?",
                "Inventory",
                "Shipping",
                "Refund",
                "EmailUserRefunded",
                "OrderRefunded",
            ],
        }
    }

    /// What the workers add to the input of an order that is delivered.
    fn adds(&self) -> String {
        let id: String = serde_json::from_str(&self.id).unwrap_or_else(|_| self.id.clone());
        let named = |what: &str| quoted(&format!("{what}-{id}"));
        let (receipt, reservation, shipment) =
            (named("receipt"), named("reservation"), named("shipment"));
        let (amount, lines, to) = (&self.amount, self.items.len(), quoted(&self.customer));
        format!(
            r#"{{"payment":{{"paid":true,"receipt":{receipt},"amount":{amount}}},"reservation":{{"reservation":{reservation},"lines":{lines}}},"shipment":{{"shipment":{shipment},"to":{to},"holds":{reservation}}}}}"#
        )
    }

    pub(super) fn line(&self) -> String {
        let (name, input, expect) = (quoted(&self.name), self.input(), self.expect());
        format!(r#"{{"name":{name},"input":{input},"expect":{expect}}}"#)
    }
}

pub(super) fn item(sku: &str, quantity: usize) -> String {
    format!(r#"{{"sku":{},"quantity":{quantity}}}"#, quoted(sku))
}

/// A string as JSON text.
pub(super) fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON")
}
