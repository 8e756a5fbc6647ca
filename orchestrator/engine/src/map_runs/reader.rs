//! Items for a run, a chunk whenever it asks. What it has open is forgotten in a crash; the next one skips what was read.

use asl::states::{CsvHeaders, Distributed};
use asl::{Payload, names};
use execution::event::Failure;
use execution::trigger::MapRunReport;
use objects::{Format, Items, ReadError, Request, Source};

use super::desk::{Place, map_of};
use crate::catalog::Machine;

#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The number of its next item.
    open: Option<(u64, Items)>,
}

impl Reader {
    pub(super) async fn read(
        &mut self,
        place: &Place,
        machine: &Machine,
        from: u64,
    ) -> MapRunReport {
        match self.chunk(place, machine, from).await {
            Ok((items, done)) => MapRunReport::Items { from, items, done },
            Err(cause) => {
                self.open = None;
                let failure = Failure::new(names::ITEM_READER_FAILED, cause);
                MapRunReport::Broken { failure }
            }
        }
    }

    async fn chunk(
        &mut self,
        place: &Place,
        machine: &Machine,
        from: u64,
    ) -> Result<(Payload, bool), String> {
        let mut items = if let Some((_, open)) = self.open.take().filter(|(next, _)| *next == from)
        {
            open
        } else {
            let request = request(place, machine, from)?;
            let opened = Items::open(&place.map_runs.objects, request);
            opened.map_err(|error: ReadError| error.to_string())?
        };
        let chunk = items.next().await.map_err(|error| error.to_string())?;
        self.open = Some((from + chunk.count, items));
        Ok((Payload::trusted(chunk.items), chunk.done))
    }
}

fn request(place: &Place, machine: &Machine, skip: u64) -> Result<Request, String> {
    let map = map_of(machine, &place.run);
    let reader = map.and_then(|map| map.distributed.as_deref()).and_then(reader_of);
    let reader = reader.ok_or("the definition no longer has an ItemReader here")?;
    let field = |name: &str| place.field("reader", name).map(str::to_owned);
    let missing =
        |name: &str| format!("The field '{name}' of the ItemReader's parameters must be a string");
    let (source, name) = match &reader.source {
        asl::states::Source::Listing => (Source::Listing, "Prefix"),
        asl::states::Source::Listed(format) => (Source::Listed(format_of(format)), "Prefix"),
        asl::states::Source::Object(format) => (Source::Object(format_of(format)), "Key"),
        asl::states::Source::Inventory => (Source::Inventory, "Key"),
        asl::states::Source::Athena(format) => (Source::Athena(format_of(format)), "Key"),
    };
    let key = match name {
        "Prefix" => field(name).unwrap_or_default(),
        _ => field(name).ok_or_else(|| missing(name))?,
    };
    let bucket = field("Bucket").ok_or_else(|| missing("Bucket"))?;
    let (version, max_items) = (field("VersionId"), place.run.started.max_items);
    Ok(Request { bucket, key, version, source, skip, max_items })
}

fn reader_of(distributed: &Distributed) -> Option<&asl::states::ItemReader> {
    distributed.reader.as_ref()
}

fn format_of(format: &asl::states::Format) -> Format {
    match format {
        asl::states::Format::Json { pointer } => Format::Json { pointer: pointer.clone() },
        asl::states::Format::JsonLines => Format::JsonLines,
        asl::states::Format::Csv { delimiter, headers } => {
            let headers = match headers {
                CsvHeaders::FirstRow => None,
                CsvHeaders::Given(names) => Some(names.clone()),
            };
            Format::Csv { delimiter: *delimiter, headers }
        }
        asl::states::Format::Parquet => Format::Parquet,
    }
}
