//! The objects below a prefix, as AWS describes them. Keys are in order, so that a listing can be taken up again.

use futures_util::TryStreamExt;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};
use serde_json::json;

use super::ReadError;
use super::sink::Sink;
use crate::place::Bucket;

pub(super) async fn read(bucket: Bucket, prefix: String, mut sink: Sink) {
    let ended = list(&bucket, &prefix, &mut sink).await;
    sink.finish(ended).await;
}

async fn list(bucket: &Bucket, prefix: &str, sink: &mut Sink) -> Result<(), ReadError> {
    let unreadable = |error: object_store::Error| {
        ReadError::Unreadable(format!("'{prefix}'"), error.to_string())
    };
    // A prefix is any beginning of a key; the storage is asked by whole folders.
    let folder = prefix.rsplit_once('/').map(|(folder, _)| Path::from(folder));
    let mut found = bucket.store.list(folder.as_ref());
    if bucket.folder.is_some() {
        // A file system lists in any order.
        let mut all: Vec<ObjectMeta> = found.try_collect().await.map_err(unreadable)?;
        all.sort_unstable_by(|one, other| one.location.cmp(&other.location));
        for object in all {
            if takes(&object, prefix) && sink.push(&item(&object)).await.is_break() {
                break;
            }
        }
        return Ok(());
    }
    while let Some(object) = found.try_next().await.map_err(unreadable)? {
        if takes(&object, prefix) && sink.push(&item(&object)).await.is_break() {
            break;
        }
    }
    Ok(())
}

fn takes(object: &ObjectMeta, prefix: &str) -> bool {
    object.location.as_ref().starts_with(prefix)
}

fn item(object: &ObjectMeta) -> String {
    let etag = object.e_tag.as_deref().unwrap_or_default();
    json!({
        "Etag": etag,
        "Key": object.location.as_ref(),
        "LastModified": object.last_modified.timestamp(),
        "Size": object.size,
        "StorageClass": "STANDARD",
    })
    .to_string()
}
