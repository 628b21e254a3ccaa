//! A draft brought up to date: what was published since it was started is merged into it.
//!
//! Ground is merged by [`crate::domain::plan::merge`] on a fabric that holds the borders of the draft, of what
//! it was based on and of what counts now. What is written of a grid (name, keepers, kind) is taken from the
//! side that changed it; where both did, the draft's word stands and the comparison shows it. A grid keeps
//! its key; a new one whose code was given away meanwhile gets the next free code. Locks stay the draft's.
//!
//! **Why** one entry that cannot be taken back: undo mirrors facts one by one, and half of these are not the
//! planner's. The way back is the plan in force.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::sketch::Sketch;
use super::{Decision, Fault, Refusal, done_before, entries_since, open_log, repeated};
use crate::domain::change::{Fact, Turned};
use crate::domain::fabric::Fabric;
use crate::domain::fabric::blocks::Blocks;
use crate::domain::fabric::outline::outline;
use crate::domain::fabric::overlay::{Layer, lay, lay_whole};
use crate::domain::ids::{AreaId, CellId, Code, GridKey, PlanId};
use crate::domain::measure::{Count, Revision, Stamp};
use crate::domain::place::{Pin, Polygon};
use crate::domain::plan::log::{Act, Did, Op};
use crate::domain::plan::merge::{Break, Conflict, Merge, Merged, Sides, Take};
use crate::domain::plan::{Grid, Plan, PlanChoice};
use crate::domain::register::rows::GridKind;
use crate::domain::rights::Actor;
use crate::domain::tally::Tally;
use crate::domain::world::{Terrain, World};

/// A wish to bring a draft up to date.
#[derive(Clone, Debug)]
pub struct Rebase {
    pub plan: PlanId,
    /// How conflicts are settled, by their keys; keys of none are let pass.
    pub settle: BTreeMap<Box<str>, Take>,
    /// The revision the planner looked at; nothing may have been done to the plan since.
    pub base: Option<Revision>,
    /// The client's name for the wish: the same name twice has the effect of once. May be empty.
    pub id: Box<str>,
}

/// One conflict with what stands on its ground.
#[derive(Clone, Debug, PartialEq)]
pub struct Contested {
    pub community: Code,
    pub key: Box<str>,
    pub place: Vec<Polygon>,
    pub buildings: Vec<Code>,
    pub households: Count,
    /// Codes of its grid in what the draft was based on, in the draft, and by now.
    pub base: Option<Code>,
    pub ours: Option<Code>,
    pub theirs: Option<Code>,
    pub take: Option<Take>,
}

/// What bringing a draft up to date comes to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outlook {
    /// The plan it will be based on; `None` when it is up to date.
    pub onto: Option<PlanId>,
    /// Cells that keep what the draft made of them.
    pub n_carried: usize,
    /// By community.
    pub conflicts: Vec<Contested>,
}

impl Outlook {
    pub fn is_settled(&self) -> bool {
        self.conflicts.iter().all(|one| one.take.is_some())
    }
}

/// One community, merged.
struct Merging {
    area: AreaId,
    theirs: PlanId,
    ground: Option<Ground>,
    merged: Merged,
    gone: [BTreeSet<GridKey>; 2],
    base: PlanId,
    links: Vec<[Pin; 2]>,
}

/// A fabric the draft has to change to, with the cells of its own each cell lies in.
struct Ground {
    fabric: Fabric,
    parents: Vec<CellId>,
}

/// What bringing `plan` up to date would do, and what is left to settle. Cost: O(pins) of the communities in
/// which another plan counts by now.
pub fn outlook(
    world: &World,
    plan: PlanId,
    settle: &BTreeMap<Box<str>, Take>,
) -> Result<Outlook, Refusal> {
    open_log(world, plan)?;
    let (onto, mergings) = merge_all(world, plan, settle)?;
    Ok(tell(world, plan, onto, &mergings))
}

pub(crate) fn decide_rebase(
    world: &World,
    wish: Rebase,
    actor: &Actor,
    now: Stamp,
) -> Result<Decision, Refusal> {
    let Rebase { plan, settle, base, id } = wish;
    let log = open_log(world, plan)?;
    if let Some(done) = done_before(log, &id) {
        return Ok(repeated(plan, done));
    }
    let since = base.map_or(&[][..], |base| entries_since(log, Some(base), usize::MAX));
    if !since.is_empty() {
        return Err(Refusal::Stale(since.to_vec()));
    }
    let (onto, mergings) = merge_all(world, plan, &settle)?;
    let Some(onto) = onto else { return Ok(Decision::default()) };
    let told = tell(world, plan, Some(onto), &mergings);
    if !told.is_settled() {
        return Err(Refusal::Conflicts(told.conflicts));
    }
    let mut sketch = Sketch::new(world, plan);
    let mut faults = Vec::new();
    for merging in mergings {
        faults.extend(apply(&mut sketch, merging));
    }
    if !faults.is_empty() {
        return Err(Refusal::Unsound(faults));
    }
    sketch.note(Did { op: Op::Rebase, grids: Vec::new(), buildings: 0 });
    let held = world.plans().get(plan).expect("an open log has a plan");
    let after = Plan { based_on: Some(onto), ..Plan::clone(held) };
    let turned = Turned::new(Some(Arc::clone(held)), Some(Arc::new(after)));
    Ok(sketch.finish_as(Act::Rebase, vec![Fact::Plan(plan, turned)], id, actor, now))
}

/// The plan a draft goes onto, and each community in which it has to be merged.
fn merge_all(
    world: &World,
    plan: PlanId,
    settle: &BTreeMap<Box<str>, Take>,
) -> Result<(Option<PlanId>, Vec<Merging>), Refusal> {
    let plans = world.plans();
    let areas: Vec<AreaId> = plans.areas(plan).collect();
    let Some(origin) = plans.origin(plan) else {
        return Err(Refusal::Unsound(vec![Fault::new("plan.no-base")]));
    };
    let in_force = areas.iter().filter_map(|area| plans.current_of(*area));
    let onto = in_force.max_by_key(|held| plans.rank(*held));
    let Some(onto) = onto.filter(|onto| plans.rank(*onto) > plans.rank(origin)) else {
        return Ok((None, Vec::new()));
    };
    let mut mergings = Vec::new();
    for area in areas {
        let (Some(base), Some(theirs)) = (counted_at(world, origin, area), plans.current_of(area))
        else {
            continue;
        };
        if base != theirs
            && let Some(merging) = merge(world, [plan, base, theirs], area, settle)
        {
            mergings.push(merging);
        }
    }
    Ok((Some(onto), mergings))
}

/// The plan that counted in a community when `origin` came into force: itself, or the newest before it.
fn counted_at(world: &World, origin: PlanId, area: AreaId) -> Option<PlanId> {
    let plans = world.plans();
    let has_counted = |plan: &&Arc<Plan>| {
        plan.is_published()
            && plans.rank(plan.id) <= plans.rank(origin)
            && plan.areas.contains(&area)
    };
    plans.all().filter(has_counted).map(|plan| plan.id).max_by_key(|plan| plans.rank(*plan))
}

/// One community of the draft merged with what counts; `None` when nothing is to be done.
fn merge(
    world: &World,
    [plan, base, theirs]: [PlanId; 3],
    area: AreaId,
    settle: &BTreeMap<Box<str>, Take>,
) -> Option<Merging> {
    let plans = world.plans();
    let cut = |plan| plans.cut(plan, area);
    let (ours, was, is) = (cut(plan)?, cut(base)?, cut(theirs)?);
    let grids = |plan| -> BTreeMap<GridKey, &Arc<Grid>> {
        let all = plans.grids(plan).filter(|grid| grid.community == area);
        all.map(|grid| (grid.key, grid)).collect()
    };
    let [held, known, new] = [plan, base, theirs].map(grids);
    let blocks = [was, is].map(|cut| Blocks::new(&cut.fabric));
    let layers = [
        Layer { fabric: &was.fabric, blocks: &blocks[0], colors: &was.colors },
        Layer { fabric: &is.fabric, blocks: &blocks[1], colors: &is.colors },
    ];
    let laid = lay(&ours.fabric, &layers).unwrap_or_else(|_| lay_whole(&ours.fabric, &layers));
    let ground = laid.recut.map(|recut| Ground { fabric: recut.fabric, parents: recut.parents });
    let fabric = ground.as_ref().map_or(&*ours.fabric, |ground| &ground.fabric);
    let own = |cell: CellId| {
        let parent = ground.as_ref().map_or(cell, |ground| ground.parents[cell.index()]);
        ours.colors[parent.index()]
    };
    let sides: Vec<Sides> = fabric
        .cells()
        .map(|cell| Sides {
            base: laid.colors[0][cell.index()].flatten(),
            ours: own(cell),
            theirs: laid.colors[1][cell.index()].flatten(),
        })
        .collect();
    let links = merged_links([&was.links, &ours.links, &is.links]);
    let joined = joined(fabric, &links);
    let gone = |side: &BTreeMap<GridKey, &Arc<Grid>>| -> BTreeSet<GridKey> {
        known.keys().filter(|key| !side.contains_key(key)).copied().collect()
    };
    let gone = [gone(&held), gone(&new)];
    let marked = |is_marked: fn(&Grid) -> bool| -> BTreeSet<GridKey> {
        let all = held.values().chain(new.values()).filter(|grid| is_marked(grid));
        all.map(|grid| grid.key).collect()
    };
    let merge = Merge {
        fabric,
        sides: &sides,
        links: &joined,
        gone_in_ours: &gone[0],
        gone_in_theirs: &gone[1],
        detached: &marked(|grid| grid.is_detached),
        special: &marked(|grid| grid.kind != GridKind::General),
    };
    let merged = merge.run(settle);
    Some(Merging { area, theirs, ground, merged, gone, base, links })
}

/// Crossings either side declared, less those either side withdrew.
fn merged_links([base, ours, theirs]: [&Vec<[Pin; 2]>; 3]) -> Vec<[Pin; 2]> {
    let all: BTreeSet<[Pin; 2]> = ours.iter().chain(theirs).copied().collect();
    let is_kept =
        |link: &[Pin; 2]| !base.contains(link) || (ours.contains(link) && theirs.contains(link));
    all.into_iter().filter(is_kept).collect()
}

fn joined(fabric: &Fabric, links: &[[Pin; 2]]) -> Vec<(CellId, CellId)> {
    if links.is_empty() {
        return Vec::new();
    }
    let terrain = Terrain::new(Arc::new(fabric.clone()));
    let cell = |pin| terrain.cell_at(pin);
    let pairs = links.iter().filter_map(|[one, two]| Some((cell(*one)?, cell(*two)?)));
    pairs.filter(|(one, two)| one != two).collect()
}

/// Conflicts with their codes, buildings and households.
fn tell(world: &World, plan: PlanId, onto: Option<PlanId>, mergings: &[Merging]) -> Outlook {
    let mut told = Outlook { onto, ..Outlook::default() };
    for merging in mergings {
        told.n_carried += merging.merged.n_carried;
        if merging.merged.conflicts.is_empty() {
            continue;
        }
        let cut = world.plans().cut(plan, merging.area).expect("was merged");
        let community = &world.areas().get(merging.area).expect("cuts are of areas").code;
        let fabric = match &merging.ground {
            Some(ground) => Arc::new(ground.fabric.clone()),
            None => Arc::clone(&cut.fabric),
        };
        let on = standing(world, merging.area, &Terrain::new(fabric));
        let code = |plan: PlanId, key: Option<GridKey>| {
            world.plans().grid(plan, key?).map(|grid| grid.code.clone())
        };
        for conflict in &merging.merged.conflicts {
            let Conflict { key, sides, cells, place, take } = conflict;
            let (mut buildings, mut households) = (Vec::new(), Count::ZERO);
            for (code, tally) in cells.iter().filter_map(|cell| on.get(cell)).flatten() {
                buildings.push(code.clone());
                households += tally.households;
            }
            buildings.sort_unstable();
            told.conflicts.push(Contested {
                community: community.clone(),
                key: key.clone(),
                place: place.clone(),
                buildings,
                households,
                base: code(merging.base, sides.base),
                ours: code(plan, sides.ours),
                theirs: code(merging.theirs, sides.theirs),
                take: *take,
            });
        }
    }
    told
}

/// Buildings by the cell they stand on.
fn standing(
    world: &World,
    area: AreaId,
    terrain: &Terrain,
) -> BTreeMap<CellId, Vec<(Code, Tally)>> {
    let mut on: BTreeMap<CellId, Vec<(Code, Tally)>> = BTreeMap::new();
    let Some(housing) = world.town().housing(Some(area)) else { return on };
    for row in (0..housing.homes.len()).filter(|row| housing.stands_here(*row)) {
        let place = terrain.cell_of(housing, row).zip(Code::new(housing.homes.code(row)));
        if let Some((cell, code)) = place {
            on.entry(cell).or_default().push((code, Tally::of_home(&housing.homes, row)));
        }
    }
    on
}

/// Puts one merged community into the sketch; says what is not sound in it.
fn apply(sketch: &mut Sketch<'_>, merging: Merging) -> Vec<Fault> {
    let Merging { area, theirs, ground, merged, gone, base, links } = merging;
    let plans = sketch.world.plans();
    let plan = sketch.plan;
    let Merged { colors, broken, .. } = merged;
    let has_ground: BTreeSet<GridKey> = colors.iter().flatten().copied().collect();
    let of_area = |plan: PlanId| plans.grids(plan).filter(|grid| grid.community == area);
    let keys: BTreeSet<GridKey> =
        of_area(plan).chain(of_area(theirs)).map(|grid| grid.key).collect();
    for key in keys {
        let known = plans.grid(base, key);
        let (ours, now) = (plans.grid(plan, key), plans.grid(theirs, key));
        let is_given_up = gone.iter().any(|gone| gone.contains(&key));
        let had_ground = |plan: PlanId, grid: Option<&Arc<Grid>>| {
            let cut = plans.cut(plan, area);
            grid.is_some() && cut.is_some_and(|cut| cut.colors.contains(&Some(key)))
        };
        // A grid only one side has lives by its ground; one without any, as a name.
        let is_new_to_one = ours.is_none() != now.is_none();
        let lost = is_new_to_one && (had_ground(plan, ours) || had_ground(theirs, now));
        if !has_ground.contains(&key) && (is_given_up || lost) {
            if ours.is_some() {
                sketch.remove_grid(key);
            }
            continue;
        }
        let after = written(plan, known, ours, now);
        if ours.is_none_or(|ours| **ours != after) {
            sketch.set_grid(after);
        }
    }
    give_free_codes(sketch, area, theirs);
    let working = sketch.ground(area).expect("was merged");
    match ground {
        Some(Ground { fabric, parents }) => working.put_fabric(fabric, colors, &parents),
        None => working.cut.colors = colors,
    }
    if working.cut.links != links {
        working.cut.links = links;
        working.join();
    }
    let faults = broken.into_iter().map(|(key, what)| fault(sketch, area, key, what));
    faults.collect()
}

/// What is written of a grid: each word of the side that changed it, the draft's where both did.
fn written(
    plan: PlanId,
    base: Option<&Arc<Grid>>,
    ours: Option<&Arc<Grid>>,
    theirs: Option<&Arc<Grid>>,
) -> Grid {
    let (ours, theirs) = match (ours, theirs) {
        (Some(ours), Some(theirs)) => (ours, theirs),
        (Some(ours), None) => return Grid::clone(ours),
        (None, theirs) => {
            let theirs = theirs.expect("one side has the grid");
            return Grid {
                plan,
                is_locked: false,
                predecessors: Vec::new(),
                ..Grid::clone(theirs)
            };
        }
    };
    fn word<T: Clone + PartialEq>(base: Option<&T>, ours: &T, theirs: &T) -> T {
        if base == Some(ours) { theirs.clone() } else { ours.clone() }
    }
    macro_rules! of {
        ($field:ident) => {
            word(base.map(|base| &base.$field), &ours.$field, &theirs.$field)
        };
    }
    Grid {
        plan,
        key: ours.key,
        code: of!(code),
        name: of!(name),
        community: ours.community,
        kind: of!(kind),
        head: of!(head),
        manager: of!(manager),
        work_phone: of!(work_phone),
        source_digest: theirs.source_digest,
        is_locked: ours.is_locked,
        is_detached: of!(is_detached),
        is_numbered: ours.is_numbered,
        // Told anew when the plan is published.
        predecessors: Vec::new(),
    }
}

/// A code that another grid got meanwhile is that grid's; the draft's own takes the next free one.
fn give_free_codes(sketch: &mut Sketch<'_>, area: AreaId, theirs: PlanId) {
    let of_area = sketch.all_grids().into_iter().filter(|grid| grid.community == area);
    let drawn: Vec<(GridKey, Code)> = of_area.map(|grid| (grid.key, grid.code.clone())).collect();
    for (key, code) in &drawn {
        let is_theirs = sketch.world.plans().grid(theirs, *key).is_some();
        let is_taken = drawn.iter().any(|(other, taken)| other != key && taken == code);
        if is_taken && !is_theirs {
            let free = sketch.next_code(area);
            let grid = sketch.grid(*key).expect("was listed").clone();
            sketch.set_grid(Grid { code: free, ..grid });
        }
    }
}

fn fault(sketch: &mut Sketch<'_>, area: AreaId, key: GridKey, what: Break) -> Fault {
    let code = match what {
        Break::InPieces => "edit.in-pieces",
        Break::Swallowed | Break::Encloses => "edit.swallowed",
    };
    let named = sketch.code_of(key);
    let shard = sketch.world.shard(PlanChoice::Plan(sketch.plan), area);
    let before = shard.map(|shard| shard.ground.outline(key)).unwrap_or_default();
    let working = sketch.ground(area).expect("was merged");
    let now = outline(&working.cut.fabric, |cell| working.cut.grid_of(cell) == Some(key));
    let fault = Fault::new(code).on(if now.is_empty() { before } else { now });
    match named {
        Some(code) => fault.grid(&code),
        None => fault,
    }
}
