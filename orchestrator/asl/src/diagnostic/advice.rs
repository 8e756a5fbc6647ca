//! What to do about each fault, in a sentence.

use super::Fault;

impl Fault {
    #[expect(clippy::too_many_lines, reason = "a table: one sentence for each fault")]
    pub(crate) fn advice(&self) -> String {
        let advice: &str = match self {
            Self::NotJson { reason } => syntax(reason),
            Self::TooDeep { levels } => {
                return format!("Nest arrays and objects at most {levels} levels deep.");
            }
            Self::NotAnObject => "Write the definition as one JSON object with StartAt and States.",
            Self::RepeatedField { .. } => {
                "Keep one of the fields of this name: the others would be ignored."
            }
            Self::MissingFields { fields } => return format!("Add {}.", all_of(fields)),
            Self::UnknownField { field, known } => return unknown_field(field, known),
            Self::ExclusiveFields { fields } => {
                return format!("Keep only one: {}.", one_of(fields));
            }
            Self::NoneOfFields { fields } => return format!("Add {}.", one_of(fields)),
            Self::WrongType { expected } => return format!("Write a value of type {expected}."),
            Self::NotAllowed { allowed } => return format!("Write {}.", one_of(allowed)),
            Self::UnknownType => "Write one of these types, with its capital letter.",
            Self::TooSmall { minimum } => return format!("Write {minimum} or more."),
            Self::TooLarge { maximum } => return format!("Write {maximum} or less."),
            Self::Empty => "Write at least one element, or remove the field if it is optional.",
            Self::NotAPath { reason } => {
                return format!(
                    "Write a path that begins with '$', such as $.order.id ({reason})."
                );
            }
            Self::NotAReferencePath { reason } => {
                return format!(
                    "Write a path of names and indices alone, such as $.order.items[0] ({reason})."
                );
            }
            Self::Template { reason, .. } => {
                return format!(
                    "Write a string that holds a path or an intrinsic function ({reason})."
                );
            }
            Self::NotAText { .. } => "Write a path, or an intrinsic function that yields a string.",
            Self::NotATimestamp => {
                "Write the time as in 2030-01-31T12:00:00Z, with a capital T and Z or an offset."
            }
            Self::NotAPattern { .. } => {
                r"Write \\* for an asterisk and \\\\ for a backslash in JSON."
            }
            Self::NotAResource { reason } => {
                return format!(
                    "Write a queue's name, or the ARN of an activity, a function or a service ({reason})."
                );
            }
            Self::NotInExpress { .. } => {
                "Create the machine with type STANDARD, or call the service without waiting."
            }
            Self::MissingParameter { field } => {
                return format!("Add {field}, or {field}.$ to compute it.");
            }
            Self::HeartbeatTooLong => "Lower HeartbeatSeconds, or raise TimeoutSeconds.",
            Self::AllNotLast => "Give States.ALL an entry of its own, the last one of the list.",
            Self::ReservedErrorName { .. } => {
                "Check the spelling: names that begin with 'States.' are the language's own."
            }
            Self::DelayBelowInterval => {
                "Raise MaxDelaySeconds: as it is, every retry waits MaxDelaySeconds."
            }
            Self::NotACondition => {
                "Write a Variable with one comparison, or one of And, Or, Not; in JSONata a Condition."
            }
            Self::NoComparison => {
                "Add a comparison to the rule, such as StringEquals, NumericLessThan or IsPresent."
            }
            Self::TargetNotFound { nearest: Some(nearest), .. } => {
                return format!("Did you mean '{nearest}'?");
            }
            Self::TargetNotFound { nearest: None, .. } => {
                "Name a state of the same States object: a transition cannot leave its branch, nor enter another."
            }
            Self::Unreachable { .. } => "Remove the state, or let another state lead to it.",
            Self::NoTerminalState => {
                "Let one state have \"End\": true, or add a Succeed or a Fail."
            }
            Self::DuplicateState { first, .. } => {
                return format!(
                    "Rename one: names are unique in the whole state machine, and {first} has this one."
                );
            }
            Self::StateNameTooLong { maximum, .. } | Self::VariableNameTooLong { maximum, .. } => {
                return format!("Shorten the name to {maximum} characters.");
            }
            Self::StateNameEmpty => "Give the state a name.",
            Self::Label { .. } => {
                "Write at most 40 characters, none of them blank, a control, or one of ?*<>{}[]:;,\\|^~$#%&`\"."
            }
            Self::OnlyDistributed { field } => {
                return format!(
                    "Set Mode to DISTRIBUTED in the ProcessorConfig, or remove {field}."
                );
            }
            Self::HeadersNotGiven => {
                "Remove CSVHeaders, or set CSVHeaderLocation to GIVEN if the file has no header row."
            }
            Self::NotAPointer => "Write a path of names between slashes, such as /orders/items.",
            Self::OtherLanguage { .. } => "Remove the field, or set the QueryLanguage that has it.",
            Self::LanguageDowngrade => {
                "Remove QueryLanguage from the machine, and set it in the states that use JSONata."
            }
            Self::ExpressionDelimiters => "Let the string begin with {% and end with %}.",
            Self::NotAnExpression { .. } => {
                "Correct the expression between {% and %}; see https://docs.jsonata.org for the language."
            }
            Self::NoExpression => "Write an expression between {% and %}.",
            Self::Eval => "Use $parse to read JSON from a string.",
            Self::NoResult => {
                "Use $states.input here: the state has no result yet, or none at all."
            }
            Self::NoErrorOutput => "Read it in the Catch that handles the error, and pass it on.",
            Self::NoDollar { field } => {
                return format!("Name the field '{field}.$' if its value is to be computed.");
            }
            Self::StaticResult { .. } => "Use Parameters in place of Result to compute values.",
            Self::VariableShadows { .. } => {
                "Rename it: a branch of a Parallel and an iteration of a Map can read the variables around them, not set them."
            }
            Self::VariableUnassigned { .. } => {
                "Assign it in a state that comes before, or correct the name: reading it will fail."
            }
            Self::NotAVariableName { .. } => {
                "Write a letter, then letters, digits and underscores; a part of a variable cannot be assigned."
            }
            Self::VariableReserved => "Choose another name: $states holds the state's own data.",
            Self::VariableUnreadable { .. } => "Write an underscore in place of the hyphen.",
        };
        advice.to_owned()
    }
}

/// In plain words what `serde_json` was waiting for.
fn syntax(reason: &str) -> &'static str {
    match reason {
        "key must be a string" => {
            "Write a field's name in double quotes here, or remove the comma before."
        }
        "trailing comma" => "Remove the comma before this place.",
        "expected `:`" => "Write a colon between the field's name and its value.",
        "expected ident" | "expected value" => {
            "Write a value here: an object, an array, a string in double quotes, a number, true, false or null."
        }
        "trailing characters" => "Remove what follows the end of the definition.",
        reason if reason.starts_with("EOF") => "The text ends too soon: close what is open.",
        reason if reason.starts_with("expected `,`") => {
            "Write a comma here, or close what is open."
        }
        _ => "Correct the JSON text at this place.",
    }
}

fn unknown_field(field: &str, known: &[&'static str]) -> String {
    match nearest(field, known.iter().copied()) {
        Some(near) => format!("Did you mean '{near}'?"),
        None => format!("Remove it; the fields here are {}.", all_of(known)),
    }
}

fn all_of(fields: &[&str]) -> String {
    joined(fields, "and")
}

fn one_of(fields: &[&str]) -> String {
    joined(fields, "or")
}

fn joined(words: &[&str], conjunction: &str) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

/// The candidate that is most likely meant: one is a part of the other, or at most a quarter of its letters differ.
pub(crate) fn nearest<'a>(
    written: &str,
    candidates: impl Iterator<Item = &'a str>,
) -> Option<&'a str> {
    let written = written.to_lowercase();
    let distance = |candidate: &&str| match candidate.to_lowercase() {
        candidate if is_part(&written, &candidate) || is_part(&candidate, &written) => 1,
        candidate => edits(&written, &candidate),
    };
    let nearest = candidates.min_by_key(distance)?;
    (distance(&nearest) <= nearest.chars().count() / 4).then_some(nearest)
}

/// A part long enough that it is no chance.
fn is_part(part: &str, whole: &str) -> bool {
    part.chars().count() >= 4 && whole.contains(part)
}

/// Levenshtein's distance, one row at a time.
fn edits(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, letter) in from.chars().enumerate() {
        let mut diagonal = above;
        row[0] = above + 1;
        for (index, other) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[index + 1];
            row[index + 1] = replaced.min(diagonal + 1).min(row[index] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_name_is_the_one_that_was_meant() {
        let names = ["InputPath", "OutputPath", "Next", "And"];
        for (written, meant) in [
            ("inputpath", Some("InputPath")),
            ("Inputpaht", Some("InputPath")),
            ("Net", Some("Next")),
            ("bugInputPath", Some("InputPath")),
            ("End", None),
            ("Foo", None),
            ("", None),
        ] {
            assert_eq!(nearest(written, names.into_iter()), meant, "{written}");
        }
    }
}
