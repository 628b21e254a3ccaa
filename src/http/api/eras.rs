//! The history of one building, one grid, one border: since when it has been so, and by whom.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::ids::{AreaId, Code, GridKey};
use crate::domain::measure::Day;
use crate::domain::place::{LonLat, Pin};
use crate::domain::plan::Plan;
use crate::domain::world::{PlanChoice, World};
use crate::http::ask::{Ask, json};
use crate::http::past::world_of;
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{Era, merged};
use crate::http::{App, answer};

/// Plans looked at for one thing, the newest.
const MAX_PLANS: usize = 200;
/// A border is meant when it runs this near to the place.
const REACH_M: f64 = 60.0;
/// A border ran here if it ran this near.
const SAME_M: f64 = 0.1;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CodeAsk {
    /// Code of the thing
    code: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlaceAsk {
    /// Longitude in degrees
    lon: f64,
    /// Latitude in degrees
    lat: f64,
}

/// In which grid a building was, and who answered for it; newest first.
#[utoipa::path(get, path = "/api/v1/history/building", tag = "history", params(CodeAsk),
    responses((status = 200, body = Vec<Era>), (status = 404, description = "unknown building")))]
pub async fn building(
    State(app): State<Arc<App>>,
    Ask(asked): Ask<CodeAsk>,
) -> Result<Response, Problem> {
    let held = app.desk.world();
    answer(&app, move |app, _| {
        let id = held.town().id_of(&asked.code).ok_or(Fault::UnknownBuilding)?;
        let Some((Some(area), _, _)) = held.town().find(id) else { return Ok(json(&[(); 0])) };
        let mut eras = Vec::new();
        for (plan, area, from, to) in lived_through(&held, area, app.desk.today()) {
            let mut world = with(app, &held, plan, area)?;
            if held.has_other_areas(from) {
                world = Arc::new(world.as_of(from));
            }
            let placed = world.placement_of(PlanChoice::Plan(plan.id), id);
            // Of several communities that were merged it stood in one.
            if placed.is_none_or(|(community, _)| community != Some(area)) {
                continue;
            }
            let key = placed.and_then(|(_, placement)| placement.grid);
            let grid = key.and_then(|key| world.plans().grid(plan.id, key));
            let era = Era::new(plan, from, to);
            eras.push(match grid {
                Some(grid) => era.of_grid(grid),
                None => era,
            });
        }
        Ok(json(&merged(eras)))
    })
    .await
}

/// What a grid was called, also by other numbers, and who answered for it; newest first.
#[utoipa::path(get, path = "/api/v1/history/grid", tag = "history", params(CodeAsk),
    responses((status = 200, body = Vec<Era>), (status = 404, description = "no grid ever had this code")))]
pub async fn grid(
    State(app): State<Arc<App>>,
    Ask(asked): Ask<CodeAsk>,
) -> Result<Response, Problem> {
    let held = app.desk.world();
    answer(&app, move |app, _| {
        let code = Code::new(&asked.code).ok_or(Fault::UnknownGrid)?;
        let key = app.desk.owner_of(&code)?.ok_or(Fault::UnknownGrid)?;
        let mut eras = Vec::new();
        for area in app.desk.communities_of(&asked.code)? {
            for (plan, from, to) in periods(&held, area, app.desk.today()) {
                let is_at_hand = held.plans().cut(plan.id, area).is_some();
                let slept = match is_at_hand {
                    true => Vec::new(),
                    false => app.desk.grids_of(plan.id, area)?,
                };
                let own = held.plans().grids(plan.id).filter(|grid| grid.community == area);
                let mut all = own.chain(&slept);
                let grid = all.find(|grid| grid.key == key);
                eras.extend(grid.map(|grid| Era::new(plan, from, to).of_grid(grid)));
            }
        }
        if eras.is_empty() {
            return Err(Fault::UnknownGrid.into());
        }
        Ok(json(&merged(eras)))
    })
    .await
}

/// Since when the border nearest to a place runs there, and between which grids; newest first.
#[utoipa::path(get, path = "/api/v1/history/border", tag = "history", params(PlaceAsk),
    responses((status = 200, body = Vec<Era>), (status = 404, description = "no border is near")))]
pub async fn border(
    State(app): State<Arc<App>>,
    Ask(asked): Ask<PlaceAsk>,
) -> Result<Response, Problem> {
    let held = app.desk.world();
    answer(&app, move |app, _| {
        let PlaceAsk { lon, lat } = asked;
        let pin = Pin::of(LonLat { lon, lat }).map_err(|_| Fault::BadPosition)?;
        let area = held.areas().at(pin).ok_or(Fault::NoBorder)?;
        let shard = held.shard(PlanChoice::Current, area).ok_or(Fault::NoBorder)?;
        let spot = shard.ground.border_near(pin, REACH_M).ok_or(Fault::NoBorder)?;
        let mut eras = Vec::new();
        for (plan, area, from, to) in lived_through(&held, area, app.desk.today()) {
            let world = with(app, &held, plan, area)?;
            let Some(shard) = world.shard(PlanChoice::Plan(plan.id), area) else { continue };
            let Some(here) = shard.ground.border_near(spot.at, SAME_M) else { continue };
            let sides = sides_of(&world, plan, here.sides);
            let told = |part: fn(&(String, String)) -> &str| {
                sides.iter().map(part).collect::<Vec<_>>().join(" | ")
            };
            eras.push(Era {
                grid: Some(told(|side| &side.0)),
                name: told(|side| &side.1),
                ..Era::new(plan, from, to)
            });
        }
        Ok(json(&merged(eras)))
    })
    .await
}

/// Code and name of the grids on both sides, by code.
fn sides_of(world: &World, plan: &Plan, sides: [Option<GridKey>; 2]) -> Vec<(String, String)> {
    let grids = sides.into_iter().flatten().filter_map(|key| world.plans().grid(plan.id, key));
    let mut sides: Vec<(String, String)> =
        grids.map(|grid| (grid.code.to_string(), grid.name.to_string())).collect();
    sides.sort_unstable();
    sides
}

/// Plans that counted in a community and in those it came of, each with its first and last day.
fn lived_through(
    world: &World,
    area: AreaId,
    today: Day,
) -> Vec<(&Plan, AreaId, Day, Option<Day>)> {
    let mut areas: Vec<AreaId> = world.areas().ancestors(area).into_iter().collect();
    areas.push(area);
    let of_area = |area: AreaId| {
        let ends = world.areas().get(area).and_then(|record| record.lineage.to);
        let all = periods(world, area, today).into_iter();
        // A plan that took its grids over says nothing of it.
        all.filter(move |(_, from, _)| ends.is_none_or(|ends| *from < ends))
            .map(move |(plan, from, to)| (plan, area, from, to))
    };
    let mut found: Vec<_> = areas.into_iter().flat_map(of_area).collect();
    found.sort_by_key(|(_, _, from, _)| *from);
    found
}

/// Plans that counted in a community up to `today`, oldest first, each with its first and last day.
fn periods(world: &World, area: AreaId, today: Day) -> Vec<(&Plan, Day, Option<Day>)> {
    let mut plans: Vec<(Day, &Plan)> = world
        .plans()
        .all()
        .filter(|plan| plan.is_published() && plan.areas.contains(&area))
        .filter_map(|plan| Some((plan.effective_from?, &**plan)))
        .collect();
    plans.sort_unstable_by_key(|(first, plan)| (*first, plan.id));
    let next = plans.iter().skip(1).map(|(first, _)| Some(Day(first.0 - 1))).chain([None]);
    let mut periods: Vec<(&Plan, Day, Option<Day>)> = plans
        .iter()
        .zip(next)
        .map(|((first, plan), last)| (*plan, *first, last))
        // One that was replaced on its very day never counted.
        .filter(|(_, first, last)| *first <= today && last.is_none_or(|last| last >= *first))
        .collect();
    periods.drain(..periods.len().saturating_sub(MAX_PLANS));
    periods
}

fn with(app: &App, held: &Arc<World>, plan: &Plan, area: AreaId) -> Result<Arc<World>, Problem> {
    let areas: BTreeSet<AreaId> = [area].into();
    world_of(app, held, (PlanChoice::Plan(plan.id), None), Some(&areas))
}
