//! Every kind of event in every format ever released has a file, and every file reads as it did when it was written.
//!
//! A file is one row. `GOLDEN_WRITE=1 cargo test -p execution golden` writes those that are missing; an existing one is never rewritten.

mod samples;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use execution::event::{Event, EventKind};
use execution::{codec, codec::DecodeError};

/// Names each kind, once for the compiler, which asks for a new one here, and once for the test, which asks for its file.
macro_rules! kinds {
    ($($kind:ident),+ $(,)?) => {
        const KINDS: &[&str] = &[$(stringify!($kind)),+];

        fn name_of(event: &Event) -> &'static str {
            match &event.kind {
                $(EventKind::$kind { .. } => stringify!($kind),)+
            }
        }
    };
}

kinds!(
    ExecutionStarted,
    ExecutionSucceeded,
    ExecutionFailed,
    ExecutionTimedOut,
    ExecutionAborted,
    StateEntered,
    StateExited,
    StateAborted,
    TaskScheduled,
    TaskStarted,
    TaskSucceeded,
    TaskFailed,
    TaskTimedOut,
    TaskOfferedAgain,
    RetryScheduled,
    RetryDue,
    TimerStarted,
    TimerFired,
    ParallelStarted,
    ParallelSucceeded,
    ParallelFailed,
    MapStarted,
    MapSucceeded,
    MapFailed,
    MapIterationStarted,
    MapIterationSucceeded,
    MapIterationFailed,
    MapIterationAborted,
    MapItemsFound,
    MapRunStarted,
    MapRun,
    BranchClosed,
    Quarantined,
    Released,
);

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/v1")
}

/// Each file's name, and the row it holds: one for each kind, and one for each field that a kind was given later.
fn files() -> Vec<(String, Vec<Event>)> {
    let rows = samples::rows().into_iter().map(|row| (name_of(&row[0]).to_owned(), row));
    let additions = samples::additions().into_iter().map(|(name, row)| (name.to_owned(), row));
    rows.chain(additions).collect()
}

#[test]
fn every_file_reads_as_it_did() {
    for (name, events) in files() {
        let file = folder().join(format!("{name}.json"));
        if !file.exists() && std::env::var_os("GOLDEN_WRITE").is_some() {
            std::fs::write(&file, codec::encode(&events)).unwrap();
        }
        let bytes =
            std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let read = codec::decode(1, &bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(read, events, "{name}");
    }
}

#[test]
fn every_kind_of_event_has_a_file() {
    let seen: BTreeSet<&str> = samples::rows().iter().map(|row| name_of(&row[0])).collect();
    let all: BTreeSet<&str> = KINDS.iter().copied().collect();
    assert_eq!(seen, all, "a kind of event has no sample, and so no file");
}

#[test]
fn no_file_is_left_unread() {
    let read: BTreeSet<String> =
        files().into_iter().map(|(name, _)| format!("{name}.json")).collect();
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        assert!(read.contains(&name), "{name}: what was released has gone");
    }
}

#[test]
fn format_1_is_still_written_to_the_letter() {
    for (name, events) in files() {
        let file = folder().join(format!("{name}.json"));
        let golden = String::from_utf8(std::fs::read(file).unwrap()).unwrap();
        assert_eq!(String::from_utf8(codec::encode(&events)).unwrap(), golden, "{name}");
    }
}

#[test]
fn a_row_from_the_future_or_a_torn_one_is_refused_with_a_reason() {
    let cases = [
        (2, r#"{"payloads":[],"events":[]}"#, "format 2"),
        (1, r#"{"payloads":[],"events":[[0,0,nu"#, "can't be read"),
        (1, r#"{"payloads":[],"events":[[0,0,3,"ExecutionSucceeded"]]}"#, "payload 3 of 0"),
        (1, r#"{"payloads":[],"events":[[0,0,null,"NoSuchEvent"]]}"#, "NoSuchEvent"),
    ];
    for (format, text, reason) in cases {
        let error: DecodeError = codec::decode(format, text.as_bytes()).unwrap_err();
        assert!(error.to_string().contains(reason), "{text}: {error}");
    }
}
