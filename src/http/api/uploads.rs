//! Files coming in: streamed to memory within a limit, read on the blocking pool, given to the desk.
//!
//! **Why** the whole file before anything is read: a file that breaks off must leave no trace, and the
//! readers want to look at a file more than once. Memory is bounded by how many may come in at a time.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout};
use utoipa::ToSchema;

use crate::domain::measure::Day;
use crate::domain::register::rows::ImportKind;
use crate::domain::world::World;
use crate::http::ask::json;
use crate::http::guard::FORM_BYTES;
use crate::http::lang::Lang;
use crate::http::problem::{Fault, Problem};
use crate::http::who::Who;
use crate::http::wire::{self, FileNote, ImportReport, Inspection};
use crate::http::{App, HttpOptions, answer};
use crate::import::{self, ImportOptions, Sheet};

/// Slower than this on average, and an upload is given up.
const MIN_BYTES_PER_SECOND: u64 = 1_024;
/// Slips along borders up to this many metres are sewn together.
const TOLERANCE_M: f64 = 0.5;
/// Fields of a form beside its file.
const MAX_FIELDS: usize = 16;

/// The form of an import.
#[derive(Debug, Default, ToSchema)]
#[allow(dead_code, reason = "read for the description of the API")]
pub struct ImportForm {
    #[schema(format = Binary, value_type = String)]
    file: String,
    /// `auto`, `4490`, `4326`, `gcj02`, `bd09` or an EPSG number
    datum: Option<String>,
    /// Code of the community of rows that state none
    community: Option<String>,
    /// `field=header,field=header`
    columns: Option<String>,
    /// First day imported grids count, `YYYY-MM-DD`
    effective: Option<String>,
    /// `true` to see what would happen
    dry_run: Option<String>,
}

/// A form as it came in.
#[derive(Debug, Default)]
struct Form {
    name: String,
    bytes: Option<Vec<u8>>,
    texts: Vec<(String, String)>,
}

impl Form {
    /// The value of a field; `None` when it is missing or empty.
    fn text(&self, name: &str) -> Option<&str> {
        let found = self.texts.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }
}

/// Reads a file into the database; all or nothing, rows that cannot be used are named.
#[utoipa::path(post, path = "/api/v1/imports/{name}", tag = "imports",
    params(("name" = String, Path, description = "areas, grids, buildings, households, members, barriers or stations")),
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = ImportReport), (status = 413, description = "too large"),
        (status = 422, description = "the file cannot be read; issues say where")))]
pub async fn import_file(
    State(app): State<Arc<App>>,
    Path(kind): Path<String>,
    Who(actor): Who,
    lang: Lang,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let kind = ImportKind::of_word(&kind).ok_or(Fault::UnknownKind)?;
    let (form, permit) = receive(&app, multipart).await?;
    let dry_run = matches!(form.text("dry_run"), Some("true" | "1" | "on" | "yes"));
    let read = answer(&app, move |app, world| {
        let (name, effective, sheet) = read(&app.options, world, kind, form)?;
        let (datum, dropped_columns) = (sheet.datum.to_string(), sheet.dropped_columns.clone());
        let command = sheet.into_command(&name, TOLERANCE_M, effective);
        // Comes back with the rows: a caller who hangs up does not free the place too early.
        Ok((permit, name, datum, dropped_columns, command))
    });
    let (permit, file, datum, dropped_columns, command) = read.await?;
    let outcome = if dry_run {
        answer(&app, move |app, _| app.desk.preview(command, &actor).map_err(Problem::from)).await?
    } else {
        app.desk.submit(command, actor).await?
    };
    drop(permit);
    let note = FileNote {
        kind: kind.word(),
        file: &file,
        datum: &datum,
        dropped_columns: &dropped_columns,
        dry_run,
    };
    Ok(json(&wire::import_report(&note, &outcome, lang)))
}

/// Looks at a file: kind, columns, encoding, datum. Changes nothing, keeps nothing.
#[utoipa::path(post, path = "/api/v1/imports/auto/inspect", tag = "imports",
    request_body(content = ImportForm, content_type = "multipart/form-data"),
    responses((status = 200, body = Inspection), (status = 413, description = "too large"),
        (status = 422, description = "the file cannot be read")))]
pub async fn inspect_file(
    State(app): State<Arc<App>>,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<Response, Problem> {
    let (form, permit) = receive(&app, multipart).await?;
    answer(&app, move |_, world| {
        let _permit = permit;
        let bytes = form.bytes.as_deref().ok_or(Fault::NoFile)?;
        let found = import::inspect(&form.name, bytes)?;
        Ok(json(&wire::inspection(world, &found)))
    })
    .await
}

/// Takes in a form within the limits; the permit is held as long as its bytes may be.
async fn receive(
    app: &Arc<App>,
    multipart: Result<Multipart, MultipartRejection>,
) -> Result<(Form, OwnedSemaphorePermit), Problem> {
    let mut multipart = multipart.map_err(|_| Fault::NotMultipart)?;
    let idle = app.options.idle_timeout;
    let permit = timeout(idle, Arc::clone(&app.imports).acquire_owned()).await;
    let permit = permit.map_err(|_| Fault::Busy)?.map_err(|_| Fault::Closing)?;
    let mut form = Form::default();
    let mut pace = Pace::new(idle);
    let mut n_fields = 0;
    while let Some(field) = pace.wait(multipart.next_field()).await? {
        n_fields += 1;
        if n_fields > MAX_FIELDS {
            return Err(Fault::BadMultipart.into());
        }
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            form.name = file_name(field.file_name().unwrap_or_default());
            form.bytes = Some(take(field, &mut pace, app.options.import_bytes).await?);
        } else {
            let bytes = take(field, &mut pace, FORM_BYTES / MAX_FIELDS as u64).await?;
            let text = String::from_utf8(bytes).map_err(|_| Fault::BadMultipart)?;
            form.texts.push((name, text));
        }
    }
    if form.bytes.is_none() {
        return Err(Fault::NoFile.into());
    }
    Ok((form, permit))
}

async fn take(mut field: Field<'_>, pace: &mut Pace, limit: u64) -> Result<Vec<u8>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = pace.wait(field.chunk()).await? {
        pace.bytes += chunk.len() as u64;
        if (bytes.len() + chunk.len()) as u64 > limit {
            return Err(Problem::about(Fault::BigBody, format!("{limit} B")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// Watches over a slow sender: neither silent for long nor dripping for ever.
struct Pace {
    idle: Duration,
    began: Instant,
    bytes: u64,
}

impl Pace {
    fn new(idle: Duration) -> Self {
        Self { idle, began: Instant::now(), bytes: 0 }
    }

    async fn wait<T>(
        &self,
        part: impl Future<Output = Result<T, axum::extract::multipart::MultipartError>>,
    ) -> Result<T, Problem> {
        let allowed = self.idle + Duration::from_secs(self.bytes / MIN_BYTES_PER_SECOND);
        if self.began.elapsed() > allowed {
            return Err(Fault::SlowBody.into());
        }
        match timeout(self.idle, part).await {
            Err(_) => Err(Fault::SlowBody.into()),
            Ok(Ok(part)) => Ok(part),
            Ok(Err(error)) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Fault::BigBody.into())
            }
            Ok(Err(_)) => Err(Fault::BadMultipart.into()),
        }
    }
}

/// The last part of a path as browsers of all systems send it, without control characters.
fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    last.chars().filter(|letter| !letter.is_control()).take(200).collect()
}

/// Name and rows of a file, and the first day its grids count. Cost: O(bytes).
fn read(
    options: &HttpOptions,
    world: &World,
    kind: ImportKind,
    form: Form,
) -> Result<(String, Day, Sheet), Problem> {
    let mut wanted = ImportOptions::new(kind);
    wanted.max_bytes = options.import_bytes;
    wanted.max_vertices = options.file_vertices;
    wanted.max_ring_vertices = options.ring_vertices;
    wanted.max_depth = options.json_depth;
    wanted.datum = form.text("datum").unwrap_or("auto").parse()?;
    wanted.community = form.text("community").map(Into::into);
    if let Some(columns) = form.text("columns") {
        wanted.columns = ImportOptions::parse_columns(columns).ok_or(Fault::BadColumns)?;
    }
    let extent = world.areas().extent();
    wanted.near = (!extent.is_empty()).then(|| extent.center().lon_lat());
    let effective = match form.text("effective") {
        Some(text) => text.parse().map_err(|()| Problem::about(Fault::BadQuery, "effective"))?,
        None => crate::desk::today(),
    };
    let Form { name, bytes, texts: _ } = form;
    let bytes = bytes.ok_or(Fault::NoFile)?;
    let sheet = import::read(&name, &bytes, &wanted, &mut |_, _| {})?;
    Ok((name, effective, sheet))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_names_only() {
        assert_eq!(file_name("C:\\temp\\楼栋.csv"), "楼栋.csv");
        assert_eq!(file_name("../../etc/passwd"), "passwd");
        assert_eq!(file_name("a\u{7}b"), "ab");
    }
}
