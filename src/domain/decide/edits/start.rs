//! A draft comes into being: the ground of some communities as it is, woven into base cells.
//!
//! Weaving takes tens of milliseconds a community, so it is done by whoever asks ([`prepare`], on a
//! snapshot), and the desk only checks that what was read is still there.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Decision, Edited, Fault, Refusal};
use crate::domain::change::{Change, Fact, Turned};
use crate::domain::fabric::along::along;
use crate::domain::fabric::stitch::{split_at, stitch};
use crate::domain::fabric::tessellate::{Site, tessellate};
use crate::domain::fabric::{Barrier, Fabric, NewSeam};
use crate::domain::ids::{AreaId, CellId, GridKey, PlanId};
use crate::domain::measure::Stamp;
use crate::domain::place::{Pin, Polygon};
use crate::domain::plan::log::{Act, Did, Entry, Op};
use crate::domain::plan::{Cut, Grid, Plan, PlanChoice};
use crate::domain::register::area::Level;
use crate::domain::rights::Actor;
use crate::domain::world::World;
use crate::domain::world::parallel::in_parallel;

/// Longest title of a plan, in characters.
const MAX_TITLE: usize = 200;

/// A new draft of some communities.
#[derive(Clone, Debug)]
pub struct StartPlan {
    pub title: Box<str>,
    /// The plan it starts from; `None` starts from nothing: one gap a community.
    pub based_on: Option<PlanChoice>,
    /// Empty: all communities of the plan it starts from.
    pub areas: Vec<AreaId>,
    /// Ground woven beforehand, by community.
    pub prepared: Vec<PreparedCut>,
}

/// The ground of one community, woven from what it was when it was read.
#[derive(Clone, Debug)]
pub struct PreparedCut {
    pub area: AreaId,
    /// The cut it was woven from; `None` from nothing.
    pub base: Option<Arc<Cut>>,
    pub cut: Arc<Cut>,
}

/// Weaves the ground of a draft on a snapshot. Cost: tens of milliseconds a community; many communities
/// are woven on all cores.
pub fn prepare(world: &World, start: &StartPlan) -> Vec<PreparedCut> {
    let prepared = in_parallel(&areas_of(world, start), |area| {
        let base = base_of(world, start, *area);
        let cut = weave(world, *area, base.as_ref().map(|base| (base.0, &base.1)))?;
        Some(PreparedCut { area: *area, base: base.map(|base| base.1), cut })
    });
    prepared.into_iter().flatten().collect()
}

/// Facts of the new plan. Weaves what was not prepared, or has changed since.
pub(crate) fn decide_start(
    world: &World,
    start: StartPlan,
    actor: &Actor,
    now: Stamp,
) -> Result<Decision, Refusal> {
    let fault = |code| Refusal::Unsound(vec![Fault::new(code)]);
    if let Some(PlanChoice::Plan(plan)) = start.based_on
        && world.plans().get(plan).is_none()
    {
        return Err(Refusal::NotFound);
    }
    let areas = areas_of(world, &start);
    if areas.is_empty() {
        return Err(fault("plan.no-areas"));
    }
    let mut counters = world.counters();
    let plan = PlanId::new(counters.plan).expect("counters begin at 1");
    counters.plan += 1;
    let mut facts = Vec::new();
    let mut keys = Vec::new();
    let mut bases: HashSet<PlanId> = HashSet::new();
    for area in &areas {
        let base = base_of(world, &start, *area);
        if start.based_on.is_some() && base.is_none() {
            return Err(fault("plan.area-not-in-base"));
        }
        let held = start.prepared.iter().find(|one| one.area == *area);
        let is_current = |one: &&PreparedCut| match (&one.base, &base) {
            (Some(one), Some((_, base))) => Arc::ptr_eq(one, base),
            (None, None) => true,
            _ => false,
        };
        let cut = match held.filter(is_current) {
            Some(one) => Arc::clone(&one.cut),
            None => weave(world, *area, base.as_ref().map(|base| (base.0, &base.1)))
                .ok_or_else(|| fault("plan.area-not-in-base"))?,
        };
        facts.push(Fact::Cut(plan, *area, Turned::new(None, Some(cut))));
        let Some((from, _)) = base else { continue };
        bases.insert(from);
        let grids = world.plans().grids(from).filter(|grid| grid.community == *area);
        for grid in grids {
            keys.push(grid.key);
            let after = Grid {
                plan,
                is_locked: false,
                is_numbered: false,
                predecessors: Vec::new(),
                ..Grid::clone(grid)
            };
            facts.push(Fact::Grid(plan, grid.key, Turned::new(None, Some(Arc::new(after)))));
        }
    }
    keys.sort_unstable();
    let based_on = match start.based_on {
        Some(PlanChoice::Plan(plan)) => Some(plan),
        // The newest of several: what counted elsewhere when that came into force are the others.
        Some(PlanChoice::Current) => {
            bases.iter().copied().max_by_key(|base| world.plans().rank(*base))
        }
        None => None,
    };
    let revision = world.revision().next();
    let record = Plan {
        based_on,
        author: actor.name.clone(),
        ..Plan::draft(plan, title(&start.title), areas.clone(), revision)
    };
    facts.insert(0, Fact::Plan(plan, Turned::new(None, Some(Arc::new(record)))));
    let entry = Arc::new(Entry {
        revision,
        id: "".into(),
        who: actor.name.clone(),
        at: now,
        act: Act::Start,
        did: vec![Did { op: Op::Start, grids: Vec::new(), buildings: 0 }],
        grids: keys.clone(),
        areas: areas.clone(),
        why: "".into(),
    });
    facts.push(Fact::Log(plan, revision, Turned::new(None, Some(Arc::clone(&entry)))));
    facts.push(Fact::Counters(Turned::new(Some(world.counters()), Some(counters))));
    let edited = Edited {
        plan,
        id: entry.id.clone(),
        grids: keys,
        removed: Vec::new(),
        areas,
        carried: Vec::new(),
        entry: Some(entry),
        is_repeated: false,
    };
    let change = Change { facts, roster: Vec::new() };
    Ok(Decision { change, edited: Some(edited), ..Decision::default() })
}

pub(in crate::domain::decide) fn title(text: &str) -> Box<str> {
    text.trim()
        .chars()
        .filter(|letter| !letter.is_control())
        .take(MAX_TITLE)
        .collect::<String>()
        .into()
}

/// Communities the draft will divide, ascending, each once.
fn areas_of(world: &World, start: &StartPlan) -> Vec<AreaId> {
    let mut areas: Vec<AreaId> = match (start.areas.is_empty(), start.based_on) {
        (false, _) => start.areas.clone(),
        (true, Some(PlanChoice::Plan(plan))) => world.plans().areas(plan).collect(),
        (true, Some(PlanChoice::Current)) => world.plans().current().keys().copied().collect(),
        (true, None) => Vec::new(),
    };
    let is_community = |area: &AreaId| {
        let record = world.areas().get(*area);
        record.is_some_and(|record| record.level == Level::Community && !record.is_abolished())
    };
    areas.retain(is_community);
    areas.sort_unstable();
    areas.dedup();
    areas
}

/// The plan and the cut one community starts from.
fn base_of(world: &World, start: &StartPlan, area: AreaId) -> Option<(PlanId, Arc<Cut>)> {
    let plan = match start.based_on? {
        PlanChoice::Plan(plan) => plan,
        PlanChoice::Current => world.plans().current_of(area)?,
    };
    Some((plan, Arc::clone(world.plans().cut(plan, area)?)))
}

/// Base cells of one community; a ground that has them already is taken as it is. `None` for an area
/// without ground.
fn weave(world: &World, area: AreaId, base: Option<(PlanId, &Arc<Cut>)>) -> Option<Arc<Cut>> {
    if let Some((plan, cut)) = base
        && world.plans().is_drawn(plan)
        && has_base_cells(cut)
    {
        return Some(Arc::clone(cut));
    }
    let from_nothing;
    let (fabric, colors, notes, links) = match base {
        Some((_, cut)) => (&*cut.fabric, cut.colors.clone(), cut.notes.clone(), cut.links.clone()),
        None => {
            from_nothing = whole(world, area)?;
            (&from_nothing, vec![None; from_nothing.n_cells()], Vec::new(), Vec::new())
        }
    };
    let barriers = barriers(world, fabric);
    let fabric = along(fabric, &barriers);
    let standing = standing(world, area);
    let sites: Vec<Site<'_>> =
        standing.iter().map(|(pin, footprint)| Site { footprint, pin: *pin }).collect();
    let woven = tessellate(&fabric, &sites, &barriers);
    let colors = woven.parents.iter().map(|parent| colors[parent.index()]).collect();
    Some(Arc::new(Cut { fabric: Arc::new(woven.fabric), colors, notes, links }))
}

/// Whether a cut is finer than one cell a grid: what was taken over from communities that are no more is not.
fn has_base_cells(cut: &Cut) -> bool {
    let grids: HashSet<GridKey> = cut.colors.iter().flatten().copied().collect();
    let n_bare = cut.colors.iter().filter(|color| color.is_none()).count();
    cut.fabric.n_cells() > grids.len() + n_bare
}

/// The ground of one area as a fabric of its own: its seams of the area fabric, the area on one side.
fn whole(world: &World, area: AreaId) -> Option<Fabric> {
    let ground = world.areas().ground();
    world.areas().shape(area)?;
    let is_own =
        |cell: Option<CellId>| cell.is_some_and(|cell| ground.colors[cell.index()] == Some(area));
    // Each piece of the area is a cell; pieces are told apart by their cell of the area fabric.
    let own: Vec<CellId> = ground.fabric.cells().filter(|cell| is_own(Some(*cell))).collect();
    let number = |cell: Option<CellId>| {
        let at = own.binary_search(&cell?).ok()?;
        Some(CellId::from_index(at))
    };
    let seams: Vec<NewSeam> = ground
        .fabric
        .seams()
        .filter(|seam| is_own(seam.left) || is_own(seam.right))
        .map(|seam| NewSeam {
            pins: seam.pins.to_vec(),
            left: number(seam.left),
            right: number(seam.right),
            barrier: seam.barrier,
        })
        .collect();
    let fabric = Fabric::new(&seams, own.len() as u32);
    // In the one normal form, whatever form the area fabric is in.
    Some(split_at(&stitch(&fabric, &[]), &HashSet::new()))
}

/// Position and footprint of every building that stands in the community.
fn standing(world: &World, area: AreaId) -> Vec<(Pin, Vec<Polygon>)> {
    let Some(housing) = world.town().housing(Some(area)) else { return Vec::new() };
    let homes = &housing.homes;
    (0..homes.len())
        .filter(|row| housing.stands_here(*row))
        .filter_map(|row| {
            let polygons = homes.footprint(row);
            let polygons = polygons
                .map(|rings| Polygon { rings: rings.map(<[Pin]>::to_vec).collect() })
                .collect();
            Some((homes.pin(row)?, polygons))
        })
        .collect()
}

/// Lines of the base map that cut ground apart, near the fabric; outlines of water count as its banks.
fn barriers(world: &World, fabric: &Fabric) -> Vec<(Vec<Pin>, Barrier)> {
    let mut lines = Vec::new();
    for feature in world.features().meeting(fabric.extent()) {
        let rank = feature.kind.barrier();
        if rank == Barrier::None {
            continue;
        }
        lines.extend(feature.lines.iter().map(|line| (line.clone(), rank)));
        lines.extend(feature.polygons.iter().flat_map(banks).map(|line| (line, rank)));
    }
    lines
}

fn banks(polygon: &Polygon) -> impl Iterator<Item = Vec<Pin>> + '_ {
    polygon.rings.iter().filter(|ring| ring.len() >= 3).map(|ring| {
        let mut line = ring.clone();
        line.push(ring[0]);
        line
    })
}
