//! What comes in from outside, against `deny.toml`: licences, bans and sources, in every test run.
use serde_json::{Value, json};
use toml::Table;

use crate::arrows::{list, metadata, names, text};
use crate::{assert_none, sources};

fn deny_toml() -> Table {
    sources::read("deny.toml").parse().expect("deny.toml is TOML")
}

fn section<'a>(deny: &'a Table, name: &str, key: &str) -> &'a [toml::Value] {
    deny.get(name).and_then(|it| it.get(key)).and_then(toml::Value::as_array).map_or(&[], |it| it)
}

fn outside(metadata: &Value) -> impl Iterator<Item = &Value> {
    list(metadata, "packages").iter().filter(|package| !package["source"].is_null())
}

/// An SPDX expression holds when one of its alternatives does; `/` is the old way to write OR.
fn permitted(expression: &str, allowed: &[&str]) -> bool {
    let expression = expression.replace('/', " OR ");
    // Every group in brackets must hold, and so must what stands beside it.
    expression.split(" AND ").all(|part| {
        part.split(" OR ").any(|it| allowed.contains(&it.trim().trim_matches(['(', ')'])))
    })
}

fn licence_faults(metadata: &Value, deny: &Table) -> Vec<String> {
    let allowed: Vec<&str> =
        section(deny, "licenses", "allow").iter().filter_map(toml::Value::as_str).collect();
    outside(metadata)
        .filter(|package| !permitted(text(package, "license"), &allowed))
        .map(|package| {
            let (name, licence) = (text(package, "name"), text(package, "license"));
            format!("{name} is under {licence:?}, which deny.toml does not allow")
        })
        .collect()
}

fn source_faults(metadata: &Value) -> Vec<String> {
    outside(metadata)
        .filter(|package| !text(package, "source").contains("crates.io"))
        .map(|package| format!("{} comes from {}", text(package, "name"), package["source"]))
        .collect()
}

/// A banned crate is one that nobody but its `wrappers` is built with.
fn ban_faults(metadata: &Value, deny: &Table) -> Vec<String> {
    let names = names(metadata);
    let mut faults = Vec::new();
    for ban in section(deny, "bans", "deny").iter().filter_map(toml::Value::as_table) {
        let banned = ban.get("crate").and_then(toml::Value::as_str).expect("a ban names its crate");
        let wrappers: Vec<&str> = ban
            .get("wrappers")
            .and_then(toml::Value::as_array)
            .map(|them| them.iter().filter_map(toml::Value::as_str).collect())
            .unwrap_or_default();
        let users = list(&metadata["resolve"], "nodes")
            .iter()
            .filter(|node| list(node, "deps").iter().any(|it| names[text(it, "pkg")] == banned))
            .map(|node| names[text(node, "id")])
            .filter(|user| !wrappers.contains(user));
        faults.extend(users.map(|user| format!("{user} depends on {banned}: {}", ban["reason"])));
    }
    faults
}

#[test]
fn every_licence_is_permissive() {
    assert_none(&licence_faults(&metadata(), &deny_toml()));
}

#[test]
fn no_banned_crate_is_used() {
    assert_none(&ban_faults(&metadata(), &deny_toml()));
}

#[test]
fn every_crate_comes_from_the_one_registry() {
    assert_none(&source_faults(&metadata()));
}

fn made_up(licence: &str, source: &str, dependency: &str) -> Value {
    json!({
        "packages": [
            {"id": "guest 1", "name": "guest", "license": licence, "source": source},
            {"id": "other 1", "name": dependency, "license": "MIT", "source": "crates.io"},
        ],
        "resolve": {"nodes": [{"id": "guest 1", "deps": [{"pkg": "other 1"}]}]},
    })
}

#[test]
fn a_licence_that_is_not_permissive_is_found() {
    for (licence, faults) in [
        ("MIT OR Apache-2.0", 0),
        ("MIT/Apache-2.0", 0),
        ("MIT OR GPL-3.0", 0),
        ("(MIT OR GPL-3.0) AND Unicode-3.0", 0),
        ("MIT AND GPL-3.0", 1),
        ("AGPL-3.0", 1),
        ("", 1),
    ] {
        let found = licence_faults(&made_up(licence, "", ""), &deny_toml());
        assert_eq!(found.len(), faults, "{licence}: {found:?}");
    }
}

#[test]
fn a_banned_crate_is_found() {
    assert_eq!(ban_faults(&made_up("", "", "backoff"), &deny_toml()).len(), 1);
    assert_none(&ban_faults(&made_up("", "", "serde"), &deny_toml()));
}

#[test]
fn a_crate_from_elsewhere_is_found() {
    assert_eq!(source_faults(&made_up("", "git+https://example.org/x", "")).len(), 1);
}
