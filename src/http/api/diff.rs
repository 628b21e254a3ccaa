//! Two plans side by side.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use super::grids::wants_geojson;
use crate::domain::diff::{compare, pieces};
use crate::http::ask::{Ask, area_choice, json, plan_choice, typed_json};
use crate::http::lang::Lang;
use crate::http::past::world_of_both;
use crate::http::problem::Problem;
use crate::http::wire::{DiffPiece, DiffSheet, FeatureCollection, diff_collection};
use crate::http::{App, answer};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DiffAsk {
    /// The plan it is held against, by number, or `current` (when not said)
    against: Option<String>,
    /// Code of a community, or of a wider area; else all that both divide
    community: Option<String>,
}

/// What a plan changes against another: grids, buildings, totals, sentences; with
/// `Accept: application/geo+json` the ground that moves. Counts are those of today's buildings.
#[utoipa::path(get, path = "/api/v1/plans/{plan}/diff", tag = "plans",
    params(("plan" = String, Path, description = "number, or `current`"), DiffAsk),
    responses(
        (status = 200, content(
            (DiffSheet = "application/json"),
            (FeatureCollection<DiffPiece> = "application/geo+json"))),
        (status = 404, description = "unknown plan or area")))]
pub async fn diff(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
    Ask(asked): Ask<DiffAsk>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (wants_shapes, lang) = (wants_geojson(&headers), Lang::of(&headers));
    let held = app.desk.world();
    answer(&app, move |app, _| {
        let to = plan_choice(&held, &plan)?;
        let from = plan_choice(&held, asked.against.as_deref().unwrap_or("current"))?;
        let area = asked.community.as_deref().map(|code| area_choice(&held, code)).transpose()?;
        let within = area.map(|area| held.areas().communities(Some(area)).into_iter().collect());
        let world = &*world_of_both(app, &held, [to, from], within.as_ref())?;
        let diff = compare(world, from, to, area);
        if wants_shapes {
            let pieces = pieces(world, from, to, area);
            return Ok(typed_json(&diff_collection(world, &diff, &pieces), "application/geo+json"));
        }
        Ok(json(&DiffSheet::new(world, &diff, lang)))
    })
    .await
}
