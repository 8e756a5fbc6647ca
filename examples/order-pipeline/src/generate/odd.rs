//! Orders that are hard to carry: odd names, odd characters, odd numbers, and large ones.

use super::chance::Chance;
use super::draft::{Draft, Fate, item, quoted};

/// Names of executions beyond ASCII. (Blanks and brackets are forbidden in them.)
const NAMES: [&str; 14] = [
    "bestellung-für-zoë",
    "commande-n°7",
    "pedido-ñandú",
    "заказ-42",
    "注文-四十二",
    "주문-1",
    "παραγγελία-3",
    "طلب-٤",
    "הזמנה-5",
    "đơn-hàng-6",
    "zamówienie_źdźbło",
    "🛒-order",
    "👩‍👩‍👧-family-order",
    "Ωmega.Ünïcode+Ñ=1",
];

/// Strings that are often mangled: as customer, as id, and as a field of their own.
const STRINGS: [(&str, &str); 12] = [
    ("empty", ""),
    ("nul", "before\u{0}after"),
    ("only-nul", "\u{0}"),
    ("controls", "\u{1}\u{8}\t\n\u{b}\r\u{1f}\u{7f}\u{85}"),
    ("line-separators", "a\u{2028}b\u{2029}c"),
    ("emoji", "🎁👩🏽‍🚀🇺🇳❤️‍🔥"),
    ("combining", "e\u{301} ≠ é; Z\u{335}\u{321}algo"),
    ("bidi", "abc \u{202e}fed\u{202c} \u{2066}x\u{2069}"),
    ("quotes", "\"'`\\/ {} $.payment $$ {% 1 %} States.Format('{}')"),
    ("private", "\u{e000}\u{f8ff}\u{fffd}\u{feff}\u{10ffff}"),
    ("blanks", " \u{a0}\u{3000}\t leading and trailing \u{200b} "),
    ("sql", "Robert'); drop table orders;--"),
];

/// Numbers that lose digits, or their form, in a double.
const NUMBERS: [(&str, &str); 10] = [
    ("trailing-zero", "1.10"),
    ("zeroes", "0.00"),
    ("cents-of-a-billion", "12345678901234567890.12"),
    ("tiny", "0.000000000000000000000000000001"),
    ("exponent", "1.5e3"),
    ("beyond-u64", "18446744073709551616"),
    ("beyond-2-to-53", "9007199254740993"),
    ("third", "0.3333333333333333333333333333"),
    ("negative", "-1.10"),
    ("forty-digits", "1234567890123456789012345678901234567890"),
];

/// About 200 kB: below AWS's limit of 262,144 bytes with all that the workers add.
const LARGE_BYTES: usize = 200_000;
const DEPTH: usize = 60;

pub(super) fn drafts(chance: &mut Chance) -> Vec<Draft> {
    let mut plain = |name: &str| Draft::drawn(name, Fate::Delivered, chance);
    let named = NAMES.map(&mut plain);
    let strings = STRINGS.map(|(kind, text)| {
        let draft = plain(&format!("string-{kind}")).with_id(quoted(text)).with_customer(text);
        draft.with("note", &quoted(text)).with(text, "true")
    });
    let numbers = NUMBERS.map(|(kind, number)| {
        plain(&format!("number-{kind}")).with_amount(number).with("same", number)
    });
    let nested = plain("nested").with("wrapping", &nested(DEPTH));
    let shapes = plain("shapes").with(
        "shapes",
        r#"[[],{},"",0,-0,0.0,null,true,false,[[[]]],{"":{"":""}},{"b":1,"a":2,"B":3}]"#,
    );
    let odd: Vec<Draft> = named.into_iter().chain(strings).chain(numbers).collect();
    odd.into_iter().chain([nested, shapes]).chain(large(chance)).collect()
}

fn large(chance: &mut Chance) -> [Draft; 4] {
    let text = "Ein schönes Päckchen, 山, 🎁 — ".repeat(LARGE_BYTES / 40);
    let one_text = Draft::drawn("large-text", Fate::Delivered, chance).with("note", &quoted(&text));

    let mut many_items = Draft::drawn("large-items", Fate::Delivered, chance);
    many_items.items =
        (0..LARGE_BYTES / 40).map(|n| item(&format!("PART-{n:06}"), n + 1)).collect();

    let numbers: Vec<String> = (0..LARGE_BYTES / 21).map(|_| chance.digits(20)).collect();
    let numbers = format!("[{}]", numbers.join(","));
    let many_numbers =
        Draft::drawn("large-numbers", Fate::Delivered, chance).with("serials", &numbers);

    let refunded = Draft::drawn("large-refunded", Fate::Unreachable, chance)
        .with("note", &quoted(&"all of it comes back ".repeat(LARGE_BYTES / 21)));
    [one_text, many_items, many_numbers, refunded]
}

fn nested(depth: usize) -> String {
    (0..depth).fold("\"core\"".to_owned(), |inner, level| match level % 2 {
        0 => format!(r#"{{"level":{level},"inner":{inner}}}"#),
        _ => format!("[{level},{inner}]"),
    })
}
