//! The objects below a prefix: as AWS describes them, or what is in them. Keys are in order, so that a listing can be taken up again.

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStore};
use serde_json::json;

use super::file::File;
use super::sink::Sink;
use super::{Format, ReadError};

/// Each object is an item.
pub(super) async fn list(prefix: &File, sink: &mut Sink) -> Result<(), ReadError> {
    let mut found = below(prefix).await?;
    while let Some(object) = found.try_next().await? {
        if sink.push(&item(&object)).await.is_break() {
            break;
        }
    }
    Ok(())
}

/// The items are in the objects.
pub(super) async fn read(prefix: &File, format: &Format, sink: &mut Sink) -> Result<(), ReadError> {
    let mut found = below(prefix).await?;
    while let Some(object) = found.try_next().await? {
        // S3's consoles mark folders by empty objects.
        if object.size == 0 {
            continue;
        }
        let file = File { key: object.location.to_string(), ..prefix.clone() };
        file.read(format.clone(), sink).await?;
        if sink.is_full() {
            break;
        }
    }
    Ok(())
}

async fn below(
    prefix: &File,
) -> Result<BoxStream<'static, Result<ObjectMeta, ReadError>>, ReadError> {
    let name = prefix.name();
    let unreadable =
        move |error: object_store::Error| ReadError::Unreadable(name.clone(), error.to_string());
    // A prefix is any beginning of a key; the storage is asked by whole folders.
    let folder = prefix.key.rsplit_once('/').map(|(folder, _)| Path::from(folder));
    let found = prefix.bucket.store.list(folder.as_ref());
    let begin = prefix.key.clone();
    let takes = move |object: &ObjectMeta| object.location.as_ref().starts_with(&begin);
    if prefix.bucket.folder.is_some() {
        // A file system lists in any order.
        let mut all: Vec<ObjectMeta> = found.try_collect().await.map_err(unreadable)?;
        all.retain(takes);
        all.sort_unstable_by(|one, other| one.location.cmp(&other.location));
        return Ok(stream::iter(all.into_iter().map(Ok)).boxed());
    }
    let found = found.map_err(unreadable);
    Ok(found.try_filter(move |object| std::future::ready(takes(object))).boxed())
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
