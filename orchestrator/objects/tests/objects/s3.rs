//! The same against a storage that speaks S3's protocol: `moto_server -p 5999`, with `EVERSTEP_TEST_S3=http://127.0.0.1:5999`.
//! Skipped, with a line, where no such storage is named.

use objects::{Objects, Outcome, Results, S3, Settings, Source};

use crate::support::{all, request};

#[tokio::test]
async fn what_was_written_to_s3_is_read_from_it() {
    let Ok(endpoint) = std::env::var("EVERSTEP_TEST_S3") else {
        println!("skipped: EVERSTEP_TEST_S3 names no S3-compatible storage");
        return;
    };
    // Given the bucket `data`.
    let made = std::process::Command::new("curl")
        .args(["-s", "-f", "-X", "PUT", &format!("{endpoint}/data")])
        .status();
    assert!(made.unwrap().success(), "the bucket could not be made");
    let objects = Objects::new(Settings {
        local_root: None,
        s3: Some(S3 {
            endpoint: Some(endpoint),
            region: "us-east-1".to_owned(),
            access_key_id: "test".to_owned(),
            secret_access_key: "test".to_owned(),
        }),
    });
    // When 200,000 results are written: more than one part of an upload.
    let mut results = Results::open(&objects, "data", ("jobs", "run-1"), true).unwrap();
    let padding = "x".repeat(60);
    for number in 0..200_000 {
        let document = format!(r#"{{"number":{number},"padding":"{padding}"}}"#);
        results.write(Outcome::Succeeded, &document).await.unwrap();
    }
    results.finish("arn:run").await.unwrap();
    // Then they are items again, and listed.
    let key = "jobs/run-1/SUCCEEDED_0.jsonl";
    let read = all(&objects, request(key, Source::JsonLines)).await.unwrap();
    assert_eq!(read.matches("number").count(), 200_000);
    let listed = all(&objects, request("jobs/", Source::Listing)).await.unwrap();
    assert!(listed.contains(key) && listed.contains("manifest.json"), "{listed}");
    let missing = all(&objects, request("none", Source::JsonLines)).await.unwrap_err();
    assert_eq!(missing.to_string(), "The specified key does not exist: s3://data/none");
}
