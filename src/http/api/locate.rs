//! Which grid, and who is responsible: for a place or for a building.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::place::{LonLat, Pin};
use crate::http::App;
use crate::http::ask::{Ask, json};
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{Located, located_building, located_pin};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LocateAsk {
    /// Longitude in degrees; with `lat`
    lon: Option<f64>,
    /// Latitude in degrees; with `lon`
    lat: Option<f64>,
    /// Code of a building, instead of a place
    building: Option<String>,
}

/// Area, grid and public contact of a place (`lon`, `lat`) or a building.
#[utoipa::path(get, path = "/api/v1/locate", tag = "locate", params(LocateAsk),
    responses((status = 200, body = Located), (status = 400, description = "no usable position"),
        (status = 404, description = "unknown building")))]
pub async fn locate(
    State(app): State<Arc<App>>,
    Ask(asked): Ask<LocateAsk>,
) -> Result<Response, Problem> {
    let world = app.desk.world();
    let located = match asked {
        LocateAsk { lon: Some(lon), lat: Some(lat), building: None } => {
            let pin = Pin::of(LonLat { lon, lat }).map_err(|_| Fault::BadPosition)?;
            located_pin(&world, pin)
        }
        LocateAsk { lon: None, lat: None, building: Some(code) } => {
            let id = world.town().id_of(&code).ok_or(Fault::UnknownBuilding)?;
            located_building(&world, id)
        }
        LocateAsk { .. } => return Err(Problem::about(Fault::BadQuery, "lon & lat | building")),
    };
    Ok(json(&located))
}
