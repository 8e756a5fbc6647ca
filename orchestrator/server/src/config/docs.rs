//! Keeps `docs/configuration.md` in step with the command line: its table of settings is made from it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Arg, Command, CommandFactory as _};

use super::file::key;
use crate::cli::Cli;

const BEGIN: &str =
    "<!-- settings: made by `UPDATE_DOCS=1 cargo test -p everstep settings_page` -->\n";
/// The heading of what every command has that calls a server.
const CALLERS: &str = "Settings of commands that call a server";
const END: &str = "<!-- end of settings -->";

#[test]
fn the_settings_page_shows_every_setting_as_the_command_line_declares_it() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let page = std::fs::read_to_string(&path).expect("docs/configuration.md is there");
    let (before, rest) = page.split_once(BEGIN).expect("the page has a place for the settings");
    let (_, after) = rest.split_once(END).expect("the place for the settings has an end");
    let current = format!("{before}{BEGIN}{}{END}{after}", tables());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &current).expect("the page can be written");
    } else {
        assert!(page == current, "run UPDATE_DOCS=1 cargo test -p everstep settings_page");
    }
}

#[test]
fn a_setting_means_the_same_in_every_command_that_has_it() {
    for (name, declared) in declarations() {
        let rows: Vec<String> = declared.iter().map(|(_, setting)| row(setting)).collect();
        assert!(rows.windows(2).all(|pair| pair[0] == pair[1]), "{name} differs between commands");
    }
}

#[test]
fn a_settings_variable_is_named_after_its_flag() {
    for (name, declared) in declarations() {
        let variable = declared[0].1.get_env().unwrap().to_str().unwrap();
        assert_eq!(variable, format!("EVERSTEP_{}", name.to_uppercase().replace('-', "_")));
    }
}

type Declarations = BTreeMap<String, Vec<(String, Arg)>>;

/// Every setting by name, with the commands that have it.
fn declarations() -> Declarations {
    let mut declarations = Declarations::new();
    collect(&Cli::command(), "", &mut declarations);
    declarations
}

fn collect(command: &Command, path: &str, into: &mut Declarations) {
    let name = if path.is_empty() { "every command".to_owned() } else { format!("`{path}`") };
    for setting in command.get_arguments().filter(|arg| arg.get_env().is_some()) {
        into.entry(key(setting)).or_default().push((name.clone(), setting.clone()));
    }
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        collect(below, format!("{path} {}", below.get_name()).trim_start(), into);
    }
}

/// One table per heading of the help.
fn tables() -> String {
    let mut tables = BTreeMap::<String, String>::new();
    for declared in declarations().values() {
        let heading = declared[0].1.get_help_heading().expect("every setting has a heading");
        let table = tables.entry(heading.to_owned()).or_default();
        let used_by: Vec<&str> = declared.iter().map(|(command, _)| command.as_str()).collect();
        let used_by = if heading == CALLERS {
            "all that call a server".to_owned()
        } else {
            used_by.join(", ")
        };
        let _ = writeln!(table, "{} {used_by} |", row(&declared[0].1));
    }
    let mut text = String::new();
    for (heading, rows) in tables {
        let head = "| flag and key in the file | environment | value | default | what | used by |";
        let _ = write!(text, "\n### {heading}\n\n{head}\n|---|---|---|---|---|---|\n{rows}\n");
    }
    text
}

fn row(setting: &Arg) -> String {
    let words =
        |words: Vec<String>| if words.is_empty() { "—".to_owned() } else { words.join(", ") };
    let choices = setting.get_possible_values();
    let value = if choices.is_empty() || setting.get_value_names().is_some_and(|n| n[0] == "BOOL") {
        words(
            setting
                .get_value_names()
                .unwrap_or_default()
                .iter()
                .map(|n| format!("`{n}`"))
                .collect(),
        )
    } else {
        words(choices.iter().map(|choice| format!("`{}`", choice.get_name())).collect())
    };
    let defaults = setting.get_default_values();
    let default = words(defaults.iter().map(|d| format!("`{}`", d.to_string_lossy())).collect());
    let variable = setting.get_env().expect("a setting has a variable").to_string_lossy();
    let help = setting.get_help().expect("every setting is explained").to_string();
    format!(
        "| `--{}` | `{variable}` | {value} | {default} | {} |",
        key(setting),
        help.replace('|', "\\|")
    )
}
