//! The hierarchy of areas.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::grids::OnDay;
use crate::http::App;
use crate::http::ask::{Ask, json};
use crate::http::past::{About, answer_about};
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{AreaDetail, AreaRows};

/// All areas, parents before children, with counts and coverage under the plans in force.
#[utoipa::path(get, path = "/api/v1/areas", tag = "areas", params(OnDay),
    responses((status = 200, body = AreaRows)))]
pub async fn areas(
    State(app): State<Arc<App>>,
    Ask(asked): Ask<OnDay>,
) -> Result<Response, Problem> {
    let about = About { at: asked.at, ..About::default() };
    answer_about(&app, about, |app, world, _| Ok(json(&*app.areas.get(world, AreaRows::new)))).await
}

/// One area with its ancestors and children.
#[utoipa::path(get, path = "/api/v1/areas/{code}", tag = "areas",
    params(("code" = String, Path, description = "official code"), OnDay),
    responses((status = 200, body = AreaDetail), (status = 404, description = "unknown area")))]
pub async fn area(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
    Ask(asked): Ask<OnDay>,
) -> Result<Response, Problem> {
    let about = About { at: asked.at, area: Some(code.clone()), ..About::default() };
    answer_about(&app, about, move |app, world, _| {
        let rows = app.areas.get(world, AreaRows::new);
        let detail = rows.detail(world, &code).ok_or(Fault::UnknownArea)?;
        Ok(json(&detail))
    })
    .await
}
