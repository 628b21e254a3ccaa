//! The hierarchy of areas.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use super::grids::OnDay;
use crate::domain::world::World;
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
    answer_about(&app, about, |app, world, _| Ok(json(&*rows(app, world)))).await
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
        let detail = rows(app, world).detail(world, &code).ok_or(Fault::UnknownArea)?;
        Ok(json(&detail))
    })
    .await
}

/// Areas as `world` has them; those of another day with what became of them since.
fn rows(app: &App, world: &World) -> Arc<AreaRows> {
    app.areas.get(world, |world| {
        let mut rows = AreaRows::new(world);
        if world.is_as_of() {
            rows.foretell(&app.desk.world());
        }
        rows
    })
}
