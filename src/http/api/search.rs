//! Search by name, code or address.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::ask::{Ask, json};
use crate::http::problem::{Fault, Problem};
use crate::http::search::Index;
use crate::http::wire::Hits;
use crate::http::{App, answer};

/// Most results given, and the longest question taken, in characters.
const MAX_RESULTS: usize = 100;
const MAX_QUERY: usize = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SearchAsk {
    /// Words to look for: all of them have to be met
    q: String,
    /// How many to give, at most 100; 20 when not said
    limit: Option<usize>,
}

/// Areas, grids, estates, streets and buildings whose code, name or address holds the words.
#[utoipa::path(get, path = "/api/v1/search", tag = "search", params(SearchAsk),
    responses((status = 200, body = Hits), (status = 400, description = "too long a question")))]
pub async fn search(
    State(app): State<Arc<App>>,
    Ask(asked): Ask<SearchAsk>,
) -> Result<Response, Problem> {
    let limit = asked.limit.unwrap_or(20);
    if limit > MAX_RESULTS || asked.q.chars().count() > MAX_QUERY {
        let about = format!("q: 0-{MAX_QUERY}, limit: 0-{MAX_RESULTS}");
        return Err(Problem::about(Fault::BadQuery, about));
    }
    answer(&app, move |app, world| {
        let index = app.index.get(world, Index::new);
        Ok(json(&Hits { results: index.find(world, &asked.q, limit) }))
    })
    .await
}
