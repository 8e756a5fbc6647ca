//! PostgreSQL goes away and comes back: calls fail within their deadline and say when to try again.

use std::time::{Duration, Instant};

use cluster::{ScratchCluster, StopMode};
use everstep_proto::v1;
use tonic::{Code, Request, Status};
use tonic_types::StatusExt as _;

use crate::world::{PASS, World, migrated, soon, start};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_fail_in_time_while_postgresql_is_away_and_work_when_it_is_back() {
    let mut scratch = ScratchCluster::start().expect("a cluster of its own");
    let url = scratch.database();
    migrated(&url);
    let mut world = World::on(&url).await;
    world.create("order", PASS).await;
    let execution = world.start("order", "{}").await;
    scratch.cluster_mut().stop(StopMode::Immediate).expect("stops");

    let began = Instant::now();
    let deadline = Duration::from_secs(3);
    let mut starts = Request::new(start("order", "{}"));
    starts.set_timeout(deadline);
    let mut describes = Request::new(v1::DescribeExecutionRequest {
        execution: execution.clone(),
        ..v1::DescribeExecutionRequest::default()
    });
    describes.set_timeout(deadline);
    let refused: [Status; 2] = [
        world.executions.start_execution(starts).await.unwrap_err(),
        world.executions.describe_execution(describes).await.unwrap_err(),
    ];
    assert!(began.elapsed() < 2 * deadline);
    for refused in refused {
        assert_eq!(refused.code(), Code::Unavailable, "{refused}");
        assert!(refused.get_error_details().retry_info().is_some(), "{refused}");
    }

    scratch.cluster_mut().restart().expect("starts again");
    let back = async {
        loop {
            let mut starts = Request::new(start("order", "{}"));
            starts.set_timeout(deadline);
            match world.executions.start_execution(starts).await {
                Ok(started) => break started.into_inner().execution_arn,
                Err(refused) => assert_eq!(refused.code(), Code::Unavailable, "{refused}"),
            }
        }
    };
    let again = soon(back).await;
    assert_eq!(soon(world.watch(&again)).await.last().unwrap().r#type, "ExecutionSucceeded");
    assert_eq!(world.describe(&execution).await.status(), v1::ExecutionStatus::Succeeded);
}
