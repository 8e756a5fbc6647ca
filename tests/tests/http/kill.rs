//! `kill -9` in the middle of a call: it is made again, and one outcome is accepted.

use everstep_proto::v1::{Execution, ExecutionStatus};
use everstep_tests::{Client, Database};

use crate::remote::Remote;
use crate::support::{definition, server};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_a_kill_cut_off_is_made_again_and_counted_once() {
    let database = Database::start("http-kill");
    let remote = Remote::start().await;
    let (mut server, _) = server(&database, "http-kill");
    server.ready().await;
    let client = server.client();
    client.create_machine("charge", &definition(&remote, "/charge", None)).await;
    let started = client.start("charge", "one", "{}").await.expect("it serves");
    remote.called(1).await;

    server.process.kill();
    server.start_again();
    server.ready().await;
    remote.called(2).await;
    remote.answer(1);

    let ended = end(&client, &started.execution_arn).await;
    assert_eq!(ended.status(), ExecutionStatus::Succeeded, "{ended:?}");
    assert!(ended.output.unwrap_or_default().contains(r#""ResponseBody":{"charged":true}"#));
    let history = client.history(&started.execution_arn).await.expect("it is there");
    let text = format!("{history:?}");
    assert_eq!(history.len(), 7, "one attempt, one outcome: {text}");
    assert_eq!(remote.calls(), 2);
}

pub(crate) async fn end(client: &Client, execution: &str) -> Execution {
    loop {
        let shown = client.describe(execution).await.expect("it is there");
        if shown.status() != ExecutionStatus::Running {
            return shown;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
