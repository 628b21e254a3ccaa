//! Drafts: started, edited, previewed, taken back, told.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::desk::Outcome;
use crate::domain::decide::Command;
use crate::domain::decide::edits::{StartPlan, TakeBack, entries_since, prepare};
use crate::domain::ids::PlanId;
use crate::domain::measure::Revision;
use crate::domain::plan::log::taken_back;
use crate::domain::world::{PlanChoice, World};
use crate::http::ask::{Ask, area_choice, json, plan_choice, read_json};
use crate::http::lang::Lang;
use crate::http::past::{About, answer_about};
use crate::http::post::Post;
use crate::http::problem::{Fault, Problem};
use crate::http::who::Who;
use crate::http::wire::{
    EditBody, EditOutcome, FabricSheet, HistoryRow, Plan, ProblemBody, Unsayable, history_codes,
};
use crate::http::{App, answer};

/// Entries of a history in one answer, at most.
const MAX_ENTRIES: usize = 1_000;

/// A new draft.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StartBody {
    title: String,
    /// Number of a plan, `"current"`, or null to start from nothing.
    #[schema(value_type = Option<Object>)]
    based_on: Option<BasedOn>,
    /// Codes of communities; empty: all of the plan it starts from.
    #[serde(default)]
    areas: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum BasedOn {
    Number(u32),
    Word(String),
}

/// Starts a draft and weaves its base cells.
#[utoipa::path(post, path = "/api/v1/plans", tag = "plans", request_body = StartBody,
    responses((status = 201, body = Plan), (status = 404, body = ProblemBody, description = "unknown plan or area"),
        (status = 422, body = ProblemBody, description = "no community, or one the plan does not divide")))]
pub async fn start(
    State(app): State<Arc<App>>,
    Who(actor): Who,
    body: Bytes,
) -> Result<Response, Problem> {
    let asked: StartBody = read_json(&body)?;
    let start = answer(&app, move |_, world| {
        let based_on = match asked.based_on {
            None => None,
            Some(BasedOn::Number(number)) => Some(plan_choice(world, &number.to_string())?),
            Some(BasedOn::Word(word)) => Some(plan_choice(world, &word)?),
        };
        let areas =
            asked.areas.iter().map(|code| area_choice(world, code)).collect::<Result<_, _>>()?;
        let mut start =
            StartPlan { title: asked.title.into(), based_on, areas, prepared: Vec::new() };
        start.prepared = prepare(world, &start);
        Ok(start)
    });
    let outcome = app.desk.submit(Command::Start(Box::new(start.await?)), actor).await?;
    let (edited, [_, world]) = outcome.edited.as_ref().ok_or(Fault::Internal)?;
    let plan = world.plans().get(edited.plan).ok_or(Fault::Internal)?;
    Ok((StatusCode::CREATED, json(&Plan::new(world, plan))).into_response())
}

/// Strokes on a draft, all or nothing.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/edits", tag = "plans", request_body = EditBody,
    params(("plan" = u32, Path, description = "number of a draft")),
    responses((status = 200, body = EditOutcome), (status = 409, body = ProblemBody, description = "locked, or not a draft"),
        (status = 412, body = ProblemBody, description = "somebody changed what it touches"),
        (status = 422, body = ProblemBody, description = "would leave the draft unsound; says where")))]
pub async fn edit(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let (plan, command) = command_of(&app, &post)?;
    let done = app.desk.submit(command, post.actor).await;
    tell(&app, plan, done, post.lang).await
}

/// The same without doing it.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/edits/preview", tag = "plans", request_body = EditBody,
    params(("plan" = u32, Path, description = "number of a draft")),
    responses((status = 200, body = EditOutcome), (status = 409, body = ProblemBody), (status = 412, body = ProblemBody),
        (status = 422, body = ProblemBody)))]
pub async fn preview(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let (plan, command) = command_of(&app, &post)?;
    answer(&app, move |app, world| {
        let done = app.desk.preview(command, &post.actor);
        outcome(world, plan, done, post.lang)
    })
    .await
}

/// What may go with taking back; all of it may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct TakeBackBody {
    /// Revision the planner looked at: refused when something was done to the plan since.
    base: Option<u64>,
    /// The client's name for it; the same name twice has the effect of once.
    #[serde(default)]
    id: String,
}

/// Takes the newest edit of a draft back.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/undo", tag = "plans", request_body = TakeBackBody,
    params(("plan" = u32, Path, description = "number of a draft")),
    responses((status = 200, body = EditOutcome), (status = 409, body = ProblemBody, description = "nothing to take back, or built on")))]
pub async fn undo(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    take_back(&app, post, false).await
}

/// Does again what was taken back last.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/redo", tag = "plans", request_body = TakeBackBody,
    params(("plan" = u32, Path, description = "number of a draft")),
    responses((status = 200, body = EditOutcome), (status = 409, body = ProblemBody, description = "nothing to do again, or built on")))]
pub async fn redo(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    take_back(&app, post, true).await
}

async fn take_back(app: &Arc<App>, post: Post, is_redo: bool) -> Result<Response, Problem> {
    let plan = plan_of(&app.desk.world(), &post.of)?;
    let TakeBackBody { base, id } = post.read_or_default()?;
    let wish = TakeBack { plan, is_redo, base: base.map(Revision), id: id.into(), taken: None };
    let done = app.desk.submit(Command::TakeBack(Box::new(wish)), post.actor).await;
    tell(app, plan, done, post.lang).await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct HistoryAsk {
    /// Only what came after this revision; when not said, the newest
    since: Option<u64>,
    /// At most so many, 1000 when not said
    limit: Option<usize>,
}

/// What was done to a plan, oldest first.
#[utoipa::path(get, path = "/api/v1/plans/{plan}/history", tag = "plans",
    params(("plan" = u32, Path, description = "number of a plan"), HistoryAsk),
    responses((status = 200, body = Vec<HistoryRow>), (status = 404, description = "unknown plan")))]
pub async fn history(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
    Ask(asked): Ask<HistoryAsk>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let lang = Lang::of(&headers);
    answer(&app, move |app, world| {
        let plan = plan_of(world, &plan)?;
        let mut log = world.plans().log(plan);
        let papers;
        if world.plans().asleep(plan).next().is_some() {
            papers = app.desk.papers(plan)?;
            log = &papers.log;
        }
        let limit = asked.limit.unwrap_or(MAX_ENTRIES).min(MAX_ENTRIES);
        let undone = taken_back(log);
        let row = |entry: &Arc<crate::domain::plan::log::Entry>| {
            let codes = history_codes(world, plan, &entry.grids);
            HistoryRow::new(entry, codes, undone.contains(&entry.revision), lang)
        };
        let rows: Vec<HistoryRow> =
            entries_since(log, asked.since.map(Revision), limit).iter().map(row).collect();
        Ok(json(&rows))
    })
    .await
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FabricAsk {
    /// Code of a community
    community: String,
}

/// Exact cells and seams of one community, for the editor.
#[utoipa::path(get, path = "/api/v1/plans/{plan}/fabric", tag = "plans",
    params(("plan" = String, Path, description = "number of a plan, or `current`"), FabricAsk),
    responses((status = 200, body = FabricSheet), (status = 404, description = "unknown plan or community")))]
pub async fn fabric(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
    Ask(asked): Ask<FabricAsk>,
) -> Result<Response, Problem> {
    let about = About { plan: Some(plan), at: None, area: Some(asked.community.clone()) };
    answer_about(&app, about, move |_, world, plan| {
        let area = area_choice(world, &asked.community)?;
        let shard = world.shard(plan, area).ok_or(Fault::UnknownArea)?;
        Ok(json(&FabricSheet::new(world, shard)))
    })
    .await
}

/// The plan with this number; `current` is not one that can be edited.
pub(super) fn plan_of(world: &World, text: &str) -> Result<PlanId, Problem> {
    match plan_choice(world, text)? {
        PlanChoice::Plan(plan) => Ok(plan),
        PlanChoice::Current => Err(Fault::NotDraft.into()),
    }
}

fn command_of(app: &App, post: &Post) -> Result<(PlanId, Command), Problem> {
    let plan = plan_of(&app.desk.world(), &post.of)?;
    let body: EditBody = post.read()?;
    let edit = body
        .into_edit(plan)
        .map_err(|Unsayable(code, number)| Problem::unsound(code, format!("edits[{number}]")))?;
    Ok((plan, Command::Edit(Box::new(edit))))
}

/// The answer to an edit, made on the blocking pool: it counts a community twice.
pub(super) async fn tell(
    app: &Arc<App>,
    plan: PlanId,
    done: Result<Outcome, crate::desk::DeskError>,
    lang: Lang,
) -> Result<Response, Problem> {
    answer(app, move |_, world| outcome(world, plan, done, lang)).await
}

fn outcome(
    world: &World,
    plan: PlanId,
    done: Result<Outcome, crate::desk::DeskError>,
    lang: Lang,
) -> Result<Response, Problem> {
    let done = done.map_err(|error| Problem::of_edit(error, world, plan))?;
    let outcome = EditOutcome::new(&done, lang).ok_or(Fault::Internal)?;
    Ok(json(&outcome))
}
