//! Files of results, and the manifest that names them.

use objects::{Outcome, Results};
use serde_json::{Value, json};

use crate::support::Folder;

async fn written(folder: &Folder, prefix: &str, is_lines: bool) -> Value {
    let mut results = Results::open(&folder.objects, "data", (prefix, "run-1"), is_lines).unwrap();
    results.write(Outcome::Succeeded, r#"{"a":1}"#).await.unwrap();
    results.write(Outcome::Failed, r#"{"b":2}"#).await.unwrap();
    results.write(Outcome::Succeeded, "[3]").await.unwrap();
    let key = results.finish("arn:run").await.unwrap();
    serde_json::from_str(&folder.read(&key)).unwrap()
}

#[tokio::test]
async fn the_manifest_names_every_file_with_its_size() {
    let folder = Folder::new();
    let manifest = written(&folder, "jobs/", false).await;
    let expected = json!({
        "DestinationBucket": "data",
        "MapRunArn": "arn:run",
        "ResultFiles": {
            "FAILED": [{ "Key": "jobs/run-1/FAILED_0.json", "Size": 9 }],
            "PENDING": [],
            "SUCCEEDED": [{ "Key": "jobs/run-1/SUCCEEDED_0.json", "Size": 13 }],
        },
    });
    assert_eq!(manifest, expected);
    assert_eq!(folder.read("jobs/run-1/SUCCEEDED_0.json"), r#"[{"a":1},[3]]"#);
    assert_eq!(folder.read("jobs/run-1/FAILED_0.json"), r#"[{"b":2}]"#);
}

#[tokio::test]
async fn lines_have_no_brackets_and_a_repeated_write_replaces_them() {
    let folder = Folder::new();
    written(&folder, "", true).await;
    written(&folder, "", true).await;
    assert_eq!(folder.read("run-1/SUCCEEDED_0.jsonl"), "{\"a\":1}\n[3]\n");
}
