//! ARNs that name nothing of the kind that an operation takes, and page tokens that nobody gave: each operation that takes one.

use serde_json::{Map, Value, json};

use super::client::{ARN, Aws, MODEL, ROLE};
use crate::world::{PASS, World};

/// What else these operations want before they look at their ARN.
fn besides(operation: &str) -> Value {
    match operation {
        "UpdateStateMachine" => json!({ "roleArn": ROLE }),
        "UpdateStateMachineAlias" => json!({ "description": "new" }),
        "TagResource" => json!({ "tags": [{ "key": "k", "value": "v" }] }),
        "UntagResource" => json!({ "tagKeys": ["k"] }),
        _ => json!({}),
    }
}

/// Each operation of the model with the member that must be an ARN.
fn operations() -> Vec<(&'static str, &'static str)> {
    let operations = MODEL["operations"].as_object().expect("operations");
    let arn_of = |(name, operation): (&'static String, &'static Value)| {
        let shape = &MODEL["shapes"][operation["input"].as_str().expect("a shape")];
        let members = shape["members"].as_array().into_iter().flatten();
        let arns = members.filter_map(|member| member["name"].as_str());
        let arn = arns
            .filter(|it| it.ends_with("Arn") && *it != "roleArn")
            .min_by_key(|it| *it == "mapRunArn")?;
        Some((name.as_str(), arn))
    };
    operations.iter().filter_map(arn_of).collect()
}

async fn told(aws: &Aws, operation: &str, what: &str, members: Map<String, Value>) -> String {
    let mut request = besides(operation);
    request.as_object_mut().expect("an object").extend(members);
    match aws.call(operation, request).await {
        // To delete what is not there is no fault.
        Ok(answer) => format!("{operation}: {what}\n    answered {answer}"),
        Err(refused) => {
            format!(
                "{operation}: {what}\n    {} {}\n    {}",
                refused.status,
                refused.code(),
                refused.message()
            )
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_operation_tells_what_is_wrong_with_an_arn() {
    let world = World::new().await;
    let aws = world.aws();
    aws.create("order", PASS).await;
    let kinds = [
        ("another service's", "arn:aws:lambda:us-east-1:000000000000:function:order".to_owned()),
        ("of no kind", format!("{ARN}:coffee:order")),
        (
            "of another region",
            "arn:aws:states:eu-west-1:000000000000:stateMachine:order".to_owned(),
        ),
        ("an unknown machine's", format!("{ARN}:stateMachine:nobody")),
        ("an unknown version's", format!("{ARN}:stateMachine:order:7")),
        ("an unknown alias's", format!("{ARN}:stateMachine:order:live")),
        ("an unknown execution's", format!("{ARN}:execution:order:nobody")),
        ("an unknown activity's", format!("{ARN}:activity:nobody")),
        ("too long", format!("{ARN}:stateMachine:{}", "n".repeat(2_000))),
    ];
    let mut lines = Vec::new();
    for (operation, member) in operations() {
        for (what, arn) in &kinds {
            let members = Map::from_iter([(member.to_owned(), arn.clone().into())]);
            lines.push(told(&aws, operation, what, members).await);
        }
    }
    let text = lines.join("\n").replace(&"n".repeat(2_000), "<2,000 letters>");
    insta::assert_snapshot!(text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_list_refuses_a_token_that_it_did_not_give() {
    let world = World::new().await;
    let aws = world.aws();
    let machine = aws.create("order", PASS).await;
    let execution = aws.start(&machine, "{}").await;
    let mut lines = Vec::new();
    for (operation, members) in [
        ("GetExecutionHistory", json!({ "executionArn": execution })),
        ("ListActivities", json!({})),
        ("ListExecutions", json!({ "stateMachineArn": machine })),
        ("ListMapRuns", json!({ "executionArn": execution })),
        ("ListStateMachineAliases", json!({ "stateMachineArn": machine })),
        ("ListStateMachineVersions", json!({ "stateMachineArn": machine })),
        ("ListStateMachines", json!({})),
    ] {
        let members = members.as_object().expect("members");
        for (what, member, value) in [
            ("a made-up token", "nextToken", json!("bm8")),
            ("a large page", "maxResults", json!(1_001)),
        ] {
            let mut members = members.clone();
            members.insert(member.to_owned(), value);
            lines.push(told(&aws, operation, what, members).await);
        }
    }
    insta::assert_snapshot!(lines.join("\n"));
}
