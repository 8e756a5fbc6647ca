//! Namespaces: the default one, others, their settings.

use store::{Creation, Limits, NamespaceSettings};

use crate::world::{DEFAULT, World, created};

#[tokio::test]
async fn the_default_namespace_is_there_with_default_settings() {
    let world = World::new().await;
    let found = world.store.namespace("default").await.unwrap().expect("is there");
    assert_eq!((found.id, found.settings), (DEFAULT, NamespaceSettings::default()));
}

#[tokio::test]
async fn a_namespace_is_created_once_updated_and_listed() {
    let world = World::new().await;
    let store = &world.store;
    let settings =
        NamespaceSettings { region: "eu-west-1".to_owned(), ..NamespaceSettings::default() };
    let made = created(store.create_namespace("team", &settings).await.unwrap());
    assert_eq!(
        store.create_namespace("team", &settings).await.unwrap(),
        Creation::Same(made.clone())
    );
    let differs = store.create_namespace("team", &NamespaceSettings::default()).await.unwrap();
    assert_eq!(differs, Creation::Differs(made.clone()));

    let limits = Limits {
        history_events: Some(25_000),
        state_machines: Some(1),
        activities: Some(2),
        versions: Some(3),
        aliases: Some(4),
        requests_per_second: Some(6),
        open_executions: Some(7),
        activity_pollers: Some(8),
    };
    let changed = NamespaceSettings { payload_bytes_max: 1024, limits, ..settings };
    let updated = store.update_namespace("team", &changed).await.unwrap().expect("is there");
    assert_eq!((updated.id, &updated.settings), (made.id, &changed));
    assert_eq!(store.update_namespace("nobody", &changed).await.unwrap(), None);

    let first = store.namespaces(None, 1).await.unwrap();
    assert_eq!(first[0].name, "default");
    let second = store.namespaces(Some("default"), 10).await.unwrap();
    assert_eq!(second, [updated]);
}
