//! `ResultWriter`: where a Distributed Map's results go, and in which form.

use super::reader::s3_action;
use crate::check::Field;
use crate::diagnostic::Fault;
use crate::template::Template;

#[derive(Debug)]
pub struct ResultWriter {
    pub target: Target,
    pub config: WriterConfig,
}

#[derive(Debug)]
pub enum Target {
    /// No `Resource`: the results stay in the state's output, in the form that the writer says.
    Output,
    /// `s3:putObject`, with `Bucket` and `Prefix`.
    Objects(Option<Template>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterConfig {
    pub transformation: Transformation,
    pub output_type: OutputType,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transformation {
    /// Each child with its input, output and metadata.
    None,
    /// The outputs alone.
    Compact,
    /// The outputs alone; an array among them is replaced by its elements.
    Flatten,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputType {
    Json,
    JsonLines,
}

impl ResultWriter {
    pub(super) fn read(field: &Field<'_>) -> Option<Self> {
        let mut fields = field.object()?;
        if !fields.has("Resource") && !fields.has("WriterConfig") {
            fields.report(Fault::NoneOfFields { fields: vec!["Resource", "WriterConfig"] });
        }
        let resource = fields.get("Resource");
        let writes = resource.as_ref().and_then(|resource| s3_action(resource, &["putObject"]));
        let parameters = fields.arguments();
        let config = fields.get("WriterConfig").map(|config| WriterConfig::read(&config));
        fields.close();
        // Seen on AWS: a writer that goes to S3 and says nothing else keeps the metadata.
        let of_resource =
            WriterConfig { transformation: Transformation::None, output_type: OutputType::Json };
        Some(Self {
            target: writes.map_or(Target::Output, |_| Target::Objects(parameters)),
            config: config.flatten().unwrap_or(of_resource),
        })
    }
}

impl WriterConfig {
    fn read(field: &Field<'_>) -> Option<Self> {
        let mut fields = field.object()?;
        let transformation = fields.allowed("Transformation", &["NONE", "COMPACT", "FLATTEN"]);
        let output_type = fields.allowed("OutputType", &["JSON", "JSONL"]);
        fields.close();
        let transformation = match transformation {
            Some("COMPACT") => Transformation::Compact,
            Some("FLATTEN") => Transformation::Flatten,
            Some(_) | None => Transformation::None,
        };
        let is_lines = output_type == Some("JSONL");
        let output_type = if is_lines { OutputType::JsonLines } else { OutputType::Json };
        Some(Self { transformation, output_type })
    }
}
