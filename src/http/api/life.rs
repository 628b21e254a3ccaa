//! The life of a plan: what stands in its way, its steps, comments, and the timeline of all plans.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::desk::{DeskError, Outcome};
use crate::domain::decide::lifecycle::{Deed, Hindrance, LifeStep, Remark};
use crate::domain::decide::{Command, Refusal};
use crate::domain::ids::{Code, PlanId};
use crate::domain::measure::{Day, Revision};
use crate::domain::place::{LonLat, Pin};
use crate::domain::rights::Actor;
use crate::domain::world::PlanChoice;
use crate::http::ask::{json, plan_choice, read_json};
use crate::http::lang::Lang;
use crate::http::past::{About, answer_about};
use crate::http::post::Post;
use crate::http::problem::{Fault, Problem};
use crate::http::who::Who;
use crate::http::wire::{CheckList, CommentRow, Plan, ProblemBody, TimelineList};
use crate::http::{App, answer};

/// What may go with a step; all of it may be left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StepBody {
    /// Revision the caller looked at: refused when something was done to the plan since.
    base: Option<u64>,
    /// Why, at most 500 characters; nothing about persons.
    reason: Option<String>,
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApproveBody {
    base: Option<u64>,
    reason: Option<String>,
    /// First day it counts, as YYYY-MM-DD; today when not said.
    effective_from: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TitleBody {
    title: String,
    base: Option<u64>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptBody {
    /// Key of a warning, or of a gap that is to be.
    key: String,
    /// Why; null takes the acceptance back.
    reason: Option<String>,
}

/// A remark. Write nothing about persons here.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentBody {
    /// At most 2,000 characters; nothing about persons.
    text: String,
    /// Longitude and latitude of the place it is about.
    at: Option<[f64; 2]>,
    /// Code of the grid it is about.
    grid: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveBody {
    resolved: bool,
}

/// Stops and warnings of a plan, each with its place and what mends it.
#[utoipa::path(get, path = "/api/v1/plans/{plan}/checks", tag = "plans",
    params(("plan" = u32, Path, description = "number of a plan")),
    responses((status = 200, body = CheckList), (status = 404, description = "unknown plan")))]
pub async fn checks(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let lang = Lang::of(&headers);
    answer_about(&app, About::plan(plan), move |_, world, plan| {
        let PlanChoice::Plan(plan) = plan else { return Err(Fault::UnknownPlan.into()) };
        Ok(json(&CheckList::new(world, plan, lang)))
    })
    .await
}

/// Draft → in review. Refused while a stop stands.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/submit", tag = "plans", request_body = StepBody,
    params(("plan" = u32, Path, description = "number of a draft")),
    responses((status = 200, body = Plan), (status = 409, body = ProblemBody), (status = 412, body = ProblemBody),
        (status = 422, body = ProblemBody, description = "something has to be mended first; says where")))]
pub async fn submit(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    step(&app, post, Deed::Submit).await
}

/// In review → draft, by whoever looked at it or who wrote it.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/return", tag = "plans", request_body = StepBody,
    params(("plan" = u32, Path, description = "number of a plan in review")),
    responses((status = 200, body = Plan), (status = 409, body = ProblemBody), (status = 412, body = ProblemBody)))]
pub async fn give_back(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    step(&app, post, Deed::Return).await
}

/// In review → published, to count from a day on.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/approve", tag = "plans", request_body = ApproveBody,
    params(("plan" = u32, Path, description = "number of a plan in review")),
    responses((status = 200, body = Plan), (status = 403, body = ProblemBody, description = "by its author"),
        (status = 409, body = ProblemBody, description = "not in review, or the day is taken"),
        (status = 412, body = ProblemBody), (status = 422, body = ProblemBody, description = "a past day, or a stop")))]
pub async fn approve(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let ApproveBody { base, reason, effective_from } = post.read_or_default()?;
    let first = effective_from.map(|text| text.parse::<Day>().map_err(|()| Fault::BadDay));
    let deed = Deed::Approve(first.transpose()?);
    let (plan, done) = life(&app, &post.of, post.actor, (base, reason), deed).await?;
    reply(&app, plan, done)
}

/// A plan that does not count yet is withdrawn.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/withdraw", tag = "plans", request_body = StepBody,
    params(("plan" = u32, Path, description = "number of a plan")),
    responses((status = 200, body = Plan), (status = 409, body = ProblemBody, description = "it counts already"),
        (status = 412, body = ProblemBody)))]
pub async fn withdraw(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    step(&app, post, Deed::Withdraw).await
}

/// Gives a plan another title.
#[utoipa::path(patch, path = "/api/v1/plans/{plan}", tag = "plans", request_body = TitleBody,
    params(("plan" = u32, Path, description = "number of a plan")),
    responses((status = 200, body = Plan), (status = 409, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn retitle(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let TitleBody { title, base } = post.read()?;
    let deed = Deed::Retitle(title.into());
    let (plan, done) = life(&app, &post.of, post.actor, (base, None), deed).await?;
    reply(&app, plan, done)
}

/// Throws away a draft, or a plan that was withdrawn before anybody approved it.
#[utoipa::path(delete, path = "/api/v1/plans/{plan}", tag = "plans",
    params(("plan" = u32, Path, description = "number of a plan")),
    responses((status = 204, description = "gone"), (status = 409, body = ProblemBody, description = "others are based on it, or it counted")))]
pub async fn delete(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
    Who(actor): Who,
) -> Result<Response, Problem> {
    let (plan, done) = life(&app, &plan, actor, (None, None), Deed::Delete).await?;
    done.map_err(|error| problem(&app, plan, error))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Takes a warning as it is, with a reason; declares a gap. Without a reason: takes that back.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/accept", tag = "plans", request_body = AcceptBody,
    params(("plan" = u32, Path, description = "number of a draft or of a plan in review")),
    responses((status = 200, body = CheckList), (status = 404, body = ProblemBody, description = "no such warning"),
        (status = 409, body = ProblemBody, description = "has to be mended"), (status = 422, body = ProblemBody)))]
pub async fn accept(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let AcceptBody { key, reason } = post.read()?;
    let deed = Deed::Accept { key: key.into(), is_accepted: reason.is_some() };
    let (plan, done) = life(&app, &post.of, post.actor, (None, reason), deed).await?;
    done.map_err(|error| problem(&app, plan, error))?;
    let lang = post.lang;
    answer(&app, move |_, world| Ok(json(&CheckList::new(world, plan, lang)))).await
}

/// Comments on a plan, oldest first.
#[utoipa::path(get, path = "/api/v1/plans/{plan}/comments", tag = "plans",
    params(("plan" = u32, Path, description = "number of a plan")),
    responses((status = 200, body = Vec<CommentRow>), (status = 404, description = "unknown plan")))]
pub async fn comments(
    State(app): State<Arc<App>>,
    Path(plan): Path<String>,
) -> Result<Response, Problem> {
    answer(&app, move |app, world| {
        let plan = plan_of(world, &plan)?;
        let row = |(number, comment): (&u32, &Arc<_>)| CommentRow::new(*number, comment);
        let mut rows: Vec<CommentRow> = world.plans().comments(plan).iter().map(row).collect();
        if world.plans().asleep(plan).next().is_some() {
            let papers = app.desk.papers(plan)?;
            rows = papers.comments.iter().map(|(number, one)| row((number, one))).collect();
        }
        Ok(json(&rows))
    })
    .await
}

/// A new comment, on a place, a grid, or the whole. Nothing about persons.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/comments", tag = "plans", request_body = CommentBody,
    params(("plan" = u32, Path, description = "number of a plan")),
    responses((status = 201, body = CommentRow), (status = 404, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub async fn comment(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let CommentBody { text, at, grid } = post.read()?;
    let pin = |[lon, lat]: [f64; 2]| Pin::of(LonLat { lon, lat }).map_err(|_| Fault::BadPosition);
    let code = |text: String| Code::new(&text).ok_or(Fault::UnknownComment);
    let remark = Remark {
        text: text.into(),
        place: at.map(pin).transpose()?,
        grid: grid.map(code).transpose()?,
    };
    let (plan, done) = life(&app, &post.of, post.actor, (None, None), Deed::Remark(remark)).await?;
    let done = done.map_err(|error| problem(&app, plan, error))?;
    let (_, [_, world]) = done.edited.as_ref().ok_or(Fault::Internal)?;
    let (number, comment) = world.plans().comments(plan).last_key_value().ok_or(Fault::Internal)?;
    Ok((StatusCode::CREATED, json(&CommentRow::new(*number, comment))).into_response())
}

/// A comment is settled, or open again.
#[utoipa::path(patch, path = "/api/v1/plans/{plan}/comments/{number}", tag = "plans", request_body = ResolveBody,
    params(("plan" = u32, Path, description = "number of a plan"), ("number" = u32, Path)),
    responses((status = 200, body = CommentRow), (status = 404, body = ProblemBody)))]
pub async fn resolve(
    State(app): State<Arc<App>>,
    Path((plan, number)): Path<(String, String)>,
    Who(actor): Who,
    body: Bytes,
) -> Result<Response, Problem> {
    let ResolveBody { resolved } = read_json(&body)?;
    let number: u32 = number.parse().map_err(|_| Fault::UnknownComment)?;
    let deed = Deed::Resolve { number, is_resolved: resolved };
    let (plan, done) = life(&app, &plan, actor, (None, None), deed).await?;
    let done = done.map_err(|error| problem(&app, plan, error))?;
    let (_, [_, world]) = done.edited.as_ref().ok_or(Fault::Internal)?;
    let comment = world.plans().comments(plan).get(&number).ok_or(Fault::UnknownComment)?;
    Ok(json(&CommentRow::new(number, comment)))
}

/// Days on which plans began or will begin to count, and today.
#[utoipa::path(get, path = "/api/v1/timeline", tag = "plans",
    responses((status = 200, body = TimelineList)))]
pub async fn timeline(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    answer(&app, |app, world| Ok(json(&TimelineList::new(world, app.desk.today())))).await
}

fn plan_of(world: &crate::domain::world::World, text: &str) -> Result<PlanId, Problem> {
    match plan_choice(world, text)? {
        PlanChoice::Plan(plan) => Ok(plan),
        PlanChoice::Current => Err(Fault::UnknownPlan.into()),
    }
}

async fn step(app: &Arc<App>, post: Post, deed: Deed) -> Result<Response, Problem> {
    let StepBody { base, reason } = post.read_or_default()?;
    let (plan, done) = life(app, &post.of, post.actor, (base, reason), deed).await?;
    reply(app, plan, done)
}

async fn life(
    app: &Arc<App>,
    plan: &str,
    actor: Actor,
    (base, reason): (Option<u64>, Option<String>),
    deed: Deed,
) -> Result<(PlanId, Result<Outcome, DeskError>), Problem> {
    let plan = plan_of(&app.desk.world(), plan)?;
    let reason = reason.unwrap_or_default().into();
    let step = LifeStep { plan, base: base.map(Revision), reason, deed };
    Ok((plan, app.desk.submit(Command::Life(Box::new(step)), actor).await))
}

fn reply(app: &App, plan: PlanId, done: Result<Outcome, DeskError>) -> Result<Response, Problem> {
    let done = done.map_err(|error| problem(app, plan, error))?;
    let (_, [_, world]) = done.edited.as_ref().ok_or(Fault::Internal)?;
    let held = world.plans().get(plan).ok_or(Fault::UnknownPlan)?;
    Ok(json(&Plan::new(world, held)))
}

/// The refusal of a step, with the places of what stands in its way.
fn problem(app: &App, plan: PlanId, error: DeskError) -> Problem {
    let world = app.desk.world();
    match error {
        DeskError::Refused(Refusal::Life(Hindrance::Stops(checks))) => {
            Problem { checks: Some(Box::new((world, checks))), ..Fault::PlanStops.into() }
        }
        other => Problem::of_edit(other, &world, plan),
    }
}
