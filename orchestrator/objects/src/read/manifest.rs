//! Manifests: objects that name the files in which the items are.

use serde::Deserialize;

use super::file::File;
use super::sink::Sink;
use super::{Format, ReadError};
use crate::place::Objects;

/// `manifest.json` of an S3 inventory, as far as it matters.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Inventory {
    /// An ARN.
    destination_bucket: Option<String>,
    file_format: String,
    #[serde(default)]
    file_schema: String,
    files: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    key: String,
}

/// Each row of its files is an item, with the names of its schema.
pub(super) async fn read_inventory(
    objects: &Objects,
    manifest: &File,
    sink: &mut Sink,
) -> Result<(), ReadError> {
    let text = manifest.whole().await?;
    let malformed =
        |why: String| ReadError::Malformed(format!("{} is no manifest: {why}", manifest.name()));
    let inventory: Inventory =
        serde_json::from_slice(&text).map_err(|error| malformed(error.to_string()))?;
    let format = match inventory.file_format.to_ascii_uppercase().as_str() {
        "CSV" => {
            let names = inventory.file_schema.split(',').map(|name| name.trim().to_owned());
            Format::Csv { delimiter: b',', headers: Some(names.collect()) }
        }
        "PARQUET" => Format::Parquet,
        other => return Err(malformed(format!("files of the format {other} are not read"))),
    };
    let bucket = inventory.destination_bucket.as_deref().unwrap_or(&manifest.bucket_name);
    let bucket = bucket.rsplit(':').next().unwrap_or_default();
    for listed in &inventory.files {
        let file = File::in_bucket(objects, bucket, &listed.key)?;
        file.read(format.clone(), sink).await?;
        if sink.is_full() {
            break;
        }
    }
    Ok(())
}

/// A line each, `s3://BUCKET/KEY`.
pub(super) async fn read_athena(
    objects: &Objects,
    manifest: &File,
    format: &Format,
    sink: &mut Sink,
) -> Result<(), ReadError> {
    let text = manifest.whole().await?;
    let text = String::from_utf8_lossy(&text);
    for (line, number) in text.lines().zip(1_u32..) {
        let line = line.trim().trim_matches('"');
        if line.is_empty() {
            continue;
        }
        let named = line.strip_prefix("s3://").and_then(|rest| rest.split_once('/'));
        let (bucket, key) = named.ok_or_else(|| {
            let name = manifest.name();
            ReadError::Malformed(format!("Line {number} of {name} is not s3://BUCKET/KEY: {line}"))
        })?;
        let file = File::in_bucket(objects, bucket, key)?;
        file.read(format.clone(), sink).await?;
        if sink.is_full() {
            break;
        }
    }
    Ok(())
}
