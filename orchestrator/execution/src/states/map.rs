//! Map: one branch per item, as many at a time as `MaxConcurrency` allows; the results in item order.

pub(crate) mod batch;
pub(crate) mod run;

use asl::context::MapItem;
use asl::template::Template;
use asl::{Payload, Scope, Steps};
use serde_json::Value;

use crate::branch::{Fault, Join, JoinKind, MapJoin};
use crate::decide::{Next, Turn};
use crate::draft::Draft;
use crate::event::EventKind;
use crate::id::{BranchId, PublicId};

/// Iterations begun per transition: a large Map shares its execution's turns with the iterations that run already.
const ITERATIONS_MAX: usize = 64;

pub(crate) fn begin(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    if let Some(distributed) = &map.distributed {
        return run::find(turn, map, distributed, draft);
    }
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let scope = turn.scope(&input, &context);
    let (items, length) = array_of_items(turn, map, &scope, draft)?;
    let max_concurrency = match &map.max_concurrency {
        Some(number) => number.resolve(&scope, &mut draft.draw, "MaxConcurrencyPath"),
        None => Ok(0),
    };
    let kind = EventKind::MapStarted {
        state: turn.state.name.clone(),
        start: turn.machine.state(map.processor.start_at).name.clone(),
        length,
        max_concurrency: max_concurrency.map_err(|error| turn.fault(error))?,
        tolerated_failures: tolerated_failures(turn, map, &scope, length, draft)?,
    };
    draft.push(turn.id, turn.branch.last, Some(items), kind);
    Ok(Next::Stay)
}

/// Begins the iterations that may run now, or ends the state.
pub(crate) fn go_on(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    join: &Join,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let startable = join.startable().min(ITERATIONS_MAX);
    match &join.kind {
        JoinKind::Map(running) if startable > 0 && !running.cut.is_empty() => {
            resume_iterations(turn, running, startable, draft);
            Ok(Next::Stay)
        }
        JoinKind::Map(running) if startable > 0 => {
            begin_iterations(turn, map, (join, running), startable, draft)
        }
        JoinKind::Map(_) | JoinKind::Parallel => finish(turn, map, join, draft),
    }
}

fn resume_iterations(turn: &Turn<'_>, running: &MapJoin, count: usize, draft: &mut Draft) {
    for (index, child) in running.cut.iter().take(count) {
        let kind = EventKind::MapIterationResumed { index: *index as u64, child: *child };
        draft.internal(turn.id, kind);
    }
}

fn begin_iterations(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    (join, running): (&Join, &MapJoin),
    count: usize,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let indices = running.begun..running.begun + count;
    // All inputs first: a faulty ItemSelector fails the state before anything of these is written.
    let inputs = item_inputs(turn, map, running, indices.clone(), draft)?;
    let mut freed = running.freed.iter().copied();
    for ((index, input), id) in indices.zip(inputs).zip(turn.execution.branches_made..) {
        let kind = EventKind::MapIterationStarted {
            state: turn.state.name.clone(),
            index: index as u64,
            child: BranchId(id),
        };
        let previous = previous_of(index, running.max_concurrency, join.started_id, &mut freed);
        draft.push(turn.id, previous, Some(input), kind);
    }
    Ok(Next::Stay)
}

/// The first iterations follow `MapStateStarted`, each later one the last state event of the one whose place it takes.
fn previous_of(
    index: usize,
    max_concurrency: usize,
    started: PublicId,
    freed: &mut impl Iterator<Item = PublicId>,
) -> PublicId {
    if max_concurrency == 0 || index < max_concurrency {
        return started;
    }
    freed.next().unwrap_or(started)
}

fn item_inputs(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    running: &MapJoin,
    indices: std::ops::Range<usize>,
    draft: &mut Draft,
) -> Result<Vec<Payload>, Fault> {
    let items = indices.map(|index| {
        let value = running.items.value().get(index).cloned().unwrap_or(Value::Null);
        (index as u64, Payload::from_value(value))
    });
    inputs_of(turn, map, items, Draft::is_dear, draft)
}

/// What items become by `ItemSelector`: of all, or until there is `enough`, but of one at least.
pub(crate) fn inputs_of(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    items: impl Iterator<Item = (u64, Payload)>,
    enough: impl Fn(&Draft) -> bool,
    draft: &mut Draft,
) -> Result<Vec<Payload>, Fault> {
    let Some(selector) = &map.item_selector else {
        return Ok(items.map(|(_, item)| item).collect());
    };
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let of_state = turn.scope(&input, &context);
    let mut inputs = Vec::new();
    for (index, value) in items {
        let context = turn.context().with_map_item(Some(MapItem { index, value }));
        let selected = turn.select(selector, of_state.in_context(&context), draft)?;
        inputs.push(selected);
        if enough(draft) {
            break;
        }
    }
    Ok(inputs)
}

impl Turn<'_> {
    /// An item's own input, which has steps of its own.
    fn select(
        &self,
        selector: &Template,
        scope: Scope<'_>,
        draft: &mut Draft,
    ) -> Result<Payload, Fault> {
        let steps = Steps::default();
        let selected = selector.render(&scope.sharing(&steps), &mut draft.draw);
        draft.steps += steps.taken();
        selected.map(Payload::from_value).map_err(|error| self.fault(error))
    }
}

fn finish(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    join: &Join,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = turn.context();
    let result = join.array();
    let scope = turn.scope(&turn.visit.input, &context).with_result(&result);
    let output = turn.make(&map.output, result.clone(), &scope, draft)?;
    let assigned = turn.assign(&turn.state.assign, &result, &scope, draft)?;
    Ok(Next::exit(output, assigned, map.transition))
}

pub(crate) fn array_of_items(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    scope: &Scope<'_>,
    draft: &mut Draft,
) -> Result<(Payload, u64), Fault> {
    let items = map.items.resolve(scope, &mut draft.draw).map_err(|error| turn.fault(error))?;
    let length = items.value().as_array().map_or(0, Vec::len) as u64;
    Ok((items, length))
}

/// The smaller of the two limits, where the state has both; 0 where it has none.
fn tolerated_failures(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    scope: &Scope<'_>,
    length: u64,
    draft: &mut Draft,
) -> Result<u64, Fault> {
    let (count, percentage) = tolerances(turn, map, scope, draft)?;
    let share = percentage.map(|percentage| share_of(length, percentage));
    Ok(count.into_iter().chain(share).min().unwrap_or(0))
}

/// `ToleratedFailureCount` and `ToleratedFailurePercentage`.
pub(crate) fn tolerances(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    scope: &Scope<'_>,
    draft: &mut Draft,
) -> Result<(Option<u64>, Option<f64>), Fault> {
    let draw = &mut draft.draw;
    let count = map.tolerated_failure_count.as_ref();
    let count = count.map(|count| count.resolve(scope, draw, "ToleratedFailureCountPath"));
    let percentage = map.tolerated_failure_percentage.as_ref();
    let percentage =
        percentage.map(|share| share.resolve(scope, draw, "ToleratedFailurePercentagePath"));
    let count = count.transpose().map_err(|error| turn.fault(error))?;
    let percentage = percentage.transpose().map_err(|error| turn.fault(error))?;
    Ok((count, percentage))
}

/// How many of `length` are not more than `percentage` of it.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an array in memory has far fewer than 2^53 items, and the percentage lies within 0 to 100"
)]
fn share_of(length: u64, percentage: f64) -> u64 {
    (length as f64 * percentage / 100.0).floor() as u64
}
