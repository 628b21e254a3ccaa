//! Files to take away.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::Response;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::domain::world::PlanChoice;
use crate::export::{Export, Format, MemberCells, What, write};
use crate::http::ask::{Ask, area_choice, plan_choice};
use crate::http::past::world_of_both;
use crate::http::problem::{Fault, Problem};
use crate::http::{App, answer};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportAsk {
    /// Number of a plan, or `current` (when not said)
    plan: Option<String>,
    /// The plan it is held against, by number, or `current` (when not said)
    against: Option<String>,
    /// Only what lies under the area with this code
    area: Option<String>,
}

/// What a plan changes against another, as a file: `diff.csv` lists the buildings that move, `diff.xlsx` has a
/// sheet of grids besides.
#[utoipa::path(get, path = "/api/v1/exports/{name}", tag = "exports",
    params(("name" = String, Path, description = "`diff.csv` or `diff.xlsx`"), ExportAsk),
    responses((status = 200, content(
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = 404, description = "unknown file, plan or area")))]
pub async fn export(
    State(app): State<Arc<App>>,
    Path(name): Path<String>,
    Ask(asked): Ask<ExportAsk>,
) -> Result<Response, Problem> {
    let format = match name.as_str() {
        "diff.csv" => Format::Csv,
        "diff.xlsx" => Format::Xlsx,
        _ => return Err(Fault::UnknownExport.into()),
    };
    let held = app.desk.world();
    answer(&app, move |app, _| {
        let choice =
            |text: &Option<String>| plan_choice(&held, text.as_deref().unwrap_or("current"));
        let (plan, against) = (choice(&asked.plan)?, choice(&asked.against)?);
        let area = asked.area.as_deref().map(|code| area_choice(&held, code)).transpose()?;
        let within = area.map(|area| held.areas().communities(Some(area)).into_iter().collect());
        let world = &*world_of_both(app, &held, [plan, against], within.as_ref())?;
        let wanted = Export { world, plan, against, area, members: MemberCells::Shown };
        let mut bytes = Vec::new();
        write(&wanted, What::Diff, format, &mut bytes).map_err(|_| Fault::Internal)?;
        let named = |choice: PlanChoice| match choice {
            PlanChoice::Current => "current".to_owned(),
            PlanChoice::Plan(id) => id.get().to_string(),
        };
        let ending = name.trim_start_matches("diff.");
        let file = format!("diff-{}-{}.{ending}", named(against), named(plan));
        let mut response = Response::new(Body::from(bytes));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        let disposition = HeaderValue::try_from(format!("attachment; filename=\"{file}\""));
        headers.insert(CONTENT_DISPOSITION, disposition.expect("digits and letters"));
        Ok(response)
    })
    .await
}
