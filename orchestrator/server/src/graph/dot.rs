//! Writes a drawing in Graphviz's language.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::drawing::{Drawing, Edge, Group, Item, Node, Shape};
use super::taken::Mark;

const TAKEN: &str = "color=\"#2b8a3e\", penwidth=3";

pub(super) fn write(drawing: &Drawing) -> String {
    let mut text = "digraph machine {\n    compound=true;\n    node [fontname=\"sans-serif\"];\n    edge [fontname=\"sans-serif\", fontsize=10];\n    graph [fontname=\"sans-serif\"];\n".to_owned();
    let mut anchors = BTreeMap::new();
    items(&mut text, &drawing.items, 1, &mut anchors);
    for edge in &drawing.edges {
        let _ = writeln!(text, "    {}", arrow(edge, &anchors));
    }
    text.push_str("}\n");
    text
}

/// For each group, the node within it that its edges are tied to: Graphviz has no edges between clusters.
type Anchors = BTreeMap<String, String>;

fn items(text: &mut String, items_of: &[Item], depth: usize, anchors: &mut Anchors) {
    for item in items_of {
        match item {
            Item::Node(node) => {
                let _ = writeln!(text, "{}{}", "    ".repeat(depth), statement(node));
            }
            Item::Group(group) => {
                if let Some(anchor) = first_node(&group.items) {
                    anchors.insert(group.id.clone(), anchor.to_owned());
                }
                let indent = "    ".repeat(depth);
                let _ = writeln!(text, "{indent}subgraph cluster_{} {{", group.id);
                let _ = writeln!(text, "{indent}    {};", attributes(group));
                items(text, &group.items, depth + 1, anchors);
                let _ = writeln!(text, "{indent}}}");
            }
        }
    }
}

fn attributes(group: &Group) -> String {
    let mark = group.mark.map(|mark| format!("; style=filled; {}", fill(mark).replace(", ", "; ")));
    format!("label={}{}", label(&group.lines), mark.unwrap_or_default())
}

fn first_node(items: &[Item]) -> Option<&str> {
    items.iter().find_map(|item| match item {
        Item::Node(node) => Some(node.id.as_str()),
        Item::Group(group) => first_node(&group.items),
    })
}

fn statement(node: &Node) -> String {
    let shape = match node.shape {
        Shape::Task => "box",
        Shape::Choice => "diamond",
        Shape::Wait => "hexagon",
        Shape::Pass => "parallelogram",
        Shape::Succeed | Shape::Fail => "oval",
        Shape::Start => return format!("{} [shape=point, width=0.15];", node.id),
        Shape::End => return format!("{} [shape=doublecircle, width=0.15, label=\"\"];", node.id),
    };
    let mark = node.mark.map(|mark| format!(", style=filled, {}", fill(mark))).unwrap_or_default();
    format!("{} [shape={shape}, label={}{mark}];", node.id, label(&node.lines))
}

fn fill(mark: Mark) -> &'static str {
    match mark {
        Mark::Passed => "fillcolor=\"#d3f9d8\", color=\"#2b8a3e\"",
        Mark::Failed => "fillcolor=\"#ffe3e3\", color=\"#c92a2a\"",
        Mark::Open => "fillcolor=\"#fff3bf\", color=\"#e67700\"",
    }
}

fn arrow(edge: &Edge, anchors: &Anchors) -> String {
    let mut attributes = Vec::new();
    if let Some(text) = &edge.label {
        attributes.push(format!("label={}", quote(text)));
    }
    if edge.caught {
        attributes.push("style=dashed".to_owned());
    }
    if edge.taken {
        attributes.push(TAKEN.to_owned());
    }
    let mut end = |name: &str, id: &str| match anchors.get(id) {
        Some(anchor) => {
            attributes.push(format!("{name}=cluster_{id}"));
            anchor.clone()
        }
        None => id.to_owned(),
    };
    let (from, to) = (end("ltail", &edge.from), end("lhead", &edge.to));
    if attributes.is_empty() {
        return format!("{from} -> {to};");
    }
    format!("{from} -> {to} [{}];", attributes.join(", "))
}

fn label(lines: &[String]) -> String {
    quote(&lines.join("\n"))
}

/// In a quoted string of DOT a backslash begins an escape, and line breaks are written `\n`.
fn quote(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            character if character.is_control() => quoted.push(' '),
            character => quoted.push(character),
        }
    }
    quoted.push('"');
    quoted
}
