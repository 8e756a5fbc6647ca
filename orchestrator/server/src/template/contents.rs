//! What of a template is deployed here: all that is of Step Functions.

use super::{Activity, Alias, Fault, Machine, Scope, Version, kind};

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    pub(crate) activities: Vec<Activity>,
    pub(crate) machines: Vec<Machine>,
    pub(crate) versions: Vec<Version>,
    pub(crate) aliases: Vec<Alias>,
}

impl Contents {
    /// What would be deployed, or every fault that keeps it from that. Resources of other services are AWS's to deploy.
    pub(crate) fn of(scope: &Scope<'_>, skip: &[String]) -> Result<Self, Vec<Fault>> {
        let (mut contents, mut faults) = (Self::default(), Vec::new());
        for id in scope.template.resources.keys().filter(|id| !skip.contains(*id)) {
            faults.extend(contents.add(scope, id).err());
        }
        for alias in &contents.aliases {
            let left_out = alias.own_versions().find(|id| skip.iter().any(|it| it == id));
            faults.extend(left_out.map(|id| {
                let why = format!("the version {id} is left out: give --resource {id}=VALUE");
                Fault::new(&format!("Resources.{}", alias.id), why)
            }));
        }
        if faults.is_empty() { Ok(contents) } else { Err(faults) }
    }

    fn add(&mut self, scope: &Scope<'_>, id: &str) -> Result<(), Fault> {
        let resource = &scope.template.resources[id];
        match kind(resource) {
            "AWS::StepFunctions::StateMachine" => {
                self.machines.push(Machine::of(scope, id, resource)?);
            }
            "AWS::StepFunctions::Activity" => {
                self.activities.push(Activity::of(scope, id, resource)?);
            }
            "AWS::StepFunctions::StateMachineVersion" => {
                self.versions.push(Version::of(scope, id, resource)?);
            }
            "AWS::StepFunctions::StateMachineAlias" => {
                self.aliases.push(Alias::of(scope, id, resource)?);
            }
            kind if kind.starts_with("AWS::StepFunctions::")
                || kind.starts_with("AWS::Serverless::") =>
            {
                let why = format!("an {kind} is not deployed; leave it out with --skip {id}");
                return Err(Fault::new(&format!("Resources.{id}"), why));
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
