//! The server about itself: does it live, is it fit to serve, who is asking.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::domain::world::World;
use crate::http::ask::json;
use crate::http::problem::{Fault, Problem};
use crate::http::who::Who;
use crate::http::wire::{Bilingual, DatabaseNote, Health, KindBand, Me, Profile};
use crate::http::{App, answer};

/// The process lives.
#[utoipa::path(get, path = "/healthz", tag = "server",
    responses((status = 200, body = Health)))]
pub async fn healthz() -> Response {
    json(&Health { status: "ok" })
}

/// Database and disk are fit to serve.
#[utoipa::path(get, path = "/readyz", tag = "server",
    responses((status = 200, body = Health), (status = 503, description = "not fit")))]
pub async fn readyz(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    answer(&app, |app, world| {
        let stored = app.desk.with_reader(|reader| reader.revision());
        let stored = stored.map_err(|error| {
            tracing::error!(%error, "the database cannot be read");
            Fault::Store
        })?;
        if stored < world.revision() {
            return Err(Fault::Store.into());
        }
        if let Some(folder) = &app.options.folder {
            probe(folder).map_err(|error| {
                tracing::error!(%error, "the disk cannot be written");
                Fault::DiskFull
            })?;
        }
        Ok(json(&Health { status: "ok" }))
    })
    .await
}

/// Writes a page to the disk and takes it away again.
fn probe(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!(".lifang-ready-{}", std::process::id()));
    let written = std::fs::write(&path, [0; 4096]);
    let removed = std::fs::remove_file(&path);
    written.and(removed)
}

/// Who is asking, what may they do, what is this database.
#[utoipa::path(get, path = "/api/v1/me", tag = "server", responses((status = 200, body = Me)))]
pub async fn me(State(app): State<Arc<App>>, Who(actor): Who) -> Response {
    let world = app.desk.world();
    json(&Me {
        actor: actor.name.into(),
        accounts: false,
        may: vec!["*"],
        loopback: true,
        version: env!("CARGO_PKG_VERSION"),
        revision: world.revision().0,
        database: database_note(&world),
        profile: Profile::from(world.profile()),
        bands: own_bands(&world),
    })
}

/// Bands of kinds of communities that differ from the one for all.
fn own_bands(world: &World) -> Vec<KindBand> {
    let mut by_kind = BTreeMap::new();
    for area in world.areas().communities(None) {
        if let Some(record) = world.areas().get(area) {
            by_kind.entry(record.kind.to_string()).or_insert_with(|| world.profile_of(area));
        }
    }
    by_kind.retain(|_, profile| *profile != world.profile());
    let band = |(kind, profile)| KindBand { kind, profile: Profile::from(profile) };
    by_kind.into_iter().map(band).collect()
}

fn database_note(world: &World) -> DatabaseNote {
    let setting = |key: &str| world.setting(key).map(str::to_owned);
    let title = |key: &str, otherwise: &str| setting(key).unwrap_or_else(|| otherwise.to_owned());
    DatabaseNote {
        title: Bilingual { zh: title("title.zh", "里坊"), en: title("title.en", "Lifang") },
        made_up: world.setting("made_up") == Some("true"),
        attribution: setting("attribution"),
    }
}
