//! Named connections: each namespace has its own, and what is shown changes with what is sealed.

use store::{ConnectionChange, ConnectionParameters, NamespaceSettings, NewConnection};
use uuid::Uuid;

use crate::world::{DEFAULT, World, created};

fn parameters(shown: &str) -> ConnectionParameters {
    ConnectionParameters {
        authorization_type: "BASIC".to_owned(),
        shown: shown.to_owned(),
        sealed: vec![1, 2, 3],
    }
}

fn new(name: &str) -> NewConnection {
    NewConnection {
        namespace: DEFAULT,
        name: name.to_owned(),
        public_id: Uuid::new_v4(),
        description: "why".to_owned(),
        parameters: parameters("{}"),
    }
}

#[tokio::test]
async fn a_connection_is_created_once_read_listed_and_deleted() {
    let world = World::new().await;
    let store = &world.store;
    let made = store.create_connection(&new("b")).await.unwrap().expect("the name is free");
    assert_eq!((made.version, made.description.as_str()), (1, "why"));
    assert_eq!(store.create_connection(&new("b")).await.unwrap(), None);
    let first = store.create_connection(&new("a")).await.unwrap().expect("the name is free");

    assert_eq!(store.connection_by_name(DEFAULT, "b").await.unwrap(), Some(made.clone()));
    assert_eq!(store.connections(DEFAULT, None, 10).await.unwrap(), [first.clone(), made.clone()]);
    assert_eq!(store.connections(DEFAULT, Some("a"), 10).await.unwrap(), [made]);

    assert_eq!(store.delete_connection(DEFAULT, "a").await.unwrap(), Some(first));
    assert_eq!(store.delete_connection(DEFAULT, "a").await.unwrap(), None);
}

#[tokio::test]
async fn a_namespace_does_not_see_another_ones_connections() {
    let world = World::new().await;
    let store = &world.store;
    let settings =
        NamespaceSettings { region: "eu-west-1".to_owned(), ..NamespaceSettings::default() };
    let team = created(store.create_namespace("team", &settings).await.unwrap()).id;
    store.create_connection(&new("crm")).await.unwrap().expect("the name is free");

    assert_eq!(store.connection_by_name(team, "crm").await.unwrap(), None);
    assert_eq!(store.delete_connection(team, "crm").await.unwrap(), None);
    let own = store.create_connection(&NewConnection { namespace: team, ..new("crm") }).await;
    assert!(own.unwrap().is_some(), "the name is free here");
}

#[tokio::test]
async fn an_update_keeps_what_is_not_given_and_never_meets_a_successor() {
    let world = World::new().await;
    let store = &world.store;
    let made = store.create_connection(&new("crm")).await.unwrap().expect("the name is free");
    let change = ConnectionChange {
        namespace: DEFAULT,
        name: "crm".to_owned(),
        public_id: made.public_id,
        description: Some("because".to_owned()),
        parameters: None,
    };

    let updated = store.update_connection(&change).await.unwrap().expect("it is there");
    assert_eq!((updated.version, &*updated.description), (2, "because"));
    assert_eq!(updated.parameters, made.parameters);
    let parameters = Some(parameters("{\"a\":1}"));
    let change = ConnectionChange { description: None, parameters: parameters.clone(), ..change };
    let updated = store.update_connection(&change).await.unwrap().expect("it is there");
    assert_eq!((updated.version, &*updated.description), (3, "because"));
    assert_eq!(Some(updated.parameters), parameters);

    store.delete_connection(DEFAULT, "crm").await.unwrap();
    store.create_connection(&new("crm")).await.unwrap().expect("the name is free");
    assert_eq!(store.update_connection(&change).await.unwrap(), None, "it is another one");
}
