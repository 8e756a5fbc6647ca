//! What an expression reads that it does not bind itself, found without evaluating it.

use std::collections::BTreeSet;

use jsonata_core::ast::{AstNode, BinaryOp, PathStep, Stage};

/// Free names of an expression.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// Variables, without `$` and without `states`.
    pub(crate) variables: BTreeSet<String>,
    /// Members of `$states`.
    pub(crate) states: BTreeSet<String>,
    /// Whether it reads `$states` other than by a member's name.
    pub(crate) whole_states: bool,
    /// Functions that it calls by name, without `$`.
    pub(crate) functions: BTreeSet<String>,
    /// Whether it reads the document at its top level.
    pub(crate) document: bool,
    /// Pattern and flags of each regular expression.
    pub(crate) regexes: Vec<(String, String)>,
}

/// Where the walk stands: the names bound round it, a list for each block and function, and whether `$` is the document.
struct Walk {
    reads: Reads,
    scopes: Vec<BTreeSet<String>>,
}

impl Reads {
    pub(crate) fn of(tree: &AstNode) -> Self {
        let mut walk = Walk { reads: Self::default(), scopes: vec![BTreeSet::new()] };
        walk.node(tree, true);
        walk.reads
    }
}

impl Walk {
    fn bind(&mut self, name: &str) {
        self.scopes.last_mut().expect("the outermost scope stays").insert(name.to_owned());
    }

    fn bound(&self, name: &str) -> bool {
        self.scopes.iter().any(|scope| scope.contains(name))
    }

    fn within(&mut self, walk: impl FnOnce(&mut Self)) {
        self.scopes.push(BTreeSet::new());
        walk(self);
        self.scopes.pop();
    }

    fn variable(&mut self, name: &str, top: bool) {
        if name.is_empty() {
            self.reads.document |= top;
        } else if name == "states" {
            self.reads.whole_states = true;
        } else if !self.bound(name) {
            self.reads.variables.insert(name.to_owned());
        }
    }

    fn all<'a>(&mut self, nodes: impl IntoIterator<Item = &'a AstNode>, top: bool) {
        for node in nodes {
            self.node(node, top);
        }
    }

    fn pairs(&mut self, pairs: &[(AstNode, AstNode)], top: bool) {
        for (key, value) in pairs {
            self.node(key, top);
            self.node(value, top);
        }
    }

    /// `top`: `$` is the document here, not an item of something.
    fn node(&mut self, node: &AstNode, top: bool) {
        match node {
            AstNode::String(_)
            | AstNode::Number(_)
            | AstNode::Boolean(_)
            | AstNode::Null
            | AstNode::Undefined
            | AstNode::Placeholder => {}
            AstNode::Regex { pattern, flags } => {
                self.reads.regexes.push((pattern.clone(), flags.clone()));
            }
            AstNode::Name(_) | AstNode::Wildcard | AstNode::Descendant | AstNode::Parent(_) => {
                self.reads.document |= top;
            }
            AstNode::ParentVariable(_) => self.reads.document = true,
            AstNode::Variable(name) => self.variable(name, top),
            AstNode::Path { steps } => self.path(steps, top),
            AstNode::Binary { op, lhs, rhs } => self.binary(*op, lhs, rhs, top),
            AstNode::Unary { operand, .. } => self.node(operand, top),
            AstNode::Function { name, args, .. } => {
                if !self.bound(name) {
                    self.reads.functions.insert(name.clone());
                }
                self.all(args, top);
            }
            AstNode::Call { procedure, args } => {
                self.node(procedure, top);
                self.all(args, top);
            }
            AstNode::Lambda { params, body, .. } => self.within(|walk| {
                for name in params {
                    walk.bind(name);
                }
                walk.node(body, top);
            }),
            AstNode::Array(items) | AstNode::ArrayGroup(items) => self.all(items, top),
            AstNode::Object(pairs) => self.pairs(pairs, top),
            AstNode::ObjectTransform { input, pattern } => {
                self.node(input, top);
                self.pairs(pattern, false);
            }
            AstNode::Block(nodes) => self.within(|walk| walk.all(nodes, top)),
            AstNode::Conditional { condition, then_branch, else_branch } => {
                self.node(condition, top);
                self.node(then_branch, top);
                self.all(else_branch.as_deref(), top);
            }
            AstNode::FunctionApplication(inner) => self.node(inner, top),
            AstNode::Sort { input, terms } => {
                self.node(input, top);
                self.all(terms.iter().map(|(term, _)| term), false);
            }
            AstNode::Transform { location, update, delete } => {
                self.all([&**location, &**update], false);
                self.all(delete.as_deref(), false);
            }
        }
    }

    fn binary(&mut self, op: BinaryOp, lhs: &AstNode, rhs: &AstNode, top: bool) {
        match (op, lhs) {
            (BinaryOp::ColonEqual, AstNode::Variable(name)) => {
                // A function may call itself by the name it is given.
                if matches!(rhs, AstNode::Lambda { .. }) {
                    self.bind(name);
                }
                self.node(rhs, top);
                self.bind(name);
            }
            _ => self.all([lhs, rhs], top),
        }
    }

    fn path(&mut self, steps: &[PathStep], top: bool) {
        for (index, step) in steps.iter().enumerate() {
            if !self.member_of_states(step, steps.get(index + 1)) {
                self.node(&step.node, top && index == 0);
            }
            for name in step.focus.iter().chain(&step.index_var) {
                self.bind(name);
            }
            for stage in &step.stages {
                self.stage(stage);
            }
        }
    }

    fn stage(&mut self, stage: &Stage) {
        match stage {
            Stage::Filter(filter) => self.node(filter, false),
            Stage::KeepArray => {}
            Stage::Index(name) => self.bind(name),
        }
    }

    /// `$states` with the name of a member behind it, and nothing between.
    fn member_of_states(&mut self, step: &PathStep, next: Option<&PathStep>) -> bool {
        let is_states = matches!(&step.node, AstNode::Variable(name) if name == "states");
        match next.map(|next| &next.node) {
            Some(AstNode::Name(member)) if is_states && step.stages.is_empty() => {
                self.reads.states.insert(member.clone());
                true
            }
            Some(_) | None => false,
        }
    }
}
