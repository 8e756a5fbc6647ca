//! The worker's one loop: what comes from the server, from the handlers and from the clock, in the order it comes.

use std::time::Duration;

use everstep_proto::v1::work_request::Subscription;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tonic::Status;
use tonic::transport::Endpoint;
use tracing::{debug, info, warn};

use crate::desk::{Desk, Report};
use crate::error::WorkerError;
use crate::link::{Hello, Link, LinkEvent};
use crate::worker::WorkerBuilder;

pub(crate) struct Serving {
    desk: Desk,
    link: Link,
    reports: mpsc::UnboundedReceiver<Report>,
    drain_timeout: Duration,
    /// Set once the worker drains: when it no longer waits.
    stop_at: Option<Instant>,
    /// Why there is no connection; said once, however often it is tried again.
    lost: Option<String>,
}

impl Serving {
    pub(crate) fn new(settings: WorkerBuilder, endpoint: Endpoint) -> Self {
        let subscription =
            Subscription { namespace: settings.namespace.clone(), worker: settings.name.clone() };
        let hello = Hello { subscription, authorization: settings.authorization.clone() };
        // Bounded by the slots: a handler reports once.
        let (reporter, reports) = mpsc::unbounded_channel();
        let drain_timeout = settings.drain_timeout;
        let desk = Desk::new(settings, reporter);
        Self {
            desk,
            link: Link::new(endpoint, hello),
            reports,
            drain_timeout,
            stop_at: None,
            lost: None,
        }
    }

    pub(crate) async fn run(
        mut self,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), WorkerError> {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut alarm = std::pin::pin!(sleep_until(Instant::now()));
        while !self.is_done() {
            let alarm_at = self.alarm_at();
            if let Some(at) = alarm_at.filter(|at| *at != alarm.deadline()) {
                alarm.as_mut().reset(at);
            }
            tokio::select! {
                biased;
                () = &mut shutdown, if self.stop_at.is_none() => self.drain(),
                event = self.link.next(self.desk.has_news()) => self.follow(event)?,
                Some(report) = self.reports.recv() => self.desk.finish(report),
                () = alarm.as_mut(), if alarm_at.is_some() => self.desk.tick(Instant::now()),
            }
            // Lets the handlers that are ready run first: what they report goes into the same message.
            tokio::task::yield_now().await;
            while let Ok(report) = self.reports.try_recv() {
                self.desk.finish(report);
            }
        }
        let running = self.desk.abandon();
        if running > 0 {
            warn!(running, "the drain timeout has passed: tasks were dropped while they ran");
        }
        self.link.close().await;
        Ok(())
    }

    fn is_done(&self) -> bool {
        let Some(stop_at) = self.stop_at else { return false };
        let settled = self.desk.is_empty() && !self.desk.has_news();
        settled || Instant::now() >= stop_at
    }

    fn alarm_at(&self) -> Option<Instant> {
        self.desk.next_errand().into_iter().chain(self.stop_at).min()
    }

    fn drain(&mut self) {
        let returned = self.desk.drain();
        info!(returned, "the worker drains");
        self.stop_at = Some(Instant::now() + self.drain_timeout);
    }

    fn note_loss(&mut self, status: &Status) {
        let (code, reason) = (status.code(), status.message());
        if self.lost.as_deref() == Some(reason) {
            debug!(?code, reason, "still no connection to the server");
            return;
        }
        warn!(?code, reason, "no connection to the server; trying again until there is one");
        self.lost = Some(reason.to_owned());
    }

    fn follow(&mut self, event: LinkEvent) -> Result<(), WorkerError> {
        match event {
            LinkEvent::Opened => {
                self.lost = None;
                info!("connected");
            }
            LinkEvent::Room => {
                if let Some(message) = self.desk.next_message() {
                    self.link.send(message);
                }
            }
            LinkEvent::Message(message) => self.desk.hear(message, Instant::now()),
            LinkEvent::Lost(status) => {
                self.note_loss(&status);
                self.desk.begin_anew();
            }
            LinkEvent::Refused(status) => return Err(WorkerError::Refused(Box::new(status))),
        }
        Ok(())
    }
}
