//! What only a Distributed Map has, whole: each definition holds fields that belong together, and nothing is said of it.

use asl::{Diagnostic, StateMachine};

/// What is said of a Distributed Map with these fields.
fn told_of(fields: &str) -> Vec<Diagnostic> {
    let definition = format!(
        r#"{{"StartAt": "Each", "States": {{"Each": {{"Type": "Map", "End": true, {fields}, "ItemProcessor": {{
            "ProcessorConfig": {{"Mode": "DISTRIBUTED", "ExecutionType": "EXPRESS"}},
            "StartAt": "Item", "States": {{"Item": {{"Type": "Succeed"}}}}}}}}}}}}"#
    );
    StateMachine::check(&definition)
}

#[test]
fn every_field_of_a_distributed_map_is_known() {
    for fields in [
        r#""Label": "orders", "ToleratedFailureCount": 3, "MaxConcurrency": 10"#,
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject",
            "Parameters": {"Bucket.$": "$.bucket", "Key": "items.csv"},
            "ReaderConfig": {"InputType": "CSV", "CSVHeaderLocation": "GIVEN", "CSVHeaders": ["id", "sum"],
                "CSVDelimiter": "SEMICOLON", "MaxItems": 9}}"#,
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"},
            "ReaderConfig": {"InputType": "JSON", "ItemsPointer": "/orders", "MaxItemsPath": "$.most"}}"#,
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"},
            "ReaderConfig": {"InputType": "MANIFEST", "ManifestType": "S3_INVENTORY"}}"#,
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"},
            "ReaderConfig": {"ManifestType": "S3_INVENTORY"}}"#,
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"},
            "ReaderConfig": {"ManifestType": "ATHENA_DATA", "InputType": "PARQUET"}}"#,
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k", "VersionId": "v"},
            "ReaderConfig": {"InputType": "PARQUET"}}"#,
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b", "Prefix": "p/"},
            "ReaderConfig": {"Transformation": "LOAD_AND_FLATTEN", "InputType": "CSV", "CSVHeaderLocation": "FIRST_ROW"}}"#,
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:listObjectsV2", "Parameters": {"Bucket": "b", "Prefix": "p/"},
            "ReaderConfig": {"Transformation": "NONE"}}"#,
        r#""ItemBatcher": {"BatchInput": {"of.$": "$.of"}, "MaxItemsPerBatch": 10, "MaxInputBytesPerBatch": 1000}"#,
        r#""ItemBatcher": {"MaxItemsPerBatchPath": "$.items", "MaxInputBytesPerBatchPath": "$.bytes"}"#,
        r#""ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Parameters": {"Bucket": "b", "Prefix.$": "$.p"},
            "WriterConfig": {"OutputType": "JSONL", "Transformation": "FLATTEN"}}"#,
        r#""ResultWriter": {"WriterConfig": {"OutputType": "JSON", "Transformation": "NONE"}}"#,
        r#""QueryLanguage": "JSONata", "MaxConcurrency": "{% 5 %}",
            "ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Arguments": {"Bucket": "{% $states.input.b %}", "Key": "k"},
                "ReaderConfig": {"InputType": "JSONL"}},
            "ResultWriter": {"Resource": "arn:aws:states:::s3:putObject", "Arguments": {"Bucket": "b", "Prefix": "p"}}"#,
    ] {
        assert_eq!(told_of(fields), [], "{fields}");
    }
}

#[test]
fn a_field_that_is_misspelt_is_told_of() {
    for fields in [
        r#""Lable": "orders""#,
        r#""ItemBatcher": {"MaxItemsPerBach": 10}"#,
        r#""ItemReader": {"Resource": "arn:aws:states:::s3:getObject", "Parameters": {"Bucket": "b", "Key": "k"},
            "ReaderConfig": {"InputType": "JSON", "ItemPointer": "/orders"}}"#,
        r#""ResultWriter": {"WriterConfig": {"OutputTypes": "JSON", "Transformation": "NONE"}}"#,
    ] {
        let kinds: Vec<_> = told_of(fields).iter().map(|it| it.kind).collect();
        assert!(kinds.contains(&"UNKNOWN_FIELD"), "{fields}: {kinds:?}");
    }
}

#[test]
fn what_a_reader_needs_and_does_not_have_is_told_of() {
    for config in [
        r#""Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {}"#,
        r#""Resource": "arn:aws:states:::s3:getObject", "ReaderConfig": {"ManifestType": "ATHENA_DATA"}"#,
        r#""Resource": "arn:aws:states:::s3:listObjectsV2", "ReaderConfig": {"Transformation": "LOAD_AND_FLATTEN"}"#,
    ] {
        let fields =
            format!(r#""ItemReader": {{"Parameters": {{"Bucket": "b", "Key": "k"}}, {config}}}"#);
        let told = told_of(&fields);
        let kinds: Vec<_> = told.iter().map(|it| it.kind).collect();
        assert_eq!(kinds, ["MISSING_FIELD"], "{fields}: {told:?}");
    }
}
