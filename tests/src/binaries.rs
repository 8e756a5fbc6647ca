//! The programs under test. `cargo test --workspace` has built them beside the tests; a test that is run by itself builds
//! them, where they are missing or older than what they are made of.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::SystemTime;

/// What programs are made of, by the ending of its name.
const SOURCES: [&str; 6] = ["rs", "sql", "proto", "json", "jsonl", "toml"];

static BUILDING: Mutex<()> = Mutex::new(());

/// The path of `name`, a program of the package `package`.
pub fn binary(package: &str, name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a running test has a path");
    // target/<profile>/deps/<test>
    let folder = own.ancestors().nth(2).expect("a test lies in target/<profile>/deps");
    let path = folder.join(name);
    let _building = BUILDING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if modified(&path) < sources_modified() {
        build(package, folder);
    }
    assert!(path.exists(), "cargo did not make {}", path.display());
    path
}

/// When the newest file was written that a program is made of.
fn sources_modified() -> Option<SystemTime> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let rooms = ["adapters", "migrations", "orchestrator", "proto", "worker-sdk", "examples"];
    let mut newest = None;
    let mut todo: Vec<PathBuf> = rooms.iter().map(|room| root.join(room)).collect();
    while let Some(path) = todo.pop() {
        let source = path.extension().is_some_and(|it| SOURCES.iter().any(|source| it == *source));
        newest = newest.max(modified(&path).filter(|_| source));
        let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
        // Tests make no program, nor do workers in other languages.
        let apart = |it: &PathBuf| it.ends_with("tests") || it.ends_with("python-worker");
        todo.extend(entries.map(|it| it.path()).filter(|it| !apart(it)));
    }
    newest
}

fn modified(path: &Path) -> Option<SystemTime> {
    path.metadata().ok()?.modified().ok()
}

fn build(package: &str, folder: &Path) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["build", "--package", package, "--bins"]);
    if folder.ends_with("release") {
        command.arg("--release");
    }
    let status = command.status().expect("cargo runs where its tests run");
    assert!(status.success(), "cargo could not build {package}");
}
