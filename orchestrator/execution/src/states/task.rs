//! Task: work for a task queue.

use std::sync::Arc;

use asl::dataflow::Scope;
use asl::resource::{Pattern, ResourceKind};
use asl::states::Seconds;
use asl::{Context, Payload};
use serde_json::Value;

use crate::branch::Fault;
use crate::decide::{Next, Turn, deadline};
use crate::draft::Draft;
use crate::event::{EventKind, TaskFamily, TaskScheduled};
use crate::id::ExecutionId;

pub(crate) fn begin(
    turn: &Turn<'_>,
    task: &asl::states::Task,
    draft: &mut Draft,
) -> Result<Next, Fault> {
    let context = context(turn, task, draft);
    let input = turn.effective_input(&context)?;
    let scope = turn.scope(&input, &context);
    let timeout_seconds =
        seconds(turn, task.timeout.as_ref(), &scope, "TimeoutSecondsPath", draft)?;
    let heartbeat_seconds =
        seconds(turn, task.heartbeat.as_ref(), &scope, "HeartbeatSecondsPath", draft)?;
    let payload = turn.render(task.arguments.as_ref(), &scope, draft)?;
    turn.check_size(&payload, &turn.visit.state)?;
    let (queue, family) = addressee(turn, task, &payload)?;
    let scheduled = TaskScheduled {
        state: turn.state.name.clone(),
        queue,
        family,
        resource: task.resource.text.clone(),
        region: turn.facts.region.clone(),
        attempt: turn.visit.retry_count() + 1,
        timeout_seconds,
        heartbeat_seconds,
        credentials_role: credentials_role(turn, task, &scope, draft)?,
        callback: None,
        child: None,
    };
    schedule(turn, task, (scheduled, payload), draft);
    Ok(Next::Stay)
}

/// `$$`, with the token of the wait that the next event will begin, where the task has one.
fn context(turn: &Turn<'_>, task: &asl::states::Task, draft: &Draft) -> Context {
    let context = turn.context();
    if !task.resource.has_token() {
        return context;
    }
    context.with_task_token(turn.tokens.of(draft.next_wait()))
}

fn schedule(
    turn: &Turn<'_>,
    task: &asl::states::Task,
    (mut scheduled, payload): (TaskScheduled, Payload),
    draft: &mut Draft,
) {
    if task.resource.starts_execution() {
        let random = u128::from(draft.draw.next_u64()) << 64 | u128::from(draft.draw.next_u64());
        let id = ExecutionId::new(turn.now, turn.execution.id().home(), random);
        scheduled.child = Some(id);
        start_at_once(turn, (scheduled, payload), draft);
        return;
    }
    if task.resource.has_token() {
        scheduled.callback = Some(draft.next_wait());
        draft.internal(turn.id, EventKind::CallbackOpened);
    }
    let kind = EventKind::TaskScheduled(Arc::new(scheduled));
    draft.push(turn.id, turn.branch.last, Some(payload), kind);
}

/// What the orchestrator does itself waits for no worker.
fn start_at_once(
    turn: &Turn<'_>,
    (scheduled, payload): (TaskScheduled, Payload),
    draft: &mut Draft,
) {
    let started = EventKind::TaskStarted {
        wait: draft.next_wait(),
        worker: None,
        deadline: Some(deadline(&scheduled, turn.facts.settings, turn.now)),
        heartbeat_seconds: scheduled.heartbeat_seconds,
        again: false,
        is_silent: false,
        family: scheduled.family.clone(),
    };
    let kind = EventKind::TaskScheduled(Arc::new(scheduled));
    let scheduled = draft.push(turn.id, turn.branch.last, Some(payload), kind);
    draft.push(turn.id, scheduled, None, started);
}

pub(crate) fn finish(turn: &Turn<'_>, result: &Payload, draft: &mut Draft) -> Result<Next, Fault> {
    let asl::StateKind::Task(task) = &turn.state.kind else {
        return Err(turn.runtime("the definition no longer has a Task here"));
    };
    let context = turn.context();
    let scope = turn.scope(&turn.visit.input, &context).with_result(result);
    let output = turn.make(&task.output, result.clone(), &scope, draft)?;
    let assigned = turn.assign(&turn.state.assign, result, &scope, draft)?;
    Ok(Next::exit(output, assigned, task.transition))
}

fn seconds(
    turn: &Turn<'_>,
    seconds: Option<&Seconds>,
    scope: &Scope<'_>,
    field: &'static str,
    draft: &mut Draft,
) -> Result<Option<u64>, Fault> {
    let seconds = seconds.map(|seconds| seconds.resolve(scope, &mut draft.draw, field));
    seconds.transpose().map_err(|error| turn.fault(error))
}

fn credentials_role(
    turn: &Turn<'_>,
    task: &asl::states::Task,
    scope: &Scope<'_>,
    draft: &mut Draft,
) -> Result<Option<Arc<str>>, Fault> {
    let Some(template) = &task.credentials else { return Ok(None) };
    let credentials = turn.render(Some(template), scope, draft)?;
    match credentials.value().get("RoleArn") {
        Some(Value::String(role)) => Ok(Some(role.as_str().into())),
        Some(_) | None => {
            Err(turn.runtime("The field 'RoleArn' of the credentials must be a string."))
        }
    }
}

/// Which queue serves the task, and how the history speaks of it.
fn addressee(
    turn: &Turn<'_>,
    task: &asl::states::Task,
    payload: &Payload,
) -> Result<(Arc<str>, TaskFamily), Fault> {
    match &task.resource.kind {
        ResourceKind::Activity { queue } => Ok((queue.clone(), TaskFamily::Activity)),
        ResourceKind::Lambda { function } => Ok((function.clone(), TaskFamily::Lambda)),
        ResourceKind::Service { service, action, pattern } => {
            let named: Arc<str> = match pattern {
                Pattern::RequestResponse => action.clone(),
                Pattern::Sync => format!("{action}.sync").into(),
                Pattern::Sync2 => format!("{action}.sync:2").into(),
                Pattern::WaitForTaskToken => format!("{action}.waitForTaskToken").into(),
            };
            // With a token the worker makes the call and no more; else all that the name says is its work.
            let work = if task.resource.has_token() { action } else { &named };
            let queue = match (&**service, &**work) {
                ("lambda", "invoke") => function_of(turn, payload)?,
                // It has no token to pass on.
                ("http", _) if &*named == "invoke" => "http:invoke".into(),
                ("http", _) => return Err(not_served(turn, task)),
                (service, work) => format!("{service}:{work}").into(),
            };
            Ok((queue, TaskFamily::Service { service: service.clone(), action: named }))
        }
    }
}

/// What the orchestrator itself will serve one day is no work for a queue meanwhile.
fn not_served(turn: &Turn<'_>, task: &asl::states::Task) -> Fault {
    turn.runtime(&format!(
        "The resource '{}' is not served by this version of Everstep.",
        task.resource.text
    ))
}

/// `FunctionName` is a name, or an ARN, whole or in part, with or without a version.
fn function_of(turn: &Turn<'_>, payload: &Payload) -> Result<Arc<str>, Fault> {
    let Some(Value::String(name)) = payload.value().get("FunctionName") else {
        return Err(turn.runtime("The field 'FunctionName' of the parameters must be a string."));
    };
    let name = name.rsplit_once("function:").map_or(&**name, |(_, name)| name);
    let name = name.split(':').next().unwrap_or(name);
    if let Err(error) = asl::resource::check_name(name) {
        return Err(turn.runtime(&format!("The field 'FunctionName' names no function: {error}.")));
    }
    Ok(name.into())
}

impl TaskScheduled {
    /// What the worker gets of the event's payload: of `lambda:invoke` the function's own.
    pub fn worker_input(&self, payload: &Payload) -> Payload {
        if !self.is_lambda_invoke() {
            return payload.clone();
        }
        match payload.value().get("Payload") {
            Some(input) => Payload::from_value(input.clone()),
            None => Payload::trusted("{}"),
        }
    }

    /// The task's result from the worker's: of `lambda:invoke` in Lambda's envelope.
    pub(crate) fn result_of(&self, output: Payload) -> Payload {
        if !self.is_lambda_invoke() {
            return output;
        }
        let text = output.text();
        Payload::trusted(format!(
            r#"{{"ExecutedVersion":"$LATEST","Payload":{text},"StatusCode":200}}"#
        ))
    }

    /// How AWS names it where its result is too large.
    pub(crate) fn limit_name(&self) -> &str {
        match &self.family {
            TaskFamily::Activity | TaskFamily::Lambda => &self.resource,
            TaskFamily::Service { service, .. } => service,
        }
    }

    fn is_lambda_invoke(&self) -> bool {
        match &self.family {
            TaskFamily::Service { service, action } => {
                let call = action.strip_suffix(".waitForTaskToken").unwrap_or(action);
                &**service == "lambda" && call == "invoke"
            }
            TaskFamily::Activity | TaskFamily::Lambda => false,
        }
    }
}
