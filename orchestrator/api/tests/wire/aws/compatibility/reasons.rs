//! `unshown.txt`: why no test shows a row. Reviewed by hand.

use super::model::{ANY, Row, Side};
use super::page::{Page, Shown};

const UNSHOWN: &str = include_str!("unshown.txt");

/// A line `OPERATION SIDE NAME: reason`. `*` stands for any operation, and at a name's end for what stands in it.
#[derive(Debug)]
struct Reason {
    line: String,
    operation: String,
    side: Side,
    name: String,
    why: String,
}

impl Reason {
    fn read(line: &str) -> Self {
        let (of, why) = line.split_once(": ").expect("a row and its reason");
        let words: Vec<&str> = of.split(' ').collect();
        let [operation, side, name] = words[..] else { panic!("three words are expected: {of}") };
        Self {
            line: of.to_owned(),
            operation: operation.to_owned(),
            side: Side::read(side).unwrap_or_else(|| panic!("in, out or error: {side}")),
            name: name.to_owned(),
            why: why.to_owned(),
        }
    }

    fn covers(&self, row: &Row) -> bool {
        let operation = if row.operation == ANY { "Any" } else { &row.operation };
        let of = self.operation == "*" || self.operation == operation;
        let named = match self.name.strip_suffix('*') {
            None => self.name == row.name,
            Some(above) => row.name == above || row.name.starts_with(&format!("{above}.")),
        };
        of && named && self.side == row.side
    }
}

#[derive(Debug)]
pub(crate) struct Reasons(Vec<Reason>);

impl Reasons {
    pub(crate) fn read() -> Self {
        let lines = UNSHOWN.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        Self(lines.map(Reason::read).collect())
    }

    pub(crate) fn of(&self, row: &Row) -> Option<&str> {
        self.0.iter().find(|reason| reason.covers(row)).map(|reason| reason.why.as_str())
    }

    /// Those that speak of no row, or of rows that are all shown.
    pub(crate) fn idle(&self, page: &Page) -> Vec<String> {
        let needed = |reason: &&Reason| {
            let unshown =
                |(row, shown): &(Row, Shown)| matches!(shown, Shown::Not(_)) && reason.covers(row);
            !page.rows.iter().any(unshown)
        };
        self.0.iter().filter(needed).map(|reason| reason.line.clone()).collect()
    }
}
