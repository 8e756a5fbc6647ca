//! The checked state machine: what a definition means once every fault has been ruled out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::check;
use crate::diagnostic::{Diagnostic, Severity};
use crate::path::Path;
use crate::retry::Catcher;
use crate::states::{Assign, Choice, ChoiceRule, Fail, Map, Parallel, Pass, Succeed, Task, Wait};

/// A valid definition. Built by `StateMachine::parse` alone.
#[derive(Debug)]
pub struct StateMachine {
    pub comment: Option<String>,
    pub query_language: QueryLanguage,
    /// `TimeoutSeconds` of the machine: 1 to 99,999,999.
    pub timeout_seconds: Option<u64>,
    pub root: Flow,
    /// Every state of the machine, nested ones included, in document order; `StateId` indexes it.
    pub(crate) states: Vec<State>,
    /// Names are unique across the whole machine (ASL, "States").
    pub(crate) by_name: BTreeMap<Arc<str>, StateId>,
}

impl StateMachine {
    /// Reads a definition, or reports every fault in it, in document order.
    pub fn parse(text: &str) -> Result<Self, Vec<Diagnostic>> {
        let (machine, diagnostics) = check::read(text, MachineType::Standard);
        machine.ok_or_else(|| {
            diagnostics.into_iter().filter(|it| it.severity == Severity::Error).collect()
        })
    }

    /// Every fault of a definition, warnings included, in document order.
    pub fn check(text: &str) -> Vec<Diagnostic> {
        Self::check_as(MachineType::Standard, text)
    }

    /// The same for a machine of this type: an Express machine may hold less.
    pub fn check_as(machine_type: MachineType, text: &str) -> Vec<Diagnostic> {
        check::read(text, machine_type).1
    }

    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }
    pub fn state_named(&self, name: &str) -> Option<StateId> {
        self.by_name.get(name).copied()
    }
    /// The states that read variables, and which: each once, in document order.
    pub fn variable_references(&self) -> impl Iterator<Item = (&str, &[Arc<str>])> {
        let reading = self.states.iter().filter(|state| !state.variables_read.is_empty());
        reading.map(|state| (&*state.name, state.variables_read.as_slice()))
    }
    /// Every state in document order.
    pub fn states(&self) -> impl Iterator<Item = (StateId, &State)> {
        self.states.iter().enumerate().map(|(index, state)| (StateId::at(index), state))
    }
}

/// The place of a state within its machine. Not durable: events name states by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub(crate) u32);

impl StateId {
    /// No state comes after it.
    pub(crate) const LAST: Self = Self(u32::MAX);

    pub(crate) fn at(index: usize) -> Self {
        Self(u32::try_from(index).expect("a definition is far shorter than 2^32 states"))
    }
}

/// `StartAt` with its `States`: the machine's own, a Parallel branch's, or a Map's item processor's.
#[derive(Debug, Clone)]
pub struct Flow {
    pub start_at: StateId,
    /// In document order.
    pub states: Vec<StateId>,
}

/// What the caller of a machine's creation says of it; no definition tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MachineType {
    Standard,
    /// Without callbacks, `.sync`, activities and Distributed Map.
    Express,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryLanguage {
    JsonPath,
    Jsonata,
}

#[derive(Debug)]
pub struct State {
    pub name: Arc<str>,
    pub comment: Option<String>,
    pub query_language: QueryLanguage,
    /// `InputPath`, where the state has one.
    pub input_path: DataPath,
    /// `OutputPath`, where the state has one.
    pub output_path: DataPath,
    /// Of a Choice: when none of its rules holds.
    pub assign: Assign,
    /// The variables that it reads, each once, in document order. Those that states inside it read are theirs.
    pub variables_read: Vec<Arc<str>>,
    pub kind: StateKind,
}

/// `InputPath` and `OutputPath`.
#[derive(Debug, Clone, PartialEq)]
pub enum DataPath {
    /// Absent or `$`: the payload passes untouched.
    Whole,
    /// `null`: the payload is replaced by `{}`.
    Discard,
    Path(Path),
}

#[derive(Debug)]
pub enum StateKind {
    Task(Task),
    Choice(Choice),
    Wait(Wait),
    Pass(Pass),
    Succeed(Succeed),
    Fail(Fail),
    Parallel(Parallel),
    Map(Map),
}

/// `Next` or `End`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transition {
    Next(StateId),
    End,
}

/// A way out of a state, and by what it is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    Next,
    /// The choice rule at this index.
    Rule(usize),
    Default,
    /// The catcher at this index.
    Catch(usize),
}

impl State {
    /// Every way out of this state to another, as the definition lists them.
    pub fn targets(&self) -> impl Iterator<Item = (Edge, StateId)> {
        let rules = self.rules().iter().enumerate();
        let rules = rules.map(|(index, rule)| (Edge::Rule(index), rule.next));
        let catchers = self.catchers().iter().enumerate();
        let catchers = catchers.map(|(index, catcher)| (Edge::Catch(index), catcher.next));
        self.next().into_iter().chain(rules).chain(self.default()).chain(catchers)
    }

    fn next(&self) -> Option<(Edge, StateId)> {
        let transition = match &self.kind {
            StateKind::Task(task) => task.transition,
            StateKind::Parallel(parallel) => parallel.transition,
            StateKind::Map(map) => map.transition,
            StateKind::Pass(pass) => pass.transition,
            StateKind::Wait(wait) => wait.transition,
            StateKind::Choice(_) | StateKind::Succeed(_) | StateKind::Fail(_) => return None,
        };
        match transition {
            Transition::Next(target) => Some((Edge::Next, target)),
            Transition::End => None,
        }
    }

    fn choice(&self) -> Option<&Choice> {
        match &self.kind {
            StateKind::Choice(choice) => Some(choice),
            StateKind::Task(_)
            | StateKind::Wait(_)
            | StateKind::Pass(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_)
            | StateKind::Parallel(_)
            | StateKind::Map(_) => None,
        }
    }

    fn rules(&self) -> &[ChoiceRule] {
        self.choice().map_or(&[], |choice| &choice.rules)
    }

    fn default(&self) -> Option<(Edge, StateId)> {
        Some((Edge::Default, self.choice()?.default?))
    }

    fn catchers(&self) -> &[Catcher] {
        match &self.kind {
            StateKind::Task(task) => &task.catch,
            StateKind::Parallel(parallel) => &parallel.catch,
            StateKind::Map(map) => &map.catch,
            StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Pass(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_) => &[],
        }
    }

    /// The flows inside a Parallel or a Map, in document order.
    pub fn flows(&self) -> &[Flow] {
        match &self.kind {
            StateKind::Parallel(parallel) => &parallel.branches,
            StateKind::Map(map) => std::slice::from_ref(&map.processor),
            StateKind::Task(_)
            | StateKind::Choice(_)
            | StateKind::Wait(_)
            | StateKind::Pass(_)
            | StateKind::Succeed(_)
            | StateKind::Fail(_) => &[],
        }
    }
}
