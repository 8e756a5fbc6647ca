//! Checks of single fields, each with the text that AWS gives.

use asl::Payload;
use asl::resource::check_name;
use engine::Namespace;

use crate::errors::{Reason, Refusal};

/// "1 validation error detected: …", with the field named as AWS (and protobuf's JSON) writes it.
pub(crate) fn constraint(field: &str, value: Option<&str>, must: &str) -> Refusal {
    let name = lower_camel(field);
    let value = value.map_or_else(String::new, |value| format!("Value '{value}' at "));
    let subject =
        if value.is_empty() { format!("Value at '{name}'") } else { format!("{value}'{name}'") };
    let message = format!(
        "1 validation error detected: {subject} failed to satisfy constraint: Member must {must}"
    );
    Refusal::new(Reason::ValidationException, message).at(field)
}

pub(crate) fn missing(field: &str) -> Refusal {
    let message = format!("Missing required parameter: '{}'", lower_camel(field));
    Refusal::new(Reason::MissingRequiredParameter, message).at(field)
}

pub(crate) fn length(field: &str, text: &str, chars_max: usize) -> Result<(), Refusal> {
    // No text has more characters than bytes: most are settled without counting.
    if text.len() <= chars_max || text.chars().count() <= chars_max {
        return Ok(());
    }
    Err(constraint(field, None, &format!("have length less than or equal to {chars_max}")))
}

pub(crate) fn bytes(field: &str, text: &str, bytes_max: u64) -> Result<(), Refusal> {
    if text.len() as u64 <= bytes_max {
        return Ok(());
    }
    let must =
        format!("have length less than or equal to {bytes_max} bytes, it has {}", text.len());
    Err(constraint(field, None, &must))
}

pub(crate) fn count(field: &str, found: usize, max: usize) -> Result<(), Refusal> {
    if found <= max {
        return Ok(());
    }
    let must = format!("have length less than or equal to {max}, it has {found}");
    Err(constraint(field, None, &must))
}

pub(crate) fn at_most(field: &str, value: u64, max: u64) -> Result<(), Refusal> {
    if value <= max {
        return Ok(());
    }
    let must = format!("have value less than or equal to {max}");
    Err(constraint(field, Some(&value.to_string()), &must))
}

pub(crate) fn at_least(field: &str, value: u64, min: u64) -> Result<(), Refusal> {
    if value >= min {
        return Ok(());
    }
    let must = format!("have value greater than or equal to {min}");
    Err(constraint(field, Some(&value.to_string()), &must))
}

pub(crate) fn name(field: &'static str, name: &str) -> Result<(), Refusal> {
    check_name(name).map_err(|why| Refusal::name(field, name, &why))
}

/// An execution's input: `{}` where there is none, else kept to the letter.
pub(crate) fn input(namespace: &Namespace, text: String) -> Result<Payload, Refusal> {
    if text.is_empty() {
        return Ok(Payload::trusted("{}"));
    }
    bytes("input", &text, namespace.payload_bytes_max)?;
    Payload::parse_of_caller(text).map_err(|fault| {
        let message = format!("Invalid State Machine Execution Input: '{}'", fault.told);
        Refusal::new(Reason::InvalidExecutionInput, message).because("input", &fault.error)
    })
}

fn lower_camel(field: &str) -> String {
    let mut camel = String::with_capacity(field.len());
    let mut upper = false;
    for character in field.chars() {
        match character {
            '_' => upper = true,
            _ if upper => {
                camel.push(character.to_ascii_uppercase());
                upper = false;
            }
            _ => camel.push(character),
        }
    }
    camel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_constraint_reads_as_aws_writes_it() {
        let refusal = at_most("max_results", 1001, 1000).unwrap_err();

        assert_eq!(
            refusal.message,
            "1 validation error detected: Value '1001' at 'maxResults' failed to satisfy constraint: \
             Member must have value less than or equal to 1000"
        );
        assert_eq!(refusal.violations[0].field, "max_results");
    }

    #[test]
    fn a_length_counts_characters_not_bytes() {
        assert!(length("worker", &"ü".repeat(80), 80).is_ok());
        assert!(length("worker", &"ü".repeat(81), 80).is_err());
    }
}
