//! Tags and the activities that may bear them.

use store::{Creation, NewActivity, Tag, Tagged, Tagging};

use crate::world::{DEFAULT, World, created};

fn tags(tags: &[(&str, &str)]) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: (*key).into(), value: (*value).into() }).collect()
}

fn activity(name: &str, encryption: &str) -> NewActivity {
    NewActivity {
        namespace: DEFAULT,
        name: name.to_owned(),
        encryption: encryption.to_owned(),
        tags: tags(&[("team", name)]),
        activities_max: None,
    }
}

#[tokio::test]
async fn a_key_has_one_value_and_a_resource_no_more_tags_than_allowed() {
    let world = World::new().await;
    let orders = Tagged::Machine(world.machine.id);
    let tag =
        async |given: &[(&str, &str)]| world.store.tag(orders, &tags(given), 2).await.unwrap();

    assert_eq!(tag(&[("b", "1"), ("a", "")]).await, Tagging::Done);
    assert_eq!(tag(&[("b", "2")]).await, Tagging::Done);
    assert_eq!(tag(&[("c", "3"), ("a", "changed")]).await, Tagging::TooMany);
    assert_eq!(world.store.tags(orders).await.unwrap(), tags(&[("a", ""), ("b", "2")]));
    world.store.untag(orders, &["b".to_owned(), "z".to_owned()]).await.unwrap();
    assert_eq!(world.store.tags(orders).await.unwrap(), tags(&[("a", "")]));

    world.store.delete_machine(world.machine.id).await.unwrap();
    assert_eq!(world.store.tags(orders).await.unwrap(), []);
    assert_eq!(tag(&[("a", "")]).await, Tagging::Gone);
}

#[tokio::test]
async fn an_activity_is_created_once_and_its_tags_go_with_it() {
    let world = World::new().await;
    let pay = created(world.store.create_activity(&activity("pay", "")).await.unwrap());
    let same = world.store.create_activity(&activity("pay", "")).await.unwrap();
    assert_eq!(same, Creation::Same(pay.clone()));
    let other = world.store.create_activity(&activity("pay", "{}")).await.unwrap();
    assert_eq!(other, Creation::Differs(pay.clone()));
    let ship = created(world.store.create_activity(&activity("ship", "")).await.unwrap());

    assert_eq!(world.store.activities(DEFAULT, None, 1).await.unwrap().len(), 1);
    assert_eq!(world.store.activities(DEFAULT, Some("pay"), 9).await.unwrap(), [ship]);
    assert_eq!(world.store.tags(Tagged::Activity(pay.id)).await.unwrap(), tags(&[("team", "pay")]));
    for _ in 0..2 {
        world.store.delete_activity(DEFAULT, "pay").await.unwrap();
    }
    assert_eq!(world.store.activity_by_name(DEFAULT, "pay").await.unwrap(), None);
    assert_eq!(world.store.tags(Tagged::Activity(pay.id)).await.unwrap(), []);
}
