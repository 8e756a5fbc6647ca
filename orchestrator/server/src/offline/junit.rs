//! The results as JUnit's XML, which every CI reads.

use std::fmt::Write as _;
use std::path::Path;

use super::run::Outcome;

/// One suite: the cases of a file.
pub(crate) fn report(suites: &[(&Path, Vec<(&str, &Outcome)>)]) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (file, cases) in suites {
        suite(&mut xml, &file.display().to_string(), cases);
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn suite(xml: &mut String, file: &str, cases: &[(&str, &Outcome)]) {
    let failures = cases.iter().filter(|(_, outcome)| !outcome.differences.is_empty()).count();
    let name = escaped(file);
    let tests = cases.len();
    writeln!(
        xml,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"0\">"
    )
    .expect("a string can be written");
    for (case, outcome) in cases {
        let case = escaped(case);
        write!(xml, "    <testcase classname=\"{name}\" name=\"{case}\"")
            .expect("a string can be written");
        if outcome.differences.is_empty() {
            xml.push_str("/>\n");
            continue;
        }
        let message = escaped(&outcome.differences[0]);
        let text = escaped(&outcome.differences.join("\n"));
        writeln!(xml, ">\n      <failure message=\"{message}\">{text}</failure>\n    </testcase>")
            .expect("a string can be written");
    }
    xml.push_str("  </testsuite>\n");
}

/// What XML cannot hold even when escaped becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\t' => write!(escaped, "&#{};", u32::from(character)).expect("a string"),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            _ => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn texts_stand_in_xml_unharmed() {
        assert_eq!(
            escaped("a < \"b\" && \u{1} c\nd"),
            "a &lt; &quot;b&quot; &amp;&amp; \u{fffd} c&#10;d"
        );
    }
}
