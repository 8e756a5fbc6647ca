//! Choice: the first rule whose condition holds names the next state.

mod comparator;
mod pattern;
mod read;

pub use pattern::{Pattern, PatternError};

use chrono::{DateTime, Utc};
use serde_json::Number;

use super::Assign;
use crate::expression::Expression;
use crate::machine::StateId;
use crate::path::Path;
use crate::template::Template;

#[derive(Debug)]
pub struct Choice {
    pub rules: Vec<ChoiceRule>,
    pub default: Option<StateId>,
    /// JSONata alone has it: where no rule holds. Absent: the input.
    pub output: Option<Template>,
}

#[derive(Debug)]
pub struct ChoiceRule {
    pub test: Test,
    /// JSONata alone has it. Absent: the input.
    pub output: Option<Template>,
    pub assign: Assign,
    pub next: StateId,
}

/// What a rule asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// JSONPath.
    Comparison(Condition),
    /// JSONata: `Condition`.
    Expression(Expression),
    /// JSONata: `Condition`, written down.
    Fixed(bool),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Holds when all hold; never empty.
    And(Vec<Condition>),
    /// Holds when one holds; never empty.
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Compare {
        variable: Path,
        comparison: Comparison,
    },
}

/// What is asked of the variable. A value of another type than the comparison's never holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Comparison {
    /// `IsNull`, `IsPresent`, …: whether the variable is of that kind is what `expected` says.
    Is { kind: Kind, expected: bool },
    /// `StringEquals`, `StringLessThan`, …
    String { order: Order, operand: Operand<String> },
    /// `StringMatches`.
    Matches(Pattern),
    /// `NumericEquals`, `NumericLessThan`, …
    Numeric { order: Order, operand: Operand<Number> },
    /// `BooleanEquals`.
    Boolean { operand: Operand<bool> },
    /// `TimestampEquals`, `TimestampLessThan`, …
    Timestamp { order: Order, operand: Operand<DateTime<Utc>> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Null,
    /// The path finds something, be it `null`.
    Present,
    Numeric,
    String,
    Boolean,
    /// A string that is an RFC 3339 timestamp as the specification wants it.
    Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    Equals,
    LessThan,
    GreaterThan,
    LessThanEquals,
    GreaterThanEquals,
}

/// What the variable is compared with: written down, or found in the input (the `…Path` comparators).
#[derive(Debug, Clone, PartialEq)]
pub enum Operand<T> {
    Literal(T),
    Path(Path),
}

impl Order {
    /// Whether a variable that stands in `ordering` to the operand satisfies the comparison.
    pub fn holds(self, ordering: std::cmp::Ordering) -> bool {
        match self {
            Self::Equals => ordering.is_eq(),
            Self::LessThan => ordering.is_lt(),
            Self::GreaterThan => ordering.is_gt(),
            Self::LessThanEquals => ordering.is_le(),
            Self::GreaterThanEquals => ordering.is_ge(),
        }
    }
}
