//! Folders in the place of buckets: what is outside them stays outside.

use objects::{Format, Objects, Settings, Source};

use crate::support::{Folder, LINES, all, request};

#[tokio::test]
async fn nothing_outside_the_root_can_be_named() {
    let folder = Folder::new();
    let root = folder.root.path();
    std::fs::write(root.join("secret"), "[1]").unwrap();
    std::os::unix::fs::symlink(root.join("secret"), root.join("data/link")).unwrap();
    std::os::unix::fs::symlink("/etc", root.join("etc")).unwrap();
    let source = Source::Object(Format::Json { pointer: None });
    for (bucket, key) in [
        ("data", "../secret"),
        ("data", "link"),
        ("data", "/etc/hostname"),
        ("..", "secret"),
        ("", "secret"),
        ("data/..", "secret"),
        ("etc", "hostname"),
    ] {
        let mut request = request(key, source.clone());
        request.bucket = bucket.to_owned();
        let read = all(&folder.objects, request).await;
        assert!(read.is_err(), "{bucket} {key}: {read:?}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    let folder = Folder::new();
    let read = folder.items("none", LINES).await.unwrap_err().to_string();
    assert_eq!(read, "The specified key does not exist: s3://data/none");
    let mut elsewhere = request("file", LINES);
    elsewhere.bucket = "other".to_owned();
    let read = all(&folder.objects, elsewhere).await.unwrap_err().to_string();
    assert_eq!(read, "there is no folder 'other' below the server's local root for objects");
}

#[tokio::test]
async fn a_server_without_storage_says_so() {
    let objects = Objects::new(Settings::default());
    let read = all(&objects, request("file", LINES)).await.unwrap_err().to_string();
    assert!(read.contains("--objects-folder"), "{read}");
}
