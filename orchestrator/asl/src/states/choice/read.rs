//! Choice rules as a definition writes them.

use super::comparator::{Comparator, NAMES, Source, Type};
use super::{Choice, ChoiceRule, Comparison, Condition, Operand, Pattern, Test};
use crate::check::{Assigner, Field, Fields, Sees, Within};
use crate::diagnostic::Fault;
use crate::machine::QueryLanguage;
use crate::states::Assign;

/// A rule, at any depth, is one of these. (`Condition` is JSONata's.)
const FORMS: [&str; 5] = ["And", "Or", "Not", "Variable", "Condition"];

impl Choice {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        fields.require(&["Choices"]);
        let output = fields.output(Sees::Input);
        let default = fields.get("Default").and_then(|target| within.target(&target));
        let rules = fields.get("Choices")?.some_items()?;
        let rules: Vec<_> = rules.iter().map(|rule| ChoiceRule::read(rule, within)).collect();
        Some(Self { rules: rules.into_iter().collect::<Option<_>>()?, default, output })
    }
}

impl ChoiceRule {
    fn read(rule: &Field<'_>, within: Within<'_>) -> Option<Self> {
        let mut fields = rule.object()?;
        fields.require(&["Next"]);
        let output = fields.output(Sees::Input);
        let next = fields.get("Next").and_then(|target| within.target(&target));
        let assign = Assign::read(&mut fields, Sees::Input, Assigner::State);
        let test = Test::read(&mut fields);
        fields.close();
        Some(Self { test: test?, output, assign, next: next? })
    }
}

impl Test {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        match fields.language {
            QueryLanguage::JsonPath => Condition::read(fields).map(Self::Comparison),
            QueryLanguage::Jsonata => Self::read_computed(fields),
        }
    }

    fn read_computed(fields: &mut Fields<'_>) -> Option<Self> {
        fields.text("Comment");
        let of_json_path = FORMS.iter().filter(|form| **form != "Condition");
        let misplaced: Vec<_> = of_json_path.filter(|form| fields.has(form)).collect();
        if !misplaced.is_empty() || !fields.has("Condition") {
            for form in &misplaced {
                fields.get(form);
            }
            if misplaced.is_empty() {
                fields.report(Fault::NotACondition);
            }
            fields.accept_any();
            return None;
        }
        let condition = fields.get("Condition")?;
        match condition.node.text() {
            Some(_) => condition.expression().map(Self::Expression),
            None => condition.flag().map(Self::Fixed),
        }
    }
}

impl Condition {
    fn read(fields: &mut Fields<'_>) -> Option<Self> {
        fields.text("Comment");
        let forms = FORMS.into_iter().filter(|form| fields.has(form)).count();
        if forms != 1 {
            fields.report(Fault::NotACondition);
            fields.accept_any();
            return None;
        }
        fields.get("Condition");
        if let Some(all) = fields.get("And") {
            return read_all(&all).map(Self::And);
        }
        if let Some(some) = fields.get("Or") {
            return read_all(&some).map(Self::Or);
        }
        if let Some(not) = fields.get("Not") {
            return read_nested(&not).map(|condition| Self::Not(Box::new(condition)));
        }
        Self::read_comparison(fields)
    }

    fn read_comparison(fields: &mut Fields<'_>) -> Option<Self> {
        let variable = fields.path("Variable");
        let present: Vec<_> = NAMES.into_iter().filter(|name| fields.has(name)).collect();
        let operands: Vec<_> = present.iter().filter_map(|name| fields.get(name)).collect();
        match operands.as_slice() {
            [operand] => {
                let comparison = Comparison::read(operand);
                Some(Self::Compare { variable: variable?, comparison: comparison? })
            }
            [] if fields.has("Condition") => None,
            [] => {
                fields.report(Fault::NoComparison);
                // None of them is there: they are what a misspelt field may mean.
                fields.know(&NAMES);
                None
            }
            [_, ..] => {
                fields.report(Fault::ExclusiveFields { fields: present });
                None
            }
        }
    }
}

fn read_all(field: &Field<'_>) -> Option<Vec<Condition>> {
    let conditions: Vec<_> = field.some_items()?.iter().map(read_nested).collect();
    conditions.into_iter().collect()
}

/// A condition within another has no `Next` of its own.
fn read_nested(field: &Field<'_>) -> Option<Condition> {
    let mut fields = field.object()?;
    let condition = Condition::read(&mut fields);
    fields.close();
    condition
}

impl Comparison {
    fn read(field: &Field<'_>) -> Option<Self> {
        match Comparator::named(field.name).expect("the field was found by a comparator's name") {
            Comparator::Is(kind) => Some(Self::Is { kind, expected: field.flag()? }),
            Comparator::Matches => read_pattern(field).map(Self::Matches),
            Comparator::Typed { of: Type::String, order, operand } => {
                let text = |field: &Field<'_>| field.text().map(str::to_owned);
                Some(Self::String { order, operand: read_operand(field, operand, text)? })
            }
            Comparator::Typed { of: Type::Numeric, order, operand } => {
                let operand = read_operand(field, operand, Field::exact_number)?;
                Some(Self::Numeric { order, operand })
            }
            Comparator::Typed { of: Type::Boolean, order: _, operand } => {
                Some(Self::Boolean { operand: read_operand(field, operand, Field::flag)? })
            }
            Comparator::Typed { of: Type::Timestamp, order, operand } => {
                let operand = read_operand(field, operand, Field::timestamp)?;
                Some(Self::Timestamp { order, operand })
            }
        }
    }
}

fn read_operand<'a, T>(
    field: &Field<'a>,
    source: Source,
    literal: impl FnOnce(&Field<'a>) -> Option<T>,
) -> Option<Operand<T>> {
    match source {
        Source::Literal => literal(field).map(Operand::Literal),
        Source::Path => field.path().map(Operand::Path),
    }
}

fn read_pattern(field: &Field<'_>) -> Option<Pattern> {
    let pattern = Pattern::parse(field.text()?);
    pattern.map_err(|error| field.report(Fault::NotAPattern { reason: error.to_string() })).ok()
}
