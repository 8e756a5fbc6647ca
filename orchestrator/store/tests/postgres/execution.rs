//! Lists of executions: every filter, and pages that stay put while others start.

use chrono::{DateTime, TimeDelta, Utc};
use execution::ExecutionId;
use store::{
    Batch, ExecutionFilter, ExecutionPage, ExecutionStatus as Status, MachineId, NewExecution,
};

use crate::world::{DEFAULT, World, created, end, id_at, machine, started_at, write};

struct Listed {
    world: World,
    other: MachineId,
    /// Oldest first.
    ids: Vec<ExecutionId>,
    begin: DateTime<Utc>,
}

/// Ten executions, one a minute; every third of another machine; one of each status, over and over.
async fn listed() -> Listed {
    const ENDS: [Option<Status>; 5] = [
        None,
        Some(Status::Succeeded),
        Some(Status::Failed),
        Some(Status::TimedOut),
        Some(Status::Aborted),
    ];
    let world = World::new().await;
    let other = created(world.store.create_machine(&machine("other")).await.expect("creates"));
    let begin = Utc::now() - TimeDelta::hours(1);
    let ids: Vec<_> =
        (0..10).map(|number| id_at(begin + TimeDelta::minutes(i64::from(number)), 0)).collect();
    let mut batch = Batch::default();
    for (number, id) in ids.iter().enumerate() {
        let mut start = world.start(*id);
        if number % 3 == 0 {
            start = NewExecution { machine: other.id, revision: other.revision.id, ..start };
        }
        batch.starts.push(start);
        batch.ends.extend(ENDS[number % 5].map(|status| end(*id, status)));
    }
    let (_, mut lane) = world.lane().await;
    write(&mut lane, &batch).await;
    Listed { world, other: other.id, ids, begin }
}

fn everything() -> ExecutionFilter {
    ExecutionFilter {
        namespace: DEFAULT,
        machine: None,
        version: None,
        alias: None,
        status: None,
        started_from: None,
        started_before: None,
        redriven: None,
    }
}

#[tokio::test]
async fn each_filter_shows_its_executions_newest_first() {
    let listed = listed().await;
    let minute = |number| Some(listed.begin + TimeDelta::minutes(number));
    let first_start = started_at(listed.ids[3]);
    let table: [(&str, ExecutionFilter, &[usize]); 9] = [
        ("all", everything(), &[9, 8, 7, 6, 5, 4, 3, 2, 1, 0]),
        ("machine", ExecutionFilter { machine: Some(listed.other), ..everything() }, &[9, 6, 3, 0]),
        ("running", ExecutionFilter { status: Some(Status::Running), ..everything() }, &[5, 0]),
        ("succeeded", ExecutionFilter { status: Some(Status::Succeeded), ..everything() }, &[6, 1]),
        ("failed", ExecutionFilter { status: Some(Status::Failed), ..everything() }, &[7, 2]),
        ("timed out", ExecutionFilter { status: Some(Status::TimedOut), ..everything() }, &[8, 3]),
        (
            "aborted, of a machine",
            ExecutionFilter {
                status: Some(Status::Aborted),
                machine: Some(listed.other),
                ..everything()
            },
            &[9],
        ),
        (
            "from inclusive, before exclusive",
            ExecutionFilter {
                started_from: Some(first_start),
                started_before: Some(started_at(listed.ids[5])),
                ..everything()
            },
            &[4, 3],
        ),
        ("later than all", ExecutionFilter { started_from: minute(60), ..everything() }, &[]),
    ];
    for (name, filter, expected) in table {
        let page = ExecutionPage { after: None, rows_max: 100 };
        let found = listed.world.store.executions(&filter, page).await.unwrap();
        let found: Vec<_> = found.iter().map(|row| row.id).collect();
        let expected: Vec<_> = expected.iter().map(|number| listed.ids[*number]).collect();
        assert_eq!(found, expected, "{name}");
    }
}

#[tokio::test]
async fn pages_show_each_execution_once_while_others_start() {
    let listed = listed().await;
    let world = &listed.world;
    let (_, mut lane) = world.lane().await;
    let mut shown = Vec::new();
    let mut after = None;
    loop {
        let page = ExecutionPage { after, rows_max: 3 };
        let rows = world.store.executions(&everything(), page).await.unwrap();
        let Some(last) = rows.last() else { break };
        after = Some(last.id);
        shown.extend(rows.iter().map(|row| row.id));
        write(&mut lane, &world.starts(&[id_at(Utc::now(), 0)])).await;
    }
    shown.reverse();
    assert_eq!(shown, listed.ids);
}

#[tokio::test]
async fn an_execution_without_a_chosen_name_is_found_by_its_id_alone() {
    let listed = listed().await;
    let store = &listed.world.store;
    let (id, machine) = (listed.ids[1], listed.world.machine.id);
    let found = |name: String, machine| async move {
        store.execution_by_name(machine, &name).await.unwrap().map(|row| row.id)
    };
    assert_eq!(found(id.to_string(), machine).await, Some(id));
    assert_eq!(found(id.to_string(), listed.other).await, None, "of another machine");
    assert_eq!(found(id.to_string().to_uppercase(), machine).await, None, "another name");
    assert_eq!(found("nobody".to_owned(), machine).await, None);
}
