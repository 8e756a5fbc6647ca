//! What becomes of each format, and what is said of a file that is not what it should be.

use objects::{Items, Request, Source};

use crate::support::{Folder, all, request};

fn json(pointer: Option<&str>) -> Source {
    Source::Json { pointer: pointer.map(str::to_owned) }
}

fn csv(delimiter: u8, headers: Option<&[&str]>) -> Source {
    let headers = headers.map(|headers| headers.iter().map(|it| (*it).to_owned()).collect());
    Source::Csv { delimiter, headers }
}

#[tokio::test]
async fn each_format_gives_its_items() {
    let digits = r#"[12345678901234567890,1.10,{"a":"\u0000"}]"#;
    for (text, source, items) in [
        (digits, json(None), digits),
        ("[]", json(None), "[]"),
        (r#"{"x":1,"a":{"b":[1,2]},"y":[3]}"#, json(Some("/a/b")), "[1,2]"),
        (r#"[0,{"a/b":[1]},2]"#, json(Some("/1/a~1b")), "[1]"),
        ("{\"a\":1}\n\n  [2]\r\n3", Source::JsonLines, r#"[{"a":1},[2],3]"#),
        ("", Source::JsonLines, "[]"),
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
            Source::JsonLines,
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
        let request = Request { skip, max_items, ..request("file", Source::JsonLines) };
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
    let request = request("file", Source::JsonLines);
    let mut items = Items::open(&folder.objects, request).await.unwrap();
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
