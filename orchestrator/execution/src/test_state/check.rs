//! What AWS refuses before it runs anything, in its order and words.

use asl::{Payload, StateId, StateKind, StateMachine};

use super::{Mock, Refused, Request, Validation, answers};
use crate::event::{Failure, StateType};

/// What stands in the place of the state's work.
#[derive(Debug)]
pub(super) enum Mocked {
    Result(Payload),
    Error(Failure),
}

impl From<Result<Payload, Failure>> for Mocked {
    fn from(called: Result<Payload, Failure>) -> Self {
        match called {
            Ok(result) => Self::Result(result),
            Err(failure) => Self::Error(failure),
        }
    }
}

pub(super) fn check(
    request: &Request,
    machine: &StateMachine,
    state: StateId,
) -> Result<Option<Mocked>, Refused> {
    let kind = &machine.state(state).kind;
    let Some(mock) = &request.mock else {
        without_mock(kind)?;
        return Ok(request.called.clone().map(Mocked::from));
    };
    if request.reveal_secrets {
        return refuse("TestState does not support RevealSecrets when a mock is specified.");
    }
    match (&mock.result, &mock.error) {
        (Some(_), Some(_)) | (None, None) => refuse(
            "A test mock should have only one of the following fields: [result, errorOutput].",
        ),
        (None, Some(error)) => accepts_mock(kind).map(|()| Some(Mocked::Error(error.clone()))),
        (Some(text), None) => {
            accepts_mock(kind)?;
            let Ok(result) = Payload::parse(text.as_str()) else {
                return refuse("Mocked result must be valid JSON");
            };
            check_result(request, kind, mock, &result)?;
            Ok(Some(Mocked::Result(result)))
        }
    }
}

fn refuse<T>(message: impl Into<String>) -> Result<T, Refused> {
    Err(Refused::Validation(message.into()))
}

fn without_mock(kind: &StateKind) -> Result<(), Refused> {
    match kind {
        StateKind::Map(_) | StateKind::Parallel(_) => Err(Refused::Unsupported(
            "TestState API does not support Map or Parallel states. Supported state types include: [Task, Wait, Pass, Succeed, Fail, Choice]".to_owned(),
        )),
        StateKind::Task(task) if task.resource.calls_http() || task.resource.is_plain_work() => {
            Ok(())
        }
        // AWS asks for a mock, too: of an activity, and of what waits for more than an answer.
        StateKind::Task(task) => refuse(format!(
            "A Task on '{}' is tested with a mock: give its result or its errorOutput",
            task.resource.text
        )),
        StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Pass(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => Ok(()),
    }
}

fn accepts_mock(kind: &StateKind) -> Result<(), Refused> {
    match kind {
        StateKind::Task(_) | StateKind::Map(_) | StateKind::Parallel(_) => Ok(()),
        StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Pass(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => {
            let name = StateType::of(kind).name();
            refuse(format!("State type '{name}' is not supported when a mock is specified"))
        }
    }
}

fn check_result(
    request: &Request,
    kind: &StateKind,
    mock: &Mock,
    result: &Payload,
) -> Result<(), Refused> {
    let items = result.value().as_array().map(Vec::len);
    match kind {
        StateKind::Parallel(parallel) => match items {
            None => refuse("Mocked result must be an array."),
            Some(count) if count != parallel.branches.len() => refuse(
                "Mocked result must contain the same number of items as number of Parallel branches.",
            ),
            Some(_) => Ok(()),
        },
        StateKind::Map(map) => {
            let writes = map.distributed.as_ref().is_some_and(|it| it.writer.is_some());
            let failures = request.configuration.map_iteration_failure_count.unwrap_or(0);
            match items {
                None if !writes => refuse("Mocked result must be an array."),
                Some(count) if failures > count as u64 => refuse(
                    "Map iteration failure count must be less than or equal to the number of Map iterations",
                ),
                None | Some(_) => Ok(()),
            }
        }
        StateKind::Task(task) if mock.validation != Validation::None => {
            let is_complete = mock.validation == Validation::Strict;
            answers::check(&task.resource, result.value(), is_complete)
                .or_else(|fault| refuse(format!("Mock result schema validation error: {fault}")))
        }
        StateKind::Task(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Pass(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => Ok(()),
    }
}
