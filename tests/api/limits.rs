//! What the sockets put up with: nobody is waited for without end, nothing grows without bound.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use lifang::http::HttpOptions;
use lifang::http::serve::{ServeError, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::house::{Socket, desk, short_limits};

/// Sends `bytes` and reads until the server closes; whatever came.
async fn talk(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // The server may have said enough before it has read all.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(8), stream.read_to_end(&mut answer)).await;
    read.expect("the server closes").unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

fn request(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n{headers}\r\n").into_bytes()
}

fn check(answer: &str, status: &str, code: &str) {
    assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{status}: {answer:.200}");
    assert!(answer.contains(code), "{code}: {answer:.400}");
}

#[tokio::test]
async fn heads_past_a_limit_are_refused_and_the_connection_closes() {
    let socket = Socket::open(short_limits()).await;
    let long = "a".repeat(9 << 10);
    check(
        &talk(socket.address, &request(&format!("/{long}"), "")).await,
        "414",
        "request.long-url",
    );
    let longest = "a".repeat(100 << 10);
    check(&talk(socket.address, &request(&format!("/{longest}"), "")).await, "414", "");
    let big = format!("x-big: {}\r\n", "b".repeat(33 << 10));
    check(&talk(socket.address, &request("/healthz", &big)).await, "431", "request.big-headers");
    let huge = format!("x-big: {}\r\n", "b".repeat(1 << 20));
    check(&talk(socket.address, &request("/healthz", &huge)).await, "431", "");
    let many = "x-many: 1\r\n".repeat(300);
    check(&talk(socket.address, &request("/healthz", &many)).await, "431", "");
    check(&talk(socket.address, b"nonsense\r\n\r\n").await, "400", "");
}

#[tokio::test]
async fn bodies_past_a_limit_are_refused_before_they_are_read() {
    let socket = Socket::open(short_limits()).await;
    let mut big =
        b"POST /api/v1/areas HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5000000\r\n\r\n"
            .to_vec();
    big.resize(big.len() + 1_000_000, b' ');
    check(&talk(socket.address, &big).await, "413", "request.big-body");
    let mut import = b"POST /api/v1/imports/areas HTTP/1.1\r\nhost: localhost\r\n\
        content-type: multipart/form-data; boundary=b\r\ncontent-length: 600000000\r\n\r\n"
        .to_vec();
    import.resize(import.len() + 1_000_000, b' ');
    check(&talk(socket.address, &import).await, "413", "request.big-body");
}

#[tokio::test]
async fn slow_senders_are_not_waited_for() {
    let socket = Socket::open(short_limits()).await;
    let began = Instant::now();
    check(&talk(socket.address, b"GET /healthz HTTP/1.1\r\nhost: loc").await, "408", "");
    assert_eq!(talk(socket.address, b"").await, "", "a silent connection is closed without a word");
    let half = b"POST /api/v1/imports/areas HTTP/1.1\r\nhost: localhost\r\n\
        content-type: multipart/form-data; boundary=b\r\ncontent-length: 600\r\n\r\n\
        --b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\ncode";
    check(&talk(socket.address, half).await, "408", "request.slow-body");
    assert!(began.elapsed() < Duration::from_secs(6));
}

#[tokio::test]
async fn a_stop_lets_requests_finish_and_streams_end() {
    let socket = Socket::open(short_limits()).await;
    let mut listener = TcpStream::connect(socket.address).await.unwrap();
    listener.write_all(&request("/api/v1/events", "")).await.unwrap();
    let mut head = [0; 64];
    let n = listener.read(&mut head).await.unwrap();
    assert!(head[..n].starts_with(b"HTTP/1.1 200 OK"));
    let began = Instant::now();
    socket.stop.notify_one();
    socket.server.await.unwrap();
    assert!(began.elapsed() < Duration::from_secs(5));
    assert!(TcpStream::connect(socket.address).await.is_err(), "nobody listens any more");
    let mut rest = Vec::new();
    listener.read_to_end(&mut rest).await.unwrap();
}

#[tokio::test]
async fn connections_are_counted() {
    let options = HttpOptions { max_connections: 2, ..short_limits() };
    let socket = Socket::open(options).await;
    let silent = [
        TcpStream::connect(socket.address).await.unwrap(),
        TcpStream::connect(socket.address).await.unwrap(),
    ];
    let answer = talk(socket.address, &request("/healthz", "connection: close\r\n")).await;
    check(&answer, "200", "ok");
    drop(silent);
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let options = HttpOptions { listen: address.parse().unwrap(), ..HttpOptions::default() };
        let refused = Server::bind(desk().await, options).await.unwrap_err();
        assert!(matches!(refused, ServeError::NotLoopback(_)), "{refused}");
        assert!(refused.to_string().contains("this machine only"));
    }
}
