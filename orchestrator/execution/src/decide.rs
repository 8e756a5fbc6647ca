//! Reads the state, writes events: what a trigger means, and the next transition of a branch.

mod answer;
mod child;
mod close;
mod fail;
mod history_limit;
mod map_run;

use std::sync::Arc;

use asl::dataflow::Scope;
use asl::error::EvalError;
use asl::{Assignment, Context, Payload, StateId, StateKind, StateMachine, Steps, Transition};
use chrono::{DateTime, Utc};

use crate::branch::{Branch, Doing, Fault, Join, Phase, Visit};
use crate::draft::Draft;
use crate::event::{EventKind, Failure, StateType};
use crate::execution::{Execution, Facts, Outside, Tokens};
use crate::id::BranchId;
use crate::states;

pub(crate) use answer::deadline;
pub(crate) use fail::{evaluation_fault, threshold_exceeded, too_large};

/// What becomes of a state after one transition in it.
#[derive(Debug)]
pub(crate) enum Next {
    /// `next` absent: the branch ends.
    Exit { output: Payload, next: Option<StateId>, assigned: Vec<Assignment> },
    /// It wrote its events and waits, or goes on later.
    Stay,
}

impl Next {
    pub(crate) fn exit(output: Payload, assigned: Vec<Assignment>, transition: Transition) -> Self {
        let next = match transition {
            Transition::Next(next) => Some(next),
            Transition::End => None,
        };
        Self::Exit { output, next, assigned }
    }
}

/// Everything that one transition of a state may read.
#[derive(Debug)]
pub(crate) struct Turn<'a> {
    pub(crate) execution: &'a Execution,
    pub(crate) facts: &'a Facts,
    pub(crate) machine: &'a StateMachine,
    pub(crate) id: BranchId,
    pub(crate) branch: &'a Branch,
    pub(crate) visit: &'a Visit,
    pub(crate) state: &'a asl::State,
    pub(crate) now: DateTime<Utc>,
    pub(crate) tokens: Tokens<'a>,
    /// What it may cost, whatever it evaluates.
    pub(crate) steps: Steps,
}

/// The definition or the history is not what this build believes: the execution is quarantined.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Bug {
    #[error("the definition has no state '{0}'")]
    UnknownState(Arc<str>),
    #[error("branch {} is not what its history says: {believed}", .branch.0)]
    Branch { branch: BranchId, believed: &'static str },
}

impl Execution {
    /// One transition of a branch that is ready.
    pub(crate) fn decide(
        &self,
        machine: &StateMachine,
        id: BranchId,
        outside: Outside<'_>,
        draft: &mut Draft,
    ) -> Result<(), Bug> {
        let bug = |believed| Bug::Branch { branch: id, believed };
        let branch = self.branches.get(&id).ok_or_else(|| bug("a ready branch is open"))?;
        let facts = self.facts.as_deref().ok_or_else(|| bug("the first event came first"))?;
        match &branch.phase {
            Phase::Enter { state, input } => {
                let definition = state_of(machine, state)?;
                let state_type = StateType::of(&definition.kind);
                let kind = EventKind::StateEntered { state: definition.name.clone(), state_type };
                draft.push(id, branch.last, Some(input.clone()), kind);
                Ok(())
            }
            Phase::In(visit) => {
                let state = state_of(machine, &visit.state)?;
                let Outside { now, tokens, .. } = outside;
                let steps = Steps::default();
                let turn = Turn {
                    execution: self,
                    facts,
                    machine,
                    id,
                    branch,
                    visit,
                    state,
                    now,
                    tokens,
                    steps,
                };
                let written = draft.events.len();
                let decided = match turn.step(draft).and_then(|next| turn.follow(next, draft)) {
                    Ok(()) => Ok(()),
                    Err(fault) => {
                        debug_assert_eq!(
                            written,
                            draft.events.len(),
                            "a state that fails has written nothing"
                        );
                        turn.fail(fault, draft)
                    }
                };
                draft.steps += turn.steps.taken();
                decided
            }
            Phase::Ended { .. } => Err(bug("a branch that has ended is not ready")),
        }
    }
}

pub(crate) fn state_of<'a>(
    machine: &'a StateMachine,
    name: &Arc<str>,
) -> Result<&'a asl::State, Bug> {
    machine
        .state_named(name)
        .map(|id| machine.state(id))
        .ok_or_else(|| Bug::UnknownState(name.clone()))
}

impl Turn<'_> {
    fn step(&self, draft: &mut Draft) -> Result<Next, Fault> {
        match &self.visit.doing {
            Doing::Run => self.run(draft),
            Doing::Result(result) => states::task::finish(self, result, draft),
            Doing::TimerOver => states::wait::finish(self, draft),
            Doing::Join(join) => self.join(join, draft),
            Doing::Items(_) => self.map_run(draft, states::map::run::begin),
            Doing::MapRun(work) => self
                .map_run(draft, |turn, map, draft| states::map::run::go_on(turn, map, work, draft)),
            Doing::Failed(fault) => Err(fault.clone()),
            Doing::Task(_) | Doing::Retry { .. } | Doing::Timer { .. } | Doing::Aborted(_) => {
                Ok(Next::Stay)
            }
        }
    }

    fn run(&self, draft: &mut Draft) -> Result<Next, Fault> {
        match &self.state.kind {
            StateKind::Task(task) => states::task::begin(self, task, draft),
            StateKind::Choice(choice) => states::choice::run(self, choice, draft),
            StateKind::Wait(wait) => states::wait::begin(self, wait, draft),
            StateKind::Pass(pass) => states::pass::run(self, pass, draft),
            StateKind::Succeed(succeed) => states::succeed::run(self, succeed, draft),
            StateKind::Fail(fail) => states::fail::run(self, fail, draft),
            StateKind::Parallel(parallel) => states::parallel::begin(self, parallel, draft),
            StateKind::Map(map) => states::map::begin(self, map, draft),
        }
    }

    fn join(&self, join: &Join, draft: &mut Draft) -> Result<Next, Fault> {
        match &self.state.kind {
            StateKind::Parallel(parallel) => states::parallel::finish(self, parallel, join, draft),
            StateKind::Map(map) => states::map::go_on(self, map, join, draft),
            StateKind::Task(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Pass(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_) => Err(self.runtime("the definition no longer has children here")),
        }
    }

    fn map_run(
        &self,
        draft: &mut Draft,
        step: impl FnOnce(&Self, &asl::states::Map, &mut Draft) -> Result<Next, Fault>,
    ) -> Result<Next, Fault> {
        let StateKind::Map(map) = &self.state.kind else {
            return Err(self.runtime("the definition no longer has a Map here"));
        };
        step(self, map, draft)
    }

    fn follow(&self, next: Next, draft: &mut Draft) -> Result<(), Fault> {
        match next {
            Next::Stay => Ok(()),
            Next::Exit { output, next, assigned } => {
                self.check_size(&output, &self.visit.state)?;
                self.check_variables(&assigned)?;
                self.exit(output, next, assigned, draft);
                Ok(())
            }
        }
    }

    fn exit(
        &self,
        output: Payload,
        next: Option<StateId>,
        assigned: Vec<Assignment>,
        draft: &mut Draft,
    ) {
        let mut previous = self.branch.last;
        if let Doing::Join(_) = self.visit.doing {
            let state = self.state.name.clone();
            let kind = match self.visit.state_type {
                StateType::Map => EventKind::MapSucceeded { state },
                StateType::Parallel
                | StateType::Task
                | StateType::Choice
                | StateType::Wait
                | StateType::Pass
                | StateType::Succeed
                | StateType::Fail => EventKind::ParallelSucceeded { state },
            };
            draft.push(self.id, previous, None, kind);
        }
        if let Some(work) = self.visit.map_run() {
            let (succeeded, exit_follows) = states::map::run::succeed(self, work, draft);
            let kind = EventKind::MapSucceeded { state: self.state.name.clone() };
            draft.push(self.id, succeeded, None, kind);
            previous = exit_follows;
        }
        let name = next.map(|next| self.machine.state(next).name.clone());
        let is_end = name.is_none();
        let kind = EventKind::StateExited {
            state: self.state.name.clone(),
            state_type: self.visit.state_type,
            next: name,
            assigned,
        };
        previous = draft.push(self.id, previous, Some(output.clone()), kind);
        if is_end {
            self.end(previous, output, draft);
        }
    }

    /// The branch has come to its end: the event of whoever waits for it.
    fn end(&self, previous: crate::id::PublicId, output: Payload, draft: &mut Draft) {
        let Some(parent) = self.branch.parent else {
            draft.push(self.id, previous, Some(output), EventKind::ExecutionSucceeded);
            return;
        };
        let Some(map) = self.execution.map_of(parent.branch) else { return };
        let index = parent.index as u64;
        let kind = EventKind::MapIterationSucceeded { state: map, index, child: self.id };
        draft.push(parent.branch, previous, None, kind);
    }

    /// A larger payload than the namespace allows.
    pub(crate) fn check_size(&self, payload: &Payload, whose: &str) -> Result<(), Fault> {
        let bytes = payload.text().len() as u64;
        if bytes <= self.facts.settings.payload_bytes_max {
            return Ok(());
        }
        Err(Fault::new(fail::too_large(whose), asl::retry::Origin::Elsewhere))
    }

    /// `$$`, as this state sees it.
    pub(crate) fn context(&self) -> Context {
        let visit = self.visit;
        let context =
            Context::new(self.facts.context.clone(), self.state.name.clone(), visit.entered_at);
        let item = self.execution.item_of(self.id).and_then(crate::branch::Item::map_item);
        let mut context = context.with_map_item(item).at(self.now);
        if let Some(wait) = visit.token {
            context = context.with_task_token(self.tokens.of(wait));
        }
        if let Some(given) = &self.facts.given_context {
            return context.with_value(given.clone());
        }
        match visit.state_type {
            StateType::Task | StateType::Parallel | StateType::Map => {
                context.with_retry_count(visit.retry_count())
            }
            StateType::Choice
            | StateType::Wait
            | StateType::Pass
            | StateType::Succeed
            | StateType::Fail => context,
        }
    }

    /// What the state's paths see where `$` is `input`.
    pub(crate) fn scope<'s>(&'s self, input: &'s Payload, context: &'s Context) -> Scope<'s> {
        Scope::new(input, context).with_variables(&self.branch.variables).sharing(&self.steps)
    }

    /// The state's input through `InputPath`.
    pub(crate) fn effective_input(&self, context: &Context) -> Result<Payload, Fault> {
        let input = self.state.input_path.apply(&self.scope(&self.visit.input, context));
        input.map_err(|error| self.fault(error))
    }

    pub(crate) fn output(&self, output: &Payload, context: &Context) -> Result<Payload, Fault> {
        let output = self.state.output_path.apply(&self.scope(output, context));
        output.map_err(|error| self.fault(error))
    }

    pub(crate) fn fault(&self, error: EvalError) -> Fault {
        evaluation_fault(self.visit, error)
    }

    pub(crate) fn runtime(&self, cause: &str) -> Fault {
        self.fault(EvalError::new(asl::names::RUNTIME, cause))
    }
}

impl Execution {
    /// The item of the innermost Map's iteration that the branch runs in.
    fn item_of(&self, id: BranchId) -> Option<&crate::branch::Item> {
        let mut branch = self.branches.get(&id)?;
        loop {
            if branch.item.is_some() {
                return branch.item.as_ref();
            }
            branch = self.branches.get(&branch.parent?.branch)?;
        }
    }

    /// The name of the Map that the branch is in, if it is in one.
    fn map_of(&self, id: BranchId) -> Option<Arc<str>> {
        let visit = self.branches.get(&id)?.visit()?;
        match visit.join()?.kind {
            crate::branch::JoinKind::Map(_) => Some(visit.state.clone()),
            crate::branch::JoinKind::Parallel => None,
        }
    }
}

impl StateType {
    /// As a definition writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Choice => "Choice",
            Self::Wait => "Wait",
            Self::Pass => "Pass",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
            Self::Parallel => "Parallel",
            Self::Map => "Map",
        }
    }

    pub fn of(kind: &StateKind) -> Self {
        match kind {
            StateKind::Task(_) => Self::Task,
            StateKind::Choice(_) => Self::Choice,
            StateKind::Wait(_) => Self::Wait,
            StateKind::Pass(_) => Self::Pass,
            StateKind::Succeed(_) => Self::Succeed,
            StateKind::Fail(_) => Self::Fail,
            StateKind::Parallel(_) => Self::Parallel,
            StateKind::Map(_) => Self::Map,
        }
    }
}

impl Failure {
    pub fn new(error: impl Into<String>, cause: impl Into<String>) -> Self {
        Self { error: Some(error.into()), cause: Some(cause.into()) }
    }
}
