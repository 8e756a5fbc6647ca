//! A state failed: retry it, catch it, or let it fail what contains it.

use asl::error::{EvalError, names};
use asl::retry::{Catcher, Occurred, Origin, Retrier, matches};
use asl::{Assignment, Payload, StateKind, Steps};

use super::{Bug, Turn, state_of};
use crate::branch::{Evaluation, Fault, JoinKind, Parent, Visit, error_output};
use crate::draft::Draft;
use crate::event::{EventKind, Failure, MapRunStep, StateType};
use crate::id::{BranchId, PublicId};
use crate::instant::after_fraction;

/// A failure on its way up.
#[derive(Debug)]
struct Falling {
    fault: Fault,
    /// The public event that tells of it.
    at: PublicId,
    /// The child that brought it; its own end is written.
    from: Option<BranchId>,
    /// An expression of this state failed, and an event told of it.
    evaluated: bool,
}

impl Turn<'_> {
    /// Climbs from the failed state to whatever handles the failure, at last the execution's end.
    pub(crate) fn fail(&self, fault: Fault, draft: &mut Draft) -> Result<(), Bug> {
        // A state that has used up its steps can still be caught.
        let steps = Steps::default();
        let handled = Self { steps: steps.clone(), ..*self }.climb(fault, draft);
        draft.steps += steps.taken();
        handled
    }

    fn climb(self, fault: Fault, draft: &mut Draft) -> Result<(), Bug> {
        let mut falling = Falling { fault, at: self.branch.last, from: None, evaluated: false };
        let mut turn = self;
        loop {
            turn.tell_of_evaluation(&mut falling, draft);
            if turn.retry(&mut falling, draft) || turn.catch(&mut falling, draft) {
                return Ok(());
            }
            turn.give_up(&mut falling, draft);
            let Some(parent) = turn.branch.parent else {
                let kind = EventKind::ExecutionFailed(falling.fault.failure);
                draft.push(turn.id, falling.at, None, kind);
                return Ok(());
            };
            if turn.tell_parent(parent, &mut falling, draft) {
                return Ok(());
            }
            turn = turn.up(parent)?;
        }
    }

    /// Seen on AWS: the event follows what the state's entry follows, as long as nothing else has happened in the state;
    /// in a Wait it follows the entry.
    fn tell_of_evaluation(&self, falling: &mut Falling, draft: &mut Draft) {
        let Some(Evaluation { location }) = falling.fault.evaluation.take() else { return };
        let visit = self.visit;
        let nothing_happened = falling.at == visit.entered_id;
        let previous = match visit.state_type {
            StateType::Wait => falling.at,
            StateType::Task
            | StateType::Choice
            | StateType::Pass
            | StateType::Succeed
            | StateType::Fail
            | StateType::Parallel
            | StateType::Map => {
                if nothing_happened {
                    visit.entered_after
                } else {
                    falling.at
                }
            }
        };
        let kind = EventKind::EvaluationFailed {
            state: self.state.name.clone(),
            failure: falling.fault.failure.clone(),
            location,
        };
        falling.at = draft.push(self.id, previous, None, kind);
        falling.evaluated = true;
    }

    /// The state's retriers and catchers.
    pub(crate) fn handlers(&self) -> (&[Retrier], &[Catcher]) {
        handlers(&self.state.kind)
    }

    fn up(&self, parent: Parent) -> Result<Self, Bug> {
        let id = parent.branch;
        let bug = Bug::Branch { branch: id, believed: "a parent is within a Parallel or a Map" };
        let Some(branch) = self.execution.branches.get(&id) else { return Err(bug) };
        let Some(visit) = branch.visit() else { return Err(bug) };
        let state = state_of(self.machine, &visit.state)?;
        Ok(Self { id, branch, visit, state, steps: self.steps.clone(), ..*self })
    }

    fn retry(&self, falling: &mut Falling, draft: &mut Draft) -> bool {
        let (retriers, _) = handlers(&self.state.kind);
        let Some(index) = retriers.iter().position(|retrier| falling.hits(&retrier.error_equals))
        else {
            return false;
        };
        let retrier = &retriers[index];
        let number = u32::try_from(index).expect("fewer retriers than bytes in a definition");
        let used = self.visit.retries.iter().find(|(used, _)| *used == number);
        let count = used.map_or(0, |(_, count)| *count);
        if count >= retrier.max_attempts {
            return false;
        }
        let count = count + 1;
        let delay = retrier.delay_seconds(count, draft.draw.fraction());
        self.close_children(falling, draft);
        self.fail_run(falling, draft);
        let kind = EventKind::RetryScheduled {
            state: self.state.name.clone(),
            retrier: number,
            count,
            until: after_fraction(self.now, delay),
            failure: falling.fault.failure.clone(),
        };
        draft.push(self.id, falling.at, None, kind);
        true
    }

    fn catch(&self, falling: &mut Falling, draft: &mut Draft) -> bool {
        let (_, catchers) = handlers(&self.state.kind);
        let Some(catcher) = catchers.iter().find(|catcher| falling.hits(&catcher.error_equals))
        else {
            return false;
        };
        let (output, assigned) = match self.caught(catcher, &falling.fault.failure, draft) {
            Ok(caught) => caught,
            Err(fault) => {
                falling.fault = fault;
                self.tell_of_evaluation(falling, draft);
                return false;
            }
        };
        self.give_up(falling, draft);
        let kind = EventKind::StateExited {
            state: self.state.name.clone(),
            state_type: self.visit.state_type,
            next: Some(self.machine.state(catcher.next).name.clone()),
            assigned,
        };
        draft.push(self.id, falling.at, Some(output), kind);
        true
    }

    /// The output by way of the catcher, and what it assigns.
    fn caught(
        &self,
        catcher: &Catcher,
        failure: &Failure,
        draft: &mut Draft,
    ) -> Result<(Payload, Vec<Assignment>), Fault> {
        let context = self.context();
        let error_output = error_output(failure);
        let scope = self.scope(&self.visit.input, &context).with_error_output(&error_output);
        let output = catcher.output.make(&scope, error_output.clone(), &mut draft.draw);
        let output = output.map_err(|error| self.fault(error))?;
        self.check_size(&output, &self.visit.state)?;
        let assigned = self.assign(&catcher.assign, &error_output, &scope, draft)?;
        self.check_variables(&assigned)?;
        Ok((output, assigned))
    }

    /// The state will not go on: its children close, and a Parallel or a Map says that it failed.
    fn give_up(&self, falling: &mut Falling, draft: &mut Draft) {
        let had_run = self.fail_run(falling, draft);
        // Seen on AWS: so it is where an expression failed before the first child came to be.
        let never_began = falling.evaluated && !had_run;
        if !had_run && !never_began && self.visit.join().is_none() {
            return;
        }
        self.close_children(falling, draft);
        let state = self.state.name.clone();
        let kind = match self.visit.state_type {
            StateType::Map => EventKind::MapFailed { state },
            StateType::Parallel => EventKind::ParallelFailed { state },
            StateType::Task
            | StateType::Choice
            | StateType::Wait
            | StateType::Pass
            | StateType::Succeed
            | StateType::Fail => return,
        };
        falling.at = draft.push(self.id, falling.at, None, kind);
    }

    fn close_children(&self, falling: &Falling, draft: &mut Draft) {
        if self.visit.join().is_some() {
            self.execution.close_descendants(self.id, falling.from, falling.at, draft);
        }
    }

    /// Answers whether there was a map run.
    fn fail_run(&self, falling: &mut Falling, draft: &mut Draft) -> bool {
        let Some(work) = self.visit.map_run() else { return false };
        let step = MapRunStep::Failed { failure: falling.fault.failure.clone() };
        falling.at = draft.map_run((self.id, work.wait), falling.at, None, step);
        true
    }

    /// Closes the failed branch. Answers whether the Map that it is in tolerates that.
    fn tell_parent(&self, parent: Parent, falling: &mut Falling, draft: &mut Draft) -> bool {
        falling.from = Some(self.id);
        falling.evaluated = false;
        falling.fault.origin = Origin::Elsewhere;
        if self.visit.state_type == StateType::Task {
            // Seen on AWS: a Task that fails within a Parallel or a Map is aborted, too.
            let kind = EventKind::StateAborted {
                state: self.state.name.clone(),
                state_type: StateType::Task,
                wait: self.visit.wait(),
            };
            draft.push(self.id, falling.at, None, kind);
        }
        let execution = self.execution;
        let join = execution.branches.get(&parent.branch).and_then(crate::branch::Branch::join);
        let map = join.and_then(|join| match &join.kind {
            JoinKind::Parallel => None,
            JoinKind::Map(map) => Some(map),
        });
        let Some(map) = map else {
            draft.internal(self.id, EventKind::BranchClosed { wait: None });
            return false;
        };
        let is_tolerated = map.failures < map.tolerated_failures;
        let kind = EventKind::MapIterationFailed {
            state: execution.map_of(parent.branch).expect("its join is a Map's"),
            index: parent.index as u64,
            child: self.id,
        };
        let output = is_tolerated.then(|| error_output(&falling.fault.failure));
        draft.push(parent.branch, falling.at, output, kind);
        if map.tolerated_failures > 0 && !is_tolerated {
            falling.fault = threshold_exceeded();
        }
        is_tolerated
    }
}

impl Falling {
    fn hits(&self, error_equals: &[String]) -> bool {
        let error = self.fault.failure.error.as_deref().unwrap_or_default();
        matches(error_equals, Occurred { error, origin: self.fault.origin })
    }
}

fn handlers(kind: &StateKind) -> (&[Retrier], &[Catcher]) {
    match kind {
        StateKind::Task(task) => (&task.retry, &task.catch),
        StateKind::Parallel(parallel) => (&parallel.retry, &parallel.catch),
        StateKind::Map(map) => (&map.retry, &map.catch),
        StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Pass(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => (&[], &[]),
    }
}

/// In AWS's words.
pub(crate) fn evaluation_fault(visit: &Visit, error: EvalError) -> Fault {
    let cause = format!(
        "An error occurred while executing the state '{}' (entered at the event id #{}). {}",
        visit.state, visit.entered_id.0, error.cause
    );
    let evaluation = (error.error == names::QUERY_EVALUATION_ERROR)
        .then(|| Evaluation { location: error.location.map(String::from) });
    Fault { evaluation, ..Fault::new(Failure::new(error.error, cause), Origin::Elsewhere) }
}

/// In AWS's words.
pub(crate) fn too_large(whose: &str) -> Failure {
    let cause = format!(
        "The state/task '{whose}' returned a result with a size exceeding the maximum number of bytes service limit."
    );
    Failure::new(names::DATA_LIMIT_EXCEEDED, cause)
}

pub(crate) fn threshold_exceeded() -> Fault {
    let failure = Failure::new(
        names::EXCEED_TOLERATED_FAILURE_THRESHOLD,
        "The specified tolerated failure threshold was exceeded",
    );
    Fault::new(failure, Origin::Elsewhere)
}
