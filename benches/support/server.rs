//! The real binary serving a database on a free port, stopped when dropped.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

pub const BINARY: &str = env!("CARGO_BIN_EXE_lifang");

pub struct Server {
    pub child: Child,
    /// Held open, so that whatever else it says has somewhere to go.
    _stdout: BufReader<ChildStdout>,
    pub address: String,
}

impl Server {
    /// Serves `db`; it has said its address when this returns.
    pub fn start(db: &Path) -> Self {
        let mut child = Command::new(BINARY)
            .args(["serve", "--listen", "127.0.0.1:0", "--db"])
            .arg(db)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        let mut first = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        stdout.read_line(&mut first).expect("the server says its address");
        let address = first.trim().trim_start_matches("http://").to_owned();
        Self { child, _stdout: stdout, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
