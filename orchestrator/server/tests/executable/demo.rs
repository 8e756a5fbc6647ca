//! The README's first command: `everstep demo`, from nothing to the table, as root and as an ordinary user.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use crate::process::{EVERSTEP, clean, code, folder, stderr, stdout};

/// Runs it where only `folder` takes its files, and reads the table.
fn all_orders_end_as_they_should(command: Command, folder: &Path) {
    let mut command = clean(command, &["demo", "--give-up-after", "5m"]);
    command.env("TMPDIR", folder).env("HOME", folder).current_dir(folder);
    let output = command.output().expect("the executable runs");
    let (printed, told) = (stdout(&output), stderr(&output));
    assert_eq!(code(&output), 0, "{printed}\n{told}");
    let verdict = format!("All {} orders ended as they should", order_pipeline::orders().len());
    for expected in [verdict.as_str(), "stock never answers", "OrderRefunded", "everstep history"] {
        assert!(printed.contains(expected), "{expected:?} is not in\n{printed}");
    }
}

#[test]
fn whoever_runs_it_sees_every_order_end_as_it_should() {
    let folder = folder();
    all_orders_end_as_they_should(Command::new(EVERSTEP), folder.path());
}

/// Root tries it as another user, whose home is all that he may write to.
#[test]
fn an_ordinary_user_sees_every_order_end_as_it_should() {
    if !rustix::process::geteuid().is_root() {
        // The test above was run by one.
        return;
    }
    let folder = folder();
    let copy = folder.path().join("everstep");
    fs::copy(EVERSTEP, &copy).unwrap();
    let home = folder.path().join("home");
    fs::create_dir(&home).unwrap();
    fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    let chowned = Command::new("chown").arg("nobody").arg(&home).status().unwrap();
    assert!(chowned.success());
    let mut command = Command::new("setpriv");
    command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups"]).arg(&copy);
    all_orders_end_as_they_should(command, &home);
}
