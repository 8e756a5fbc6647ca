//! jsonata-js, run by node. Its one package is installed from the registry once, by its lock file, below `target`.
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;

use serde_json::Value;

use crate::support::report;

/// Two tests of one process would install at the same time.
static INSTALLING: Mutex<()> = Mutex::new(());

/// An answer to each question; `None`, with a line that says why, where there is no node or no registry (but not in CI).
pub(crate) fn ask(questions: impl Iterator<Item = Value>) -> Option<Vec<Value>> {
    let modules = match installed() {
        Ok(modules) => modules,
        Err(why) => {
            let in_ci = std::env::var_os("CI").is_some_and(|value| value == "true");
            assert!(!in_ci, "jsonata-js can't be asked: {why}");
            report(&format!("skipped: jsonata-js can't be asked: {why}"));
            return None;
        }
    };
    let mut node = Command::new("node")
        .arg(sources().join("oracle.mjs"))
        .arg(modules)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node ran before");
    let mut input = node.stdin.take().expect("it is piped");
    let questions: Vec<String> = questions.map(|question| question.to_string()).collect();
    // Written beside the reading: pipes hold little.
    let writing = std::thread::spawn(move || {
        for question in questions {
            writeln!(input, "{question}").expect("node reads to the end");
        }
    });
    let output = node.wait_with_output().expect("node ends when its input does");
    writing.join().expect("every question was written");
    assert!(output.status.success(), "node failed: {}", output.status);
    let answers = String::from_utf8(output.stdout).expect("node writes UTF-8");
    Some(
        answers
            .lines()
            .map(|line| serde_json::from_str(line).expect("an answer is JSON"))
            .collect(),
    )
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/language/differential")
}

fn installed() -> Result<PathBuf, String> {
    let _alone = INSTALLING.lock().expect("installing does not panic");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("jsonata-js");
    let lock = std::fs::read(sources().join("package-lock.json")).expect("it stands there");
    // Written last: it tells whether this very version was installed to the end.
    let done = folder.join("installed.json");
    if std::fs::read(&done).is_ok_and(|installed| installed == lock) {
        run("node", &["--version"], &folder)?;
        return Ok(folder);
    }
    std::fs::create_dir_all(&folder).map_err(|why| why.to_string())?;
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(sources().join(file), folder.join(file)).map_err(|why| why.to_string())?;
    }
    run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund"], &folder)?;
    std::fs::write(&done, lock).map_err(|why| why.to_string())?;
    Ok(folder)
}

fn run(program: &str, arguments: &[&str], folder: &Path) -> Result<(), String> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .output()
        .map_err(|why| format!("{program}: {why}"))?;
    let said = || String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{program}: {}", said())) }
}
