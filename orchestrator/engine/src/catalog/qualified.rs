//! What starts under a version's number or an alias's name. An alias is drawn anew for each start; what was drawn is in the
//! execution's first event.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use store::{MachineStatus, Route};

use super::{Catalog, Machine, Namespace, UNPOISONED, express};
use crate::error::EngineError;

/// Which of a machine's revisions a start names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Qualifier {
    Newest,
    Version(i64),
    Alias(String),
}

/// Machines by weight.
#[derive(Debug)]
pub(super) struct Routes(Vec<(u64, Arc<Machine>)>);

impl Catalog {
    /// `None`: no such machine, version or alias, or it is being deleted.
    pub async fn machine_to_start(
        &self,
        namespace: &Arc<Namespace>,
        name: &str,
        qualifier: &Qualifier,
    ) -> Result<Option<Arc<Machine>>, EngineError> {
        if *qualifier == Qualifier::Newest {
            return self.machine(namespace, name).await;
        }
        let key = (namespace.id, name.to_owned(), qualifier.clone());
        let kept = self.qualified.read().expect(UNPOISONED).get(&key).cloned();
        if let Some(routes) = kept {
            return Ok(Some(routes.draw(seed())));
        }
        let forgotten = self.forgotten.load(Ordering::Acquire);
        let Some(routes) = self.routes(namespace, name, qualifier).await? else { return Ok(None) };
        let routes = Arc::new(routes);
        let mut kept = self.qualified.write().expect(UNPOISONED);
        if forgotten == self.forgotten.load(Ordering::Acquire) {
            kept.insert(key, Arc::clone(&routes));
        }
        Ok(Some(routes.draw(seed())))
    }

    async fn routes(
        &self,
        namespace: &Arc<Namespace>,
        name: &str,
        qualifier: &Qualifier,
    ) -> Result<Option<Routes>, EngineError> {
        let row = self.store.machine_by_name(namespace.id, name).await?;
        let Some(row) = row.filter(|row| row.status == MachineStatus::Active) else {
            return Ok(None);
        };
        let (alias, routes) = match qualifier {
            Qualifier::Newest => return Ok(None),
            Qualifier::Version(number) => (None, vec![Route { version: *number, weight: 100 }]),
            Qualifier::Alias(alias) => match self.store.alias(row.id, alias).await? {
                Some(found) => (Some(Arc::from(found.name)), found.routes),
                None => return Ok(None),
            },
        };
        let mut machines = Vec::new();
        for Route { version, weight } in routes {
            // An alias's versions can't be deleted; if both went since the alias was read, the start came too late.
            let Some(version) = self.store.machine_version(row.id, version).await? else {
                return Ok(None);
            };
            let Some(revision) = self.store.revision(version.revision).await? else {
                return Ok(None);
            };
            let machine = Machine {
                id: row.id,
                revision: revision.id,
                namespace: Arc::clone(namespace),
                name: row.name.clone(),
                definition: self.parsed(revision.id, &revision.definition)?,
                express: express(row.machine_type, &revision),
                role_arn: revision.role_arn,
                version: Some(version.number),
                alias: alias.clone(),
            };
            machines.push((u64::from(weight.unsigned_abs()), Arc::new(machine)));
        }
        Ok(Some(Routes(machines)))
    }
}

impl Routes {
    /// Of a hundred seeds in a row, as many as its weight says choose a machine.
    fn draw(&self, seed: u64) -> Arc<Machine> {
        let mut left = seed % self.0.iter().map(|(weight, _)| weight).sum::<u64>();
        for (weight, machine) in &self.0 {
            match left.checked_sub(*weight) {
                None => return Arc::clone(machine),
                Some(rest) => left = rest,
            }
        }
        unreachable!("what is left is less than the weights together")
    }
}

/// Random bits of an id that is not used otherwise.
fn seed() -> u64 {
    let bytes = *uuid::Uuid::new_v4().as_bytes();
    u64::from(u32::from_be_bytes([bytes[12], bytes[13], bytes[14], bytes[15]]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use asl::StateMachine;
    use store::{MachineId, NamespaceId, RevisionId};

    const DEFINITION: &str = r#"{"StartAt": "A", "States": {"A": {"Type": "Succeed"}}}"#;

    fn routes(weights: &[u64]) -> Routes {
        let namespace = Arc::new(Namespace {
            id: NamespaceId(1),
            name: "default".to_owned(),
            partition: "aws".to_owned(),
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
            task_timeout_seconds: 60,
            payload_bytes_max: 100,
            limits: store::Limits::default(),
        });
        let definition = Arc::new(StateMachine::parse(DEFINITION).expect("is valid"));
        let machine = |version| Machine {
            id: MachineId(1),
            revision: RevisionId(version),
            namespace: Arc::clone(&namespace),
            name: "order".to_owned(),
            role_arn: String::new(),
            definition: Arc::clone(&definition),
            express: None,
            version: Some(version),
            alias: None,
        };
        Routes((1..).zip(weights).map(|(n, weight)| (*weight, Arc::new(machine(n)))).collect())
    }

    #[test]
    fn each_version_is_drawn_as_often_as_its_weight_says() {
        for (weights, first) in
            [(&[100][..], 100), (&[70, 30], 70), (&[0, 100], 0), (&[100, 0], 100)]
        {
            let routes = routes(weights);
            let drawn = (500..600).filter(|seed| routes.draw(*seed).version == Some(1)).count();
            assert_eq!(drawn, first, "{weights:?}");
        }
    }
}
