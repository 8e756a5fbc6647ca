//! What the api floor knows and this one does not: ARNs, task tokens, and AWS's words for a refusal.

use std::fmt;

use asl::Payload;
use execution::event::Failure;
use execution::{ExecutionId, WaitId};
use store::NamespaceId;

use crate::catalog::{Machine, Namespace, Qualifier};
use crate::error::EngineError;

pub trait Border: fmt::Debug + Send + Sync + 'static {
    /// Of a wait that is about to begin: the same text whenever it is asked.
    fn task_token(&self, namespace: NamespaceId, id: ExecutionId, wait: WaitId) -> String;

    /// What a call of `StartExecution` asks for, by the task's parameters.
    fn read_call(&self, namespace: &Namespace, parameters: &Payload) -> Result<ChildCall, Failure>;

    /// Of the execution and of its state machine.
    fn arns(&self, machine: &Machine, name: &str, id: ExecutionId) -> (String, String);

    /// The call was understood and not followed.
    fn refusal(&self, namespace: &Namespace, call: &ChildCall, refused: &ChildRefused) -> Failure;
}

/// A call of `StartExecution` by a task, as far as the engine needs it.
#[derive(Debug, Clone)]
pub struct ChildCall {
    /// The name of the state machine.
    pub machine: String,
    pub qualifier: Qualifier,
    /// `None`: the execution's id is its name.
    pub name: Option<String>,
    pub input: Payload,
}

/// Why a child was not started, for good.
#[derive(Debug)]
pub enum ChildRefused {
    MachineDoesNotExist,
    /// The name belongs to another execution.
    NameTaken,
    Other(EngineError),
}
