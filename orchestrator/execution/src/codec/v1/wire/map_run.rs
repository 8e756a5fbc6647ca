//! How format 1 spells what happens in a map run.

use serde::{Deserialize, Serialize};

use super::{Failure, Text, is_false, is_zero};

#[derive(Debug, Serialize, Deserialize)]
pub(in crate::codec::v1) struct MapRunStarted<'a> {
    #[serde(borrow)]
    pub(in crate::codec::v1) state: Text<'a>,
    #[serde(borrow)]
    pub(in crate::codec::v1) arn: Text<'a>,
    #[serde(borrow)]
    pub(in crate::codec::v1) label: Text<'a>,
    #[serde(borrow)]
    pub(in crate::codec::v1) start: Text<'a>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(in crate::codec::v1) express: bool,
    pub(in crate::codec::v1) limits: MapRunLimits,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::codec::v1) batch: Option<BatchLimits>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::codec::v1) max_items: Option<u64>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(in crate::codec::v1) reads: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(in crate::codec::v1) writes: bool,
}

#[derive(Debug, Serialize, Deserialize)]
pub(in crate::codec::v1) enum MapRunStep<'a> {
    ItemsWanted {
        from: u64,
    },
    ItemsRead {
        #[serde(default, skip_serializing_if = "is_false")]
        done: bool,
    },
    ChildStarted {
        child: u64,
        items: u64,
    },
    ChildEnded {
        child: u64,
        status: ChildStatus,
        #[serde(borrow, default)]
        failure: Failure<'a>,
    },
    ChildRedriven {
        child: u64,
    },
    ResultsWanted,
    ResultsWritten,
    Broken {
        #[serde(borrow)]
        failure: Failure<'a>,
    },
    Updated {
        limits: MapRunLimits,
    },
    Succeeded,
    Failed {
        #[serde(borrow)]
        failure: Failure<'a>,
    },
    Aborted,
    Redriven {
        #[serde(borrow)]
        arn: Text<'a>,
        count: u64,
    },
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(in crate::codec::v1) struct MapRunLimits {
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(in crate::codec::v1) max_concurrency: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::codec::v1) tolerated_failure_count: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::codec::v1) tolerated_failure_percentage: Option<f64>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(in crate::codec::v1) struct BatchLimits {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::codec::v1) items: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::codec::v1) bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(in crate::codec::v1) enum ChildStatus {
    Succeeded,
    Failed,
    TimedOut,
    Aborted,
}
