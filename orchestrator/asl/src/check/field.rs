//! One field, or one element of an array: what it holds, or what is wrong with it.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde_json::{Number, Value};

use super::source::{Json, Node};
use super::{Check, Fields, Place, Sees, expression, template};
use crate::diagnostic::Fault;
use crate::expression::{Expression, Written};
use crate::machine::QueryLanguage;
use crate::path::{Path, ReferencePath};
use crate::template::{Template, Text};
use crate::timestamp;

pub(crate) struct Field<'a> {
    pub(crate) check: &'a Check,
    pub(crate) language: QueryLanguage,
    pub(crate) name: &'static str,
    pub(crate) node: &'a Node,
    pub(crate) place: Place,
    /// Where, in the pointer, the part within the state begins.
    pub(crate) state_pointer: usize,
}

impl<'a> Field<'a> {
    pub(crate) fn report(&self, fault: Fault) {
        self.check.report(&self.place, fault);
    }

    fn refuse<T>(&self, fault: Fault) -> Option<T> {
        self.report(fault);
        None
    }

    fn wrong_type<T>(&self, expected: &'static str) -> Option<T> {
        self.refuse(Fault::WrongType { expected })
    }

    pub(crate) fn text(&self) -> Option<&'a str> {
        self.node.text().or_else(|| self.wrong_type("String"))
    }

    pub(crate) fn flag(&self) -> Option<bool> {
        match self.node.json {
            Json::Bool(flag) => Some(flag),
            Json::Null | Json::Number(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => {
                self.wrong_type("Boolean")
            }
        }
    }

    pub(crate) fn allowed(&self, values: &'static [&'static str]) -> Option<&'static str> {
        let text = self.text()?;
        let allowed = values.iter().copied().find(|value| *value == text);
        allowed.or_else(|| self.refuse(Fault::NotAllowed { allowed: values }))
    }

    pub(crate) fn object(&self) -> Option<Fields<'a>> {
        match self.node.object() {
            Some(members) => {
                let fields = Fields::open(self.check, self.language, members, self.place.clone());
                Some(fields.of_state(self.state_pointer))
            }
            None => self.wrong_type("Object"),
        }
    }

    /// The elements of an array that may not be empty.
    pub(crate) fn some_items(&self) -> Option<Vec<Field<'a>>> {
        let items = self.items()?;
        if items.is_empty() { self.refuse(Fault::Empty) } else { Some(items) }
    }

    pub(crate) fn items(&self) -> Option<Vec<Field<'a>>> {
        let Some(items) = self.node.array() else { return self.wrong_type("Array") };
        let item = |(index, node): (usize, &'a Node)| Field {
            place: Place { pointer: format!("{}[{index}]", self.place.pointer), at: node.at },
            node,
            ..*self
        };
        Some(items.iter().enumerate().map(item).collect())
    }

    pub(crate) fn integer(&self, range: RangeInclusive<u64>) -> Option<u64> {
        let Json::Number(number) = &self.node.json else { return self.wrong_type("Integer") };
        let text = number.as_str();
        let digits = text.trim_start_matches('-');
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return self.wrong_type("Integer");
        }
        if text.starts_with('-') && digits.bytes().any(|byte| byte != b'0') {
            return self.refuse(Fault::TooSmall { minimum: *range.start() });
        }
        // What does not fit is larger than any range.
        let value = digits.parse().unwrap_or(u64::MAX);
        match value {
            value if value < *range.start() => {
                self.refuse(Fault::TooSmall { minimum: *range.start() })
            }
            value if value > *range.end() => self.refuse(Fault::TooLarge { maximum: *range.end() }),
            value => Some(value),
        }
    }

    /// At least `minimum`; at most `maximum`, where there is one.
    pub(crate) fn number(&self, minimum: u32, maximum: Option<u32>) -> Option<f64> {
        let Json::Number(number) = &self.node.json else { return self.wrong_type("Number") };
        let value: f64 = number.as_str().parse().expect("a JSON number is a number");
        if value < f64::from(minimum) {
            return self.refuse(Fault::TooSmall { minimum: minimum.into() });
        }
        match maximum {
            Some(maximum) if value > f64::from(maximum) => {
                self.refuse(Fault::TooLarge { maximum: maximum.into() })
            }
            _ if value.is_infinite() => self.refuse(Fault::TooLarge { maximum: u64::MAX }),
            _ => Some(value),
        }
    }

    /// With all of its digits.
    pub(crate) fn exact_number(&self) -> Option<Number> {
        match &self.node.json {
            Json::Number(number) => Some(number.clone()),
            Json::Null | Json::Bool(_) | Json::String(_) | Json::Array(_) | Json::Object(_) => {
                self.wrong_type("Number")
            }
        }
    }

    pub(crate) fn timestamp(&self) -> Option<DateTime<Utc>> {
        timestamp::parse(self.text()?).or_else(|| self.refuse(Fault::NotATimestamp))
    }

    pub(crate) fn path(&self) -> Option<Path> {
        let text = self.text()?;
        let path = Path::parse(text)
            .map_err(|error| self.report(Fault::NotAPath { reason: error.to_string() }))
            .ok()?;
        if let Some(name) = path.variable() {
            self.check.variables.reads(&self.place, name);
        }
        Some(path)
    }

    pub(crate) fn reference_path(&self) -> Option<ReferencePath> {
        let text = self.text()?;
        ReferencePath::parse(text)
            .map_err(|error| self.report(Fault::NotAReferencePath { reason: error.to_string() }))
            .ok()
    }

    /// A payload template; every faulty field in it is reported at its own line.
    pub(crate) fn template(&self) -> Option<Template> {
        self.template_that(Sees::Input)
    }

    /// In JSONata, what its expressions may ask for.
    pub(crate) fn template_that(&self, sees: Sees) -> Option<Template> {
        match self.language {
            QueryLanguage::JsonPath => template::read(self),
            QueryLanguage::Jsonata => expression::template(self, sees),
        }
    }

    /// The value, written down or computed by a JSONata expression.
    pub(crate) fn written_or_computed<T>(
        &self,
        written: impl FnOnce(&Self) -> Option<T>,
        computed: impl FnOnce(Expression) -> T,
    ) -> Option<T> {
        if self.is_expression() { self.expression().map(computed) } else { written(self) }
    }

    /// A JSONata expression; a string without its delimiters is none.
    pub(crate) fn expression(&self) -> Option<Expression> {
        if self.is_expression() {
            expression::single(self)
        } else {
            self.refuse(Fault::NoExpression)
        }
    }

    /// `ErrorPath` and `CausePath`.
    pub(crate) fn computed_text(&self) -> Option<Text> {
        let text = self.text()?;
        let text =
            Text::parse(text).map_err(|reason| self.report(Fault::NotAText { reason })).ok()?;
        text.visit_variables(&mut |name| self.check.variables.reads(&self.place, name));
        Some(text)
    }

    pub(crate) fn value(&self) -> Value {
        template::report_repeated_fields(self.check, self.node, &self.place.pointer);
        self.node.to_value()
    }

    /// Whether it is a string of a JSONata state with a delimiter of an expression.
    fn is_expression(&self) -> bool {
        match self.language {
            QueryLanguage::JsonPath => false,
            QueryLanguage::Jsonata => self.node.text().is_some_and(Written::is_expression),
        }
    }
}
