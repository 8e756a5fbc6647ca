//! What `everstep dev` needs beyond a server: a folder that is kept, and a private PostgreSQL in it.

mod archive;
mod database;
mod folder;

pub(crate) use database::{Database, DatabaseOptions, Places, Source};
pub(crate) use folder::default_data_dir;
