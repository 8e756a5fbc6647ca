//! The binaries under test: those of the build that this test belongs to.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The binary `everstep`. `EVERSTEP_BIN` names another one.
pub fn everstep() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| {
        std::env::var_os("EVERSTEP_BIN")
            .map_or_else(|| built("everstep", "everstep"), PathBuf::from)
    })
}

/// The binary `order-worker` of the example.
pub fn order_worker() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    PATH.get_or_init(|| built("order-pipeline", "order-worker"))
}

/// `cargo test --workspace` builds a package's binaries when it has integration tests of its own; a run of this package
/// alone may find none, or an old one that somebody built before.
fn built(package: &str, binary: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a running program has a path");
    // target/PROFILE/deps/TEST
    let profile = test.ancestors().nth(2).expect("tests run from target/PROFILE/deps");
    let path = profile.join(binary);
    if !path.exists() {
        build(profile);
    }
    assert!(path.exists(), "cargo built {package}, and no {}", path.display());
    path
}

/// The whole workspace's: with one package's features the libraries below would be compiled once more.
fn build(profile: &Path) {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--workspace", "--bins", "--manifest-path"]);
    cargo.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"));
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let status = cargo.status().expect("cargo runs this test, so it can be run");
    assert!(status.success(), "could not build the programs: cargo ended with {status}");
}

/// Prints why a test is skipped where something is missing on this machine; on a machine for CI that is a failure.
///
/// # Panics
/// Under `CI=true`.
#[expect(clippy::print_stderr, reason = "a skip must be seen")]
pub fn skip(reason: &str) {
    let ci = std::env::var("CI").is_ok_and(|it| it == "true");
    assert!(!ci, "CI must not skip: {reason}");
    eprintln!("skipped: {reason}");
}
