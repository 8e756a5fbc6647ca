//! How the rooms are kept: short files that say what they are for, and each thing in the one room that owns it.
use crate::assert_none;
use crate::sources::{self, Source};

/// A file fits a mind.
const FILE_LINES_MAX: usize = 500;

/// Where statements live, and the one folder each of them is read from.
const QUERIES: &str = "orchestrator/store/src/queries/";
const MIGRATIONS: &str = "migrations/";

/// Rooms with a database of their own, apart from Everstep's: an example's ledger, the harness and the load generator.
const OWN_DATABASE: [&str; 3] = ["examples/", "bench/", "tests/"];

/// Statements begin so, whatever their case; prose rarely does.
const STATEMENTS: [&str; 8] = [
    "select ",
    "insert into ",
    "update ",
    "delete from ",
    "create table ",
    "alter table ",
    "with fence",
    "truncate ",
];

/// The floors that speak of ids; ARNs are made and read one floor up. (`asl` reads them in a Task's Resource.)
const WITHOUT_ARNS: [&str; 4] = [
    "orchestrator/store/",
    "orchestrator/engine/",
    "orchestrator/execution/",
    "orchestrator/cluster/",
];

fn length_faults(files: &[Source]) -> Vec<String> {
    files
        .iter()
        .filter(|file| !file.is_test())
        .map(|file| (file, file.lines_outside_tests().len()))
        .filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .map(|(file, lines)| format!("{}: {lines} lines; split it by noun", file.path))
        .collect()
}

fn opening_faults(files: &[Source]) -> Vec<String> {
    let opening = |file: &Source| if file.is_sql() { "--" } else { "//!" };
    files
        .iter()
        .filter(|file| !file.text.starts_with(opening(file)))
        .map(|file| format!("{}: does not open by saying what it is for", file.path))
        .collect()
}

fn mod_rs_faults(files: &[Source]) -> Vec<String> {
    files
        .iter()
        .filter(|file| file.path.ends_with("/mod.rs"))
        .map(|file| format!("{}: write foo.rs beside foo/", file.path))
        .collect()
}

/// String literals that begin like a statement, outside the files that hold statements.
fn sql_faults(rust: &[Source], sql: &[Source]) -> Vec<String> {
    let own = |file: &&Source| !OWN_DATABASE.iter().any(|room| file.path.starts_with(room));
    let code = rust.iter().filter(|file| !file.is_test()).filter(own);
    let mut faults = Vec::new();
    for file in code {
        for (number, line) in file.code() {
            let line = line.to_lowercase();
            let literals = line.split('"').skip(1).step_by(2);
            if literals.into_iter().any(|it| STATEMENTS.iter().any(|word| it.starts_with(word))) {
                faults.push(format!("{}:{number}: a statement outside {QUERIES}", file.path));
            }
        }
    }
    for file in sql.iter().filter(own) {
        if !file.path.starts_with(QUERIES) && !file.path.starts_with(MIGRATIONS) {
            faults.push(format!("{}: neither in {QUERIES} nor in {MIGRATIONS}", file.path));
        }
    }
    faults
}

fn arn_faults(rust: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in rust.iter().filter(|file| !file.is_test()) {
        if !WITHOUT_ARNS.iter().any(|room| file.path.starts_with(room)) {
            continue;
        }
        for (number, line) in file.code() {
            if line.contains("\"arn:") {
                faults.push(format!("{}:{number}: an ARN below the api", file.path));
            }
        }
    }
    faults
}

/// A statement that no Rust file of the store names (`noun/verb.sql`) is dead.
fn unused_sql_faults(rust: &[Source], sql: &[Source]) -> Vec<String> {
    sql.iter()
        .filter_map(|file| Some((file, file.path.strip_prefix(QUERIES)?)))
        .filter(|(_, name)| !rust.iter().any(|it| it.text.contains(*name)))
        .map(|(file, _)| format!("{}: no code reads it", file.path))
        .collect()
}

#[test]
fn a_file_fits_a_mind() {
    assert_none(&length_faults(&sources::all(".rs")));
}

#[test]
fn every_file_opens_by_saying_what_it_is_for() {
    assert_none(&opening_faults(&[sources::all(".rs"), sources::all(".sql")].concat()));
}

#[test]
fn no_file_is_called_mod() {
    assert_none(&mod_rs_faults(&sources::all(".rs")));
}

#[test]
fn statements_live_in_the_store_alone() {
    assert_none(&sql_faults(&sources::all(".rs"), &sources::all(".sql")));
}

#[test]
fn arns_live_in_the_api_alone() {
    assert_none(&arn_faults(&sources::all(".rs")));
}

#[test]
fn every_statement_is_used() {
    assert_none(&unused_sql_faults(&sources::all(".rs"), &sources::all(".sql")));
}

fn source(path: &str, text: &str) -> Source {
    Source { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn a_long_file_is_found_and_tests_do_not_count() {
    let code = "//! x\n".repeat(FILE_LINES_MAX);
    let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    fn a() {}\n".repeat(20));
    let declared = "#[cfg(test)]\nmod tests;\n";
    assert_none(&length_faults(&[
        source("a/src/full.rs", &format!("{code}{tests}{declared}")),
        source("a/src/long/tests.rs", &"\n".repeat(900)),
        source("a/tests/long.rs", &"\n".repeat(900)),
    ]));
    let faults = length_faults(&[
        source("a/src/after_tests.rs", &format!("{declared}{code}\n")),
        source("tests/src/harness.rs", &format!("{code}\n")),
    ]);
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn a_file_that_says_nothing_is_found() {
    let faults = opening_faults(&[
        source("a/src/lib.rs", "//! The room.\n"),
        source("a/src/b.rs", "// The room.\n"),
        source("queries/a/b.sql", "select 1"),
    ]);
    assert_eq!(faults.len(), 2, "{faults:?}");
}

#[test]
fn a_mod_rs_is_found() {
    assert_eq!(
        mod_rs_faults(&[source("a/src/b/mod.rs", ""), source("a/src/mode.rs", "")]).len(),
        1
    );
}

#[test]
fn a_statement_in_rust_or_in_a_stray_file_is_found() {
    let rust = [
        source("orchestrator/api/src/a.rs", "let x = \"SELECT 1\";\n// \"select 2\"\n"),
        source("orchestrator/api/src/b.rs", "let x = f(\"selected\", \"the update\");\n"),
        source("orchestrator/api/tests/c.rs", "let x = \"select 1\";\n"),
        source("examples/a/src/ledger.rs", "let x = \"select 1\";\n"),
    ];
    let sql = [source("orchestrator/api/a.sql", ""), source("migrations/1.sql", "")];
    assert_eq!(
        sql_faults(&rust, &sql),
        [
            "orchestrator/api/src/a.rs:1: a statement outside orchestrator/store/src/queries/",
            "orchestrator/api/a.sql: neither in orchestrator/store/src/queries/ nor in migrations/",
        ]
    );
}

#[test]
fn an_arn_below_the_api_is_found() {
    let text = "fn arn() -> String { format!(\"arn:{partition}:states\") }\n";
    let faults = arn_faults(&[
        source("orchestrator/engine/src/a.rs", text),
        source("orchestrator/engine/src/a/tests.rs", text),
        source("orchestrator/api/src/arn.rs", text),
    ]);
    assert_eq!(faults, ["orchestrator/engine/src/a.rs:1: an ARN below the api"]);
}

#[test]
fn an_unused_statement_is_found() {
    let sql = [
        source(&format!("{QUERIES}commit/write.sql"), ""),
        source(&format!("{QUERIES}commit/forgotten.sql"), ""),
    ];
    let rust = [source("a.rs", "include_str!(\"queries/commit/write.sql\")")];
    let faults = unused_sql_faults(&rust, &sql);
    assert!(faults.len() == 1 && faults[0].contains("forgotten"), "{faults:?}");
}
