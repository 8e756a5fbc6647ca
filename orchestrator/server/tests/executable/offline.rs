//! Commands that need no server, and what they say where something is wrong.

use std::fs;

use crate::process::{code, everstep, folder, run, stderr, stdout};

const SOUND: &str =
    r#"{"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}, "B": {"Type": "Succeed"}}}"#;
const FAULTY: &str = "{\n  \"StartAt\": \"A\",\n  \"States\": {\n    \"A\": {\"Type\": \"Pass\", \"Next\": \"Nowhere\"},\n    \"B\": {\"Type\": \"Wait\", \"Seconds\": -1, \"End\": true}\n  }\n}\n";

/// A port where nobody listens: one that was just given back.
fn dead_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn a_sound_definition_is_valid() {
    let folder = folder();
    let file = folder.path().join("sound.json");
    fs::write(&file, SOUND).unwrap();
    let validated = run(&["validate", file.to_str().unwrap()]);
    assert_eq!(code(&validated), 0, "{}", stderr(&validated));
    assert_eq!(stdout(&validated), "");
}

#[test]
fn every_fault_of_a_definition_has_a_line_with_its_place() {
    let folder = folder();
    let file = folder.path().join("faulty.json");
    fs::write(&file, FAULTY).unwrap();
    let file = file.to_str().unwrap();
    let validated = run(&["validate", file]);
    assert_eq!(code(&validated), 1);
    let text = stdout(&validated);
    assert!(text.lines().count() >= 2, "{text}");
    let next = text.lines().find(|line| line.contains("MISSING_TRANSITION_TARGET")).unwrap();
    assert!(next.starts_with(&format!("{file}:4:")), "{next}");
    assert!(next.contains(": error MISSING_TRANSITION_TARGET at /States/A"), "{next}");

    let json = run(&["validate", file, "--output", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["valid"], false);
    assert_eq!(json["diagnostics"][0]["line"], 4);
}

#[test]
fn a_file_is_drawn_and_a_faulty_one_is_not() {
    let folder = folder();
    let (sound, faulty) = (folder.path().join("sound.json"), folder.path().join("faulty.json"));
    fs::write(&sound, SOUND).unwrap();
    fs::write(&faulty, FAULTY).unwrap();
    let mermaid = run(&["graph", sound.to_str().unwrap()]);
    assert!(stdout(&mermaid).starts_with("flowchart TD\n"));
    let dot = run(&["graph", sound.to_str().unwrap(), "--format", "dot"]);
    assert!(stdout(&dot).starts_with("digraph"));
    let refused = run(&["graph", faulty.to_str().unwrap()]);
    assert_eq!((code(&refused), stdout(&refused).as_str()), (1, ""));
    assert!(stderr(&refused).contains("MISSING_TRANSITION_TARGET"));
}

#[test]
fn the_cases_of_the_order_pipeline_pass_and_reach_all_of_it() {
    let file =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/order-pipeline/order.test.json");
    let tested = run(&["test", file]);
    assert_eq!(code(&tested), 0, "{}{}", stdout(&tested), stderr(&tested));
    let text = stdout(&tested);
    let reached = "4 of 4 cases pass; they reach 10 of 10 states, 2 of 2 ways out of a Choice, 6 of 6 retriers, 2 of 2 catchers\n";
    assert!(text.ends_with(reached), "{text}");
    assert!(text.contains("Inventory x4 > Refund x2"), "{text}");
}

/// The example of docs/cli.md.
const LETTER: &str = r#"{"StartAt": "Wait a month", "States": {
    "Wait a month": {"Type": "Wait", "Seconds": 2592000, "Next": "Send"},
    "Send": {"Type": "Task", "Resource": "email", "TimeoutSeconds": 60, "Next": "Sent",
        "Retry": [{"ErrorEquals": ["Busy"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Give up"}]},
    "Sent": {"Type": "Succeed"}, "Give up": {"Type": "Fail", "Error": "NotSent"}}}"#;

#[test]
fn a_case_that_ends_otherwise_is_told_to_people_programs_and_ci() {
    let folder = folder();
    fs::write(folder.path().join("letter.json"), LETTER).unwrap();
    let file = folder.path().join("letter.test.json");
    let cases = r#"{"definition": "letter.json", "cases": [
        {"name": "busy <once>", "mocks": {"Send": [{"error": "Busy"}, {"result": {"id": 7}, "after": "5s"}]},
         "expect": {"output": {"id": 8}}}]}"#;
    fs::write(&file, cases).unwrap();
    let junit = folder.path().join("junit.xml");
    let file = file.to_str().unwrap();
    // A wait of thirty days is over at once.
    let tested = run(&["test", file, "--junit", junit.to_str().unwrap()]);
    assert_eq!(code(&tested), 1, "{}", stderr(&tested));
    let text = stdout(&tested);
    for line in [
        "FAIL  busy <once>  (SUCCEEDED, 30d 6s of its own time)",
        "      Wait a month > Send x2 > Sent",
        "      output: expected {\"id\":8}, got {\"id\":7}",
        "no case reaches catcher Send/Catch[0]",
        "no case reaches state Give up",
    ] {
        assert!(text.lines().any(|it| it == line), "{line}\n{text}");
    }
    let junit = fs::read_to_string(junit).unwrap();
    assert!(junit.contains("tests=\"1\" failures=\"1\""), "{junit}");
    assert!(junit.contains("name=\"busy &lt;once&gt;\">"), "{junit}");

    let json = run(&["test", file, "--output", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(json["files"][0]["cases"][0]["passed"], false);
    assert_eq!(json["files"][0]["cases"][0]["path"][1]["attempts"], 2);
    assert_eq!(json["files"][0]["notReached"][0]["name"], "Send/Catch[0]");
}

#[test]
fn a_task_without_an_answer_and_a_mock_for_no_task_are_told() {
    let folder = folder();
    fs::write(folder.path().join("letter.json"), LETTER).unwrap();
    let test = |cases: &str| {
        let file = folder.path().join("t.json");
        fs::write(&file, format!(r#"{{"definition": "letter.json", "cases": [{cases}]}}"#))
            .unwrap();
        run(&["test", file.to_str().unwrap()])
    };
    let unanswered = test(r#"{"name": "a", "expect": {}}"#);
    assert_eq!(code(&unanswered), 1);
    assert!(stdout(&unanswered).contains("the task of `Send` has no mock"));
    let misplaced = test(r#"{"name": "a", "mocks": {"Sent": {"result": 1}}, "expect": {}}"#);
    assert_eq!(code(&misplaced), 2);
    assert!(stderr(&misplaced).contains("mocks for `Sent`, which is no Task of letter.json"));
}

/// Arguments, exit code, and what the sentence on standard error says.
#[test]
fn what_is_wrong_with_a_call_is_said_in_a_sentence_and_by_the_exit_code() {
    let dead = dead_address();
    let cases: [(&[&str], i32, &str); 9] = [
        (&["fly"], 2, "unrecognized subcommand 'fly'"),
        (&["list", "--timeout", "soon"], 2, "a duration is a whole number with a unit"),
        (&["validate", "/nowhere.json"], 2, "cannot read /nowhere.json: "),
        (&["list", "--config", "/nowhere.toml"], 2, "cannot read the settings in /nowhere.toml"),
        (&["graph", "nothing"], 2, "there is no file `nothing`"),
        (&["list", "--address", "example.org"], 2, "write it as http://HOST:PORT"),
        (&["dev", "--listen", "0.0.0.0:0"], 2, "give --allow-unauthenticated"),
        (&["server"], 2, "--database-url"),
        (&["list", "--address", &dead], 3, "start one with `everstep dev`"),
    ];
    for (args, expected, sentence) in cases {
        let output = run(args);
        assert_eq!(code(&output), expected, "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(sentence), "{args:?}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{args:?}");
    }
}

#[test]
fn programs_get_errors_as_json_whatever_is_wrong() {
    let dead = dead_address();
    let cases: [(&[&str], &str, &str); 5] = [
        (&["list", "--output", "json", "--address", &dead], "unavailable", "no server answers"),
        (&["--output=json", "fly"], "usage", "unrecognized subcommand 'fly'"),
        (&["list", "--status", "odd", "--output", "json"], "usage", "invalid value 'odd' for"),
        (&["create", "--output", "json"], "usage", "the following required arguments were not"),
        (&["list", "--config", "/nowhere.toml", "--output", "json"], "usage", "cannot read the"),
    ];
    for (args, kind, message) in cases {
        let output = run(args);
        let error: serde_json::Value = serde_json::from_slice(&output.stderr)
            .unwrap_or_else(|error| panic!("{args:?}: {error}: {}", stderr(&output)));
        assert_eq!(error["error"]["kind"], kind, "{args:?}");
        let said = error["error"]["message"].as_str().unwrap();
        assert!(said.starts_with(message), "{args:?}: {said}");
    }
    let help = run(&["--help", "--output", "json"]);
    assert!(code(&help) == 0 && stdout(&help).contains("Usage:"), "help is for people");
}

/// The addresses tell which layer was heard: each is named in the error.
#[test]
fn flags_win_over_the_environment_and_the_environment_over_the_file() {
    let folder = folder();
    let file = folder.path().join("everstep.toml");
    fs::write(&file, "address = \"file\"\n").unwrap();
    let said = |environment: Option<&str>, flag: Option<&str>| {
        let mut command = everstep(&["list", "--config", file.to_str().unwrap()]);
        command.envs(environment.map(|address| ("EVERSTEP_ADDRESS", address)));
        command.args(flag.map(|address| format!("--address={address}")));
        stderr(&command.output().unwrap())
    };
    assert!(said(None, None).contains("`file`"));
    assert!(said(Some("environment"), None).contains("`environment`"));
    assert!(said(Some("environment"), Some("flag")).contains("`flag`"));
}
