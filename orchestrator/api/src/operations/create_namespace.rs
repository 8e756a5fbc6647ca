//! `CreateNamespace`.

use everstep_proto::v1;
use store::{Creation, NamespaceSettings};

use super::{Operations, settings};
use crate::errors::{Reason, Refusal};

impl Operations {
    pub async fn create_namespace(
        &self,
        request: v1::CreateNamespaceRequest,
    ) -> Result<v1::Namespace, Refusal> {
        settings::namespace_name(&request.name)?;
        self.caller().administer()?;
        let given = request.settings.unwrap_or_default();
        let merged = settings::merged(NamespaceSettings::default(), given)?;
        let created = self.engine.store().create_namespace(&request.name, &merged).await?;
        self.engine.catalog().forget_namespace(&request.name);
        match created {
            Creation::Created(namespace) | Creation::Same(namespace) => {
                Ok(settings::namespace(namespace))
            }
            Creation::Differs(_) => {
                let message = format!("Namespace Already Exists: '{}'", request.name);
                Err(Refusal::new(Reason::NamespaceAlreadyExists, message).at("name"))
            }
        }
    }
}
