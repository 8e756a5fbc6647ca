//! Requests of each protocol, to the letter.

use serde_json::{Value, json};

use super::*;
use crate::fit::fit;

fn request(service: &str, operation: &str, parameters: Value) -> Result<Request, Missing> {
    let service = Service::named(service).unwrap();
    let operation = &service.operations[operation];
    let shape = operation.input.as_deref().unwrap();
    build(service, operation, &fit(service, shape, parameters).unwrap())
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let found = request.headers.iter().find(|(it, _)| it == name);
    found.map(|(_, value)| value.as_str())
}

fn body(request: &Request) -> &str {
    std::str::from_utf8(&request.body).unwrap()
}

#[test]
fn a_json_request_names_its_operation_in_a_header() {
    let request =
        request("sfn", "listExecutions", json!({"StateMachineArn": "a", "MaxResults": 2}));
    let request = request.unwrap();
    assert_eq!(header(&request, "x-amz-target"), Some("AWSStepFunctions.ListExecutions"));
    assert_eq!(header(&request, "content-type"), Some("application/x-amz-json-1.0"));
    assert_eq!(body(&request), r#"{"stateMachineArn":"a","maxResults":2}"#);
}

#[test]
fn users_keys_of_maps_stay_as_they_are_and_times_are_numbers() {
    let item = json!({"TableName": "t", "Item": {"stateMachineArn": {"N": "1.10"}}});
    let request_item = request("dynamodb", "putItem", item.clone()).unwrap();
    assert_eq!(body(&request_item), item.to_string());
    let entry = json!({"Entries": [{"Time": "2024-05-01T10:00:00Z", "Detail": {"a": 1}}]});
    let request_entry = request("eventbridge", "putEvents", entry).unwrap();
    assert_eq!(body(&request_entry), r#"{"Entries":[{"Time":1714557600,"Detail":"{\"a\":1}"}]}"#);
}

#[test]
fn a_form_has_one_field_per_leaf() {
    let parameters = json!({
        "TopicArn": "arn:x", "Message": "a b&c",
        "MessageAttributes": {"k": {"DataType": "String", "StringValue": "v"}}
    });
    let request_form = request("sns", "publish", parameters).unwrap();
    assert_eq!(
        body(&request_form),
        "Action=Publish&Version=2010-03-31&TopicArn=arn%3Ax&Message=a%20b%26c\
         &MessageAttributes.entry.1.Name=k&MessageAttributes.entry.1.Value.DataType=String\
         &MessageAttributes.entry.1.Value.StringValue=v"
    );
    let tags = json!({"ResourceArn": "a", "TagKeys": ["x", "y"]});
    let request_tags = request("sns", "untagResource", tags).unwrap();
    assert!(body(&request_tags).ends_with("&TagKeys.member.1=x&TagKeys.member.2=y"));
}

#[test]
fn rest_parameters_go_where_the_model_has_them() {
    let parameters = json!({
        "Bucket": "b", "Key": "a b/ü+c", "Body": {"Dict": "Value"},
        "Metadata": {"Who": "me"}, "ContentType": "application/json"
    });
    let request_put = request("s3", "putObject", parameters).unwrap();
    assert_eq!((&*request_put.method, &*request_put.path), ("PUT", "/b/a%20b/%C3%BC%2Bc"));
    assert_eq!(header(&request_put, "x-amz-meta-who"), Some("me"));
    assert_eq!(header(&request_put, "content-type"), Some("application/json"));
    // The checksum that AWS answered with, recorded by LocalStack: test_s3_put_object[dict].
    assert_eq!(header(&request_put, "x-amz-checksum-crc32"), Some("hnEfWw=="));

    let list = request("s3", "listObjectsV2", json!({"Bucket": "b", "MaxKeys": 3})).unwrap();
    let query = [("list-type", "2"), ("max-keys", "3")];
    let query = query.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!((list.method.as_str(), &*list.query), ("GET", &query[..]));

    let delete = json!({"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}]}});
    let delete = request("s3", "deleteObjects", delete).unwrap();
    assert_eq!(delete.query, [("delete".to_owned(), String::new())]);
    assert_eq!(
        body(&delete),
        r#"<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>k</Key></Object></Delete>"#
    );

    let invoke = json!({"FunctionName": "f:1", "Payload": {"a": 1}, "InvocationType": "Event"});
    let invoke = request("lambda", "invoke", invoke).unwrap();
    assert_eq!(invoke.path, "/2015-03-31/functions/f%3A1/invocations");
    assert_eq!(header(&invoke, "x-amz-invocation-type"), Some("Event"));
    assert_eq!(body(&invoke), r#"{"a":1}"#);
}

#[test]
fn a_path_without_its_parameter_is_no_request() {
    let missing = request("s3", "getObject", json!({"Key": "k"})).unwrap_err();
    assert_eq!(missing.to_string(), "the parameter 'Bucket' is missing");
}
