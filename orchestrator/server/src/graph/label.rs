//! What is written on states and edges.

use asl::machine::Edge as Way;
use asl::resource::{Pattern, ResourceKind};
use asl::retry::Retrier;
use asl::states::{
    Comparison, Condition, FailText, Items, Kind, Map, Number, Operand, Order, Task, Test, WaitFor,
};
use asl::{State, StateKind};

use crate::output::shortened;

/// A longer condition makes a drawing nobody can read; the definition has it whole.
const CONDITION_CHARS_MAX: usize = 80;
const CAUSE_CHARS_MAX: usize = 60;

/// The name, then what the state does, then what it repeats.
pub(super) fn of_state(state: &State) -> Vec<String> {
    let mut lines = vec![state.name.to_string()];
    match &state.kind {
        StateKind::Task(task) => {
            lines.push(work(task));
            lines.extend(retry_note(&task.retry));
        }
        StateKind::Wait(wait) => lines.push(waiting(&wait.until)),
        StateKind::Fail(fail) => lines.extend(fail.error.as_ref().map(fail_text)),
        StateKind::Parallel(parallel) => {
            lines.push(format!("{} branches side by side", parallel.branches.len()));
            lines.extend(retry_note(&parallel.retry));
        }
        StateKind::Map(map) => {
            lines.push(each_item(map));
            lines.extend(retry_note(&map.retry));
        }
        StateKind::Choice(_) | StateKind::Pass(_) | StateKind::Succeed(_) => {}
    }
    lines
}

fn work(task: &Task) -> String {
    match &task.resource.kind {
        ResourceKind::Activity { queue } => format!("queue {queue}"),
        ResourceKind::Lambda { function } => format!("function {function}"),
        ResourceKind::Service { service, action, pattern } => {
            let pattern = match pattern {
                Pattern::RequestResponse => "",
                Pattern::Sync => ".sync",
                Pattern::Sync2 => ".sync:2",
                Pattern::WaitForTaskToken => ".waitForTaskToken",
            };
            format!("{service}:{action}{pattern}")
        }
    }
}

fn retry_note(retriers: &[Retrier]) -> Option<String> {
    let each = retriers.iter().filter(|retrier| retrier.max_attempts > 0).map(|retrier| {
        let errors = retrier.error_equals.join(", ");
        format!("{errors} up to {}×", retrier.max_attempts)
    });
    let each: Vec<String> = each.collect();
    (!each.is_empty()).then(|| format!("retry {}", each.join("; ")))
}

fn waiting(until: &WaitFor) -> String {
    match until {
        WaitFor::Seconds(seconds) => format!("{seconds} s"),
        WaitFor::SecondsPath(path) => format!("{} seconds", path.as_str()),
        WaitFor::SecondsExpression(expression) => format!("{} seconds", expression.source()),
        WaitFor::Timestamp(at) => format!("until {}", crate::output::iso_of(*at)),
        WaitFor::TimestampPath(path) => format!("until {}", path.as_str()),
        WaitFor::TimestampExpression(expression) => format!("until {}", expression.source()),
    }
}

fn fail_text(text: &FailText) -> String {
    match text {
        FailText::Literal(text) => shortened(text, CAUSE_CHARS_MAX),
        FailText::Computed(_) => "error from the input".to_owned(),
        FailText::Expression(expression) => shortened(expression.source(), CAUSE_CHARS_MAX),
    }
}

fn each_item(map: &Map) -> String {
    let items = match &map.items {
        Items::Path(path) => path.as_ref().map_or("$", |path| path.as_str()),
        Items::Computed(None) => "$states.input",
        Items::Computed(Some(items)) => {
            items.as_expression().map_or("the items", |expression| expression.source())
        }
    };
    let items = shortened(items, CONDITION_CHARS_MAX);
    let at_once = match &map.max_concurrency {
        None | Some(Number::Literal(0)) => String::new(),
        Some(Number::Literal(count)) => format!(", {count} at once"),
        Some(Number::Path(path)) => format!(", {} at once", path.as_str()),
        Some(Number::Expression(expression)) => format!(", {} at once", expression.source()),
    };
    format!("each of {items}{at_once}")
}

pub(super) fn of_way(state: &State, way: Way) -> Option<String> {
    match way {
        Way::Next => None,
        Way::Default => Some("otherwise".to_owned()),
        Way::Rule(index) => match &state.kind {
            StateKind::Choice(choice) => {
                Some(shortened(&test(&choice.rules[index].test), CONDITION_CHARS_MAX))
            }
            StateKind::Task(_)
            | StateKind::Wait(_)
            | StateKind::Pass(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_)
            | StateKind::Parallel(_)
            | StateKind::Map(_) => None,
        },
        Way::Catch(index) => {
            let catchers = match &state.kind {
                StateKind::Task(task) => &task.catch,
                StateKind::Parallel(parallel) => &parallel.catch,
                StateKind::Map(map) => &map.catch,
                StateKind::Choice(_)
                | StateKind::Wait(_)
                | StateKind::Pass(_)
                | StateKind::Succeed(_)
                | StateKind::Fail(_) => return None,
            };
            Some(catchers[index].error_equals.join(", "))
        }
    }
}

fn test(of: &Test) -> String {
    match of {
        Test::Comparison(compared) => condition(compared),
        Test::Expression(expression) => expression.source().to_owned(),
        Test::Fixed(true) => "always".to_owned(),
        Test::Fixed(false) => "never".to_owned(),
    }
}

fn condition(of: &Condition) -> String {
    match of {
        Condition::And(all) => all.iter().map(operand).collect::<Vec<_>>().join(" and "),
        Condition::Or(any) => any.iter().map(operand).collect::<Vec<_>>().join(" or "),
        Condition::Not(inner) => format!("not {}", operand(inner)),
        Condition::Compare { variable, comparison } => {
            format!("{} {}", variable.as_str(), compared(comparison))
        }
    }
}

/// A condition within another: in brackets unless it is a single comparison.
fn operand(of: &Condition) -> String {
    match of {
        Condition::Compare { .. } => condition(of),
        Condition::And(_) | Condition::Or(_) | Condition::Not(_) => format!("({})", condition(of)),
    }
}

fn compared(comparison: &Comparison) -> String {
    match comparison {
        Comparison::Is { kind, expected } => {
            let kind = match kind {
                Kind::Null => "null",
                Kind::Present => "present",
                Kind::Numeric => "a number",
                Kind::String => "a string",
                Kind::Boolean => "a boolean",
                Kind::Timestamp => "a timestamp",
            };
            if *expected { format!("is {kind}") } else { format!("is not {kind}") }
        }
        Comparison::String { order, operand } => {
            format!("{} {}", sign(*order), value(operand, |text| format!("{text:?}")))
        }
        Comparison::Matches(pattern) => format!("matches {:?}", pattern.to_string()),
        Comparison::Numeric { order, operand } => {
            format!("{} {}", sign(*order), value(operand, ToString::to_string))
        }
        Comparison::Boolean { operand } => format!("is {}", value(operand, ToString::to_string)),
        Comparison::Timestamp { order, operand } => {
            format!("{} {}", sign(*order), value(operand, |at| crate::output::iso_of(*at)))
        }
    }
}

fn sign(order: Order) -> &'static str {
    match order {
        Order::Equals => "=",
        Order::LessThan => "<",
        Order::GreaterThan => ">",
        Order::LessThanEquals => "≤",
        Order::GreaterThanEquals => "≥",
    }
}

fn value<T>(operand: &Operand<T>, show: impl FnOnce(&T) -> String) -> String {
    match operand {
        Operand::Literal(literal) => show(literal),
        Operand::Path(path) => path.as_str().to_owned(),
    }
}
