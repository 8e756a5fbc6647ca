//! A local root with one bucket, and the items of an object as one array.

use std::sync::Arc;

use objects::{Format, Items, Objects, ReadError, Request, Settings, Source};
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use tempfile::TempDir;

pub(crate) const LINES: Source = Source::Object(Format::JsonLines);

pub(crate) struct Folder {
    pub(crate) root: TempDir,
    pub(crate) objects: Objects,
}

impl Folder {
    /// With the empty bucket `data`.
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("data")).unwrap();
        let settings = Settings { local_root: Some(root.path().to_owned()), s3: None };
        Self { root, objects: Objects::new(settings) }
    }

    pub(crate) fn write(&self, key: &str, text: impl AsRef<[u8]>) {
        let file = self.root.path().join("data").join(key);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    pub(crate) fn read(&self, key: &str) -> String {
        std::fs::read_to_string(self.root.path().join("data").join(key)).unwrap()
    }

    pub(crate) async fn items(&self, key: &str, source: Source) -> Result<String, ReadError> {
        all(&self.objects, request(key, source)).await
    }
}

pub(crate) fn request(key: &str, source: Source) -> Request {
    let (bucket, key) = ("data".to_owned(), key.to_owned());
    Request { bucket, key, version: None, source, skip: 0, max_items: None }
}

/// Every chunk, joined.
pub(crate) async fn all(objects: &Objects, request: Request) -> Result<String, ReadError> {
    let mut items = Items::open(objects, request)?;
    let mut joined = Vec::new();
    loop {
        let chunk = items.next().await?;
        if chunk.count > 0 {
            joined.push(chunk.items[1..chunk.items.len() - 1].to_owned());
        }
        if chunk.done {
            return Ok(format!("[{}]", joined.join(",")));
        }
    }
}

/// A file of rows `{number, text}` in row groups of 50,000.
pub(crate) fn parquet_of(rows: i64, compression: Compression) -> Vec<u8> {
    let schema = "message rows { required int64 number; optional binary text (utf8); }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let properties = WriterProperties::builder().set_compression(compression).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).unwrap();
    let numbers: Vec<i64> = (0..rows).collect();
    for numbers in numbers.chunks(50_000) {
        let mut group = writer.next_row_group().unwrap();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int64Type>().write_batch(numbers, None, None).unwrap();
        column.close().unwrap();
        // Every other row has a text.
        let levels: Vec<i16> = numbers.iter().map(|number| i16::from(number % 2 == 0)).collect();
        let texts: Vec<ByteArray> = numbers
            .iter()
            .filter(|number| *number % 2 == 0)
            .map(|number| ByteArray::from(format!("text \"{number}\"").as_str()))
            .collect();
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<ByteArrayType>().write_batch(&texts, Some(&levels), None).unwrap();
        column.close().unwrap();
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}
