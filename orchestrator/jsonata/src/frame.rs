//! What the expressions of one state's visit see, converted once for all of them.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use indexmap::IndexMap;
use jsonata_core::ambient::{self, Budget};
use jsonata_core::ast::AstNode;
use jsonata_core::evaluator::{Context, Evaluator, EvaluatorOptions};
use jsonata_core::value::JValue;
use serde_json::Value;

use crate::convert::{from_json, into_json};
use crate::draw::Draw;
use crate::error::Error;
use crate::expression::Env;
use crate::functions;
use crate::steps::Steps;

/// Deeper recursion is an error; a tail call costs no depth.
const DEPTH_MAX: usize = 1_000;

/// What the values of one evaluation may take while they live.
const BYTES_MAX: usize = 32 << 20;

/// `$states` and the variables of one visit of a state.
pub struct Frame {
    states: IndexMap<String, JValue>,
    variables: Vec<(String, JValue)>,
    document: JValue,
    plain: bool,
    draw: Rc<RefCell<Draw>>,
    evaluator: RefCell<Option<Evaluator>>,
    steps: Steps,
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
        Self::of(states, variables, Steps::default())
    }

    /// The same frame, paid for from `steps`.
    #[must_use]
    pub fn sharing(self, steps: &Steps) -> Self {
        Self { steps: steps.clone(), ..self }
    }

    fn of(
        states: IndexMap<String, JValue>,
        variables: Vec<(String, JValue)>,
        steps: Steps,
    ) -> Self {
        Self {
            states,
            variables,
            document: JValue::Undefined,
            plain: false,
            draw: Rc::new(RefCell::new(Draw::new(0))),
            evaluator: RefCell::new(None),
            steps,
        }
    }

    /// The same frame with one member of `$states` more, or another in its place; what was converted is shared.
    #[must_use]
    pub fn with_state(&self, name: &str, value: &Value) -> Self {
        let mut states = self.states.clone();
        states.insert(name.to_owned(), from_json(value));
        Self::of(states, self.variables.clone(), self.steps.clone())
    }

    /// Of an expression outside of any state: over a document (`$`; none: undefined), with what is bound to names, and
    /// in JSONata as it is without AWS's changes.
    pub fn of_document<'v>(
        document: Option<&Value>,
        bindings: impl IntoIterator<Item = (&'v str, &'v Value)>,
    ) -> Self {
        let document = document.map_or(JValue::Undefined, from_json);
        Self { document, plain: true, ..Self::new([], bindings) }
    }

    /// The same frame with one variable more, or another value for one.
    #[must_use]
    pub fn with_variable(&self, name: &str, value: &Value) -> Self {
        let others = self.variables.iter().filter(|(other, _)| other != name).cloned();
        let variables = others.chain([(name.to_owned(), from_json(value))]).collect();
        Self::of(self.states.clone(), variables, self.steps.clone())
    }

    pub(crate) fn evaluate(
        &self,
        tree: &AstNode,
        env: &mut Env<'_>,
    ) -> Result<Option<Value>, Error> {
        // An evaluator whose evaluation failed is not put back: what it holds may be torn.
        let mut evaluator = self.evaluator.take().unwrap_or_else(|| self.evaluator());
        self.draw.replace(env.draw.clone());
        let budget = Budget { steps: self.steps.left(), bytes: BYTES_MAX };
        let ambience = ambient::enter(env.now.timestamp_millis(), self.chance(), budget);
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let value = evaluator.evaluate(tree, &self.document);
            let json = value.map_err(Error::from).and_then(|value| into_json(&value));
            // What can't fail stops early with any answer where the budget is spent: this says so.
            ambient::step(0)?;
            json
        }));
        self.steps.leave(ambient::left());
        drop(ambience);
        *env.draw = self.draw.borrow().clone();
        let outcome =
            outcome.unwrap_or_else(|_| Err(Error::thrown("U1006", "The evaluation broke off")));
        if outcome.is_ok() {
            self.evaluator.replace(Some(evaluator));
        }
        outcome
    }

    fn chance(&self) -> Rc<dyn Fn() -> u64> {
        let draw = Rc::clone(&self.draw);
        Rc::new(move || draw.borrow_mut().next_u64())
    }

    fn evaluator(&self) -> Evaluator {
        let mut context = Context::new();
        if !self.plain {
            context.bind("states".to_owned(), JValue::object(self.states.clone()));
        }
        for (name, value) in &self.variables {
            context.bind(name.clone(), value.clone());
        }
        let options =
            EvaluatorOptions { max_stack_depth: Some(DEPTH_MAX), ..EvaluatorOptions::default() };
        let mut evaluator = Evaluator::with_options(context, options);
        functions::register_chance(&mut evaluator);
        if !self.plain {
            functions::register_of_aws(&mut evaluator);
        }
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
