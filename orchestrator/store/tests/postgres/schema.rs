//! The schema's versions, its secret, and partitions that are there before they are needed.

use chrono::{DateTime, Months, Utc};
use cluster::ScratchCluster;
use sqlx::Connection;
use store::StoreError;

use crate::world::{World, connect, id_at, refusal, write};

#[tokio::test]
async fn an_empty_database_is_refused_until_it_is_migrated() {
    let store = connect(&ScratchCluster::shared().database()).await;
    let error = store.check_schema().await.unwrap_err();
    assert!(error.to_string().contains("run `everstep migrate`"), "{error}");

    let report = store.migrate().await.unwrap();

    assert_eq!(report.applied.last(), Some(&report.version));
    store.check_schema().await.unwrap();
    let again = store.migrate().await.unwrap();
    assert_eq!((again.applied, again.version), (vec![], report.version));
}

#[tokio::test]
async fn nodes_that_migrate_at_once_do_not_get_in_each_others_way() {
    let url = ScratchCluster::shared().database();
    let (one, two) = (connect(&url).await, connect(&url).await);
    let (one, two) = tokio::join!(one.migrate(), two.migrate());
    one.unwrap();
    two.unwrap();
}

#[tokio::test]
async fn a_newer_schema_is_refused_only_when_it_has_left_this_version_behind() {
    let world = World::new().await;
    let mut connection = world.connection().await;
    let newer = "insert into _sqlx_migrations (version, description, success, checksum, execution_time) \
                 values (9000, 'from the future', true, '', 0)";
    sqlx::query(newer).execute(&mut connection).await.unwrap();
    world.store.check_schema().await.expect("expanded, not contracted");
    world.store.migrate().await.expect("nothing to do");

    let contract = "update deployment set compatible_from = 9000";
    sqlx::query(contract).execute(&mut connection).await.unwrap();

    let error = world.store.check_schema().await.unwrap_err();
    assert!(
        matches!(&error, StoreError::Schema(text) if text.contains("install a newer")),
        "{error}"
    );
}

#[tokio::test]
async fn each_database_has_a_secret_of_its_own_and_keeps_it() {
    let (one, two) = (World::new().await, World::new().await);
    let secret = one.store.secret().await.unwrap();
    assert_eq!(connect(&one.url).await.secret().await.unwrap(), secret);
    assert_eq!(one.store.homes().await.unwrap(), 1);
    // Copies of one template: only a database that was migrated itself draws its own.
    assert_eq!(two.store.secret().await.unwrap(), secret);
    let fresh = connect(&ScratchCluster::shared().database()).await;
    fresh.migrate().await.unwrap();
    assert_ne!(fresh.secret().await.unwrap(), secret);
}

#[tokio::test]
async fn partitions_reach_months_ahead_and_any_time_back() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    assert_eq!(world.store.ensure_partitions().await.unwrap(), 0, "the migration made them");
    let months = |count| Utc::now().checked_add_months(Months::new(count)).expect("is a time");
    let ids = [id_at(DateTime::UNIX_EPOCH, 1), id_at(Utc::now(), 2), id_at(months(3), 3)];

    write(&mut lane, &world.starts(&ids)).await;

    let beyond = refusal(lane.commit(&world.starts(&[id_at(months(5), 4)])).await);
    assert!(beyond.message.contains("no partition of relation"), "{beyond}");
}

#[tokio::test]
async fn partitions_of_a_later_month_are_attached_without_stopping_writers() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    write(&mut lane, &world.starts(&[id_at(Utc::now(), 1)])).await;
    let mut connection = world.connection().await;
    // A commit in flight, as far as locks go.
    let mut other = world.connection().await;
    let mut writer = other.begin().await.unwrap();
    sqlx::query("lock table history, execution in row exclusive mode")
        .execute(&mut *writer)
        .await
        .unwrap();

    let made: i32 =
        sqlx::query_scalar("select make_partitions('history', now() + interval '20 months')")
            .fetch_one(&mut connection)
            .await
            .expect("does not wait for the writer");

    assert!(made >= 16, "{made}");
    writer.rollback().await.unwrap();
    let later = Utc::now().checked_add_months(Months::new(20)).expect("is a time");
    let part = "select count(*) from pg_class where relname = 'history_p' || to_char($1, 'YYYYMM')";
    let count: i64 = sqlx::query_scalar(part).bind(later).fetch_one(&mut connection).await.unwrap();
    assert_eq!(count, 1);
}
