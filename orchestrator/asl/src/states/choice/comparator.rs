//! The comparison operators by their names.

use super::{Kind, Order};

/// What a comparator's name says, before its operand is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparator {
    Is(Kind),
    Matches,
    Typed { of: Type, order: Order, operand: Source },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    String,
    Numeric,
    Boolean,
    Timestamp,
}

/// Whether the operand is written down, or found by a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    Literal,
    Path,
}

/// Every comparator of the specification.
pub(super) const NAMES: [&str; 39] = [
    "StringEquals",
    "StringEqualsPath",
    "StringLessThan",
    "StringLessThanPath",
    "StringGreaterThan",
    "StringGreaterThanPath",
    "StringLessThanEquals",
    "StringLessThanEqualsPath",
    "StringGreaterThanEquals",
    "StringGreaterThanEqualsPath",
    "StringMatches",
    "NumericEquals",
    "NumericEqualsPath",
    "NumericLessThan",
    "NumericLessThanPath",
    "NumericGreaterThan",
    "NumericGreaterThanPath",
    "NumericLessThanEquals",
    "NumericLessThanEqualsPath",
    "NumericGreaterThanEquals",
    "NumericGreaterThanEqualsPath",
    "BooleanEquals",
    "BooleanEqualsPath",
    "TimestampEquals",
    "TimestampEqualsPath",
    "TimestampLessThan",
    "TimestampLessThanPath",
    "TimestampGreaterThan",
    "TimestampGreaterThanPath",
    "TimestampLessThanEquals",
    "TimestampLessThanEqualsPath",
    "TimestampGreaterThanEquals",
    "TimestampGreaterThanEqualsPath",
    "IsNull",
    "IsPresent",
    "IsNumeric",
    "IsString",
    "IsBoolean",
    "IsTimestamp",
];

impl Comparator {
    pub(super) fn named(name: &str) -> Option<Self> {
        if let Some(kind) = name.strip_prefix("Is") {
            return kind_named(kind).map(Self::Is);
        }
        if name == "StringMatches" {
            return Some(Self::Matches);
        }
        let (name, operand) = match name.strip_suffix("Path") {
            Some(name) => (name, Source::Path),
            None => (name, Source::Literal),
        };
        let (of, order) = split_type(name)?;
        let order = order_named(order)?;
        let boolean_order = of == Type::Boolean && order != Order::Equals;
        (!boolean_order).then_some(Self::Typed { of, order, operand })
    }
}

fn split_type(name: &str) -> Option<(Type, &str)> {
    let types = [
        ("String", Type::String),
        ("Numeric", Type::Numeric),
        ("Boolean", Type::Boolean),
        ("Timestamp", Type::Timestamp),
    ];
    types.into_iter().find_map(|(prefix, of)| Some((of, name.strip_prefix(prefix)?)))
}

fn order_named(name: &str) -> Option<Order> {
    match name {
        "Equals" => Some(Order::Equals),
        "LessThan" => Some(Order::LessThan),
        "GreaterThan" => Some(Order::GreaterThan),
        "LessThanEquals" => Some(Order::LessThanEquals),
        "GreaterThanEquals" => Some(Order::GreaterThanEquals),
        _ => None,
    }
}

fn kind_named(name: &str) -> Option<Kind> {
    match name {
        "Null" => Some(Kind::Null),
        "Present" => Some(Kind::Present),
        "Numeric" => Some(Kind::Numeric),
        "String" => Some(Kind::String),
        "Boolean" => Some(Kind::Boolean),
        "Timestamp" => Some(Kind::Timestamp),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparator, NAMES};

    #[test]
    fn every_name_of_the_specification_has_its_comparator() {
        let mut seen = Vec::new();
        for name in NAMES {
            let comparator = Comparator::named(name);
            assert!(comparator.is_some() && !seen.contains(&comparator), "{name}");
            seen.push(comparator);
        }
    }

    #[test]
    fn other_names_have_none() {
        for name in
            ["Equals", "BooleanLessThan", "StringMatchesPath", "IsNullPath", "Is", "stringEquals"]
        {
            assert_eq!(Comparator::named(name), None, "{name}");
        }
    }
}
