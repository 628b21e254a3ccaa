//! Reading questions: parameters and the things they name, each refused with a problem of its own.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, Query};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use axum::http::request::Parts;
use axum::response::Response;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::{Fault, Problem};
use crate::domain::ids::{AreaId, Code, PlanId};
use crate::domain::plan::Grid;
use crate::domain::register::area::Level;
use crate::domain::world::{PlanChoice, Shard, World};

/// The parameters of a request.
pub(super) struct Ask<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Ask<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match Query::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => {
                // The inner text names the parameter and its type, never its value.
                let about = std::error::Error::source(&rejection).map(ToString::to_string);
                Err(Problem { about: about.map(Into::into), ..Fault::BadQuery.into() })
            }
        }
    }
}

/// How deep a body may be nested.
const MAX_DEPTH: usize = 64;

/// The body of a request. Says where it does not fit, never what stands there.
pub(super) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if depth(body) > MAX_DEPTH {
        return Err(Fault::DeepJson.into());
    }
    serde_json::from_slice(body).map_err(|error| {
        let place = match (error.line(), error.column()) {
            (0, _) => "1:1".to_owned(),
            (line, column) => format!("{line}:{column}"),
        };
        Problem::about(Fault::BadJson, place)
    })
}

/// The deepest nesting of brackets outside texts.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_text, mut is_escaped) = (0usize, 0, false, false);
    for byte in body {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if in_text => is_escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// The plan named in a path: its number, or `current`.
pub(super) fn plan_choice(world: &World, text: &str) -> Result<PlanChoice, Problem> {
    if text == "current" {
        return Ok(PlanChoice::Current);
    }
    let id = text.parse().ok().and_then(PlanId::new).filter(|id| world.plans().get(*id).is_some());
    id.map(PlanChoice::Plan).ok_or_else(|| Fault::UnknownPlan.into())
}

/// The area with this code.
pub(super) fn area_choice(world: &World, code: &str) -> Result<AreaId, Problem> {
    let found = world.areas().by_code(code).map(|record| record.id);
    found.ok_or_else(|| Fault::UnknownArea.into())
}

/// The communities asked for: the one with this code, those under a wider area, or all.
pub(super) fn communities(world: &World, code: Option<&str>) -> Result<Vec<AreaId>, Problem> {
    let top = code.map(|code| area_choice(world, code)).transpose()?;
    Ok(match top.and_then(|id| world.areas().get(id)) {
        Some(record) if record.level == Level::Community => vec![record.id],
        _ => world.areas().communities(top),
    })
}

/// A grid by its code, with the community it lies in.
pub(super) fn grid_choice<'w>(
    world: &'w World,
    plan: PlanChoice,
    code: &str,
) -> Result<(&'w Arc<Shard>, &'w Arc<Grid>), Problem> {
    let unknown = || Problem::from(Fault::UnknownGrid);
    let code = Code::new(code).ok_or_else(unknown)?;
    let plans = world.plans();
    let mut in_question: Vec<PlanId> = match plan {
        PlanChoice::Plan(plan) => vec![plan],
        PlanChoice::Current => plans.current().values().copied().collect(),
    };
    in_question.sort_unstable();
    in_question.dedup();
    let found = in_question.into_iter().find_map(|id| {
        let grid = plans.grid(id, plans.key_of(id, code.as_str())?)?;
        let shard = world.shard(plan, grid.community)?;
        (shard.plan == id).then_some((shard, grid))
    });
    found.ok_or_else(unknown)
}

/// A reply in JSON that no cache keeps.
pub(super) fn json(value: &impl Serialize) -> Response {
    typed_json(value, "application/json")
}

/// As [`json`], of another media type.
pub(super) fn typed_json(value: &impl Serialize, media_type: &'static str) -> Response {
    let body = serde_json::to_vec(value).expect("twins are plain data");
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
