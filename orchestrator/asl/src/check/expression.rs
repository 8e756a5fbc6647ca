//! JSONata expressions in strings, `{% … %}`: compiled, and held against what their field can see.

use std::sync::Arc;

use super::source::{Json, Member, Node};
use super::{Field, Place, template};
use crate::diagnostic::Fault;
use crate::expression::{Expression, Written};
use crate::template::{Field as TemplateField, Node as TemplateNode, Template};

/// What a field finds in `$states` beside `input` and `context`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sees {
    Input,
    /// `result`: the state has done its work.
    Result,
    /// `errorOutput`: a catcher.
    Error,
}

/// Every string of the value that has the delimiters is compiled; every one that is faulty is reported.
pub(super) fn template(field: &Field<'_>, sees: Sees) -> Option<Template> {
    template::report_repeated_fields(field.check, field.node, &field.place.pointer);
    Reader { field, sees }.node(field.node, &field.place.pointer).map(Template::new)
}

/// The field itself, which is known to be a string that wants to be an expression.
pub(super) fn single(field: &Field<'_>) -> Option<Expression> {
    let text = field.text()?;
    let found = Reader { field, sees: Sees::Input }.text(text, &field.place);
    found.ok().flatten()
}

struct Reader<'f, 'a> {
    field: &'f Field<'a>,
    sees: Sees,
}

/// It was reported.
struct Faulty;

impl Reader<'_, '_> {
    /// `None` where something in it is faulty.
    fn node(&self, node: &Node, pointer: &str) -> Option<TemplateNode> {
        match &node.json {
            Json::Null | Json::Bool(_) | Json::Number(_) => {
                Some(TemplateNode::Constant(node.to_value()))
            }
            Json::String(text) => {
                let place = Place { pointer: pointer.to_owned(), at: node.at };
                let found = self.text(text, &place).ok()?;
                let constant = || TemplateNode::Constant(node.to_value());
                Some(found.map_or_else(constant, TemplateNode::Expression))
            }
            Json::Array(items) => {
                let items = items.iter().enumerate();
                // All of them are read before the first fault counts.
                let nodes: Vec<_> = items
                    .map(|(index, item)| self.node(item, &format!("{pointer}[{index}]")))
                    .collect();
                let nodes: Option<Vec<_>> = nodes.into_iter().collect();
                Some(TemplateNode::array(nodes?, || node.to_value()))
            }
            Json::Object(members) => {
                let fields: Vec<_> =
                    members.iter().map(|member| self.member(member, pointer)).collect();
                let fields: Option<Vec<_>> = fields.into_iter().collect();
                Some(TemplateNode::object(fields?, || node.to_value()))
            }
        }
    }

    fn member(&self, member: &Member, pointer: &str) -> Option<TemplateField> {
        let node = self.node(&member.value, &format!("{pointer}/{}", member.name))?;
        Some(TemplateField::Nested { name: member.name.clone(), node })
    }

    fn text(&self, text: &str, place: &Place) -> Result<Option<Expression>, Faulty> {
        let fault = match Written::of(text) {
            Written::Text => return Ok(None),
            Written::HalfOpen => Fault::ExpressionDelimiters,
            Written::Source(source) => {
                let location = &place.pointer[self.field.state_pointer..];
                match Expression::compile(source, location) {
                    Ok(expression) => match self.unseen(&expression) {
                        None => {
                            self.tell_variables(&expression, place);
                            return Ok(Some(expression));
                        }
                        Some(fault) => fault,
                    },
                    Err(error) => Fault::NotAnExpression { reason: error.to_string() },
                }
            }
        };
        self.field.check.report(place, fault);
        Err(Faulty)
    }

    fn tell_variables(&self, expression: &Expression, place: &Place) {
        for name in expression.compiled().variables() {
            self.field.check.variables.reads(place, &Arc::from(name.as_str()));
        }
    }

    /// What the expression asks for and cannot have here.
    fn unseen(&self, expression: &Expression) -> Option<Fault> {
        let compiled = expression.compiled();
        let reads = |member: &str| compiled.states_members().contains(member);
        if compiled.functions().contains("eval") {
            return Some(Fault::Eval);
        }
        if reads("result") && self.sees != Sees::Result {
            return Some(Fault::NoResult);
        }
        (reads("errorOutput") && self.sees != Sees::Error).then_some(Fault::NoErrorOutput)
    }
}
