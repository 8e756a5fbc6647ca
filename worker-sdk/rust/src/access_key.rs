//! The access key that a server may ask for, as gRPC carries it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tonic::metadata::{Ascii, MetadataValue};

/// A key of `everstep keys create`. Its secret shows in no log.
#[derive(Clone)]
pub struct AccessKey {
    pub id: String,
    pub secret: String,
}

impl AccessKey {
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self { id: id.into(), secret: secret.into() }
    }

    /// The value of the metadata `authorization`, HTTP's scheme Basic, for calls beside the worker's own.
    pub fn authorization(&self) -> MetadataValue<Ascii> {
        let text = format!("Basic {}", STANDARD.encode(format!("{}:{}", self.id, self.secret)));
        let mut value: MetadataValue<Ascii> = text.parse().expect("base64 is ASCII");
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("id", &self.id).finish_non_exhaustive()
    }
}
