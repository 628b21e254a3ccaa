//! Repairs: what could be done about grids outside the band, each way as an edit ready to be made.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::response::Response;

use super::edits::plan_of;
use crate::desk::DeskError;
use crate::divide::Stop;
use crate::divide::repair::plan::Site;
use crate::domain::decide::edits::{self, entries_since};
use crate::domain::decide::{Command, Refusal};
use crate::domain::ids::{AreaId, GridKey, PlanId};
use crate::domain::measure::Revision;
use crate::domain::plan::Status;
use crate::domain::plan::edit::{Edit, Repair};
use crate::domain::register::rows::GridKind;
use crate::domain::world::{PlanChoice, World};
use crate::http::ask::{area_choice, grid_choice, json};
use crate::http::post::Post;
use crate::http::problem::{Fault, Problem};
use crate::http::wire::{ProblemBody, RepairAsked, RepairBody, RepairSheet};
use crate::http::{App, answer};

/// Longest a repair may be looked for, and how long when nobody said, in seconds.
const MAX_SECONDS: f64 = 10.0;
const SECONDS: f64 = 1.0;
/// Share of that for the search; the rest is for holding what it found to the desk's rules.
const SEARCH: f64 = 0.7;
/// Alternatives told, and ways out looked for: the desk may refuse some.
const TOLD: usize = 5;
const WANTED: usize = 9;

/// Ways to bring grids of a draft into the band, best first. Nothing changes.
///
/// Every alternative has passed the draft's own rules; its `edits` are what `POST …/edits` takes.
#[utoipa::path(post, path = "/api/v1/plans/{plan}/repair", tag = "plans", request_body = RepairBody,
    params(("plan" = u32, Path, description = "number of a draft")),
    responses((status = 200, body = RepairSheet),
        (status = 404, body = ProblemBody, description = "unknown plan, community or grid"),
        (status = 409, body = ProblemBody, description = "not a draft, or a grid named is locked"),
        (status = 412, body = ProblemBody, description = "somebody changed the community since `base`"),
        (status = 422, body = ProblemBody, description = "a wish that cannot be meant")))]
pub async fn repair(State(app): State<Arc<App>>, post: Post) -> Result<Response, Problem> {
    let asked: RepairBody = post.read_or_default()?;
    let seconds = asked.time.unwrap_or(SECONDS);
    if !(seconds > 0.0 && seconds <= MAX_SECONDS) {
        return Err(Problem::unsound("repair.bad-time", "time"));
    }
    answer(&app, move |app, world| {
        let sheet = ways_out(app, world, &post, &asked, seconds)?;
        Ok(json(&sheet))
    })
    .await
}

fn ways_out(
    app: &App,
    world: &World,
    post: &Post,
    asked: &RepairBody,
    seconds: f64,
) -> Result<RepairSheet, Problem> {
    let plan = plan_of(world, &post.of)?;
    let from = Instant::now();
    let after = |share: f64| from + Duration::from_secs_f64(seconds * share);
    let held = world.plans().get(plan).ok_or(Fault::UnknownPlan)?;
    if held.status != Status::Draft {
        return Err(Fault::NotDraft.into());
    }
    let named = named(world, plan, &asked.grids)?;
    let area = area_of(world, plan, asked.area.as_deref(), &named)?;
    let wish =
        asked.wish(&world.profile_of(area)).map_err(|code| Problem::unsound(code, "body"))?;
    if let Some(base) = asked.base {
        check_base(world, plan, area, Revision(base))?;
    }
    let site = Site::new(world, plan, area, wish)
        .ok_or_else(|| Problem::unsound("plan.area-not-in-base", "area"))?;
    let picked =
        if named.is_empty() { site.outside() } else { named.iter().map(|(key, _)| *key).collect() };
    let stop = Stop { deadline: Some(after(SEARCH)), ..Stop::default() };
    let repairs = site.repairs(&picked, WANTED, &stop);
    let told = RepairAsked { world, plan, area, site: &site, wish, picked: &picked };
    let (mut offered, mut is_late) = (Vec::new(), false);
    for remedy in &repairs.remedies {
        is_late = !offered.is_empty() && Instant::now() >= after(1.0);
        if offered.len() == TOLD || is_late {
            break;
        }
        let Some(strokes) = site.strokes(world, plan, remedy) else { continue };
        let edit = Edit {
            plan,
            base: world.revision(),
            id: "".into(),
            strokes: strokes.clone(),
            repair: Repair::Refuse,
        };
        // What the desk would refuse is not offered.
        if let Ok(outcome) = app.desk.preview(Command::Edit(Box::new(edit)), &post.actor) {
            offered.extend(told.alternative(remedy, &strokes, &outcome));
        }
    }
    Ok(told.sheet(&repairs, offered, is_late, post.lang))
}

/// Grids by their codes, each once, with their communities. Locked ones, and those of a special kind,
/// cannot be mended.
fn named(
    world: &World,
    plan: PlanId,
    codes: &[String],
) -> Result<BTreeSet<(GridKey, AreaId)>, Problem> {
    let mut found = BTreeSet::new();
    let mut locked = Vec::new();
    for code in codes {
        let (shard, grid) = grid_choice(world, PlanChoice::Plan(plan), code)?;
        if grid.is_locked {
            let place = edits::FaultPlace::Ground(shard.ground.outline(grid.key));
            let grid = Some(grid.code.clone());
            locked.push(edits::Fault { grid, place, ..edits::Fault::new("grid.locked") });
        } else if grid.kind != GridKind::General {
            return Err(Problem::unsound("repair.special", code.as_str()));
        }
        found.insert((grid.key, grid.community));
    }
    if locked.is_empty() {
        Ok(found)
    } else {
        Err(DeskError::Refused(Refusal::Locked(locked)).into())
    }
}

/// The one community it is about.
fn area_of(
    world: &World,
    plan: PlanId,
    code: Option<&str>,
    named: &BTreeSet<(GridKey, AreaId)>,
) -> Result<AreaId, Problem> {
    let mut areas: BTreeSet<AreaId> = named.iter().map(|(_, area)| *area).collect();
    if let Some(code) = code {
        areas.insert(area_choice(world, code)?);
    }
    if areas.is_empty() {
        areas.extend(world.plans().areas(plan));
        if areas.len() > 1 {
            return Err(Problem::unsound("repair.which-community", "area"));
        }
    }
    match areas.first() {
        Some(area) if areas.len() == 1 => Ok(*area),
        Some(_) => Err(Problem::unsound("repair.two-communities", "grids")),
        None => Err(Problem::unsound("plan.area-not-in-base", "area")),
    }
}

/// Refuses when somebody changed the community after the planner looked.
fn check_base(world: &World, plan: PlanId, area: AreaId, base: Revision) -> Result<(), Problem> {
    if base > world.revision() {
        return Err(Problem::unsound("edit.future-base", "base"));
    }
    let since = entries_since(world.plans().log(plan), Some(base), usize::MAX);
    let changes: Vec<_> =
        since.iter().rev().filter(|entry| entry.areas.contains(&area)).cloned().collect();
    if changes.is_empty() {
        return Ok(());
    }
    let stale = DeskError::Refused(Refusal::Stale(changes));
    Err(Problem::of_edit(stale, world, plan))
}
