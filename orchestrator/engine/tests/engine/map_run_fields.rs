//! What each field of a Distributed Map does, in JSONPath and in JSONata: the children give back what they got, and that is the result.

use engine::EngineConfig;
use execution::Status;
use objects::{Objects, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::{World, config, world_with};

/// An engine whose local root has the bucket `data` with these files.
async fn with_files(files: &[(&str, &str)]) -> (TempDir, World) {
    let root = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let file = root.path().join("data").join(name);
        std::fs::create_dir_all(file.parent().expect("it has one")).expect("a folder");
        std::fs::write(file, text).expect("a file");
    }
    let objects = Settings { local_root: Some(root.path().to_owned()), s3: None };
    let config = EngineConfig { objects: Objects::new(objects), ..config() };
    let world = world_with(config).await;
    (root, world)
}

/// A Distributed Map whose children pass their input on.
fn map(fields: &str) -> String {
    format!(
        r#"{{"StartAt": "All", "States": {{"All": {{"Type": "Map", "End": true, {fields}
          "ItemProcessor": {{"ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}},
            "StartAt": "One", "States": {{"One": {{"Type": "Pass", "End": true}}}}}}}}}}}}"#
    )
}

async fn result(world: &World, number: usize, fields: &str, input: &str) -> (Status, Value) {
    let machine = world.machine(&format!("map-{number}"), &map(fields)).await;
    let started = world.start(&machine, input).await;
    let ended = world.end(&started).await;
    let failure = || json!([ended.failure.error, ended.failure.cause]);
    (ended.status, ended.output.as_ref().map_or_else(failure, |output| output.value().clone()))
}

async fn each(world: &World, cases: &[(&str, &str, Value)]) {
    for (number, (fields, input, expected)) in cases.iter().enumerate() {
        let (_, output) = result(world, number, fields, input).await;
        assert_eq!(output, *expected, "{fields}");
    }
}

const FILES: [(&str, &str); 9] = [
    ("items.json", r#"{"deep": {"list": [1, 2, 3]}}"#),
    ("items.jsonl", "1\n2\n3\n"),
    ("given.csv", "1;x\n2;y\n3;z\n"),
    ("first.csv", "n,t\n1,x\n2,y\n"),
    ("in/a.json", "[1, 2]"),
    ("in/b.json", "[3]"),
    ("athena.csv", "s3://data/items.jsonl\n"),
    ("inventory.csv", "data,a.txt\n"),
    (
        "manifest.json",
        r#"{"fileFormat": "CSV", "fileSchema": "Bucket, Key", "files": [{"key": "inventory.csv"}]}"#,
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn every_reader_brings_its_items() {
    let (_root, world) = with_files(&FILES).await;
    let get = r#""Resource": "arn:aws:states:::s3:getObject""#;
    let list = r#""Resource": "arn:aws:states:::s3:listObjectsV2""#;
    let at = |key: &str| format!(r#""Parameters": {{"Bucket": "data", "Key": "{key}"}}"#);
    let reader = |resource: &str, parameters: &str, config: &str| {
        format!(r#""ItemReader": {{{resource}, {parameters}, "ReaderConfig": {{{config}}}}},"#)
    };
    let below = r#""Parameters": {"Bucket.$": "$.bucket", "Prefix": "in/"}"#;
    let input = r#"{"bucket": "data", "most": 2}"#;
    let jsonata = r#""QueryLanguage": "JSONata", "ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
        "Arguments": {"Bucket": "{% $states.input.bucket %}", "Key": "items.jsonl"},
        "ReaderConfig": {"InputType": "JSONL", "MaxItems": "{% $states.input.most %}"}},"#;
    let cases = [
        (
            reader(get, &at("items.json"), r#""InputType": "JSON", "ItemsPointer": "/deep/list""#),
            json!([1, 2, 3]),
        ),
        (
            reader(get, &at("items.jsonl"), r#""InputType": "JSONL", "MaxItemsPath": "$.most""#),
            json!([1, 2]),
        ),
        (
            reader(
                get,
                &at("given.csv"),
                r#""InputType": "CSV", "CSVDelimiter": "SEMICOLON", "CSVHeaderLocation": "GIVEN",
                "CSVHeaders": ["n", "t"], "MaxItems": 1"#,
            ),
            json!([{"n": "1", "t": "x"}]),
        ),
        (
            reader(
                get,
                &at("first.csv"),
                r#""InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW""#,
            ),
            json!([{"n": "1", "t": "x"}, {"n": "2", "t": "y"}]),
        ),
        (
            reader(list, below, r#""Transformation": "LOAD_AND_FLATTEN", "InputType": "JSON""#),
            json!([1, 2, 3]),
        ),
        (
            reader(
                get,
                &at("athena.csv"),
                r#""InputType": "JSONL", "ManifestType": "ATHENA_DATA""#,
            ),
            json!([1, 2, 3]),
        ),
        (
            reader(get, &at("manifest.json"), r#""InputType": "MANIFEST""#),
            json!([{"Bucket": "data", "Key": "a.txt"}]),
        ),
        (jsonata.to_owned(), json!([1, 2])),
    ];
    let cases: Vec<_> =
        cases.iter().map(|(it, output)| (it.as_str(), input, output.clone())).collect();
    each(&world, &cases).await;
    // A listing's items are the objects.
    let listing = reader(list, below, r#""Transformation": "NONE""#);
    let (_, listed) = result(&world, 100, &listing, input).await;
    assert_eq!((&listed[0]["Key"], &listed[1]["Key"]), (&json!("in/a.json"), &json!("in/b.json")));
}

#[tokio::test(flavor = "multi_thread")]
async fn items_are_selected_and_batched_as_the_fields_say() {
    let (_root, world) = with_files(&[]).await;
    let input = r#"{"list": [1, 2, 3], "two": 2, "bytes": 40, "of": "x"}"#;
    let path = r#""ItemsPath": "$.list","#;
    let one = json!({"Items": [1, 2]});
    let two = json!({"Items": [3]});
    let jsonata = r#""QueryLanguage": "JSONata", "Items": "{% $states.input.list %}","#;
    let cases = [
        (format!(r#"{path} "ItemBatcher": {{"MaxItemsPerBatch": 2}},"#), json!([one, two])),
        (
            format!(r#"{path} "ItemBatcher": {{"MaxItemsPerBatchPath": "$.two"}},"#),
            json!([one, two]),
        ),
        // {"Items":[1,2]} has 15 bytes.
        (format!(r#"{path} "ItemBatcher": {{"MaxInputBytesPerBatch": 15}},"#), json!([one, two])),
        (
            format!(r#"{path} "ItemBatcher": {{"MaxInputBytesPerBatchPath": "$.bytes"}},"#),
            json!([{"Items": [1, 2, 3]}]),
        ),
        (
            format!(
                r#"{path} "MaxConcurrencyPath": "$.two", "ItemBatcher": {{"MaxItemsPerBatch": 2, "BatchInput": {{"of.$": "$.of"}}}},
                "ItemSelector": {{"n.$": "$$.Map.Item.Value"}},"#
            ),
            json!([{"BatchInput": {"of": "x"}, "Items": [{"n": 1}, {"n": 2}]}, {"BatchInput": {"of": "x"}, "Items": [{"n": 3}]}]),
        ),
        (
            format!(
                r#"{jsonata} "MaxConcurrency": "{{% $states.input.two %}}",
                "ItemBatcher": {{"MaxItemsPerBatch": "{{% $states.input.two %}}", "BatchInput": {{"of": "{{% $states.input.of %}}"}}}},
                "ItemSelector": {{"n": "{{% $states.context.Map.Item.Value %}}"}},"#
            ),
            json!([{"BatchInput": {"of": "x"}, "Items": [{"n": 1}, {"n": 2}]}, {"BatchInput": {"of": "x"}, "Items": [{"n": 3}]}]),
        ),
        (
            format!(r#"{jsonata} "ItemBatcher": {{"MaxInputBytesPerBatch": "{{% 15 %}}"}},"#),
            json!([one, two]),
        ),
    ];
    let cases: Vec<_> =
        cases.iter().map(|(it, output)| (it.as_str(), input, output.clone())).collect();
    each(&world, &cases).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn results_without_a_place_become_the_states_output_in_the_form_that_the_writer_says() {
    let (_root, world) = with_files(&[]).await;
    let writer = |form: &str| {
        format!(
            r#""ResultWriter": {{"WriterConfig": {{"OutputType": "JSON", "Transformation": "{form}"}}}},"#
        )
    };
    let input = "[[1, 2], 3]";
    let (compact, flatten) = (writer("COMPACT"), writer("FLATTEN"));
    let cases = [(&*compact, input, json!([[1, 2], 3])), (&*flatten, input, json!([1, 2, 3]))];
    each(&world, &cases).await;
    // NONE: with what is known of each child, in the order of the items.
    let (_, output) = result(&world, 10, &writer("NONE"), input).await;
    let told: Vec<_> = output
        .as_array()
        .expect("an array")
        .iter()
        .map(|child| {
            (
                child["Status"].clone(),
                child["Input"].clone(),
                child["Output"].clone(),
                child["StartDate"].is_string(),
            )
        })
        .collect();
    let of = |text: &str| (json!("SUCCEEDED"), json!(text), json!(text), true);
    assert_eq!(told, [of("[1,2]"), of("3")]);
    // More than a payload holds fails the state.
    let long = format!(r#""{}""#, "x".repeat(2_000));
    let many = format!("[{}]", vec![long; 70].join(","));
    let (status, failure) = result(&world, 11, &writer("NONE"), &many).await;
    assert_eq!((status, &failure[0]), (Status::Failed, &json!("States.DataLimitExceeded")));
}
