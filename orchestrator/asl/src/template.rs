//! Payload templates: JSON in which a field `"name.$"` is computed by a path or an intrinsic function (JSONPath), or a
//! string `{% … %}` by an expression (JSONata).

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::Draw;
use crate::dataflow::Scope;
use crate::error::{EvalError, names};
use crate::expression;
use crate::intrinsic::{Evaluation, Expression};
use crate::path::budget::check_depth;
use crate::payload;

/// A compiled template: of `Parameters`, `ItemSelector`, `ResultSelector`; in JSONata of `Arguments`, `Output`, `Assign`.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    root: Node,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// Nothing in it is computed.
    Constant(Value),
    Array(Vec<Node>),
    Object(Vec<Field>),
    /// A string of a JSONata state.
    Expression(expression::Expression),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Field {
    Nested {
        name: String,
        node: Node,
    },
    /// `written` is the name with its `.$`: causes of errors show it.
    Computed {
        name: String,
        written: String,
        expression: Expression,
    },
}

/// What is wrong in a template, and where: a JSON pointer from the template's root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateFault {
    pub pointer: String,
    /// In AWS's words.
    pub message: String,
    /// What AWS does not say: why the value is wrong.
    pub reason: String,
}

impl Template {
    pub(crate) fn new(root: Node) -> Self {
        Self { root }
    }

    /// Whether it is one expression, and nothing round it.
    pub fn as_expression(&self) -> Option<&expression::Expression> {
        match &self.root {
            Node::Expression(expression) => Some(expression),
            Node::Constant(_) | Node::Array(_) | Node::Object(_) => None,
        }
    }

    /// In JSONPath: compiles every `.$` field, and reports every one that is wrong.
    pub fn parse(template: &Value) -> Result<Self, Vec<TemplateFault>> {
        let mut parser = Parser { pointer: String::new(), faults: Vec::new() };
        let root = parser.node(template);
        if parser.faults.is_empty() { Ok(Self { root }) } else { Err(parser.faults) }
    }

    /// Every variable that it reads, with the pointer of the field that does.
    pub(crate) fn visit_variables(&self, visit: &mut impl FnMut(&str, &Arc<str>)) {
        self.root.visit_variables("", visit);
    }

    pub fn render(&self, scope: &Scope<'_>, draw: &mut Draw) -> Result<Value, EvalError> {
        let value = self.root.render(&mut Evaluation::new(scope, draw))?;
        check_depth(&value)?;
        Ok(value)
    }
}

impl From<expression::Expression> for Template {
    fn from(expression: expression::Expression) -> Self {
        Self::new(Node::Expression(expression))
    }
}

struct Parser {
    /// Of the value that is being read.
    pointer: String,
    faults: Vec<TemplateFault>,
}

impl Parser {
    fn node(&mut self, template: &Value) -> Node {
        match template {
            Value::Array(items) => self.array(items, template),
            Value::Object(fields) => self.object(fields, template),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Node::Constant(template.clone())
            }
        }
    }

    fn array(&mut self, items: &[Value], template: &Value) -> Node {
        let items = items.iter().enumerate();
        let nodes: Vec<Node> = items
            .map(|(index, item)| self.within(&index.to_string(), |at| at.node(item)))
            .collect();
        Node::array(nodes, || template.clone())
    }

    fn object(&mut self, fields: &Map<String, Value>, template: &Value) -> Node {
        let fields: Vec<Field> = fields
            .iter()
            .filter_map(|(written, value)| self.within(written, |at| at.field(written, value)))
            .collect();
        Node::object(fields, || template.clone())
    }

    fn field(&mut self, written: &str, value: &Value) -> Option<Field> {
        let Some(name) = written.strip_suffix(".$") else {
            return Some(Field::Nested { name: written.to_owned(), node: self.node(value) });
        };
        let expression = match value {
            Value::String(text) => Expression::parse(text),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => Err("it is no text".to_owned()),
        };
        let expression = expression.and_then(|expression| {
            if name.starts_with(payload::RESERVED) {
                return Err(format!("no field's name can begin with `{}`", payload::RESERVED));
            }
            Ok(expression)
        });
        match expression {
            Ok(expression) => {
                let (name, written) = (name.to_owned(), written.to_owned());
                Some(Field::Computed { name, written, expression })
            }
            Err(reason) => {
                let message = format!(
                    "The value for the field '{written}' must be a valid JSONPath or a valid intrinsic \
                     function call"
                );
                self.faults.push(TemplateFault { pointer: self.pointer.clone(), message, reason });
                None
            }
        }
    }

    /// Reads one level down, at the field or index `token`.
    fn within<T>(&mut self, token: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.pointer.len();
        self.pointer.push_str(&step(token));
        let result = read(self);
        self.pointer.truncate(length);
        result
    }
}

/// A step of a JSON pointer.
fn step(token: &str) -> String {
    format!("/{}", token.replace('~', "~0").replace('/', "~1"))
}

impl Node {
    /// Those that paths read: expressions were told of where they were compiled.
    fn visit_variables(&self, pointer: &str, visit: &mut impl FnMut(&str, &Arc<str>)) {
        match self {
            Self::Constant(_) | Self::Expression(_) => {}
            Self::Array(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    node.visit_variables(&format!("{pointer}/{index}"), visit);
                }
            }
            Self::Object(fields) => {
                for field in fields {
                    field.visit_variables(pointer, visit);
                }
            }
        }
    }

    /// `whole` is the same array, as it is written.
    pub(crate) fn array(nodes: Vec<Self>, whole: impl FnOnce() -> Value) -> Self {
        let is_constant = |node: &Self| matches!(node, Self::Constant(_));
        if nodes.iter().all(is_constant) { Self::Constant(whole()) } else { Self::Array(nodes) }
    }

    /// `whole` is the same object, as it is written.
    pub(crate) fn object(fields: Vec<Field>, whole: impl FnOnce() -> Value) -> Self {
        let is_constant =
            |field: &Field| matches!(field, Field::Nested { node: Self::Constant(_), .. });
        if fields.iter().all(is_constant) { Self::Constant(whole()) } else { Self::Object(fields) }
    }

    fn render(&self, evaluation: &mut Evaluation<'_>) -> Result<Value, EvalError> {
        match self {
            Self::Constant(value) => Ok(value.clone()),
            Self::Expression(expression) => expression.evaluate(evaluation.scope, evaluation.draw),
            Self::Array(nodes) => nodes.iter().map(|node| node.render(evaluation)).collect(),
            Self::Object(fields) => {
                let mut object = Map::new();
                for field in fields {
                    let (name, value) = field.render(evaluation)?;
                    object.insert(name.to_owned(), value);
                }
                Ok(Value::Object(object))
            }
        }
    }
}

impl Field {
    fn visit_variables(&self, holder: &str, visit: &mut impl FnMut(&str, &Arc<str>)) {
        match self {
            Self::Nested { name, node } => {
                node.visit_variables(&format!("{holder}{}", step(name)), visit);
            }
            Self::Computed { written, expression, .. } => {
                let pointer = format!("{holder}{}", step(written));
                expression.visit_variables(&mut |name| visit(&pointer, name));
            }
        }
    }

    fn render(&self, evaluation: &mut Evaluation<'_>) -> Result<(&str, Value), EvalError> {
        match self {
            Self::Nested { name, node } => Ok((name, node.render(evaluation)?)),
            Self::Computed { name, written, expression } => {
                let value = evaluation.evaluate(expression, written)?;
                evaluation.budget.charge(&value).map_err(|exhausted| exhausted.error(written))?;
                Ok((name, value.into_owned()))
            }
        }
    }
}

/// A path or an intrinsic call that must yield a string (`ErrorPath`, `CausePath`).
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    expression: Expression,
}

impl Text {
    /// The error is the sentence for the definition's author.
    pub fn parse(text: &str) -> Result<Self, String> {
        let expression = Expression::parse(text)?;
        if let Expression::Call(call) = &expression
            && !call.function.yields_text()
        {
            return Err(format!("{} does not return a string", call.function.name()));
        }
        Ok(Self { expression })
    }

    pub(crate) fn visit_variables(&self, visit: &mut impl FnMut(&Arc<str>)) {
        self.expression.visit_variables(visit);
    }

    /// `field` is the one that holds the text: it stands in the cause of an error.
    pub fn evaluate(
        &self,
        scope: &Scope<'_>,
        draw: &mut Draw,
        field: &'static str,
    ) -> Result<String, EvalError> {
        let value = Evaluation::new(scope, draw).evaluate(&self.expression, field)?.into_owned();
        let Value::String(text) = value else {
            let cause = format!("The {field} field must refer to a string, but was: {value}");
            return Err(EvalError::new(names::RUNTIME, cause));
        };
        Ok(text)
    }
}
