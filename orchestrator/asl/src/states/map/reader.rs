//! `ItemReader`: where a Distributed Map's items are, and how they are written there.

use super::MapNumber;
use crate::check::{Field, Fields};
use crate::diagnostic::Fault;
use crate::resource::{Pattern, Resource, ResourceKind};
use crate::template::Template;

/// AWS's limit of a map run's items.
const ITEMS_MAX: u64 = 100_000_000;

#[derive(Debug)]
pub struct ItemReader {
    pub source: Source,
    /// `Bucket` and `Key`, or `Bucket` and `Prefix`.
    pub parameters: Option<Template>,
    pub max_items: Option<MapNumber>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `s3:getObject`: the items are in one object.
    Object(Format),
    /// `s3:listObjectsV2`: each object under a prefix is an item.
    Listing,
    /// `s3:listObjectsV2` with `LOAD_AND_FLATTEN`: the items are in the objects under a prefix.
    Listed(Format),
    /// The manifest of S3's inventory: each row of the files that it lists is an item.
    Inventory,
    /// A manifest of Athena's: the items are in the files that it lists.
    Athena(Format),
}

/// `InputType`, with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    /// An array; or, at `pointer` (`ItemsPointer`), one within the document.
    Json {
        pointer: Option<String>,
    },
    JsonLines,
    Csv {
        delimiter: u8,
        headers: CsvHeaders,
    },
    Parquet,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CsvHeaders {
    FirstRow,
    Given(Vec<String>),
}

impl ItemReader {
    pub(super) fn read(field: &Field<'_>) -> Option<Self> {
        let mut fields = field.object()?;
        fields.require(&["Resource"]);
        let resource = fields.get("Resource");
        let action = resource.and_then(|resource| s3_action(&resource, &READS));
        let parameters = fields.arguments();
        let config = fields.get("ReaderConfig");
        let has_config = config.is_some();
        let config = config.and_then(|config| Config::read(&config, action));
        if !has_config && action == Some("getObject") {
            fields.report(Fault::MissingFields { fields: vec!["ReaderConfig"] });
        }
        fields.close();
        let (source, max_items) = match (config, action?) {
            (Some(config), _) => (config.source?, config.max_items),
            (None, "listObjectsV2") => (Source::Listing, None),
            (None, _) => return None,
        };
        Some(Self { source, parameters, max_items })
    }
}

const READS: [&str; 2] = ["getObject", "listObjectsV2"];

/// The action of `arn:…:states:::s3:ACTION`, where it is one of these.
pub(super) fn s3_action(
    field: &Field<'_>,
    actions: &'static [&'static str],
) -> Option<&'static str> {
    let text = field.text()?;
    let found = match Resource::parse(text).map(|resource| resource.kind) {
        Ok(ResourceKind::Service { service, action, pattern: Pattern::RequestResponse })
            if &*service == "s3" =>
        {
            actions.iter().copied().find(|known| **known == *action)
        }
        Ok(
            ResourceKind::Service { .. }
            | ResourceKind::Activity { .. }
            | ResourceKind::Lambda { .. },
        )
        | Err(_) => None,
    };
    if found.is_none() {
        let reason = format!("here it is one of s3:{}", actions.join(", s3:"));
        field.report(Fault::NotAResource { reason });
    }
    found
}

/// `ReaderConfig`.
struct Config {
    source: Option<Source>,
    max_items: Option<MapNumber>,
}

impl Config {
    fn read(field: &Field<'_>, action: Option<&str>) -> Option<Self> {
        let mut fields = field.object()?;
        let max_items = fields.seconds("MaxItems", "MaxItemsPath", 1..=ITEMS_MAX);
        let transformation = fields.allowed("Transformation", &["NONE", "LOAD_AND_FLATTEN"]);
        let manifest = fields.allowed("ManifestType", &["S3_INVENTORY", "ATHENA_DATA"]);
        let loads = transformation == Some("LOAD_AND_FLATTEN");
        // An inventory's files are what its manifest says that they are.
        if loads || (action == Some("getObject") && manifest != Some("S3_INVENTORY")) {
            fields.require(&["InputType"]);
        }
        let is_of_files = loads || manifest == Some("ATHENA_DATA");
        let input_types = if is_of_files { &INPUT_TYPES[..4] } else { &INPUT_TYPES[..] };
        let input_type = fields.allowed("InputType", input_types);
        let format = read_format(&mut fields, input_type);
        let source = match (action, manifest) {
            (Some("listObjectsV2"), _) if loads => format.map(Source::Listed),
            (Some("listObjectsV2"), _) => Some(Source::Listing),
            (_, Some("ATHENA_DATA")) => format.map(Source::Athena),
            (_, Some(_)) => Some(Source::Inventory),
            (_, None) if input_type == Some("MANIFEST") => Some(Source::Inventory),
            (_, None) => format.map(Source::Object),
        };
        fields.close();
        Some(Self { source, max_items })
    }
}

/// The last one names files instead of holding items.
static INPUT_TYPES: [&str; 5] = ["CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"];

/// `None`, too, for MANIFEST, which is no format of items.
fn read_format(fields: &mut Fields<'_>, input_type: Option<&str>) -> Option<Format> {
    let pointer = fields.get("ItemsPointer").and_then(|field| read_pointer(&field));
    let delimiter = fields.allowed("CSVDelimiter", &DELIMITERS);
    let location = fields.allowed("CSVHeaderLocation", &["FIRST_ROW", "GIVEN"]);
    let headers = fields.get("CSVHeaders");
    match input_type? {
        "CSV" => {
            fields.require(&["CSVHeaderLocation"]);
            let delimiter = delimiter_of(delimiter.unwrap_or("COMMA"));
            Some(Format::Csv { delimiter, headers: read_headers(fields, location, headers)? })
        }
        "JSON" => Some(Format::Json { pointer }),
        "JSONL" => Some(Format::JsonLines),
        "PARQUET" => Some(Format::Parquet),
        _ => None,
    }
}

const DELIMITERS: [&str; 5] = ["COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"];

fn delimiter_of(name: &str) -> u8 {
    match name {
        "PIPE" => b'|',
        "SEMICOLON" => b';',
        "SPACE" => b' ',
        "TAB" => b'\t',
        _ => b',',
    }
}

fn read_headers(
    fields: &Fields<'_>,
    location: Option<&str>,
    headers: Option<Field<'_>>,
) -> Option<CsvHeaders> {
    match (location?, headers) {
        ("GIVEN", Some(headers)) => {
            let names = headers.some_items()?;
            let names: Option<Vec<String>> =
                names.iter().map(|name| name.text().map(str::to_owned)).collect();
            names.map(CsvHeaders::Given)
        }
        ("GIVEN", None) => {
            fields.report(Fault::MissingFields { fields: vec!["CSVHeaders"] });
            None
        }
        (_, Some(headers)) => {
            headers.report(Fault::HeadersNotGiven);
            None
        }
        (_, None) => Some(CsvHeaders::FirstRow),
    }
}

/// RFC 6901.
fn read_pointer(field: &Field<'_>) -> Option<String> {
    let text = field.text()?;
    if text.is_empty() || text.starts_with('/') {
        return Some(text.to_owned());
    }
    field.report(Fault::NotAPointer);
    None
}
