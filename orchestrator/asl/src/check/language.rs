//! Which query language a field belongs to, and which one a state speaks.

use super::Fields;
use super::source::{Node, member};
use crate::diagnostic::Fault;
use crate::machine::QueryLanguage;

const NAMES: [&str; 2] = ["JSONPath", "JSONata"];

/// Fields of a state, a choice rule or a catcher that only JSONPath has. Comparisons follow `Variable`.
const JSON_PATH_ONLY: [&str; 23] = [
    "InputPath",
    "OutputPath",
    "ResultPath",
    "Parameters",
    "ResultSelector",
    "Result",
    "ItemsPath",
    "TimeoutSecondsPath",
    "HeartbeatSecondsPath",
    "SecondsPath",
    "TimestampPath",
    "MaxConcurrencyPath",
    "ToleratedFailurePercentagePath",
    "ToleratedFailureCountPath",
    "ErrorPath",
    "CausePath",
    "Variable",
    "And",
    "Or",
    "Not",
    "MaxItemsPath",
    "MaxItemsPerBatchPath",
    "MaxInputBytesPerBatchPath",
];

const JSONATA_ONLY: [&str; 4] = ["Arguments", "Output", "Items", "Condition"];

fn name_of(language: QueryLanguage) -> &'static str {
    match language {
        QueryLanguage::JsonPath => "JSONPath",
        QueryLanguage::Jsonata => "JSONata",
    }
}

/// A field of the other language.
pub(super) fn misplaced(field: &str, language: QueryLanguage) -> Option<Fault> {
    let (others, other) = match language {
        QueryLanguage::JsonPath => (&JSONATA_ONLY[..], QueryLanguage::Jsonata),
        QueryLanguage::Jsonata => (&JSON_PATH_ONLY[..], QueryLanguage::JsonPath),
    };
    others.contains(&field).then(|| Fault::OtherLanguage {
        field: field.to_owned(),
        language: name_of(language),
        other: name_of(other),
    })
}

/// Looked at before anything is read: fields are judged by it.
pub(super) fn of_machine(root: &Node) -> QueryLanguage {
    let field = root.object().and_then(|members| member(members, "QueryLanguage"));
    of_name(field.and_then(|field| field.value.text())).unwrap_or(QueryLanguage::JsonPath)
}

fn of_name(name: Option<&str>) -> Option<QueryLanguage> {
    match name? {
        "JSONPath" => Some(QueryLanguage::JsonPath),
        "JSONata" => Some(QueryLanguage::Jsonata),
        _ => None,
    }
}

/// The field `QueryLanguage` of the machine or of a state.
pub(super) fn read(fields: &mut Fields<'_>) -> Option<QueryLanguage> {
    let field = fields.get("QueryLanguage")?;
    of_name(field.allowed(&NAMES))
}

/// What a state speaks: what it says itself, else what the whole machine says, whatever surrounds it.
pub(crate) fn read_of_state(fields: &mut Fields<'_>) -> QueryLanguage {
    let of_machine = fields.check.language;
    let language = read(fields).unwrap_or(of_machine);
    if (of_machine, language) == (QueryLanguage::Jsonata, QueryLanguage::JsonPath) {
        fields.report(Fault::LanguageDowngrade);
    }
    language
}
