//! Parallel: every branch gets the same input; the outputs are joined in an array in branch order.

use super::ResultPath;
use crate::check::{Field, Fields, Within, read_inner_flow};
use crate::machine::{Flow, Transition};
use crate::retry::{Catcher, Retrier};
use crate::template::Template;

#[derive(Debug)]
pub struct Parallel {
    pub branches: Vec<Flow>,
    pub parameters: Option<Template>,
    pub result_selector: Option<Template>,
    pub result_path: ResultPath,
    pub retry: Vec<Retrier>,
    pub catch: Vec<Catcher>,
    pub transition: Transition,
}

impl Parallel {
    pub(crate) fn read(fields: &mut Fields<'_>, within: Within<'_>) -> Option<Self> {
        fields.require(&["Branches"]);
        fields.variables();
        fields.expression("Arguments");
        fields.expression("Output");
        let branches = fields.get("Branches").and_then(|field| read_branches(&field));
        let transition = Transition::read(fields, within);
        Some(Self {
            parameters: fields.template("Parameters"),
            result_selector: fields.template("ResultSelector"),
            result_path: ResultPath::read(fields),
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
