//! The commit statement: what it writes, what a taken name costs, what a refusal leaves behind.

use store::{
    Batch, ChosenName, Committed, ExecutionStatus, Lane, MachineType, NewExecution, Remedy,
};

use crate::world::{WRITTEN, World, end, id, message, refusal, row, rows, write};

#[tokio::test]
async fn a_life_is_one_insert_one_row_a_commit_and_one_update() {
    let world = World::new().await;
    let (node, mut lane) = world.lane().await;
    let one = id(1);

    write(&mut lane, &world.starts(&[one])).await;
    let started = world.store.execution(one).await.unwrap().expect("is there");
    assert_eq!((started.status, started.owner), (ExecutionStatus::Running, Some(node)));
    assert_eq!((started.machine_name.as_str(), started.name), ("orders", one.to_string()));

    write(&mut lane, &rows(vec![row(one, 2)])).await;
    let last = end(one, ExecutionStatus::Failed);
    let batch = Batch { rows: vec![row(one, 3)], ends: vec![last.clone()], ..Batch::default() };
    write(&mut lane, &batch).await;

    let ended = world.store.execution(one).await.unwrap().expect("is there");
    assert_eq!((ended.status, ended.owner), (ExecutionStatus::Failed, None));
    let micros = |at: chrono::DateTime<chrono::Utc>| at.timestamp_micros();
    assert_eq!(ended.ended_at.map(micros), Some(micros(last.ended_at)));
    assert_eq!(world.history_length(one).await, 3);
}

#[tokio::test]
async fn an_execution_may_start_and_end_in_one_batch() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (short, long) = (id(1), id(2));
    let mut batch = world.starts(&[short, long]);
    batch.ends.push(end(short, ExecutionStatus::Succeeded));

    write(&mut lane, &batch).await;

    let short = world.store.execution(short).await.unwrap().expect("is there");
    assert_eq!((short.status, short.owner), (ExecutionStatus::Succeeded, None));
    let long = world.store.execution(long).await.unwrap().expect("is there");
    assert_eq!(long.status, ExecutionStatus::Running);
}

#[tokio::test]
async fn an_empty_batch_tells_whether_the_fence_stands() {
    let world = World::new().await;
    let (node, mut lane) = world.lane().await;
    write(&mut lane, &Batch::default()).await;
    world.store.leave(node).await.unwrap();
    assert_eq!(lane.commit(&Batch::default()).await.unwrap(), Committed::Fenced);
}

#[tokio::test]
async fn of_two_starts_with_one_name_in_a_batch_one_loses_everything() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (first, second, other) = (id(1), id(2), id(3));
    let batch = Batch {
        starts: vec![world.named(second, "n"), world.named(first, "n"), world.named(other, "o")],
        rows: vec![row(first, 1), row(second, 1), row(other, 1)],
        ends: vec![end(second, ExecutionStatus::Succeeded)],
        sent: vec![
            message(second, other, "from a loser"),
            message(first, other, "from the winner"),
        ],
        ..Batch::default()
    };

    let committed = lane.commit(&batch).await.unwrap();

    assert_eq!(committed, Committed::Written { lost_names: vec![second] });
    assert_eq!(world.store.execution(second).await.unwrap(), None);
    assert_eq!(world.history_length(second).await, 0);
    let winner = world.store.execution_by_name(world.machine.id, "n").await.unwrap();
    let winner = winner.expect("holds the name");
    assert_eq!((winner.id, winner.input_hash), (first, Some([7; 32])));
    assert_eq!(world.history_length(other).await, 1);
    assert_eq!(world.inbox().await, [(other, "from the winner".to_owned())]);
}

#[tokio::test]
async fn a_name_without_a_hash_is_shared() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let shared = |id| NewExecution {
        chosen: Some(ChosenName { name: "n".to_owned(), input_hash: None }),
        ..world.start(id)
    };
    let [one, two, three] = [1, 2, 3].map(id);
    let starts = vec![shared(one), world.named(two, "n"), shared(three)];
    let rows = [one, two, three].map(|id| row(id, 1)).into();
    let batch = Batch { starts, rows, ..Batch::default() };

    assert_eq!(lane.commit(&batch).await.unwrap(), Committed::Written { lost_names: vec![] });

    for id in [one, two, three] {
        let found = world.store.execution(id).await.unwrap().expect("it was written");
        assert_eq!((found.name.as_str(), found.machine_type), ("n", MachineType::Standard));
    }
    let holder = world.store.execution_by_name(world.machine.id, "n").await.unwrap();
    assert_eq!(holder.map(|row| row.id), Some(two));
}

#[tokio::test]
async fn a_name_stays_taken_after_its_execution_has_ended() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (first, second) = (id(1), id(2));
    let start = |id| Batch {
        starts: vec![world.named(id, "n")],
        rows: vec![row(id, 1)],
        ..Batch::default()
    };
    let mut batch = start(first);
    batch.ends.push(end(first, ExecutionStatus::Succeeded));
    write(&mut lane, &batch).await;

    let committed = lane.commit(&start(second)).await.unwrap();

    assert_eq!(committed, Committed::Written { lost_names: vec![second] });
}

#[tokio::test]
async fn lanes_that_race_for_the_same_names_share_them_without_deadlock() {
    const ROUNDS: u32 = 20;
    const NAMES: u32 = 30;
    let world = World::new().await;
    let (_, mut one) = world.lane().await;
    let (_, mut two) = world.lane().await;
    for round in 0..ROUNDS {
        // Each lane gets the names in another order.
        let batch = |lane: u32, names: Vec<u32>| {
            let named =
                |name: &u32| (id(round * 1000 + lane * 100 + name), format!("{round}-{name}"));
            let starts: Vec<_> = names.iter().map(named).collect();
            Batch {
                rows: starts.iter().map(|(id, _)| row(*id, 1)).collect(),
                starts: starts.iter().map(|(id, name)| world.named(*id, name)).collect(),
                ..Batch::default()
            }
        };
        let (first, second) =
            (batch(1, (0..NAMES).collect()), batch(2, (0..NAMES).rev().collect()));

        let (first, second) = tokio::join!(lost(&mut one, &first), lost(&mut two, &second));

        assert_eq!(first + second, NAMES as usize, "round {round}: each name has one winner");
    }
    let mut connection = world.connection().await;
    let count = "select count(*) from execution e join history h on h.id = e.id";
    let executions: i64 = sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap();
    assert_eq!(executions, i64::from(ROUNDS * NAMES));
}

async fn lost(lane: &mut Lane, batch: &Batch) -> usize {
    match lane.commit(batch).await.expect("no deadlock") {
        Committed::Written { lost_names } => lost_names.len(),
        Committed::Fenced => panic!("nobody deposed it"),
    }
}

#[tokio::test]
async fn a_row_that_is_there_already_is_refused_and_its_neighbours_can_go_again() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (good, bad) = (id(1), id(2));
    write(&mut lane, &world.starts(&[good, bad])).await;

    // Whoever gets past the fence with a stale view repeats a seq.
    let refused = refusal(lane.commit(&rows(vec![row(good, 2), row(bad, 1)])).await);

    assert_eq!((refused.remedy, refused.sqlstate.as_str()), (Remedy::Halve, "23505"));
    assert!(refused.constraint.is_some_and(|name| name.starts_with("history")));
    assert_eq!(world.history_length(good).await, 1, "nothing of the batch was written");
    write(&mut lane, &rows(vec![row(good, 2)])).await;
    assert_eq!(world.history_length(good).await, 2);
}

#[tokio::test]
async fn an_end_without_its_execution_or_after_its_end_is_refused() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (running, ended, absent) = (id(1), id(2), id(3));
    write(&mut lane, &world.starts(&[running, ended])).await;
    let ends = |ends: &[execution::ExecutionId]| Batch {
        ends: ends.iter().map(|id| end(*id, ExecutionStatus::Aborted)).collect(),
        ..Batch::default()
    };
    write(&mut lane, &ends(&[ended])).await;

    for culprit in [ended, absent] {
        let refused = refusal(lane.commit(&ends(&[running, culprit])).await);
        assert_eq!(refused.remedy, Remedy::Halve);
        assert!(refused.message.contains("has ended before"), "{refused}");
    }

    assert_eq!(world.store.execution(absent).await.unwrap(), None);
    let status = world.store.execution(running).await.unwrap().map(|found| found.status);
    assert_eq!(status, Some(ExecutionStatus::Running));
    assert_eq!(lane.commit(&ends(&[running])).await.unwrap(), WRITTEN);
}

#[tokio::test]
async fn bytes_come_back_as_they_went_in() {
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let one = id(1);
    let mut batch = world.starts(&[one]);
    batch.rows[0].events = (0..=255).cycle().take(300_000).collect();

    write(&mut lane, &batch).await;

    let page = store::HistoryPage { rows_max: 1, bytes_max: 1 };
    let read = world.store.history_rows(one, store::HistoryFrom::Last, page).await.unwrap();
    assert!(read[0].events == batch.rows[0].events);
}
