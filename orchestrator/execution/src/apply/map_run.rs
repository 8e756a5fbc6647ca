//! Folds what happens in a map run: into the run's record, and into what its Map state has at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use asl::Payload;

use super::At;
use crate::branch::{Doing, error_output};
use crate::event::{ChildStatus, Failure, MapRunStarted, MapRunStep};
use crate::execution::Execution;
use crate::id::WaitId;
use crate::map_run::{Asks, Counts, MapRun, MapRunStatus, OpenChild, Work};

impl Execution {
    pub(super) fn find_items(&mut self, at: At<'_>) {
        self.advance(at);
        let items = at.event.payload.clone();
        if let Some(visit) = self.visit_mut(at.event.branch) {
            visit.doing = Doing::Items(items);
        }
    }

    pub(super) fn begin_map_run(&mut self, at: At<'_>, started: &Arc<MapRunStarted>) {
        self.advance(at);
        let wait = at.wait();
        let documents = at.payload();
        let mut work = Work::new(wait, at.id, started, &documents);
        let mut items = Counts::default();
        if let Some(visit) = self.visit_mut(at.event.branch) {
            if let Doing::Items(Some(found)) = &visit.doing {
                items.total = work.add_items(found, true);
            }
            visit.doing = Doing::MapRun(Box::new(work));
        }
        self.waits.insert(wait, at.event.branch);
        let run = MapRun {
            wait,
            started: Arc::clone(started),
            documents,
            limits: started.limits,
            status: MapRunStatus::Running,
            started_at: at.time,
            ended_at: None,
            items,
            executions: Counts::default(),
            open: BTreeMap::new(),
            unsuccessful: BTreeMap::new(),
            redrive_count: 0,
            redriven_at: None,
            asks: Asks::Nothing,
            branch: at.event.branch,
        };
        self.map_runs.insert(wait, run);
    }

    pub(super) fn go_on_with_map_run(&mut self, at: At<'_>, wait: WaitId, step: &MapRunStep) {
        match step {
            MapRunStep::ItemsWanted { from } => {
                self.ask(wait, Asks::Items { from: *from });
                self.work(at, |work| work.reading = true);
            }
            MapRunStep::ItemsRead { done } => {
                self.ask(wait, Asks::Nothing);
                let (mut count, items) = (0, at.payload());
                self.work(at, |work| count = work.add_items(&items, *done));
                self.record(wait, |run| run.items.total += count);
            }
            MapRunStep::ChildStarted { child, items } => {
                self.start_child(at, wait, *child, *items);
            }
            MapRunStep::ChildEnded { child, status, failure } => {
                self.end_child(at, wait, *child, (*status, failure));
            }
            MapRunStep::ChildRedriven { child } => self.redrive_child(at, wait, *child),
            MapRunStep::ResultsWanted => {
                self.ask(wait, Asks::Results);
                self.work(at, |work| work.writing = true);
            }
            MapRunStep::ResultsWritten => {
                self.record(wait, MapRun::count_results);
                self.ask(wait, Asks::Nothing);
                self.work(at, |work| work.written = Some(at.payload()));
            }
            MapRunStep::Broken { failure } => {
                self.ask(wait, Asks::Nothing);
                self.work(at, |work| work.broken = Some(failure.clone()));
            }
            MapRunStep::Updated { limits } => {
                self.record(wait, |run| run.limits = *limits);
                self.work(at, |work| work.limits = *limits);
            }
            MapRunStep::Succeeded => self.end_run(at, wait, MapRunStatus::Succeeded),
            MapRunStep::Failed { .. } => self.end_run(at, wait, MapRunStatus::Failed),
            MapRunStep::Aborted => self.end_run(at, wait, MapRunStatus::Aborted),
            MapRunStep::Redriven { count, .. } => self.reopen_run(at, wait, *count),
        }
    }

    fn reopen_run(&mut self, at: At<'_>, wait: WaitId, count: u64) {
        self.advance(at);
        self.waits.insert(wait, at.event.branch);
        let mut again = BTreeSet::new();
        self.record(wait, |run| {
            run.status = MapRunStatus::Running;
            run.ended_at = None;
            run.redrive_count = count;
            run.redriven_at = Some(at.time);
            run.unsuccessful.append(&mut run.open);
            run.items.redrive();
            run.executions.redrive();
            again = run.unsuccessful.keys().copied().collect();
        });
        self.work(at, |work| work.redrive(again));
    }

    /// A child that is open already is asked for again.
    fn redrive_child(&mut self, at: At<'_>, wait: WaitId, number: u64) {
        self.work(at, |work| work.open += usize::from(work.again.remove(&number)));
        self.record(wait, |run| {
            let Some(mut child) = run.unsuccessful.remove(&number) else { return };
            child.redrives += 1;
            run.items.begin_again(child.items);
            run.executions.begin_again(1);
            run.open.insert(number, child);
        });
    }

    /// The execution ended around them.
    pub(super) fn abort_map_runs(&mut self, at: At<'_>) {
        for run in self.map_runs.values_mut() {
            if run.status == MapRunStatus::Running {
                run.close(at, MapRunStatus::Aborted);
            }
        }
    }

    fn start_child(&mut self, at: At<'_>, wait: WaitId, child: u64, items: u64) {
        let mut input = at.event.payload.clone();
        self.work(at, |work| {
            let taken = work.take_items(items);
            input = input.take().or_else(|| taken.into_iter().next());
            work.children = child + 1;
            work.open += 1;
        });
        let input = input.unwrap_or_else(|| Payload::trusted("null"));
        self.record(wait, |run| {
            run.items.begin(items);
            run.executions.begin(1);
            let started_at = at.time;
            run.open.insert(child, OpenChild { items, input, started_at, redrives: 0 });
        });
    }

    fn end_child(
        &mut self,
        at: At<'_>,
        wait: WaitId,
        child: u64,
        (status, failure): (ChildStatus, &Failure),
    ) {
        let mut items = 0;
        self.record(wait, |run| {
            let Some(ended) = run.open.remove(&child) else { return };
            items = ended.items;
            run.items.end(items, status);
            if status != ChildStatus::Succeeded {
                run.unsuccessful.insert(child, ended);
            }
            run.executions.end(1, status);
        });
        let output = at.event.payload.clone();
        self.work(at, |work| {
            if work.wait != wait {
                return;
            }
            work.open = work.open.saturating_sub(1);
            if status != ChildStatus::Succeeded {
                work.failed_items += items;
            }
            if !work.started.writes {
                let result = output.unwrap_or_else(|| error_output(failure));
                work.result_bytes += result.text().len() as u64 + 1;
                work.results.insert(child, result);
            }
        });
    }

    fn end_run(&mut self, at: At<'_>, wait: WaitId, status: MapRunStatus) {
        self.waits.remove(&wait);
        self.record(wait, |run| run.close(at, status));
        if status == MapRunStatus::Succeeded {
            return;
        }
        if let Some(branch) = self.branches.get_mut(&at.event.branch) {
            branch.last = at.id;
        }
        if let Some(visit) = self.visit_mut(at.event.branch) {
            // As on AWS: a run that failed of something else than its children, its reader or its writer is redriven as a new one.
            if status == MapRunStatus::Failed && !visit.map_run().is_some_and(Work::has_failed) {
                visit.doing = Doing::Run;
            }
            visit.abort();
        }
    }

    fn ask(&mut self, wait: WaitId, asks: Asks) {
        self.record(wait, |run| run.asks = asks);
    }

    fn record(&mut self, wait: WaitId, change: impl FnOnce(&mut MapRun)) {
        if let Some(run) = self.map_runs.get_mut(&wait) {
            change(run);
        }
    }

    /// A run that has ended has nothing at hand any more.
    fn work(&mut self, at: At<'_>, change: impl FnOnce(&mut Work)) {
        let visit = self.visit_mut(at.event.branch);
        if let Some(Doing::MapRun(work)) = visit.map(|visit| &mut visit.doing) {
            change(work);
        }
    }
}

impl MapRun {
    fn count_results(&mut self) {
        // What became the state's own result is written nowhere.
        if self.documents.value().get("writer").is_some() {
            self.items.results_written = self.items.total;
            self.executions.results_written = self.executions.total;
        }
    }

    fn close(&mut self, at: At<'_>, status: MapRunStatus) {
        self.status = status;
        self.ended_at = Some(at.time);
        self.asks = Asks::Nothing;
    }
}
