//! What is said of an expression that does not compile, or fails while it is evaluated.

use jsonata_core::evaluator::EvaluatorError;
use jsonata_core::parser::ParserError;
use pattern::Refusal;

use crate::words;

/// The code of `$error`: for what jsonata-js has no code for.
pub(crate) const UNCODED: &str = "D3137";

/// The text is no JSONata expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", place(*at))]
pub struct CompileError {
    /// JSONata's code, such as `S0201`.
    pub code: String,
    /// What is wrong, in jsonata-js's words, without the code.
    pub message: String,
    /// The last character of the token at fault, counted from 1, where one is.
    pub at: Option<usize>,
}

fn place(at: Option<usize>) -> String {
    at.map_or_else(String::new, |at| format!(" (at character {at} of the expression)"))
}

/// The evaluation gave no value that JSON can hold. Displayed as AWS ends its sentence "The JSONata expression '…'
/// specified for the field '…' ".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("threw an error during evaluation. {code}: {message}")]
    Thrown {
        /// JSONata's code, such as `T1006`.
        code: String,
        message: String,
    },
    /// A function.
    #[error("returned an unsupported result type.")]
    Unsupported,
}

impl CompileError {
    pub(crate) fn of_pattern(refusal: &Refusal) -> Self {
        Self { code: "S0303".to_owned(), message: refusal.to_string(), at: None }
    }
}

impl Error {
    pub(crate) fn thrown(code: &str, message: impl Into<String>) -> Self {
        Self::Thrown { code: code.to_owned(), message: message.into() }
    }
}

impl From<EvaluatorError> for Error {
    fn from(error: EvaluatorError) -> Self {
        let (code, message) = split(error.message(), UNCODED);
        Self::Thrown { code, message }
    }
}

impl From<(ParserError, Option<usize>)> for CompileError {
    fn from((error, at): (ParserError, Option<usize>)) -> Self {
        let (code, message) = split(&error.to_string(), "S0201");
        Self { code, message, at }
    }
}

/// `CODE: message`, wherever in the text the code stands; `otherwise` where there is none.
fn split(text: &str, otherwise: &str) -> (String, String) {
    let at = (0..text.len().saturating_sub(4)).find(|&at| is_code(&text.as_bytes()[at..]));
    let Some(at) = at else {
        return (otherwise.to_owned(), text.to_owned());
    };
    let (code, message) = text[at..].split_at(5);
    let message = message.trim_start_matches(':').trim_start();
    (code.to_owned(), words::of(code, message).into_owned())
}

/// A letter and four digits.
fn is_code(text: &[u8]) -> bool {
    matches!(text, [letter, digits @ ..] if letter.is_ascii_uppercase()
        && digits.len() >= 4
        && digits[..4].iter().all(u8::is_ascii_digit)
        && !digits.get(4).is_some_and(u8::is_ascii_alphanumeric))
}
