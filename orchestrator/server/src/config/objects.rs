//! Where Distributed Maps find their items and leave their results.

use std::path::PathBuf;

use clap::Args;
use objects::{Objects, S3, Settings};

#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings of a server")]
#[expect(clippy::struct_field_names, reason = "a flag is named after its field")]
pub(crate) struct ObjectSettings {
    /// Each folder in this one is a bucket of Distributed Maps; nothing outside it is read or written
    #[arg(long, env = "EVERSTEP_OBJECTS_FOLDER", value_name = "FOLDER")]
    objects_folder: Option<PathBuf>,
    /// An S3-compatible object storage of Distributed Maps, by its URL. Not given: AWS's own
    #[arg(long, env = "EVERSTEP_OBJECTS_ENDPOINT", value_name = "URL")]
    objects_endpoint: Option<String>,
    /// The region of the object storage
    #[arg(
        long,
        env = "EVERSTEP_OBJECTS_REGION",
        value_name = "REGION",
        default_value = "us-east-1"
    )]
    objects_region: String,
    /// Who the server is at the object storage. Not given: there is none
    #[arg(
        long,
        env = "EVERSTEP_OBJECTS_ACCESS_KEY_ID",
        value_name = "ID",
        requires = "objects_secret_access_key"
    )]
    objects_access_key_id: Option<String>,
    /// The secret that belongs to it; better in the environment than on the command line
    #[arg(
        long,
        env = "EVERSTEP_OBJECTS_SECRET_ACCESS_KEY",
        hide_env_values = true,
        value_name = "SECRET"
    )]
    objects_secret_access_key: Option<String>,
}

impl ObjectSettings {
    pub(crate) fn open(&self) -> Objects {
        let s3 = self.objects_access_key_id.clone().map(|access_key_id| S3 {
            endpoint: self.objects_endpoint.clone(),
            region: self.objects_region.clone(),
            access_key_id,
            secret_access_key: self.objects_secret_access_key.clone().unwrap_or_default(),
        });
        Objects::new(Settings { local_root: self.objects_folder.clone(), s3 })
    }
}
