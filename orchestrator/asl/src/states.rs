//! The eight state types, one file each.

mod assign;
mod choice;
mod fail;
mod map;
mod parallel;
mod pass;
mod succeed;
mod task;
mod wait;

pub use assign::Assign;
pub use choice::{
    Choice, ChoiceRule, Comparison, Condition, Kind, Operand, Order, Pattern, PatternError, Test,
};
pub use fail::{Fail, FailText};
pub use map::{
    CsvHeaders, Distributed, ExecutionType, Format, ItemBatcher, ItemReader, Items, Map, MapNumber,
    OutputType, ResultWriter, Source, Target, Transformation, WriterConfig,
};
pub use parallel::Parallel;
pub use pass::Pass;
pub use succeed::Succeed;
pub use task::{Seconds, Task};
pub use wait::{Wait, WaitFor};

use crate::check::{Fields, Sees, Within, read_language};
use crate::diagnostic::Fault;
use crate::expression::Expression;
use crate::machine::{DataPath, QueryLanguage, State, StateKind, Transition};
use crate::path::{Path, ReferencePath};
use crate::template::Template;

/// `ResultPath` (and a catcher's).
#[derive(Debug, Clone, PartialEq)]
pub enum ResultPath {
    /// Absent or `$`: the result replaces the input.
    Whole,
    /// `null`: the result is discarded, the input passes.
    Discard,
    At(ReferencePath),
}

/// What becomes of a result: of a state's, or of the error output that a catcher takes.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// JSONPath: through `ResultSelector` to its place in the input. `OutputPath` comes after it.
    Placed { selector: Option<Template>, path: ResultPath },
    /// JSONata: `Output`; absent: the result as it is.
    Computed(Option<Template>),
}

/// A number that is written down, or found by a path or an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Number<T> {
    Literal(T),
    Path(Path),
    Expression(Expression),
}

impl State {
    pub(crate) fn read(name: &str, fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        fields.require(&["Type"]);
        fields.language = read_language(fields);
        let comment = fields.text("Comment");
        let kind = StateKind::read(fields, within);
        let language = fields.language;
        let mut data_path = |name| match kind {
            Some(StateKind::Fail(_)) => DataPath::Whole,
            Some(_) | None => fields.data_path(name),
        };
        let (input_path, output_path) = (data_path("InputPath"), data_path("OutputPath"));
        Some(Self {
            name: name.into(),
            comment,
            query_language: language,
            input_path,
            output_path,
            assign: Assign::read_of_state(fields),
            variables_read: within.variables_read(fields.check),
            kind: kind?,
        })
    }
}

impl StateKind {
    fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        let kind = fields.get("Type");
        match kind.as_ref().and_then(|kind| kind.node.text()) {
            Some("Task") => Task::read(fields, within).map(Self::Task),
            Some("Choice") => Choice::read(fields, within).map(Self::Choice),
            Some("Wait") => Wait::read(fields, within).map(Self::Wait),
            Some("Pass") => Pass::read(fields, within).map(Self::Pass),
            Some("Succeed") => Some(Self::Succeed(Succeed::read(fields, within))),
            Some("Fail") => Some(Self::Fail(Fail::read(fields, within))),
            Some("Parallel") => Parallel::read(fields, within).map(Self::Parallel),
            Some("Map") => Map::read(fields, within).map(Self::Map),
            Some(_) | None => {
                if let Some(kind) = kind {
                    kind.report(Fault::UnknownType);
                }
                // Nothing is known of its fields, nor of the ways out of it.
                fields.accept_any();
                within.obscure();
                None
            }
        }
    }
}

impl Transition {
    fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        const EITHER: [&str; 2] = ["Next", "End"];
        let next = fields.get("Next");
        let has_end = fields.has("End");
        let ends = fields.flag("End") == Some(true);
        if ends {
            within.ends();
        }
        match (next, ends) {
            (Some(next), true) => {
                within.target(&next);
                fields.report(Fault::ExclusiveFields { fields: EITHER.to_vec() });
                None
            }
            (None, true) => Some(Self::End),
            (Some(next), false) => within.target(&next).map(Self::Next),
            (None, false) => {
                // Where it leads to is not known: no other state is called lost because of it.
                within.obscure();
                if !has_end || fields.has_false("End") {
                    fields.report(Fault::NoneOfFields { fields: EITHER.to_vec() });
                }
                None
            }
        }
    }
}

impl Output {
    pub(crate) fn read(fields: &mut Fields<'_>, sees: Sees) -> Self {
        let selector = fields.template("ResultSelector");
        Self::read_after(selector, fields, sees)
    }

    /// Where there is no `ResultSelector`.
    pub(crate) fn read_unselected(fields: &mut Fields<'_>, sees: Sees) -> Self {
        Self::read_after(None, fields, sees)
    }

    fn read_after(selector: Option<Template>, fields: &mut Fields<'_>, sees: Sees) -> Self {
        let path = ResultPath::read(fields);
        let output = fields.output(sees);
        match fields.language {
            QueryLanguage::JsonPath => Self::Placed { selector, path },
            QueryLanguage::Jsonata => Self::Computed(output),
        }
    }
}

impl ResultPath {
    pub(crate) fn read(fields: &mut Fields<'_>) -> Self {
        match fields.get("ResultPath") {
            Some(field) if field.node.is_null() => Self::Discard,
            Some(field) if field.node.text() == Some("$") => Self::Whole,
            Some(field) => field.reference_path().map_or(Self::Whole, Self::At),
            None => Self::Whole,
        }
    }
}
