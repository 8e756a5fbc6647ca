//! What becomes of each format, and what is said of a file that is not what it should be.

use std::io::Write as _;

use flate2::write::GzEncoder;
use objects::{Format, Items, Request, Source};
use parquet::basic::Compression;

use crate::support::{Folder, LINES, all, parquet_of, request};

fn json(pointer: Option<&str>) -> Source {
    Source::Object(Format::Json { pointer: pointer.map(str::to_owned) })
}

fn csv(delimiter: u8, headers: Option<&[&str]>) -> Source {
    let headers = headers.map(|headers| headers.iter().map(|it| (*it).to_owned()).collect());
    Source::Object(Format::Csv { delimiter, headers })
}

#[tokio::test]
async fn each_format_gives_its_items() {
    let digits = r#"[12345678901234567890,1.10,{"a":"\u0000"}]"#;
    for (text, source, items) in [
        (digits, json(None), digits),
        ("[]", json(None), "[]"),
        (r#"{"x":1,"a":{"b":[1,2]},"y":[3]}"#, json(Some("/a/b")), "[1,2]"),
        (r#"[0,{"a/b":[1]},2]"#, json(Some("/1/a~1b")), "[1]"),
        ("{\"a\":1}\n\n  [2]\r\n3", LINES, r#"[{"a":1},[2],3]"#),
        ("", LINES, "[]"),
        ("a,b\n1,x\"\n\"2,5\",\n", csv(b',', None), r#"[{"a":"1","b":"x\""},{"a":"2,5","b":""}]"#),
        ("\u{feff}a|b\n1|2|3\n4\n", csv(b'|', None), r#"[{"a":"1","b":"2"},{"a":"4","b":""}]"#),
        ("1\t2\n", csv(b'\t', Some(&["a", "b"])), r#"[{"a":"1","b":"2"}]"#),
        ("", csv(b',', None), "[]"),
    ] {
        let folder = Folder::new();
        folder.write("deep/file", text);
        let read = folder.items("deep/file", source.clone()).await;
        assert_eq!(read.as_deref(), Ok(items), "{source:?} of {text:?}");
    }
}

#[tokio::test]
async fn a_file_that_is_something_else_is_refused_in_aws_s_words_where_they_are_known() {
    let elsewhere = "Attempting to map over non-iterable node.";
    for (text, source, error) in [
        (r#"{"a":1}"#, json(None), elsewhere),
        ("17", json(None), elsewhere),
        (r#"{"a":{"b":1}}"#, json(Some("/a/b")), elsewhere),
        (r#"{"a":1}"#, json(Some("/b")), elsewhere),
        (
            "[1,2",
            json(None),
            "s3://data/file is no JSON: EOF while parsing a list at line 1 column 4",
        ),
        (
            "1\n{",
            LINES,
            "Line 2 of s3://data/file is no JSON: EOF while parsing an object at line 1 column 1",
        ),
        ("a,a\n1,2\n", csv(b',', None), "CSV headers cannot contain duplicates."),
        ("1,2\n", csv(b',', Some(&["h", "h"])), "CSV headers cannot contain duplicates."),
    ] {
        let folder = Folder::new();
        folder.write("file", text);
        let read = folder.items("file", source.clone()).await.unwrap_err().to_string();
        assert_eq!(read, error, "{source:?} of {text:?}");
    }
}

#[tokio::test]
async fn a_listing_shows_what_begins_with_the_prefix_in_the_order_of_the_keys() {
    let folder = Folder::new();
    for key in ["in/b.json", "in/a.json", "in/a/deep.json", "index.json", "other.json"] {
        folder.write(key, "{}");
    }
    let listed = folder.items("in", Source::Listing).await.unwrap();
    let listed: serde_json::Value = serde_json::from_str(&listed).unwrap();
    let keys: Vec<_> = listed.as_array().unwrap().iter().map(|it| &it["Key"]).collect();
    assert_eq!(keys, ["in/a.json", "in/a/deep.json", "in/b.json", "index.json"]);
    assert_eq!((&listed[0]["Size"], &listed[0]["StorageClass"]), (&2.into(), &"STANDARD".into()));
    assert!(listed[0]["LastModified"].is_u64() && listed[0]["Etag"].is_string());
}

#[tokio::test]
async fn items_are_limited_and_taken_up_again_where_reading_ended() {
    let folder = Folder::new();
    folder.write("file", "1\n2\n3\n4\n5\n");
    for (skip, max_items, items) in [
        (0, Some(2), "[1,2]"),
        (2, None, "[3,4,5]"),
        (2, Some(4), "[3,4]"),
        (4, Some(4), "[]"),
        (9, None, "[]"),
    ] {
        let request = Request { skip, max_items, ..request("file", LINES) };
        let read = all(&folder.objects, request).await;
        assert_eq!(read.as_deref(), Ok(items), "skip {skip} max {max_items:?}");
    }
}

#[tokio::test]
async fn a_large_file_comes_in_chunks_of_bounded_size() {
    let folder = Folder::new();
    let lines: Vec<_> = (0..100_000).map(|n| format!("{{\"number\":{n}}}")).collect();
    let lines = lines.join("\n");
    folder.write("file", &lines);
    let request = request("file", LINES);
    let mut items = Items::open(&folder.objects, request).unwrap();
    let (mut count, mut chunks) = (0, 0);
    loop {
        let chunk = items.next().await.unwrap();
        assert!(chunk.count <= objects::CHUNK_ITEMS_MAX as u64);
        assert!(chunk.items.len() <= objects::CHUNK_BYTES_MAX + 100);
        (count, chunks) = (count + chunk.count, chunks + 1);
        if chunk.done {
            break;
        }
    }
    assert_eq!(count, 100_000);
    assert!(chunks >= 100, "only {chunks} chunks");
}

#[tokio::test]
async fn rows_of_parquet_are_objects_by_the_names_of_their_columns() {
    let folder = Folder::new();
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, gzip_level()] {
        folder.write("rows.parquet", parquet_of(3, compression));
        let read = folder.items("rows.parquet", PARQUET).await.unwrap();
        let expected = r#"[{"number":0,"text":"text \"0\""},{"number":1,"text":null},{"number":2,"text":"text \"2\""}]"#;
        assert_eq!(read, expected, "{compression:?}");
    }
    folder.write("rows.parquet", "no Parquet at all");
    let read = folder.items("rows.parquet", PARQUET).await.unwrap_err().to_string();
    assert!(read.starts_with("s3://data/rows.parquet is no Parquet: "), "{read}");
    // Taken up again in the middle of the second group of rows.
    folder.write("rows.parquet", parquet_of(60_000, Compression::SNAPPY));
    let request =
        Request { skip: 59_998, max_items: Some(59_999), ..request("rows.parquet", PARQUET) };
    let read = all(&folder.objects, request).await.unwrap();
    assert_eq!(read, r#"[{"number":59998,"text":"text \"59998\""}]"#);
}

const PARQUET: Source = Source::Object(Format::Parquet);

fn gzip_level() -> Compression {
    Compression::GZIP(parquet::basic::GzipLevel::default())
}

/// As gzip writes it.
fn gzipped(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_text_may_be_compressed_with_gzip() {
    let folder = Folder::new();
    let two = [gzipped("{\"a\":1}\n"), gzipped("2\n")].concat();
    for (bytes, source, items) in [
        (gzipped("[1,2]"), json(None), "[1,2]"),
        (two, LINES, r#"[{"a":1},2]"#),
        (gzipped("a\n1\n"), csv(b',', None), r#"[{"a":"1"}]"#),
    ] {
        folder.write("file.gz", bytes);
        let read = folder.items("file.gz", source.clone()).await;
        assert_eq!(read.as_deref(), Ok(items), "{source:?}");
    }
}

#[tokio::test]
async fn the_rows_of_an_inventory_are_items_by_the_names_of_its_schema() {
    // As S3 writes one: https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html
    let folder = Folder::new();
    folder.write(
        "inventory/one.csv.gz",
        gzipped("\"data\",\"a.txt\",\"17\"\n\"data\",\"b.txt\",\"0\"\n"),
    );
    folder.write("inventory/two.csv.gz", gzipped("\"data\",\"c.txt\",\"5\"\n"));
    let manifest = r#"{"sourceBucket": "source", "destinationBucket": "arn:aws:s3:::data", "version": "2016-11-30",
        "fileFormat": "CSV", "fileSchema": "Bucket, Key, Size",
        "files": [{"key": "inventory/one.csv.gz", "size": 40, "MD5checksum": "0"}, {"key": "inventory/two.csv.gz"}]}"#;
    folder.write("inventory/manifest.json", manifest);
    let read = folder.items("inventory/manifest.json", Source::Inventory).await.unwrap();
    let expected = r#"[{"Bucket":"data","Key":"a.txt","Size":"17"},{"Bucket":"data","Key":"b.txt","Size":"0"},{"Bucket":"data","Key":"c.txt","Size":"5"}]"#;
    assert_eq!(read, expected);
    // In Parquet the rows name themselves; ORC is not read.
    folder.write("rows.parquet", parquet_of(1, Compression::SNAPPY));
    folder
        .write("manifest.json", r#"{"fileFormat": "Parquet", "files": [{"key": "rows.parquet"}]}"#);
    let read = folder.items("manifest.json", Source::Inventory).await.unwrap();
    assert_eq!(read, r#"[{"number":0,"text":"text \"0\""}]"#);
    folder.write("manifest.json", r#"{"fileFormat": "ORC", "files": []}"#);
    let read = folder.items("manifest.json", Source::Inventory).await.unwrap_err().to_string();
    assert_eq!(
        read,
        "s3://data/manifest.json is no manifest: files of the format ORC are not read"
    );
}

#[tokio::test]
async fn a_manifest_of_athena_names_the_files_line_by_line() {
    let folder = Folder::new();
    folder.write("one.gz", gzipped("1\n2\n"));
    folder.write("two", "3\n");
    folder.write("manifest.csv", "s3://data/one.gz\n\n\"s3://data/two\"\n");
    let source = Source::Athena(Format::JsonLines);
    assert_eq!(folder.items("manifest.csv", source.clone()).await.as_deref(), Ok("[1,2,3]"));
    let limited = Request { max_items: Some(2), ..request("manifest.csv", source.clone()) };
    assert_eq!(all(&folder.objects, limited).await.as_deref(), Ok("[1,2]"));
    for (text, error) in [
        ("s3://data/none\n", "The specified key does not exist: s3://data/none"),
        ("s3://data/two\nx\n", "Line 2 of s3://data/manifest.csv is not s3://BUCKET/KEY: x"),
    ] {
        folder.write("manifest.csv", text);
        let read = folder.items("manifest.csv", source.clone()).await.unwrap_err().to_string();
        assert_eq!(read, error);
    }
}

#[tokio::test]
async fn the_items_of_all_objects_below_a_prefix_come_one_after_the_other() {
    let folder = Folder::new();
    folder.write("in/b", "[3]");
    folder.write("in/a", "[1,2]");
    folder.write("in/empty", "");
    folder.write("other", "[9]");
    let source = Source::Listed(Format::Json { pointer: None });
    assert_eq!(folder.items("in/", source.clone()).await.as_deref(), Ok("[1,2,3]"));
    let rest = Request { skip: 2, ..request("in/", source) };
    assert_eq!(all(&folder.objects, rest).await.as_deref(), Ok("[3]"));
}
