//! Parallel: every branch gets the same input; the outputs are joined in an array in branch order.

use super::Output;
use crate::check::{Field, Fields, Sees, Within, read_inner_flow};
use crate::machine::{Flow, Transition};
use crate::retry::{Catcher, Retrier};
use crate::template::Template;

#[derive(Debug)]
pub struct Parallel {
    pub branches: Vec<Flow>,
    /// `Parameters`, in JSONata `Arguments`: what each branch gets. Absent: the input.
    pub arguments: Option<Template>,
    pub output: Output,
    pub retry: Vec<Retrier>,
    pub catch: Vec<Catcher>,
    pub transition: Transition,
}

impl Parallel {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        fields.require(&["Branches"]);
        let branches = fields.get("Branches").and_then(|field| read_branches(&field));
        let transition = Transition::read(fields, within);
        Some(Self {
            arguments: fields.arguments(),
            output: Output::read(fields, Sees::Result),
            retry: Retrier::read_all(fields),
            catch: Catcher::read_all(fields, within),
            branches: branches?,
            transition: transition?,
        })
    }
}

fn read_branches(field: &Field<'_>) -> Option<Vec<Flow>> {
    let flows: Vec<_> = field.some_items()?.iter().map(read_branch).collect();
    flows.into_iter().collect()
}

fn read_branch(branch: &Field<'_>) -> Option<Flow> {
    let mut fields = branch.object()?;
    let flow = read_inner_flow(&mut fields);
    fields.close();
    flow
}
