//! The checked state machine: what a definition means once every fault has been ruled out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::path::Path;
use crate::states::{Choice, Fail, Map, Parallel, Pass, Succeed, Task, Wait};

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
    pub fn state(&self, id: StateId) -> &State {
        &self.states[id.0 as usize]
    }
    pub fn state_named(&self, name: &str) -> Option<StateId> {
        self.by_name.get(name).copied()
    }
    /// Every state in document order.
    pub fn states(&self) -> impl Iterator<Item = (StateId, &State)> {
        self.states.iter().enumerate().map(|(index, state)| (StateId(index as u32), state))
    }
}

/// The place of a state within its machine. Not durable: events name states by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StateId(pub(crate) u32);

/// `StartAt` with its `States`: the machine's own, a Parallel branch's, or a Map's item processor's.
#[derive(Debug, Clone)]
pub struct Flow {
    pub start_at: StateId,
    /// In document order.
    pub states: Vec<StateId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QueryLanguage {
    JsonPath,
    /// Recognised by the checker, which refuses it until the `jsonata` floor exists.
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
