//! What the expressions of one state's visit see, converted once for all of them.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use indexmap::IndexMap;
use jsonata_core::ambient;
use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorOptions};
use jsonata_core::value::JValue;
use serde_json::Value;

use crate::convert::{from_json, into_json};
use crate::draw::Draw;
use crate::error::Error;
use crate::expression::Env;
use crate::functions;

/// Deeper recursion is an error; a tail call costs no depth.
const DEPTH_MAX: usize = 500;

/// A longer sequence is an error.
const SEQUENCE_MAX: usize = 100_000;

/// `$states` and the variables of one visit of a state.
pub struct Frame {
    states: IndexMap<String, JValue>,
    variables: Vec<(String, JValue)>,
    document: JValue,
    draw: Rc<RefCell<Draw>>,
    evaluator: RefCell<Option<Evaluator>>,
}

impl Frame {
    /// `states`: the members of `$states`; `variables`: names without `$`.
    pub fn new<'v>(
        states: impl IntoIterator<Item = (&'v str, &'v Value)>,
        variables: impl IntoIterator<Item = (&'v str, &'v Value)>,
    ) -> Self {
        let convert = |(name, value): (&str, &Value)| (name.to_owned(), from_json(value));
        let states = states.into_iter().map(convert).collect();
        let variables = variables.into_iter().map(convert).collect();
        Self::of(states, variables)
    }

    fn of(states: IndexMap<String, JValue>, variables: Vec<(String, JValue)>) -> Self {
        Self {
            states,
            variables,
            document: JValue::Undefined,
            draw: Rc::new(RefCell::new(Draw::new(0))),
            evaluator: RefCell::new(None),
        }
    }

    /// The same frame with one member of `$states` more, or another in its place; what was converted is shared.
    #[must_use]
    pub fn with_state(&self, name: &str, value: &Value) -> Self {
        let mut states = self.states.clone();
        states.insert(name.to_owned(), from_json(value));
        Self::of(states, self.variables.clone())
    }

    pub(crate) fn evaluate(
        &self,
        tree: &AstNode,
        env: &mut Env<'_>,
    ) -> Result<Option<Value>, Error> {
        // An evaluator whose evaluation panicked is not put back: what it holds may be torn.
        let mut evaluator = self.evaluator.take().unwrap_or_else(|| self.evaluator());
        self.draw.replace(env.draw.clone());
        let chance = Rc::clone(&self.draw);
        let ambience = ambient::enter(
            env.now.timestamp_millis(),
            Rc::new(move || chance.borrow_mut().next_u64()),
        );
        let outcome = catch_unwind(AssertUnwindSafe(|| evaluator.evaluate(tree, &self.document)));
        drop(ambience);
        *env.draw = self.draw.borrow().clone();
        let Ok(outcome) = outcome else {
            return Err(Error::thrown("D3001", "The evaluation broke off"));
        };
        self.evaluator.replace(Some(evaluator));
        into_json(&outcome?)
    }

    fn evaluator(&self) -> Evaluator {
        let mut context = Context::new();
        context.bind("states".to_owned(), JValue::object(self.states.clone()));
        for (name, value) in &self.variables {
            context.bind(name.clone(), value.clone());
        }
        let options = EvaluatorOptions {
            timeout_ms: Some(1_000),
            max_stack_depth: Some(DEPTH_MAX),
            max_sequence_length: Some(SEQUENCE_MAX),
            ..EvaluatorOptions::default()
        };
        let mut evaluator = Evaluator::with_options(context, options);
        functions::register(&mut evaluator);
        evaluator
    }
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let variables: Vec<&str> = self.variables.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Frame")
            .field("states", &self.states)
            .field("variables", &variables)
            .finish_non_exhaustive()
    }
}
