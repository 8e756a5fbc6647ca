//! Choice: the first rule whose condition holds names the next state.

use serde_json::Value;

use crate::machine::StateId;
use crate::path::Path;

#[derive(Debug)]
pub struct Choice {
    pub rules: Vec<ChoiceRule>,
    pub default: Option<StateId>,
}

#[derive(Debug)]
pub struct ChoiceRule {
    pub condition: Condition,
    pub next: StateId,
}

#[derive(Debug)]
pub enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Compare { variable: Path, comparison: Comparison, operand: Operand },
}
