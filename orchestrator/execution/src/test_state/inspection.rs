//! What each field made of the data, under AWS's names; up to the field that failed.

use asl::states::{Output, ResultPath};
use asl::{Payload, QueryLanguage, StateKind};
use serde_json::Value;

use super::check::Mocked;
use super::run::Limits;
use super::{Inspection, Request};
use crate::branch::Fault;
use crate::decide::Turn;
use crate::draft::Draft;

pub(super) fn inspect(
    request: &Request,
    turn: &Turn<'_>,
    mock: Option<&Mocked>,
    draft: &mut Draft,
) -> Inspection {
    let mut inspection = Inspection::default();
    inspection.documents.push(("input", request.input.clone()));
    if let Some(variables) = &request.variables {
        let variables = Payload::from_value(Value::Object(variables.clone()));
        inspection.documents.push(("variables", variables));
    }
    let result = match mock {
        Some(Mocked::Result(result)) => Some(result),
        Some(Mocked::Error(_)) | None => None,
    };
    // What fails here fails in the state's turn, too, and is told there.
    let _ = match turn.state.query_language {
        QueryLanguage::JsonPath => of_paths(request, turn, result, &mut inspection, draft),
        QueryLanguage::Jsonata => of_expressions(request, turn, result, &mut inspection, draft),
    };
    inspection
}

fn of_paths(
    request: &Request,
    turn: &Turn<'_>,
    result: Option<&Payload>,
    inspection: &mut Inspection,
    draft: &mut Draft,
) -> Result<(), Fault> {
    let context = turn.context();
    match &turn.state.kind {
        StateKind::Pass(pass) => {
            let made = if let Some(result) = &pass.result {
                Payload::from_value(result.clone())
            } else {
                after_input_path(turn, inspection)?;
                let input = turn.effective_input(&context)?;
                turn.render(pass.parameters.as_ref(), &turn.scope(&input, &context), draft)?
            };
            let name = if pass.result.is_some() { "result" } else { "afterParameters" };
            inspection.documents.push((name, made.clone()));
            after_result(turn, &pass.output, &made, inspection, draft)
        }
        StateKind::Task(task) => {
            after_input_path(turn, inspection)?;
            let input = turn.effective_input(&context)?;
            let scope = turn.scope(&input, &context);
            let arguments = turn.render(task.arguments.as_ref(), &scope, draft)?;
            inspection.documents.push(("afterParameters", arguments));
            let Some(result) = result else { return Ok(()) };
            inspection.documents.push(("result", result.clone()));
            after_result(turn, &task.output, result, inspection, draft)
        }
        StateKind::Parallel(parallel) => match result {
            Some(result) => after_result(turn, &parallel.output, result, inspection, draft),
            None => Ok(()),
        },
        StateKind::Map(map) => {
            after_input_path(turn, inspection)?;
            let limits = Limits::of(request, turn, map, draft)?;
            inspection
                .documents
                .extend(limits.items.clone().map(|items| ("afterItemsPath", items)));
            inspection.limit(&limits);
            let Some(result) = result else { return Ok(()) };
            after_result(turn, &map.output, result, inspection, draft)
        }
        StateKind::Choice(_) | StateKind::Wait(_) | StateKind::Succeed(_) | StateKind::Fail(_) => {
            after_input_path(turn, inspection)
        }
    }
}

fn of_expressions(
    request: &Request,
    turn: &Turn<'_>,
    result: Option<&Payload>,
    inspection: &mut Inspection,
    draft: &mut Draft,
) -> Result<(), Fault> {
    match &turn.state.kind {
        StateKind::Task(task) => {
            let context = turn.context();
            let scope = turn.scope(&turn.visit.input, &context);
            let arguments = turn.render(task.arguments.as_ref(), &scope, draft)?;
            inspection.documents.push(("afterArguments", arguments));
            inspection.documents.extend(result.map(|result| ("result", result.clone())));
        }
        StateKind::Map(map) => inspection.limit(&Limits::of(request, turn, map, draft)?),
        StateKind::Parallel(_)
        | StateKind::Pass(_)
        | StateKind::Choice(_)
        | StateKind::Wait(_)
        | StateKind::Succeed(_)
        | StateKind::Fail(_) => {}
    }
    Ok(())
}

fn after_input_path(turn: &Turn<'_>, inspection: &mut Inspection) -> Result<(), Fault> {
    let input = turn.effective_input(&turn.context())?;
    inspection.documents.push(("afterInputPath", input));
    Ok(())
}

fn after_result(
    turn: &Turn<'_>,
    output: &Output,
    result: &Payload,
    inspection: &mut Inspection,
    draft: &mut Draft,
) -> Result<(), Fault> {
    let Output::Placed { selector, path } = output else { return Ok(()) };
    let context = turn.context();
    let scope = turn.scope(result, &context);
    let selected = turn.render(selector.as_ref(), &scope, draft)?;
    inspection.documents.push(("afterResultSelector", selected.clone()));
    let placed = match path {
        ResultPath::Whole => selected,
        ResultPath::Discard | ResultPath::At(_) => {
            path.place(&turn.visit.input, selected).map_err(|error| turn.fault(error))?
        }
    };
    inspection.documents.push(("afterResultPath", placed));
    Ok(())
}

impl Inspection {
    fn limit(&mut self, limits: &Limits) {
        for (name, document) in [
            ("afterItemsPointer", &limits.pointed),
            ("afterItemSelector", &limits.selected),
            ("afterItemBatcher", &limits.batches),
        ] {
            self.documents.extend(document.clone().map(|document| (name, document)));
        }
        self.max_concurrency = Some(limits.max_concurrency);
        self.tolerated_failure_count = limits.tolerated_count;
        self.tolerated_failure_percentage = limits.tolerated_percentage;
    }
}
