//! Grids: who they are, their shapes, their neighbours, their buildings.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::world::{PlanChoice, World};
use crate::http::ask::{Ask, communities, grid_choice, json, typed_json};
use crate::http::past::{About, answer_about, plan_and_day, world_of};
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{
    FeatureCollection, Grid, GridBuildings, GridDetail, GridFeature, GridList, grid_collection,
};
use crate::http::{App, answer};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Within {
    /// Code of a community, or of a wider area for all in it
    pub(super) community: Option<String>,
    /// A day as YYYY-MM-DD: what counted, or will count, then; with the plan `current` only
    pub(super) at: Option<String>,
}

impl Within {
    /// What a question within this is about.
    pub(super) fn about(&self, plan: String) -> About {
        About { plan: Some(plan), at: self.at.clone(), area: self.community.clone() }
    }
}

/// The day a question about one thing is asked of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OnDay {
    /// A day as YYYY-MM-DD: what counted, or will count, then; with the plan `current` only
    pub(super) at: Option<String>,
}

/// Grids with their counts; with `Accept: application/geo+json` their shapes.
#[utoipa::path(get, path = "/api/v1/plans/{plan}/grids", tag = "grids",
    params(("plan" = String, Path, description = "number, or `current`"), Within),
    responses(
        (status = 200, content(
            (GridList = "application/json"),
            (FeatureCollection<GridFeature> = "application/geo+json"))),
        (status = 404, description = "unknown plan or area")))]
pub async fn grids(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
    Ask(within): Ask<Within>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let wants_shapes = wants_geojson(&headers);
    answer_about(&app, within.about(plan), move |_, world, plan| {
        let communities = communities(world, within.community.as_deref())?;
        if wants_shapes {
            let shards: Vec<_> =
                communities.iter().filter_map(|community| world.shard(plan, *community)).collect();
            return Ok(typed_json(&grid_collection(world, &shards), "application/geo+json"));
        }
        let grids = communities.iter().flat_map(|id| Grid::of_community(world, plan, *id));
        Ok(json(&GridList { revision: world.revision().0, grids: grids.collect() }))
    })
    .await
}

/// Whether the caller names GeoJSON before, or without, plain JSON.
pub(super) fn wants_geojson(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let named = accept.split(',').map(|part| part.split(';').next().unwrap_or_default().trim());
    let mut ours =
        named.filter(|name| matches!(*name, "application/geo+json" | "application/json"));
    ours.next() == Some("application/geo+json")
}

/// One grid with its neighbours.
#[utoipa::path(get, path = "/api/v1/plans/{plan}/grids/{grid}", tag = "grids",
    params(("plan" = String, Path, description = "number, or `current`"),
        ("grid" = String, Path, description = "code"), OnDay),
    responses((status = 200, body = GridDetail), (status = 404, description = "unknown")))]
pub async fn grid(
    State(app): State<Arc<App>>,
    Path((plan, grid)): Path<(String, String)>,
    Ask(asked): Ask<OnDay>,
) -> Result<Response, Problem> {
    about_grid(&app, plan, asked, grid, |app, world, plan, grid| {
        let (shard, grid) = grid_choice(world, plan, grid)?;
        let lineage = app.desk.lineage_of(grid.community, &grid.code)?;
        let detail = GridDetail::new(world, shard, (plan, grid.key), lineage);
        let detail = detail.ok_or(Fault::UnknownGrid)?;
        Ok(json(&detail))
    })
    .await
}

/// The buildings of one grid.
#[utoipa::path(get, path = "/api/v1/plans/{plan}/grids/{grid}/buildings", tag = "grids",
    params(("plan" = String, Path, description = "number, or `current`"),
        ("grid" = String, Path, description = "code"), OnDay),
    responses((status = 200, body = GridBuildings), (status = 404, description = "unknown")))]
pub async fn grid_buildings(
    State(app): State<Arc<App>>,
    Path((plan, grid)): Path<(String, String)>,
    Ask(asked): Ask<OnDay>,
) -> Result<Response, Problem> {
    about_grid(&app, plan, asked, grid, |_, world, plan, grid| {
        let (shard, grid) = grid_choice(world, plan, grid)?;
        Ok(json(&GridBuildings::new(world, shard, grid)))
    })
    .await
}

/// Answers about one grid, of today or of the past; only the communities that ever had its code are
/// fetched.
async fn about_grid(
    app: &Arc<App>,
    plan: String,
    OnDay { at }: OnDay,
    grid: String,
    question: impl FnOnce(&App, &World, PlanChoice, &str) -> Result<Response, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let held = app.desk.world();
    answer(app, move |app, _| {
        let (plan, day) = plan_and_day(&held, Some(&plan), at.as_deref())?;
        let is_at_hand = day.is_none() && held.asleep(plan, None, None).is_empty();
        if is_at_hand {
            return question(app, &held, plan, &grid);
        }
        let areas = app.desk.communities_of(&grid)?;
        let world = world_of(app, &held, (plan, day), Some(&areas))?;
        question(app, &world, plan, &grid)
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn geojson_is_given_when_it_is_named_first() {
        let check = |accept: &str, expected| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, accept.parse().unwrap());
            assert_eq!(wants_geojson(&headers), expected, "{accept}");
        };
        check("application/geo+json", true);
        check("application/geo+json;q=1, application/json;q=0.5", true);
        check("application/json, application/geo+json", false);
        check("*/*", false);
        check("text/html,application/xhtml+xml", false);
    }
}
