//! Vector tiles as HTTP gives them: entity tags, 304, gzip, 204 for nothing there.
//!
//! A held tile that is still true is answered at once; only a build goes to the blocking pool, one a core
//! at a time. `no-cache` makes browsers ask each time, and the answer is mostly a 304.
//!
//! **Why** no time limit in the browser's cache: a map that is wrong for a minute is a wrong map.

use std::num::NonZeroUsize;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, RawPathParams, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HOST, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use super::App;
use super::ask::{Ask, json};
use super::past::{plan_and_day, world_of};
use super::problem::{Fault, Problem};
use crate::domain::world::World;
use crate::tiles::cache::{Tile, TileCache, TileKey};
use crate::tiles::frame::Frame;
use crate::tiles::{Layers, TileError, TileId, tile_json as describe};

/// Memory for finished tiles.
const CACHE_BYTES: usize = 96 << 20;
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/vnd.mapbox-vector-tile");

/// The cache and the right to build.
pub(super) struct Tiles {
    cache: TileCache,
    builds: Arc<Semaphore>,
}

impl std::fmt::Debug for Tiles {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tiles").field("bytes", &self.cache.n_bytes()).finish()
    }
}

impl Tiles {
    pub fn new(n_builds: usize) -> Self {
        let capacity = NonZeroUsize::new(CACHE_BYTES).expect("not zero");
        Self { cache: TileCache::new(capacity), builds: Arc::new(Semaphore::new(n_builds)) }
    }
}

impl From<TileError> for Problem {
    fn from(error: TileError) -> Self {
        match error {
            TileError::OutOfRange { .. } => Fault::BadTile.into(),
            TileError::UnknownLayer(_) => Fault::UnknownLayer.into(),
        }
    }
}

/// One vector tile of one or several layers.
#[utoipa::path(get, path = "/tiles/{plan}/{layers}/{z}/{x}/{y}", tag = "tiles",
    params(("plan" = String, Path, description = "number, or `current`"),
        ("layers" = String, Path, description = "areas, grids, borders, labels, buildings, gaps, stations, base; comma-separated"),
        ("z" = u8, Path, description = "5 to 20"), ("x" = u32, Path), ("y" = u32, Path), DayAsk),
    responses(
        (status = 200, content_type = "application/vnd.mapbox-vector-tile", body = Vec<u8>),
        (status = 204, description = "nothing there"), (status = 304, description = "as you know it"),
        (status = 400, description = "out of range"), (status = 404, description = "unknown plan or layer")))]
pub async fn tile(
    State(app): State<Arc<App>>,
    params: RawPathParams,
    Ask(asked): Ask<DayAsk>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let world = app.desk.world();
    let key = key_of(&world, &params, asked.at.as_deref())?;
    let tile = match app.tiles.cache.peek(&world, &key) {
        Some(tile) => tile,
        None => build(&app, world, key).await?,
    };
    Ok(reply(&tile, &headers))
}

/// The day a tile is asked of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DayAsk {
    /// A day as YYYY-MM-DD: what counted, or will count, then; with the plan `current` only
    at: Option<String>,
}

fn key_of(world: &World, params: &RawPathParams, at: Option<&str>) -> Result<TileKey, Problem> {
    let param = |name: &str| params.iter().find(|(known, _)| *known == name).map_or("", |(_, v)| v);
    let (plan, at) = plan_and_day(world, Some(param("plan")), at)?;
    let layers = Layers::parse(param("layers"))?;
    let y = param("y");
    let y = y.strip_suffix(".mvt").or_else(|| y.strip_suffix(".pbf")).unwrap_or(y);
    let number = |text: &str| text.parse::<u32>().map_err(|_| Fault::BadTile);
    let z = u8::try_from(number(param("z"))?).map_err(|_| Fault::BadTile)?;
    let tile = TileId::new(z, number(param("x"))?, number(y)?)?;
    Ok(TileKey { plan, at, layers, tile })
}

async fn build(app: &Arc<App>, world: Arc<World>, key: TileKey) -> Result<Arc<Tile>, Problem> {
    let permit = Arc::clone(&app.tiles.builds).acquire_owned().await.map_err(|_| Fault::Closing)?;
    let app = Arc::clone(app);
    let builder = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        // What of the past lies in the tile is fetched, and no more.
        let near = world.communities_meeting(&Frame::new(key.tile).extent);
        let world = world_of(&app, &world, (key.plan, key.at), Some(&near))?;
        Ok(app.tiles.cache.get(&world, &key))
    });
    builder.await.unwrap_or_else(|_| {
        tracing::error!("building a tile panicked");
        Err(Fault::Internal.into())
    })
}

fn reply(tile: &Tile, headers: &HeaderMap) -> Response {
    let takes_gzip = takes_gzip(headers);
    // The two encodings are two representations: each has a strong tag of its own.
    let etag = match takes_gzip {
        true => HeaderValue::from_str(&tile.etag),
        false => HeaderValue::from_str(&format!("{}-plain\"", tile.etag.trim_end_matches('"'))),
    };
    let etag = etag.expect("a tag is hexadecimal");
    let (status, body) = if knows(headers, etag.as_bytes()) {
        (StatusCode::NOT_MODIFIED, Body::empty())
    } else if tile.is_empty() {
        (StatusCode::NO_CONTENT, Body::empty())
    } else if takes_gzip {
        (StatusCode::OK, Body::from(Bytes::from_owner(Arc::clone(&tile.gzip))))
    } else {
        (StatusCode::OK, Body::from(tile.plain()))
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    if status == StatusCode::OK {
        headers.insert(CONTENT_TYPE, MEDIA_TYPE);
        if takes_gzip {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
    }
    headers.insert(ETAG, etag);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

/// Whether gzip is named, or anything goes, and is not refused. Without the header: plain, as a client
/// that does not speak of encodings most likely cannot undo one.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let Some(text) = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let weight_of = |wanted: &str| {
        text.split(',').find_map(|part| {
            let (name, rest) = part.split_once(';').unwrap_or((part, ""));
            let weight = rest.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse::<f32>);
            name.trim().eq_ignore_ascii_case(wanted).then(|| weight.unwrap_or(0.0))
        })
    };
    weight_of("gzip").or_else(|| weight_of("*")).is_some_and(|weight| weight > 0.0)
}

/// Whether `If-None-Match` names this tag.
fn knows(headers: &HeaderMap, etag: &[u8]) -> bool {
    headers.get_all(IF_NONE_MATCH).iter().any(|value| {
        value.as_bytes().split(|byte| *byte == b',').any(|part| {
            let part = part.trim_ascii();
            // Compared weakly, as the header asks: proxies may have weakened it.
            part == b"*" || part.strip_prefix(b"W/").unwrap_or(part) == etag
        })
    })
}

/// TileJSON 3.0.0.
#[derive(Debug, Serialize, ToSchema)]
pub struct TileJson {
    tilejson: &'static str,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribution: Option<String>,
    scheme: &'static str,
    tiles: Vec<String>,
    minzoom: u8,
    maxzoom: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    bounds: Option<[f64; 4]>,
    vector_layers: Vec<VectorLayer>,
}

#[derive(Debug, Serialize, ToSchema)]
struct VectorLayer {
    id: &'static str,
    minzoom: u8,
    maxzoom: u8,
    fields: std::collections::BTreeMap<&'static str, &'static str>,
}

/// What a choice of layers offers.
#[utoipa::path(get, path = "/tiles/{plan}/{layers}", tag = "tiles",
    params(("plan" = String, Path, description = "number, or `current`"),
        ("layers" = String, Path, description = "comma-separated"), DayAsk),
    responses((status = 200, body = TileJson), (status = 404, description = "unknown plan or layer")))]
pub async fn tile_json(
    State(app): State<Arc<App>>,
    Path((plan, layers)): Path<(String, String)>,
    Ask(asked): Ask<DayAsk>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let world = app.desk.world();
    let (_, day) = plan_and_day(&world, Some(&plan), asked.at.as_deref())?;
    let at = day.map_or_else(String::new, |day| format!("?at={day}"));
    let layers = layers.strip_suffix(".json").ok_or(Fault::UnknownRoute)?;
    let crate::tiles::TileJson { name, attribution, min_zoom, max_zoom, bounds, layers } =
        describe(&world, Layers::parse(layers)?);
    // The guard has let this name through.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
    let vector_layers = layers.into_iter().map(|layer| {
        let crate::tiles::VectorLayer { id, min_zoom, max_zoom, fields } = layer;
        let fields = fields.iter().copied().collect();
        VectorLayer { id, minzoom: min_zoom, maxzoom: max_zoom, fields }
    });
    Ok(json(&TileJson {
        tilejson: "3.0.0",
        tiles: vec![format!("http://{host}/tiles/{plan}/{name}/{{z}}/{{x}}/{{y}}{at}")],
        name,
        attribution,
        scheme: "xyz",
        minzoom: min_zoom,
        maxzoom: max_zoom,
        bounds,
        vector_layers: vector_layers.collect(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: axum::http::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn gzip_is_given_to_those_who_take_it() {
        for taken in ["gzip", "gzip, br", "br;q=1, gzip;q=0.5", "*", "GZIP"] {
            assert!(takes_gzip(&with(ACCEPT_ENCODING, taken)), "{taken}");
        }
        for refused in ["", "identity", "br", "gzip;q=0", "gzip;q=0, *"] {
            assert!(!takes_gzip(&with(ACCEPT_ENCODING, refused)), "{refused}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }

    #[test]
    fn known_tags_are_recognized() {
        for known in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*"] {
            assert!(knows(&with(IF_NONE_MATCH, known), b"\"a\""), "{known}");
        }
        assert!(!knows(&with(IF_NONE_MATCH, "\"b\""), b"\"a\""));
        assert!(!knows(&HeaderMap::new(), b"\"a\""));
    }
}
