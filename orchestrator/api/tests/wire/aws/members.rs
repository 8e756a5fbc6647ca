//! Members that are missing, and members of another type, in each operation of the model.

use serde_json::{Value, json};

use super::client::{Aws, MODEL};
use crate::world::World;

fn line(operation: &str, what: &str, answer: Result<Value, super::client::Refused>) -> String {
    match answer {
        Ok(_) => format!("{operation}: {what}\n    answered"),
        Err(refused) => {
            let (status, code, message) = (refused.status, refused.code(), refused.message());
            format!("{operation}: {what}\n    {status} {code}\n    {message}")
        }
    }
}

/// The name and the kind of each member of an operation's request.
fn members(operation: &Value) -> Vec<(&'static str, &'static str)> {
    let shape = &MODEL["shapes"][operation["input"].as_str().expect("a shape")];
    let kind = |member: &'static Value| {
        let shape = member["shape"].as_str()?;
        Some((member["name"].as_str()?, MODEL["shapes"][shape]["type"].as_str()?))
    };
    shape["members"].as_array().into_iter().flatten().filter_map(kind).collect()
}

/// Values that are of another kind, one for each way to tell it.
fn others(kind: &str) -> Vec<Value> {
    match kind {
        "string" => vec![json!(7), json!(true), json!([]), json!({})],
        "boolean" => vec![json!("yes"), json!(7), json!([]), json!({})],
        "list" => vec![json!("x"), json!(7), json!({})],
        "structure" | "map" => vec![json!("x"), json!(7), json!([])],
        _ => vec![json!("7"), json!(true), json!([]), json!({})],
    }
}

fn mistyped(operation: &Value) -> Vec<(&'static str, &'static str, Value)> {
    let each = members(operation).into_iter();
    each.flat_map(|(name, kind)| others(kind).into_iter().map(move |it| (name, kind, it))).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_operation_tells_all_that_is_missing() {
    let world = World::new().await;
    let aws = world.aws();
    let mut lines = Vec::new();
    for operation in MODEL["operations"].as_object().expect("operations").keys() {
        lines.push(line(operation, "nothing", aws.call(operation, json!({})).await));
    }
    insta::assert_snapshot!(lines.join("\n"));
}

/// In the words of AWS's reader of JSON; no member is passed over, and none is said to be of a kind that it is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_member_of_another_type_is_refused() {
    let world = World::new().await;
    let aws = world.aws();
    let mut told: Vec<String> = Vec::new();
    for (operation, described) in MODEL["operations"].as_object().expect("operations") {
        for (member, kind, value) in mistyped(described) {
            told.push(refused(&aws, operation, member, kind, &value).await);
        }
    }
    told.sort();
    told.dedup();
    insta::assert_snapshot!(told.join("\n"));
}

async fn refused(aws: &Aws, operation: &str, member: &str, kind: &str, value: &Value) -> String {
    let refused = aws.refused(operation, json!({ member: value })).await;
    let what = format!("{operation}.{member}: {value}");
    assert_eq!((refused.status, refused.code()), (400, "SerializationException"), "{what}");
    format!("{kind}, given {value}: {}", refused.message())
}
