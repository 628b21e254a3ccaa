//! The description of the whole surface, written once at the start.

use axum::Router;
use axum::body::Bytes;
use axum::http::header::CONTENT_TYPE;
use axum::routing::get;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{self, ContentBuilder, Ref, ResponseBuilder};

use super::wire::{Issue, ProblemBody, ResyncEvent};

/// What the description says before its routes.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Lifang",
        description = "Communities cut into responsibility grids: shapes as vector tiles, counts as JSON. \
            Longitude first, EPSG:4326, RFC 3339 times. Errors are application/problem+json with a stable \
            code, in Chinese or English by Accept-Language. Member counts are suppressed."
    ),
    components(schemas(ProblemBody, Issue, ResyncEvent))
)]
struct Head;

pub(super) fn head() -> openapi::OpenApi {
    Head::openapi()
}

/// The finished description, as bytes.
pub(super) struct Description(Bytes);

impl Description {
    pub fn new(mut described: openapi::OpenApi) -> Self {
        let paths = &mut described.paths.paths;
        // The router takes the whole segment; what is promised ends in `.json`.
        if let Some(item) = paths.remove("/tiles/{plan}/{layers}") {
            paths.insert("/tiles/{plan}/{layers}.json".to_owned(), item);
        }
        paths.values_mut().flat_map(operations).for_each(may_fail);
        Self(described.to_json().expect("a description is plain data").into())
    }

    pub fn route<S: Clone + Send + Sync + 'static>(self) -> Router<S> {
        let body = self.0;
        let reply = || async move { ([(CONTENT_TYPE, "application/json")], body) };
        Router::new().route("/openapi.json", get(reply))
    }
}

/// The operations this server has.
fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// Says that whatever is not listed is a problem.
fn may_fail(operation: &mut Operation) {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProblemBody"))).build();
    let response = ResponseBuilder::new()
        .description("a problem: see its code")
        .content("application/problem+json", problem);
    operation.responses.responses.insert("default".to_owned(), response.build().into());
}
