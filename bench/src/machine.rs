//! What the machine and its processes have spent so far, from `/proc`. Differences between two readings are what counts.
use std::collections::BTreeMap;
use std::fs;

/// `USER_HZ`: Linux has reported processor time in hundredths of a second on every architecture since 2.6.
const TICKS_PER_SECOND: f64 = 100.0;

/// Fields of `/proc/PID/stat` after the command's name, which is in brackets and may hold anything.
const PARENT: usize = 1;
const USER: usize = 11;
const CHILDREN_USER: usize = 13;
const CHILDREN_SYSTEM: usize = 14;
/// Fields of the line `cpu` of `/proc/stat`, after its name.
const STOLEN: usize = 7;

/// Processor seconds by process name, and those of the whole machine that a hypervisor gave to others.
#[derive(Debug, Clone)]
pub(crate) struct Spent {
    pub(crate) cpu_s: BTreeMap<&'static str, f64>,
    pub(crate) stolen_s: f64,
}

/// A process of the run, by the name it is reported under. Its children count with it, those that have ended too.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watched {
    pub(crate) name: &'static str,
    pub(crate) pid: u32,
}

pub(crate) fn spent(watched: &[Watched]) -> Spent {
    let processes = processes();
    let cpu_s = watched.iter().map(|it| (it.name, tree_cpu_s(it.pid, &processes))).collect();
    Spent { cpu_s, stolen_s: stolen_s() }
}

/// Of this process's children that have ended and been waited for.
pub(crate) fn ended_children_cpu_s() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    parse(&stat).map_or(0.0, |it| it.children_cpu_s)
}

#[derive(Debug)]
struct Process {
    parent: u32,
    /// Its own, and that of children which have ended.
    cpu_s: f64,
    children_cpu_s: f64,
}

fn processes() -> BTreeMap<u32, Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            // A process may end while the list is read.
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((pid, parse(&stat)?))
        })
        .collect()
}

fn parse(stat: &str) -> Option<Process> {
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks = |range: std::ops::RangeInclusive<usize>| {
        fields.get(range)?.iter().map(|it| it.parse::<f64>().ok()).sum::<Option<f64>>()
    };
    let cpu_s = ticks(USER..=CHILDREN_SYSTEM)? / TICKS_PER_SECOND;
    let children_cpu_s = ticks(CHILDREN_USER..=CHILDREN_SYSTEM)? / TICKS_PER_SECOND;
    Some(Process { parent: fields.get(PARENT)?.parse().ok()?, cpu_s, children_cpu_s })
}

fn tree_cpu_s(root: u32, processes: &BTreeMap<u32, Process>) -> f64 {
    let mut sum = 0.0;
    let mut todo = vec![root];
    while let Some(pid) = todo.pop() {
        sum += processes.get(&pid).map_or(0.0, |it| it.cpu_s);
        todo.extend(processes.iter().filter(|(_, it)| it.parent == pid).map(|(pid, _)| *pid));
    }
    sum
}

fn stolen_s() -> f64 {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let mut fields = stat.lines().next().unwrap_or_default().split_whitespace().skip(1);
    let ticks: f64 = fields.nth(STOLEN).and_then(|it| it.parse().ok()).unwrap_or(0.0);
    ticks / TICKS_PER_SECOND
}

#[cfg(test)]
mod tests {
    use super::{Watched, parse, spent};

    #[test]
    fn a_process_is_read_whatever_its_name() {
        let process = parse("7 (a) b) S 3 7 7 0 -1 0 0 0 0 0 100 50 20 30 20 0 1 0").unwrap();
        assert_eq!((process.parent, process.cpu_s), (3, 2.0));
        assert!(parse("7 (a").is_none());
    }

    #[test]
    fn work_of_this_process_shows() {
        let watched = [Watched { name: "me", pid: std::process::id() }];
        let before = spent(&watched).cpu_s["me"];
        let mut sum = 0_u64;
        while spent(&watched).cpu_s["me"] - before < 0.05 {
            sum = std::hint::black_box((0..1_000_000).fold(sum, u64::wrapping_add));
        }
    }
}
