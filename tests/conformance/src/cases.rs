//! Recorded cases: how AWS ran, refused, validated or tested a definition, and how Everstep does.

mod aws_json;
#[cfg(test)]
mod calls;
pub mod case;
pub mod compare;
mod create;
pub mod run;
mod test_state;
mod validate;
mod worker;

use std::io;

use case::{Case, Kind};

use crate::{Count, Recorded, Tally};

/// What a case gave under each mark that its recording has.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Whether it ended as recorded.
    pub status: Option<bool>,
    /// Whether status, output, error and cause are as recorded.
    pub outcome: Option<bool>,
    /// Whether every event is.
    pub history: Option<bool>,
    pub differences: Vec<String>,
}

impl Marks {
    /// Of a case that could not even begin.
    pub fn none_of(case: &Case, why: String) -> Self {
        let history = case.expected.history.is_some().then_some(false);
        Self { status: Some(false), outcome: Some(false), history, differences: vec![why] }
    }
}

pub fn read(recorded: &Recorded) -> io::Result<Vec<Case>> {
    let lines = recorded.lines("asl/cases.jsonl")?.into_iter();
    lines.map(|line| Ok(serde_json::from_value(line)?)).collect()
}

pub fn measure(recorded: &Recorded, tally: &mut Tally) -> io::Result<()> {
    for case in read(recorded)? {
        match corpus_of(&case) {
            Ok(corpus) => count(corpus, &case, tally),
            Err(reason) => tally.not_run(reason, &case.id),
        }
    }
    Ok(())
}

/// Which row a case belongs to, or why it is not run.
pub fn corpus_of(case: &Case) -> Result<&'static str, String> {
    let needs: Vec<&str> =
        case.needs.iter().map(String::as_str).filter(|it| *it != "map-distributed").collect();
    match needs[..] {
        [] => Ok("cases"),
        ["lambda"] => match case.unanswered() {
            Some(reason) => Err(reason.to_owned()),
            None => Ok("cases-lambda"),
        },
        _ => Err(format!("needs {}", case.needs.join(", "))),
    }
}

/// The case in the pure floors.
pub fn judge(case: &Case) -> Marks {
    match case.kind {
        Kind::Execution | Kind::Sync | Kind::Describe => run::judge(case),
        Kind::CreateError => create::judge(case),
        Kind::Validate => validate::judge(case),
        Kind::TestState => test_state::judge(case),
    }
}

fn count(corpus: &'static str, case: &Case, tally: &mut Tally) {
    let marks = judge(case);
    let area = case.area.as_str();
    let each = [("status", marks.status), ("outcome", marks.outcome), ("history", marks.history)];
    for (mark, passed) in each {
        if let Some(passed) = passed {
            tally.count(Count { corpus, area, mark, id: &case.id }, passed);
        }
    }
    tally.differs(&case.id, marks.differences);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Not counted: activities are another service to AWS. Here they are queues like any other.
    #[test]
    fn activities_answered_as_recorded_lead_where_they_led_on_aws() {
        let recorded = Recorded::beside();
        if !recorded.is_there() {
            return;
        }
        let mut ran = 0;
        for line in recorded.lines("asl/cases.jsonl").unwrap() {
            let case: Case = serde_json::from_value(line).unwrap();
            if case.needs == ["activity"] && case.kind == Kind::Execution {
                assert_eq!(run::judge(&case).differences, Vec::<String>::new(), "{}", case.id);
                ran += 1;
            }
        }
        assert!(ran > 0, "the recording holds such cases");
    }
}
