//! What came of an edit: counts before and after, findings gone and new, faults with their places.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use utoipa::ToSchema;

use super::finding::Finding;
use super::geometry::Geometry;
use super::grid::Grid;
use super::tally::TallyTable;
use crate::desk::Outcome;
use crate::domain::decide::edits::{self, Edited, FaultPlace};
use crate::domain::finding::{self, Place, Query, findings};
use crate::domain::ids::{AreaId, CellId, GridKey, PlanId};
use crate::domain::indicators::coverage::{Size, size_of};
use crate::domain::issue::words;
use crate::domain::plan::Former;
use crate::domain::plan::log::{redoable, undoable};
use crate::domain::world::{PlanChoice, World};
use crate::http::lang::Lang;

/// One thing wrong with an edit.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditIssue {
    pub code: &'static str,
    pub severity: &'static str,
    pub message: String,
    #[schema(value_type = Option<Object>)]
    pub place: Option<Geometry>,
    pub grid: Option<String>,
    pub buildings: Vec<String>,
}

impl EditIssue {
    pub fn new(fault: &edits::Fault, lang: Lang) -> Self {
        let edits::Fault { code, grid, buildings, place, former } = fault;
        let says = words(code);
        Self {
            code,
            severity: "stop",
            message: match former {
                Some(former) => format!("{}{}", lang.pick(says.zh, says.en), who_had(former, lang)),
                None => lang.pick(says.zh, says.en).to_owned(),
            },
            place: match place {
                FaultPlace::Nowhere => None,
                FaultPlace::At(pin) => Geometry::of_pins(&[*pin]),
                FaultPlace::Line(pins) => Geometry::of_line(pins),
                FaultPlace::Ground(polygons) => Geometry::of_polygons(polygons),
            },
            grid: grid.as_ref().map(ToString::to_string),
            buildings: buildings.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Who had a code, and since when, to be set behind the words.
fn who_had(former: &Former, lang: Lang) -> String {
    let Former { name, plan, from } = former;
    let day = from.map(|day| day.to_string()).unwrap_or_default();
    lang.pick(
        format!("：{name}（方案“{plan}”，自 {day} 起）"),
        format!(": {name} (plan “{plan}”, from {day})"),
    )
}

/// What an edit did, or would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditOutcome {
    pub revision: u64,
    pub changed: bool,
    /// The same edit had been acknowledged before.
    pub repeated: bool,
    pub id: String,
    /// Grids touched, as they are afterwards.
    pub grids: Vec<Grid>,
    /// Codes of grids that are no more.
    pub removed: Vec<String>,
    pub before: Vec<EditRow>,
    pub after: Vec<EditRow>,
    pub balance: Vec<BalanceTurn>,
    pub findings: FindingTurn,
    pub carried: Vec<Carried>,
    pub communities: Vec<String>,
    /// Cells are numbered anew, or of several communities: read the fabric again.
    pub fabric_changed: bool,
    pub recolored: Vec<Recolored>,
    pub can_undo: bool,
    pub can_redo: bool,
    pub what: String,
}

/// Counts and shape of one touched grid or neighbour; without a grid: of what has none. Never members.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditRow {
    pub grid: Option<String>,
    pub id: Option<u32>,
    pub community: Option<String>,
    pub name: String,
    pub buildings: Option<i64>,
    pub dwellings: Option<i64>,
    pub households: Option<i64>,
    pub persons: Option<i64>,
    /// Households against the community's mean, as a share: 0.1 is ten per cent above it.
    pub deviation: Option<f64>,
    /// `empty`, `small`, `in`, `large` or `overloaded`.
    pub band: Option<&'static str>,
    pub area_m2: f64,
    pub compactness: Option<f64>,
    pub barrier_share: Option<f64>,
    pub pieces: u32,
}

/// How even the grids of a community are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Balance {
    pub grids: usize,
    pub households: i64,
    pub mean: f64,
    pub out_of_band: usize,
    pub deviation_max: f64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BalanceTurn {
    pub community: String,
    pub before: Balance,
    pub after: Balance,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FindingTurn {
    pub gone: Vec<Finding>,
    pub new: Vec<Finding>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Carried {
    pub buildings: Vec<String>,
    pub from: Option<String>,
    pub to: String,
}

/// The grid of one cell, by key.
#[derive(Debug, Serialize, ToSchema)]
pub struct Recolored {
    pub cell: u32,
    pub grid: Option<u32>,
}

impl EditOutcome {
    /// Cost: O(buildings and seams) of the communities touched.
    pub fn new(outcome: &Outcome, lang: Lang) -> Option<Self> {
        let (edited, worlds) = outcome.edited.as_ref()?;
        let [before, after] = worlds.each_ref().map(|world| &**world);
        let Edited { plan, id, grids, removed, areas, carried, entry, is_repeated } = edited;
        let choice = PlanChoice::Plan(*plan);
        let code = |world: &World, key: GridKey| {
            world.plans().grid(*plan, key).map(|grid| grid.code.to_string())
        };
        let either = |key: GridKey| code(after, key).or_else(|| code(before, key));
        let shown: BTreeSet<GridKey> = areas
            .iter()
            .flat_map(|area| around(before, *plan, *area, grids))
            .chain(areas.iter().flat_map(|area| around(after, *plan, *area, grids)))
            .collect();
        let touched: BTreeSet<u32> = grids.iter().map(|key| key.get()).collect();
        let cells = recolored(before, after, *plan, areas);
        let log = after.plans().log(*plan);
        Some(Self {
            revision: outcome.revision.0,
            changed: outcome.is_changed,
            repeated: *is_repeated,
            id: id.to_string(),
            grids: areas
                .iter()
                .flat_map(|area| Grid::of_community(after, choice, *area))
                .filter(|grid| touched.contains(&grid.id))
                .collect(),
            removed: removed.iter().map(ToString::to_string).collect(),
            before: rows(before, *plan, areas, &shown),
            after: rows(after, *plan, areas, &shown),
            balance: areas
                .iter()
                .filter_map(|area| turn(worlds_of(before, after), *plan, *area))
                .collect(),
            findings: finding_turn(worlds_of(before, after), *plan, areas, lang),
            carried: carried
                .iter()
                .map(|one| Carried {
                    buildings: one.buildings.iter().map(ToString::to_string).collect(),
                    from: one.from.and_then(either),
                    to: either(one.to).unwrap_or_default(),
                })
                .collect(),
            communities: areas
                .iter()
                .filter_map(|area| after.areas().get(*area))
                .map(|record| record.code.to_string())
                .collect(),
            fabric_changed: cells.is_none(),
            recolored: cells.unwrap_or_default(),
            can_undo: undoable(log).is_some(),
            can_redo: redoable(log).is_some(),
            what: entry
                .as_ref()
                .map_or_else(String::new, |entry| super::history::what(entry, lang)),
        })
    }
}

fn worlds_of<'a>(before: &'a World, after: &'a World) -> [&'a World; 2] {
    [before, after]
}

/// Touched grids of a community and those beside them.
fn around(world: &World, plan: PlanId, area: AreaId, touched: &[GridKey]) -> Vec<GridKey> {
    let Some(shard) = world.shard(PlanChoice::Plan(plan), area) else { return Vec::new() };
    let cut = &shard.ground.cut;
    let is_touched =
        |key: Option<GridKey>| key.is_some_and(|key| touched.binary_search(&key).is_ok());
    let mut found: BTreeSet<GridKey> =
        shard.tallies.keys().copied().filter(|key| is_touched(Some(*key))).collect();
    for seam in cut.fabric.seams() {
        let color = |cell: Option<CellId>| cell.and_then(|cell| cut.colors[cell.index()]);
        let (left, right) = (color(seam.left), color(seam.right));
        if left != right && (is_touched(left) || is_touched(right)) {
            found.extend(left.into_iter().chain(right));
        }
    }
    found.into_iter().collect()
}

fn rows(world: &World, plan: PlanId, areas: &[AreaId], shown: &BTreeSet<GridKey>) -> Vec<EditRow> {
    let mut rows = Vec::new();
    for area in areas {
        let profile = world.profile_of(*area);
        let Some(shard) = world.shard(PlanChoice::Plan(plan), *area) else { continue };
        let table = TallyTable::new(world, PlanChoice::Plan(plan), Some(*area));
        let mean = mean(shard.tallies.values().map(|tally| tally.households.get()));
        for row in table.rows(world, Some(*area)) {
            let key = row.id.and_then(GridKey::new);
            if key.is_some_and(|key| !shown.contains(&key)) {
                continue;
            }
            let shape = key.and_then(|key| shard.ground.shapes.get(&key));
            let band =
                key.and_then(|key| shard.tallies.get(&key)).map(|tally| size_of(tally, &profile));
            let gap_m2 = || shard.ground.gaps.iter().map(|gap| gap.area.square_meters()).sum();
            rows.push(EditRow {
                grid: row.grid,
                id: row.id,
                community: row.community,
                name: row.name,
                buildings: row.tally.buildings,
                dwellings: row.tally.dwellings,
                households: row.tally.households,
                persons: row.tally.persons,
                deviation: key
                    .and(row.tally.households)
                    .filter(|_| mean > 0.0)
                    .map(|households| rounded(households as f64 / mean - 1.0)),
                band: band.map(band_word),
                area_m2: match (key, shape) {
                    (None, _) => gap_m2(),
                    (Some(_), shape) => shape.map_or(0.0, |shape| shape.area.square_meters()),
                },
                compactness: shape.and_then(|shape| shape.compactness()).map(rounded),
                barrier_share: shape.and_then(|shape| shape.barrier_share()).map(rounded),
                pieces: key.map_or(0, |key| shard.ground.pieces(key)),
            });
        }
    }
    rows
}

fn rounded(share: f64) -> f64 {
    (share * 1e4).round() / 1e4
}

fn mean(households: impl Iterator<Item = i64>) -> f64 {
    let (mut n, mut sum) = (0u32, 0i64);
    for one in households {
        n += 1;
        sum += one;
    }
    if n == 0 { 0.0 } else { sum as f64 / f64::from(n) }
}

fn band_word(size: Size) -> &'static str {
    match size {
        Size::Empty => "empty",
        Size::Small => "small",
        Size::InBand => "in",
        Size::Large => "large",
        Size::Overloaded => "overloaded",
    }
}

fn turn([before, after]: [&World; 2], plan: PlanId, area: AreaId) -> Option<BalanceTurn> {
    Some(BalanceTurn {
        community: after.areas().get(area)?.code.to_string(),
        before: balance(before, plan, area),
        after: balance(after, plan, area),
    })
}

fn balance(world: &World, plan: PlanId, area: AreaId) -> Balance {
    let profile = world.profile_of(area);
    let tallies = world.shard(PlanChoice::Plan(plan), area).map(|shard| &shard.tallies);
    let all: Vec<_> = tallies.into_iter().flat_map(|tallies| tallies.values()).collect();
    let households = || all.iter().map(|tally| tally.households.get());
    let mean = mean(households());
    let deviation = |one: i64| if mean > 0.0 { (one as f64 / mean - 1.0).abs() } else { 0.0 };
    Balance {
        grids: all.len(),
        households: households().sum(),
        mean: (mean * 10.0).round() / 10.0,
        out_of_band: all.iter().filter(|tally| size_of(tally, &profile) != Size::InBand).count(),
        deviation_max: rounded(households().map(deviation).fold(0.0, f64::max)),
    }
}

/// Findings of the communities that are gone, and those that came.
fn finding_turn(
    [before, after]: [&World; 2],
    plan: PlanId,
    areas: &[AreaId],
    lang: Lang,
) -> FindingTurn {
    let (mut gone, mut new) = (Vec::new(), Vec::new());
    for area in areas {
        let all = |world: &World| {
            findings(world, &Query { plan: PlanChoice::Plan(plan), area: Some(*area), code: None })
        };
        let (old, now) = (all(before), all(after));
        let (old_keys, now_keys) = (counted(&old), counted(&now));
        gone.extend(missing(before, &old, &now_keys, lang));
        new.extend(missing(after, &now, &old_keys, lang));
    }
    FindingTurn { gone, new }
}

/// What tells findings apart whatever their figures: code and subject; for ground its size.
type FindingKey = (&'static str, finding::Subject, u64);

fn key_of(found: &finding::Finding) -> FindingKey {
    let size = match found.place {
        Place::Cell(..) => found.figure.unwrap_or(0.0).to_bits(),
        _ => 0,
    };
    (found.code, found.subject, size)
}

fn counted(all: &[finding::Finding]) -> BTreeMap<FindingKey, usize> {
    let mut counts = BTreeMap::new();
    for found in all {
        *counts.entry(key_of(found)).or_default() += 1;
    }
    counts
}

fn missing(
    world: &World,
    all: &[finding::Finding],
    others: &BTreeMap<FindingKey, usize>,
    lang: Lang,
) -> Vec<Finding> {
    let mut left = others.clone();
    all.iter()
        .filter(|found| match left.get_mut(&key_of(found)) {
            Some(n) if *n > 0 => {
                *n -= 1;
                false
            }
            _ => true,
        })
        .map(|found| Finding::new(world, found, lang))
        .collect()
}

/// Cells that changed color; `None` when cells are numbered anew, or of several communities.
fn recolored(
    before: &World,
    after: &World,
    plan: PlanId,
    areas: &[AreaId],
) -> Option<Vec<Recolored>> {
    if areas.len() > 1 {
        return None;
    }
    let mut found = Vec::new();
    for area in areas {
        let (old, new) = (before.plans().cut(plan, *area)?, after.plans().cut(plan, *area)?);
        if !std::sync::Arc::ptr_eq(&old.fabric, &new.fabric) {
            return None;
        }
        let pairs = old.colors.iter().zip(&new.colors).enumerate();
        found.extend(
            pairs
                .filter(|(_, (was, is))| was != is)
                .map(|(at, (_, is))| Recolored { cell: at as u32 + 1, grid: is.map(GridKey::get) }),
        );
    }
    Some(found)
}
