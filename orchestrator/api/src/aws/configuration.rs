//! Logging, tracing and encryption of a state machine: JSON text to the store, AWS's members on the wire.

use everstep_proto::v1;
use serde_json::{Value, json};

use super::call::Call;
use crate::errors::{Reason, Refusal};

/// Absent ones stay empty: the default of a new machine, no change of an old one.
pub(super) fn read(call: &mut Call) -> Result<v1::StateMachineConfiguration, Refusal> {
    let logging = call.structure("loggingConfiguration").map(logging).transpose()?;
    let tracing = call.structure("tracingConfiguration").map(|given| tracing(&given));
    let encryption = call.structure("encryptionConfiguration");
    let encryption = encryption.map(|given| encryption_of(&given)).transpose()?;
    let text = |value: Option<Value>| value.map_or_else(String::new, |value| value.to_string());
    Ok(v1::StateMachineConfiguration {
        logging: text(logging),
        tracing: text(tracing),
        encryption: text(encryption),
    })
}

/// What AWS requires of a level and its destinations.
fn logging(mut given: Value) -> Result<Value, Refusal> {
    let destinations = given["destinations"].as_array().map_or(0, Vec::len);
    let level = given["level"].as_str().unwrap_or("OFF").to_owned();
    if destinations > 1 || (level != "OFF" && destinations == 0) {
        let message = "Invalid Logging Configuration: Must specify exactly one Log Destination.";
        return Err(Refusal::new(Reason::InvalidLoggingConfiguration, message));
    }
    let mut kept = json!({
        "level": level,
        "includeExecutionData": given["includeExecutionData"].as_bool().unwrap_or(false),
    });
    if destinations > 0 {
        kept["destinations"] = given["destinations"].take();
    }
    Ok(kept)
}

fn tracing(given: &Value) -> Value {
    json!({ "enabled": given["enabled"].as_bool().unwrap_or(false) })
}

/// AWS's default for how long a data key is used again.
const REUSE_SECONDS: u32 = 300;

pub(super) fn encryption_of(given: &Value) -> Result<Value, Refusal> {
    let refused = |message: &str| {
        let message = format!("Invalid Encryption Configuration: '{message}'");
        Err(Refusal::new(Reason::InvalidEncryptionConfiguration, message))
    };
    let has = |name: &str| !given[name].is_null();
    if given["type"] == "AWS_OWNED_KEY" {
        if has("kmsKeyId") || has("kmsDataKeyReusePeriodSeconds") {
            return refused(
                "kmsKeyId and kmsDataKeyReusePeriodSeconds must be absent for AWS_OWNED_KEY",
            );
        }
        return Ok(json!({ "type": "AWS_OWNED_KEY" }));
    }
    if !has("kmsKeyId") {
        return refused("kmsKeyId must be given for CUSTOMER_MANAGED_KMS_KEY");
    }
    let period = given.get("kmsDataKeyReusePeriodSeconds").filter(|it| !it.is_null());
    Ok(json!({
        "kmsKeyId": given["kmsKeyId"],
        "kmsDataKeyReusePeriodSeconds": period.cloned().unwrap_or_else(|| REUSE_SECONDS.into()),
        "type": "CUSTOMER_MANAGED_KMS_KEY",
    }))
}

/// What AWS shows: its defaults where nothing was given.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) logging: Value,
    pub(super) tracing: Value,
    pub(super) encryption: Value,
}

pub(super) fn shown(kept: Option<v1::StateMachineConfiguration>) -> Shown {
    let kept = kept.unwrap_or_default();
    // gRPC takes any object: one that is none here shows as the default.
    let document = |text: &str, default: Value| serde_json::from_str(text).unwrap_or(default);
    Shown {
        logging: document(&kept.logging, json!({ "level": "OFF", "includeExecutionData": false })),
        tracing: document(&kept.tracing, json!({ "enabled": false })),
        encryption: document(&kept.encryption, json!({ "type": "AWS_OWNED_KEY" })),
    }
}
