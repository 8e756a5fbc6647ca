//! The bounds of a request's members, each violation in AWS's words: `Value '…' at 'name' failed to satisfy constraint: …`.

use serde_json::Value;

use crate::aws::model::{Kind, Member, Shape, service};

/// AWS's own limit for a payload, which a namespace's setting replaces.
const PAYLOAD_BYTES: i64 = 262_144;

/// The violations found so far.
struct Found {
    texts: Vec<String>,
    payload_bytes_max: i64,
}

pub(super) fn violations(shape: &Shape, body: &Value, payload_bytes_max: u64) -> Vec<String> {
    let payload_bytes_max = i64::try_from(payload_bytes_max).unwrap_or(i64::MAX);
    let mut found = Found { texts: Vec::new(), payload_bytes_max };
    if let Kind::Structure { members } = &shape.kind {
        found.members("", members, body);
    }
    found.texts
}

impl Found {
    fn members(&mut self, path: &str, members: &[Member], value: &Value) {
        for member in members {
            let path = match path {
                "" => member.name.clone(),
                path => format!("{path}.{}", member.name),
            };
            let shape = service().shape(&member.shape);
            match value.get(&member.name) {
                Some(value) if !value.is_null() => self.value(&path, (&member.shape, shape), value),
                Some(_) | None if member.required => self.missing(&path, shape),
                Some(_) | None => {}
            }
        }
    }

    fn value(&mut self, path: &str, (name, shape): (&str, &Shape), value: &Value) {
        for must in self.unmet(shape, value) {
            let subject = if shape.sensitive {
                "Value".to_owned()
            } else {
                format!("Value '{}'", shown(name, value))
            };
            self.add(&subject, path, &must);
        }
        match (&shape.kind, value) {
            (Kind::Structure { members }, value) => self.members(path, members, value),
            (Kind::List { member }, Value::Array(items)) => {
                for (index, item) in items.iter().enumerate() {
                    let path = format!("{path}.{}.member", index + 1);
                    self.value(&path, (member, service().shape(member)), item);
                }
            }
            (Kind::Map { value: below }, Value::Object(entries)) => {
                for (key, value) in entries {
                    self.value(
                        &format!("{path}.{key}.member"),
                        (below, service().shape(below)),
                        value,
                    );
                }
            }
            (
                Kind::List { .. }
                | Kind::Map { .. }
                | Kind::String
                | Kind::Integer
                | Kind::Long
                | Kind::Float
                | Kind::Boolean
                | Kind::Timestamp,
                _,
            ) => {}
        }
    }

    fn missing(&mut self, path: &str, shape: &Shape) {
        let value = if shape.sensitive { "Value" } else { "Value null" };
        self.add(value, path, "not be null");
    }

    fn unmet(&self, shape: &Shape, value: &Value) -> Vec<String> {
        let mut unmet = Vec::new();
        match value {
            Value::String(text) => {
                self.measure(shape, text, &mut unmet);
                if let Some(pattern) = shape.pattern.as_deref().filter(|it| !matches(it, text)) {
                    unmet.push(format!("satisfy regular expression pattern: {pattern}"));
                }
                if !shape.values.is_empty() && !shape.values.contains(text) {
                    let values = shape.values.join(", ");
                    unmet.push(format!("satisfy enum value set: [{values}]"));
                }
            }
            Value::Array(items) => bound(shape, items.len(), "length", &mut unmet),
            Value::Number(_) => {
                // As AWS reads them: what follows the point is cut off.
                let number = value.as_f64().unwrap_or_default();
                let above = shape.max.filter(|max| number > as_f64(*max));
                let below = shape.min.filter(|min| number < as_f64(*min));
                unmet.extend(above.map(|max| format!("have value less than or equal to {max}")));
                unmet.extend(below.map(|min| format!("have value greater than or equal to {min}")));
            }
            Value::Null | Value::Bool(_) | Value::Object(_) => {}
        }
        unmet
    }

    fn measure(&self, shape: &Shape, text: &str, unmet: &mut Vec<String>) {
        if !shape.bytes {
            bound(shape, text.chars().count(), "length", unmet);
            return;
        }
        let max = match shape.max {
            Some(PAYLOAD_BYTES) => Some(self.payload_bytes_max),
            other => other,
        };
        if let Some(max) =
            max.filter(|max| text.len() > usize::try_from(*max).unwrap_or(usize::MAX))
        {
            unmet.push(format!("have size less than or equal to {max} bytes in UTF-8 encoding"));
        }
    }

    fn add(&mut self, subject: &str, path: &str, must: &str) {
        self.texts.push(format!(
            "{subject} at '{path}' failed to satisfy constraint: Member must {must}"
        ));
    }
}

fn bound(shape: &Shape, found: usize, what: &str, unmet: &mut Vec<String>) {
    let found = i64::try_from(found).unwrap_or(i64::MAX);
    let above = shape.max.filter(|max| found > *max);
    let below = shape.min.filter(|min| found < *min);
    unmet.extend(above.map(|max| format!("have {what} less than or equal to {max}")));
    unmet.extend(below.map(|min| format!("have {what} greater than or equal to {min}")));
}

#[expect(clippy::cast_precision_loss, reason = "the bounds of the model are small")]
fn as_f64(bound: i64) -> f64 {
    bound as f64
}

/// As AWS prints a value: texts bare, lists in brackets, structures by their shape's name.
fn shown(name: &str, value: &Value) -> String {
    match (&service().shape(name).kind, value) {
        (_, Value::String(text)) => text.clone(),
        (Kind::List { member }, Value::Array(items)) => {
            let items: Vec<String> = items.iter().map(|item| shown(member, item)).collect();
            format!("[{}]", items.join(", "))
        }
        (Kind::Structure { members }, Value::Object(fields)) => {
            let given = members.iter().filter_map(|member| {
                let value = fields.get(&member.name)?;
                Some(format!("{}={}", member.name, shown(&member.shape, value)))
            });
            format!("{name}({})", given.collect::<Vec<_>>().join(", "))
        }
        (
            Kind::Structure { .. }
            | Kind::List { .. }
            | Kind::Map { .. }
            | Kind::String
            | Kind::Integer
            | Kind::Long
            | Kind::Float
            | Kind::Boolean
            | Kind::Timestamp,
            value,
        ) => value.to_string(),
    }
}

/// The model's few patterns; each must hold for the whole text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern {
        r"^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$" => {
            let mark = |byte: u8| matches!(byte, b'_' | b'-' | b'.');
            !text.is_empty()
                && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || mark(byte))
                && text.bytes().any(|byte| byte.is_ascii_alphabetic() || mark(byte))
        }
        "[!-~]+" => !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic()),
        r"\p{ASCII}*" => text.is_ascii(),
        unknown => unreachable!("a pattern that this table of the model did not have: {unknown}"),
    }
}
