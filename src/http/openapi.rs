//! The description of the whole surface, written once at the start.

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use utoipa::openapi::{Info, OpenApi};

/// What the description says before its routes.
pub(super) fn head() -> OpenApi {
    let mut info = Info::new("Lifang", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Communities cut into responsibility grids: shapes as vector tiles, counts as JSON. \
         Longitude first, EPSG:4326, RFC 3339 times. Errors are application/problem+json with a \
         stable code, in Chinese or English by Accept-Language. Member counts are suppressed."
            .to_owned(),
    );
    OpenApi::new(info, utoipa::openapi::Paths::new())
}

/// The finished description, as bytes.
pub(super) struct Description(Bytes);

impl Description {
    pub fn new(mut described: OpenApi) -> Self {
        // The router takes the whole segment; what is promised ends in `.json`.
        if let Some(item) = described.paths.paths.remove("/tiles/{plan}/{layers}") {
            described.paths.paths.insert("/tiles/{plan}/{layers}.json".to_owned(), item);
        }
        Self(described.to_json().expect("a description is plain data").into())
    }

    pub fn route<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let body = self.0;
        let reply = || async move { ([(CONTENT_TYPE, "application/json")], body) };
        Router::new().route("/openapi.json", get(reply))
    }
}
