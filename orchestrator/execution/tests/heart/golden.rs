//! Every kind of event in every format ever released has a file, and every file reads as it did when it was written.
//!
//! A file is one row. `GOLDEN_WRITE=1 cargo test -p execution golden` writes those that are missing; an existing one is never rewritten.

mod samples;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use asl::Payload;
use execution::event::{Event, EventKind, Failure};
use execution::message::{self, EndedChild, Message};
use execution::{Status, WaitId, codec, codec::DecodeError};

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
    ExecutionRedriven,
    StateEntered,
    StateExited,
    StateAborted,
    CallbackOpened,
    TaskScheduled,
    TaskStarted,
    TaskSubmitted,
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
    MapIterationResumed,
    MapItemsFound,
    MapRunStarted,
    MapRun,
    EvaluationFailed,
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

fn messages() -> Vec<(&'static str, Message)> {
    let started_at = samples::instant("2026-11-24T12:00:00.123Z");
    let ended_after = |redrives, status, output: Option<&str>, failure| {
        let child = EndedChild {
            id: samples::child_id(),
            arn: "arn:aws:states:us-east-1:000000000000:execution:order:ü".to_owned(),
            machine_arn: "arn:aws:states:us-east-1:000000000000:stateMachine:order".to_owned(),
            name: "ü".to_owned(),
            status,
            started_at,
            ended_at: samples::instant("2026-11-24T12:00:01.000001Z"),
            input: Payload::parse(r#"{"n": 1.10}"#).unwrap(),
            output: output.map(|output| Payload::parse(output).unwrap()),
            failure,
            redrives,
        };
        Message::ChildEnded { wait: WaitId(9), number: Some(3), child: Box::new(child) }
    };
    let ended = |status, output: Option<&str>, failure| ended_after(0, status, output, failure);
    let none = Failure::default;
    vec![
        (
            "ChildEnded.succeeded",
            ended(Status::Succeeded, Some("[1, 12345678901234567890]"), none()),
        ),
        ("ChildEnded.failed", ended(Status::Failed, None, samples::failure())),
        ("ChildEnded.timed-out", ended(Status::TimedOut, None, none())),
        ("ChildEnded.aborted", ended(Status::Aborted, None, none())),
        ("ChildEnded.redriven", ended_after(2, Status::Failed, None, samples::failure())),
        ("ParentLeft", Message::ParentLeft { redrives: 0 }),
        ("ParentLeft.redriven", Message::ParentLeft { redrives: 3 }),
    ]
}

#[test]
fn every_message_has_a_file_that_reads_as_it_did_and_is_still_written_to_the_letter() {
    for (name, sent) in messages() {
        let file = folder().join("../messages").join(format!("{name}.json"));
        if !file.exists() && std::env::var_os("GOLDEN_WRITE").is_some() {
            std::fs::write(&file, message::encode(&sent)).unwrap();
        }
        let bytes =
            std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        assert_eq!(message::decode(1, &bytes).unwrap(), sent, "{name}");
        assert_eq!(message::encode(&sent), bytes, "{name}");
    }
    let torn = message::decode(1, b"{\"ChildEnded\":").unwrap_err();
    assert!(torn.to_string().contains("can't be read"));
    assert!(message::decode(2, b"{}").unwrap_err().to_string().contains("format 2"));
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
