//! What was counted: a score for each corpus, area and mark, and what did not run.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use serde::Serialize;

/// One line of the result, as `--json` writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Score {
    pub corpus: String,
    pub area: String,
    pub mark: String,
    pub passed: usize,
    pub total: usize,
    /// The ids of those that did not pass.
    pub failed: Vec<String>,
}

/// What one case gave under one mark.
#[derive(Debug, Clone, Copy)]
pub struct Count<'a> {
    pub corpus: &'static str,
    pub area: &'a str,
    pub mark: &'static str,
    pub id: &'a str,
}

#[derive(Debug, Default)]
pub struct Tally {
    scores: Vec<Score>,
    /// By reason, the ids of what did not run.
    not_run: BTreeMap<String, Vec<String>>,
    /// By id, in which words a case differs.
    differences: Vec<(String, Vec<String>)>,
}

impl Tally {
    pub fn count(&mut self, count: Count<'_>, passed: bool) {
        let Count { corpus, area, mark, id } = count;
        let known = self.scores.iter().position(|score| {
            (score.corpus.as_str(), score.area.as_str(), score.mark.as_str())
                == (corpus, area, mark)
        });
        let index = known.unwrap_or_else(|| {
            self.scores.push(Score {
                corpus: corpus.to_owned(),
                area: area.to_owned(),
                mark: mark.to_owned(),
                passed: 0,
                total: 0,
                failed: Vec::new(),
            });
            self.scores.len() - 1
        });
        let score = &mut self.scores[index];
        score.total += 1;
        score.passed += usize::from(passed);
        if !passed {
            score.failed.push(id.to_owned());
        }
    }

    pub fn not_run(&mut self, reason: String, id: &str) {
        self.not_run.entry(reason).or_default().push(id.to_owned());
    }

    pub fn differs(&mut self, id: &str, differences: Vec<String>) {
        if !differences.is_empty() {
            self.differences.push((id.to_owned(), differences));
        }
    }

    /// By corpus and area; the marks in the order in which they are counted.
    pub fn scores(&self) -> Vec<Score> {
        let mut scores = self.scores.clone();
        scores.sort_by(|a, b| (&a.corpus, &a.area).cmp(&(&b.corpus, &b.area)));
        scores
    }

    /// Each corpus as a whole, by mark.
    pub fn totals(&self) -> Vec<Score> {
        let mut totals: Vec<Score> = Vec::new();
        for score in self.scores() {
            let same =
                |total: &&mut Score| (&total.corpus, &total.mark) == (&score.corpus, &score.mark);
            if let Some(total) = totals.iter_mut().find(same) {
                total.passed += score.passed;
                total.total += score.total;
                total.failed.extend(score.failed);
            } else {
                totals.push(Score { area: "all".to_owned(), ..score });
            }
        }
        totals
    }

    pub fn omitted(&self) -> impl Iterator<Item = (&str, usize)> {
        self.not_run.iter().map(|(reason, ids)| (reason.as_str(), ids.len()))
    }

    pub fn differences(&self) -> &[(String, Vec<String>)] {
        &self.differences
    }
}

/// One line per corpus and area, then the totals, then what did not run.
impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut scores = self.totals();
        scores.extend(self.scores());
        for (name, marks) in by_name(&scores) {
            writeln!(formatter, "{name}{marks}")?;
        }
        for (reason, count) in self.omitted() {
            writeln!(formatter, "not run: {count}: {reason}")?;
        }
        Ok(())
    }
}

/// `corpus/area`, and its marks on one line.
fn by_name(scores: &[Score]) -> Vec<(String, String)> {
    let mut lines: Vec<(String, String)> = Vec::new();
    for score in scores {
        let name = format!("{}/{}", score.corpus, score.area);
        let mark = match score.mark.as_str() {
            "status" | "outcome" | "history" => format!(" {}", score.mark),
            _ => String::new(),
        };
        let text = format!("{mark} {}/{}", score.passed, score.total);
        match lines.last_mut() {
            Some((last, marks)) if *last == name => {
                write!(marks, "{text}").expect("a string can be written");
            }
            _ => lines.push((name, text)),
        }
    }
    lines
}
