//! The state's turn, with the mock in the place of its work, and what the events that it would write say of it.

use std::sync::Arc;

use asl::retry::{Occurred, Origin, matches};
use asl::states::{Format, ItemReader, Map, Output, Source};
use asl::{Payload, StateId, StateKind, StateMachine, Steps, Transition};

use super::check::Mocked;
use super::inspection::inspect;
use super::{Answer, ErrorDetails, Level, Outcome, Refused, Request, Status, Work};
use crate::branch::{Branch, Fault};
use crate::decide::{Next, Turn, threshold_exceeded};
use crate::draft::Draft;
use crate::event::{EventKind, Failure};
use crate::execution::{Execution, Tokens};
use crate::id::{BranchId, PublicId, Seq};
use crate::states;

pub(super) struct Stage<'a> {
    pub(super) machine: &'a StateMachine,
    pub(super) state: StateId,
    pub(super) execution: &'a Execution,
}

impl<'a> Stage<'a> {
    fn turn(&self, request: &Request) -> Turn<'a> {
        let branch = &self.execution.branches[&BranchId(0)];
        Turn {
            execution: self.execution,
            facts: self.execution.facts.as_deref().expect("the setting gave it its facts"),
            machine: self.machine,
            id: BranchId(0),
            branch,
            visit: Branch::visit(branch).expect("the setting put it into the state"),
            state: self.machine.state(self.state),
            now: request.now,
            tokens: Tokens(&|_| "test-token".to_owned()),
            steps: Steps::default(),
        }
    }
}

/// Drawn from the same seed each time: what is called and inspected is what happens.
fn draft(request: &Request) -> Draft {
    Draft::after(Seq(0), PublicId(0), request.seed)
}

/// What a Task asks for outside, if it comes so far: where it fails before, `answer` says how.
pub(super) fn outside(request: &Request, stage: &Stage<'_>) -> Option<Outcome> {
    let turn = stage.turn(request);
    let StateKind::Task(task) = &turn.state.kind else { return None };
    let mut draft = draft(request);
    states::task::begin(&turn, task, &mut draft).ok()?;
    draft.events.into_iter().find_map(|event| {
        let EventKind::TaskScheduled(scheduled) = event.kind else { return None };
        let work = Work {
            state: Arc::clone(&scheduled.state),
            resource: Arc::clone(&scheduled.resource),
            queue: Arc::clone(&scheduled.queue),
            parameters: event.payload?,
            timeout_seconds: scheduled.timeout_seconds,
            heartbeat_seconds: scheduled.heartbeat_seconds,
        };
        Some(if task.resource.calls_http() { Outcome::Calls(work) } else { Outcome::Asks(work) })
    })
}

pub(super) fn answer(
    request: &Request,
    stage: &Stage<'_>,
    mock: Option<Mocked>,
) -> Result<Answer, Refused> {
    let turn = stage.turn(request);
    let mut inspection = (request.level != Level::Info)
        .then(|| inspect(request, &stage.turn(request), mock.as_ref(), &mut draft(request)));
    let mut draft = draft(request);
    let stepped = step(request, &turn, mock, &mut draft).and_then(|next| checked(&turn, next));
    let mut answer = match stepped {
        Ok(Next::Exit { output, next, .. }) => Answer {
            status: Status::Succeeded,
            output: Some(output),
            failure: None,
            next_state: next.map(|next| stage.machine.state(next).name.to_string()),
            inspection: None,
        },
        Ok(Next::Stay) => return Err(Refused::Validation("the state does not end".to_owned())),
        Err(fault) => failed(&turn, fault, &mut inspection)?,
    };
    answer.inspection = inspection;
    Ok(answer)
}

fn checked(turn: &Turn<'_>, next: Next) -> Result<Next, Fault> {
    if let Next::Exit { output, assigned, .. } = &next {
        turn.check_size(output, &turn.visit.state)?;
        turn.check_variables(assigned)?;
    }
    Ok(next)
}

fn step(
    request: &Request,
    turn: &Turn<'_>,
    mock: Option<Mocked>,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    match &turn.state.kind {
        StateKind::Task(task) => {
            states::task::begin(turn, task, draft)?;
            finish(turn, (&task.output, task.transition), &taken(mock)?, draft)
        }
        StateKind::Parallel(parallel) => {
            states::parallel::begin(turn, parallel, draft)?;
            let result = taken(mock)?;
            finish(turn, (&parallel.output, parallel.transition), &result, draft)
        }
        StateKind::Map(map) => {
            let limits = Limits::of(request, turn, map, draft)?;
            let result = taken(mock)?;
            limits.check(request, &result)?;
            finish(turn, (&map.output, map.transition), &result, draft)
        }
        StateKind::Wait(wait) => match states::wait::begin(turn, wait, draft)? {
            Next::Stay => states::wait::finish(turn, draft),
            exit @ Next::Exit { .. } => Ok(exit),
        },
        StateKind::Choice(choice) => states::choice::run(turn, choice, draft),
        StateKind::Pass(pass) => states::pass::run(turn, pass, draft),
        StateKind::Succeed(succeed) => states::succeed::run(turn, succeed, draft),
        StateKind::Fail(fail) => states::fail::run(turn, fail, draft),
    }
}

fn taken(mock: Option<Mocked>) -> Result<Payload, Fault> {
    match mock {
        Some(Mocked::Result(result)) => Ok(result),
        Some(Mocked::Error(failure)) => Err(Fault::new(failure, Origin::Elsewhere)),
        // Checked before: these states are tested with a mock.
        None => Ok(Payload::trusted("null")),
    }
}

fn finish(
    turn: &Turn<'_>,
    (output, transition): (&Output, Transition),
    result: &Payload,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = turn.context();
    let scope = turn.scope(&turn.visit.input, &context).with_result(result);
    let made = turn.make(output, result.clone(), &scope, draft)?;
    let assigned = turn.assign(&turn.state.assign, result, &scope, draft)?;
    Ok(Next::exit(made, assigned, transition))
}

/// What a Map makes of its fields before any iteration.
#[derive(Debug)]
pub(super) struct Limits {
    pub(super) items: Option<Payload>,
    /// What `ItemsPointer` points at in the data of an `ItemReader`.
    pub(super) pointed: Option<Payload>,
    /// By `ItemSelector`; absent: the Map has none, or its items are not known.
    pub(super) selected: Option<Payload>,
    /// By `ItemBatcher`.
    pub(super) batches: Option<Payload>,
    pub(super) max_concurrency: u64,
    pub(super) tolerated_count: Option<u64>,
    pub(super) tolerated_percentage: Option<f64>,
}

impl Limits {
    pub(super) fn of(
        request: &Request,
        turn: &Turn<'_>,
        map: &Map,
        draft: &mut Draft,
    ) -> Result<Self, Fault> {
        let context = turn.context();
        let input = turn.effective_input(&context)?;
        let scope = turn.scope(&input, &context);
        let reader = map.distributed.as_ref().and_then(|distributed| distributed.reader.as_ref());
        let (items, read, pointed) = match reader {
            None => (Some(states::map::array_of_items(turn, map, &scope, draft)?.0), None, None),
            Some(reader) => {
                let (read, pointed) = read(request, reader);
                (None, read, pointed)
            }
        };
        let known = items.as_ref().or(read.as_ref()).and_then(Payload::elements);
        let (selected, batches) = match known {
            Some(known) => inputs(turn, map, known, draft)?,
            None => (None, None),
        };
        let max_concurrency = match &map.max_concurrency {
            Some(number) => number
                .resolve(&scope, &mut draft.draw, "MaxConcurrencyPath")
                .map_err(|error| turn.fault(error))?,
            None => 0,
        };
        let (tolerated_count, tolerated_percentage) =
            states::map::tolerances(turn, map, &scope, draft)?;
        Ok(Self {
            items,
            pointed,
            selected,
            batches,
            max_concurrency,
            tolerated_count,
            tolerated_percentage,
        })
    }

    /// Seen on AWS: without a tolerance of its own the mocked result stands, whatever failed.
    #[expect(clippy::cast_precision_loss, reason = "counts of items in memory")]
    fn check(&self, request: &Request, result: &Payload) -> Result<(), Fault> {
        let failures = request.configuration.map_iteration_failure_count.unwrap_or(0);
        let total = result.value().as_array().map_or(0, Vec::len);
        let too_many = self.tolerated_count.is_some_and(|count| failures > count)
            || self
                .tolerated_percentage
                .is_some_and(|share| failures as f64 * 100.0 > share * total as f64);
        if too_many { Err(threshold_exceeded()) } else { Ok(()) }
    }
}

/// The items that a reader would find in the data of the test, and what it is pointed at there.
fn read(request: &Request, reader: &ItemReader) -> (Option<Payload>, Option<Payload>) {
    let data = request.configuration.map_item_reader_data.as_deref();
    let Some(data) = data.and_then(|data| Payload::parse(data).ok()) else { return (None, None) };
    match &reader.source {
        Source::Object(Format::Json { pointer: Some(pointer) })
        | Source::Listed(Format::Json { pointer: Some(pointer) }) => {
            let items = data.value().pointer(pointer).cloned().map(Payload::from_value);
            (items.clone(), items)
        }
        Source::Object(Format::Json { pointer: None })
        | Source::Listed(Format::Json { pointer: None })
        | Source::Listing => (Some(data), None),
        Source::Object(Format::JsonLines | Format::Csv { .. } | Format::Parquet)
        | Source::Listed(Format::JsonLines | Format::Csv { .. } | Format::Parquet)
        | Source::Inventory
        | Source::Athena(_) => (None, None),
    }
}

/// What `ItemSelector` and `ItemBatcher` make of the items.
fn inputs(
    turn: &Turn<'_>,
    map: &Map,
    items: Vec<Payload>,
    draft: &mut Draft,
) -> Result<(Option<Payload>, Option<Payload>), Fault> {
    let inputs = states::map::inputs_of(turn, map, (0..).zip(items), |_| false, draft)?;
    let batches = states::map::batch::batches(turn, map, &inputs, draft)?;
    let selected = map.item_selector.as_ref().map(|_| array(&inputs));
    Ok((selected, batches.as_deref().map(array)))
}

fn array(items: &[Payload]) -> Payload {
    let texts: Vec<&str> = items.iter().map(Payload::text).collect();
    Payload::trusted(format!("[{}]", texts.join(",")))
}

/// Retried, caught, or the end: as the events say that the failure would write.
fn failed(
    turn: &Turn<'_>,
    fault: Fault,
    inspection: &mut Option<super::Inspection>,
) -> Result<Answer, Refused> {
    let mut draft = Draft::after(Seq(0), PublicId(0), 0);
    let mut details = matching(turn, &fault);
    let failure = without_place(turn, fault.failure.clone());
    turn.fail(fault, &mut draft).map_err(|bug| Refused::Validation(bug.to_string()))?;
    let mut answer = Answer {
        status: Status::Failed,
        output: None,
        failure: Some(failure),
        next_state: None,
        inspection: None,
    };
    if let Some(last) = draft.events.pop() {
        if let EventKind::RetryScheduled { until, .. } = &last.kind {
            answer.status = Status::Retriable;
            // To the nearest second: the timer itself is rounded to the history's precision.
            let delay = ((*until - turn.now).num_milliseconds() + 500) / 1_000;
            details.retry_backoff_seconds = u64::try_from(delay).ok();
            details.catch_index = None;
        } else if let EventKind::StateExited { next, .. } = &last.kind {
            answer.status = Status::CaughtError;
            answer.output = last.payload;
            answer.next_state = next.as_deref().map(str::to_owned);
        } else if let EventKind::ExecutionFailed(other) = last.kind {
            answer.failure = Some(without_place(turn, other));
        }
    }
    if let Some(inspection) = inspection.as_mut().filter(|_| details != ErrorDetails::default()) {
        inspection.error = Some(details);
    }
    Ok(answer)
}

/// Which retrier and which catcher name the error.
fn matching(turn: &Turn<'_>, fault: &Fault) -> ErrorDetails {
    let error = fault.failure.error.as_deref().unwrap_or_default();
    let occurred = Occurred { error, origin: fault.origin };
    let (retriers, catchers) = turn.handlers();
    ErrorDetails {
        retry_index: retriers.iter().position(|it| matches(&it.error_equals, occurred)),
        retry_backoff_seconds: None,
        catch_index: catchers.iter().position(|it| matches(&it.error_equals, occurred)),
    }
}

/// There is no history whose event the cause could name.
fn without_place(turn: &Turn<'_>, mut failure: Failure) -> Failure {
    let place = format!(
        "An error occurred while executing the state '{}' (entered at the event id #0). ",
        turn.state.name
    );
    if let Some(rest) = failure.cause.as_ref().and_then(|cause| cause.strip_prefix(&place)) {
        failure.cause = Some(rest.to_owned());
    }
    failure
}
