//! Drawings of state machines, with the path of an execution marked if there is one.
//!
//! A [`Drawing`] says what is drawn and knows no language; `mermaid` and `dot` write it.

mod dot;
mod drawing;
mod label;
mod mermaid;
mod taken;
#[cfg(test)]
mod tests;

pub(crate) use drawing::Drawing;
pub(crate) use taken::Taken;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    /// Code hosts draw it in Markdown.
    Mermaid,
    /// For Graphviz.
    Dot,
}

impl Drawing {
    pub(crate) fn write(&self, language: Language) -> String {
        match language {
            Language::Mermaid => mermaid::write(self),
            Language::Dot => dot::write(self),
        }
    }
}
