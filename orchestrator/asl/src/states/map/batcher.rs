//! `ItemBatcher`: how many items one child gets, and what it gets beside them.

use super::MapNumber;
use crate::check::Field;
use crate::diagnostic::Fault;
use crate::template::Template;

/// AWS's limit of a payload: a batch is one.
const BATCH_BYTES_MAX: u64 = 262_144;
/// An array that fits in a payload has fewer elements.
const BATCH_ITEMS_MAX: u64 = 100_000_000;

/// At least one of the two limits is there.
#[derive(Debug)]
pub struct ItemBatcher {
    pub max_items: Option<MapNumber>,
    pub max_input_bytes: Option<MapNumber>,
    /// `BatchInput`: the same for every batch.
    pub input: Option<Template>,
}

impl ItemBatcher {
    pub(super) fn read(field: &Field<'_>) -> Option<Self> {
        const LIMITS: [&str; 4] = [
            "MaxItemsPerBatch",
            "MaxItemsPerBatchPath",
            "MaxInputBytesPerBatch",
            "MaxInputBytesPerBatchPath",
        ];
        let mut fields = field.object()?;
        if !LIMITS.iter().any(|name| fields.has(name)) {
            fields.report(Fault::NoneOfFields { fields: vec![LIMITS[0], LIMITS[2]] });
        }
        let batcher = Self {
            max_items: fields.seconds(LIMITS[0], LIMITS[1], 1..=BATCH_ITEMS_MAX),
            max_input_bytes: fields.seconds(LIMITS[2], LIMITS[3], 1..=BATCH_BYTES_MAX),
            input: fields.template("BatchInput"),
        };
        fields.close();
        Some(batcher)
    }
}
