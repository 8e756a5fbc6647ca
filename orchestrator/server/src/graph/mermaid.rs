//! Writes a drawing as a Mermaid flowchart, in the part of the language that code hosts draw.

use std::fmt::Write as _;

use super::drawing::{Drawing, Edge, Group, Item, Node, Shape};
use super::taken::Mark;

const CLASSES: &str = "\
    classDef succeeded fill:#d3f9d8,stroke:#2b8a3e,color:#000\n\
    classDef failed fill:#ffe3e3,stroke:#c92a2a,color:#000\n\
    classDef open fill:#fff3bf,stroke:#e67700,color:#000\n";
const TAKEN_STYLE: &str = "stroke:#2b8a3e,stroke-width:3px";

pub(super) fn write(drawing: &Drawing) -> String {
    let mut text = "flowchart TD\n".to_owned();
    items(&mut text, &drawing.items, 1);
    for edge in &drawing.edges {
        let _ = writeln!(text, "    {}", arrow(edge));
    }
    marks(&mut text, drawing);
    text
}

fn items(text: &mut String, items: &[Item], depth: usize) {
    for item in items {
        match item {
            Item::Node(node) => {
                let _ = writeln!(text, "{}{}", "    ".repeat(depth), shape(node));
            }
            Item::Group(group) => subgraph(text, group, depth),
        }
    }
}

fn subgraph(text: &mut String, group: &Group, depth: usize) {
    let indent = "    ".repeat(depth);
    let _ = writeln!(text, "{indent}subgraph {}[\"{}\"]", group.id, label(&group.lines));
    let _ = writeln!(text, "{indent}    direction TB");
    items(text, &group.items, depth + 1);
    let _ = writeln!(text, "{indent}end");
}

fn shape(node: &Node) -> String {
    let (open, close) = match node.shape {
        Shape::Task => ("[\"", "\"]"),
        Shape::Choice => ("{\"", "\"}"),
        Shape::Wait => ("[/\"", "\"\\]"),
        Shape::Pass => ("[/\"", "\"/]"),
        Shape::Succeed | Shape::Fail => ("([\"", "\"])"),
        Shape::Start => return format!("{}((\" \"))", node.id),
        Shape::End => return format!("{}(((\" \")))", node.id),
    };
    format!("{}{open}{}{close}", node.id, label(&node.lines))
}

fn arrow(edge: &Edge) -> String {
    let line = match (edge.caught, edge.taken) {
        (true, _) => "-.->",
        (false, true) => "==>",
        (false, false) => "-->",
    };
    let label = edge.label.as_ref().map(|text| format!("|\"{}\"|", escape(text)));
    format!("{} {line}{} {}", edge.from, label.unwrap_or_default(), edge.to)
}

fn marks(text: &mut String, drawing: &Drawing) {
    let mut marked = Vec::new();
    collect(&drawing.items, &mut marked);
    let taken: Vec<String> = (drawing.edges.iter().enumerate())
        .filter(|(_, edge)| edge.taken)
        .map(|(index, _)| index.to_string())
        .collect();
    if !taken.is_empty() {
        let _ = writeln!(text, "    linkStyle {} {TAKEN_STYLE}", taken.join(","));
    }
    if !marked.is_empty() {
        CLASSES.lines().for_each(|line| {
            let _ = writeln!(text, "    {}", line.trim_start());
        });
    }
    for (mark, class) in
        [(Mark::Passed, "succeeded"), (Mark::Failed, "failed"), (Mark::Open, "open")]
    {
        let ids: Vec<&str> =
            marked.iter().filter(|(_, found)| *found == mark).map(|(id, _)| id.as_str()).collect();
        if !ids.is_empty() {
            let _ = writeln!(text, "    class {} {class}", ids.join(","));
        }
    }
}

fn collect(items: &[Item], into: &mut Vec<(String, Mark)>) {
    for item in items {
        match item {
            Item::Node(node) => into.extend(node.mark.map(|mark| (node.id.clone(), mark))),
            Item::Group(group) => {
                into.extend(group.mark.map(|mark| (group.id.clone(), mark)));
                collect(&group.items, into);
            }
        }
    }
}

fn label(lines: &[String]) -> String {
    lines.iter().map(|line| escape(line)).collect::<Vec<_>>().join("<br>")
}

/// Mermaid reads labels as Markdown, HTML, formulas (`$$`) and statements, by turns. Only letters, digits and what
/// means nothing in any of them stay as they are; the rest goes as entities, which it decodes last of all.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            ' ' | ',' | '/' | '=' | '!' | '?' | '\'' | '%' => escaped.push(character),
            // The full stop and the hyphen begin lists of Markdown, but only at the start of a text.
            '.' | '-' if escaped.contains(|c: char| c.is_alphabetic() || c == ';') => {
                escaped.push(character);
            }
            character if character.is_alphanumeric() => escaped.push(character),
            character if character.is_control() => escaped.push(' '),
            character if character.is_ascii() => {
                let _ = write!(escaped, "#{};", u32::from(character));
            }
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn nothing_in_a_name_is_read_as_mermaid() {
        for (text, escaped) in [
            ("Ship it", "Ship it"),
            ("a \"b\" [c] {d} |e|", "a #34;b#34; #91;c#93; #123;d#125; #124;e#124;"),
            ("$$.Execution.Id", "#36;#36;.Execution.Id"),
            ("1. first", "1#46; first"),
            ("- first", "#45; first"),
            (
                "# *x* _y_ `z` <b>&amp;</b>",
                "#35; #42;x#42; #95;y#95; #96;z#96; #60;b#62;#38;amp#59;#60;/b#62;",
            ),
            ("style a fill:#fff;", "style a fill#58;#35;fff#59;"),
            ("two\nlines", "two lines"),
            ("Zahlung für Zoë ≥ 5", "Zahlung für Zoë ≥ 5"),
        ] {
            assert_eq!(escape(text), escaped);
        }
    }
}
