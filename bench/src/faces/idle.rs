//! Polls that wait for nothing: what many of them cost the server, each on a connection of its own, as AWS's clients hold them.

use std::fs;
use std::time::Duration;

use tokio::task::JoinSet;

use super::aws;
use crate::Fault;
use crate::machine::{Watched, spent};

const QUEUE: &str = "idle";
/// Made side by side: the kernel holds some of them until they are accepted.
const AT_ONCE: usize = 100;
/// The polls are looked at for so long, within the minute that each is held.
const LOOKED_AT: Duration = Duration::from_secs(20);

/// What the polls cost the server.
#[derive(Debug)]
pub(super) struct Cost {
    pub(super) memory_kb: u64,
    /// Of one core, in percent, while they wait.
    pub(super) cpu_percent: f64,
}

pub(super) async fn measure(address: &str, server: Watched, polls: usize) -> Result<Cost, Fault> {
    let client = aws::Client::connect(address, &[QUEUE], None).await?;
    let before = memory_kb(server.pid)?;
    let mut waiting = JoinSet::new();
    while waiting.len() < polls {
        for _ in 0..AT_ONCE.min(polls - waiting.len()) {
            let client = client.clone();
            waiting.spawn(async move { client.poll(QUEUE).await });
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // One that was refused has ended already.
    if let Some(ended) = waiting.try_join_next() {
        return Err(format!("a poll does not wait: {:?}", ended?.map(|task| task.is_some())).into());
    }
    let begin = spent(&[server]).cpu_s[server.name];
    tokio::time::sleep(LOOKED_AT).await;
    let cpu_s = spent(&[server]).cpu_s[server.name] - begin;
    if let Some(ended) = waiting.try_join_next() {
        return Err(format!("a poll has ended: {:?}", ended?.map(|task| task.is_some())).into());
    }
    let memory_kb = memory_kb(server.pid)?.saturating_sub(before);
    Ok(Cost { memory_kb, cpu_percent: 100.0 * cpu_s / LOOKED_AT.as_secs_f64() })
}

/// What the process has in memory now.
fn memory_kb(pid: u32) -> Result<u64, Fault> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.ok_or_else(|| "the system does not say what a process has in memory".into())
}
