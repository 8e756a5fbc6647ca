//! The frame: targets, content types, hosts, sizes, and bodies that are no requests.

use cluster::{ScratchCluster, StopMode};
use serde_json::{Value, json};

use super::client::{Aws, header};
use crate::world::{World, migrated, soon};

/// One line of a transcript: status, error and text, in the header as in the body.
async fn told(aws: &Aws, what: &str, request: reqwest::RequestBuilder) -> String {
    let response = request.send().await.expect("is answered");
    let (status, error) = (response.status().as_u16(), header(&response, "x-amzn-errortype"));
    let body: Value = response.json().await.expect("a document");
    assert_eq!(body["__type"], error, "{what}");
    aws.note_refusal(&error);
    format!("{what}\n    {status} {error}\n    {}", body["message"].as_str().unwrap_or_default())
}

fn list(aws: &Aws) -> reqwest::RequestBuilder {
    aws.post().header("x-amz-target", "AWSStepFunctions.ListStateMachines")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_request_is_refused_as_aws_refuses_it() {
    let world = World::new().await;
    let aws = world.aws();
    let to = |target: &str| aws.post().header("x-amz-target", target).body("{}");
    let typed = |content: &str| {
        let request = aws.post().header("x-amz-target", "AWSStepFunctions.ListStateMachines");
        let request = request.body("{}").build().expect("a request");
        let mut request = request;
        request.headers_mut().insert("content-type", content.parse().expect("a header"));
        reqwest::RequestBuilder::from_parts(reqwest::Client::new(), request)
    };

    insta::assert_snapshot!(
        [
            told(&aws, "no target", aws.post().body("{}")).await,
            told(&aws, "another service", to("DynamoDB_20120810.ListTables")).await,
            told(&aws, "an unknown operation", to("AWSStepFunctions.MakeCoffee")).await,
            told(&aws, "XML", typed("text/xml")).await,
            told(&aws, "JSON of another kind", typed("application/json")).await,
            told(&aws, "a GET", aws.get()).await,
            told(&aws, "no JSON", list(&aws).body("yes")).await,
            told(&aws, "half a document", list(&aws).body("{\"maxResults\": 1")).await,
            told(&aws, "no body", list(&aws)).await,
            told(&aws, "a list", list(&aws).body("[]")).await,
            told(&aws, "a text", list(&aws).body("\"x\"")).await,
            told(&aws, "10 MB", list(&aws).body(" ".repeat(10 * 1_048_576))).await,
        ]
        .join("\n")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_host_and_its_prefix_do_not_matter() {
    let world = World::new().await;
    let aws = world.aws();
    for host in ["sync-localhost:7233", "states.us-east-1.amazonaws.com", "sync-states.example"] {
        let response = list(&aws).header("host", host).body("{}").send().await.unwrap();
        assert_eq!(
            response.json::<Value>().await.unwrap(),
            json!({ "stateMachines": [] }),
            "{host}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_up_to_the_limit_is_served() {
    let world = World::new().await;
    let body = format!("{{{}}}", " ".repeat(1_048_574));
    let response = list(&world.aws()).body(body).send().await.unwrap();
    assert_eq!(response.status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_that_aws_does_not_know_are_passed_over_and_null_is_absent() {
    let world = World::new().await;
    let input = json!({ "colour": [{ "of": "magic" }], "nextToken": null, "maxResults": null });
    let listed = world.aws().ok("ListStateMachines", input).await;
    assert_eq!(listed, json!({ "stateMachines": [] }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_postgresql_is_away_a_call_is_told_to_come_again() {
    let mut scratch = ScratchCluster::start().expect("a cluster of its own");
    let url = scratch.database();
    migrated(&url);
    let world = World::on(&url).await;
    let aws = world.aws();
    scratch.cluster_mut().stop(StopMode::Immediate).expect("stops");

    let refused = soon(aws.refused("ListStateMachines", json!({}))).await;

    assert_eq!((refused.status, refused.code()), (503, "ServiceUnavailable"));
}
