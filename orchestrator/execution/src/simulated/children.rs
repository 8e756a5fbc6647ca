//! The children of a map run, each alone on its parent's clock.

use super::Simulated;
use crate::event::{Parent, StartedBy};
use crate::map_run::{MapRun, MapRunStatus, arn_below};
use crate::message::Message;
use crate::trigger::{Processor, Start, Trigger};

impl Simulated {
    /// The first open child of a map run, started; `None`: no run has one.
    pub fn begin_child(&self) -> Option<Self> {
        let running = |run: &&MapRun| run.status == MapRunStatus::Running;
        let mut runs = self.execution.map_runs().filter(running);
        let (run, number, open) = runs.find_map(|run| {
            let (number, open) = run.open.first_key_value()?;
            Some((run, *number, open))
        })?;
        let facts = self.execution.facts.as_deref()?;
        let (context, label) = (&facts.context, &run.started.label);
        let id = self.execution.id().of_child(run.wait, number, open.started_at);
        let start = Start {
            name: id.to_string(),
            execution_arn: arn_below(&context.machine_id, "execution", label, &id.to_string()),
            machine_arn: format!("{}/{label}", context.machine_id),
            started_by: StartedBy::default(),
            machine_name: format!("{}/{label}", context.machine_name),
            role_arn: context.role_arn.clone(),
            settings: facts.settings,
            parent: Some(Parent {
                execution: self.execution.id(),
                arn: context.id.clone(),
                wait: Some(run.wait),
                number: Some(number),
            }),
            input: open.input.clone(),
            processor: Some(Processor {
                start_at: run.started.start.clone(),
                timeout_seconds: None,
            }),
            express: None,
        };
        let mut child = Self::of(self.machine.clone(), id, self.now);
        child.start(start).expect("a new execution can start");
        Some(child)
    }

    /// Hears what became of its child. Answers whether the child has ended.
    pub fn end_child(&mut self, child: &Self) -> bool {
        self.now = self.now.max(child.now);
        let told =
            child.sent.iter().find(|sent| matches!(sent.message, Message::ChildEnded { .. }));
        let Some(told) = told else { return false };
        let trigger = Trigger::Message(Box::new(told.message.clone()));
        self.send(trigger).expect("the run waits for it");
        true
    }
}
