//! The evaluation of a compiled path on a document: what it finds, in Jayway's order, without copying it.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::budget::{Budget, Exhausted};
use super::filter::Filter;
use super::function::{Call, plain_text};
use super::token::{Compiled, Slice, Token};
use crate::number::Decimal;

/// Why an evaluation ends without a result; the texts are Jayway's.
#[derive(Debug)]
pub(super) enum Halt {
    /// There is nothing at the path.
    NotFound(String),
    /// The path makes no sense here. Within a filter: the filter doesn't hold.
    Invalid(String),
    /// A function can't work on what it was given.
    Failed(String),
    Exhausted(Exhausted),
}

impl From<Exhausted> for Halt {
    fn from(exhausted: Exhausted) -> Self {
        Self::Exhausted(exhausted)
    }
}

/// One path on its way through one document.
pub(super) struct Walk<'w> {
    pub(super) path: &'w Compiled,
    /// The whole document, for `$` within filters and parameters.
    pub(super) root: &'w Value,
    pub(super) budget: &'w mut Budget,
    /// A missing field is an error even at the end of the path: a filter asks whether it exists.
    pub(super) fields_required: bool,
}

type Found<'v> = Vec<Cow<'v, Value>>;

const PROVIDER: &str = "com.jayway.jsonpath.spi.json.JsonSmartJsonProvider";

impl Walk<'_> {
    /// Another path in the same document.
    pub(super) fn inner<'i>(&'i mut self, path: &'i Compiled) -> Walk<'i> {
        Walk { path, root: self.root, budget: self.budget, fields_required: false }
    }

    /// The one value of a definite path; the array of all values of another.
    pub(super) fn value<'v>(&mut self, document: &'v Value) -> Result<Cow<'v, Value>, Halt> {
        let mut found = self.all(document)?;
        if !self.path.is_definite() {
            for value in &found {
                self.budget.charge(value)?;
            }
            return Ok(Cow::Owned(found.into_iter().map(Cow::into_owned).collect()));
        }
        found.pop().ok_or_else(|| self.nothing())
    }

    pub(super) fn nothing(&self) -> Halt {
        Halt::NotFound(format!("No results for path: {}", self.path.spell()))
    }

    pub(super) fn all<'v>(&mut self, document: &'v Value) -> Result<Found<'v>, Halt> {
        let mut found = Vec::new();
        self.reach(0, document, &mut found)?;
        Ok(found)
    }

    /// `value` stands before token `at`: applies the token, or takes the value where there is none.
    fn reach<'v>(
        &mut self,
        at: usize,
        value: &'v Value,
        found: &mut Found<'v>,
    ) -> Result<(), Halt> {
        self.budget.visit()?;
        let path = self.path;
        match path.tokens.get(at) {
            None => {
                found.push(Cow::Borrowed(value));
                Ok(())
            }
            Some(Token::Properties { names, .. }) => self.properties(at, names, value, found),
            Some(Token::Indices(indices)) => self.indices(at, indices, value, found),
            Some(Token::Slice(slice)) => self.slice(at, *slice, value, found),
            Some(Token::Wildcard) => self.wildcard(at, value, found),
            Some(Token::Scan) => self.scan(at, value, found),
            Some(Token::Filter(filter)) => self.filter(at, filter, value, found),
            Some(Token::Function(call)) => self.function(at, call, value, found),
        }
    }

    fn properties<'v>(
        &mut self,
        at: usize,
        names: &[String],
        value: &'v Value,
        found: &mut Found<'v>,
    ) -> Result<(), Halt> {
        let Value::Object(fields) = value else {
            return if self.path.is_definite_before(at) {
                Err(self.no_object(at, value))
            } else {
                Ok(())
            };
        };
        if names.len() > 1 && self.path.is_leaf(at) {
            let merged = self.merge(at, names, fields)?;
            found.push(Cow::Owned(merged));
            return Ok(());
        }
        for name in names {
            match fields.get(name) {
                Some(value) => self.reach(at + 1, value, found)?,
                None => self.pass_missing(at, name)?,
            }
        }
        Ok(())
    }

    /// An object of those of the named fields that are there.
    fn merge(
        &mut self,
        at: usize,
        names: &[String],
        fields: &Map<String, Value>,
    ) -> Result<Value, Halt> {
        let mut merged = Map::new();
        for name in names {
            if let Some(value) = fields.get(name) {
                self.budget.charge(value)?;
                merged.insert(name.clone(), value.clone());
            } else if self.fields_required {
                return Err(self.missing(at, name));
            }
        }
        Ok(Value::Object(merged))
    }

    /// A field isn't there: nothing is found, or that is an error.
    fn pass_missing(&self, at: usize, name: &str) -> Result<(), Halt> {
        let is_leaf = self.path.is_leaf(at);
        let definite = !is_leaf && self.path.first_indefinite > at;
        if definite || self.fields_required { Err(self.missing(at, name)) } else { Ok(()) }
    }

    fn missing(&self, at: usize, name: &str) -> Halt {
        let place = self.path.spell_place(at);
        Halt::NotFound(format!("Missing property in path {place}['{name}']"))
    }

    fn no_object(&self, at: usize, value: &Value) -> Halt {
        let mut property = String::new();
        self.path.tokens[at].spell(&mut property);
        let place = self.path.spell_place(at);
        let class = java_class(value);
        Halt::NotFound(format!(
            "Expected to find an object with property {property} in path {place} but found '{class}'. \
             This is not a json object according to the JsonProvider: '{PROVIDER}'."
        ))
    }

    /// The items, if `value` is an array. If it isn't, that is an error on a definite way.
    fn items<'v>(&self, at: usize, value: &'v Value) -> Result<Option<&'v [Value]>, Halt> {
        match value {
            Value::Array(items) => Ok(Some(items)),
            _ if !self.path.is_definite_before(at) => Ok(None),
            Value::Null => {
                Err(Halt::NotFound(format!("The path {} is null", self.path.spell_place(at))))
            }
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                Err(Halt::NotFound(format!(
                    "Filter: {} can only be applied to arrays. Current context is: {}",
                    self.path.spell_from(at),
                    plain_text(value)
                )))
            }
        }
    }

    fn indices<'v>(
        &mut self,
        at: usize,
        indices: &[i64],
        value: &'v Value,
        found: &mut Found<'v>,
    ) -> Result<(), Halt> {
        let Some(items) = self.items(at, value)? else { return Ok(()) };
        for &index in indices {
            if let Some(item) = item(items, index) {
                self.reach(at + 1, item, found)?;
            }
        }
        Ok(())
    }

    fn slice<'v>(
        &mut self,
        at: usize,
        slice: Slice,
        value: &'v Value,
        found: &mut Found<'v>,
    ) -> Result<(), Halt> {
        let Some(items) = self.items(at, value)? else { return Ok(()) };
        let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
        let from_end = |bound: i64| if bound < 0 { length + bound } else { bound };
        let (from, to) = match slice {
            Slice::From(from) => (from_end(from).max(0), length),
            Slice::To(to) => (0, from_end(to).min(length)),
            // Negative bounds are not resolved: each index counts from the end on its own.
            Slice::Between(from, to) => (from.max(-length), to.min(length)),
        };
        for index in from..to {
            if let Some(item) = item(items, index) {
                self.reach(at + 1, item, found)?;
            }
        }
        Ok(())
    }

    fn wildcard<'v>(
        &mut self,
        at: usize,
        value: &'v Value,
        found: &mut Found<'v>,
    ) -> Result<(), Halt> {
        children(value).try_for_each(|child| self.reach(at + 1, child, found))
    }

    /// Tries the token behind the scan on `value` and on everything below it.
    fn scan<'v>(&mut self, at: usize, value: &'v Value, found: &mut Found<'v>) -> Result<(), Halt> {
        self.budget.visit()?;
        if matches!(value, Value::Object(_) | Value::Array(_)) && self.is_target(at + 1, value)? {
            self.reach(at + 1, value, found)?;
        }
        children(value).try_for_each(|child| self.scan(at, child, found))
    }

    /// Whether a scan tries the token `at` on `value`.
    fn is_target(&mut self, at: usize, value: &Value) -> Result<bool, Halt> {
        let path = self.path;
        Ok(match path.tokens.get(at) {
            Some(Token::Properties { names, .. }) => value.as_object().is_some_and(|fields| {
                let each_alone = names.len() > 1 && !path.is_leaf(at);
                self.fields_required
                    || each_alone
                    || names.iter().all(|name| fields.contains_key(name))
            }),
            Some(Token::Indices(_) | Token::Slice(_)) => value.is_array(),
            Some(Token::Wildcard) => true,
            Some(Token::Filter(filter)) => self.accepts(filter, value)?,
            Some(Token::Scan | Token::Function(_)) | None => false,
        })
    }

    fn filter<'v>(
        &mut self,
        at: usize,
        filter: &Filter,
        value: &'v Value,
        found: &mut Found<'v>,
    ) -> Result<(), Halt> {
        match value {
            Value::Object(_) if self.accepts(filter, value)? => self.reach(at + 1, value, found),
            Value::Array(items) => items.iter().try_for_each(|item| {
                if self.accepts(filter, item)? { self.reach(at + 1, item, found) } else { Ok(()) }
            }),
            Value::Object(_) => Ok(()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                if !self.path.is_definite_before(at) {
                    return Ok(());
                }
                Err(Halt::Invalid(format!(
                    "Filter: {} can not be applied to primitives. Current context is: {}",
                    self.path.spell_from(at),
                    plain_text(value)
                )))
            }
        }
    }

    fn function(
        &mut self,
        at: usize,
        call: &Call,
        value: &Value,
        found: &mut Found<'_>,
    ) -> Result<(), Halt> {
        let result = self.invoke(call, value)?;
        self.budget.charge(&result)?;
        let mut behind = Vec::new();
        if !self.path.is_leaf(at) {
            let mut borrowed = Vec::new();
            self.reach(at + 1, &result, &mut borrowed)?;
            behind.extend(borrowed.into_iter().map(Cow::into_owned));
        }
        found.push(Cow::Owned(result));
        for value in behind {
            self.budget.charge(&value)?;
            found.push(Cow::Owned(value));
        }
        Ok(())
    }
}

/// A negative index counts from the end.
fn item(items: &[Value], index: i64) -> Option<&Value> {
    let place = match usize::try_from(index) {
        Ok(place) => place,
        Err(_) => items.len().checked_sub(usize::try_from(index.unsigned_abs()).ok()?)?,
    };
    items.get(place)
}

fn children(value: &Value) -> impl Iterator<Item = &Value> {
    let items = value.as_array().into_iter().flatten();
    let fields = value.as_object().into_iter().flat_map(Map::values);
    items.chain(fields)
}

/// The class that the value has in Jayway's default provider: causes of errors name it.
fn java_class(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "java.lang.Boolean",
        Value::String(_) => "java.lang.String",
        Value::Array(_) => "net.minidev.json.JSONArray",
        Value::Object(_) => "net.minidev.json.JSONObject",
        Value::Number(number) => {
            let text = number.as_str();
            let is_integer = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
            match Decimal::parse(text).and_then(Decimal::integer) {
                _ if !is_integer && text.len() > 18 => "java.math.BigDecimal",
                _ if !is_integer => "java.lang.Double",
                None => "java.math.BigInteger",
                Some(integer) if i32::try_from(integer).is_ok() => "java.lang.Integer",
                Some(_) => "java.lang.Long",
            }
        }
    }
}
