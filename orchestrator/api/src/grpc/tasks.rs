//! The service `Tasks`.

use std::pin::Pin;

use everstep_proto::v1;
use everstep_proto::v1::tasks_server::Tasks;
use futures_util::stream::{self, Stream};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming, async_trait};

use super::deadline::split;
use super::status::{response, result, revoked, status, stopping};
use crate::access::Caller;
use crate::operations::{Answer, Dialogue, Operations, OutcomeResult};

#[derive(Debug)]
pub(super) struct Face {
    pub(super) operations: Operations,
    pub(super) stop: CancellationToken,
}

#[async_trait]
impl Tasks for Face {
    async fn poll_tasks(
        &self,
        request: Request<v1::PollTasksRequest>,
    ) -> Result<Response<v1::PollTasksResponse>, Status> {
        let (patience, message) = split(request);
        tokio::select! {
            answer = self.operations.poll_tasks(message, patience) => response(answer),
            () = self.stop.cancelled() => Err(stopping()),
        }
    }

    type WorkStream = Pin<Box<dyn Stream<Item = Result<v1::WorkResponse, Status>> + Send>>;

    async fn work(
        &self,
        request: Request<Streaming<v1::WorkRequest>>,
    ) -> Result<Response<Self::WorkStream>, Status> {
        let mut requests = request.into_inner();
        // Answering before the first message would say yes to a worker that has not subscribed.
        let first = requests.message().await?.unwrap_or_default();
        let dialogue = self.operations.work(first).await;
        let dialogue = dialogue.map_err(|refusal| status(&refusal))?;
        let (caller, stop) = (self.operations.caller(), self.stop.clone());
        let stream = WorkerStream { dialogue, requests, caller, stop, heard_all: false };
        Ok(Response::new(Box::pin(stream.responses())))
    }

    async fn report_tasks(
        &self,
        request: Request<v1::ReportTasksRequest>,
    ) -> Result<Response<v1::ReportTasksResponse>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.report_tasks(message);
        let answer = self.operations.answer(patience, operation).await;
        response(answer.map(|results| v1::ReportTasksResponse {
            results: results.into_iter().map(task_result).collect(),
        }))
    }

    async fn heartbeat_tasks(
        &self,
        request: Request<v1::HeartbeatTasksRequest>,
    ) -> Result<Response<v1::HeartbeatTasksResponse>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.heartbeat_tasks(message);
        response(self.operations.answer(patience, operation).await)
    }

    async fn acknowledge_tasks(
        &self,
        request: Request<v1::AcknowledgeTasksRequest>,
    ) -> Result<Response<v1::AcknowledgeTasksResponse>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.acknowledge_tasks(message);
        response(self.operations.answer(patience, operation).await)
    }

    async fn return_tasks(
        &self,
        request: Request<v1::ReturnTasksRequest>,
    ) -> Result<Response<v1::ReturnTasksResponse>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.return_tasks(message);
        response(self.operations.answer(patience, operation).await)
    }
}

/// A worker's stream. It runs inside the response's own task: when the client vanishes, all of it is dropped.
struct WorkerStream {
    dialogue: Dialogue,
    requests: Streaming<v1::WorkRequest>,
    caller: Caller,
    stop: CancellationToken,
    heard_all: bool,
}

impl WorkerStream {
    fn responses(self) -> impl Stream<Item = Result<v1::WorkResponse, Status>> + Send {
        stream::unfold(Some(self), async |stream| {
            let mut stream = stream?;
            match stream.next().await {
                Ok(response) => Some((Ok(response?), Some(stream))),
                Err(status) => Some((Err(status), None)),
            }
        })
    }

    async fn next(&mut self) -> Result<Option<v1::WorkResponse>, Status> {
        loop {
            let listens = !self.heard_all && !self.dialogue.is_saturated();
            tokio::select! {
                message = self.requests.message(), if listens => self.hear(message?)?,
                answer = self.dialogue.next() => match answer {
                    Some(answer) if answer.is_empty() => {}
                    Some(answer) => return Ok(Some(work_response(answer))),
                    None => return Ok(None),
                },
                () = self.stop.cancelled() => return Err(stopping()),
                () = self.caller.revoked() => return Err(revoked()),
            }
        }
    }

    fn hear(&mut self, message: Option<v1::WorkRequest>) -> Result<(), Status> {
        let Some(request) = message else {
            self.heard_all = true;
            self.dialogue.hang_up();
            return Ok(());
        };
        self.dialogue.receive(request).map_err(|refusal| status(&refusal))
    }
}

fn work_response(answer: Answer) -> v1::WorkResponse {
    let Answer { tasks, results, cancelled } = answer;
    let results = results.into_iter().map(task_result).collect();
    v1::WorkResponse { tasks, results, cancelled }
}

fn task_result((token, outcome): OutcomeResult) -> v1::TaskResult {
    v1::TaskResult { token, status: Some(result(&outcome)) }
}
