//! One stack per data directory, and only our own leftovers are ended.
#![allow(clippy::unwrap_used, reason = "a test may end here")]
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use tributary_local::processes::{DataDirLock, ProcessRecord, end_leftover};

const GRACE: Duration = Duration::from_secs(2);

/// A running `sleep`. The kernel lets the parent go on a moment before the command line can be read, so this
/// waits for it; a leftover of an earlier run is always past that moment.
fn sleeper(seconds: &str) -> Child {
    let child = Command::new("sleep").arg(seconds).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(10);
    while !ProcessRecord::of(child.id(), seconds).is_some_and(|record| record.is_running()) {
        assert!(Instant::now() < deadline, "`sleep {seconds}` did not start");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
fn a_second_stack_in_the_same_directory_is_refused_and_told_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let first = DataDirLock::acquire(dir.path()).unwrap();
    let sentence = DataDirLock::acquire(dir.path()).unwrap_err().to_string();
    assert!(sentence.contains("DATA_DIR="), "{sentence}");
    drop(first);
    DataDirLock::acquire(dir.path()).unwrap();
}

#[tokio::test]
async fn a_process_left_by_an_earlier_run_is_ended() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("process.json");
    let mut child = sleeper("86411");
    ProcessRecord::of(child.id(), "86411")
        .unwrap()
        .write(&path)
        .unwrap();
    assert!(end_leftover(&path, GRACE).await.unwrap());
    assert!(child.try_wait().unwrap().is_some());
    assert!(
        !end_leftover(&path, GRACE).await.unwrap(),
        "the record is gone with it"
    );
}

#[tokio::test]
async fn another_process_under_the_recorded_id_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("process.json");
    let mut child = sleeper("86412");

    let other_command = ProcessRecord::of(child.id(), "some-other-program").unwrap();
    other_command.write(&path).unwrap();
    assert!(!end_leftover(&path, GRACE).await.unwrap());

    let record = ProcessRecord::of(child.id(), "86412").unwrap();
    let mut other_start = serde_json::to_value(record).unwrap();
    other_start["started"] = serde_json::json!(1);
    std::fs::write(&path, other_start.to_string()).unwrap();
    assert!(!end_leftover(&path, GRACE).await.unwrap());

    assert!(child.try_wait().unwrap().is_none(), "it still runs");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test]
async fn a_record_that_was_cut_off_names_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("process.json");
    std::fs::write(&path, "{\"pid\":1,").unwrap();
    assert!(!end_leftover(&path, GRACE).await.unwrap());
}
