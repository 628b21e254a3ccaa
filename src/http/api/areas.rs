//! The hierarchy of areas.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::ask::json;
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{AreaDetail, AreaRows};
use crate::http::{App, answer};

/// All areas, parents before children, with counts and coverage under the plans in force.
#[utoipa::path(get, path = "/api/v1/areas", tag = "areas",
    responses((status = 200, body = AreaRows)))]
pub async fn areas(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    answer(&app, |app, world| Ok(json(&*app.areas.get(world, AreaRows::new)))).await
}

/// One area with its ancestors and children.
#[utoipa::path(get, path = "/api/v1/areas/{code}", tag = "areas",
    params(("code" = String, Path, description = "official code")),
    responses((status = 200, body = AreaDetail), (status = 404, description = "unknown area")))]
pub async fn area(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    answer(&app, move |app, world| {
        let rows = app.areas.get(world, AreaRows::new);
        let detail = rows.detail(world, &code).ok_or(Fault::UnknownArea)?;
        Ok(json(&detail))
    })
    .await
}
