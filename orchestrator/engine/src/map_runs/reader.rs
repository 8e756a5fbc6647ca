//! Items for a run, a chunk whenever it asks. What it has open is forgotten in a crash; the next one skips what was read.

use asl::states::{CsvHeaders, Distributed, Format};
use asl::{Payload, names};
use execution::event::Failure;
use execution::trigger::MapRunReport;
use objects::{Items, ReadError, Request, Source};

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
            let opened = Items::open(&place.map_runs.objects, request).await;
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
    let (source, key) = match &reader.source {
        asl::states::Source::Listing => (Source::Listing, field("Prefix").unwrap_or_default()),
        asl::states::Source::Object(format) => {
            (source_of(format)?, field("Key").ok_or_else(|| missing("Key"))?)
        }
    };
    let bucket = field("Bucket").ok_or_else(|| missing("Bucket"))?;
    Ok(Request { bucket, key, source, skip, max_items: place.run.started.max_items })
}

fn reader_of(distributed: &Distributed) -> Option<&asl::states::ItemReader> {
    distributed.reader.as_ref()
}

fn source_of(format: &Format) -> Result<Source, String> {
    match format {
        Format::Json { pointer } => Ok(Source::Json { pointer: pointer.clone() }),
        Format::JsonLines => Ok(Source::JsonLines),
        Format::Csv { delimiter, headers } => {
            let headers = match headers {
                CsvHeaders::FirstRow => None,
                CsvHeaders::Given(names) => Some(names.clone()),
            };
            Ok(Source::Csv { delimiter: *delimiter, headers })
        }
        // The checker refuses definitions that have these.
        Format::Parquet | Format::Manifest(_) => Err("this InputType is not read yet".to_owned()),
    }
}
