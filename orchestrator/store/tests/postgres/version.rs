//! Versions and aliases: numbers that are given once, routes whose versions stand.

use store::{
    Alias, AliasAnswer, AliasChange, Batch, Creation, ExecutionFilter, ExecutionPage,
    ExecutionStatus, MachineChange, NewAlias, NewExecution, NewMachine, Publish, Published, Route,
    Version, VersionDeletion,
};

use crate::world::{DEFAULT, World, created, end, id, machine, row, write};

impl World {
    async fn publish(&self, description: &str) -> Version {
        let machine = self.machine.id;
        let published =
            self.store.publish_version(machine, Publish::Newest, description, None).await;
        match published.expect("PostgreSQL runs") {
            Published::Version(version) => version,
            other @ (Published::Outdated { .. } | Published::Gone) => panic!("{other:?}"),
        }
    }

    /// Revises the machine and publishes it.
    async fn next_version(&self, definition: &str) -> Version {
        let change = MachineChange {
            definition: Some(definition.to_owned()),
            published: Some(definition.to_owned()),
            ..MachineChange::default()
        };
        let updated = self.store.update_machine(self.machine.id, &change).await;
        let updated = updated.expect("PostgreSQL runs").expect("it is active");
        updated.version.expect("it was published")
    }

    async fn alias(&self, name: &str, routes: &[(i64, i16)]) -> AliasAnswer<Creation<Alias>> {
        let new = NewAlias {
            machine: self.machine.id,
            name: name.to_owned(),
            description: String::new(),
            routes: routes.iter().map(|&(version, weight)| Route { version, weight }).collect(),
            max: None,
        };
        self.store.create_alias(&new).await.expect("PostgreSQL runs")
    }

    async fn started_on(&self, version: Option<i64>, alias: Option<&str>) -> Vec<uuid::Uuid> {
        let filter = ExecutionFilter {
            namespace: DEFAULT,
            machine: Some(self.machine.id),
            version,
            alias: alias.map(str::to_owned),
            status: None,
            started_from: None,
            started_before: None,
            redriven: None,
        };
        let mut found = Vec::new();
        for status in [None, Some(ExecutionStatus::Running), Some(ExecutionStatus::Failed)] {
            let filter = ExecutionFilter { status, ..filter.clone() };
            let page = ExecutionPage { after: None, rows_max: 10 };
            let rows = self.store.executions(&filter, page).await;
            found.extend(rows.expect("PostgreSQL runs"));
        }
        found.into_iter().map(|row| row.id.0).collect()
    }
}

#[tokio::test]
async fn a_revision_has_one_version_and_no_number_is_given_twice() {
    let world = World::new().await;
    let machine = world.machine.id;
    let first = world.publish("one").await;
    assert_eq!((first.number, first.revision), (1, world.machine.revision.id));
    assert_eq!(world.publish("another text").await, first);
    let second = world.next_version("{}").await;
    assert_eq!((second.number, second.description.as_str()), (2, "{}"));

    assert_eq!(world.store.delete_version(machine, 2).await.unwrap(), VersionDeletion::Done);
    assert_eq!(world.store.delete_version(machine, 2).await.unwrap(), VersionDeletion::Done);
    assert_eq!(world.store.machine_version(machine, 2).await.unwrap(), None);
    let third = world.publish("again").await;
    assert_eq!((third.number, third.revision), (3, second.revision));

    let page = world.store.versions(machine, None, 1).await.unwrap();
    assert_eq!(page, [third]);
    assert_eq!(world.store.versions(machine, Some(3), 5).await.unwrap(), [first]);
}

#[tokio::test]
async fn only_the_newest_revision_is_published() {
    let world = World::new().await;
    let machine = world.machine.id;
    let initial = world.machine.revision.public_id;
    let by_id =
        world.store.publish_version(machine, Publish::Revision(initial), "", None).await.unwrap();
    assert!(matches!(by_id, Published::Version(version) if version.number == 1));
    world.next_version("{}").await;

    for outdated in [Publish::Initial, Publish::Revision(initial)] {
        let answer = world.store.publish_version(machine, outdated, "", None).await.unwrap();
        assert!(matches!(answer, Published::Outdated { number: 2, .. }), "{answer:?}");
    }
    world.store.delete_machine(machine).await.unwrap();
    let gone = world.store.publish_version(machine, Publish::Newest, "", None).await.unwrap();
    assert_eq!(gone, Published::Gone);
}

#[tokio::test]
async fn publications_at_once_of_one_revision_make_one_version() {
    let world = World::new().await;
    let (a, b, c) = tokio::join!(world.publish("a"), world.publish("b"), world.publish("c"));
    assert_eq!((a.number, b.number, c.number), (1, 1, 1));
    assert_eq!(world.store.versions(world.machine.id, None, 9).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_alias_routes_to_versions_that_stand_and_keeps_them() {
    let world = World::new().await;
    let machine = world.machine.id;
    world.publish("").await;
    world.next_version("{}").await;

    assert_eq!(world.alias("live", &[(7, 100)]).await, AliasAnswer::VersionUnknown(7));
    let AliasAnswer::Done(Creation::Created(live)) = world.alias("live", &[(1, 70), (2, 30)]).await
    else {
        panic!("the name is free")
    };
    let again = world.alias("live", &[(1, 70), (2, 30)]).await;
    assert_eq!(again, AliasAnswer::Done(Creation::Same(live.clone())));
    let other = world.alias("live", &[(1, 100)]).await;
    assert_eq!(other, AliasAnswer::Done(Creation::Differs(live)));
    let named = VersionDeletion::Named(vec!["live".to_owned()]);
    assert_eq!(world.store.delete_version(machine, 2).await.unwrap(), named);

    let routes = Some(vec![Route { version: 1, weight: 100 }]);
    let change = AliasChange { routes: routes.clone(), ..AliasChange::default() };
    let changed = world.store.update_alias(machine, "live", &change).await.unwrap();
    assert!(matches!(changed, AliasAnswer::Done(alias) if Some(&alias.routes) == routes.as_ref()));
    assert_eq!(world.store.delete_version(machine, 2).await.unwrap(), VersionDeletion::Done);
    let unknown = world.store.update_alias(machine, "dead", &change).await.unwrap();
    assert_eq!(unknown, AliasAnswer::Unknown);
    assert_eq!(world.store.aliases(machine, Some(1), None, 9).await.unwrap().len(), 1);
    assert_eq!(world.store.aliases(machine, Some(2), None, 9).await.unwrap(), []);
}

#[tokio::test]
async fn versions_and_aliases_go_with_their_machine() {
    let world = World::new().await;
    let machine_id = world.machine.id;
    world.publish("").await;
    world.alias("live", &[(1, 100)]).await;
    world.store.delete_machine(machine_id).await.unwrap();

    assert_eq!(world.store.machine_version(machine_id, 1).await.unwrap(), None);
    assert_eq!(world.store.alias(machine_id, "live").await.unwrap(), None);
    assert_eq!(world.alias("live", &[(1, 100)]).await, AliasAnswer::MachineGone);
    let published = NewMachine { published: Some("first".to_owned()), ..machine("orders") };
    let fresh = created(world.store.create_machine(&published).await.unwrap());
    let version = world.store.version_of(fresh.revision.id).await.unwrap().unwrap();
    assert_eq!((version.number, version.description.as_str()), (1, "first"));
}

#[tokio::test]
async fn executions_are_listed_by_what_started_them() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let by = |number, version, alias: Option<&str>| NewExecution {
        version,
        alias: alias.map(Into::into),
        ..world.start(id(number))
    };
    let starts = vec![by(1, None, None), by(2, Some(1), None), by(3, Some(1), Some("live"))];
    let ids: Vec<_> = starts.iter().map(|start| start.id).collect();
    let rows = ids.iter().map(|id| row(*id, 1)).collect();
    let ends = vec![end(ids[1], ExecutionStatus::Failed)];
    write(&mut lane, &Batch { starts, rows, ends, ..Batch::default() }).await;

    // All of them, those that run, those that failed.
    let (plain, version, alias) = (ids[0].0, ids[1].0, ids[2].0);
    let all = world.started_on(None, None).await;
    assert_eq!(all, [alias, version, plain, alias, plain, version]);
    assert_eq!(world.started_on(Some(1), None).await, [alias, version, alias, version]);
    assert!(world.started_on(Some(2), None).await.is_empty());
    assert_eq!(world.started_on(None, Some("live")).await, [alias, alias]);
    let found = world.store.execution(ids[2]).await.unwrap().unwrap();
    assert_eq!((found.version, found.alias.as_deref()), (Some(1), Some("live")));
}
