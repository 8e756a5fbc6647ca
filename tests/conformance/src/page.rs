//! The table of `docs/conformance.md`: what is written there, and whether a measurement falls behind it.

use std::fmt::Write as _;

use crate::{Score, Tally};

const BEGIN: &str = "<!-- measured -->\n";
const END: &str = "<!-- /measured -->";

/// Corpora of which the page shows the sum alone: its areas are many and small.
const SUM_ALONE: [&str; 1] = ["jsonata"];

/// The page with the table of this measurement in the place of the old one.
pub fn with_table(page: &str, tally: &Tally) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{}{END}{after}", table(tally)))
}

/// Every row of the page that this measurement falls behind, in words. Rows of another total are of another folder.
pub fn fallen(page: &str, tally: &Tally) -> Vec<String> {
    let mut fallen = Vec::new();
    for row in page.lines().filter_map(Row::read) {
        let rows = rows(tally);
        let Some(now) = rows.iter().find(|score| row.is_of(score)) else {
            fallen.push(format!("{}/{} {} is no longer measured", row.corpus, row.area, row.mark));
            continue;
        };
        if now.total == row.total && now.passed < row.passed {
            fallen.push(format!(
                "{}/{} {}: {} of {} instead of {}; these differ: {:#?}",
                row.corpus, row.area, row.mark, now.passed, now.total, row.passed, now.failed
            ));
        }
    }
    fallen
}

struct Row<'a> {
    corpus: &'a str,
    area: &'a str,
    mark: &'a str,
    passed: usize,
    total: usize,
}

impl<'a> Row<'a> {
    /// `| corpus | area | mark | passed | total |`
    fn read(line: &'a str) -> Option<Self> {
        let cells: Vec<&str> = line.strip_prefix('|')?.split('|').map(str::trim).collect();
        let [corpus, area, mark, passed, total, ""] = cells[..] else { return None };
        Some(Self { corpus, area, mark, passed: passed.parse().ok()?, total: total.parse().ok()? })
    }

    fn is_of(&self, score: &Score) -> bool {
        (self.corpus, self.area, self.mark) == (&*score.corpus, &*score.area, &*score.mark)
    }
}

/// The sums first, then each area.
fn rows(tally: &Tally) -> Vec<Score> {
    let mut rows = tally.totals();
    let areas = tally.scores().into_iter();
    rows.extend(areas.filter(|score| !SUM_ALONE.contains(&score.corpus.as_str())));
    rows
}

fn table(tally: &Tally) -> String {
    let mut text =
        String::from("| corpus | area | mark | passed | total |\n|---|---|---|--:|--:|\n");
    for Score { corpus, area, mark, passed, total, .. } in rows(tally) {
        writeln!(text, "| {corpus} | {area} | {mark} | {passed} | {total} |")
            .expect("a string can be written");
    }
    text.push_str("\nNot run:\n\n| cases | why |\n|--:|---|\n");
    for (reason, count) in tally.omitted() {
        writeln!(text, "| {count} | {reason} |").expect("a string can be written");
    }
    text
}
