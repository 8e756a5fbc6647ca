//! What a compiled path consists of, and how its pieces are spelled in causes of errors.

use std::fmt::Write;

use super::filter::Filter;
use super::function::Call;

/// One step of a path.
#[derive(Debug)]
pub(super) enum Token {
    /// `.name`, `['name']`, `['one','two']`. Never empty; `quote` is how the names were quoted.
    Properties {
        names: Vec<String>,
        quote: char,
    },
    /// `[0]`, `[-1]`, `[0,2]`. Never empty.
    Indices(Vec<i64>),
    Slice(Slice),
    /// `.*`, `[*]`
    Wildcard,
    /// `..`: the next token is tried on every value below.
    Scan,
    /// `[?(…)]`
    Filter(Filter),
    /// `.length()`
    Function(Call),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Slice {
    /// `[1:]`
    From(i64),
    /// `[:2]`
    To(i64),
    /// `[1:2]`
    Between(i64, i64),
}

/// A compiled path. `$$` is resolved before: here are only `$` and, within a filter, `@`.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) root: char,
    pub(super) tokens: Vec<Token>,
    /// The first token that may find several values; the number of tokens if there is none.
    pub(super) first_indefinite: usize,
}

impl Compiled {
    pub(super) fn new(root: char, tokens: Vec<Token>) -> Self {
        let last = tokens.len().saturating_sub(1);
        let indefinite =
            tokens.iter().enumerate().position(|(at, token)| !token.is_definite(at == last));
        let first_indefinite = indefinite.unwrap_or(tokens.len());
        Self { root, tokens, first_indefinite }
    }

    pub(super) fn is_definite(&self) -> bool {
        self.first_indefinite == self.tokens.len()
    }

    /// Whether every token before `at` finds at most one value.
    pub(super) fn is_definite_before(&self, at: usize) -> bool {
        at <= self.first_indefinite
    }

    pub(super) fn is_leaf(&self, at: usize) -> bool {
        at + 1 == self.tokens.len()
    }

    pub(super) fn ends_in_function(&self) -> bool {
        matches!(self.tokens.last(), Some(Token::Function(_)))
    }

    /// The whole path as Jayway spells it: `$['store']['book'][0]`.
    pub(super) fn spell(&self) -> String {
        let mut text = self.root.to_string();
        self.tokens.iter().for_each(|token| token.spell(&mut text));
        text
    }

    /// The tokens from `at` on.
    pub(super) fn spell_from(&self, at: usize) -> String {
        let mut text = String::new();
        self.tokens[at..].iter().for_each(|token| token.spell(&mut text));
        text
    }

    /// The place that the tokens before `at` lead to. They are definite: no other place is ever spelled.
    pub(super) fn spell_place(&self, at: usize) -> String {
        let mut text = self.root.to_string();
        for token in &self.tokens[..at] {
            match token {
                Token::Properties { names, .. } => {
                    text.extend(names.iter().flat_map(|name| ["['", name, "']"]));
                }
                // A function's result stands in the place of what it was called on.
                Token::Function(_) => {}
                Token::Indices(_)
                | Token::Slice(_)
                | Token::Wildcard
                | Token::Scan
                | Token::Filter(_) => token.spell(&mut text),
            }
        }
        text
    }
}

impl Token {
    /// Several names at the end are merged in one object; elsewhere each goes its own way.
    fn is_definite(&self, is_leaf: bool) -> bool {
        match self {
            Self::Properties { names, .. } => names.len() == 1 || is_leaf,
            Self::Indices(indices) => indices.len() == 1,
            Self::Function(_) => true,
            Self::Slice(_) | Self::Wildcard | Self::Scan | Self::Filter(_) => false,
        }
    }

    pub(super) fn spell(&self, text: &mut String) {
        let written = match self {
            Self::Properties { names, quote } => {
                let quoted = names.iter().map(|name| {
                    let name = name.replace('\\', r"\\").replace('\'', r"\'");
                    format!("{quote}{name}{quote}")
                });
                write!(text, "[{}]", quoted.collect::<Vec<_>>().join(","))
            }
            Self::Indices(indices) => {
                let indices = indices.iter().map(ToString::to_string).collect::<Vec<_>>();
                write!(text, "[{}]", indices.join(","))
            }
            Self::Slice(Slice::From(from)) => write!(text, "[{from}:]"),
            Self::Slice(Slice::To(to)) => write!(text, "[:{to}]"),
            Self::Slice(Slice::Between(from, to)) => write!(text, "[{from}:{to}]"),
            Self::Wildcard => write!(text, "[*]"),
            Self::Scan => write!(text, ".."),
            Self::Filter(_) => write!(text, "[?]"),
            Self::Function(call) if call.parameters.is_empty() => write!(text, ".{}()", call.name),
            Self::Function(call) => write!(text, ".{}(...)", call.name),
        };
        written.expect("a string takes all that is written");
    }
}
