//! `deploy/` can't be run everywhere: so each page is at least read by whoever will read it, or by a parser of its format,
//! and everything that it asks of our binaries must be there.
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use cluster::ScratchCluster;
use everstep_tests::binary;
use yaml_rust2::{Yaml, YamlLoader};

use crate::assert_none;
use crate::sources::read;

const CONTAINERFILE: &str = "deploy/Containerfile";
const COMPOSE: &str = "deploy/compose.yaml";
const UNIT: &str = "deploy/everstep.service";
const ENVIRONMENT: &str = "deploy/everstep.env";
const POSTGRESQL: &str = "deploy/postgresql.conf";
const PAGE: &str = "deploy/README.md";

/// What `program COMMAND --help` prints, for each command that the pages use, in one text.
fn help(program: &Path, commands: &[&str]) -> String {
    let mut text = String::new();
    for command in commands {
        let words = command.split_whitespace();
        let output = Command::new(program).args(words).arg("--help").output();
        let output = output.unwrap_or_else(|why| panic!("{}: {why}", program.display()));
        assert!(output.status.success(), "{} {command} --help failed", program.display());
        text += &String::from_utf8_lossy(&output.stdout);
    }
    text
}

/// Words of a text that begin so and go on with a letter, without what can't be in a flag or a variable.
fn words<'a>(text: &'a str, beginning: &str) -> BTreeSet<&'a str> {
    let goes_on = |word: &&str| {
        let rest = word.strip_prefix(beginning);
        rest.is_some_and(|it| it.starts_with(|first: char| first.is_ascii_alphabetic()))
    };
    text.split(|it: char| !(it.is_ascii_alphanumeric() || it == '_' || it == '-'))
        .filter(goes_on)
        .collect()
}

fn unknown_faults(page: &str, text: &str, beginning: &str, help: &str) -> Vec<String> {
    let known = words(help, beginning);
    words(text, beginning)
        .into_iter()
        .filter(|word| !known.contains(word))
        .map(|word| format!("{page}: {word} is in no --help"))
        .collect()
}

#[test]
fn every_setting_that_deployment_uses_exists() {
    let servers = help(&binary("everstep", "everstep"), &["server", "migrate", "health"]);
    let help = servers + &help(&binary("order-pipeline", "order-worker"), &[""]);
    let mut faults = Vec::new();
    for page in [COMPOSE, UNIT, ENVIRONMENT, POSTGRESQL, PAGE] {
        faults.extend(unknown_faults(page, &read(page), "EVERSTEP_", &help));
    }
    // Flags only where all of them are ours: the other pages name those of other programs too.
    let page = read(PAGE).replace("bench --statements", "");
    faults.extend(unknown_faults(PAGE, &page, "--", &help));
    assert_none(&faults);
}

#[test]
fn a_setting_that_does_not_exist_is_found() {
    let help = "--listen <A> [env: EVERSTEP_LISTEN=]";
    assert_none(&unknown_faults("page", "EVERSTEP_LISTEN=x, `--listen`", "EVERSTEP_", help));
    assert_eq!(unknown_faults("page", "EVERSTEP_LISTENS: x", "EVERSTEP_", help).len(), 1);
    assert_eq!(unknown_faults("page", "give `--listens`.", "--", help).len(), 1);
}

/// Faults of a compose file that its parser would not see: names that lead nowhere.
fn compose_faults(text: &str) -> Vec<String> {
    let pages = match YamlLoader::load_from_str(text) {
        Ok(pages) => pages,
        Err(why) => return vec![format!("not YAML: {why}")],
    };
    let [page] = pages.as_slice() else { return vec!["not one document".to_owned()] };
    let Some(services) = page["services"].as_hash() else { return vec!["no services".to_owned()] };
    let mut faults = Vec::new();
    for (name, service) in services {
        let name = name.as_str().unwrap_or_default();
        let merged =
            |key: &str| [service, &service["<<"], &service["<<"]["<<"]].map(|it| it[key].clone());
        if merged("image").iter().all(Yaml::is_badvalue) {
            faults.push(format!("{name}: no image"));
        }
        let named = merged("depends_on").into_iter().filter_map(Yaml::into_hash);
        for (other, _) in named.flatten() {
            if !services.contains_key(&other) {
                faults.push(format!("{name}: depends on {other:?}, which is no service"));
            }
        }
        for volume in service["volumes"].as_vec().into_iter().flatten().filter_map(Yaml::as_str) {
            let source = volume.split(':').next().unwrap_or_default();
            let known = !page["volumes"][source].is_badvalue();
            let file = source.starts_with('.')
                && crate::sources::root().join("deploy").join(source).exists();
            if !known && !file {
                faults.push(format!("{name}: no volume or file {source}"));
            }
        }
    }
    faults
}

#[test]
fn the_compose_file_is_whole() {
    assert_none(&compose_faults(&read(COMPOSE)));
}

#[test]
fn a_broken_compose_file_is_found() {
    for (text, fault) in [
        ("services: [", "not YAML"),
        ("services:\n  a: {build: .}\n", "a: no image"),
        ("services:\n  a: {image: x, depends_on: {b: {}}}\n", "no service"),
        ("services:\n  a: {image: x, volumes: ['data:/x']}\n", "no volume or file data"),
    ] {
        let faults = compose_faults(text);
        assert!(faults.len() == 1 && faults[0].contains(fault), "{text}: {faults:?}");
    }
}

fn containerfile_faults(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    let lines = joined.lines().map(str::trim).filter(|it| !it.is_empty() && !it.starts_with('#'));
    let mut faults = Vec::new();
    let mut stages = Vec::new();
    let mut user = None;
    for line in lines {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["FROM", image, rest @ ..] => {
                stages.push(if let ["AS", name] = rest { *name } else { *image });
                user = None;
            }
            ["USER", name] => user = Some(*name),
            ["COPY", from, .., _] => {
                let stage = from.strip_prefix("--from=");
                if stage.is_some_and(|it| !stages.contains(&it)) {
                    faults.push(format!("no stage before has that name: {line}"));
                }
            }
            ["RUN" | "WORKDIR" | "EXPOSE" | "ENTRYPOINT" | "CMD", _, ..] => {}
            _ => faults.push(format!("not an instruction: {line}")),
        }
    }
    if user.is_none_or(|it| it.starts_with("root") || it.starts_with('0')) {
        faults.push("the image runs as root".to_owned());
    }
    faults
}

#[test]
fn the_containerfile_is_whole_and_does_not_run_as_root() {
    let text = read(CONTAINERFILE);
    assert_none(&containerfile_faults(&text));
    for binary in ["everstep", "order-worker"] {
        assert!(
            text.contains(&format!("/src/target/release/{binary} ")),
            "{binary} is not in the image"
        );
    }
}

#[test]
fn a_broken_containerfile_is_found() {
    for (text, fault) in [
        ("FROM a\nRUNS x\nUSER 1", "not an instruction"),
        ("FROM a AS b\nFROM c\nCOPY --from=d /x /y\nUSER 1", "no stage"),
        ("FROM a\nUSER 1\nFROM b\nRUN x", "runs as root"),
        ("FROM a\nUSER 0:0", "runs as root"),
    ] {
        let faults = containerfile_faults(text);
        assert!(faults.len() == 1 && faults[0].contains(fault), "{text}: {faults:?}");
    }
}

/// `systemd-analyze verify` also asks whether the program is there: it is given one that is.
fn verify(unit: &str) -> Option<String> {
    let folder = std::env::temp_dir().join(format!("everstep-unit-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the unit");
    let file = folder.join("everstep.service");
    std::fs::write(&file, unit.replace("/usr/bin/everstep", "/bin/sh")).expect("the unit");
    let output = Command::new("systemd-analyze").arg("verify").arg(&file).output().ok()?;
    let _ = std::fs::remove_dir_all(&folder);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Some(if output.status.success() { said } else { format!("{}: {said}", output.status) })
}

#[test]
fn systemd_understands_the_unit() {
    let unit = read(UNIT);
    let Some(said) = verify(&unit) else {
        // No distribution for servers lacks it; images for builds do. Not worth failing CI for.
        assert!(
            unit.contains("[Service]\n") && unit.contains("ExecStart=/usr/bin/everstep server\n")
        );
        return;
    };
    assert_eq!(said, "");
    let broken = verify(&unit.replace("Restart=always", "Restart=sometimes"));
    assert!(broken.is_some_and(|said| said.contains("sometimes")), "verify sees no fault");
}

/// `name = value` lines, with the quotes that PostgreSQL takes.
fn settings(text: &str) -> Vec<(&str, &str)> {
    text.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| line.split_once(" = ").unwrap_or((line, "")))
        .collect()
}

#[test]
fn postgresql_takes_every_setting() {
    let scratch = ScratchCluster::start().expect("the tests need PostgreSQL's binaries");
    let set = |name: &str, value: &str| {
        scratch.cluster().execute("postgres", &format!("alter system set {name} = {value}"))
    };
    let text = read(POSTGRESQL);
    let settings = settings(&text);
    assert!(settings.len() > 20, "the file is read");
    for (name, value) in settings {
        set(name, value).unwrap_or_else(|why| panic!("{name} = {value}: {why}"));
    }
    assert!(set("max_wal_sizes", "1").is_err() && set("fsync", "'perhaps'").is_err());
}
