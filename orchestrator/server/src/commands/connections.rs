//! `everstep connections`: how HTTP tasks are authorized. Secrets are read from a file, never from the command line, which
//! every process of the machine can read.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use everstep_proto::v1::{
    Connection, CreateConnectionRequest, DeleteConnectionRequest, DescribeConnectionRequest,
    ListConnectionsRequest, UpdateConnectionRequest,
};
use serde_json::{Map, Value, json};

use super::input;
use crate::cli::ClientSettings;
use crate::client::{self, Client};
use crate::error::{Answer, CommandError};
use crate::output::{self, Format, Table};

#[derive(Debug, Subcommand)]
pub(crate) enum Connections {
    /// List the connections
    List(#[command(flatten)] ClientSettings),
    /// Show a connection without its secrets
    Describe(Named),
    /// Create a connection from a file
    Create(Written),
    /// Replace a connection's parameters, or its description; calls that begin later use the new ones
    Update(Changed),
    /// Delete a connection; HTTP tasks that are to use it fail from now on
    Delete(Named),
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The connection's name or ARN
    name: String,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Written {
    name: String,
    /// JSON with `AuthorizationType` and `AuthParameters`, as EventBridge's `CreateConnection` takes them (`-`: standard input)
    file: PathBuf,
    /// What it is for
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[command(flatten)]
    client: ClientSettings,
}

#[derive(Debug, Args)]
pub(crate) struct Changed {
    /// The connection's name or ARN
    name: String,
    /// JSON with `AuthorizationType` and `AuthParameters` (`-`: standard input). Not given: they stay
    file: Option<PathBuf>,
    /// What it is for. Not given: it stays
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    #[command(flatten)]
    client: ClientSettings,
}

/// What a file of a connection holds.
struct Document {
    authorization_type: String,
    auth_parameters: String,
    description: Option<String>,
}

impl Connections {
    pub(crate) async fn run(self, format: Format) -> Result<Answer, CommandError> {
        match self {
            Self::List(settings) => list(&Client::new(&settings)?, format).await?,
            Self::Describe(Named { name, client }) => {
                let client = Client::new(&client)?;
                let namespace = client.namespace.clone();
                let request = DescribeConnectionRequest { namespace, connection: name };
                let request = client.request(request);
                show(
                    &client.call(client.connections().describe_connection(request)).await?,
                    format,
                );
            }
            Self::Create(written) => show(&create(written).await?, format),
            Self::Update(changed) => show(&update(changed).await?, format),
            Self::Delete(Named { name, client }) => {
                let client = Client::new(&client)?;
                let namespace = client.namespace.clone();
                let request = DeleteConnectionRequest { namespace, connection: name.clone() };
                let request = client.request(request);
                client.call(client.connections().delete_connection(request)).await?;
                output::deleted(&name, format);
            }
        }
        Ok(Answer::Positive)
    }
}

async fn create(written: Written) -> Result<Connection, CommandError> {
    let client = Client::new(&written.client)?;
    let document = read(&written.file)?;
    let request = client.request(CreateConnectionRequest {
        namespace: client.namespace.clone(),
        name: written.name,
        description: written.description.or(document.description).unwrap_or_default(),
        authorization_type: document.authorization_type,
        auth_parameters: document.auth_parameters,
    });
    client.call(client.connections().create_connection(request)).await
}

async fn update(changed: Changed) -> Result<Connection, CommandError> {
    let client = Client::new(&changed.client)?;
    let document = changed.file.as_deref().map(read).transpose()?;
    let request = UpdateConnectionRequest {
        namespace: client.namespace.clone(),
        connection: changed.name,
        description: changed.description,
        ..UpdateConnectionRequest::default()
    };
    let request = match document {
        Some(document) => UpdateConnectionRequest {
            description: request.description.or(document.description),
            authorization_type: Some(document.authorization_type),
            auth_parameters: Some(document.auth_parameters),
            ..request
        },
        None => request,
    };
    let request = client.request(request);
    client.call(client.connections().update_connection(request)).await
}

/// Its faults are told without its values: they may be secrets.
fn read(path: &Path) -> Result<Document, CommandError> {
    let wrong = |what: String| CommandError::usage(format!("{}: {what}", path.display()));
    let text = input::read(path)?;
    let mut fields: Map<String, Value> = serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        wrong(format!("it is no JSON object, at line {line} column {column}"))
    })?;
    let Some(Value::String(authorization_type)) = fields.remove("AuthorizationType") else {
        return Err(wrong(
            "`AuthorizationType` is missing; write API_KEY, BASIC or OAUTH_CLIENT_CREDENTIALS"
                .to_owned(),
        ));
    };
    let Some(auth_parameters @ Value::Object(_)) = fields.remove("AuthParameters") else {
        return Err(wrong("`AuthParameters` is missing, or no JSON object".to_owned()));
    };
    let description = match fields.remove("Description") {
        None => None,
        Some(Value::String(text)) => Some(text),
        Some(_) => return Err(wrong("`Description` is no text".to_owned())),
    };
    // EventBridge's own file names the connection, too; here the command does.
    fields.remove("Name");
    if let Some(unknown) = fields.keys().next() {
        return Err(wrong(format!("there is no field `{unknown}`")));
    }
    Ok(Document { authorization_type, auth_parameters: auth_parameters.to_string(), description })
}

async fn list(client: &Client, format: Format) -> Result<(), CommandError> {
    let connections = all(client).await?;
    match format {
        Format::Text => {
            let mut table = Table::new(["NAME", "AUTHORIZATION", "UPDATED", "DESCRIPTION"]);
            for connection in connections {
                table.row([
                    connection.name,
                    connection.authorization_type,
                    output::iso(connection.updated_at),
                    connection.description,
                ]);
            }
            output::write(&table.render());
        }
        Format::Json => output::document(&connections.iter().map(document).collect()),
    }
    Ok(())
}

async fn all(client: &Client) -> Result<Vec<Connection>, CommandError> {
    client::every_page(async |next_token| {
        let namespace = client.namespace.clone();
        let request = ListConnectionsRequest { namespace, max_results: 1000, next_token };
        let request = client.request(request);
        let page = client.call(client.connections().list_connections(request)).await?;
        Ok((page.connections, page.next_token))
    })
    .await
}

fn show(connection: &Connection, format: Format) {
    match format {
        Format::Text => output::write(&text(connection)),
        Format::Json => output::document(&document(connection)),
    }
}

fn text(connection: &Connection) -> String {
    let fields = [
        ("arn", connection.connection_arn.clone()),
        ("description", connection.description.clone()),
        ("created", output::iso(connection.created_at)),
        ("updated", output::iso(connection.updated_at)),
    ];
    let lines = fields.iter().filter(|(_, value)| !value.is_empty());
    let lines: Vec<String> = lines.map(|(name, value)| format!("  {name:<12}{value}")).collect();
    let Connection { name, authorization_type, .. } = connection;
    let parameters = format!("{:#}", parameters(connection));
    format!("{authorization_type}  {name}\n{}\n\n{parameters}\n", lines.join("\n"))
}

fn document(connection: &Connection) -> Value {
    json!({
        "name": connection.name,
        "connectionArn": connection.connection_arn,
        "description": connection.description,
        "authorizationType": connection.authorization_type,
        "authParameters": parameters(connection),
        "createdAt": output::iso(connection.created_at),
        "updatedAt": output::iso(connection.updated_at),
    })
}

fn parameters(connection: &Connection) -> Value {
    serde_json::from_str(&connection.auth_parameters).unwrap_or(Value::Null)
}
