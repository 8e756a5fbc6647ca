//! Activities: every member in and out. What AWS answered was recorded by `LocalStack`'s tests (`test_sfn_api_activities`).

use serde_json::{Value, json};

use super::client::{ARN, text};
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn activities_are_created_described_listed_and_deleted() {
    let world = World::new().await;
    let aws = world.aws();
    let pay = format!("{ARN}:activity:pay");
    let created = aws.ok("CreateActivity", json!({ "name": "pay" })).await;
    assert_eq!(created["activityArn"], pay);
    assert_eq!(aws.ok("CreateActivity", json!({ "name": "pay" })).await, created);
    let activity = json!({ "activityArn": pay });
    let described = aws.ok("DescribeActivity", activity.clone()).await;
    assert_eq!(
        described,
        json!({
            "activityArn": pay,
            "name": "pay",
            "creationDate": created["creationDate"],
            "encryptionConfiguration": { "type": "AWS_OWNED_KEY" },
        })
    );
    let encryption = json!({ "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/pay" });
    let other = json!({ "name": "pay", "encryptionConfiguration": encryption });
    let taken = aws.refused("CreateActivity", other).await;
    assert_eq!((taken.status, taken.code()), (400, "ActivityAlreadyExists"));

    let item =
        json!({ "activityArn": pay, "name": "pay", "creationDate": created["creationDate"] });
    assert_eq!(aws.ok("ListActivities", json!({})).await, json!({ "activities": [item] }));
    for _ in 0..2 {
        assert_eq!(aws.ok("DeleteActivity", activity.clone()).await, json!({}));
    }
    for operation in ["DescribeActivity", "GetActivityTask"] {
        let gone = aws.refused(operation, activity.clone()).await;
        assert_eq!((gone.status, gone.code()), (400, "ActivityDoesNotExist"), "{operation}");
        assert_eq!(gone.message(), format!("Activity Does Not Exist: '{pay}'"));
    }
    let name = json!({ "name": "TestActivity InvalidName$" });
    let refused = aws.refused("CreateActivity", name).await;
    assert_eq!(refused.message(), "Invalid Name: 'TestActivity InvalidName$'");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_encryption_of_an_activity_is_kept_and_shown() {
    let world = World::new().await;
    let aws = world.aws();
    let create =
        |encryption: Value| json!({ "name": "pay", "encryptionConfiguration": encryption });
    let keyless = create(json!({ "type": "CUSTOMER_MANAGED_KMS_KEY" }));
    let refused = aws.refused("CreateActivity", keyless).await;
    assert_eq!((refused.status, refused.code()), (400, "InvalidEncryptionConfiguration"));
    let encryption = json!({
        "type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": "alias/pay", "kmsDataKeyReusePeriodSeconds": 60,
    });

    aws.ok("CreateActivity", create(encryption.clone())).await;

    let activity = json!({ "activityArn": format!("{ARN}:activity:pay") });
    let described = aws.ok("DescribeActivity", activity).await;
    assert_eq!(described["encryptionConfiguration"], encryption);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn activities_are_listed_in_pages() {
    let world = World::new().await;
    let aws = world.aws();
    for name in ["a", "b", "c"] {
        aws.ok("CreateActivity", json!({ "name": name })).await;
    }
    let first = aws.ok("ListActivities", json!({ "maxResults": 2 })).await;
    let next = json!({ "maxResults": 2, "nextToken": first["nextToken"] });
    let rest = aws.ok("ListActivities", next).await;
    let names = |page: &Value| {
        let activities = page["activities"].as_array().unwrap().clone();
        activities.iter().map(|it| text(it, "name")).collect::<Vec<_>>()
    };
    assert_eq!((names(&first), names(&rest)), (vec!["a".into(), "b".into()], vec!["c".into()]));
    assert_eq!(rest.get("nextToken"), None);
}
