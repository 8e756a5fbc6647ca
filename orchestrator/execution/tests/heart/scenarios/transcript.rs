//! What a step led to, as a scenario writes it down: its events, and what the execution waits for afterwards.

use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use execution::event::{Event, EventKind};
use execution::wait::{OpenBranch, WaitKind};
use execution::{Message, Seq};

use execution::simulated::Simulated;

pub(super) fn of_step(simulated: &mut Simulated, step: &str) -> String {
    let before = simulated.execution.last_seq();
    let trigger = super::trigger_of(simulated, step);
    let refusal = trigger.and_then(|trigger| simulated.send(trigger).err());
    let mut text = String::new();
    if let Some(refusal) = refusal {
        writeln!(text, "refused: {refusal}").unwrap();
    }
    let first = usize::try_from(before.0).unwrap();
    for (seq, event) in (before.0 + 1..).map(Seq).zip(&simulated.events()[first..]) {
        writeln!(text, "{}", line_of(seq, event)).unwrap();
    }
    for sent in simulated.sent.drain(..) {
        let what = match sent.message {
            Message::ChildEnded { wait, child, .. } => {
                format!("ChildEnded, wait {}, {:?}", wait.0, child.status)
            }
            Message::ParentLeft { .. } => "ParentLeft".to_owned(),
        };
        writeln!(text, "  sends {what}").unwrap();
    }
    for branch in simulated.execution.open_branches() {
        writeln!(text, "  open {}", open(&branch)).unwrap();
    }
    if !simulated.is_running() {
        writeln!(text, "  {:?}", simulated.execution.status()).unwrap();
    }
    text
}

/// `SEQ bBRANCH KIND PAYLOAD`: the kind as the code spells it, `<- ID` the public event that it follows.
fn line_of(seq: Seq, event: &Event) -> String {
    // What the definition does not decide is left out.
    let kind = if let EventKind::ExecutionStarted(_) = &event.kind {
        "ExecutionStarted".to_owned()
    } else if let EventKind::TaskScheduled(task) = &event.kind {
        format!("TaskScheduled {} to {}, attempt {}", task.state, task.queue, task.attempt)
    } else if let EventKind::StateExited { state, state_type, next, assigned: _ } = &event.kind {
        format!("StateExited {{ state: {state}, state_type: {state_type:?}, next: {next:?} }}")
    } else {
        format!("{:?}", event.kind)
    };
    let follows =
        if event.kind.is_public() { format!(" <- {}", event.previous.0) } else { String::new() };
    let payload =
        event.payload.as_ref().map_or_else(String::new, |payload| format!(" {}", payload.text()));
    let kind = kind.replace('"', "");
    format!("{} b{} {kind}{follows}{payload}{}", seq.0, event.branch.0, assigned(&event.kind))
}

/// ` $NAME = VALUE` for each variable.
fn assigned(kind: &EventKind) -> String {
    let EventKind::StateExited { assigned, .. } = kind else { return String::new() };
    let assigned = assigned.iter().map(|it| format!(" ${} = {}", it.name, it.value.text()));
    assigned.collect::<Vec<_>>().concat()
}

fn open(branch: &OpenBranch) -> String {
    let at = |instant: DateTime<Utc>| instant.format("%H:%M:%S").to_string();
    let what = match &branch.waits_for {
        WaitKind::Nothing => "waits for nothing".to_owned(),
        WaitKind::Task(task) => {
            let until = task.started.as_ref().and_then(|started| started.deadline);
            let started =
                until.map_or_else(String::new, |until| format!(" started, until {}", at(until)));
            format!("task {} in {}, attempt {}{started}", task.wait.0, task.queue, task.attempt)
        }
        WaitKind::Retry { wait, until, .. } => {
            format!("retry {} at {}", wait.0, at(*until))
        }
        WaitKind::Timer { wait, until } => format!("timer {} at {}", wait.0, at(*until)),
        WaitKind::Join { open, not_begun } => format!("{open} children, {not_begun} not begun"),
    };
    format!("b{} {}: {what}", branch.branch.0, branch.state)
}
