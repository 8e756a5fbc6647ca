//! A Distributed Map: its items become children, as many at a time as it allows; what became of them is its result.

use asl::context::MapItem;
use asl::error::names;
use asl::retry::Origin;
use asl::states::{Distributed, MapNumber, Target, Transformation};
use asl::{Payload, QueryLanguage, Scope};
use serde_json::{Map, Value};

use super::batch::{self, Batch};
use crate::branch::Fault;
use crate::decide::{Next, Turn, too_large};
use crate::draft::Draft;
use crate::event::{BatchLimits, EventKind, Failure, MapRunLimits, MapRunStarted, MapRunStep};
use crate::id::{PublicId, Seq, WaitId};
use crate::map_run::{Stage, Work, arn_below};

/// Children begun per transition: a run shares its execution's turns with the branches beside it.
const CHILDREN_MAX: usize = 64;

/// AWS's limit of a map run's items.
const ITEMS_MAX: u64 = 100_000_000;

/// The first transition: what there is to do.
pub(crate) fn find(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    distributed: &Distributed,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let (items, length) = if distributed.reader.is_some() {
        // Seen on AWS: an ItemReader's items are not counted before.
        (None, 0)
    } else {
        let context = turn.context();
        let input = turn.effective_input(&context)?;
        let (items, length) =
            super::array_of_items(turn, map, &turn.scope(&input, &context), draft)?;
        (Some(items), length)
    };
    let kind = EventKind::MapItemsFound { state: turn.state.name.clone(), length };
    draft.push(turn.id, turn.branch.last, items, kind);
    Ok(Next::Stay)
}

/// The second one: the run, or why there is none.
pub(crate) fn begin(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let Some(distributed) = map.distributed.as_deref() else {
        return Err(turn.runtime("the definition no longer has a Distributed Map here"));
    };
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let scope = turn.scope(&input, &context);
    let limits = limits(turn, map, &scope, draft)?;
    let batch = batch_limits(turn, distributed, &scope, draft)?;
    let documents = documents(turn, distributed, &scope, draft)?;
    let max_items = max_items(distributed, &scope, draft);
    let label = distributed.label.clone().unwrap_or_else(|| draft.draw.uuid().into());
    let number = Seq(draft.first_seq.0 + draft.events.len() as u64);
    let id = turn.execution.id.of_map_run(number).to_string();
    let started = MapRunStarted {
        state: turn.state.name.clone(),
        arn: arn_below(&turn.facts.context.machine_id, "mapRun", &label, &id).into(),
        label,
        start: turn.machine.state(map.processor.start_at).name.clone(),
        express: distributed.execution_type == asl::states::ExecutionType::Express,
        limits,
        batch,
        max_items: max_items.as_ref().ok().copied().flatten(),
        reads: distributed.reader.is_some(),
        writes: writes(distributed),
    };
    let kind = EventKind::MapRunStarted(started.into());
    let run = draft.push(turn.id, turn.branch.last, Some(documents), kind);
    if let Err(failure) = max_items {
        let step = MapRunStep::Broken { failure };
        draft.map_run((turn.id, WaitId(number.0)), run, None, step);
    }
    Ok(Next::Stay)
}

/// Every later one: starts children, asks for items, and ends the state when all is done.
pub(crate) fn go_on(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    work: &Work,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let place = (turn.id, work.wait);
    if work.stage == Stage::Stopped {
        let redriven = turn.execution.map_run(work.wait).map_or(0, |run| run.redrive_count);
        let step = MapRunStep::Redriven { arn: work.started.arn.clone(), count: redriven + 1 };
        draft.map_run(place, turn.branch.last, None, step);
        return Ok(Next::Stay);
    }
    check(turn, work)?;
    let startable = work.startable().min(CHILDREN_MAX);
    if startable > 0 && !work.again.is_empty() {
        for child in work.again.iter().copied().take(startable) {
            draft.map_run(place, PublicId::default(), None, MapRunStep::ChildRedriven { child });
        }
        return Ok(Next::Stay);
    }
    if startable > 0 {
        return start_children(turn, map, work, startable, draft);
    }
    if work.wants_items() {
        let from = work.taken + work.items.len() as u64;
        draft.map_run(place, PublicId::default(), None, MapRunStep::ItemsWanted { from });
        return Ok(Next::Stay);
    }
    if work.started.writes && !work.writing {
        draft.map_run(place, PublicId::default(), None, MapRunStep::ResultsWanted);
        return Ok(Next::Stay);
    }
    finish(turn, map, work, draft)
}

/// `MapRunSucceeded` and what the state's exit points at.
pub(crate) fn succeed(turn: &Turn<'_>, work: &Work, draft: &mut Draft) -> (PublicId, PublicId) {
    let place = (turn.id, work.wait);
    let succeeded = draft.map_run(place, turn.branch.last, None, MapRunStep::Succeeded);
    // Seen on AWS: the exit of a JSONPath Map that is the first state follows the run's end, any other its start.
    let is_first = turn.visit.entered_id == PublicId(2);
    let exit_follows = match turn.state.query_language {
        QueryLanguage::JsonPath if is_first => succeeded,
        QueryLanguage::JsonPath | QueryLanguage::Jsonata => work.started_id,
    };
    (succeeded, exit_follows)
}

fn check(turn: &Turn<'_>, work: &Work) -> Result<(), Fault> {
    let origin = Origin::Elsewhere;
    if let Some(failure) = &work.broken {
        return Err(Fault::new(failure.clone(), origin));
    }
    if work.exceeds_tolerance() {
        return Err(crate::decide::threshold_exceeded());
    }
    if work.result_bytes > turn.facts.settings.payload_bytes_max {
        return Err(Fault::new(too_large(&turn.visit.state), origin));
    }
    Ok(())
}

fn limits(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    scope: &Scope<'_>,
    draft: &mut Draft,
) -> Result<MapRunLimits, Fault> {
    let (tolerated_failure_count, tolerated_failure_percentage) =
        super::tolerances(turn, map, scope, draft)?;
    let max_concurrency =
        number(turn, (map.max_concurrency.as_ref(), "MaxConcurrencyPath"), scope, draft)?;
    let max_concurrency = max_concurrency.unwrap_or(0);
    Ok(MapRunLimits { max_concurrency, tolerated_failure_count, tolerated_failure_percentage })
}

pub(super) fn batch_limits(
    turn: &Turn<'_>,
    distributed: &Distributed,
    scope: &Scope<'_>,
    draft: &mut Draft,
) -> Result<Option<BatchLimits>, Fault> {
    let Some(batcher) = &distributed.batcher else { return Ok(None) };
    let items = (batcher.max_items.as_ref(), "MaxItemsPerBatchPath");
    let bytes = (batcher.max_input_bytes.as_ref(), "MaxInputBytesPerBatchPath");
    let limits = BatchLimits {
        items: number(turn, items, scope, draft)?,
        bytes: number(turn, bytes, scope, draft)?,
    };
    if limits.items == Some(0) || limits.bytes == Some(0) {
        return Err(turn.runtime("The limits of ItemBatcher must be positive."));
    }
    Ok(Some(limits))
}

fn number(
    turn: &Turn<'_>,
    (number, field): (Option<&MapNumber>, &'static str),
    scope: &Scope<'_>,
    draft: &mut Draft,
) -> Result<Option<u64>, Fault> {
    let number = number.map(|number| number.resolve(scope, &mut draft.draw, field));
    number.transpose().map_err(|error| turn.fault(error))
}

/// Seen on AWS: a wrong `MaxItems` is the reader's failure, not the state's.
fn max_items(
    distributed: &Distributed,
    scope: &Scope<'_>,
    draft: &mut Draft,
) -> Result<Option<u64>, Failure> {
    let max_items = distributed.reader.as_ref().and_then(|reader| reader.max_items.as_ref());
    let Some(number) = max_items else { return Ok(None) };
    let number = match number.integer(scope, &mut draft.draw, "MaxItemsPath") {
        Ok(number) if number > 0 => u64::try_from(number).unwrap_or(u64::MAX),
        Ok(_) => {
            let cause = "field MaxItems must be positive";
            return Err(Failure::new(names::ITEM_READER_FAILED, cause));
        }
        Err(error) => return Err(Failure::new(names::ITEM_READER_FAILED, error.cause)),
    };
    Ok(Some(number.min(ITEMS_MAX)))
}

pub(super) fn documents(
    turn: &Turn<'_>,
    distributed: &Distributed,
    scope: &Scope<'_>,
    draft: &mut Draft,
) -> Result<Payload, Fault> {
    let reader = distributed.reader.as_ref().and_then(|reader| reader.parameters.as_ref());
    let batch = distributed.batcher.as_ref().and_then(|batcher| batcher.input.as_ref());
    let writer = distributed.writer.as_ref().and_then(|writer| match &writer.target {
        Target::Output => None,
        Target::Objects(parameters) => parameters.as_ref(),
    });
    let mut documents = Map::new();
    for (name, template) in [("reader", reader), ("batch", batch), ("writer", writer)] {
        let Some(template) = template else { continue };
        let rendered = template.render(scope, &mut draft.draw);
        documents.insert(name.to_owned(), rendered.map_err(|error| turn.fault(error))?);
    }
    Ok(Payload::from_value(Value::Object(documents)))
}

fn writes(distributed: &Distributed) -> bool {
    distributed.writer.as_ref().is_some_and(|writer| match writer.target {
        // With what is known of each child, which is in its own history.
        Target::Output => writer.config.transformation == Transformation::None,
        Target::Objects(_) => true,
    })
}

fn start_children(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    work: &Work,
    count: usize,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    // All inputs first: a faulty ItemSelector fails the run before anything of these is written.
    let mut inputs = Vec::new();
    let mut at = 0;
    while inputs.len() < count && at < work.items.len() && (inputs.is_empty() || !draft.is_dear()) {
        let (items, input) = match work.started.batch {
            Some(limits) => batch(turn, map, work, (at, limits), draft)?,
            None => (1, item(turn, map, work, at, draft)?),
        };
        if let Some(input) = &input {
            turn.check_size(input, &turn.visit.state)?;
        }
        at += items;
        inputs.push((items as u64, input));
    }
    for ((items, input), child) in inputs.into_iter().zip(work.children..) {
        let step = MapRunStep::ChildStarted { child, items };
        draft.map_run((turn.id, work.wait), PublicId::default(), input, step);
    }
    Ok(Next::Stay)
}

/// What the item at hand becomes by `ItemSelector`; `None`: it stays as it is.
fn item(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    work: &Work,
    at: usize,
    draft: &mut Draft,
) -> Result<Option<Payload>, Fault> {
    let Some(selector) = &map.item_selector else { return Ok(None) };
    let value = work.items[at].clone();
    let item = MapItem { index: work.taken + at as u64, value };
    let context = turn.context().with_map_item(Some(item));
    let input = turn.effective_input(&context)?;
    turn.select(selector, turn.scope(&input, &context), draft).map(Some)
}

/// As many items as fit, at least one: how many, and `{"BatchInput": …, "Items": […]}`.
fn batch(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    work: &Work,
    (first, limits): (usize, BatchLimits),
    draft: &mut Draft,
) -> Result<(usize, Option<Payload>), Fault> {
    let items_max = batch::items_at_most(limits);
    let bytes_max = limits.bytes.unwrap_or(turn.facts.settings.payload_bytes_max);
    let mut batch = Batch::begin(work.batch_input.as_ref());
    while batch.items < items_max && first + batch.items < work.items.len() {
        let at = first + batch.items;
        let selected = item(turn, map, work, at, draft)?;
        if !batch.take(selected.as_ref().unwrap_or(&work.items[at]), bytes_max) {
            break;
        }
    }
    Ok((batch.items, Some(batch.end())))
}

fn finish(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    work: &Work,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = turn.context();
    let result = match &work.written {
        Some(written) => written.clone(),
        None => Payload::trusted(array(map, work)),
    };
    let scope = turn.scope(&turn.visit.input, &context).with_result(&result);
    let output = turn.make(&map.output, result.clone(), &scope, draft)?;
    let assigned = turn.assign(&turn.state.assign, &result, &scope, draft)?;
    Ok(Next::exit(output, assigned, map.transition))
}

/// The children's outputs in their order; under `FLATTEN` the elements of those that are arrays.
fn array(map: &asl::states::Map, work: &Work) -> String {
    let writer = map.distributed.as_ref().and_then(|distributed| distributed.writer.as_ref());
    let transformation = writer.map(|writer| writer.config.transformation);
    let mut parts = Vec::with_capacity(work.results.len());
    for result in work.results.values() {
        match (transformation, result.value()) {
            (Some(Transformation::Flatten), Value::Array(elements)) => {
                parts.extend(elements.iter().map(Value::to_string));
            }
            _ => parts.push(result.text().to_owned()),
        }
    }
    format!("[{}]", parts.join(","))
}
