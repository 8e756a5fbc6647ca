//! Results of a run, read from its children's own histories: each child is a row, and so in the result once. A write that is cut
//! short is done again from the beginning, over the same files.

use std::collections::BTreeMap;

use asl::states::{OutputType, Target, Transformation, WriterConfig};
use asl::{Payload, names, timestamp};
use execution::event::{EventKind, ExecutionStarted, Failure};
use execution::trigger::MapRunReport;
use execution::{Event, ExecutionId, Seq, codec};
use objects::{Outcome, Results, WriteError};
use serde_json::{Value, json};
use store::{ExecutionStatus, MapRunChildRow, StoreError};
use tracing::warn;

use super::desk::{Place, map_of};
use crate::catalog::Machine;
use crate::patience::Patience;

/// Children read at a time: bounded in memory, and few enough round trips.
const CHILDREN_A_READ: u32 = 500;

const UNREADABLE: &str = "a child's history can't be read";

enum Unwritten {
    /// For good.
    Refused(String),
    Later(StoreError),
}

pub(super) async fn write(place: &Place, machine: &Machine) -> MapRunReport {
    let mut patience = Patience::default();
    loop {
        match attempt(place, machine).await {
            Ok(result) => return MapRunReport::Written { result },
            Err(Unwritten::Refused(cause)) => {
                let failure = Failure::new(names::RESULT_WRITER_FAILED, cause);
                return MapRunReport::Broken { failure };
            }
            Err(Unwritten::Later(error)) => {
                warn!(run = %place.run.started.arn, %error, "results can't be written yet");
            }
        }
        tokio::time::sleep(patience.next()).await;
    }
}

async fn attempt(place: &Place, machine: &Machine) -> Result<Payload, Unwritten> {
    let map = map_of(machine, &place.run);
    let writer = map.and_then(|map| map.distributed.as_deref()?.writer.as_ref());
    let writer =
        writer.ok_or_else(|| refused("the definition no longer has a ResultWriter here"))?;
    match writer.target {
        Target::Output => collected(place, machine).await,
        Target::Objects(_) => written(place, writer.config).await,
    }
}

/// Every child with its metadata, in the order of the items: the state's result. One that is too large fails the state, so that
/// no more of it is read then.
async fn collected(place: &Place, machine: &Machine) -> Result<Payload, Unwritten> {
    let bytes_max = machine.namespace.payload_bytes_max;
    let (mut documents, mut bytes, mut after) = (BTreeMap::new(), 0, None);
    loop {
        let children = children(place, after).await?;
        let Some(last) = children.last().filter(|_| bytes <= bytes_max) else { break };
        after = Some(last.id);
        for child in &children {
            let ended = Ended::read(child).ok_or_else(|| refused(UNREADABLE))?;
            let document = ended.document(child);
            bytes += document.len() as u64;
            let number = ended.started.parent.as_ref().and_then(|parent| parent.number);
            documents.insert((number, child.id), document);
        }
    }
    let documents: Vec<String> = documents.into_values().collect();
    Ok(Payload::trusted(format!("[{}]", documents.join(","))))
}

async fn children(
    place: &Place,
    after: Option<ExecutionId>,
) -> Result<Vec<MapRunChildRow>, StoreError> {
    let run = place.run.parent.of_map_run(Seq(place.run.wait.0));
    place.map_runs.starter.store.map_run_children(run, after, CHILDREN_A_READ).await
}

async fn written(place: &Place, config: WriterConfig) -> Result<Payload, Unwritten> {
    let bucket = place.field("writer", "Bucket").ok_or_else(|| {
        refused("The field 'Bucket' of the ResultWriter's parameters must be a string")
    })?;
    let prefix = place.field("writer", "Prefix").unwrap_or_default();
    let run = place.run.parent.of_map_run(Seq(place.run.wait.0));
    let is_lines = config.output_type == OutputType::JsonLines;
    let folder = (prefix, &*run.to_string());
    let mut results = Results::open(&place.map_runs.objects, bucket, folder, is_lines)?;
    let mut after = None;
    loop {
        let children = children(place, after).await?;
        let Some(last) = children.last() else { break };
        after = Some(last.id);
        for child in &children {
            add(child, config, &mut results).await?;
        }
    }
    let arn = &place.run.started.arn;
    let key = results.finish(arn).await?;
    let result = json!({
        "MapRunArn": &**arn,
        "ResultWriterDetails": { "Bucket": bucket, "Key": key },
    });
    Ok(Payload::from_value(result))
}

async fn add(
    child: &MapRunChildRow,
    config: WriterConfig,
    results: &mut Results,
) -> Result<(), Unwritten> {
    let ended = Ended::read(child).ok_or_else(|| refused(UNREADABLE))?;
    let output = ended.output.as_ref();
    match (child.status, config.transformation, output) {
        (ExecutionStatus::Succeeded, Transformation::Compact, Some(output)) => {
            results.write(Outcome::Succeeded, output.text()).await?;
        }
        (ExecutionStatus::Succeeded, Transformation::Flatten, Some(output)) => {
            let Value::Array(elements) = output.value() else {
                return Ok(results.write(Outcome::Succeeded, output.text()).await?);
            };
            for element in elements {
                results.write(Outcome::Succeeded, &element.to_string()).await?;
            }
        }
        (ExecutionStatus::Succeeded, _, _) => {
            results.write(Outcome::Succeeded, &ended.document(child)).await?;
        }
        (ExecutionStatus::Running, _, _) => {
            results.write(Outcome::Pending, &ended.document(child)).await?;
        }
        (ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted, _, _) => {
            results.write(Outcome::Failed, &ended.document(child)).await?;
        }
    }
    Ok(())
}

/// A child as its first and last row tell of it.
struct Ended {
    started: ExecutionStarted,
    input: Payload,
    output: Option<Payload>,
    failure: Failure,
}

impl Ended {
    fn read(child: &MapRunChildRow) -> Option<Self> {
        let first = codec::decode(child.first_format, &child.first_events).ok()?;
        let last = codec::decode(child.last_format, &child.last_events).ok()?;
        let Event { kind: EventKind::ExecutionStarted(started), payload, .. } =
            first.into_iter().next()?
        else {
            return None;
        };
        let end = last.into_iter().rev().find(|event| event.kind.end().is_some());
        let failure = end.as_ref().and_then(|event| event.kind.end()?.1.cloned());
        Some(Self {
            started: *started,
            input: payload?,
            output: end.and_then(|event| event.payload),
            failure: failure.unwrap_or_default(),
        })
    }

    /// As AWS writes one, its fields in alphabetical order.
    fn document(&self, child: &MapRunChildRow) -> String {
        let status = child.status.as_text();
        let redrive = match child.status {
            ExecutionStatus::Succeeded | ExecutionStatus::Running => "NOT_REDRIVABLE",
            ExecutionStatus::Failed | ExecutionStatus::TimedOut | ExecutionStatus::Aborted => {
                "REDRIVABLE_BY_MAP_RUN"
            }
        };
        let mut document = json!({});
        if let Some(cause) = &self.failure.cause {
            document["Cause"] = cause.as_str().into();
        }
        if let Some(error) = &self.failure.error {
            document["Error"] = error.as_str().into();
        }
        document["ExecutionArn"] = self.started.execution_arn.as_str().into();
        document["Input"] = self.input.text().into();
        document["InputDetails"] = json!({ "Included": true });
        document["Name"] = self.started.name.as_str().into();
        if let Some(output) = &self.output {
            document["Output"] = output.text().into();
        }
        document["OutputDetails"] = json!({ "Included": true });
        document["RedriveCount"] = child.redrive_count.into();
        document["RedriveStatus"] = redrive.into();
        document["StartDate"] = timestamp::format(child.started_at).into();
        document["StateMachineArn"] = self.started.machine_arn.as_str().into();
        document["Status"] = status.into();
        if let Some(ended_at) = child.ended_at {
            document["StopDate"] = timestamp::format(ended_at).into();
        }
        document.to_string()
    }
}

fn refused(cause: &str) -> Unwritten {
    Unwritten::Refused(cause.to_owned())
}

impl From<WriteError> for Unwritten {
    fn from(error: WriteError) -> Self {
        Self::Refused(error.to_string())
    }
}

impl From<StoreError> for Unwritten {
    fn from(error: StoreError) -> Self {
        Self::Later(error)
    }
}
