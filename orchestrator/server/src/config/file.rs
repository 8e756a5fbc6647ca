//! The file of settings: TOML, one `flag-name = value` per line.

use std::collections::BTreeSet;
use std::path::Path;

use clap::{Arg, Command};
use toml::Value;

use crate::error::CommandError;

pub(super) fn read(path: &Path) -> Result<toml::Table, CommandError> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        CommandError::usage(format!("cannot read the settings in {}: {error}", path.display()))
    })?;
    text.parse().map_err(|error: toml::de::Error| {
        CommandError::usage(format!("{} is not TOML: {error}", path.display()))
    })
}

/// The command line with the file's values as defaults, in every command that knows the setting.
pub(super) fn apply(
    command: Command,
    path: &Path,
    values: &toml::Table,
) -> Result<Command, CommandError> {
    let wrong = |key: &str, what: String| {
        CommandError::usage(format!("setting `{key}` in {}: {what}", path.display()))
    };
    let known: BTreeSet<String> =
        settings(&command).into_iter().map(|arg| key(&arg)).filter(|key| key != "config").collect();
    let mut command = command;
    for (name, value) in values {
        if !known.contains(name) {
            let known = known.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(wrong(name, format!("there is no such setting; there are {known}")));
        }
        let value = text_of(value).map_err(|what| wrong(name, what))?;
        command = default_everywhere(command, name, &value).map_err(|what| wrong(name, what))?;
    }
    Ok(command)
}

/// Every setting of the command and of those below it, each as often as it is declared.
pub(super) fn settings(command: &Command) -> Vec<Arg> {
    let own = command.get_arguments().filter(|arg| arg.get_env().is_some()).cloned();
    own.chain(command.get_subcommands().flat_map(settings)).collect()
}

/// A setting's name in the file: its flag without the dashes.
pub(super) fn key(setting: &Arg) -> String {
    setting.get_long().unwrap_or_else(|| setting.get_id().as_str()).to_owned()
}

fn text_of(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Integer(number) => Ok(number.to_string()),
        Value::Boolean(yes) => Ok(yes.to_string()),
        Value::Float(_) | Value::Datetime(_) | Value::Array(_) | Value::Table(_) => {
            Err("write the value as a string, a whole number, true or false".to_owned())
        }
    }
}

fn default_everywhere(command: Command, name: &str, value: &str) -> Result<Command, String> {
    let own = command.get_arguments().find(|arg| arg.get_env().is_some() && key(arg) == name);
    let mut command = match own.cloned() {
        Some(setting) => {
            check(&setting, value)?;
            // Settings live as long as the process.
            let value: &'static str = value.to_owned().leak();
            command
                .mut_arg(setting.get_id().clone(), |arg| arg.default_value(value).required(false))
        }
        None => command,
    };
    let below: Vec<String> =
        command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    for below in below {
        let mut fault = Ok(());
        command = command.mut_subcommand(below, |below| {
            default_everywhere(below.clone(), name, value).unwrap_or_else(|error| {
                fault = Err(error);
                below
            })
        });
        fault?;
    }
    Ok(command)
}

/// Lets clap read the value as if it had come as a flag: a default that can't be read would be a bug to it.
fn check(setting: &Arg, value: &str) -> Result<(), String> {
    let flag = format!("--{}={value}", key(setting));
    let setting = setting.clone().global(false).required(false);
    let parsed = Command::new("file").arg(setting).try_get_matches_from(["file".to_owned(), flag]);
    match parsed {
        Ok(_) => Ok(()),
        Err(error) => {
            let reason = std::error::Error::source(&error).map(ToString::to_string);
            let text = error.to_string();
            let first_line = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
            Err(reason
                .map_or_else(|| first_line.to_owned(), |reason| format!("`{value}`: {reason}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::CommandFactory as _;

    use crate::cli::Cli;

    fn applied(file: &str) -> Result<clap::Command, String> {
        let values = file.parse().unwrap();
        super::apply(Cli::command(), Path::new("everstep.toml"), &values).map_err(|e| e.message)
    }

    fn timeout(file: &str, args: &[&str]) -> std::time::Duration {
        let matches = applied(file).unwrap().try_get_matches_from(args).unwrap();
        *matches.subcommand().unwrap().1.get_one("timeout").unwrap()
    }

    #[test]
    fn a_value_of_the_file_stands_where_no_flag_is_given() {
        assert_eq!(timeout("timeout = '3s'", &["everstep", "list"]).as_secs(), 3);
        assert_eq!(timeout("", &["everstep", "list"]).as_secs(), 10);
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        assert_eq!(
            timeout("timeout = '3s'", &["everstep", "list", "--timeout", "4s"]).as_secs(),
            4
        );
    }

    #[test]
    fn a_faulty_file_is_refused_with_the_setting_that_is_wrong() {
        for (file, message) in [
            ("timeout = 'soon'", "setting `timeout` in everstep.toml: `soon`: a duration is"),
            ("timeout = 1.5", "setting `timeout` in everstep.toml: write the value as"),
            ("time-out = '1s'", "setting `time-out` in everstep.toml: there is no such setting"),
            ("output = 'yaml'", "setting `output` in everstep.toml: invalid value 'yaml'"),
            ("config = 'other.toml'", "setting `config` in everstep.toml: there is no such"),
            ("lanes = 0", "setting `lanes` in everstep.toml: `0`: "),
        ] {
            let error = applied(file).unwrap_err();
            assert!(error.starts_with(message), "{file}: {error}");
        }
    }
}
