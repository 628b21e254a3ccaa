//! Stations: what the register says of them, and whom they serve.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::grids::OnDay;
use crate::http::App;
use crate::http::ask::{Ask, json};
use crate::http::past::{About, answer_about};
use crate::http::problem::Problem;
use crate::http::wire::StationList;

/// All stations by code, closed ones too, with the communities each serves.
#[utoipa::path(get, path = "/api/v1/stations", tag = "stations", params(OnDay),
    responses((status = 200, body = StationList)))]
pub async fn stations(
    State(app): State<Arc<App>>,
    Ask(asked): Ask<OnDay>,
) -> Result<Response, Problem> {
    let about = About { at: asked.at, ..About::default() };
    answer_about(&app, about, |_, world, _| Ok(json(&StationList::new(world)))).await
}
