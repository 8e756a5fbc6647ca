//! `Retry` and `Catch` as a definition writes them.

use super::{Catcher, Jitter, Retrier};
use crate::check::{Assigner, Field, Fields, SECONDS_MAX, Sees, Within};
use crate::diagnostic::Fault;
use crate::error::names;
use crate::states::{Assign, Output};

/// `MaxDelaySeconds`: a leap year.
const MAX_DELAY_SECONDS_MAX: u64 = 31_622_400;
const MAX_ATTEMPTS_MAX: u32 = 99_999_999;

impl Retrier {
    pub(crate) fn read_all(fields: &mut Fields<'_>) -> Vec<Self> {
        let retry = fields.get("Retry").and_then(|field| field.items());
        let retriers = rules(retry).map(|mut rule| {
            let retrier = Self::read(&mut rule.fields, rule.is_last);
            rule.fields.close();
            retrier
        });
        retriers.collect()
    }

    fn read(fields: &mut Fields<'_>, is_last: bool) -> Self {
        fields.require(&["ErrorEquals"]);
        fields.text("Comment");
        let interval_seconds = fields.integer("IntervalSeconds", 0..=SECONDS_MAX).unwrap_or(1);
        let max_attempts = fields.integer("MaxAttempts", 0..=u64::from(MAX_ATTEMPTS_MAX));
        let backoff_rate = fields.get("BackoffRate").and_then(|field| field.number(1, None));
        Self {
            error_equals: read_error_equals(fields, is_last),
            interval_seconds,
            max_attempts: max_attempts.map_or(3, |attempts| {
                u32::try_from(attempts).expect("the range of MaxAttempts fits 32 bits")
            }),
            backoff_rate: backoff_rate.unwrap_or(2.0),
            max_delay_seconds: read_max_delay(fields, interval_seconds),
            jitter: match fields.allowed("JitterStrategy", &["NONE", "FULL"]) {
                Some("FULL") => Jitter::Full,
                Some(_) | None => Jitter::None,
            },
        }
    }
}

fn read_max_delay(fields: &mut Fields<'_>, interval_seconds: u64) -> Option<u64> {
    let field = fields.get("MaxDelaySeconds")?;
    let max_delay = field.integer(1..=MAX_DELAY_SECONDS_MAX)?;
    if max_delay <= interval_seconds {
        field.report(Fault::DelayBelowInterval);
    }
    Some(max_delay)
}

impl Catcher {
    pub(crate) fn read_all(fields: &mut Fields<'_>, within: Within<'_>) -> Vec<Self> {
        let catch = fields.get("Catch").and_then(|field| field.items());
        let catchers = rules(catch).filter_map(|mut rule| {
            let catcher = Self::read(&mut rule.fields, rule.is_last, within);
            rule.fields.close();
            catcher
        });
        catchers.collect()
    }

    fn read(fields: &mut Fields<'_>, is_last: bool, within: Within<'_>) -> Option<Self> {
        fields.require(&["ErrorEquals", "Next"]);
        fields.text("Comment");
        let next = fields.get("Next").and_then(|next| within.target(&next));
        Some(Self {
            error_equals: read_error_equals(fields, is_last),
            output: Output::read_unselected(fields, Sees::Error),
            assign: Assign::read(fields, Sees::Error, Assigner::Catcher),
            next: next?,
        })
    }
}

/// An element of `Retry` or `Catch`.
struct Rule<'a> {
    fields: Fields<'a>,
    is_last: bool,
}

fn rules<'a>(items: Option<Vec<Field<'a>>>) -> impl Iterator<Item = Rule<'a>> {
    let items = items.unwrap_or_default();
    let last = items.len().saturating_sub(1);
    let rule = move |(index, item): (usize, Field<'a>)| {
        Some(Rule { fields: item.object()?, is_last: index == last })
    };
    items.into_iter().enumerate().filter_map(rule)
}

fn read_error_equals(fields: &mut Fields<'_>, is_last: bool) -> Vec<String> {
    let Some(field) = fields.get("ErrorEquals") else { return Vec::new() };
    let items = field.some_items().unwrap_or_default();
    let errors: Vec<&str> = items.iter().filter_map(Field::text).collect();
    let misplaced = !is_last || errors.len() > 1;
    if errors.contains(&names::ALL) && misplaced {
        field.report(Fault::AllNotLast);
    }
    for item in &items {
        if let Some(name) = item.node.text().filter(|name| is_unknown_of_the_language(name)) {
            item.report(Fault::ReservedErrorName { name: name.to_owned() });
        }
    }
    errors.into_iter().map(str::to_owned).collect()
}

fn is_unknown_of_the_language(name: &str) -> bool {
    // Those of HTTP tasks go on with a status code.
    name.starts_with("States.")
        && !name.starts_with("States.Http.")
        && !names::EVERY.contains(&name)
}
