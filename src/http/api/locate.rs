//! Which grid, and who is responsible: for a place or for a building.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::ids::AreaId;
use crate::domain::place::{LonLat, Pin};
use crate::http::ask::{Ask, json};
use crate::http::past::{plan_and_day, world_of};
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{Located, located_building, located_pin};
use crate::http::{App, answer};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LocateAsk {
    /// Longitude in degrees; with `lat`
    lon: Option<f64>,
    /// Latitude in degrees; with `lon`
    lat: Option<f64>,
    /// Code of a building, instead of a place
    building: Option<String>,
    /// A day as YYYY-MM-DD: what counted, or will count, then; with the plan `current` only
    at: Option<String>,
}

/// Area, grid and public contact of a place (`lon`, `lat`) or a building.
#[utoipa::path(get, path = "/api/v1/locate", tag = "locate", params(LocateAsk),
    responses((status = 200, body = Located), (status = 400, description = "no usable position"),
        (status = 404, description = "unknown building")))]
pub async fn locate(
    State(app): State<Arc<App>>,
    Ask(asked): Ask<LocateAsk>,
) -> Result<Response, Problem> {
    let held = app.desk.world();
    answer(&app, move |app, _| {
        let (plan, day) = plan_and_day(&held, None, asked.at.as_deref())?;
        let world_for = |community: Option<AreaId>| {
            let areas: BTreeSet<AreaId> = community.into_iter().collect();
            world_of(app, &held, (plan, day), Some(&areas))
        };
        Ok(json(&match asked {
            LocateAsk { lon: Some(lon), lat: Some(lat), building: None, at: _ } => {
                let pin = Pin::of(LonLat { lon, lat }).map_err(|_| Fault::BadPosition)?;
                located_pin(&*world_for(held.areas().at(pin))?, pin)
            }
            LocateAsk { lon: None, lat: None, building: Some(code), at: _ } => {
                let id = held.town().id_of(&code).ok_or(Fault::UnknownBuilding)?;
                let community = held.town().find(id).and_then(|(community, _, _)| community);
                located_building(&*world_for(community)?, id)
            }
            LocateAsk { .. } => {
                return Err(Problem::about(Fault::BadQuery, "lon & lat | building"));
            }
        }))
    })
    .await
}
