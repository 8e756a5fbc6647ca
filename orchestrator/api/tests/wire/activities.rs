//! Activities: created, shown, listed, deleted. What AWS answers was recorded by `LocalStack`'s tests
//! (`test_sfn_api_activities`).

use everstep_proto::v1;
use tonic::Code;

use crate::world::{ONE_TASK, World, reason};

const PAY: &str = "arn:aws:states:us-east-1:000000000000:activity:pay";

pub(crate) fn create(name: &str) -> v1::CreateActivityRequest {
    v1::CreateActivityRequest { name: name.to_owned(), ..v1::CreateActivityRequest::default() }
}

pub(crate) fn describe(activity: &str) -> v1::DescribeActivityRequest {
    let activity = activity.to_owned();
    v1::DescribeActivityRequest { activity, ..v1::DescribeActivityRequest::default() }
}

/// `test_create_describe_delete_activity`, `test_describe_deleted_activity`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_activity_is_created_once_shown_and_deleted() {
    let mut world = World::new().await;
    let first = world.activities.create_activity(create("pay")).await.unwrap().into_inner();
    let again = world.activities.create_activity(create("pay")).await.unwrap().into_inner();
    assert_eq!((first.activity_arn.as_str(), &again), (PAY, &first));
    for name in [PAY, "pay"] {
        let shown = world.activities.describe_activity(describe(name)).await.unwrap().into_inner();
        assert_eq!((shown.activity_arn.as_str(), shown.name.as_str()), (PAY, "pay"));
        assert_eq!(shown.created_at, first.created_at);
    }
    for _ in 0..2 {
        let delete = v1::DeleteActivityRequest {
            activity: PAY.to_owned(),
            ..v1::DeleteActivityRequest::default()
        };
        world.activities.delete_activity(delete).await.unwrap();
    }
    let gone = world.activities.describe_activity(describe(PAY)).await.unwrap_err();
    assert_eq!((gone.code(), reason(&gone).as_str()), (Code::NotFound, "ActivityDoesNotExist"));
    assert_eq!(gone.message(), format!("Activity Does Not Exist: '{PAY}'"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_encryption_is_another_activity_and_the_name_is_taken() {
    let mut world = World::new().await;
    let encryption = r#"{"type": "AWS_OWNED_KEY"}"#;
    let sealed = v1::CreateActivityRequest { encryption: encryption.to_owned(), ..create("pay") };
    world.activities.create_activity(sealed).await.unwrap();
    let shown = world.activities.describe_activity(describe("pay")).await.unwrap().into_inner();
    assert_eq!(shown.encryption, encryption);

    let refused = world.activities.create_activity(create("pay")).await.unwrap_err();
    assert_eq!(
        (refused.code(), reason(&refused).as_str()),
        (Code::AlreadyExists, "ActivityAlreadyExists")
    );
    assert_eq!(refused.message(), format!("Activity Already Exists: '{PAY}'"));
}

/// `test_list_activities`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn activities_are_listed_by_name_in_pages() {
    let mut world = World::new().await;
    for name in ["c", "a", "b"] {
        world.activities.create_activity(create(name)).await.unwrap();
    }
    let (mut names, mut next_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListActivitiesRequest {
            max_results: 2,
            next_token,
            ..v1::ListActivitiesRequest::default()
        };
        let page = world.activities.list_activities(request).await.unwrap().into_inner();
        names.extend(page.activities.into_iter().map(|activity| activity.name));
        next_token = page.next_token;
        if next_token.is_empty() {
            break;
        }
    }
    assert_eq!(names, ["a", "b", "c"]);
}

/// Our choice: a queue needs no activity, and a deleted activity takes no task with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tasks_wait_in_the_queue_whether_an_activity_stands_or_not() {
    let mut world = World::new().await;
    world.create("order", ONE_TASK).await;
    let before = world.start("order", "{}").await;
    world.activities.create_activity(create("pay")).await.unwrap();
    let delete = v1::DeleteActivityRequest {
        activity: "pay".to_owned(),
        ..v1::DeleteActivityRequest::default()
    };
    world.activities.delete_activity(delete).await.unwrap();

    let task = world.poll("pay").await;
    assert_eq!(task.execution_arn, before);
}
