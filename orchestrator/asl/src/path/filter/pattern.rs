//! The pattern of `=~`, with Java's flags. Matching takes time linear in the text: no look-around, no back-references, which
//! Java has. Case is ignored by writing both cases into the pattern: as Java does, of ASCII's letters alone unless `u` asks
//! for more; and a class costs what it is written with, where folding all of Unicode would cost milliseconds.

use regex::{Regex, RegexBuilder};
use regex_syntax::ast::parse::ParserBuilder;
use regex_syntax::ast::{
    Ast, ClassBracketed, ClassSet, ClassSetItem, ClassSetRange, ClassSetUnion, Flag, Flags,
    FlagsItemKind, GroupKind, Literal, LiteralKind, Span,
};

/// A larger program is refused.
const PROGRAM_BYTES_MAX: usize = 1 << 20;
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
    Folding { ignores_case: has('i'), beyond_ascii: has('u') }.fold(&mut parsed);
    // Unicode is always on; other line ends (`d`) are a matter of `.` alone.
    RegexBuilder::new(&parsed.to_string())
        .size_limit(PROGRAM_BYTES_MAX)
        .multi_line(has('m'))
        .dot_matches_new_line(has('s'))
        .build()
        .ok()
}

/// What holds at a place of a pattern.
#[derive(Debug, Clone, Copy)]
struct Folding {
    ignores_case: bool,
    beyond_ascii: bool,
}

impl Folding {
    /// Recursion ends where the parser's nesting does.
    fn fold(&mut self, ast: &mut Ast) {
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
            Ast::ClassBracketed(class) if self.ignores_case => self.fold_set(&mut class.kind),
            Ast::Repetition(repetition) => self.fold(&mut repetition.ast),
            Ast::Group(group) => {
                // What a group sets ends with it.
                let mut inner = *self;
                if let GroupKind::NonCapturing(flags) = &mut group.kind {
                    inner.take(flags);
                }
                inner.fold(&mut group.ast);
            }
            Ast::Alternation(alternation) => {
                alternation.asts.iter_mut().for_each(|it| self.fold(it))
            }
            Ast::Concat(concat) => concat.asts.iter_mut().for_each(|it| self.fold(it)),
            Ast::Empty(_)
            | Ast::Literal(_)
            | Ast::Dot(_)
            | Ast::Assertion(_)
            | Ast::ClassUnicode(_)
            | Ast::ClassPerl(_)
            | Ast::ClassBracketed(_) => {}
        }
    }

    /// Takes `i` out of flags that stand in the pattern itself, and `u`, which is always on.
    fn take(&mut self, flags: &mut Flags) {
        let mut negated = false;
        for item in &flags.items {
            match item.kind {
                FlagsItemKind::Negation => negated = true,
                FlagsItemKind::Flag(Flag::CaseInsensitive) => self.ignores_case = !negated,
                FlagsItemKind::Flag(Flag::Unicode) => self.beyond_ascii = !negated,
                FlagsItemKind::Flag(_) => {}
            }
        }
        let taken = [Flag::CaseInsensitive, Flag::Unicode].map(FlagsItemKind::Flag);
        flags.items.retain(|item| !taken.contains(&item.kind));
        if flags.items.last().is_some_and(|item| item.kind == FlagsItemKind::Negation) {
            flags.items.pop();
        }
    }

    fn fold_set(self, set: &mut ClassSet) {
        match set {
            ClassSet::Item(item) => self.fold_item(item),
            ClassSet::BinaryOp(operation) => {
                self.fold_set(&mut operation.lhs);
                self.fold_set(&mut operation.rhs);
            }
        }
    }

    fn fold_item(self, item: &mut ClassSetItem) {
        match item {
            ClassSetItem::Literal(literal) => {
                let items = self.cases(literal);
                *item = union(literal.span, items);
            }
            ClassSetItem::Range(range) => {
                let (start, end) = (u32::from(range.start.c), u32::from(range.end.c));
                let mut items = vec![ClassSetItem::Range(range.clone())];
                if self.beyond_ascii && end - start <= FOLDED_RANGE_MAX {
                    let others =
                        (start..=end).filter_map(char::from_u32).flat_map(|c| self.others(c));
                    items.extend(others.map(|other| letter(range.span, other)));
                } else {
                    items.extend(ascii_of_other_case(range));
                }
                *item = union(range.span, items);
            }
            ClassSetItem::Bracketed(class) => self.fold_set(&mut class.kind),
            ClassSetItem::Union(union) => union.items.iter_mut().for_each(|it| self.fold_item(it)),
            ClassSetItem::Empty(_)
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
        if !self.beyond_ascii && !c.is_ascii() {
            return Vec::new();
        }
        // One whose other case is several letters has none here.
        let single = |mut cased: Box<dyn Iterator<Item = char>>| match (cased.next(), cased.next())
        {
            (Some(other), None) if other != c => Some(other),
            _ => None,
        };
        let lower = single(Box::new(c.to_lowercase()));
        let upper = single(Box::new(c.to_uppercase()));
        lower.into_iter().chain(upper).collect()
    }
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

    /// Java: `CASE_INSENSITIVE` is of ASCII alone, unless `UNICODE_CASE` is set, too.
    #[test]
    fn case_is_ignored_as_java_ignores_it() {
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
