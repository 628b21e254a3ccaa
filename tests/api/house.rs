//! A server over a small made-up town: in process for replies, on a real socket for limits.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use lifang::desk::Desk;
use lifang::domain::decide::{Command, Import, Roster};
use lifang::domain::fabric::Barrier;
use lifang::domain::ids::Code;
use lifang::domain::measure::{Count, Day};
use lifang::domain::register::area::Level;
use lifang::domain::register::feature::FeatureKind;
use lifang::domain::register::rows::{AreaRow, FeatureRow, Rows};
use lifang::domain::rights::Actor;
use lifang::http::serve::Server;
use lifang::http::{App, HttpOptions, router};
use lifang::sample::random::RandomTown;
use tower::ServiceExt;

/// Two communities of three grids each in one district, with people, one street and all usual faults.
pub fn town() -> RandomTown {
    let mut town = RandomTown::new(11, 2, 3);
    for area in &mut town.areas {
        area.parent = Code::new("990101");
    }
    let district = AreaRow {
        row: 1,
        code: Code::new("990101").unwrap(),
        name: "样例区".into(),
        level: Some(Level::District),
        parent: None,
        kind: "".into(),
        households: Some(Count(120)),
        lineage: Default::default(),
        population: None,
        shape: Vec::new(),
    };
    town.areas.insert(0, district);
    town
}

fn street(town: &RandomTown) -> FeatureRow {
    let ring = &town.areas[1].shape[0].rings[0];
    FeatureRow {
        row: 1,
        code: "way/1".into(),
        kind: FeatureKind::Road,
        name: "青年路".into(),
        lines: vec![ring[..2].to_vec()],
        polygons: Vec::new(),
    }
}

/// The rows of a sheet as a command.
pub fn import(rows: Rows, file: &str) -> Command {
    let n_rows = rows.len() as u64;
    Command::Import(Box::new(Import {
        rows,
        file: file.into(),
        datum: "4490".into(),
        issues: Vec::new(),
        issues_dropped: 0,
        dropped_columns: vec!["姓名".into()],
        n_rows,
        n_refused: 0,
        tolerance_m: 0.5,
        effective: Day::new(2026, 11, 1).unwrap(),
        roster: Roster::new(),
    }))
}

/// A desk with the whole town in it.
pub async fn desk() -> Desk {
    let (desk, town) = (Desk::in_memory().unwrap(), town());
    // Whatever this machine's clock says: the town's grids count from the first of November.
    desk.pretend(Day::new(2026, 11, 20));
    let street = street(&town);
    assert_eq!(street.kind.barrier(), Barrier::Road);
    let sheets = [
        (Rows::Areas(town.areas), "areas.geojson"),
        (Rows::Barriers(vec![street]), "roads.geojson"),
        (Rows::Grids(town.grids), "grids.geojson"),
        (Rows::Buildings(town.buildings), "buildings.csv"),
        (Rows::Households(town.households), "households.csv"),
        (Rows::Members(town.members), "members.csv"),
    ];
    for (rows, file) in sheets {
        desk.submit(import(rows, file), Actor::local("测试")).await.unwrap();
    }
    desk
}

/// A server in this process.
pub struct House {
    pub desk: Desk,
    pub router: Router,
}

impl House {
    pub async fn new() -> Self {
        Self::at(desk().await)
    }

    /// A door to a desk.
    pub fn at(desk: Desk) -> Self {
        let router = router(App::new(desk.clone(), HttpOptions::default()));
        Self { desk, router }
    }

    /// Another door to the same house.
    pub fn over(other: &Self) -> Self {
        Self { desk: other.desk.clone(), router: other.router.clone() }
    }

    /// Asks the router; the body stays a stream.
    pub async fn ask(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.ask(request).await.into_parts();
        let body = axum::body::to_bytes(body, 64 << 20).await.unwrap();
        Reply { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.get_with(path, &[]).await
    }

    pub async fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Reply {
        let request = Request::builder().uri(path).header("host", "localhost");
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Reply {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    /// The code of a problem; checks that it is a whole one. Empty when nothing is wrong.
    pub fn code(&self) -> String {
        if self.status.is_success() {
            return String::new();
        }
        let problem = self.json();
        assert_eq!(self.headers["content-type"], "application/problem+json; charset=utf-8");
        assert_eq!(problem["status"], self.status.as_u16());
        assert!(!problem["title"].as_str().unwrap().is_empty());
        assert!(problem["type"].as_str().unwrap().starts_with("urn:lifang:problem:"));
        problem["code"].as_str().unwrap().to_owned()
    }
}

/// A server on a socket of this machine, with short limits; stops when told.
pub struct Socket {
    pub address: SocketAddr,
    pub stop: Arc<tokio::sync::Notify>,
    pub server: tokio::task::JoinHandle<()>,
}

pub fn short_limits() -> HttpOptions {
    HttpOptions {
        listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        header_timeout: Duration::from_millis(300),
        idle_timeout: Duration::from_millis(300),
        import_bytes: 64 << 10,
        ..HttpOptions::default()
    }
}

impl Socket {
    pub async fn open(options: HttpOptions) -> Self {
        let server = Server::bind(desk().await, options).await.unwrap();
        let address = server.address();
        let stop = Arc::new(tokio::sync::Notify::new());
        let told = Arc::clone(&stop);
        let server = tokio::spawn(server.run(async move { told.notified().await }));
        Self { address, stop, server }
    }
}
