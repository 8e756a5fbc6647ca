//! What an operator reads.

use std::io;
use std::sync::{Arc, Mutex};

use everstep_worker::TaskError;
use tonic::Code;
use tracing_subscriber::fmt::MakeWriter;

use crate::fake::{Served, Server, task};

/// Everything that is logged on this thread: tests run on one each.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        let bytes = self.0.lock().expect("no writer panics").clone();
        String::from_utf8(bytes).expect("a log is text")
    }

    /// Waits for a line that contains `text`.
    pub(crate) async fn until(&self, text: &str) {
        while !self.text().contains(text) {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn record(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber =
            tracing_subscriber::fmt().with_ansi(false).with_writer(self.clone()).finish();
        tracing::subscriber::set_default(subscriber)
    }
}

impl io::Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no writer panics").write(text)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn a_handler_s_lines_carry_the_execution_the_state_and_the_attempt() {
    let log = Log::default();
    let _recording = log.record();
    let mut server = Server::start().await;
    let handler = |_: String| async {
        tracing::info!("at work");
        Ok::<_, TaskError>(())
    };
    let _served = Served::start(server.worker().queue("queue", handler));
    let mut session = server.session().await;

    session.hand_out([task("t")]).await;
    session.until(|said| said.has_outcome("t")).await;

    let text = log.text();
    let line = text.lines().find(|line| line.contains("at work")).expect("the handler spoke");
    let span = "task{execution=\"arn:aws:states:us-east-1:000000000000:execution:m:e\" state=\"Pay\" attempt=1}";
    assert!(line.contains(span), "{line}");
}

#[tokio::test]
async fn a_refused_outcome_is_warned_of() {
    let log = Log::default();
    let _recording = log.record();
    let mut server = Server::start().await;
    let handler = |_: String| async { Ok::<_, TaskError>(()) };
    let worker = Served::start(server.worker().queue("queue", handler));
    let mut session = server.session().await;
    session.hand_out([task("t")]).await;
    session.until(|said| said.has_outcome("t")).await;

    session.settle("t", Code::FailedPrecondition).await;
    let drained = worker.drain();
    session.until(|said| said.draining).await;
    assert!(session.is_ended().await);
    drop(session);
    drained.await.unwrap().unwrap();

    let text = log.text();
    let warned = |line: &&str| line.contains("WARN") && line.contains("an outcome was refused");
    let line = text.lines().find(warned).unwrap_or_else(|| panic!("no warning in {text}"));
    assert!(line.contains("as the test has it"), "{line}");
}
