//! The page: above its mark by hand, below it a list of the operations and a section for each.

use std::fmt::Write as _;

use super::model::{Row, Side};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/aws-compatibility.md");
const MARK: &str =
    "<!-- From here on generated: UPDATE_DOCS=1 cargo test -p api --test wire compatibility -->\n";

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// `file::test`.
    By(String),
    Not(String),
}

#[derive(Debug)]
pub(crate) struct Page {
    above: String,
    pub(crate) generated: String,
    pub(crate) rows: Vec<(Row, Shown)>,
}

impl Page {
    pub(crate) fn read() -> Self {
        let written = std::fs::read_to_string(PAGE).expect("the page is there");
        let (above, generated) = written.split_once(MARK).expect("the page has its mark");
        let mut operation = "";
        let mut rows = Vec::new();
        for line in generated.lines() {
            if let Some(title) = line.strip_prefix("## ") {
                operation = title;
            }
            rows.extend(row(operation, line));
        }
        Self { above: above.to_owned(), generated: generated.to_owned(), rows }
    }

    pub(crate) fn write(&self, rows: &[(Row, Shown)]) {
        let page = format!("{}{MARK}{}", self.above, printed(rows));
        std::fs::write(PAGE, page).expect("the page can be written");
    }

    /// What its rows make below the mark.
    pub(crate) fn printed(&self) -> String {
        printed(&self.rows)
    }
}

fn row(operation: &str, line: &str) -> Option<(Row, Shown)> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let [side, name, shown] = cells[..] else { return None };
    let name = name.strip_prefix('`')?.strip_suffix('`')?.to_owned();
    let row = Row { operation: operation.to_owned(), side: Side::read(side)?, name };
    let test = shown.strip_prefix('`').and_then(|shown| shown.strip_suffix('`'));
    let shown = match test {
        Some(test) => Shown::By(test.to_owned()),
        None => Shown::Not(shown.to_owned()),
    };
    Some((row, shown))
}

fn printed(rows: &[(Row, Shown)]) -> String {
    let mut operations: Vec<&str> = rows.iter().map(|(row, _)| row.operation.as_str()).collect();
    operations.dedup();
    let mut page = "\n| operation | in | out | errors |\n|---|---|---|---|\n".to_owned();
    for operation in &operations {
        let anchor = operation.to_lowercase().replace(' ', "-");
        let shares = [Side::In, Side::Out, Side::Error].map(|side| share(rows, operation, side));
        let _ = writeln!(page, "| [{operation}](#{anchor}) | {} |", shares.join(" | "));
    }
    for operation in operations {
        let _ = write!(page, "\n## {operation}\n\n| | | shown by |\n|---|---|---|\n");
        for (row, shown) in rows.iter().filter(|(row, _)| row.operation == operation) {
            let by = match shown {
                Shown::By(test) => format!("`{test}`"),
                Shown::Not(why) => why.clone(),
            };
            let _ = writeln!(page, "| {} | `{}` | {by} |", row.side, row.name);
        }
    }
    page
}

/// How many of its rows a test shows.
fn share(rows: &[(Row, Shown)], operation: &str, side: Side) -> String {
    let of = |(row, _): &&(Row, Shown)| row.operation == operation && row.side == side;
    let all = rows.iter().filter(of).count();
    let shown = rows.iter().filter(of).filter(|(_, shown)| matches!(shown, Shown::By(_))).count();
    match all {
        0 => "–".to_owned(),
        all => format!("{shown} of {all}"),
    }
}
