//! Parquet: each row an object. Whole numbers keep every digit; decimals, dates and times are strings, bytes are base64.

use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::ReadError;
use super::ranges::Ranges;
use super::sink::Sink;

pub(super) fn read(ranges: Ranges, name: &str, sink: &mut Sink) -> Result<(), ReadError> {
    let malformed =
        |error: ParquetError| ReadError::Malformed(format!("{name} is no Parquet: {error}"));
    let file = SerializedFileReader::new(ranges).map_err(malformed)?;
    for row in file.get_row_iter(None).map_err(malformed)? {
        let row = row.map_err(malformed)?;
        if sink.blocking_push(&row.to_json_value().to_string()).is_break() {
            break;
        }
    }
    Ok(())
}
