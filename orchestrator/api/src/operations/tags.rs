//! Tags of a request: their checks, and the resource that they are of.

use std::collections::BTreeMap;

use engine::{Namespace, Qualifier};
use everstep_proto::v1;
use store::{MachineStatus, Tag, Tagged};

use super::Operations;
use super::lookup::machine_or_labelled;
use crate::arn::{self, Taggable};
use crate::check;
use crate::errors::{Reason, Refusal};
use crate::limits::{TAG_KEY_LENGTH_MAX, TAG_VALUE_LENGTH_MAX, TAGS_MAX};

const FIELD: &str = "resource";

/// AWS's, of keys and values.
const PATTERN: &str = r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$";

/// Of a key that stands there twice the last value counts. `resource`: whose they are to be.
pub(super) fn checked(resource: &str, tags: &[v1::Tag]) -> Result<Vec<Tag>, Refusal> {
    let mut checked = BTreeMap::new();
    for (place, tag) in (1..).zip(tags) {
        key(&format!("tags.{place}.member.key"), &tag.key)?;
        value(&format!("tags.{place}.member.value"), &tag.value)?;
        checked.insert(tag.key.as_str(), tag.value.as_str());
    }
    if checked.len() > TAGS_MAX {
        return Err(too_many(resource));
    }
    let tag = |(key, value): (&str, &str)| Tag { key: key.to_owned(), value: value.to_owned() };
    Ok(checked.into_iter().map(tag).collect())
}

pub(super) fn key(field: &str, key: &str) -> Result<(), Refusal> {
    if key.is_empty() {
        return Err(check::constraint(field, Some(key), "have length greater than or equal to 1"));
    }
    text(field, key, TAG_KEY_LENGTH_MAX)
}

fn value(field: &str, value: &str) -> Result<(), Refusal> {
    text(field, value, TAG_VALUE_LENGTH_MAX)
}

fn text(field: &str, text: &str, chars_max: usize) -> Result<(), Refusal> {
    if text.chars().count() > chars_max {
        let must = format!("have length less than or equal to {chars_max}");
        return Err(check::constraint(field, Some(text), &must));
    }
    let allowed =
        |c: char| c.is_alphanumeric() || c == ' ' || (c.is_whitespace() && !c.is_control());
    if text.chars().all(|c| allowed(c) || "_.:/=+-@".contains(c)) {
        return Ok(());
    }
    let must = format!("satisfy regular expression pattern: {PATTERN}");
    Err(check::constraint(field, Some(text), &must))
}

pub(super) fn too_many(resource: &str) -> Refusal {
    let message = format!("Too Many Tags: '{resource}' would have more than {TAGS_MAX}");
    Refusal::new(Reason::TooManyTags, message).at("tags")
}

pub(super) fn not_found(arn: &str) -> Refusal {
    Refusal::new(Reason::ResourceNotFound, format!("Resource not found: '{arn}'")).at(FIELD)
}

impl Operations {
    /// A machine or an activity by its ARN. Versions and aliases have no tags.
    pub(super) async fn tagged(&self, namespace: &Namespace, arn: &str) -> Result<Tagged, Refusal> {
        if arn.is_empty() {
            return Err(check::missing(FIELD));
        }
        let store = self.engine.store();
        let found = arn::parse_taggable(namespace, arn);
        let tagged = match found.map_err(|error| Refusal::arn(FIELD, &error))? {
            Taggable::Machine(_) => {
                let (name, Qualifier::Newest) = machine_or_labelled(namespace, arn)? else {
                    return Err(not_found(arn));
                };
                let machine = store.machine_by_name(namespace.id, name).await?;
                let machine = machine.filter(|machine| machine.status == MachineStatus::Active);
                machine.map(|machine| Tagged::Machine(machine.id))
            }
            Taggable::Activity(name) => {
                let activity = store.activity_by_name(namespace.id, name).await?;
                activity.map(|activity| Tagged::Activity(activity.id))
            }
        };
        tagged.ok_or_else(|| not_found(arn))
    }
}
