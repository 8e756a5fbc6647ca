//! Regular expressions that strangers write: those of JSONPath's filters, as Java reads them, and JSONata's, as JavaScript does.
//!
//! Matching takes time linear in the text: no look-around, no back-references, which both languages have. Reading a pattern
//! costs about what its text is long. What building and matching it cost is known beforehand, in steps of at most a quarter of
//! a microsecond, so that whoever evaluates can refuse to pay: a short pattern may stand for a large program, and a long text
//! be searched again and again.

mod dialect;
mod gauge;
mod price;

pub use dialect::Dialect;

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};
use regex_syntax::hir::translate::Translator;

use crate::gauge::Gauge;
use crate::price::Price;

/// A longer pattern is refused: a class of a few bytes stands for kilobytes.
const TEXT_MAX: usize = 16 << 10;
/// A program of [`price::SIZE_MAX`] is far below it.
const PROGRAM_BYTES_MAX: usize = 8 << 20;
/// What the states of searches may take; what finds no room is searched for more slowly, which the price allows for.
pub(crate) const STATES_BYTES_MAX: usize = 1 << 20;
/// As deep as a pattern may nest is deeper when cases are written into it.
const NESTING_MAX: u32 = 1_000;
/// Characters of a pattern that a refusal shows.
const SHOWN_MAX: usize = 200;
/// A search that costs less is not looked at more closely.
const CHEAP: u64 = 256;

/// A pattern that has been read, and is built when it is first asked for.
#[derive(Debug)]
pub struct Pattern {
    text: String,
    price: Price,
    built: OnceLock<Option<Regex>>,
    /// Few patterns want one, and it is large.
    gauge: OnceLock<Option<Box<Gauge>>>,
}

/// A text that is no pattern, or none that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The regular expression /{shown}/ can't be used: {fault}")]
pub struct Refusal {
    /// The pattern, or how it begins.
    shown: String,
    pub fault: Fault,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error(
        "{0}. Matching takes time in proportion to the text: there is neither look-around nor a back-reference"
    )]
    Malformed(String),
    #[error("it has more than {TEXT_MAX} bytes")]
    Long,
    #[error("it is too large: write its classes narrower, or repeat them less")]
    Large,
}

impl Pattern {
    /// `flags` are the dialect's; others are refused.
    pub fn parse(dialect: Dialect, pattern: &str, flags: &str) -> Result<Self, Refusal> {
        Self::read(dialect, pattern, flags)
            .map_err(|fault| Refusal { shown: pattern.chars().take(SHOWN_MAX).collect(), fault })
    }

    fn read(dialect: Dialect, pattern: &str, flags: &str) -> Result<Self, Fault> {
        if pattern.len() > TEXT_MAX {
            return Err(Fault::Long);
        }
        let read = dialect::read(dialect, pattern, flags)?;
        let text = read.to_string();
        let meaning = Translator::new().translate(&text, &read);
        let price = Price::of(&meaning.map_err(|why| Fault::Malformed(why.kind().to_string()))?);
        if price.size > price::SIZE_MAX {
            return Err(Fault::Large);
        }
        Ok(Self { text, price, built: OnceLock::new(), gauge: OnceLock::new() })
    }

    /// As it is built, with all that the dialect and the flags mean written out.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Steps of [`Self::regex`], the first time.
    pub fn building(&self) -> u64 {
        self.price.building()
    }

    /// Steps of one search through so many bytes, whatever they are.
    pub fn searching(&self, bytes: usize) -> u64 {
        self.price.searching(bytes)
    }

    /// Steps of the search for the next match, from `at` on: it may end long before the text does. More than `most` where it
    /// costs more than that.
    pub fn finding(&self, text: &str, at: usize, most: u64) -> u64 {
        let rest = text.len().saturating_sub(at);
        let whole = self.searching(rest);
        if whole <= CHEAP {
            return whole;
        }
        let gauge = self.gauge.get_or_init(|| Gauge::of(&self.text).map(Box::new));
        let look = gauge.as_ref().and_then(|it| it.reads(text, at, self.price.bytes_for(most)));
        // Looking costs as much as searching.
        look.map_or(whole, |read| self.searching(read).saturating_mul(2))
    }

    /// Built, if it is not yet. `None`: its program is larger than it was taken for.
    pub fn regex(&self) -> Option<&Regex> {
        let build = || {
            let mut builder = RegexBuilder::new(&self.text);
            builder.size_limit(PROGRAM_BYTES_MAX).dfa_size_limit(STATES_BYTES_MAX);
            builder.nest_limit(NESTING_MAX).build().ok()
        };
        self.built.get_or_init(build).as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(pattern: &str) -> Result<Pattern, Refusal> {
        Pattern::parse(Dialect::JavaScript, pattern, "")
    }

    #[test]
    fn what_is_long_or_large_is_refused_before_it_is_built() {
        for (pattern, fault) in [
            ("x".repeat(TEXT_MAX + 1), Fault::Long),
            (r"\p{L}{99}".to_owned(), Fault::Large),
            ("(a{1000}){1000}".to_owned(), Fault::Large),
            ("((((a{999}){999}){999}){999}){999}".to_owned(), Fault::Large),
        ] {
            assert_eq!(parse(&pattern).expect_err(&pattern).fault, fault, "{pattern}");
        }
    }

    /// The price of a pattern and its program stand in proportion, whatever the pattern is made of.
    #[test]
    fn what_is_accepted_can_be_built() {
        for pattern in [
            r"\p{L}{21}",
            r"\P{L}{21}",
            r"\p{Han}{500}",
            r"[\s\S]{2000}",
            r".{1800}",
            r"[^e]{1800}",
            r"\w{1500}",
            r"(a{1,120}){1,120}",
            r"(?:a?){14000}",
            r"\b\B{14000}",
            r"(ab|cd|ef){2000}",
            r"(?:){100}",
            r"\p{Greek}{300}",
            r"[\u{80}-\u{10ffff}]{1800}",
            r"[Ā-ſ]{2000}",
        ] {
            let pattern = parse(pattern).expect(pattern);
            assert!(pattern.regex().is_some(), "{}: {:?}", pattern.as_str(), pattern.price);
        }
    }

    #[test]
    fn a_search_is_paid_for_as_far_as_it_reads() {
        let text = "a".repeat(100_000);
        let words = "word ".repeat(20_000);
        // It looks for a `b` up to the end, and takes the first `a` then.
        let far = parse("a+b|a").expect("a pattern").finding(&text, 10, u64::MAX);
        assert!(far > 50_000, "{far}");
        let near = parse("[a-z]+").expect("a pattern").finding(&words, 10, u64::MAX);
        assert!(near < 10, "{near}");
        // Whoever can pay for little is told that it costs more.
        let dear = parse("a+b|a").expect("a pattern").finding(&text, 10, 1_000);
        assert!((1_001..5_000).contains(&dear), "{dear}");
        // A boundary of words beside other letters can't be gauged: the whole is paid for.
        let unknown = parse(r"\bä+").expect("a pattern").finding(&"ä".repeat(10_000), 0, u64::MAX);
        assert!(unknown > 2_500, "{unknown}");
    }
}
