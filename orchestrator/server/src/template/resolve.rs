//! `Ref`, `Fn::GetAtt`, `Fn::Join` and `Fn::Sub`, with what is known before a deployment. Anything else is refused by its place.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Fault, Template, alias, kind};

/// In a place: that what follows is the name of a resource that is referred to there.
const NAMED_BY: &str = " -> ";
/// A name may be made of another's, and that of a third's.
const NAMES_DEEP_MAX: usize = 8;

/// What the command line says of a template.
#[derive(Debug, Default)]
pub(crate) struct Given {
    pub(crate) parameters: BTreeMap<String, String>,
    /// `Id` for its Ref, `Id.Attribute` for an attribute.
    pub(crate) resources: BTreeMap<String, String>,
    pub(crate) stack: String,
}

/// Where names are looked up. Partition, region and account are the namespace's.
#[derive(Debug)]
pub(crate) struct Scope<'a> {
    pub(crate) template: &'a Template,
    pub(crate) given: &'a Given,
    pub(crate) partition: String,
    pub(crate) region: String,
    pub(crate) account: String,
}

impl Scope<'_> {
    pub(crate) fn machine_arn(&self, name: &str) -> String {
        let Self { partition, region, account, .. } = self;
        format!("arn:{partition}:states:{region}:{account}:stateMachine:{name}")
    }

    /// The name in the ARN of a machine of this namespace.
    pub(super) fn machine_named<'n>(&self, arn: &'n str) -> Option<&'n str> {
        let name = arn.strip_prefix(self.machine_arn("").as_str())?;
        (!name.is_empty() && !name.contains(':')).then_some(name)
    }

    pub(crate) fn activity_arn(&self, name: &str) -> String {
        let Self { partition, region, account, .. } = self;
        format!("arn:{partition}:states:{region}:{account}:activity:{name}")
    }

    /// None where it is `AWS::NoValue`.
    pub(super) fn resolve(&self, value: &Value, place: &str) -> Result<Option<Value>, Fault> {
        match value {
            Value::Object(fields) => match intrinsic(fields) {
                Some(("Ref", name)) => self.reference(&text_of(name, place)?, place),
                Some((function, argument)) => {
                    let place = format!("{place}.{function}");
                    self.function(function, argument, &place).map(|it| Some(Value::String(it)))
                }
                None => self.object(fields, place).map(Some),
            },
            Value::Array(items) => {
                let mut resolved = Vec::new();
                for (index, item) in items.iter().enumerate() {
                    resolved.extend(self.resolve(item, &format!("{place}[{index}]"))?);
                }
                Ok(Some(Value::Array(resolved)))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
                Ok(Some(value.clone()))
            }
        }
    }

    fn object(&self, fields: &Map<String, Value>, place: &str) -> Result<Value, Fault> {
        let mut resolved = Map::new();
        for (name, value) in fields {
            let value = self.resolve(value, &format!("{place}.{name}"))?;
            resolved.extend(value.map(|value| (name.clone(), value)));
        }
        Ok(Value::Object(resolved))
    }

    /// A scalar's text.
    fn text(&self, value: &Value, place: &str) -> Result<String, Fault> {
        let resolved = self.resolve(value, place)?;
        text_of(resolved.as_ref().unwrap_or(&Value::Null), place)
    }

    fn reference(&self, name: &str, place: &str) -> Result<Option<Value>, Fault> {
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        self.named(name, place).map(|text| Some(Value::String(text)))
    }

    /// A parameter, a pseudo parameter or a resource.
    fn named(&self, name: &str, place: &str) -> Result<String, Fault> {
        let Given { parameters, resources, stack } = self.given;
        let pseudo = match name {
            "AWS::Partition" => Some(self.partition.clone()),
            "AWS::Region" => Some(self.region.clone()),
            "AWS::AccountId" => Some(self.account.clone()),
            "AWS::URLSuffix" => Some("amazonaws.com".to_owned()),
            "AWS::StackName" => Some(stack.clone()),
            _ => None,
        };
        if let Some(known) = pseudo.or_else(|| parameters.get(name).cloned()) {
            return Ok(known);
        }
        if let Some(parameter) = self.template.parameters.get(name) {
            let missing = || {
                Fault::new(
                    place,
                    format!("the parameter {name} has no value: give --parameter {name}=VALUE"),
                )
            };
            return text_of(parameter.get("Default").ok_or_else(missing)?, place);
        }
        if let Some(known) = resources.get(name) {
            return Ok(known.clone());
        }
        let Some(resource) = self.template.resource(name) else {
            return Err(Fault::new(place, format!("{name} is neither a parameter nor a resource")));
        };
        match kind(resource) {
            "AWS::StepFunctions::StateMachine"
            | "AWS::StepFunctions::Activity"
            | "AWS::StepFunctions::StateMachineAlias" => self.attribute(name, "Arn", place),
            "AWS::StepFunctions::StateMachineVersion" => Err(numberless(place, name, name)),
            "AWS::Lambda::Function" => self.own_name(name, "FunctionName", place),
            kind => Err(unknown(place, name, name, kind)),
        }
    }

    fn attribute(&self, name: &str, attribute: &str, place: &str) -> Result<String, Fault> {
        let path = format!("{name}.{attribute}");
        if let Some(known) = self.given.resources.get(&path) {
            return Ok(known.clone());
        }
        let Some(resource) = self.template.resource(name) else {
            return Err(Fault::new(place, format!("{name} is no resource of the template")));
        };
        let Self { partition, region, account, .. } = self;
        let own = |property: &str| self.own_name(name, property, place);
        match (kind(resource), attribute) {
            ("AWS::StepFunctions::StateMachine", "Name") => own("StateMachineName"),
            ("AWS::StepFunctions::StateMachine", "Arn") => {
                own("StateMachineName").map(|name| self.machine_arn(&name))
            }
            ("AWS::StepFunctions::Activity", "Name") => own("Name"),
            ("AWS::StepFunctions::Activity", "Arn") => {
                own("Name").map(|name| self.activity_arn(&name))
            }
            ("AWS::StepFunctions::StateMachineAlias", "Arn") => {
                alias::arn(self, name, &deeper(place, name)?)
            }
            ("AWS::StepFunctions::StateMachineVersion", _) => Err(numberless(place, &path, name)),
            ("AWS::Lambda::Function", "Arn") => {
                let name = own("FunctionName")?;
                Ok(format!("arn:{partition}:lambda:{region}:{account}:function:{name}"))
            }
            ("AWS::IAM::Role", "Arn") => {
                let name = own("RoleName")?;
                Ok(format!("arn:{partition}:iam::{account}:role/{name}"))
            }
            ("AWS::Logs::LogGroup", "Arn") => {
                let name = own("LogGroupName")?;
                Ok(format!("arn:{partition}:logs:{region}:{account}:log-group:{name}:*"))
            }
            (kind, _) => Err(unknown(place, &path, name, kind)),
        }
    }

    /// The name that the template gives a resource, else its logical id: there is no stack that would draw one.
    pub(super) fn own_name(&self, id: &str, property: &str, place: &str) -> Result<String, Fault> {
        let resource = self.template.resource(id);
        let Some(name) = resource.and_then(|it| it.get("Properties")?.get(property)) else {
            return Ok(id.to_owned());
        };
        self.text(name, &format!("{}.{property}", deeper(place, id)?))
    }

    fn function(&self, name: &str, argument: &Value, place: &str) -> Result<String, Fault> {
        let wrong = |wanted: &str| Fault::new(place, format!("it takes {wanted}"));
        match name {
            "Fn::GetAtt" => {
                let named = attribute_of(argument);
                let (id, attribute) = named.ok_or_else(|| wrong("[RESOURCE, ATTRIBUTE]"))?;
                self.attribute(id, attribute, place)
            }
            "Fn::Join" => {
                let parts = argument.as_array().map(Vec::as_slice).unwrap_or_default();
                let [Value::String(between), Value::Array(items)] = parts else {
                    return Err(wrong("[DELIMITER, [VALUE…]]"));
                };
                let text =
                    |(index, it): (usize, &Value)| self.text(it, &format!("{place}[{index}]"));
                let texts: Result<Vec<String>, Fault> =
                    items.iter().enumerate().map(text).collect();
                Ok(texts?.join(between))
            }
            "Fn::Sub" => {
                let none = Map::new();
                let parts = argument.as_array().map(Vec::as_slice).unwrap_or_default();
                match (argument, parts) {
                    (Value::String(text), _) => self.substituted(text, &none, place),
                    (_, [Value::String(text), Value::Object(variables)]) => {
                        self.substituted(text, variables, place)
                    }
                    _ => Err(wrong("a text, or [TEXT, {NAME: VALUE}]")),
                }
            }
            name => Err(Fault::new(place, format!("{name} is not supported"))),
        }
    }

    /// `${Name}`, `${Name.Attribute}`; `${!Name}` stands for `${Name}`.
    fn substituted(
        &self,
        text: &str,
        variables: &Map<String, Value>,
        place: &str,
    ) -> Result<String, Fault> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            out.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                return Err(Fault::new(place, "a `${` is not closed"));
            };
            rest = after;
            let name = name.trim();
            if let Some(literal) = name.strip_prefix('!') {
                out.extend(["${", literal, "}"]);
            } else if let Some(value) = variables.get(name) {
                out.push_str(&self.text(value, place)?);
            } else if let Some((id, attribute)) = name.split_once('.') {
                out.push_str(&self.attribute(id, attribute, place)?);
            } else {
                out.push_str(&self.named(name, place)?);
            }
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// The place within what `id` is named by. Names that are made of each other have no end.
pub(super) fn deeper(place: &str, id: &str) -> Result<String, Fault> {
    if place.matches(NAMED_BY).count() > NAMES_DEEP_MAX {
        return Err(Fault::new(&format!("Resources.{id}"), "its name goes round in a circle"));
    }
    Ok(format!("{place}{NAMED_BY}{id}"))
}

fn intrinsic(fields: &Map<String, Value>) -> Option<(&str, &Value)> {
    let (name, value) = fields.iter().next().filter(|_| fields.len() == 1)?;
    (name == "Ref" || name.starts_with("Fn::")).then_some((name.as_str(), value))
}

/// The resource and the attribute of a `Fn::GetAtt`.
pub(super) fn attribute_named(value: &Value) -> Option<(&str, &str)> {
    match intrinsic(value.as_object()?)? {
        ("Fn::GetAtt", argument) => attribute_of(argument),
        _ => None,
    }
}

fn attribute_of(argument: &Value) -> Option<(&str, &str)> {
    let parts = argument.as_array().map(Vec::as_slice).unwrap_or_default();
    match (argument, parts) {
        (Value::String(path), _) => path.split_once('.'),
        (_, [Value::String(id), Value::String(attribute)]) => Some((id, attribute)),
        _ => None,
    }
}

fn text_of(value: &Value, place: &str) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bool(_) | Value::Number(_) => Ok(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => {
            Err(Fault::new(place, "it must come to a text"))
        }
    }
}

fn numberless(place: &str, path: &str, id: &str) -> Fault {
    let why = format!(
        "the number of the version {id} is known once it is published; refer to an alias, or give --resource {path}=VALUE"
    );
    Fault::new(place, why)
}

fn unknown(place: &str, path: &str, id: &str, kind: &str) -> Fault {
    Fault::new(
        place,
        format!("{id} is an {kind}, which is not deployed here: give --resource {path}=VALUE"),
    )
}
