//! Answers of each protocol, and what a task gets of them.

use serde_json::json;

use super::*;

fn read(service: &str, operation: &str, headers: &[(&str, &str)], body: &str) -> Value {
    let service = Service::named(service).unwrap();
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let answer = Answer {
        status: 200,
        headers: headers.iter().map(owned).collect(),
        body: body.as_bytes().to_vec(),
    };
    result(service, &service.operations[operation], &answer).map(Value::Object).unwrap()
}

/// Recorded by LocalStack on AWS: `test_s3_get_object[binary]`.
#[test]
fn an_object_of_s3_comes_with_its_body_as_text() {
    let headers = [
        ("accept-ranges", "bytes"),
        ("content-length", "11"),
        ("content-type", "binary/octet-stream"),
        ("etag", "\"e1a49b59e0c42e4fd3735ad644f25d57\""),
        ("last-modified", "Wed, 01 May 2024 10:00:00 GMT"),
        ("x-amz-server-side-encryption", "AES256"),
        ("x-amz-request-id", "not a member"),
    ];
    assert_eq!(
        read("s3", "getObject", &headers, "binary data"),
        json!({
            "AcceptRanges": "bytes", "ContentLength": 11, "ContentType": "binary/octet-stream",
            "ETag": "\"e1a49b59e0c42e4fd3735ad644f25d57\"", "LastModified": "2024-05-01T10:00:00Z",
            "Metadata": {}, "ServerSideEncryption": "AES256", "Body": "binary data"
        })
    );
}

#[test]
fn xml_becomes_members_of_their_kinds() {
    let body = r#"<ListBucketResult xmlns="x"><Name>b</Name><KeyCount>2</KeyCount><IsTruncated>false</IsTruncated>
        <Contents><Key>a</Key><Size>3</Size></Contents><Contents><Key>b</Key><Size>4</Size></Contents></ListBucketResult>"#;
    assert_eq!(
        read("s3", "listObjectsV2", &[], body),
        json!({"Name": "b", "KeyCount": 2, "IsTruncated": false, "Contents": [
            {"Key": "a", "Size": 3}, {"Key": "b", "Size": 4}
        ]})
    );
    let body = "<GetTopicAttributesResponse><GetTopicAttributesResult><Attributes><entry><key>Owner</key><value>1</value></entry>\
         </Attributes></GetTopicAttributesResult></GetTopicAttributesResponse>";
    assert_eq!(read("sns", "getTopicAttributes", &[], body), json!({"Attributes": {"Owner": "1"}}));
}

#[test]
fn json_takes_capitals_and_keeps_every_digit_and_users_keys() {
    let body = r#"{"executionArn":"e","startDate":1714557600.25,"unknown":1}"#;
    assert_eq!(
        read("sfn", "startExecution", &[], body),
        json!({"ExecutionArn": "e", "StartDate": "2024-05-01T10:00:00.250Z"})
    );
    let body = r#"{"Item":{"id":{"S":"1"},"startDate":{"N":"1.10"}},"ConsumedCapacity":null}"#;
    assert_eq!(
        read("dynamodb", "getItem", &[], body).to_string(),
        r#"{"Item":{"id":{"S":"1"},"startDate":{"N":"1.10"}}}"#
    );
}

#[test]
fn the_answer_of_a_function_is_text_beside_its_headers() {
    let headers = [("x-amz-executed-version", "$LATEST")];
    assert_eq!(
        read("lambda", "invoke", &headers, r#"{"a":1}"#),
        json!({"ExecutedVersion": "$LATEST", "Payload": "{\"a\":1}", "StatusCode": 200})
    );
}

#[test]
fn what_is_no_answer_of_the_protocol_is_unreadable() {
    let answer = Answer { status: 200, headers: Vec::new(), body: b"<html>".to_vec() };
    for (service, operation, kind) in
        [("sqs", "sendMessage", "JSON"), ("sns", "publish", "XML"), ("s3", "listBuckets", "XML")]
    {
        let service = Service::named(service).unwrap();
        let error = result(service, &service.operations[operation], &answer).unwrap_err();
        assert_eq!(error, Unreadable(kind));
    }
}
