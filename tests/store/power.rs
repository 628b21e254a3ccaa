//! Commits that were answered survive the death of the process.
//!
//! The test starts itself as a child that commits without end and says each revision after the store
//! answered; then kills it. A killed process is not a power cut (the system's cache survives it), but it
//! stops the writer between any two steps.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use lifang::domain::measure::Revision;
use lifang::store::{Store, StoreOptions};

use super::{commit, setting};

const CHILD: &str = "LIFANG_TEST_COMMITTING_CHILD";

#[test]
fn killed_writers_lose_nothing_they_acknowledged() {
    if let Some(path) = std::env::var_os(CHILD) {
        commit_without_end(Path::new(&path));
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lifang.db");
    let mut acknowledged = 0;
    for round in 0..10u64 {
        acknowledged =
            acknowledged.max(run_and_kill(&path, Duration::from_millis(20 + 13 * round)));
        let store = Store::open(&path, &StoreOptions::default()).unwrap();
        let (ground, revision) = store.load().unwrap();
        assert!(revision.0 >= acknowledged, "{revision:?} lost commits up to {acknowledged}");
        assert!(revision.0 <= acknowledged + 1, "{revision:?} after {acknowledged}");
        assert_eq!(ground, setting("title", &body(revision.0)));
        assert_eq!(store.reader().unwrap().verify_audit().unwrap().n_rows as u64, revision.0);
        acknowledged = revision.0;
    }
    assert!(acknowledged > 20, "only {acknowledged} commits were tried");
}

/// Large enough for several pages a commit.
fn body(revision: u64) -> String {
    format!("{revision} ").repeat(3_000)
}

fn commit_without_end(path: &Path) -> ! {
    let mut store = Store::open(path, &StoreOptions::default()).unwrap();
    let (_, Revision(mut revision)) = store.load().unwrap();
    loop {
        revision += 1;
        commit(&mut store, &setting("title", &body(revision)), revision).unwrap();
        // One write a line, past the test harness's capturing.
        std::io::stderr().write_all(format!("committed {revision}\n").as_bytes()).unwrap();
    }
}

/// Runs a child on `path`, kills it `after` its first commit; its last acknowledged revision.
fn run_and_kill(path: &Path, after: Duration) -> u64 {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "power::killed_writers_lose_nothing_they_acknowledged", "--nocapture"])
        .env(CHILD, path)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let revision = |line: String| {
        let number = line.strip_prefix("committed ");
        number.unwrap_or_else(|| panic!("{line}")).parse::<u64>().unwrap()
    };
    let first = revision(lines.next().unwrap().unwrap());
    let killer = std::thread::spawn(move || {
        std::thread::sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
    });
    // A line cut short by the kill was still written after its commit was answered.
    let last = lines.map_while(Result::ok).map(revision).last().unwrap_or(first);
    killer.join().unwrap();
    last
}
