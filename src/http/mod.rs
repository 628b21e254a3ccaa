//! Floor 3: the door for browsers, scripts and other programs.
//!
//! Requests become commands and questions, worlds become bytes; nothing is decided here. [`router`] is the
//! one list of routes. `serve` owns the sockets, `guard` stands before every route, `problem` is the one
//! map from our errors to what HTTP says, `wire` holds the serializable twins, `api` the resources.
//! `jobs` remembers long work (divisions) until it is accepted or forgotten, `live` shows how it comes along.
//! Until accounts exist the server listens on loopback only.
//!
//! **Why** questions are answered from one `Arc<World>`: a handler takes it once, so a reply never mixes
//! two revisions. What may take longer than a blink runs on the blocking pool, a bounded number at a time.

mod api;
mod ask;
mod assets;
mod events;
mod guard;
mod jobs;
mod lang;
mod live;
mod memo;
mod openapi;
mod past;
mod post;
mod presence;
mod problem;
mod search;
pub mod serve;
mod tiles;
mod who;
pub mod wire;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use tokio::sync::{Semaphore, watch};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use lang::Lang;
pub use problem::{Fault, Problem};

use crate::desk::Desk;
use crate::domain::finding::Finding;
use crate::domain::world::World;
use memo::Memo;

/// How the server listens and what it puts up with.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    pub listen: SocketAddr,
    /// Connections at a time; further ones wait to be accepted.
    pub max_connections: usize,
    /// Listeners to events at a time.
    pub max_listeners: usize,
    /// Imports read at a time; each may hold a file of `import_bytes` in memory.
    pub max_imports: usize,
    /// From the first byte of a request to the end of its headers.
    pub header_timeout: Duration,
    /// Without a byte of a body, in or out.
    pub idle_timeout: Duration,
    pub header_bytes: usize,
    pub url_bytes: usize,
    /// Bodies of everything but imports.
    pub body_bytes: u64,
    pub import_bytes: u64,
    /// Vertices of a file, and of one ring.
    pub file_vertices: u64,
    pub ring_vertices: usize,
    /// Deepest nesting of JSON in a file.
    pub json_depth: usize,
    /// Folder whose disk has to be fit for writing; `None` for a database in memory.
    pub folder: Option<PathBuf>,
}

impl Default for HttpOptions {
    /// The limits of the contract.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            max_connections: 1024,
            max_listeners: 256,
            max_imports: 2,
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(30),
            header_bytes: 32 << 10,
            url_bytes: 8 << 10,
            body_bytes: 4 << 20,
            import_bytes: 512 << 20,
            file_vertices: 2_000_000,
            ring_vertices: 100_000,
            json_depth: 64,
            folder: None,
        }
    }
}

/// What every handler shares.
#[derive(Debug)]
pub struct App {
    desk: Desk,
    options: HttpOptions,
    tiles: tiles::Tiles,
    areas: Memo<wire::AreaRows>,
    findings: Memo<Vec<Finding>>,
    index: Memo<search::Index>,
    presence: presence::Presence,
    jobs: jobs::Jobs,
    /// The newest change as a listener to the plans in force gets it.
    change: Memo<Option<String>>,
    /// Questions worked on at a time.
    work: Arc<Semaphore>,
    imports: Arc<Semaphore>,
    /// Divisions worked on at a time: each takes all cores.
    divisions: Arc<Semaphore>,
    listeners: Arc<Semaphore>,
    /// True once the server is stopping: streams end themselves.
    closing: watch::Sender<bool>,
}

impl App {
    pub fn new(desk: Desk, options: HttpOptions) -> Arc<Self> {
        let n_cores = std::thread::available_parallelism().map_or(2, usize::from);
        Arc::new(Self {
            desk,
            tiles: tiles::Tiles::new(n_cores),
            areas: Memo::default(),
            findings: Memo::default(),
            index: Memo::default(),
            presence: presence::Presence::default(),
            jobs: jobs::Jobs::default(),
            change: Memo::default(),
            work: Arc::new(Semaphore::new(2 * n_cores)),
            imports: Arc::new(Semaphore::new(options.max_imports)),
            divisions: Arc::new(Semaphore::new(1)),
            listeners: Arc::new(Semaphore::new(options.max_listeners)),
            closing: watch::Sender::new(false),
            options,
        })
    }

    /// Ends what would otherwise go on for ever.
    fn close(&self) {
        self.closing.send_replace(true);
        self.jobs.cancel_all();
    }
}

/// Runs `question` on the blocking pool with the world of this moment.
async fn answer<T: Send + 'static>(
    app: &Arc<App>,
    question: impl FnOnce(&App, &World) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let permit = Arc::clone(&app.work).acquire_owned().await.map_err(|_| Fault::Closing)?;
    let app = Arc::clone(app);
    let worker = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        let world = app.desk.world();
        question(&app, &world)
    });
    worker.await.unwrap_or_else(|_| {
        tracing::error!("answering a question panicked");
        Err(Fault::Internal.into())
    })
}

/// Every route, and the description of them all.
pub fn router(app: Arc<App>) -> Router {
    let api = OpenApiRouter::new()
        .routes(routes!(api::meta::healthz))
        .routes(routes!(api::meta::readyz))
        .routes(routes!(api::meta::me))
        .routes(routes!(api::areas::areas))
        .routes(routes!(api::areas::area))
        .routes(routes!(api::plans::plans, api::edits::start))
        .routes(routes!(api::plans::plan, api::life::retitle, api::life::delete))
        .routes(routes!(api::life::checks))
        .routes(routes!(api::life::submit))
        .routes(routes!(api::life::give_back))
        .routes(routes!(api::life::approve))
        .routes(routes!(api::life::withdraw))
        .routes(routes!(api::life::accept))
        .routes(routes!(api::life::comments, api::life::comment))
        .routes(routes!(api::life::resolve))
        .routes(routes!(api::life::timeline))
        .routes(routes!(api::eras::building))
        .routes(routes!(api::eras::grid))
        .routes(routes!(api::eras::border))
        .routes(routes!(api::edits::fabric))
        .routes(routes!(api::edits::edit))
        .routes(routes!(api::edits::preview))
        .routes(routes!(api::edits::undo))
        .routes(routes!(api::edits::redo))
        .routes(routes!(api::edits::history))
        .routes(routes!(api::diff::diff))
        .routes(routes!(api::rebase::preview))
        .routes(routes!(api::rebase::rebase))
        .routes(routes!(api::exports::export))
        .routes(routes!(api::divide::divide))
        .routes(routes!(api::divide::ensemble))
        .routes(routes!(api::divide::job, api::divide::stop))
        .routes(routes!(api::divide::accept))
        .routes(routes!(api::repair::repair))
        .routes(routes!(presence::presence))
        .routes(routes!(api::grids::grids))
        .routes(routes!(api::grids::grid))
        .routes(routes!(api::grids::grid_buildings))
        .routes(routes!(api::buildings::building))
        .routes(routes!(api::tallies::tallies))
        .routes(routes!(api::tallies::classes))
        .routes(routes!(api::findings::findings))
        .routes(routes!(api::stations::stations))
        .routes(routes!(api::locate::locate))
        .routes(routes!(api::search::search))
        .routes(routes!(api::imports::imports))
        .routes(routes!(api::imports::import))
        .layer(CompressionLayer::new());
    let uploads = OpenApiRouter::new()
        .routes(routes!(api::uploads::import_file))
        .routes(routes!(api::uploads::inspect_file))
        .layer(DefaultBodyLimit::disable());
    let streams = OpenApiRouter::new()
        .routes(routes!(events::events))
        .routes(routes!(tiles::tile))
        .routes(routes!(tiles::tile_json));
    let (routes, described) = OpenApiRouter::with_openapi(openapi::head())
        .merge(api)
        .merge(uploads)
        .merge(streams)
        .split_for_parts();
    let description = openapi::Description::new(described);
    routes
        .merge(description.route())
        .merge(assets::routes())
        .fallback(|| async { Problem::from(Fault::UnknownRoute) })
        .layer(CatchPanicLayer::custom(guard::panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), guard::guard))
        .with_state(app)
}
