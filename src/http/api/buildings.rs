//! Single buildings.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use crate::http::App;
use crate::http::ask::json;
use crate::http::problem::{Fault, Problem};
use crate::http::wire::BuildingDetail;

/// One building: its facts, counts, grid and why it is there.
#[utoipa::path(get, path = "/api/v1/buildings/{code}", tag = "buildings",
    params(("code" = String, Path, description = "code")),
    responses((status = 200, body = BuildingDetail), (status = 404, description = "unknown")))]
pub async fn building(
    State(app): State<Arc<App>>,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    let world = app.desk.world();
    let detail = BuildingDetail::new(&world, &code).ok_or(Fault::UnknownBuilding)?;
    Ok(json(&detail))
}
