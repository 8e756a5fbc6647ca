//! Where a bucket is: a folder below the local root, or a bucket of the object storage.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use object_store::ObjectStore;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;

#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Each folder in it is a bucket. Nothing outside it is ever read or written.
    pub local_root: Option<PathBuf>,
    pub s3: Option<S3>,
}

/// An account of S3, or of what speaks its protocol.
#[derive(Clone, Default)]
pub struct S3 {
    /// Absent: AWS's own of the region.
    pub endpoint: Option<String>,
    pub region: String,
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

/// Why a bucket can't be reached at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    #[error("'{0}' is no name of a bucket")]
    Name(String),
    #[error(
        "neither object storage nor a local folder is set up on this server (--objects-folder, --objects-access-key-id)"
    )]
    NotSetUp,
    #[error("there is no folder '{0}' below the server's local root for objects")]
    NoFolder(String),
    #[error("the bucket '{bucket}' can't be opened: {reason}")]
    Settings { bucket: String, reason: String },
}

/// The object storage of a server. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Objects(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    settings: Settings,
    opened: Mutex<BTreeMap<String, Bucket>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub(crate) store: Arc<dyn ObjectStore>,
    /// Of a local one.
    pub(crate) folder: Option<PathBuf>,
}

impl Objects {
    pub fn new(settings: Settings) -> Self {
        Self(Arc::new(Inner { settings, opened: Mutex::default() }))
    }

    pub(crate) fn bucket(&self, name: &str) -> Result<Bucket, PlaceError> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if name.is_empty() || name.len() > 255 || name.contains("..") || !name.chars().all(is_plain)
        {
            return Err(PlaceError::Name(name.to_owned()));
        }
        let mut opened = self.0.opened.lock().expect("nobody panics with the buckets in hand");
        if let Some(bucket) = opened.get(name) {
            return Ok(bucket.clone());
        }
        let bucket = self.open(name)?;
        opened.insert(name.to_owned(), bucket.clone());
        Ok(bucket)
    }

    /// A folder comes first: a bucket of the same name is shadowed by it.
    fn open(&self, name: &str) -> Result<Bucket, PlaceError> {
        let Settings { local_root, s3 } = &self.0.settings;
        let refused = |reason: String| PlaceError::Settings { bucket: name.to_owned(), reason };
        if let Some(folder) = local_root.as_deref().and_then(|root| folder(root, name)) {
            let store = LocalFileSystem::new_with_prefix(&folder);
            let store = store.map_err(|error| refused(error.to_string()))?;
            return Ok(Bucket { store: Arc::new(store), folder: Some(folder) });
        }
        let Some(s3) = s3 else {
            return Err(match local_root {
                Some(_) => PlaceError::NoFolder(name.to_owned()),
                None => PlaceError::NotSetUp,
            });
        };
        let store = s3.open(name).map_err(|error| refused(error.to_string()))?;
        Ok(Bucket { store: Arc::new(store), folder: None })
    }
}

/// `None` too for a link that leads out of the root.
fn folder(root: &Path, name: &str) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let folder = root.join(name).canonicalize().ok()?;
    (folder.is_dir() && folder.starts_with(&root)).then_some(folder)
}

impl S3 {
    fn open(&self, bucket: &str) -> object_store::Result<impl ObjectStore + use<>> {
        // The first caller in the process decides; whoever was first chose the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(&self.region)
            .with_access_key_id(&self.access_key_id)
            .with_secret_access_key(&self.secret_access_key);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
            builder = builder.with_allow_http(endpoint.starts_with("http://"));
        }
        builder.build()
    }
}

impl Bucket {
    /// Whether a file of a local bucket is within its folder: a link may lead out of it.
    pub(crate) fn holds(&self, key: &str) -> bool {
        let Some(folder) = &self.folder else { return true };
        folder.join(key).canonicalize().is_ok_and(|file| file.starts_with(folder))
    }
}
