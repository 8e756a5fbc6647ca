//! A namespace's settings and a machine's configuration: their checks and their way to the wire.

use asl::Payload;
use everstep_proto::v1;
use store::{Limits, NamespaceSettings};

use crate::check;
use crate::errors::{Reason, Refusal};
use crate::limits::{
    CONFIGURATION_BYTES_MAX, HISTORY_EVENTS_MIN, PAYLOAD_BYTES_MAX, PAYLOAD_BYTES_MIN, QUOTA_MAX,
    REQUESTS_PER_SECOND_MAX, TASK_TIMEOUT_SECONDS_MAX,
};
use crate::timestamps::timestamp;

/// `settings` over `base`; absent fields stay.
pub(super) fn merged(
    base: NamespaceSettings,
    settings: v1::NamespaceSettings,
) -> Result<NamespaceSettings, Refusal> {
    let mut merged = base;
    limit(&mut merged.limits, &settings)?;
    if let Some(partition) = settings.partition {
        arn_part("settings.partition", &partition)?;
        merged.partition = partition;
    }
    if let Some(region) = settings.region {
        arn_part("settings.region", &region)?;
        merged.region = region;
    }
    if let Some(account) = settings.account {
        if account.len() != 12 || !account.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(check::constraint("settings.account", Some(&account), "be 12 digits"));
        }
        merged.account = account;
    }
    if let Some(seconds) = settings.task_timeout_seconds {
        check::at_least("settings.task_timeout_seconds", seconds, 1)?;
        check::at_most("settings.task_timeout_seconds", seconds, TASK_TIMEOUT_SECONDS_MAX)?;
        merged.task_timeout_seconds = i64::try_from(seconds).expect("it is below the maximum");
    }
    if let Some(bytes) = settings.payload_bytes_max {
        check::at_least("settings.payload_bytes_max", bytes, PAYLOAD_BYTES_MIN)?;
        check::at_most("settings.payload_bytes_max", bytes, PAYLOAD_BYTES_MAX)?;
        merged.payload_bytes_max = i64::try_from(bytes).expect("it is below the maximum");
    }
    Ok(merged)
}

/// 0 takes a limit away.
fn limit(limits: &mut Limits, given: &v1::NamespaceSettings) -> Result<(), Refusal> {
    let quota = 1..=QUOTA_MAX;
    let events = HISTORY_EVENTS_MIN..=QUOTA_MAX;
    let rate = 1..=REQUESTS_PER_SECOND_MAX;
    let given = [
        ("history_events_max", given.history_events_max, events, &mut limits.history_events),
        ("state_machines_max", given.state_machines_max, quota.clone(), &mut limits.state_machines),
        ("activities_max", given.activities_max, quota.clone(), &mut limits.activities),
        ("versions_max", given.versions_max, quota.clone(), &mut limits.versions),
        ("aliases_max", given.aliases_max, quota.clone(), &mut limits.aliases),
        (
            "requests_per_second_max",
            given.requests_per_second_max,
            rate,
            &mut limits.requests_per_second,
        ),
        (
            "open_executions_max",
            given.open_executions_max,
            quota.clone(),
            &mut limits.open_executions,
        ),
        ("activity_pollers_max", given.activity_pollers_max, quota, &mut limits.activity_pollers),
    ];
    for (name, max, bounds, limit) in given {
        let Some(max) = max else { continue };
        if max > 0 {
            let field = format!("settings.{name}");
            check::at_least(&field, max, *bounds.start())?;
            check::at_most(&field, max, *bounds.end())?;
        }
        *limit = Some(max).filter(|max| *max > 0);
    }
    Ok(())
}

/// A colon would break every ARN of the namespace.
fn arn_part(field: &str, text: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=32).contains(&text.len()) && text.bytes().all(allowed) {
        return Ok(());
    }
    Err(check::constraint(field, Some(text), "be 1 to 32 of a-z, 0-9 and -"))
}

pub(super) fn namespace_name(name: &str) -> Result<(), Refusal> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=80).contains(&name.len()) && name.bytes().all(allowed) {
        return Ok(());
    }
    let message = format!("Invalid Name: '{name}': 1 to 80 of a-z, A-Z, 0-9, - and _");
    Err(Refusal::new(Reason::InvalidName, message).at("name"))
}

pub(super) fn namespace(found: store::Namespace) -> v1::Namespace {
    let settings = found.settings;
    v1::Namespace {
        name: found.name,
        settings: Some(v1::NamespaceSettings {
            partition: Some(settings.partition),
            region: Some(settings.region),
            account: Some(settings.account),
            task_timeout_seconds: Some(settings.task_timeout_seconds.unsigned_abs()),
            payload_bytes_max: Some(settings.payload_bytes_max.unsigned_abs()),
            history_events_max: settings.limits.history_events,
            state_machines_max: settings.limits.state_machines,
            activities_max: settings.limits.activities,
            versions_max: settings.limits.versions,
            aliases_max: settings.limits.aliases,
            requests_per_second_max: settings.limits.requests_per_second,
            open_executions_max: settings.limits.open_executions,
            activity_pollers_max: settings.limits.activity_pollers,
        }),
        created_at: Some(timestamp(found.created_at)),
    }
}

/// Kept and shown; checked to be JSON objects, so that whoever reads them later can.
pub(super) fn configuration(
    given: v1::StateMachineConfiguration,
) -> Result<store::Configuration, Refusal> {
    let v1::StateMachineConfiguration { logging, tracing, encryption } = given;
    json_object("configuration.logging", &logging, Reason::InvalidLoggingConfiguration)?;
    json_object("configuration.tracing", &tracing, Reason::InvalidTracingConfiguration)?;
    json_object("configuration.encryption", &encryption, Reason::InvalidEncryptionConfiguration)?;
    Ok(store::Configuration { logging, tracing, encryption })
}

pub(super) fn json_object(field: &str, text: &str, reason: Reason) -> Result<(), Refusal> {
    check::bytes(field, text, CONFIGURATION_BYTES_MAX as u64)?;
    let refused = |why: &str| Err(Refusal::new(reason, format!("{field}: {why}")).at(field));
    match Payload::parse(text) {
        _ if text.is_empty() => Ok(()),
        Ok(_) if text.trim_start().starts_with('{') => Ok(()),
        Ok(_) => refused("a JSON object is expected"),
        Err(error) => refused(&error.to_string()),
    }
}

pub(super) fn shown(configuration: store::Configuration) -> v1::StateMachineConfiguration {
    let store::Configuration { logging, tracing, encryption } = configuration;
    v1::StateMachineConfiguration { logging, tracing, encryption }
}
