//! Edits of drafts: strokes become a change of cuts and grids, or a list of faults, each with its place.
//!
//! Files: `sketch` (the draft while strokes are applied to it), `strokes` (what each stroke does), `reshape`
//! (those that cut ground), `deal` (a community dealt out anew), `number` (what grids are numbered),
//! `sound` (is the outcome whole; what is carried along), `undo` (taking back and doing again), `start`
//! (a draft comes into being), `rebase` (it is brought up to date).
//!
//! **Why** faults and not the first error: a planner sees every place at once, and the page can draw them.

mod deal;
mod number;
mod rebase;
mod reshape;
mod sketch;
mod sound;
pub(super) mod start;
mod strokes;
mod undo;

use std::collections::BTreeSet;
use std::sync::Arc;

use self::sketch::Sketch;
use super::{Decision, Refusal};
use crate::domain::ids::{AreaId, Code, GridKey, PlanId};
use crate::domain::measure::{Revision, Stamp};
use crate::domain::place::{Pin, Polygon};
use crate::domain::plan::edit::{Edit, MAX_ID, MAX_STROKES, Pick, Stroke};
use crate::domain::plan::log::{Act, Entry, Op};
use crate::domain::plan::{Former, Status};
use crate::domain::rights::Actor;
use crate::domain::world::World;

pub use number::wished;
pub(super) use rebase::decide_rebase;
pub use rebase::{Contested, Outlook, Rebase, outlook};
pub(super) use start::decide_start;
pub use start::{PreparedCut, StartPlan, prepare};
pub(super) use undo::decide_take_back;
pub use undo::{TakeBack, Taken, target};

/// What is wrong with an edit, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Fault {
    /// One of `issue::CODES`.
    pub code: &'static str,
    pub grid: Option<Code>,
    /// Buildings concerned: those that would be stranded, those that are not known.
    pub buildings: Vec<Code>,
    pub place: FaultPlace,
    /// Of a code that is taken for good: who had it.
    pub former: Option<Former>,
}

/// Where a fault is.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultPlace {
    Nowhere,
    At(Pin),
    Line(Vec<Pin>),
    Ground(Vec<Polygon>),
}

impl Fault {
    pub fn new(code: &'static str) -> Self {
        Self { code, grid: None, buildings: Vec::new(), place: FaultPlace::Nowhere, former: None }
    }

    fn grid(mut self, code: &Code) -> Self {
        self.grid = Some(code.clone());
        self
    }

    /// One pin is a point, more are a line.
    fn along(mut self, pins: &[Pin]) -> Self {
        self.place = match pins {
            [] => FaultPlace::Nowhere,
            [pin] => FaultPlace::At(*pin),
            pins => FaultPlace::Line(pins.to_vec()),
        };
        self
    }

    fn on(mut self, ground: Vec<Polygon>) -> Self {
        self.place = FaultPlace::Ground(ground);
        self
    }
}

/// Buildings that went along because their piece would have been stranded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    pub buildings: Vec<Code>,
    pub from: Option<GridKey>,
    pub to: GridKey,
}

/// What an edit did beside its facts: for telling.
#[derive(Clone, Debug, PartialEq)]
pub struct Edited {
    pub plan: PlanId,
    /// The client's name for what was asked.
    pub id: Box<str>,
    /// Grids whose ground, name or marks changed, ascending; also those that are no more.
    pub grids: Vec<GridKey>,
    pub removed: Vec<Code>,
    pub areas: Vec<AreaId>,
    pub carried: Vec<Carried>,
    /// The log's entry; of the first time, when the edit had been done before.
    pub entry: Option<Arc<Entry>>,
    /// The same edit was acknowledged before.
    pub is_repeated: bool,
}

/// Strokes → change. Cost: follows the cells of the communities touched.
pub(super) fn decide_edit(
    world: &World,
    edit: Edit,
    actor: &Actor,
    now: Stamp,
) -> Result<Decision, Refusal> {
    let log = open_log(world, edit.plan)?;
    if let Some(done) = done_before(log, &edit.id) {
        return Ok(repeated(edit.plan, done));
    }
    check_shape(world, &edit)?;
    let since: Vec<Arc<Entry>> =
        log.iter().rev().take_while(|entry| entry.revision > edit.base).cloned().collect();
    let mut sketch = Sketch::new(world, edit.plan);
    let outcome = draw(&mut sketch, &edit);
    if let Some(stale) = stale(world, &edit, &sketch, &since) {
        return Err(stale);
    }
    outcome?;
    Ok(sketch.finish(edit.id, actor, now))
}

fn draw(sketch: &mut Sketch<'_>, edit: &Edit) -> Result<(), Refusal> {
    for stroke in &edit.strokes {
        sketch.apply(stroke)?;
    }
    sketch.make_sound(edit.repair)
}

/// The log of a plan that may be edited.
fn open_log(world: &World, plan: PlanId) -> Result<&[Arc<Entry>], Refusal> {
    match world.plans().get(plan) {
        None => Err(Refusal::NotFound),
        Some(held) if held.status != Status::Draft => Err(Refusal::NotDraft),
        Some(_) => Ok(world.plans().log(plan)),
    }
}

fn done_before<'a>(log: &'a [Arc<Entry>], id: &str) -> Option<&'a Arc<Entry>> {
    if id.is_empty() {
        return None;
    }
    log.iter().rev().find(|entry| *entry.id == *id)
}

/// The answer to what was acknowledged before: nothing more to do.
fn repeated(plan: PlanId, done: &Arc<Entry>) -> Decision {
    let edited = Edited {
        plan,
        id: done.id.clone(),
        grids: done.grids.clone(),
        removed: Vec::new(),
        areas: done.areas.clone(),
        carried: Vec::new(),
        entry: Some(Arc::clone(done)),
        is_repeated: true,
    };
    Decision { edited: Some(edited), ..Decision::default() }
}

fn check_shape(world: &World, edit: &Edit) -> Result<(), Refusal> {
    let fault = |code| Err(Refusal::Unsound(vec![Fault::new(code)]));
    if edit.strokes.len() > MAX_STROKES {
        return fault("edit.too-many");
    }
    if edit.id.chars().count() > MAX_ID || edit.id.chars().any(char::is_control) {
        return fault("edit.bad-name");
    }
    if edit.base > world.revision() {
        return fault("edit.future-base");
    }
    Ok(())
}

/// Whether somebody changed what this edit touches after the planner looked.
///
/// Cells as they were read stand only while the fabric they were read from does.
fn stale(world: &World, edit: &Edit, sketch: &Sketch<'_>, since: &[Arc<Entry>]) -> Option<Refusal> {
    if since.is_empty() {
        return None;
    }
    let touched: BTreeSet<GridKey> = sketch.named().chain(sketch.touched()).collect();
    let by_cells = |area: AreaId| {
        let mut areas = edit.strokes.iter().filter_map(|stroke| match stroke {
            Stroke::Paint { pick: Pick::Cells { community, .. }, .. }
            | Stroke::Create { pick: Pick::Cells { community, .. }, .. } => {
                Some(community.as_ref())
            }
            Stroke::Divide { community, .. } => Some(Some(community)),
            _ => None,
        });
        let code = world.areas().get(area).map(|record| &record.code);
        areas.any(|community| community.is_none_or(|one| Some(one) == code))
    };
    let meets = |entry: &Entry| {
        entry.grids.iter().any(|grid| touched.contains(grid))
            || (has_new_cells(entry) && entry.areas.iter().any(|area| by_cells(*area)))
    };
    let changes: Vec<Arc<Entry>> =
        since.iter().rev().filter(|entry| meets(entry)).cloned().collect();
    (!changes.is_empty()).then_some(Refusal::Stale(changes))
}

/// Whether the cells of a fabric may be numbered otherwise after this entry.
fn has_new_cells(entry: &Entry) -> bool {
    let cuts = |op: Op| {
        matches!(
            op,
            Op::Lasso
                | Op::Split
                | Op::Reroute
                | Op::Move
                | Op::Insert
                | Op::Remove
                | Op::Create
                | Op::Start
        )
    };
    !matches!(entry.act, Act::Edit | Act::Life) || entry.did.iter().any(|did| cuts(did.op))
}

/// At most `limit` entries of a log, oldest first: those that follow `since`, or the newest.
pub fn entries_since(log: &[Arc<Entry>], since: Option<Revision>, limit: usize) -> &[Arc<Entry>] {
    let first = match since {
        Some(since) => log.partition_point(|entry| entry.revision <= since),
        None => log.len().saturating_sub(limit),
    };
    &log[first..first.saturating_add(limit).min(log.len())]
}
