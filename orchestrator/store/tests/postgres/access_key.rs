//! Access keys: made once, revoked for good, never gone; the tally tells of every change.

use chrono::{DateTime, TimeDelta, Utc};
use store::{AccessKeyTally, NewAccessKey};

use crate::world::{DEFAULT, World};

const FIRST: &str = "EVAKAAAAAAAAAAAAAAAA";
const SECOND: &str = "EVAKBBBBBBBBBBBBBBBB";

fn new(id: &str) -> NewAccessKey {
    NewAccessKey {
        id: id.to_owned(),
        namespace: DEFAULT,
        administers: false,
        description: "ci".to_owned(),
        sealed: vec![1, 2, 3],
    }
}

#[tokio::test]
async fn a_key_is_made_once_listed_and_revoked_for_good() {
    let store = World::new().await.store;
    assert_eq!(store.access_key_tally().await.unwrap(), AccessKeyTally { made: 0, revoked: 0 });
    let first = store.create_access_key(&new(FIRST)).await.unwrap().expect("the id is free");
    assert_eq!((first.namespace_name.as_str(), first.administers), ("default", false));
    assert_eq!(store.create_access_key(&new(FIRST)).await.unwrap(), None);
    let admin = NewAccessKey { administers: true, ..new(SECOND) };
    let second = store.create_access_key(&admin).await.unwrap().expect("the id is free");
    assert!(second.administers);
    assert_eq!(store.access_keys().await.unwrap(), [first.clone(), second]);
    assert_eq!(store.access_key_tally().await.unwrap(), AccessKeyTally { made: 2, revoked: 0 });

    let revoked = store.revoke_access_key(FIRST).await.unwrap().expect("it is there");
    assert!(revoked.revoked_at.is_some_and(|at| at >= first.created_at));
    assert_eq!(store.revoke_access_key(FIRST).await.unwrap(), Some(revoked), "it keeps its time");
    assert_eq!(store.revoke_access_key("EVAKCCCCCCCCCCCCCCCC").await.unwrap(), None);
    assert_eq!(store.access_key_tally().await.unwrap(), AccessKeyTally { made: 2, revoked: 1 });
    assert_eq!(store.access_keys().await.unwrap().len(), 2, "a revoked key stays");
}

#[tokio::test]
async fn the_latest_use_of_a_key_stands_whoever_tells_it_last() {
    let store = World::new().await.store;
    store.create_access_key(&new(FIRST)).await.unwrap().expect("the id is free");
    let later = DateTime::from_timestamp(Utc::now().timestamp(), 0).expect("is a time");
    let earlier = later - TimeDelta::minutes(1);
    for at in [later, earlier] {
        store.access_keys_used(&[(FIRST.to_owned(), at)]).await.unwrap();
    }
    assert_eq!(store.access_keys().await.unwrap()[0].last_used_at, Some(later));
}

#[tokio::test]
async fn what_is_no_id_is_refused_by_a_named_constraint() {
    let store = World::new().await.store;
    let error = store.create_access_key(&new("evak")).await.unwrap_err();
    assert!(error.to_string().contains("access_key_id_is_one"), "{error}");
}
