//! Lambda functions, at a stand-in that answers as Lambda's Invoke does.

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::stage::{Stage, task};

async fn lambda() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("has an address");
    let invoke = axum::routing::post(invoke);
    let app = axum::Router::new().route("/2015-03-31/functions/{name}/invocations", invoke);
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

async fn invoke(Path(name): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let signed = headers.get("authorization").is_some_and(|value| {
        value.to_str().is_ok_and(|it| it.contains("/us-west-2/lambda/aws4_request"))
    });
    assert!(signed, "{headers:?}");
    let raised = r#"{"errorMessage": "no", "errorType": "Declined", "requestId": "R"}"#;
    match name.as_str() {
        "echo" => body.into_response(),
        "raise" => ([("x-amz-function-error", "Unhandled")], raised).into_response(),
        "silent" => {
            let text = r#"{"errorMessage":"Task timed out after 3.00 seconds"}"#;
            ([("x-amz-function-error", "Unhandled")], text).into_response()
        }
        name => {
            let message = format!("Function not found: {name}");
            let headers =
                [("x-amzn-errortype", "ResourceNotFoundException"), ("x-amzn-requestid", "R1")];
            (StatusCode::NOT_FOUND, headers, json!({ "Message": message }).to_string())
                .into_response()
        }
    }
}

#[tokio::test]
async fn functions_are_invoked_and_their_errors_are_their_own() {
    let lambda = lambda().await;
    let flags = ["--lambda-endpoint", &lambda, "--region", "us-west-2", "--function", "echo"];
    let stage = Stage::set("functions", &flags).await;

    // By an expression: the flag names the function, no definition does.
    let by_input = json!({"StartAt": "Call", "States": {"Call": {
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "End": true,
        "Parameters": {"FunctionName.$": "$.name", "Payload.$": "$"}
    }}});
    let input: Value = serde_json::from_str(r#"{"name":"echo","amount":1.10}"#).unwrap();
    let invoked = stage.output(&by_input, &input).await;
    assert_eq!(invoked["Payload"].to_string(), input.to_string(), "to the last digit");
    assert_eq!(invoked["StatusCode"], 200);

    let by_arn = |name: &str| {
        let resource = format!("arn:aws:lambda:us-west-2:123456789012:function:{name}");
        json!({"StartAt": "Call", "States": {"Call": {
            "Type": "Task", "Resource": resource, "End": true
        }}})
    };
    assert_eq!(stage.output(&by_arn("echo"), &json!([1, "é"])).await, json!([1, "é"]));

    // Recorded by LocalStack on AWS: `test_raise_custom_exception`, `test_no_such_function`.
    let (error, cause) = stage.failure(&by_arn("raise")).await;
    assert_eq!(error, "Declined");
    let cause: Value = serde_json::from_str(&cause).unwrap();
    assert_eq!(cause, json!({"errorMessage": "no", "errorType": "Declined", "requestId": "R"}));
    let none = task("lambda:invoke", json!({"FunctionName": "none", "Payload": {}}));
    assert_eq!(
        stage.failure(&none).await,
        (
            "Lambda.ResourceNotFoundException".to_owned(),
            "Function not found: none (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: R1; Proxy: null)"
                .to_owned()
        )
    );
    let (error, cause) = stage.failure(&by_arn("silent")).await;
    assert_eq!(error, "Lambda.Unknown");
    assert!(
        cause
            .ends_with(r#"Returned payload: {"errorMessage":"Task timed out after 3.00 seconds"}"#),
        "{cause}"
    );

    let sdk = json!({"FunctionName": "echo", "Payload": {"a": 1}});
    let invoked = stage.result("aws-sdk:lambda:invoke", sdk).await;
    assert_eq!(invoked, json!({"Payload": "{\"a\":1}", "StatusCode": 200}));
}
