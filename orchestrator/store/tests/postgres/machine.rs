//! Machines and their revisions: created once, revised, deleted when nothing runs.

use store::{
    Batch, Configuration, Creation, ExecutionStatus, MachineChange, MachineStatus, NewMachine, Tag,
    Tagged,
};

use crate::world::{DEFAULT, World, created, end, id, machine, write};

#[tokio::test]
async fn creating_the_same_again_answers_with_the_one_that_stands() {
    let world = World::new().await;
    let again = world.store.create_machine(&machine("orders")).await.unwrap();
    assert_eq!(again, Creation::Same(world.machine.clone()));

    let other_definition = NewMachine { definition: "{}".to_owned(), ..machine("orders") };
    let configuration = Configuration { logging: "{}".to_owned(), ..Configuration::default() };
    let other_configuration = NewMachine { configuration, ..machine("orders") };
    let published = NewMachine { published: Some(String::new()), ..machine("orders") };
    for different in [other_definition, other_configuration, published] {
        let answer = world.store.create_machine(&different).await.unwrap();
        assert_eq!(answer, Creation::Differs(world.machine.clone()));
    }
    // AWS's documentation of CreateStateMachine: another role and other tags are ignored.
    let tags = vec![Tag { key: "team".to_owned(), value: "pay".to_owned() }];
    let other_role = NewMachine { role_arn: "r".to_owned(), tags, ..machine("orders") };
    let answer = world.store.create_machine(&other_role).await.unwrap();
    assert_eq!(answer, Creation::Same(world.machine.clone()));
    assert_eq!(world.store.tags(Tagged::Machine(world.machine.id)).await.unwrap(), []);
}

#[tokio::test]
async fn an_update_makes_a_revision_and_leaves_the_older_one_as_it_was() {
    let world = World::new().await;
    let first = &world.machine;
    let definition = Some("{\"a\": 1.10}".to_owned());
    let change = MachineChange { definition, ..MachineChange::default() };
    let second = world.store.update_machine(first.id, &change).await.unwrap().expect("is active");
    assert!(second.revised && second.version.is_none());
    let same = world.store.update_machine(first.id, &change).await.unwrap().expect("is active");
    assert!(!same.revised, "nothing differs");
    let second = second.machine;
    assert_eq!(same.machine, second);
    assert_eq!((second.revision.number, second.revision.definition.as_str()), (2, "{\"a\": 1.10}"));
    assert_eq!(second.revision.role_arn, first.revision.role_arn, "what is absent stays");
    assert_ne!(second.revision.public_id, first.revision.public_id);

    let configuration = Configuration { logging: "{}".to_owned(), ..Configuration::default() };
    let change =
        MachineChange { configuration: Some(configuration.clone()), ..MachineChange::default() };
    let third = world.store.update_machine(first.id, &change).await.unwrap().expect("is active");
    let third = third.machine;
    assert_eq!((third.revision.number, &third.revision.configuration), (3, &configuration));
    assert_eq!(third.revision.definition, second.revision.definition);

    let kept = world.store.revision(first.revision.id).await.unwrap();
    assert_eq!(kept.as_ref(), Some(&first.revision));
    let newest = world.store.machine_by_name(DEFAULT, "orders").await.unwrap();
    assert_eq!(newest, Some(third));
}

#[tokio::test]
async fn updates_at_once_make_one_revision_each() {
    let world = World::new().await;
    let update = |text: &'static str| {
        let (store, id) = (world.store.clone(), world.machine.id);
        let change =
            MachineChange { definition: Some(text.to_owned()), ..MachineChange::default() };
        async move { store.update_machine(id, &change).await.unwrap().expect("is active") }
    };
    let (a, b, c) = tokio::join!(update("a"), update("b"), update("c"));
    let mut numbers = [a, b, c].map(|update| update.machine.revision.number);
    numbers.sort_unstable();
    assert_eq!(numbers, [2, 3, 4]);
}

#[tokio::test]
async fn a_deleted_machine_goes_when_its_last_execution_has_ended() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (one, orders) = (id(1), world.machine.id);
    write(&mut lane, &world.starts(&[one])).await;

    assert!(world.store.delete_machine(orders).await.unwrap());

    let deleting = world.store.machine_by_name(DEFAULT, "orders").await.unwrap();
    assert_eq!(deleting.map(|found| found.status), Some(MachineStatus::Deleting));
    let again = world.store.create_machine(&machine("orders")).await.unwrap();
    assert!(matches!(again, Creation::Differs(found) if found.status == MachineStatus::Deleting));
    let update = world.store.update_machine(orders, &MachineChange::default()).await.unwrap();
    assert_eq!(update, None);

    let ends = vec![end(one, ExecutionStatus::Succeeded)];
    write(&mut lane, &Batch { ends, ..Batch::default() }).await;
    assert_eq!(world.store.sweep_machines().await.unwrap(), 1);

    assert_eq!(world.store.machine_by_name(DEFAULT, "orders").await.unwrap(), None);
    assert!(!world.store.delete_machine(orders).await.unwrap());
    let fresh = created(world.store.create_machine(&machine("orders")).await.unwrap());
    assert_ne!(fresh.id, orders);
    let ran = world.store.execution(one).await.unwrap().expect("is still shown");
    assert_eq!(ran.machine_name, "orders");
    let gone = world.store.machine(orders).await.unwrap().map(|found| found.status);
    assert_eq!(gone, Some(MachineStatus::Deleted));
}

#[tokio::test]
async fn machines_are_listed_by_name_in_pages() {
    let world = World::new().await;
    for name in ["b", "Z", "ä", "a"] {
        created(world.store.create_machine(&machine(name)).await.unwrap());
    }
    let mut names = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = world.store.machines(DEFAULT, after.as_deref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.name.clone());
        names.extend(page.into_iter().map(|found| found.name));
    }
    assert_eq!(names, ["Z", "a", "b", "orders", "ä"], "by code point, wherever the database runs");
}
