//! What was deployed, for people and for programs.

use serde_json::{Value, json};

use super::{Action, Deployed, Kind};
use crate::output::{self, Format, Table};

pub(super) fn print(deployed: &[Deployed], dry_run: bool, format: Format) {
    match format {
        Format::Text => {
            let mut table = Table::new(["RESOURCE", "DEPLOYED", "ARN"]);
            for Deployed { id, arn, action, .. } in deployed {
                let arn = arn.clone().unwrap_or_else(|| "-".to_owned());
                table.row([id.clone(), word(*action, dry_run).to_owned(), arn]);
            }
            output::write(&table.render());
        }
        Format::Json => {
            let of = |kind: Kind| {
                let of_kind = deployed.iter().filter(|it| it.kind == kind);
                of_kind.map(document).collect::<Vec<Value>>()
            };
            output::document(&json!({
                "dryRun": dry_run,
                "stateMachines": of(Kind::Machine),
                "activities": of(Kind::Activity),
                "versions": of(Kind::Version),
                "aliases": of(Kind::Alias),
            }));
        }
    }
}

fn document(deployed: &Deployed) -> Value {
    let Deployed { id, kind, arn, action } = deployed;
    let named = match kind {
        Kind::Machine => "stateMachineArn",
        Kind::Activity => "activityArn",
        Kind::Version => "stateMachineVersionArn",
        Kind::Alias => "stateMachineAliasArn",
    };
    json!({ "resource": id, named: arn, "action": action.as_str() })
}

pub(in crate::commands) fn word(action: Action, dry_run: bool) -> &'static str {
    match (action, dry_run) {
        (Action::Create, false) => "created",
        (Action::Create, true) => "would be created",
        (Action::Update, false) => "updated",
        (Action::Update, true) => "would be updated",
        (Action::Keep, _) => "unchanged",
    }
}
