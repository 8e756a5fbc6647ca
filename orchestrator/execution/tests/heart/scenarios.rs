//! Scenarios: a definition, what comes from outside and when, and the events and waits that this must lead to.
//!
//! In a file, `#` begins a comment; the definition stands first; then each line `> SECONDS STEP` is a step at that
//! time (`start-within N`: the history has N events at most), and the lines under it are what it must lead to. `SCENARIO_WRITE=1` writes those lines anew, for review.

mod transcript;

use std::fmt::Write as _;
use std::path::Path;

use asl::{Payload, StateMachine};
use chrono::{DateTime, TimeDelta, Utc};
use execution::event::{Failure, OfferedAgain, Parent};
use execution::trigger::Redrive;
use execution::{Message, Status, Trigger, WaitId};

use execution::simulated::Simulated;

fn start() -> DateTime<Utc> {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

#[test]
fn every_scenario_leads_where_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let played = play(&text);
        if std::env::var_os("SCENARIO_WRITE").is_some() {
            std::fs::write(&file, &played).unwrap();
            continue;
        }
        assert_eq!(text, played, "{}", file.display());
    }
}

/// The scenario with the lines under each step as they came out.
fn play(text: &str) -> String {
    let (preface, steps) = text.split_once("\n> ").expect("a scenario has a step");
    let definition: String = preface.lines().filter(|line| !line.starts_with('#')).collect();
    let machine = StateMachine::parse(&definition).expect("a scenario's definition is valid");
    let mut simulated = Simulated::new(machine, start());
    let mut played = preface.to_owned();
    for step in steps.split("\n> ") {
        let step = step.lines().next().unwrap_or_default();
        write!(played, "\n> {step}\n").unwrap();
        played += &transcript::of_step(&mut simulated, step);
        assert_eq!(
            simulated.replayed(),
            simulated.execution,
            "the fold of the rows differs: {step}"
        );
    }
    played
}

/// `SECONDS VERB [WAIT] [REST]`.
fn trigger_of(simulated: &mut Simulated, step: &str) -> Option<Trigger> {
    let mut words = step.splitn(4, ' ');
    let mut word = || words.next().unwrap_or_default();
    let seconds: i64 = word().parse().expect("a step begins with its second");
    simulated.now = start() + TimeDelta::seconds(seconds);
    let verb = word();
    if verb.starts_with("start") {
        let events_max = (verb == "start-within").then(|| word().parse().expect("a limit"));
        let input = format!("{} {}", word(), word());
        let mut start = crate::start(input.trim());
        let id = crate::child(simulated).id;
        let parent =
            Parent { execution: id, arn: "parent".to_owned(), wait: Some(WaitId(7)), number: None };
        start.parent = (verb == "start-as-child").then_some(parent);
        start.settings.history_events_max = events_max;
        simulated.start(start).unwrap();
        return None;
    }
    let wait = |text: &str| WaitId(text.parse().expect("a wait is a number"));
    Some(match verb {
        "taken" => {
            Trigger::TaskTaken { wait: wait(word()), worker: Some("w-1".into()), is_silent: false }
        }
        "succeeded" => {
            Trigger::TaskSucceeded { wait: wait(word()), output: Payload::parse(word()).unwrap() }
        }
        "failed" => {
            let (wait, error) = (wait(word()), Some(word().to_owned()));
            Trigger::TaskFailed { wait, failure: Failure { error, cause: Some("why".to_owned()) } }
        }
        "child-started" => {
            let wait = wait(word());
            Trigger::ChildStarted { wait, child: Box::new(crate::child(simulated)) }
        }
        "child-ended" => {
            let wait = wait(word());
            let status = match word() {
                "succeeded" => Status::Succeeded,
                "failed" => Status::Failed,
                other => panic!("no child ends as {other:?}"),
            };
            let child = Box::new(crate::ended(&crate::child(simulated), status));
            Trigger::Message(Box::new(Message::ChildEnded { wait, number: None, child }))
        }
        "parent-left" => Trigger::Message(Box::new(Message::ParentLeft { redrives: 0 })),
        "redrive" => {
            let token = Some(word().to_owned()).filter(|token| !token.is_empty());
            Trigger::Redrive(Redrive { client_token: token, ..Redrive::default() })
        }
        "heartbeat-missed" => Trigger::HeartbeatMissed { wait: wait(word()) },
        "given-back" => Trigger::OfferAgain { wait: wait(word()), reason: OfferedAgain::GivenBack },
        "timer-due" => Trigger::TimerDue { wait: wait(word()) },
        "deadline-due" => Trigger::DeadlineDue,
        "stop" => {
            Trigger::Stop { failure: Failure { error: Some(word().to_owned()), cause: None } }
        }
        "quarantine" => Trigger::Quarantine { reason: word().to_owned() },
        "release" => Trigger::Release,
        other => panic!("no step is called {other:?}"),
    })
}
