//! Arrows point down only. Read from `cargo metadata`, so that no manifest is parsed twice in two ways.
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};

use crate::{assert_none, sources};

/// The floors of the server, top to bottom. Each may lean on any floor below it.
const FLOORS: [&str; 8] =
    ["everstep", "api", "engine", "store", "execution", "asl", "jsonata", "pattern"];

/// What else may lean on what: the rooms beside the staircase, and the contract that they share.
const BESIDE: [(&str, &[&str]); 17] = [
    (
        "everstep",
        &[
            "aws-adapter",
            "cluster",
            "everstep-proto",
            "http-task",
            "objects",
            "order-pipeline",
            "vault",
        ],
    ),
    ("aws-adapter", &["everstep-proto", "everstep-worker"]),
    ("api", &["everstep-proto", "http-task", "vault"]),
    ("http-task", &["vault"]),
    ("vault", &[]),
    ("engine", &["objects"]),
    ("objects", &[]),
    ("sim", &["engine", "store", "execution", "asl", "jsonata"]),
    ("conformance", &["execution", "asl", "jsonata"]),
    ("everstep-proto", &[]),
    ("everstep-worker", &["everstep-proto"]),
    ("order-pipeline", &["everstep-proto", "everstep-worker"]),
    ("everstep-tests", &["cluster", "everstep-proto", "everstep-worker", "order-pipeline"]),
    ("bench", &["cluster", "everstep-proto", "everstep-worker"]),
    ("cluster", &[]),
    ("jsonata", &["jsonata-core"]),
    ("jsonata-core", &["pattern"]),
];

/// Allowed in tests alone: floors that need a scratch PostgreSQL, and the face that is asked what was recorded.
const IN_TESTS: [(&str, &[&str]); 4] = [
    ("api", &["cluster", "conformance"]),
    ("engine", &["cluster"]),
    ("store", &["cluster"]),
    ("everstep", &["conformance", "everstep-worker"]),
];

/// Floors that know neither a clock, nor chance, nor the outside.
const PURE: [&str; 4] = ["pattern", "jsonata", "asl", "execution"];

/// Not to be met anywhere below a pure floor: whatever waits, or speaks to the outside.
const IMPURE: [&str; 12] = [
    "async-std",
    "hyper",
    "libc-print",
    "mio",
    "reqwest",
    "smol",
    "socket2",
    "sqlx",
    "sqlx-core",
    "tokio",
    "tonic",
    "tracing-subscriber",
];

/// Not to be named by a pure floor itself. (`uuid` brings a source of randomness along; the floor's `clippy.toml` forbids calling it.)
const CHANCE: [&str; 4] = ["fastrand", "getrandom", "rand", "rand_core"];

fn allowed(from: &str, to: &str, dev: bool) -> bool {
    let floor = |name: &str| FLOORS.iter().position(|it| *it == name);
    let listed = |table: &[(&str, &[&str])]| {
        table.iter().any(|(name, targets)| *name == from && targets.contains(&to))
    };
    matches!((floor(from), floor(to)), (Some(from), Some(to)) if from < to)
        || listed(&BESIDE)
        || (dev && listed(&IN_TESTS))
}

pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The packages of the workspace: those whose source is no registry.
fn members(metadata: &Value) -> Vec<&Value> {
    list(metadata, "packages").iter().filter(|package| package["source"].is_null()).collect()
}

fn arrow_faults(metadata: &Value) -> Vec<String> {
    let members = members(metadata);
    let names: BTreeSet<&str> = members.iter().map(|package| text(package, "name")).collect();
    let mut faults = Vec::new();
    for from in &names {
        if !FLOORS.contains(from) && !BESIDE.iter().any(|(name, _)| name == from) {
            faults.push(format!("{from} has no place in the house: give it one in {}", file!()));
        }
    }
    for package in &members {
        let from = text(package, "name");
        let wrong = list(package, "dependencies")
            .iter()
            .map(|it| (text(it, "name"), it["kind"] == "dev"))
            .filter(|(to, dev)| names.contains(to) && !allowed(from, to, *dev));
        faults.extend(wrong.map(|(to, dev)| {
            let whose = if dev { "tests" } else { "code" };
            format!("{from} leans on {to} in its {whose}: arrows point down only")
        }));
    }
    faults
}

/// From each package's id to those that its code (not its tests, not its build) is linked with.
fn links(metadata: &Value) -> BTreeMap<&str, Vec<&str>> {
    let linked =
        |dependency: &&Value| list(dependency, "dep_kinds").iter().any(|it| it["kind"].is_null());
    list(&metadata["resolve"], "nodes")
        .iter()
        .map(|node| {
            let targets =
                list(node, "deps").iter().filter(linked).map(|it| text(it, "pkg")).collect();
            (text(node, "id"), targets)
        })
        .collect()
}

/// From each package's id to its name.
pub(crate) fn names(metadata: &Value) -> BTreeMap<&str, &str> {
    list(metadata, "packages").iter().map(|it| (text(it, "id"), text(it, "name"))).collect()
}

/// Every link from `root` downwards, each package entered once: `(from, to)`, by id.
fn reached<'a>(root: &'a str, links: &BTreeMap<&'a str, Vec<&'a str>>) -> Vec<(&'a str, &'a str)> {
    let mut reached = Vec::new();
    let mut seen = BTreeSet::from([root]);
    let mut todo = vec![root];
    while let Some(from) = todo.pop() {
        let entered = links.get(from).into_iter().flatten().filter(|to| seen.insert(to));
        for to in entered {
            reached.push((from, *to));
            todo.push(to);
        }
    }
    reached
}

fn purity_faults(metadata: &Value) -> Vec<String> {
    let names = names(metadata);
    let links = links(metadata);
    let mut faults = Vec::new();
    for floor in members(metadata) {
        let (floor, id) = (text(floor, "name"), text(floor, "id"));
        if !PURE.contains(&floor) {
            continue;
        }
        for (from, to) in reached(id, &links) {
            let (by, name) = (names[from], names[to]);
            if IMPURE.contains(&name) {
                faults.push(format!("{floor} is pure, and reaches {name} by {by}"));
            }
            if from == id && CHANCE.contains(&name) {
                faults.push(format!("{floor} is pure, and depends on {name}: draw outside"));
            }
        }
    }
    faults
}

pub(crate) fn metadata() -> Value {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked"])
        .current_dir(sources::root())
        .output()
        .expect("cargo runs this test, so it can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON")
}

#[test]
fn arrows_point_down_only() {
    assert_none(&arrow_faults(&metadata()));
}

#[test]
fn pure_floors_reach_nothing_that_waits_or_draws() {
    assert_none(&purity_faults(&metadata()));
}

/// A made-up package: its name, whether the workspace holds it, its dependencies and their kinds.
type Package = (&'static str, bool, &'static [Dependency]);
type Dependency = (&'static str, Option<&'static str>);

fn made_up(packages: &[Package]) -> Value {
    let of = |dependencies: &[Dependency], entry: fn(&str, Option<&str>) -> Value| {
        dependencies.iter().map(|(name, kind)| entry(name, *kind)).collect::<Vec<_>>()
    };
    json!({
        "packages": packages.iter().map(|(name, ours, dependencies)| json!({
            "id": name,
            "name": name,
            "source": if *ours { Value::Null } else { json!("registry") },
            "dependencies": of(dependencies, |name, kind| json!({"name": name, "kind": kind})),
        })).collect::<Vec<_>>(),
        "resolve": {"nodes": packages.iter().map(|(name, _, dependencies)| json!({
            "id": name,
            "deps": of(dependencies, |name, kind| json!({"pkg": name, "dep_kinds": [{"kind": kind}]})),
        })).collect::<Vec<_>>()},
    })
}

#[test]
fn an_arrow_that_points_up_is_found() {
    let metadata = made_up(&[
        ("store", true, &[("engine", None), ("execution", None)]),
        ("engine", true, &[]),
    ]);
    assert_eq!(
        arrow_faults(&metadata),
        ["store leans on engine in its code: arrows point down only"]
    );
}

#[test]
fn a_room_beside_the_staircase_that_reaches_inside_is_found() {
    let metadata = made_up(&[
        ("bench", true, &[("store", Some("dev")), ("everstep-proto", None)]),
        ("store", true, &[]),
        ("everstep-proto", true, &[]),
    ]);
    assert_eq!(
        arrow_faults(&metadata),
        ["bench leans on store in its tests: arrows point down only"]
    );
}

#[test]
fn what_is_for_tests_alone_is_found_in_code() {
    let metadata = made_up(&[
        ("store", true, &[("cluster", None)]),
        ("engine", true, &[("cluster", Some("dev"))]),
        ("cluster", true, &[]),
    ]);
    assert_eq!(
        arrow_faults(&metadata),
        ["store leans on cluster in its code: arrows point down only"]
    );
}

#[test]
fn a_package_without_a_place_is_found() {
    let faults = arrow_faults(&made_up(&[("utils", true, &[])]));
    assert!(faults.len() == 1 && faults[0].starts_with("utils has no place"), "{faults:?}");
}

#[test]
fn a_pure_floor_that_reaches_tokio_through_another_crate_is_found() {
    let metadata = made_up(&[
        ("asl", true, &[("helper", None), ("proptest", Some("dev")), ("rand", None)]),
        ("helper", false, &[("tokio", None)]),
        ("proptest", false, &[("mio", None)]),
        ("rand", false, &[]),
        ("tokio", false, &[]),
        ("mio", false, &[]),
    ]);
    assert_eq!(
        purity_faults(&metadata),
        [
            "asl is pure, and depends on rand: draw outside",
            "asl is pure, and reaches tokio by helper",
        ]
    );
}
