//! Plans: what divides which communities, and since when.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use crate::domain::world::PlanChoice;
use crate::http::App;
use crate::http::ask::{json, plan_choice};
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{Plan, PlanList};

/// All plans, oldest first.
#[utoipa::path(get, path = "/api/v1/plans", tag = "plans",
    responses((status = 200, body = PlanList)))]
pub async fn plans(State(app): State<Arc<App>>) -> Response {
    let world = app.desk.world();
    json(&PlanList { revision: world.revision().0, plans: Plan::all(&world) })
}

/// One plan, or all that are in force as `current`.
#[utoipa::path(get, path = "/api/v1/plans/{plan}", tag = "plans",
    params(("plan" = String, Path, description = "number, or `current`")),
    responses((status = 200, body = Plan), (status = 404, description = "unknown plan")))]
pub async fn plan(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
) -> Result<Response, Problem> {
    let world = app.desk.world();
    Ok(json(&match plan_choice(&world, &plan)? {
        PlanChoice::Current => Plan::current(&world),
        PlanChoice::Plan(id) => Plan::new(&world, world.plans().get(id).ok_or(Fault::UnknownPlan)?),
    }))
}
