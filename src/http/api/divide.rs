//! Divisions: asked for, watched, stopped, accepted.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::extract::{Path, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::edits::{plan_of, tell};
use crate::divide::community::{Wish, propose};
use crate::divide::ensemble::survey;
use crate::divide::{Impossible, Stop};
use crate::domain::decide::Command;
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::plan::Status;
use crate::domain::plan::edit::{Edit, Repair, Stroke};
use crate::domain::world::World;
use crate::http::ask::{Ask, area_choice, json};
use crate::http::jobs::{Job, Kind, Phase};
use crate::http::lang::Lang;
use crate::http::live::Watcher;
use crate::http::post::Post;
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{
    DivideBody, EditOutcome, EnsembleBody, JobRow, Offer, Offered, ProblemBody, Surveyed,
};
use crate::http::{App, answer};

/// Longest a division may work, and how long when nobody said, in seconds.
const MAX_SECONDS: f64 = 600.0;
const SECONDS: f64 = 60.0;
/// Divisions in an ensemble: most, and when nobody said.
const MAX_SAMPLES: usize = 1_000;
const SAMPLES: usize = 200;

/// Proposes a division of communities of a draft. Nothing changes until it is accepted.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/divide", tag = "plans", request_body = DivideBody,
    params(("plan" = u32, Path, description = "number of a draft")),
    responses((status = 202, body = JobRow, description = "begun; `Location` says where to look"),
        (status = 409, body = ProblemBody, description = "not a draft"),
        (status = 422, body = ProblemBody, description = "a wish that cannot be meant"),
        (status = 503, body = ProblemBody, description = "too many at work")))]
pub async fn divide(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let asked: DivideBody = post.read()?;
    let seconds = seconds_of(&asked)?;
    let world = app.desk.world();
    let (plan, wishes) = wishes(&world, &post.of, asked)?;
    let n_all = wishes.len();
    let job = app.jobs.open(Kind::Divide, plan, &post.actor.name, world.revision(), n_all);
    begin(&app, job, post.lang, move |job| divide_all(job, &world, &wishes, seconds))
}

/// Draws many different divisions of one community of a draft, to compare its grids with. Changes nothing.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/ensemble", tag = "plans", request_body = EnsembleBody,
    params(("plan" = u32, Path, description = "number of a draft")),
    responses((status = 202, body = JobRow, description = "begun; `Location` says where to look"),
        (status = 409, body = ProblemBody, description = "not a draft"),
        (status = 422, body = ProblemBody, description = "a wish that cannot be meant"),
        (status = 503, body = ProblemBody, description = "too many at work")))]
pub async fn ensemble(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let asked: EnsembleBody = post.read()?;
    let n_wanted = asked.n.unwrap_or(SAMPLES);
    if !(1..=MAX_SAMPLES).contains(&n_wanted) {
        return Err(Problem::unsound("divide.bad-sample", "n"));
    }
    let asked = asked.into_divide();
    let seconds = seconds_of(&asked)?;
    let world = app.desk.world();
    let (plan, wishes) = wishes(&world, &post.of, asked)?;
    let job = app.jobs.open(Kind::Ensemble, plan, &post.actor.name, world.revision(), n_wanted);
    begin(&app, job, post.lang, move |job| {
        for (area, wish) in wishes {
            look_around(job, &world, area, wish, seconds);
        }
    })
}

/// How long it may work.
fn seconds_of(asked: &DivideBody) -> Result<f64, Problem> {
    let seconds = asked.time.unwrap_or(SECONDS);
    if seconds > 0.0 && seconds <= MAX_SECONDS {
        return Ok(seconds);
    }
    Err(Problem::unsound("divide.bad-time", "time"))
}

/// The draft, and what is wished for each of its communities that was named.
fn wishes(
    world: &World,
    plan: &str,
    asked: DivideBody,
) -> Result<(PlanId, Vec<(AreaId, Wish)>), Problem> {
    let plan = plan_of(world, plan)?;
    let held = world.plans().get(plan).ok_or(Fault::UnknownPlan)?;
    if held.status != Status::Draft {
        return Err(Fault::NotDraft.into());
    }
    let mut areas: Vec<AreaId> =
        asked.communities.iter().map(|code| area_choice(world, code)).collect::<Result<_, _>>()?;
    areas.sort_unstable();
    areas.dedup();
    if areas.is_empty() {
        areas = world.plans().areas(plan).collect();
    }
    if areas.iter().any(|area| world.plans().cut(plan, *area).is_none()) {
        return Err(Problem::unsound("plan.area-not-in-base", "communities"));
    }
    let wishes = asked.into_wishes(world, &areas);
    let wishes = wishes.map_err(|(code, place)| Problem::unsound(code, place))?;
    Ok((plan, areas.into_iter().zip(wishes).collect()))
}

/// Sets a job to work: 202, and where to look; refused where no more are taken.
fn begin(
    app: &Arc<App>,
    job: Option<Arc<Job>>,
    lang: Lang,
    deed: impl FnOnce(&Job) + Send + 'static,
) -> Result<Response, Problem> {
    let job = job.ok_or(Fault::Busy)?;
    let mut answer = (StatusCode::ACCEPTED, json(&JobRow::new(&job, lang))).into_response();
    let place = format!("/api/v1/jobs/{}", job.id);
    let place = HeaderValue::try_from(place).expect("digits and slashes");
    answer.headers_mut().insert(LOCATION, place);
    tokio::spawn(work(Arc::clone(app), job, deed));
    Ok(answer)
}

/// One job at a time has the cores; the others wait for their turn.
async fn work(app: Arc<App>, job: Arc<Job>, deed: impl FnOnce(&Job) + Send + 'static) {
    let Ok(permit) = Arc::clone(&app.divisions).acquire_owned().await else { return };
    let worker = Arc::clone(&job);
    let done = tokio::task::spawn_blocking(move || {
        let _permit = permit;
        worker.begin();
        deed(&worker);
    });
    match done.await {
        Ok(()) => job.end(Phase::Done),
        Err(_) => {
            tracing::error!(job = job.id, "a division panicked");
            job.end(Phase::Failed);
        }
    }
}

/// Many divisions of one community, on all cores.
fn look_around(job: &Job, world: &World, area: AreaId, mut wish: Wish, seconds: f64) {
    let Some(record) = world.areas().get(area) else { return };
    let deadline = Some(Instant::now() + Duration::from_secs_f64(seconds));
    let stop = Stop { cancelled: Some(job.stop()), deadline, onlooker: None };
    wish.aim.n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let found = survey(world, job.plan, area, &wish, job.n_all, &stop, &|| job.count_search());
    let outcome = match found {
        Ok(Some(survey)) => Ok(survey),
        Ok(None) => Err(Impossible::NoUnits.code()),
        Err(Impossible::Cancelled) => return,
        Err(why) => Err(why.code()),
    };
    let (code, name) = (record.code.clone(), record.name.clone());
    job.settle(Surveyed { code, name, n_wanted: job.n_all, outcome });
}

/// Communities side by side, as many as there are cores.
fn divide_all(job: &Job, world: &World, wishes: &[(AreaId, Wish)], seconds: f64) {
    let deadline = Instant::now() + Duration::from_secs_f64(seconds);
    let stop = Stop { cancelled: Some(job.stop()), deadline: Some(deadline), onlooker: None };
    let n_cores = std::thread::available_parallelism().map_or(1, usize::from);
    let n_threads = if wishes.len() == 1 { n_cores } else { 1 };
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..n_cores.min(wishes.len()) {
            scope.spawn(|| {
                while let Some((area, wish)) = wishes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if stop.is_cancelled() {
                        break;
                    }
                    let mut wish = wish.clone();
                    wish.aim.n_threads = n_threads;
                    if let Some(offer) = offer(job, world, *area, &wish, &stop) {
                        job.add(offer);
                    }
                }
            });
        }
    });
}

/// What comes of one community; `None` when the work was stopped.
fn offer(job: &Job, world: &World, area: AreaId, wish: &Wish, stop: &Stop<'_>) -> Option<Offer> {
    let record = world.areas().get(area)?;
    let from = Instant::now();
    // One community that breaks the engine is not to take the others with it.
    let watcher = Watcher::new(job, world, area, wish);
    let stop = Stop { onlooker: Some(&watcher), ..*stop };
    let found = catch_unwind(AssertUnwindSafe(|| propose(world, job.plan, area, wish, &stop)));
    let outcome = match found {
        Ok(Ok(Some(proposal))) => Ok(Offered::new(world, job.plan, wish, &proposal)),
        Ok(Ok(None)) => Err("divide.no-units"),
        Ok(Err(Impossible::Cancelled)) => return None,
        Ok(Err(why)) => Err(why.code()),
        Err(_) => {
            tracing::error!(job = job.id, "dividing one community panicked");
            Err("divide.failed")
        }
    };
    Some(Offer {
        area,
        code: record.code.clone(),
        name: record.name.clone(),
        seconds: from.elapsed().as_secs_f64(),
        outcome,
    })
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct JobQuery {
    /// Code of a community whose best so far is wanted with the cells of each grid.
    cells: Option<String>,
}

/// How far a job has come, what it has found, and the best so far of what is at work.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", tag = "plans",
    params(("id" = u64, Path, description = "number of a job"), JobQuery),
    responses((status = 200, body = JobRow), (status = 404, body = ProblemBody, description = "unknown, or forgotten")))]
pub async fn job(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    Ask(JobQuery { cells }): Ask<JobQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job = job_of(&app, &id)?;
    let lang = Lang::of(&headers);
    answer(&app, move |_, _| {
        let row = JobRow::new(&job, lang);
        Ok(json(&match cells {
            Some(code) => row.with_grids_of(&job, &code),
            None => row,
        }))
    })
    .await
}

/// Stops a job; what it has found can still be accepted.
#[utoipa::path(delete, path = "/api/v1/jobs/{id}", tag = "plans",
    params(("id" = u64, Path, description = "number of a job")),
    responses((status = 200, body = JobRow), (status = 404, body = ProblemBody)))]
pub async fn stop(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let job = job_of(&app, &id)?;
    job.cancel();
    Ok(json(&JobRow::new(&job, Lang::of(&headers))))
}

/// Which of what was found is wanted.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AcceptBody {
    /// Codes of communities; empty: all that are through.
    communities: Vec<String>,
    /// The client's name for the edit; the same name twice has the effect of once.
    id: String,
}

/// Does what a job found, as one edit that can be taken back.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/accept", tag = "plans", request_body = AcceptBody,
    params(("id" = u64, Path, description = "number of a job")),
    responses((status = 200, body = EditOutcome), (status = 404, body = ProblemBody),
        (status = 412, body = ProblemBody, description = "somebody changed these communities since"),
        (status = 422, body = ProblemBody, description = "nothing was found for a community named")))]
pub async fn accept(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let job = job_of(&app, &post.of)?;
    let AcceptBody { communities, id } = post.read_or_default()?;
    let offers = job.offers();
    let is_wanted = |offer: &Offer| {
        communities.is_empty() || communities.iter().any(|code| *code == *offer.code.as_str())
    };
    let strokes: Vec<Stroke> = offers
        .iter()
        .filter(|offer| is_wanted(offer))
        .filter_map(|offer| offer.outcome.as_ref().ok()?.stroke.clone())
        .collect();
    let is_known = |code: &String| {
        offers.iter().any(|offer| *code == *offer.code.as_str() && offer.outcome.is_ok())
    };
    if let Some(unknown) = communities.iter().find(|code| !is_known(code)) {
        return Err(Problem::unsound("divide.not-found", unknown.as_str()));
    }
    let edit =
        Edit { plan: job.plan, base: job.revision, id: id.into(), strokes, repair: Repair::Refuse };
    let done = app.desk.submit(Command::Edit(Box::new(edit)), post.actor).await;
    tell(&app, job.plan, done, post.lang).await
}

fn job_of(app: &App, id: &str) -> Result<Arc<Job>, Problem> {
    let job = id.parse().ok().and_then(|id| app.jobs.get(id));
    job.ok_or_else(|| Fault::UnknownJob.into())
}
