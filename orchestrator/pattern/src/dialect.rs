//! What a pattern means is written into it: `\d`, `\s` and `\w` are what the dialect has by them, and both cases of a letter stand
//! where case is ignored. So a pattern costs what it is written with: folding a class of all Unicode would cost milliseconds,
//! and a few `\w` of all Unicode make a large program.

use std::collections::BTreeSet;

use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{
    Ast, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, ClassSetRange,
    ClassSetUnion, Flag, Flags, FlagsItemKind, GroupKind, HexLiteralKind, Literal, LiteralKind,
    Span,
};

use crate::Fault;

/// Of a wider range the other case is not looked for, but of ASCII's letters.
const FOLDED_RANGE_MAX: u32 = 512;

/// ECMA-262, `WhiteSpace` and `LineTerminator`.
const SPACES_OF_JAVASCRIPT: [(char, char); 10] = [
    ('\t', '\r'),
    (' ', ' '),
    ('\u{a0}', '\u{a0}'),
    ('\u{1680}', '\u{1680}'),
    ('\u{2000}', '\u{200a}'),
    ('\u{2028}', '\u{2029}'),
    ('\u{202f}', '\u{202f}'),
    ('\u{205f}', '\u{205f}'),
    ('\u{3000}', '\u{3000}'),
    ('\u{feff}', '\u{feff}'),
];

/// Whose regular expressions they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// Of `java.util.regex.Pattern`, which must match the whole of a text. Flags: `d`, `i`, `m`, `s`, `u`, `U`, `x`.
    Java,
    /// Of JavaScript without its flag `u`. Flags: `g`, which changes nothing, `i`, `m`, `s`.
    JavaScript,
}

/// The pattern, as `regex` reads it.
pub(crate) fn read(dialect: Dialect, pattern: &str, flags: &str) -> Result<Ast, Fault> {
    let known = match dialect {
        Dialect::Java => "dimsuUx",
        Dialect::JavaScript => "gims",
    };
    if let Some(flag) = flags.chars().find(|flag| !known.contains(*flag)) {
        return Err(Fault::Malformed(format!("there is no flag '{flag}'")));
    }
    let has = |flag| flags.contains(flag);
    // Java's other line ends (`d`) are a matter of `.` alone.
    let kept: String = flags.chars().filter(|flag| "ms".contains(*flag)).collect();
    let set = if kept.is_empty() { String::new() } else { format!("(?{kept})") };
    let text = match dialect {
        // A comment of the pattern ends before what is put behind it.
        Dialect::Java if has('x') => format!("{set}\\A(?:{pattern}\n)\\z"),
        Dialect::Java => format!(r"{set}\A(?:{pattern})\z"),
        Dialect::JavaScript => format!("{set}{pattern}"),
    };
    let mut parser = ParserBuilder::new().ignore_whitespace(has('x')).build();
    let mut parsed = parser.parse(&text).map_err(|why| Fault::Malformed(why.kind().to_string()))?;
    let is_java = dialect == Dialect::Java;
    let mut reading = Reading {
        dialect,
        ignores_case: has('i'),
        // Java: the one implies the other.
        case_beyond_ascii: !is_java || has('u') || has('U'),
        classes_beyond_ascii: has('U'),
    };
    reading.read(&mut parsed);
    Ok(parsed)
}

/// What holds at a place of a pattern.
#[derive(Debug, Clone, Copy)]
struct Reading {
    dialect: Dialect,
    ignores_case: bool,
    case_beyond_ascii: bool,
    classes_beyond_ascii: bool,
}

impl Reading {
    /// Recursion ends where the parser's nesting does.
    fn read(&mut self, ast: &mut Ast) {
        match ast {
            Ast::Flags(set) => {
                self.take(&mut set.flags);
                if set.flags.items.is_empty() {
                    *ast = Ast::empty(set.span);
                }
            }
            Ast::Literal(literal) if self.ignores_case => {
                let items = self.cases(literal);
                if items.len() > 1 {
                    *ast = Ast::class_bracketed(class(literal.span, items));
                }
            }
            Ast::ClassPerl(class) if !self.classes_beyond_ascii => {
                *ast = Ast::class_bracketed(self.narrow(class));
            }
            Ast::ClassBracketed(class) => self.read_set(&mut class.kind),
            Ast::Repetition(repetition) => self.read(&mut repetition.ast),
            Ast::Group(group) => {
                // What a group sets ends with it.
                let mut inner = *self;
                if let GroupKind::NonCapturing(flags) = &mut group.kind {
                    inner.take(flags);
                }
                inner.read(&mut group.ast);
            }
            Ast::Alternation(alternation) => self.read_all(&mut alternation.asts),
            Ast::Concat(concat) => self.read_all(&mut concat.asts),
            Ast::Empty(_)
            | Ast::Literal(_)
            | Ast::Dot(_)
            | Ast::Assertion(_)
            | Ast::ClassUnicode(_)
            | Ast::ClassPerl(_) => {}
        }
    }

    /// One after the other: a flag that is set in one holds in the next.
    fn read_all(&mut self, asts: &mut [Ast]) {
        for ast in asts {
            self.read(ast);
        }
    }

    /// Takes those flags out that stand in the pattern itself and are written into it: `i`, `u`, and Java's `U`, by which
    /// others mean something else.
    fn take(&mut self, flags: &mut Flags) {
        let mut negated = false;
        for item in &flags.items {
            match item.kind {
                FlagsItemKind::Negation => negated = true,
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.ignores_case = !negated,
                FlagsItemKind::Flag(Flag::Unicode) => self.case_beyond_ascii = !negated,
                FlagsItemKind::Flag(Flag::SwapGreed) => {
                    self.classes_beyond_ascii = !negated;
                    self.case_beyond_ascii = !negated;
                }
                FlagsItemKind::Flag(_) => {}
            }
        }
        let taken =
            [Flag::CaseInsensitive, Flag::Unicode, Flag::SwapGreed].map(FlagsItemKind::Flag);
        flags.items.retain(|item| !taken.contains(&item.kind));
        if flags.items.last().is_some_and(|item| item.kind == FlagsItemKind::Negation) {
            flags.items.pop();
        }
    }

    fn read_set(self, set: &mut ClassSet) {
        match set {
            ClassSet::Item(item) => self.read_item(item),
            ClassSet::BinaryOp(operation) => {
                self.read_set(&mut operation.lhs);
                self.read_set(&mut operation.rhs);
            }
        }
    }

    fn read_item(self, item: &mut ClassSetItem) {
        match item {
            ClassSetItem::Perl(class) if !self.classes_beyond_ascii => {
                *item = ClassSetItem::Bracketed(Box::new(self.narrow(class)));
            }
            ClassSetItem::Literal(literal) if self.ignores_case => {
                let items = self.cases(literal);
                *item = union(literal.span, items);
            }
            ClassSetItem::Range(range) if self.ignores_case => {
                let (start, end) = (u32::from(range.start.c), u32::from(range.end.c));
                let mut items = vec![ClassSetItem::Range(range.clone())];
                if self.case_beyond_ascii && end - start <= FOLDED_RANGE_MAX {
                    let letters = (start..=end).filter_map(char::from_u32);
                    let others = letters.flat_map(|letter| self.others(letter));
                    let outside =
                        others.filter(|other| !(start..=end).contains(&u32::from(*other)));
                    items.extend(ranges(range.span, outside.collect()));
                } else {
                    items.extend(ascii_of_other_case(range));
                }
                *item = union(range.span, items);
            }
            ClassSetItem::Bracketed(class) => self.read_set(&mut class.kind),
            ClassSetItem::Union(union) => union.items.iter_mut().for_each(|it| self.read_item(it)),
            ClassSetItem::Empty(_)
            | ClassSetItem::Literal(_)
            | ClassSetItem::Range(_)
            | ClassSetItem::Ascii(_)
            | ClassSetItem::Unicode(_)
            | ClassSetItem::Perl(_) => {}
        }
    }

    /// The literal, and its other cases.
    fn cases(self, literal: &Literal) -> Vec<ClassSetItem> {
        let mut items = vec![ClassSetItem::Literal(literal.clone())];
        items.extend(self.others(literal.c).map(|other| letter(literal.span, other)));
        items
    }

    fn others(self, c: char) -> impl Iterator<Item = char> {
        let known = self.case_beyond_ascii || c.is_ascii();
        let cases = known.then(|| [single(c.to_lowercase()), single(c.to_uppercase())]);
        cases.into_iter().flatten().flatten().filter(move |other| *other != c)
    }

    /// `\d`, `\s` or `\w` as the dialect has them, or what is none of them.
    fn narrow(self, class: &ClassPerl) -> ClassBracketed {
        let span = class.span;
        let kept: &[(char, char)] = match (&class.kind, self.dialect) {
            (ClassPerlKind::Digit, _) => &[('0', '9')],
            (ClassPerlKind::Word, _) => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
            (ClassPerlKind::Space, Dialect::Java) => &[('\t', '\r'), (' ', ' ')],
            (ClassPerlKind::Space, Dialect::JavaScript) => &SPACES_OF_JAVASCRIPT,
        };
        let items = kept.iter().map(|&(start, end)| range(span, start, end)).collect();
        ClassBracketed { span, negated: class.negated, kind: ClassSet::Item(union(span, items)) }
    }
}

/// One whose other case is several letters has none here.
fn single(mut cased: impl Iterator<Item = char>) -> Option<char> {
    cased.next().filter(|_| cased.next().is_none())
}

/// Neighbours together: the letters of an alphabet are one range, in either case.
fn ranges(span: Span, letters: BTreeSet<char>) -> Vec<ClassSetItem> {
    let mut ranges: Vec<(char, char)> = Vec::new();
    for letter in letters {
        match ranges.last_mut() {
            Some((_, end)) if u32::from(*end) + 1 == u32::from(letter) => *end = letter,
            _ => ranges.push((letter, letter)),
        }
    }
    ranges.into_iter().map(|(start, end)| range(span, start, end)).collect()
}

fn range(span: Span, start: char, end: char) -> ClassSetItem {
    let literal = |c| Literal { span, kind: LiteralKind::HexBrace(HexLiteralKind::X), c };
    ClassSetItem::Range(ClassSetRange { span, start: literal(start), end: literal(end) })
}

/// The letters of ASCII within the range, in their other case.
fn ascii_of_other_case(range: &ClassSetRange) -> Vec<ClassSetItem> {
    let within = |first: char, last: char| {
        let (start, end) = (range.start.c.max(first), range.end.c.min(last));
        let other = |c: char| {
            if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
        };
        (start <= end).then(|| self::range(range.span, other(start), other(end)))
    };
    within('a', 'z').into_iter().chain(within('A', 'Z')).collect()
}

fn letter(span: Span, c: char) -> ClassSetItem {
    ClassSetItem::Literal(Literal { span, kind: LiteralKind::Verbatim, c })
}

fn union(span: Span, mut items: Vec<ClassSetItem>) -> ClassSetItem {
    match items.len() {
        1 => items.remove(0),
        _ => ClassSetItem::Union(ClassSetUnion { span, items }),
    }
}

fn class(span: Span, items: Vec<ClassSetItem>) -> ClassBracketed {
    ClassBracketed { span, negated: false, kind: ClassSet::Item(union(span, items)) }
}

#[cfg(test)]
mod tests {
    use super::Dialect::{Java, JavaScript};
    use super::*;
    use crate::Pattern;

    fn assert_matches(dialect: Dialect, table: &[(&str, &str, &str, bool)]) {
        for (pattern, flags, text, expected) in table {
            let read = Pattern::parse(dialect, pattern, flags).expect(pattern);
            let matches = read.regex().expect(pattern).is_match(text);
            assert_eq!(matches, *expected, "/{pattern}/{flags} {text:?}: {}", read.as_str());
        }
    }

    /// After the documentation of `java.util.regex.Pattern`: `CASE_INSENSITIVE` and the predefined classes are of ASCII alone,
    /// unless `UNICODE_CASE` and `UNICODE_CHARACTER_CLASS` are set.
    #[test]
    fn a_pattern_means_what_java_means_by_it() {
        let table = [
            (".*rees", "i", "Nigel REES", true),
            (".*rees", "", "Nigel REES", false),
            ("[a-c]+x", "i", "AbCX", true),
            ("[A-C]+", "i", "abc", true),
            ("[^a-c]+", "i", "xA", false),
            ("[^a-c]+", "i", "xyZ", true),
            ("[a[b-c]&&[^b]]+", "i", "AC", true),
            ("[a[b-c]&&[^b]]+", "i", "AB", false),
            (r"[\s\S]+", "i", "aä\n", true),
            ("straße", "i", "STRAßE", true),
            ("ä", "i", "Ä", false),
            ("ä", "iu", "Ä", true),
            ("[ä-ö]", "iu", "Ö", true),
            ("[ä-ö]", "i", "Ö", false),
            ("a(?i)b|c", "", "aB", true),
            ("a(?i)b|c", "", "C", true),
            ("a(?i)b", "", "AB", false),
            ("(?i:a)b", "", "Ab", true),
            ("(?i:a)b", "", "AB", false),
            ("(?i-s:a.)", "", "A\n", false),
            ("(?-i)a", "i", "A", false),
            ("(?-i:a)b", "i", "aB", true),
            (" a b # as one\n", "ix", "AB", true),
            (r"a\.b", "i", "A.B", true),
            (r"a\.b", "i", "AxB", false),
            ("a.b", "is", "A\nB", true),
            ("(?:ab){2}", "i", "aBAb", true),
            (r"\d+", "", "19", true),
            (r"\d+", "", "١٩", false),
            (r"\d+", "U", "١٩", true),
            (r"\D+", "", "a١", true),
            (r"\w+", "", "Az_0", true),
            (r"\w+", "", "ä", false),
            (r"\w+", "U", "ä", true),
            (r"(?U)\w", "", "ä", true),
            (r"(?iu:Ä)a+?", "", "äaa", true),
            (r"[\w-]+", "", "a-b", true),
            (r"[^\w]", "", "ä", true),
            (r"[\W]", "", "a", false),
            (r"a\sb\Sc", "", "a\tb_c", true),
            (r"\s", "", "\u{a0}", false),
            (r"\w{40}", "", &"x".repeat(40), true),
            (r"\w[a&&\w]", "i", "_A", true),
            ("a # as one", "x", "a", true),
        ];
        assert_matches(Java, &table);
    }

    /// ECMA-262: `CharacterClassEscape`, and `Canonicalize` without the flag `u`.
    #[test]
    fn a_pattern_means_what_javascript_means_by_it() {
        let table = [
            ("b", "", "abc", true),
            ("B", "", "abc", false),
            ("B", "gi", "abc", true),
            ("ÄÖ", "i", "xäöx", true),
            ("^[ä-ö]$", "i", "Ö", true),
            ("^[а-я]+$", "i", "ДА", true),
            ("^[Ā-ſ]+$", "i", "āſĂ", true),
            ("^[!-\u{10ffff}]+$", "i", "aÄ", true),
            (r"^\d+$", "", "19", true),
            (r"^\d+$", "", "١٩", false),
            (r"^\w+$", "", "Az_0", true),
            (r"^\w+$", "", "ä", false),
            (r"^[^\w]$", "", "ä", true),
            (r"^\s+$", "", "\u{a0}\u{2003}\u{feff}\t", true),
            (r"^\S$", "", "\u{2028}", false),
            ("^b$", "m", "a\nb\nc", true),
            ("^b$", "", "a\nb\nc", false),
            ("a.b", "s", "a\nb", true),
            ("a.b", "", "a\nb", false),
        ];
        assert_matches(JavaScript, &table);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for (pattern, flags) in [
            ("(", ""),
            ("a", "q"),
            ("(?=a)", ""),
            (r"(a)\1", ""),
            (r"\p{Xx}", ""),
            // Found by fuzzing: the fault stands in a line that what is read no longer has.
            ("\n\n\n\\p{Xx}", "x"),
            ("(?x)\n\n\n\\p{Xx}", ""),
        ] {
            let refusal = Pattern::parse(Java, pattern, flags).expect_err(pattern);
            assert!(matches!(refusal.fault, Fault::Malformed(_)), "/{pattern}/{flags} {refusal}");
        }
    }
}
