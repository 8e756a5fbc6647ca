//! What came of an import, for people and for programs.

use serde_json::{Value, json};

use super::{Alias, Imported, Outcome};
use crate::commands::deploy::word;
use crate::commands::validate;
use crate::offline::Replay;
use crate::output::{self, Format};

pub(super) fn print(imported: &[Imported], dry_run: bool, format: Format) {
    match format {
        Format::Text => imported.iter().for_each(|it| output::write(&text(it, dry_run))),
        Format::Json => {
            let documents = imported.iter().map(document).collect::<Vec<_>>();
            output::document(&json!({ "dryRun": dry_run, "stateMachines": documents }));
        }
    }
}

fn text(machine: &Imported, dry_run: bool) -> String {
    let Imported { name, versions, aliases, .. } = machine;
    let done = match &machine.outcome {
        Outcome::Registered(action) => word(*action, dry_run).to_owned(),
        Outcome::Faulty => "faulty".to_owned(),
        Outcome::BeingDeleted => "left out: it is being deleted there".to_owned(),
        Outcome::Refused(why) => format!("refused: {why}"),
    };
    let mut lines = vec![format!("{name}: {done}")];
    let faults = machine.diagnostics.iter();
    lines.extend(faults.map(|it| format!("  {}", validate::text_of(name, it))));
    if !versions.is_empty() {
        lines.push(format!("  versions there, not here: {}", versions.join(", ")));
    }
    if !aliases.is_empty() {
        let aliases: Vec<String> = aliases.iter().map(words).collect();
        lines.push(format!("  aliases there, not here: {}", aliases.join(", ")));
    }
    lines.extend(machine.remarks.iter().map(|it| format!("  {it}")));
    let executions = machine.executions.iter();
    lines.extend(executions.map(|(name, replay)| format!("  {name}: {}", sentence(replay))));
    let mut text = lines.join("\n");
    text.push('\n');
    text.extend(machine.graph.as_deref());
    text
}

/// As `everstep aliases create` takes them.
fn words(alias: &Alias) -> String {
    let routes = alias.routes.iter().map(|(version, weight)| format!(" {version}={weight}"));
    format!("{}{}", alias.name, routes.collect::<String>())
}

fn sentence(replay: &Replay) -> String {
    match replay {
        Replay::Same => "the same here".to_owned(),
        Replay::Differs(difference) => format!("differs: {difference}"),
        Replay::NotReplayed(why) => format!("not replayed: {why}"),
    }
}

fn document(machine: &Imported) -> Value {
    let (action, refusal) = match &machine.outcome {
        Outcome::Registered(action) => (action.as_str(), None),
        Outcome::Faulty => ("FAULTY", None),
        Outcome::BeingDeleted => ("DELETING", None),
        Outcome::Refused(why) => ("REFUSED", Some(why)),
    };
    let alias = |it: &Alias| {
        let route =
            |(version, weight): &(String, u64)| json!({ "version": version, "weight": weight });
        json!({ "name": it.name, "routes": it.routes.iter().map(route).collect::<Vec<_>>() })
    };
    let execution = |(name, replay): &(String, Replay)| {
        let (result, detail) = match replay {
            Replay::Same => ("SAME", None),
            Replay::Differs(difference) => ("DIFFERENT", Some(difference)),
            Replay::NotReplayed(why) => ("NOT_REPLAYED", Some(why)),
        };
        json!({ "name": name, "result": result, "detail": detail })
    };
    json!({
        "name": machine.name,
        "action": action,
        "refusal": refusal,
        "diagnostics": machine.diagnostics.iter().map(validate::document).collect::<Vec<_>>(),
        "graph": machine.graph,
        "versions": machine.versions,
        "aliases": machine.aliases.iter().map(alias).collect::<Vec<_>>(),
        "executions": machine.executions.iter().map(execution).collect::<Vec<_>>(),
        "remarks": machine.remarks,
    })
}
