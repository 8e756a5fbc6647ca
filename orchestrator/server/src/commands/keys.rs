//! `everstep keys`: access keys, made and revoked in the database itself. Whoever reaches the database may do so, and
//! nobody else: the first key has to come from somewhere, and no key can make itself another.

use api::access::{self, NewKey};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use store::{AccessKey, Store, StoreOptions};
use vault::Secret;

use super::server::DatabaseSettings;
use crate::config::seal::SealSettings;
use crate::error::{Answer, CommandError, Remedy};
use crate::output::{self, Format, Table};
use crate::serve::refusal;

#[derive(Debug, Subcommand)]
pub(crate) enum Keys {
    /// Create an access key and show its secret, this once
    Create(Create),
    /// List the access keys, the revoked ones included
    List(#[command(flatten)] DatabaseSettings),
    /// Revoke an access key for good; servers refuse it within seconds
    Revoke(Revoke),
}

#[derive(Debug, Args)]
pub(crate) struct Create {
    /// The namespace that the key belongs to, and reaches
    #[arg(long = "namespace", value_name = "NAME", default_value = "default")]
    namespace: String,
    /// Let it reach every namespace over gRPC, and make and change namespaces
    #[arg(long)]
    admin: bool,
    /// Whose it is, or what it is for
    #[arg(long, value_name = "TEXT", default_value = "")]
    description: String,
    #[command(flatten)]
    database: DatabaseSettings,
    #[command(flatten)]
    seal: SealSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Revoke {
    /// The access key's id
    id: String,
    #[command(flatten)]
    database: DatabaseSettings,
}

impl Keys {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        match self {
            Self::Create(create) => create.run(format).await?,
            Self::List(database) => list(&open(&database).await?, format).await?,
            Self::Revoke(revoke) => revoke.run(format).await?,
        }
        Ok(Answer::Positive)
    }
}

impl Create {
    async fn run(self, format: Format) -> Result<(), CommandError> {
        let Self { namespace, admin, description, database, seal } = self;
        let store = open(&database).await?;
        let found = store.namespace(&namespace).await.map_err(|error| refusal(&error))?;
        let found = found.ok_or_else(|| refused(
            "NamespaceDoesNotExist",
            format!("there is no namespace `{namespace}`; `everstep namespace create {namespace}` makes it"),
        ))?;
        let vault = seal.vault(&store).await?;
        let before = store.access_key_tally().await.map_err(|error| refusal(&error))?;
        let new = NewKey { namespace: found.id, administers: admin, description };
        let created = access::create(&store, &vault, new).await;
        let (key, secret) = created.map_err(|error| refusal(&error))?;
        match format {
            Format::Text => {
                output::write(&text(&key, &secret));
                if before.made == 0 {
                    output::note(
                        "It is the first one: from now on every call to a server on this database needs a key.",
                    );
                }
            }
            Format::Json => {
                let mut document = document(&key);
                document["secretAccessKey"] = secret.expose().into();
                output::document(&document);
            }
        }
        Ok(())
    }
}

impl Revoke {
    async fn run(self, format: Format) -> Result<(), CommandError> {
        let store = open(&self.database).await?;
        let revoked = store.revoke_access_key(&self.id).await.map_err(|error| refusal(&error))?;
        let revoked = revoked.ok_or_else(|| {
            refused(
                "AccessKeyDoesNotExist",
                format!(
                    "there is no access key `{}`; `everstep keys list` lists those there are",
                    self.id
                ),
            )
        })?;
        match format {
            Format::Text => output::line(format!("revoked {}", revoked.id)),
            Format::Json => output::document(&document(&revoked)),
        }
        Ok(())
    }
}

async fn open(database: &DatabaseSettings) -> Result<Store, CommandError> {
    let connect = async {
        let store = Store::connect(StoreOptions::new(database.url())).await?;
        store.check_schema().await?;
        Ok(store)
    };
    connect.await.map_err(|error| refusal(&error))
}

fn refused(reason: &str, message: String) -> CommandError {
    CommandError { remedy: Remedy::Refused, message, reason: Some(reason.to_owned()) }
}

async fn list(store: &Store, format: Format) -> Result<(), CommandError> {
    let keys = store.access_keys().await.map_err(|error| refusal(&error))?;
    match format {
        Format::Text => {
            let mut table = Table::new([
                "ID",
                "NAMESPACE",
                "ADMIN",
                "CREATED",
                "LAST USED",
                "REVOKED",
                "DESCRIPTION",
            ]);
            let iso = |at: Option<_>| at.map(output::iso_of).unwrap_or_default();
            for key in keys {
                table.row([
                    key.id,
                    key.namespace_name,
                    if key.administers { "yes" } else { "no" }.to_owned(),
                    output::iso_of(key.created_at),
                    iso(key.last_used_at),
                    iso(key.revoked_at),
                    key.description,
                ]);
            }
            output::write(&table.render());
        }
        Format::Json => output::document(&keys.iter().map(document).collect()),
    }
    Ok(())
}

fn text(key: &AccessKey, secret: &Secret) -> String {
    let AccessKey { id, namespace_name, .. } = key;
    let reaches = if key.administers { ", reaches every namespace" } else { "" };
    format!(
        "created {id} (namespace {namespace_name}{reaches})\n\n\
         \x20 access key id      {id}\n\
         \x20 secret access key  {}\n\n\
         The secret is shown this once. AWS's tools read it from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,\n\
         everstep from EVERSTEP_ACCESS_KEY_ID and EVERSTEP_SECRET_ACCESS_KEY.\n",
        secret.expose()
    )
}

fn document(key: &AccessKey) -> Value {
    json!({
        "accessKeyId": key.id,
        "namespace": key.namespace_name,
        "admin": key.administers,
        "description": key.description,
        "createdAt": output::iso_of(key.created_at),
        "lastUsedAt": key.last_used_at.map(output::iso_of),
        "revokedAt": key.revoked_at.map(output::iso_of),
    })
}
