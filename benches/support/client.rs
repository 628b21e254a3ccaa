//! A small HTTP/1.1 client that costs next to nothing, so that a bench measures the server.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Connections kept open at a time.
pub const CONNECTIONS: usize = 4;

/// What many requests took together.
pub struct Fetched {
    wall: Duration,
    /// Ascending.
    pub latencies: Vec<Duration>,
    bytes: usize,
    pub n_empty: usize,
}

impl Fetched {
    pub fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.wall.as_secs_f64()
    }

    pub fn mean_kb(&self) -> f64 {
        self.bytes as f64 / self.latencies.len() as f64 / 1e3
    }

    /// Latency that this share of the requests stayed within, in milliseconds.
    pub fn milliseconds_at(&self, share: f64) -> f64 {
        let last = self.latencies.len() - 1;
        self.latencies[(last as f64 * share) as usize].as_secs_f64() * 1e3
    }
}

/// Asks for all `paths`, `rounds` times, over [`CONNECTIONS`] connections.
pub fn fetch_all(address: &str, paths: &[String], rounds: usize) -> Fetched {
    let begin = Instant::now();
    let work = |worker: usize| {
        let mut connection = Connection::open(address);
        let mut latencies = Vec::new();
        let (mut bytes, mut n_empty) = (0, 0);
        for _ in 0..rounds {
            for path in paths.iter().skip(worker).step_by(CONNECTIONS) {
                let start = Instant::now();
                let (status, length) = connection.get(path);
                latencies.push(start.elapsed());
                assert!(status == 200 || status == 204, "{path}: {status}");
                bytes += length;
                n_empty += usize::from(status == 204);
            }
        }
        (latencies, bytes, n_empty)
    };
    let parts: Vec<(Vec<Duration>, usize, usize)> = std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..CONNECTIONS).map(|worker| scope.spawn(move || work(worker))).collect();
        workers.into_iter().map(|worker| worker.join().expect("a client does not panic")).collect()
    });
    let mut fetched =
        Fetched { wall: begin.elapsed(), latencies: Vec::new(), bytes: 0, n_empty: 0 };
    for (latencies, bytes, n_empty) in parts {
        fetched.latencies.extend(latencies);
        fetched.bytes += bytes;
        fetched.n_empty += n_empty;
    }
    fetched.latencies.sort_unstable();
    fetched
}

/// One kept-alive connection: just enough of the protocol to read whole answers.
pub struct Connection {
    stream: BufReader<TcpStream>,
    host: String,
    body: Vec<u8>,
}

impl Connection {
    pub fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).expect("the server listens");
        stream.set_nodelay(true).expect("a socket option");
        let stream = BufReader::with_capacity(1 << 16, stream);
        Self { stream, host: address.to_owned(), body: Vec::new() }
    }

    /// Status and length of the body as sent.
    pub fn get(&mut self, path: &str) -> (u16, usize) {
        let host = &self.host;
        self.ask(&format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n"))
    }

    /// The same with a JSON body.
    pub fn post(&mut self, path: &str, json: &str) -> (u16, usize) {
        let (host, length) = (&self.host, json.len());
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n\
             Content-Length: {length}\r\n\r\n{json}"
        ))
    }

    fn ask(&mut self, request: &str) -> (u16, usize) {
        self.stream.get_mut().write_all(request.as_bytes()).expect("the server reads");
        let mut line = String::new();
        self.stream.read_line(&mut line).expect("an answer");
        let status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
        let status = status.expect("a status line");
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line).expect("a header");
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
            assert!(!lower.starts_with("transfer-encoding"), "answers are sent whole");
            if line == "\r\n" {
                break;
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body).expect("the body");
        (status, length)
    }
}
