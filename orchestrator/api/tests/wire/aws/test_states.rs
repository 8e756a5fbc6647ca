//! `TestState`: what each inspection shows, and what is refused. The recorded cases show the rest.

use serde_json::{Value, json};

use super::client::{Aws, ROLE};
use crate::world::World;

async fn tested(aws: &Aws, definition: &Value, members: Value) -> Value {
    let mut request = json!({ "definition": definition.to_string(), "roleArn": ROLE, "inspectionLevel": "TRACE" });
    request
        .as_object_mut()
        .expect("an object")
        .extend(members.as_object().expect("members").clone());
    aws.ok("TestState", request).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_task_in_jsonata_shows_its_arguments() {
    let world = World::new().await;
    let state = json!({
        "QueryLanguage": "JSONata", "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": { "FunctionName": "f", "Payload": "{% $states.input %}" }, "End": true,
    });
    let mock =
        json!({ "result": r#"{"Payload": 2, "StatusCode": 200}"#, "fieldValidationMode": "NONE" });
    let members = json!({ "input": "[1]", "mock": mock });

    let answer = tested(&world.aws(), &state, members).await;

    assert_eq!(answer["status"], "SUCCEEDED");
    let arguments = r#"{"FunctionName":"f","Payload":[1]}"#;
    assert_eq!(answer["inspectionData"]["afterArguments"], arguments);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_may_be_asked_for_where_nothing_is_mocked() {
    let world = World::new().await;
    let state = json!({ "Type": "Pass", "End": true });
    let answer = tested(&world.aws(), &state, json!({ "revealSecrets": true })).await;
    assert_eq!(answer["status"], "SUCCEEDED");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failure_shows_which_retrier_waits_how_long() {
    let world = World::new().await;
    let state = json!({
        "Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": { "FunctionName": "f" },
        "Retry": [
            { "ErrorEquals": ["Other"] },
            { "ErrorEquals": ["Odd"], "IntervalSeconds": 3, "MaxAttempts": 4, "BackoffRate": 2 },
        ],
        "End": true,
    });
    let mock = json!({ "errorOutput": { "error": "Odd", "cause": "so" } });
    let members = json!({ "mock": mock, "stateConfiguration": { "retrierRetryCount": 1 } });

    let answer = tested(&world.aws(), &state, members).await;

    assert_eq!(answer["status"], "RETRIABLE");
    let details = json!({ "retryIndex": 1, "retryBackoffIntervalSeconds": 6 });
    assert_eq!(answer["inspectionData"]["errorDetails"], details);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_map_shows_its_items_and_what_it_tolerates() {
    let world = World::new().await;
    let state = json!({
        "Type": "Map", "ItemsPath": "$.items", "ToleratedFailurePercentage": 40, "MaxConcurrency": 2, "End": true,
        "ItemProcessor": {
            "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
            "StartAt": "P", "States": { "P": { "Type": "Pass", "End": true } },
        },
    });
    let members = json!({ "input": r#"{"items": [1, 2]}"#, "mock": { "result": "[3, 4]" } });

    let answer = tested(&world.aws(), &state, members).await;

    let shown = &answer["inspectionData"];
    assert_eq!(shown["afterItemsPath"], "[1,2]");
    assert_eq!(shown["toleratedFailurePercentage"], 40.0);
    assert_eq!(shown["maxConcurrency"], 2);
}

/// As AWS's page of `InspectionData` has them; no recording has a selector.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_map_shows_what_its_children_would_be_given() {
    let world = World::new().await;
    let aws = world.aws();
    let map = |rest: Value| {
        let mut state = json!({
            "Type": "Map", "End": true,
            "ItemProcessor": {
                "ProcessorConfig": { "Mode": "DISTRIBUTED", "ExecutionType": "STANDARD" },
                "StartAt": "P", "States": { "P": { "Type": "Pass", "End": true } },
            },
        });
        state.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        state
    };
    let mock = json!({ "result": "[1, 2, 3]" });
    let paths = map(json!({
        "ItemsPath": "$.items",
        "ItemSelector": { "at.$": "$$.Map.Item.Index", "item.$": "$$.Map.Item.Value", "of.$": "$.of" },
        "ItemBatcher": { "MaxItemsPerBatch": 2, "BatchInput": { "of.$": "$.of" } },
    }));
    let members = json!({ "input": r#"{"items": ["a", "b", "c"], "of": 7}"#, "mock": mock });
    let shown = tested(&aws, &paths, members).await["inspectionData"].clone();
    let items = [
        r#"{"at":0,"item":"a","of":7}"#,
        r#"{"at":1,"item":"b","of":7}"#,
        r#"{"at":2,"item":"c","of":7}"#,
    ];
    let [a, b, c] = items;
    assert_eq!(shown["afterItemSelector"], format!("[{a},{b},{c}]"));
    let batches = format!(
        r#"[{{"BatchInput":{{"of":7}},"Items":[{a},{b}]}},{{"BatchInput":{{"of":7}},"Items":[{c}]}}]"#
    );
    assert_eq!(shown["afterItemBatcher"], batches);

    let expressions = map(json!({
        "QueryLanguage": "JSONata",
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject", "Arguments": { "Bucket": "b", "Key": "k" },
            "ReaderConfig": { "InputType": "JSON", "ItemsPointer": "/all/items" },
        },
        "ItemSelector": { "n": "{% $states.context.Map.Item.Value + 1 %}" },
    }));
    let data = json!({ "mapItemReaderData": r#"{"all": {"items": [1, 2]}}"# });
    let members = json!({ "stateConfiguration": data, "mock": mock });
    let shown = tested(&aws, &expressions, members).await["inspectionData"].clone();
    assert_eq!(shown["afterItemsPointer"], "[1,2]");
    assert_eq!(shown["afterItemSelector"], r#"[{"n":2},{"n":3}]"#);
    assert_eq!(shown.get("afterItemBatcher"), None);

    // A selector that fails, fails the state.
    let faulty = map(json!({ "ItemSelector": { "x.$": "$.nowhere" } }));
    let answer = tested(&aws, &faulty, json!({ "input": "[1]", "mock": mock })).await;
    assert_eq!(answer["status"], "FAILED", "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_tested_is_refused() {
    let world = World::new().await;
    let aws = world.aws();
    let pass = r#"{"Type": "Pass", "End": true}"#;
    for (members, expected) in [
        (
            json!({ "definition": pass, "input": "{" }),
            "400 InvalidExecutionInput Invalid State Machine Execution Input: 'Unexpected end-of-input: expected close marker \
             for Object (start marker at [Source: (String)\"{\"; line: 1, column: 1])'",
        ),
        (
            json!({ "definition": pass, "roleArn": "order" }),
            "400 InvalidArn Invalid Role Arn: 'order'",
        ),
    ] {
        assert_eq!(aws.refused("TestState", members).await.to_string(), expected);
    }
}
