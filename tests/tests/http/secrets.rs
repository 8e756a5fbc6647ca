//! A secret goes in and comes out on the wire of its call alone: not in logs, whatever their level, not in answers,
//! histories or errors, and not in a column of the database.

use everstep_proto::v1::connections_client::ConnectionsClient;
use everstep_proto::v1::{
    CreateConnectionRequest, DescribeConnectionRequest, ListConnectionsRequest,
};
use everstep_tests::Database;
use sqlx::{Connection as _, Row as _};

use crate::kill::end;
use crate::remote::Remote;
use crate::support::{definition, server};

const SECRETS: [&str; 4] = ["hunter2-password", "hunter2-header", "hunter2-query", "hunter2-body"];
/// `me:hunter2-password` as the header carries it.
const BASIC: &str = "bWU6aHVudGVyMi1wYXNzd29yZA==";

fn connection() -> CreateConnectionRequest {
    let secret = |key: &str, value: &str| serde_json::json!([{"Key": key, "Value": value, "IsValueSecret": true}]);
    let parameters = serde_json::json!({
        "BasicAuthParameters": {"Username": "me", "Password": SECRETS[0]},
        "InvocationHttpParameters": {
            "HeaderParameters": secret("X-Key", SECRETS[1]),
            "QueryStringParameters": secret("key", SECRETS[2]),
            "BodyParameters": secret("key", SECRETS[3])
        }
    });
    CreateConnectionRequest {
        name: "payments".to_owned(),
        authorization_type: "BASIC".to_owned(),
        auth_parameters: parameters.to_string(),
        ..CreateConnectionRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_told_to_nobody() {
    let database = Database::start("http-secrets");
    let remote = Remote::start().await;
    remote.answer(2);
    let (mut server, log) = server(&database, "http-secrets");
    server.ready().await;
    let client = server.client();
    let mut connections = ConnectionsClient::connect(server.address()).await.expect("it serves");
    let mut said = Vec::new();

    let created = connections.create_connection(connection()).await.expect("creates");
    said.push(format!("{created:?}"));
    let again = connections.create_connection(connection()).await.expect_err("the name is taken");
    said.push(format!("{again:?}"));
    let describe = DescribeConnectionRequest {
        connection: "payments".to_owned(),
        ..DescribeConnectionRequest::default()
    };
    said.push(format!("{:?}", connections.describe_connection(describe).await.expect("is there")));
    let list = ListConnectionsRequest::default();
    said.push(format!("{:?}", connections.list_connections(list).await.expect("lists")));

    // One that succeeds, one that is refused, one that finds nobody.
    let nobody = remote.clone().at("127.0.0.1:9".parse().expect("an address"));
    for (name, remote, path) in
        [("good", &remote, "/charge"), ("bad", &remote, "/refused"), ("gone", &nobody, "/")]
    {
        client.create_machine(name, &definition(remote, path, Some("payments"))).await;
        let started = client.start(name, "one", "{}").await.expect("it serves");
        said.push(format!("{:?}", end(&client, &started.execution_arn).await));
        said.push(format!("{:?}", client.history(&started.execution_arn).await.expect("is there")));
    }
    assert_eq!(remote.calls(), 2, "the calls went out");
    said.push(rows(&database.url()).await);
    server.process.terminate(std::time::Duration::from_secs(20));
    said.push(std::fs::read_to_string(&log).expect("the server has a log"));

    for text in &said {
        for secret in SECRETS.into_iter().chain([BASIC]) {
            assert!(!text.contains(secret), "{secret} is told: {}", line_of(text, secret));
        }
    }
    assert!(said.iter().any(|text| text.contains("States.Http.StatusCode.403")));
}

fn line_of<'a>(text: &'a str, secret: &str) -> &'a str {
    text.lines().find(|line| line.contains(secret)).unwrap_or_default()
}

/// Every row of every table, as text; bytes with what of them is readable.
async fn rows(url: &str) -> String {
    let mut connection = sqlx::PgConnection::connect(url).await.expect("connects");
    let tables =
        "select table_name::text from information_schema.tables where table_schema = 'public'";
    let tables = sqlx::query(tables).fetch_all(&mut connection).await.expect("reads");
    let mut text = String::new();
    sqlx::query("set bytea_output = 'escape'").execute(&mut connection).await.expect("sets");
    for table in tables {
        let table: String = table.get(0);
        let rows = sqlx::query(sqlx::AssertSqlSafe(format!("select t::text from \"{table}\" t")));
        for row in rows.fetch_all(&mut connection).await.expect("reads") {
            text.push_str(&row.get::<String, _>(0));
        }
    }
    assert!(text.contains("payments"), "the connection's row was read");
    text
}
