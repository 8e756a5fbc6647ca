//! The programs under test. `cargo test --workspace` has built them beside the tests; a test that is run by itself builds them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

static BUILDING: Mutex<()> = Mutex::new(());

/// The path of `name`, a program of the package `package`.
pub fn binary(package: &str, name: &str) -> PathBuf {
    let own = std::env::current_exe().expect("a running test has a path");
    // target/<profile>/deps/<test>
    let folder = own.ancestors().nth(2).expect("a test lies in target/<profile>/deps");
    let path = folder.join(name);
    let _building = BUILDING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if !path.exists() {
        build(package, folder);
    }
    assert!(path.exists(), "cargo did not make {}", path.display());
    path
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
