//! PostgreSQL away: errors come in time and say so; when it is back, everything goes on.

use std::time::{Duration, Instant};

use cluster::{ScratchCluster, StopMode};
use store::{CommitError, Raised, Store, StoreError, StoreOptions};

use crate::world::{World, connect, created, id, machine, write};

#[tokio::test(flavor = "multi_thread")]
async fn an_outage_is_told_as_such_and_ends_by_itself() {
    let mut scratch = ScratchCluster::start().expect("starts");
    let url = scratch.database();
    let store = connect(&url).await;
    store.migrate().await.unwrap();
    let machine = created(store.create_machine(&machine("orders")).await.unwrap());
    let world = World { url, store, machine };
    let (node, mut lane) = world.lane().await;
    write(&mut lane, &world.starts(&[id(1)])).await;

    scratch.cluster_mut().stop(StopMode::Immediate).expect("stops");

    let started = Instant::now();
    let doubt = lane.commit(&world.starts(&[id(2)])).await;
    assert!(matches!(doubt, Err(CommitError::Doubt(_))), "{doubt:?}");
    let raise = lane.raise_epoch().await;
    assert!(matches!(raise, Err(StoreError::Unavailable(_))), "{raise:?}");
    let beat = world.store.heartbeat(node).await;
    assert!(matches!(beat, Err(StoreError::Unavailable(_))), "{beat:?}");
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());

    scratch.cluster_mut().restart().expect("is back");

    assert_eq!(lane.raise_epoch().await.unwrap(), Raised::Standing);
    write(&mut lane, &world.starts(&[id(3)])).await;
    // Each connection that the outage broke may cost one answer more.
    let mut beats = Vec::new();
    for _ in 0..8 {
        beats.push(world.store.heartbeat(node).await.is_ok_and(|beat| beat.alive));
    }
    assert_eq!(beats.last(), Some(&true), "{beats:?}");
}

#[tokio::test]
async fn wrong_settings_are_told_apart_from_an_outage() {
    let url = ScratchCluster::shared().database();
    let nowhere = url.replace("host=", "host=%2Fnowhere");
    let no_database = url.replace("/scratch_", "/absent_");
    for (url, outage) in [(nowhere.as_str(), true), (no_database.as_str(), false), ("what", false)]
    {
        let error = Store::connect(StoreOptions::new(url)).await.unwrap_err();
        assert_eq!(matches!(error, StoreError::Unavailable(_)), outage, "{url}: {error:?}");
        assert_eq!(matches!(error, StoreError::Configuration(_)), !outage, "{url}: {error:?}");
    }
}
