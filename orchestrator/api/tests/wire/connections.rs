//! Connections: made, shown without their secrets, changed, listed, deleted; sealed in the database.

use everstep_proto::v1;
use serde_json::json;
use store::NamespaceId;
use tonic::Code;

use crate::world::{World, reason};

fn create(name: &str) -> v1::CreateConnectionRequest {
    let parameters = json!({
        "BasicAuthParameters": {"Username": "me", "Password": "hunter2"},
        "InvocationHttpParameters": {"HeaderParameters": [
            {"Key": "X-Team", "Value": "red"}, {"Key": "X-Key", "Value": "hunter2", "IsValueSecret": true}
        ]}
    });
    v1::CreateConnectionRequest {
        name: name.to_owned(),
        description: "the CRM".to_owned(),
        authorization_type: "BASIC".to_owned(),
        auth_parameters: parameters.to_string(),
        ..v1::CreateConnectionRequest::default()
    }
}

fn describe(connection: &str) -> v1::DescribeConnectionRequest {
    v1::DescribeConnectionRequest {
        connection: connection.to_owned(),
        ..v1::DescribeConnectionRequest::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_is_shown_without_its_secrets_and_sealed_in_the_database() {
    let world = World::new().await;
    let mut client = world.connections.clone();
    let created = client.create_connection(create("crm")).await.unwrap().into_inner();
    let by_name = client.describe_connection(describe("crm")).await.unwrap().into_inner();
    let by_arn = client.describe_connection(describe(&created.connection_arn)).await.unwrap();

    assert_eq!((&by_name, &by_arn.into_inner()), (&created, &created));
    assert!(
        created.connection_arn.starts_with("arn:aws:events:us-east-1:000000000000:connection/crm/")
    );
    assert_eq!((&*created.authorization_type, &*created.description), ("BASIC", "the CRM"));
    for visible in ["\"me\"", "X-Team", "red", "X-Key"] {
        assert!(created.auth_parameters.contains(visible), "{}", created.auth_parameters);
    }
    assert!(!format!("{created:?}").contains("hunter2"), "{created:?}");

    let row =
        world.engine.store().connection_by_name(NamespaceId(1), "crm").await.unwrap().unwrap();
    assert!(!row.parameters.sealed.windows(7).any(|window| window == b"hunter2"));
    assert!(!format!("{:?}", row.parameters.shown).contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_update_replaces_what_it_gives_and_a_deletion_frees_the_name() {
    let world = World::new().await;
    let mut client = world.connections.clone();
    let created = client.create_connection(create("crm")).await.unwrap().into_inner();
    let request = v1::UpdateConnectionRequest {
        connection: "crm".to_owned(),
        description: Some("the old CRM".to_owned()),
        ..v1::UpdateConnectionRequest::default()
    };
    let renamed = client.update_connection(request.clone()).await.unwrap().into_inner();
    assert_eq!(renamed.auth_parameters, created.auth_parameters);
    assert_eq!(
        (&*renamed.description, &renamed.connection_arn),
        ("the old CRM", &created.connection_arn)
    );
    let key = json!({"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "hunter3"}});
    let request = v1::UpdateConnectionRequest {
        description: None,
        authorization_type: Some("API_KEY".to_owned()),
        auth_parameters: Some(key.to_string()),
        ..request
    };
    let replaced = client.update_connection(request).await.unwrap().into_inner();
    assert_eq!((&*replaced.authorization_type, &*replaced.description), ("API_KEY", "the old CRM"));
    assert_eq!(replaced.auth_parameters, r#"{"ApiKeyAuthParameters":{"ApiKeyName":"k"}}"#);

    let delete = v1::DeleteConnectionRequest {
        connection: "crm".to_owned(),
        ..v1::DeleteConnectionRequest::default()
    };
    client.delete_connection(delete.clone()).await.unwrap();
    let gone = client.delete_connection(delete).await.unwrap_err();
    assert_eq!((gone.code(), &*reason(&gone)), (Code::NotFound, "ConnectionDoesNotExist"));
    let again = client.create_connection(create("crm")).await.unwrap().into_inner();
    assert_ne!(again.connection_arn, created.connection_arn, "it is another one");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_are_listed_by_name_page_by_page() {
    let world = World::new().await;
    let mut client = world.connections.clone();
    for name in ["b", "c", "a"] {
        client.create_connection(create(name)).await.unwrap();
    }
    let mut request =
        v1::ListConnectionsRequest { max_results: 2, ..v1::ListConnectionsRequest::default() };
    let first = client.list_connections(request.clone()).await.unwrap().into_inner();
    request.next_token = first.next_token;
    let second = client.list_connections(request).await.unwrap().into_inner();
    let names: Vec<_> =
        first.connections.iter().chain(&second.connections).map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(second.next_token, "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_faulty_request_is_refused_with_its_field_and_without_its_secrets() {
    let world = World::new().await;
    let mut client = world.connections.clone();
    client.create_connection(create("taken")).await.unwrap();
    let with = |change: fn(&mut v1::CreateConnectionRequest)| {
        let mut request = create("new");
        change(&mut request);
        request
    };
    for (request, code, name, text) in [
        (create("taken"), Code::AlreadyExists, "ConnectionAlreadyExists", "'taken'"),
        (create(""), Code::InvalidArgument, "InvalidName", "1 to 64"),
        (create("a/b"), Code::InvalidArgument, "InvalidName", "1 to 64"),
        (
            with(|it| it.authorization_type = "NTLM".to_owned()),
            Code::InvalidArgument,
            "ValidationException",
            "must be API_KEY",
        ),
        (
            with(|it| it.auth_parameters.clear()),
            Code::InvalidArgument,
            "MissingRequiredParameter",
            "authParameters",
        ),
        (
            with(|it| it.auth_parameters = "\"hunter2\"".to_owned()),
            Code::InvalidArgument,
            "ValidationException",
            "line 1",
        ),
        (
            with(|it| it.authorization_type = "API_KEY".to_owned()),
            Code::InvalidArgument,
            "ValidationException",
            "ApiKeyAuthParameters",
        ),
        (
            with(|it| it.description = "d".repeat(513)),
            Code::InvalidArgument,
            "ValidationException",
            "512",
        ),
        (
            with(|it| it.namespace = "nowhere".to_owned()),
            Code::NotFound,
            "NamespaceDoesNotExist",
            "nowhere",
        ),
    ] {
        let refused = client.create_connection(request).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (code, name), "{refused:?}");
        assert!(refused.message().contains(text), "{}", refused.message());
        assert!(!format!("{refused:?}").contains("hunter2"), "{refused:?}");
    }
    for connection in ["nobody", "arn:aws:events:us-east-1:000000000000:connection/nobody/1"] {
        let unknown = client.describe_connection(describe(connection)).await.unwrap_err();
        assert_eq!(reason(&unknown), "ConnectionDoesNotExist");
    }
    for wrong in [
        "arn:aws:states:us-east-1:000000000000:connection/a/1",
        "arn:aws:events:us-east-1:000000000000:rule/a",
        "arn:x",
    ] {
        let refused = client.describe_connection(describe(wrong)).await.unwrap_err();
        assert_eq!(reason(&refused), "InvalidArn", "{wrong}");
    }
}
