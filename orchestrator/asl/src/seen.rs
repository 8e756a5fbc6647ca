//! What JSONata expressions see, in JSONata's own values: converted once for all fields of a state's visit, and no
//! member of `$states` and no variable that none of them names.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jsonata::{Draw, Env, Frame, Steps};
use serde_json::Value;

use crate::dataflow::Scope;
use crate::payload::Payload;

/// Filled by the first expression that asks.
#[derive(Debug, Default)]
pub(crate) struct Expressions {
    seen: RefCell<Seen>,
    pub(crate) steps: Steps,
}

#[derive(Debug, Default)]
struct Seen {
    frame: Option<Frame>,
    members: BTreeSet<&'static str>,
    variables: BTreeSet<String>,
}

impl Expressions {
    pub(crate) fn evaluate(
        &self,
        expression: &jsonata::Expression,
        scope: &Scope<'_>,
        draw: &mut Draw,
    ) -> Result<Option<Value>, jsonata::Error> {
        let mut seen = self.seen.borrow_mut();
        let frame = seen.frame_for(expression, scope, &self.steps);
        expression.evaluate(frame, &mut Env { now: scope.context.now, draw })
    }

    /// The same state with another context object: everything else stays converted.
    pub(crate) fn without_context(&self) -> Self {
        let seen = self.seen.borrow();
        let members = seen.members.iter().copied().filter(|member| *member != "context");
        let kept = Seen {
            frame: seen.frame.as_ref().map(|frame| frame.with_state("context", &Value::Null)),
            members: members.collect(),
            variables: seen.variables.clone(),
        };
        Self { seen: RefCell::new(kept), steps: self.steps.clone() }
    }

    /// Another document's: nothing is converted.
    pub(crate) fn anew(&self) -> Self {
        Self { seen: RefCell::default(), steps: self.steps.clone() }
    }
}

impl Seen {
    fn frame_for(
        &mut self,
        expression: &jsonata::Expression,
        scope: &Scope<'_>,
        steps: &Steps,
    ) -> &Frame {
        // What was converted for others may have been theirs to pay for.
        let mut frame = self.frame.take().unwrap_or_else(|| Frame::new([], [])).sharing(steps);
        for (member, value) in members(scope) {
            let is_read =
                expression.reads_whole_states() || expression.states_members().contains(member);
            if let Some(value) = value.filter(|_| is_read && self.members.insert(member)) {
                frame = frame.with_state(member, value.value());
            }
        }
        for name in expression.variables() {
            let value = scope.variables.get(name);
            if let Some(value) = value.filter(|_| self.variables.insert(name.clone())) {
                frame = frame.with_variable(name, value.value());
            }
        }
        self.frame.insert(frame)
    }
}

/// A document of `$states`, made JSON when it is asked for.
enum Member<'s> {
    Payload(&'s Payload),
    Context(&'s crate::Context),
}

impl<'s> Member<'s> {
    fn value(&self) -> &'s Value {
        match self {
            Self::Payload(payload) => payload.value(),
            Self::Context(context) => context.value(),
        }
    }
}

/// `$states`, in AWS's order.
fn members<'s>(scope: &Scope<'s>) -> [(&'static str, Option<Member<'s>>); 4] {
    [
        ("input", Some(Member::Payload(scope.input))),
        ("result", scope.result.map(Member::Payload)),
        ("context", Some(Member::Context(scope.context))),
        ("errorOutput", scope.error_output.map(Member::Payload)),
    ]
}
