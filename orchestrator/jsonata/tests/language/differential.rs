//! Our answers beside jsonata-js's: the suite's expressions over one another's inputs, and expressions mutated from them.
//! `ROUNDS=20 cargo test -p jsonata --test language jsonata_js -- --nocapture` compares more and shows what differs.
mod mutation;
mod oracle;

use jsonata::{Draw, Error, Expression, Frame};
use serde_json::{Value, json};

use crate::support::{evaluate, recorded, report, same};
use mutation::mutate;

/// Of a hundred pairs so many agree, at least. What differs is in `differential/README.md`.
const SUITE_FLOOR: f64 = 99.5;
const MUTATED_FLOOR: f64 = 99.0;

/// How often each expression is tried; `ROUNDS` in the environment is more.
const ROUNDS: u64 = 2;

/// A name by which an expression asks the world: no two answers are the same.
const OF_CHANCE: [&str; 5] = ["$now", "$millis", "$random", "$shuffle", "$uuid"];

#[derive(Debug)]
struct Pair {
    source: String,
    input: Value,
    bindings: Value,
}

#[test]
fn the_suite_over_other_inputs_agrees_with_jsonata_js() {
    let Some(suite) = suite() else { return };
    let pairs = pairs(&suite, 0x5eed, |source, _| source.to_owned());
    compare(&pairs, SUITE_FLOOR);
}

#[test]
fn mutated_expressions_agree_with_jsonata_js() {
    let Some(suite) = suite() else { return };
    let sources: Vec<&str> = suite.iter().map(|case| case.source.as_str()).collect();
    let pairs = pairs(&suite, 0xdead, |source, draw| mutate(source, &sources, draw));
    compare(&pairs, MUTATED_FLOOR);
}

/// `None` where the cases or node are missing; each says so.
fn suite() -> Option<Vec<Pair>> {
    let cases = recorded("jsonata/cases.jsonl")?;
    let cases = cases.lines().map(|line| {
        let case: Value = serde_json::from_str(line).expect("a case is JSON");
        let source = case["expr"].as_str().expect("a case has an expression").to_owned();
        Pair { source, input: case["input"].clone(), bindings: case["bindings"].clone() }
    });
    Some(cases.collect())
}

fn rounds() -> u64 {
    std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}

fn pairs(
    suite: &[Pair],
    seed: u64,
    mut change: impl FnMut(&str, &mut Draw) -> String,
) -> Vec<Pair> {
    let mut draw = Draw::new(seed);
    let mut pairs = Vec::new();
    for _ in 0..rounds() {
        for case in suite {
            let other = &suite[at(suite.len(), &mut draw)];
            let source = change(&case.source, &mut draw);
            if !OF_CHANCE.iter().any(|name| source.contains(name)) {
                let (input, bindings) = (other.input.clone(), case.bindings.clone());
                pairs.push(Pair { source, input, bindings });
            }
        }
    }
    pairs
}

pub(crate) fn at(length: usize, draw: &mut Draw) -> usize {
    usize::try_from(draw.below(length as u64)).expect("an index is drawn below a length")
}

fn compare(pairs: &[Pair], floor: f64) {
    let questions = pairs
        .iter()
        .map(|pair| json!({"source": pair.source, "input": pair.input, "bindings": pair.bindings}));
    let Some(answers) = oracle::ask(questions) else { return };
    assert_eq!(answers.len(), pairs.len(), "an answer to each");
    let (mut compared, mut agreed) = (0_u32, 0_u32);
    let mut differences = Vec::new();
    for (pair, theirs) in pairs.iter().zip(&answers) {
        let ours = answer(pair);
        // Where either says that it is too much or that it can't say, nothing is to be compared.
        if ours["odd"].is_string() || theirs["odd"].is_string() || beyond(&ours) || beyond(theirs) {
            continue;
        }
        compared += 1;
        if agree(&ours, theirs) {
            agreed += 1;
        } else {
            differences.push(format!(
                "{}\n  over {}\n  ours {ours}\n  theirs {theirs}",
                pair.source,
                short(&pair.input)
            ));
        }
    }
    let share = f64::from(agreed) * 100.0 / f64::from(compared.max(1));
    let wanted = std::env::var_os("ROUNDS").is_some() || share < floor;
    let shown = if wanted { differences.join("\n") } else { String::new() };
    report(&format!("{agreed}/{compared} agree with jsonata-js ({share:.2} %)\n{shown}"));
    assert!(compared > 500, "only {compared} pairs could be compared");
    assert!(share >= floor, "{share:.2} % agree, which is less than {floor} %");
}

fn answer(pair: &Pair) -> Value {
    let expression = match Expression::compile(&pair.source) {
        Ok(expression) => expression,
        Err(error) => return json!({"code": error.code, "message": error.message, "refused": true}),
    };
    let bindings = pair.bindings.as_object().expect("bindings are an object");
    let bindings = bindings.iter().map(|(name, value)| (name.as_str(), value));
    match evaluate(&expression, &Frame::of_document(Some(&pair.input), bindings)) {
        Ok(Some(value)) => json!({"value": value}),
        Ok(None) => json!({"undefined": true}),
        Err(Error::Unsupported) => json!({"function": true}),
        Err(Error::Thrown { code, message }) => json!({"code": code, "message": message}),
    }
}

/// A bound that one has and the other hasn't, or has elsewhere.
fn beyond(answer: &Value) -> bool {
    let code = answer["code"].as_str().unwrap_or_default();
    code.starts_with('U') || matches!(code, "D1011" | "D1012" | "D2015")
}

fn agree(ours: &Value, theirs: &Value) -> bool {
    // What is wrong first in a text that is no expression is a matter of taste.
    let syntax = theirs["code"].as_str().is_some_and(|code| code.starts_with('S'));
    if ours["refused"] == true && syntax {
        return true;
    }
    if !ours["code"].is_null() || !theirs["code"].is_null() {
        return ours["code"] == theirs["code"];
    }
    same(ours, theirs)
}

fn short(input: &Value) -> String {
    input.to_string().chars().take(200).collect()
}
