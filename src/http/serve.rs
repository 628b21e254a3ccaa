//! The sockets: an accept loop of our own, so that nobody can keep a connection by being slow.
//!
//! Headers have 10 seconds, a body 30 without a byte, a reader 30 without taking one; connections are
//! counted; a stop lets requests in flight finish. Loopback only until accounts exist.
//!
//! **Why** not `axum::serve`: it keeps half-sent requests open for ever. **Why** a lingering end: closing
//! a socket with unread bytes in it makes the system throw away the answer that says why.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, Sleep, sleep, timeout};

use super::{App, HttpOptions, router};
use crate::desk::Desk;

/// Requests in flight may take this long to finish after a stop.
const GRACE: Duration = Duration::from_secs(10);
/// What is still coming in after the last answer is thrown away for so long, and so much of it.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 16 << 20;
/// Between two looks at the calendar.
const TICK: Duration = Duration::from_secs(1);
/// Most a connection buffers of a request's head; the guard answers in words well before.
const BUFFER: usize = 128 << 10;

/// Why the server did not start or stopped.
#[derive(Debug, Error)]
pub enum ServeError {
    #[error(
        "{0} can be reached from other machines; until accounts exist Lifang listens on this machine only, for example --listen 127.0.0.1:8080"
    )]
    NotLoopback(SocketAddr),
    #[error("{address} cannot be listened on")]
    Bind { address: SocketAddr, source: io::Error },
}

/// A server bound to its address, not yet answering.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    listener: TcpListener,
}

impl Server {
    /// Binds the address; port 0 takes any free one.
    pub async fn bind(desk: Desk, options: HttpOptions) -> Result<Self, ServeError> {
        let address = options.listen;
        if !address.ip().is_loopback() {
            return Err(ServeError::NotLoopback(address));
        }
        let listener = TcpListener::bind(address).await;
        let listener = listener.map_err(|source| ServeError::Bind { address, source })?;
        Ok(Self { app: App::new(desk, options), listener })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().unwrap_or(self.app.options.listen)
    }

    /// Answers until `stop` is done, then lets requests in flight finish for a while.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let Self { app, listener } = self;
        let router = router(Arc::clone(&app));
        let n_slots = app.options.max_connections;
        let slots = Arc::new(Semaphore::new(n_slots));
        let mut stop = std::pin::pin!(stop);
        tokio::spawn(keep_the_day(Arc::clone(&app)));
        loop {
            let slot = tokio::select! {
                slot = Arc::clone(&slots).acquire_owned() => slot.expect("slots are never closed"),
                () = &mut stop => break,
            };
            let stream = tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    Err(error) => {
                        // Out of file handles, most likely: let some connection end.
                        tracing::warn!(%error, "a connection was not accepted");
                        sleep(Duration::from_millis(50)).await;
                        continue;
                    }
                },
                () = &mut stop => break,
            };
            let (router, app) = (router.clone(), Arc::clone(&app));
            tokio::spawn(async move {
                serve_connection(stream, router, &app).await;
                drop(slot);
            });
        }
        drop(listener);
        app.close();
        let all = u32::try_from(n_slots).unwrap_or(u32::MAX);
        if timeout(GRACE, slots.acquire_many(all)).await.is_err() {
            tracing::warn!("some requests were cut off");
        }
    }
}

/// Turns the page soon after another day has begun, or the clock was set; until the server stops.
async fn keep_the_day(app: Arc<App>) {
    let mut closing = app.closing.subscribe();
    loop {
        app.desk.turn().await;
        tokio::select! {
            () = sleep(TICK) => {}
            _ = closing.wait_for(|is_closing| *is_closing) => return,
        }
    }
}

/// Done when the process is asked to stop, by interrupt or termination.
pub async fn stop_signal() {
    let interrupt = async {
        // Without a handler the system's own default ends the process.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

async fn serve_connection(stream: TcpStream, router: Router, app: &App) {
    let options = &app.options;
    // Small answers go out at once; a socket that refuses the option still works.
    let _ = stream.set_nodelay(true);
    let io = TokioIo::new(Patient::new(stream, options.idle_timeout));
    let service =
        TowerToHyperService::new(tower::ServiceExt::<axum::extract::Request>::map_request(
            router,
            |request: hyper::Request<hyper::body::Incoming>| request.map(Body::new),
        ));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(options.header_timeout)
        .max_buf_size(BUFFER)
        .serve_connection(io, service);
    let mut closing = app.closing.subscribe();
    let served = tokio::select! {
        served = &mut connection => served,
        () = closed(&mut closing) => {
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    let Err(error) = served else { return };
    if error.is_timeout() {
        let mut io = connection.into_parts().io.into_inner();
        if io.owes_an_answer {
            // The peer may be gone; then nobody needs to know.
            let _ = timeout(LINGER, io.write_all(SLOW_HEAD)).await;
            let _ = timeout(LINGER, io.shutdown()).await;
        }
    }
    tracing::debug!(%error, "a connection ended early");
}

const SLOW_HEAD: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

async fn closed(closing: &mut watch::Receiver<bool>) {
    // An error means the app is gone, which closes as well.
    let _ = closing.wait_for(|is_closing| *is_closing).await;
}

/// A stream that gives up on a peer that takes nothing, and does not slam the door on one that still talks.
#[derive(Debug)]
struct Patient {
    stream: TcpStream,
    idle: Duration,
    /// Running while a write waits.
    waiting: Option<Pin<Box<Sleep>>>,
    /// Running since the last answer went out, with the bytes thrown away so far.
    lingering: Option<(Pin<Box<Sleep>>, usize)>,
    /// Whether bytes have come in since the last went out.
    owes_an_answer: bool,
}

impl Patient {
    fn new(stream: TcpStream, idle: Duration) -> Self {
        Self { stream, idle, waiting: None, lingering: None, owes_an_answer: false }
    }

    /// Ends a wait that is over, or fails one that took too long.
    fn watch<T>(
        &mut self,
        context: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.waiting = None;
            return done;
        }
        let idle = self.idle;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(sleep(idle)));
        ready!(waiting.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let done = Pin::new(&mut self.stream).poll_read(context, buffer);
        self.owes_an_answer |= buffer.filled().len() > before;
        done
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.owes_an_answer = false;
        let done = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.watch(context, done)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.owes_an_answer = false;
        let done = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.watch(context, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let done = Pin::new(&mut self.stream).poll_flush(context);
        self.watch(context, done)
    }

    /// Says that nothing more will be sent, then reads on until the peer has seen it.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.lingering.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
            this.lingering = Some((Box::pin(tokio::time::sleep_until(Instant::now() + LINGER)), 0));
        }
        let Some((until, thrown_away)) = &mut this.lingering else { return Poll::Ready(Ok(())) };
        let mut scratch = [0; 16 << 10];
        loop {
            if until.as_mut().poll(context).is_ready() || *thrown_away > LINGER_BYTES {
                return Poll::Ready(Ok(()));
            }
            let mut buffer = ReadBuf::new(&mut scratch);
            match ready!(Pin::new(&mut this.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => *thrown_away += buffer.filled().len(),
                Ok(()) | Err(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}
