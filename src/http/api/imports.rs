//! The timeline of imports.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use crate::domain::ids::BatchId;
use crate::http::App;
use crate::http::ask::json;
use crate::http::lang::Lang;
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{Batch, BatchList, ImportReport, batch_report};

/// All imports, newest first.
#[utoipa::path(get, path = "/api/v1/imports", tag = "imports",
    responses((status = 200, body = BatchList)))]
pub async fn imports(State(app): State<Arc<App>>) -> Response {
    let world = app.desk.world();
    let imports = world.batches().values().rev().map(|batch| Batch::from(&**batch)).collect();
    json(&BatchList { imports })
}

/// The report of one import. (One place in a path has one name: posting a file puts its kind here.)
#[utoipa::path(get, path = "/api/v1/imports/{name}", tag = "imports",
    params(("name" = String, Path, description = "number of the import")),
    responses((status = 200, body = ImportReport), (status = 404, description = "unknown")))]
pub async fn import(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    lang: Lang,
) -> Result<Response, Problem> {
    let world = app.desk.world();
    let id = id.parse().ok().and_then(BatchId::new);
    let batch = id.and_then(|id| world.batches().get(&id)).ok_or(Fault::UnknownImport)?;
    Ok(json(&batch_report(batch, lang)))
}
