//! SQS, SNS, DynamoDB, EventBridge, S3 and Step Functions, each called at moto in both forms that there are.

use everstep_proto::v1::{ReportTasksRequest, TaskOutcome, task_outcome};
use serde_json::{Value, json};

use crate::moto::Moto;
use crate::stage::{Stage, logs, task};

#[tokio::test]
async fn definitions_with_service_integrations_run_as_they_are() {
    let Some(moto) = Moto::start(&logs("services")).await else { return };
    let stage = Stage::set("services", &["--endpoint-url", &moto.url]).await;
    let queue = queue(&stage, "orders").await;
    messages(&stage, &queue).await;
    callback(&stage, &queue).await;
    notifications(&stage).await;
    items(&stage).await;
    events(&stage).await;
    objects(&stage).await;
    machines(&stage).await;
    unserved(&stage).await;
}

async fn queue(stage: &Stage, name: &str) -> String {
    let created = stage.result("aws-sdk:sqs:createQueue", json!({ "QueueName": name })).await;
    created["QueueUrl"].as_str().expect("a queue has a URL").to_owned()
}

async fn received(stage: &Stage, queue: &str) -> Value {
    let call = json!({"QueueUrl": queue, "WaitTimeSeconds": 5});
    let received = stage.result("aws-sdk:sqs:receiveMessage", call).await;
    let body = received["Messages"][0]["Body"].as_str().unwrap_or_else(|| panic!("{received}"));
    serde_json::from_str(body).expect("the test's messages are JSON")
}

/// Members and metadata as recorded by LocalStack on AWS: `test_send_message_attributes`.
async fn messages(stage: &Stage, queue: &str) {
    let sent = stage.result(
        "sqs:sendMessage",
        json!({"QueueUrl": queue, "MessageBody": {"order": 1}, "MessageAttributes": {
            "kind": {"DataType": "String", "StringValue": "order"}
        }}),
    );
    let sent = sent.await;
    for member in ["MD5OfMessageAttributes", "MD5OfMessageBody", "MessageId"] {
        assert!(sent[member].is_string(), "{sent}");
    }
    assert_eq!(sent["SdkHttpMetadata"]["HttpStatusCode"], 200);
    assert!(sent["SdkHttpMetadata"]["AllHttpHeaders"]["Content-Type"][0].is_string(), "{sent}");
    assert!(sent["SdkResponseMetadata"]["RequestId"].is_string(), "{sent}");
    assert_eq!(received(stage, queue).await, json!({"order": 1}));

    let nowhere = json!({"QueueUrl": format!("{queue}-none"), "MessageBody": "x"});
    let (error, cause) = stage.failure(&task("sqs:sendMessage", nowhere.clone())).await;
    assert_eq!(error, "SQS.QueueDoesNotExistException");
    assert!(cause.contains("(Service: AmazonSQS; Status Code: 400; Error Code: "), "{cause}");
    let (error, cause) = stage.failure(&task("aws-sdk:sqs:sendMessage", nowhere)).await;
    assert_eq!(error, "Sqs.QueueDoesNotExistException");
    assert!(cause.contains("(Service: Sqs, Status Code: 400, Request ID: "), "{cause}");
}

async fn callback(stage: &Stage, queue: &str) {
    let body = json!({"token.$": "$$.Task.Token"});
    let parameters = json!({"QueueUrl": queue, "MessageBody": body});
    let waiting = task("sqs:sendMessage.waitForTaskToken", parameters);
    let execution = stage.start(&waiting, &json!({})).await;
    let message = received(stage, queue).await;
    let token = message["token"].as_str().expect("the message has the token").to_owned();
    let outcome = task_outcome::Outcome::Output(r#"{"paid":1.10}"#.to_owned());
    let outcome = TaskOutcome { token, outcome: Some(outcome) };
    let request = ReportTasksRequest { outcomes: vec![outcome] };
    stage.client().tasks.report_tasks(request).await.expect("the token is good");

    let ended = stage.end(&execution).await;
    assert_eq!(ended.output(), r#"{"paid":1.10}"#);
    let history = stage.client().history(&execution).await.expect("it is there");
    let names: Vec<&str> = history.iter().map(|event| event.r#type.as_str()).collect();
    assert!(names.contains(&"TaskSubmitted"), "{names:?}");
}

async fn notifications(stage: &Stage) {
    let url = queue(stage, "notices").await;
    let attributes = json!({"QueueUrl": url, "AttributeNames": ["QueueArn"]});
    let attributes = stage.result("aws-sdk:sqs:getQueueAttributes", attributes).await;
    let topic = stage.result("aws-sdk:sns:createTopic", json!({"Name": "notices"})).await;
    let subscription = json!({
        "TopicArn": topic["TopicArn"], "Protocol": "sqs",
        "Endpoint": attributes["Attributes"]["QueueArn"], "Attributes": {"RawMessageDelivery": "true"}
    });
    stage.result("aws-sdk:sns:subscribe", subscription).await;
    let published = json!({"TopicArn": topic["TopicArn"], "Message": {"shipped": true}});
    let published = stage.result("sns:publish", published).await;
    assert!(published["MessageId"].is_string(), "{published}");
    assert_eq!(published["SdkHttpMetadata"]["HttpStatusCode"], 200, "{published}");
    assert!(published["SdkResponseMetadata"]["RequestId"].is_string(), "{published}");
    assert_eq!(received(stage, &url).await, json!({"shipped": true}));

    let none = topic["TopicArn"].as_str().expect("a topic has an ARN").replace("notices", "none");
    let publish = task("sns:publish", json!({"TopicArn": none, "Message": "x"}));
    let (error, cause) = stage.failure(&publish).await;
    assert_eq!(error, "SNS.NotFoundException");
    assert!(
        cause.contains("(Service: AmazonSNS; Status Code: 404; Error Code: NotFound; "),
        "{cause}"
    );
}

async fn items(stage: &Stage) {
    let table = json!({
        "TableName": "orders", "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}]
    });
    stage.result("aws-sdk:dynamodb:createTable", table).await;
    let key = json!({"id": {"S": "1"}});
    let update = json!({
        "TableName": "orders", "Key": key, "UpdateExpression": "set amount = :a",
        "ExpressionAttributeValues": {":a": {"N": "2.50"}}, "ReturnValues": "UPDATED_NEW"
    });
    for form in ["", "aws-sdk:"] {
        let call = async |action: &str, parameters: Value| {
            stage.result(&format!("{form}dynamodb:{action}"), parameters).await
        };
        let put =
            json!({"TableName": "orders", "Item": {"id": {"S": "1"}, "amount": {"N": "1.10"}}});
        let put = call("putItem", put).await;
        // The SDK's form has the answer alone, as recorded by LocalStack on AWS: `test_dynamodb_put_delete_item`.
        assert_eq!(put.get("SdkHttpMetadata").is_some(), form.is_empty(), "{put}");
        let updated = call("updateItem", update.clone()).await;
        assert_eq!(updated["Attributes"], json!({"amount": {"N": "2.50"}}), "{updated}");
        let got = call("getItem", json!({"TableName": "orders", "Key": key})).await;
        assert_eq!(got["Item"], json!({"id": {"S": "1"}, "amount": {"N": "2.50"}}), "{got}");
        call("deleteItem", json!({"TableName": "orders", "Key": key})).await;
        let gone = call("getItem", json!({"TableName": "orders", "Key": key})).await;
        assert_eq!(gone.get("Item"), None, "{gone}");
    }
    let none = json!({"TableName": "none", "Item": {"id": {"S": "1"}}});
    let (error, cause) = stage.failure(&task("dynamodb:putItem", none.clone())).await;
    assert_eq!(error, "DynamoDB.ResourceNotFoundException");
    assert!(
        cause.contains("(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: "),
        "{cause}"
    );
    let (error, _) = stage.failure(&task("aws-sdk:dynamodb:putItem", none)).await;
    assert_eq!(error, "DynamoDb.ResourceNotFoundException");
}

/// The whole answer as recorded by LocalStack on AWS: `test_put_events_base`.
async fn events(stage: &Stage) {
    let entry = json!({"Source": "shop", "DetailType": "order", "Detail": {"id": 1}});
    let put = stage.result("events:putEvents", json!({"Entries": [entry, entry]})).await;
    let ids = [&put["Entries"][0]["EventId"], &put["Entries"][1]["EventId"]];
    assert!(ids.iter().all(|id| id.is_string()), "{put}");
    assert_eq!(put["FailedEntryCount"], 0);
    assert_eq!(put.as_object().map(serde_json::Map::len), Some(2), "{put}");
    let put = stage.result("aws-sdk:eventbridge:putEvents", json!({"Entries": [entry]})).await;
    assert!(put["Entries"][0]["EventId"].is_string(), "{put}");
}

async fn objects(stage: &Stage) {
    stage.result("aws-sdk:s3:createBucket", json!({"Bucket": "papers"})).await;
    let object = json!({"Bucket": "papers", "Key": "a b/é.json", "Body": {"Dict": "Value"}});
    let put = stage.result("aws-sdk:s3:putObject", object).await;
    // Of the compact text, as recorded by LocalStack on AWS: `test_s3_put_object[dict]`.
    assert_eq!(put["ETag"], "\"49e31cee5aec8faf3345893addb14346\"");
    let key = json!({"Bucket": "papers", "Key": "a b/é.json"});
    let got = stage.result("aws-sdk:s3:getObject", key).await;
    assert_eq!((&got["Body"], &got["ContentLength"]), (&json!("{\"Dict\":\"Value\"}"), &json!(16)));
    assert!(got["LastModified"].as_str().is_some_and(|at| at.ends_with('Z')), "{got}");
    let listed = stage.result("aws-sdk:s3:listObjectsV2", json!({"Bucket": "papers"})).await;
    assert_eq!(listed["Contents"][0]["Key"], "a b/é.json", "{listed}");
    let deletion = json!({"Bucket": "papers", "Delete": {"Objects": [{"Key": "a b/é.json"}]}});
    let deleted = stage.result("aws-sdk:s3:deleteObjects", deletion).await;
    assert_eq!(deleted["Deleted"][0]["Key"], "a b/é.json", "{deleted}");
    let none = task("aws-sdk:s3:getObject", json!({"Bucket": "papers", "Key": "none"}));
    let (error, cause) = stage.failure(&none).await;
    assert_eq!(error, "S3.NoSuchKeyException");
    assert!(cause.contains("(Service: S3, Status Code: 404, "), "{cause}");
}

async fn machines(stage: &Stage) {
    let definition = json!({"StartAt": "A", "States": {"A": {"Type": "Succeed"}}});
    let machine = json!({
        "Name": "there", "Definition": definition, "RoleArn": "arn:aws:iam::123456789012:role/r"
    });
    let created = stage.result("aws-sdk:sfn:createStateMachine", machine).await;
    let start = json!({"StateMachineArn": created["StateMachineArn"], "Input": {"key": "value"}});
    let started = stage.result("aws-sdk:sfn:startExecution", start).await;
    // Recorded by LocalStack on AWS: `test_sfn_start_execution_implicit_json_serialisation`.
    assert!(started["ExecutionArn"].is_string() && started["StartDate"].is_string(), "{started}");
    let described = json!({"ExecutionArn": started["ExecutionArn"]});
    let described = stage.result("aws-sdk:sfn:describeExecution", described).await;
    assert_eq!(described["Input"], r#"{"key":"value"}"#, "{described}");
    let none =
        json!({"StateMachineArn": "arn:aws:states:us-east-1:123456789012:stateMachine:none"});
    let (error, _) = stage.failure(&task("aws-sdk:sfn:startExecution", none)).await;
    assert_eq!(error, "Sfn.StateMachineDoesNotExistException");
}

async fn unserved(stage: &Stage) {
    let parameters = task("glue:startJobRun", json!({"JobName": "j"}));
    let (error, cause) = stage.failure(&parameters).await;
    assert_eq!(error, "Adapter.UnsupportedResource");
    assert!(
        cause.starts_with("glue:startJobRun: the adapter does not serve the service 'glue'"),
        "{cause}"
    );
    let wrong = task("aws-sdk:sqs:sendMessage", json!({"Queue": "q", "MessageBody": "x"}));
    let (error, cause) = stage.failure(&wrong).await;
    assert_eq!(
        (&*error, &*cause),
        ("Sqs.SdkClientException", "the operation has no parameter 'Queue'")
    );
}
