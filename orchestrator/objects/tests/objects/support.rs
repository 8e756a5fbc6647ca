//! A local root with one bucket, and the items of an object as one array.

use objects::{Items, Objects, ReadError, Request, Settings, Source};
use tempfile::TempDir;

pub(crate) struct Folder {
    pub(crate) root: TempDir,
    pub(crate) objects: Objects,
}

impl Folder {
    /// With the empty bucket `data`.
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("data")).unwrap();
        let settings = Settings { local_root: Some(root.path().to_owned()), s3: None };
        Self { root, objects: Objects::new(settings) }
    }

    pub(crate) fn write(&self, key: &str, text: &str) {
        let file = self.root.path().join("data").join(key);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    pub(crate) fn read(&self, key: &str) -> String {
        std::fs::read_to_string(self.root.path().join("data").join(key)).unwrap()
    }

    pub(crate) async fn items(&self, key: &str, source: Source) -> Result<String, ReadError> {
        all(&self.objects, request(key, source)).await
    }
}

pub(crate) fn request(key: &str, source: Source) -> Request {
    let (bucket, key) = ("data".to_owned(), key.to_owned());
    Request { bucket, key, source, skip: 0, max_items: None }
}

/// Every chunk, joined.
pub(crate) async fn all(objects: &Objects, request: Request) -> Result<String, ReadError> {
    let mut items = Items::open(objects, request).await?;
    let mut joined = Vec::new();
    loop {
        let chunk = items.next().await?;
        if chunk.count > 0 {
            joined.push(chunk.items[1..chunk.items.len() - 1].to_owned());
        }
        if chunk.done {
            return Ok(format!("[{}]", joined.join(",")));
        }
    }
}
