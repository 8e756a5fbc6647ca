//! Batches of items: the input of a child that works on several.

use asl::Payload;

use super::run;
use crate::branch::Fault;
use crate::decide::Turn;
use crate::draft::Draft;
use crate::event::BatchLimits;

/// The inputs of the children that work on `items`, each a batch of them; `None`: the Map makes no batches.
pub(crate) fn batches(
    turn: &Turn<'_>,
    map: &asl::states::Map,
    items: &[Payload],
    draft: &mut Draft,
) -> Result<Option<Vec<Payload>>, Fault> {
    let Some(distributed) = &map.distributed else { return Ok(None) };
    let context = turn.context();
    let input = turn.effective_input(&context)?;
    let scope = turn.scope(&input, &context);
    let Some(limits) = run::batch_limits(turn, distributed, &scope, draft)? else {
        return Ok(None);
    };
    let documents = run::documents(turn, distributed, &scope, draft)?;
    let batch_input = documents.value().get("batch").cloned().map(Payload::from_value);
    let bytes_max = limits.bytes.unwrap_or(turn.facts.settings.payload_bytes_max);
    let mut batches = Vec::new();
    let mut batch = Batch::begin(batch_input.as_ref());
    for item in items {
        if batch.items >= items_at_most(limits) || !batch.take(item, bytes_max) {
            let full = std::mem::replace(&mut batch, Batch::begin(batch_input.as_ref()));
            batches.push(full.end());
            batch.take(item, bytes_max);
        }
    }
    if batch.items > 0 {
        batches.push(batch.end());
    }
    Ok(Some(batches))
}

pub(super) fn items_at_most(limits: BatchLimits) -> usize {
    limits.items.and_then(|max| usize::try_from(max).ok()).unwrap_or(usize::MAX)
}

/// `{"BatchInput": …, "Items": […]}`, as far as it is written.
pub(super) struct Batch {
    text: String,
    pub(super) items: usize,
}

impl Batch {
    pub(super) fn begin(input: Option<&Payload>) -> Self {
        let text = match input {
            Some(input) => format!(r#"{{"BatchInput":{},"Items":["#, input.text()),
            None => r#"{"Items":["#.to_owned(),
        };
        Self { text, items: 0 }
    }

    /// `false`: it is full. The first item fits always.
    pub(super) fn take(&mut self, item: &Payload, bytes_max: u64) -> bool {
        let item = item.text();
        let is_full = (self.text.len() + item.len() + ",]}".len()) as u64 > bytes_max;
        if self.items > 0 && is_full {
            return false;
        }
        if self.items > 0 {
            self.text.push(',');
        }
        self.text.push_str(item);
        self.items += 1;
        true
    }

    pub(super) fn end(mut self) -> Payload {
        self.text.push_str("]}");
        Payload::trusted(self.text)
    }
}
