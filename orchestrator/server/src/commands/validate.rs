//! `everstep validate`: checks a definition, offline.

use std::path::PathBuf;

use asl::{Diagnostic, Severity, StateMachine};
use clap::Args;
use serde_json::{Value, json};

use super::input;
use super::machine_type::MachineType;
use crate::error::{Answer, CommandError};
use crate::output::{self, Format};

#[derive(Debug, Args)]
pub(crate) struct Validate {
    /// The definition in Amazon States Language; `-` reads standard input
    file: PathBuf,
    /// An Express machine may hold less: no callbacks, no `.sync`, no Distributed Map
    #[arg(long, value_name = "TYPE", default_value = "standard")]
    r#type: MachineType,
}

impl Validate {
    pub(crate) fn run(self, format: Format) -> Result<Answer, CommandError> {
        let text = input::read(&self.file)?;
        let diagnostics = StateMachine::check_as(self.r#type.into(), &text);
        let valid = diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error);
        match format {
            Format::Text => {
                let file = self.file.display().to_string();
                for diagnostic in &diagnostics {
                    output::line(text_of(&file, diagnostic));
                }
                if valid {
                    output::note(format!("{file}: valid"));
                }
            }
            Format::Json => output::document(&json!({
                "valid": valid,
                "diagnostics": diagnostics.iter().map(document).collect::<Vec<_>>(),
            })),
        }
        Ok(if valid { Answer::Positive } else { Answer::Negative })
    }
}

/// `file:line:column: severity CODE at /States/X: message; advice`: editors jump to such lines.
pub(super) fn text_of(file: &str, diagnostic: &Diagnostic) -> String {
    let Diagnostic { line, column, pointer, message, advice, .. } = diagnostic;
    let severity = diagnostic.severity.as_str().to_lowercase();
    let code = diagnostic.code.as_str();
    let advice = if advice.is_empty() { String::new() } else { format!("; {advice}") };
    format!("{file}:{line}:{column}: {severity} {code} at {pointer}: {message}{advice}")
}

pub(super) fn document(diagnostic: &Diagnostic) -> Value {
    json!({
        "severity": diagnostic.severity.as_str(),
        "code": diagnostic.code.as_str(),
        "location": diagnostic.pointer,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "message": diagnostic.message,
        "advice": diagnostic.advice,
    })
}
