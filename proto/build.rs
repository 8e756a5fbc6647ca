//! Compiles the contract with `protox`, in Rust alone: building needs no `protoc`.

use std::error::Error;
use std::path::PathBuf;

use prost::Message as _;

const FILES: [&str; 10] = [
    "everstep/v1/namespaces.proto",
    "everstep/v1/state_machines.proto",
    "everstep/v1/executions.proto",
    "everstep/v1/history.proto",
    "everstep/v1/tasks.proto",
    "everstep/v1/connections.proto",
    "everstep/v1/map_runs.proto",
    "everstep/v1/versions.proto",
    "everstep/v1/activities.proto",
    "everstep/v1/tags.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    for file in FILES {
        println!("cargo::rerun-if-changed={file}");
    }
    let descriptors = PathBuf::from(std::env::var("OUT_DIR")?).join("everstep.bin");
    let set = protox::compile(FILES, ["."])?;
    std::fs::write(descriptors, set.encode_to_vec())?;
    tonic_prost_build::configure().extern_path(".google.rpc", "::tonic_types").compile_fds(set)?;
    Ok(())
}
