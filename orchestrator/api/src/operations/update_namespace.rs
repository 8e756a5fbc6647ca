//! `UpdateNamespace`: new values for the settings that are given. ARNs made under other settings are not found any more.

use everstep_proto::v1;

use super::{Operations, lookup, settings};
use crate::errors::Refusal;

impl Operations {
    pub async fn update_namespace(
        &self,
        request: v1::UpdateNamespaceRequest,
    ) -> Result<v1::Namespace, Refusal> {
        let v1::UpdateNamespaceRequest { name, settings } = request;
        settings::namespace_name(&name)?;
        self.caller().administer()?;
        let store = self.engine.store();
        let unknown = || lookup::namespace_unknown(&name);
        let found = store.namespace(&name).await?.ok_or_else(unknown)?;
        let merged = settings::merged(found.settings, settings.unwrap_or_default())?;
        let updated = store.update_namespace(&name, &merged).await?;
        self.engine.catalog().forget_namespace(&name);
        updated.map(settings::namespace).ok_or_else(unknown)
    }
}
