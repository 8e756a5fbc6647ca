//! Pages of history: both directions, by seq and by public id, bounded by rows and by bytes.

use execution::ExecutionId;
use store::{HistoryFrom as From, HistoryPage, NewRow};

use crate::world::{World, id, row, rows, write};

const ALL: HistoryPage = HistoryPage { rows_max: 1000, bytes_max: 1 << 20 };

/// Rows of several events; the third and the sixth have internal events alone.
async fn told() -> (World, ExecutionId) {
    let spans = [
        (1, 4, 1, 3),
        (5, 6, 4, 5),
        (7, 9, 6, 5),
        (10, 10, 6, 6),
        (11, 20, 7, 12),
        (21, 21, 13, 12),
    ];
    let world = World::new().await;
    let (_, mut lane) = world.lane().await;
    let (one, neighbour) = (id(1), id(2));
    write(&mut lane, &world.starts(&[neighbour])).await;
    for (number, (seq, last_seq, first_public, last_public)) in spans.into_iter().enumerate() {
        let row = NewRow {
            seq,
            last_seq,
            first_public,
            last_public,
            events: vec![b'x'; 10],
            ..row(one, 1)
        };
        let mut batch = rows(vec![row]);
        if number == 0 {
            batch.starts.push(world.start(one));
        }
        write(&mut lane, &batch).await;
    }
    (world, one)
}

#[tokio::test]
async fn a_page_begins_where_it_is_asked_to() {
    let (world, one) = told().await;
    let table: [(From, &[u64]); 17] = [
        (From::After { seq: 0 }, &[1, 5, 7, 10, 11, 21]),
        (From::After { seq: 5 }, &[7, 10, 11, 21]),
        (From::After { seq: 21 }, &[]),
        (From::After { seq: u64::MAX }, &[]),
        (From::AfterPublic { public: 0 }, &[1, 5, 7, 10, 11, 21]),
        (From::AfterPublic { public: 2 }, &[1, 5, 7, 10, 11, 21]),
        (From::AfterPublic { public: 3 }, &[5, 7, 10, 11, 21]),
        (From::AfterPublic { public: 5 }, &[10, 11, 21]),
        (From::AfterPublic { public: 11 }, &[11, 21]),
        (From::AfterPublic { public: 12 }, &[]),
        (From::AfterPublic { public: 99 }, &[]),
        (From::Last, &[21, 11, 10, 7, 5, 1]),
        (From::BeforePublic { public: 7 }, &[10, 7, 5, 1]),
        (From::BeforePublic { public: 3 }, &[1]),
        (From::BeforePublic { public: 1 }, &[]),
        (From::BeforePublic { public: 0 }, &[]),
        (From::BeforePublic { public: 99 }, &[21, 11, 10, 7, 5, 1]),
    ];
    for (from, expected) in table {
        let found = world.store.history_rows(one, from, ALL).await.unwrap();
        let seqs: Vec<_> = found.iter().map(|row| row.seq).collect();
        assert_eq!(seqs, expected, "{from:?}");
    }
}

#[tokio::test]
async fn a_page_ends_at_the_first_limit_but_never_before_its_first_row() {
    let (world, one) = told().await;
    // Each row has 10 bytes.
    for (rows_max, bytes_max, forwards, backwards) in [
        (2, 1000, vec![1, 5], vec![21, 11]),
        (1000, 15, vec![1, 5], vec![21, 11]),
        (1000, 10, vec![1], vec![21]),
        (1000, 1, vec![1], vec![21]),
        (0, 0, vec![1], vec![21]),
    ] {
        let page = HistoryPage { rows_max, bytes_max };
        for (from, expected) in [(From::After { seq: 0 }, forwards), (From::Last, backwards)] {
            let found = world.store.history_rows(one, from, page).await.unwrap();
            let seqs: Vec<_> = found.iter().map(|row| row.seq).collect();
            assert_eq!(seqs, expected, "{rows_max} rows, {bytes_max} bytes, {from:?}");
        }
    }
}

#[tokio::test]
async fn an_unknown_execution_has_no_history() {
    let world = World::new().await;
    for from in [From::After { seq: 0 }, From::AfterPublic { public: 0 }, From::Last] {
        assert_eq!(world.store.history_rows(id(1), from, ALL).await.unwrap(), []);
    }
}
