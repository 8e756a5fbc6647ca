//! `--type` of the commands that take one.

use clap::ValueEnum;
use everstep_proto::v1::StateMachineType;

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum MachineType {
    Standard,
    Express,
}

impl From<MachineType> for StateMachineType {
    fn from(machine_type: MachineType) -> Self {
        match machine_type {
            MachineType::Standard => Self::Standard,
            MachineType::Express => Self::Express,
        }
    }
}

impl From<MachineType> for asl::MachineType {
    fn from(machine_type: MachineType) -> Self {
        match machine_type {
            MachineType::Standard => Self::Standard,
            MachineType::Express => Self::Express,
        }
    }
}
