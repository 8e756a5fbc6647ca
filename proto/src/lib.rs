//! The gRPC contract's Rust face: what `proto/everstep/v1` says, compiled.

/// Everstep's API, version 1.
#[expect(clippy::all, clippy::pedantic, clippy::allow_attributes, reason = "generated code")]
pub mod v1 {
    tonic::include_proto!("everstep.v1");
}

/// The contract as a serialized `FileDescriptorSet`, for server reflection.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/everstep.bin"));
