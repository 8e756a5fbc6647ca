//! The pattern of `=~`, with Java's flags. Matching takes time linear in the text: no look-around, no back-references, which
//! Java has. What Java means by a pattern is written into it: `\d`, `\s` and `\w` are ASCII's unless `U` asks for more, and
//! case is ignored of ASCII's letters alone unless `u` does. So a pattern costs what it is written with: folding a class of all
//! Unicode would cost milliseconds, and a few `\w` of all Unicode make a large program.

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{
    Ast, ClassBracketed, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, ClassSetRange,
    ClassSetUnion, Flag, Flags, FlagsItemKind, GroupKind, HexLiteralKind, Literal, LiteralKind,
    Span,
};

/// A larger program is refused.
const PROGRAM_BYTES_MAX: usize = 1 << 18;
/// Of a wider range the other case is not looked for, but of ASCII's letters.
const FOLDED_RANGE_MAX: u32 = 1_024;

/// `None`: it is no pattern, or too large. A pattern must match the whole of a text.
pub(super) fn compile(pattern: &str, flags: &str) -> Option<Regex> {
    if !flags.chars().all(|flag| "imsxduU".contains(flag)) {
        return None;
    }
    let has = |flag| flags.contains(flag);
    let text = format!(r"\A(?:{pattern})\z");
    let mut parser = ParserBuilder::new().ignore_whitespace(has('x')).build();
    let mut parsed = parser.parse(&text).ok()?;
    let classes_beyond_ascii = has('U');
    let mut reading = Reading {
        ignores_case: has('i'),
        // Java: the one implies the other.
        case_beyond_ascii: has('u') || classes_beyond_ascii,
        classes_beyond_ascii,
    };
    reading.read(&mut parsed);
    // Other line ends (`d`) are a matter of `.` alone.
    RegexBuilder::new(&parsed.to_string())
        .size_limit(PROGRAM_BYTES_MAX)
        .multi_line(has('m'))
        .dot_matches_new_line(has('s'))
        .build()
        .ok()
}

/// What holds at a place of a pattern.
#[derive(Debug, Clone, Copy)]
struct Reading {
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
                *ast = Ast::class_bracketed(of_ascii(class));
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
                *item = ClassSetItem::Bracketed(Box::new(of_ascii(class)));
            }
            ClassSetItem::Literal(literal) if self.ignores_case => {
                let items = self.cases(literal);
                *item = union(literal.span, items);
            }
            ClassSetItem::Range(range) if self.ignores_case => {
                let (start, end) = (u32::from(range.start.c), u32::from(range.end.c));
                let mut items = vec![ClassSetItem::Range(range.clone())];
                if self.case_beyond_ascii && end - start <= FOLDED_RANGE_MAX {
                    let others =
                        (start..=end).filter_map(char::from_u32).flat_map(|c| self.others(c));
                    items.extend(others.map(|other| letter(range.span, other)));
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
        let others = self.others(literal.c);
        let mut items = vec![ClassSetItem::Literal(literal.clone())];
        items.extend(others.into_iter().map(|other| letter(literal.span, other)));
        items
    }

    fn others(self, c: char) -> Vec<char> {
        if !self.case_beyond_ascii && !c.is_ascii() {
            return Vec::new();
        }
        let (lower, upper) = (single(c.to_lowercase()), single(c.to_uppercase()));
        lower.into_iter().chain(upper).filter(|other| *other != c).collect()
    }
}

/// One whose other case is several letters has none here.
fn single(mut cased: impl Iterator<Item = char>) -> Option<char> {
    cased.next().filter(|_| cased.next().is_none())
}

/// `\d`, `\s` or `\w` as Java has them, or what is none of them.
fn of_ascii(class: &ClassPerl) -> ClassBracketed {
    let span = class.span;
    let ranges: &[(char, char)] = match class.kind {
        ClassPerlKind::Digit => &[('0', '9')],
        ClassPerlKind::Space => &[('\t', '\r'), (' ', ' ')],
        ClassPerlKind::Word => &[('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
    };
    let literal = |c| Literal { span, kind: LiteralKind::HexFixed(HexLiteralKind::X), c };
    let item = |&(start, end): &(char, char)| {
        ClassSetItem::Range(ClassSetRange { span, start: literal(start), end: literal(end) })
    };
    let items = ranges.iter().map(item).collect();
    ClassBracketed { span, negated: class.negated, kind: ClassSet::Item(union(span, items)) }
}

/// The letters of ASCII within the range, in their other case.
fn ascii_of_other_case(range: &ClassSetRange) -> Vec<ClassSetItem> {
    let within = |first: char, last: char| {
        let (start, end) = (range.start.c.max(first), range.end.c.min(last));
        let other = |c: char| {
            if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() }
        };
        (start <= end).then(|| {
            let literal =
                |c| Literal { span: range.span, kind: LiteralKind::Verbatim, c: other(c) };
            let (start, end) = (literal(start), literal(end));
            ClassSetItem::Range(ClassSetRange { span: range.span, start, end })
        })
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
    use super::*;

    fn matches(pattern: &str, flags: &str, text: &str) -> bool {
        compile(pattern, flags).expect(pattern).is_match(text)
    }

    /// After the documentation of `java.util.regex.Pattern`: `CASE_INSENSITIVE` and the predefined classes are of ASCII alone,
    /// unless `UNICODE_CASE` and `UNICODE_CHARACTER_CLASS` are set.
    #[test]
    fn a_pattern_means_what_java_means_by_it() {
        for (pattern, flags, text, expected) in [
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
        ] {
            assert_eq!(matches(pattern, flags, text), expected, "/{pattern}/{flags} {text:?}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for (pattern, flags) in
            [("(", ""), ("a", "q"), ("(?=a)", ""), (r"(a)\1", ""), ("(a{1000}){1000}", "")]
        {
            assert!(compile(pattern, flags).is_none(), "/{pattern}/{flags}");
        }
    }
}
