//! The service `Executions`.

use std::pin::Pin;

use everstep_proto::v1;
use everstep_proto::v1::executions_server::Executions;
use futures_util::stream::{self, Stream};
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, async_trait};

use super::deadline::split;
use super::status::{response, revoked, status, stopping};
use crate::access::Caller;
use crate::operations::{Operations, Watch};

#[derive(Debug)]
pub(super) struct Face {
    pub(super) operations: Operations,
    pub(super) stop: CancellationToken,
}

type Watched = Result<v1::WatchExecutionResponse, Status>;

#[async_trait]
impl Executions for Face {
    async fn start_execution(
        &self,
        request: Request<v1::StartExecutionRequest>,
    ) -> Result<Response<v1::StartExecutionResponse>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.start_execution(message);
        response(self.operations.answer(patience, operation).await)
    }

    async fn start_execution_and_wait(
        &self,
        request: Request<v1::StartExecutionAndWaitRequest>,
    ) -> Result<Response<v1::Execution>, Status> {
        let (patience, message) = split(request);
        tokio::select! {
            answer = self.operations.start_execution_and_wait(message, patience) => response(answer),
            () = self.stop.cancelled() => Err(stopping()),
        }
    }

    async fn start_sync_execution(
        &self,
        request: Request<v1::StartSyncExecutionRequest>,
    ) -> Result<Response<v1::StartSyncExecutionResponse>, Status> {
        let (patience, message) = split(request);
        tokio::select! {
            answer = self.operations.start_sync_execution(message, patience) => response(answer),
            () = self.stop.cancelled() => Err(stopping()),
        }
    }

    async fn describe_execution(
        &self,
        request: Request<v1::DescribeExecutionRequest>,
    ) -> Result<Response<v1::Execution>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.describe_execution(message);
        response(self.operations.answer(patience, operation).await)
    }

    async fn list_executions(
        &self,
        request: Request<v1::ListExecutionsRequest>,
    ) -> Result<Response<v1::ListExecutionsResponse>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.list_executions(message);
        response(self.operations.answer(patience, operation).await)
    }

    async fn stop_execution(
        &self,
        request: Request<v1::StopExecutionRequest>,
    ) -> Result<Response<v1::StopExecutionResponse>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.stop_execution(message);
        response(self.operations.answer(patience, operation).await)
    }

    async fn redrive_execution(
        &self,
        request: Request<v1::RedriveExecutionRequest>,
    ) -> Result<Response<v1::RedriveExecutionResponse>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.redrive_execution(message);
        response(self.operations.answer(patience, operation).await)
    }

    async fn get_execution_history(
        &self,
        request: Request<v1::GetExecutionHistoryRequest>,
    ) -> Result<Response<v1::GetExecutionHistoryResponse>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.get_execution_history(message);
        response(self.operations.answer(patience, operation).await)
    }

    type WatchExecutionStream = Pin<Box<dyn Stream<Item = Watched> + Send>>;

    async fn watch_execution(
        &self,
        request: Request<v1::WatchExecutionRequest>,
    ) -> Result<Response<Self::WatchExecutionStream>, Status> {
        let (patience, message) = split(request);
        let operation = self.operations.watch_execution(message);
        let watch = self.operations.answer(patience, operation).await;
        let watch = watch.map_err(|refusal| status(&refusal))?;
        let caller = self.operations.caller();
        Ok(Response::new(Box::pin(watched(watch, caller, self.stop.clone()))))
    }
}

/// Ends with the execution, with the first refusal, with the server, or with the caller's access key.
fn watched(
    watch: Watch,
    caller: Caller,
    stop: CancellationToken,
) -> impl Stream<Item = Watched> + Send {
    stream::unfold(Some(watch), move |watch| {
        let (caller, stop) = (caller.clone(), stop.clone());
        async move {
            let mut watch = watch?;
            let next = tokio::select! {
                next = watch.next() => next.map_err(|refusal| status(&refusal)),
                () = stop.cancelled() => Err(stopping()),
                () = caller.revoked() => Err(revoked()),
            };
            match next {
                Ok(response) => Some((Ok(response?), Some(watch))),
                Err(status) => Some((Err(status), None)),
            }
        }
    })
}
