//! What the tests are given: a server that may call loopback, and definitions that do.

use std::path::PathBuf;

use everstep_tests::{Database, Server, ServerOptions, free_port};

use crate::remote::Remote;

pub(crate) fn server(database: &Database, name: &str) -> (Server, PathBuf) {
    let logs = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("http");
    std::fs::create_dir_all(&logs).expect("the target folder can be written");
    let log = logs.join(format!("{name}.log"));
    let flags = ["--http-allow", "127.0.0.1", "--http-allow-plain", "--lease-ttl", "500ms"];
    let more = ["--heartbeat-interval", "100ms", "--log", "trace"];
    let server = Server::start(ServerOptions {
        database_url: database.url(),
        port: free_port(),
        log: log.clone(),
        flags: flags.into_iter().chain(more).map(str::to_owned).collect(),
    });
    (server, log)
}

/// One HTTP task; `connection` authorizes it, if there is one.
pub(crate) fn definition(remote: &Remote, path: &str, connection: Option<&str>) -> String {
    let mut parameters = serde_json::json!({
        "ApiEndpoint": format!("http://{}{path}", remote.address), "Method": "POST", "RequestBody": {"order": 7}
    });
    if let Some(connection) = connection {
        parameters["Authentication"] = serde_json::json!({ "ConnectionArn": connection });
    }
    serde_json::json!({"StartAt": "Charge", "States": {"Charge": {
        "Type": "Task", "Resource": "arn:aws:states:::http:invoke", "Parameters": parameters, "End": true
    }}})
    .to_string()
}
