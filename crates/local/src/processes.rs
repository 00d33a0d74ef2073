//! One stack per data directory, and no process left behind by a stack that was killed.
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use serde::{Deserialize, Serialize};

/// Holds a data directory for this process; the system lets it go when the process ends, however it ends.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
}

impl DataDirLock {
    /// Takes `data_dir`, creating it when absent.
    ///
    /// # Errors
    /// When another stack runs in it, or the directory cannot be written.
    pub fn acquire(data_dir: &Path) -> Result<Self> {
        std::fs::create_dir_all(data_dir)
            .with_context(|| format!("cannot create the data directory {}", data_dir.display()))?;
        let path = data_dir.join("lock");
        let file =
            File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => bail!(
                "another local stack keeps its data in {}; stop it, or give this one a directory of its own: DATA_DIR=.local-2 PORT=8788 make run",
                data_dir.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }
}

/// A child process as it is remembered on disk. A process id alone may be somebody else's by now, so the
/// time it started and a word of its command line are kept with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessRecord {
    pid: i32,
    /// In clock ticks after boot, field 22 of /proc/<pid>/stat (proc_pid_stat(5)).
    started: u64,
    /// A piece of the command line that only this child has.
    mark: String,
}

impl ProcessRecord {
    /// Describes the running process `pid`, whose command line contains `mark`. None when it is gone already,
    /// or where there is no /proc.
    pub fn of(pid: u32, mark: &str) -> Option<Self> {
        let pid = i32::try_from(pid).ok()?;
        Some(Self {
            pid,
            started: start_time(pid)?,
            mark: mark.to_owned(),
        })
    }

    /// Writes the record to `path`.
    ///
    /// # Errors
    /// The file system's.
    pub fn write(&self, path: &Path) -> Result<()> {
        std::fs::write(path, serde_json::to_vec(self)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Whether the process that runs under this id now is the one that was recorded.
    pub fn is_running(&self) -> bool {
        start_time(self.pid) == Some(self.started)
            && std::fs::read(proc_file(self.pid, "cmdline")).is_ok_and(|line| {
                let mark = self.mark.as_bytes();
                line.windows(mark.len().max(1)).any(|piece| piece == mark)
            })
    }

    /// Asks the process to end.
    pub fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    fn signal(&self, signal: Signal) {
        if let (true, Some(pid)) = (self.is_running(), Pid::from_raw(self.pid)) {
            // It may have ended between the look and the signal; then there is nothing to do.
            let _ = kill_process(pid, signal);
        }
    }
}

/// Ends the process recorded in `path`, if it still runs and is really that one: SIGTERM first, SIGKILL after
/// `grace`. Returns whether there was one.
///
/// # Errors
/// When the process survives even SIGKILL for as long again.
pub async fn end_leftover(path: &Path, grace: Duration) -> Result<bool> {
    let Ok(bytes) = std::fs::read(path) else {
        return Ok(false);
    };
    // A half-written record belongs to a start that was itself cut off; it names nobody.
    let Ok(record) = serde_json::from_slice::<ProcessRecord>(&bytes) else {
        return Ok(false);
    };
    let found = record.is_running();
    for signal in [Signal::TERM, Signal::KILL] {
        record.signal(signal);
        let deadline = Instant::now() + grace;
        while record.is_running() && Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    if record.is_running() {
        bail!(
            "process {} was left by an earlier run and cannot be ended; end it by hand and start again",
            record.pid
        );
    }
    let _ = std::fs::remove_file(path);
    Ok(found)
}

fn proc_file(pid: i32, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{pid}/{name}"))
}

/// None for a process that is gone or only waits to be reaped.
fn start_time(pid: i32) -> Option<u64> {
    let stat = std::fs::read_to_string(proc_file(pid, "stat")).ok()?;
    // The second field is the name in brackets, and may itself hold spaces and brackets.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace();
    let state = fields.next()?;
    (state != "Z").then_some(())?;
    fields.nth(18)?.parse().ok()
}
