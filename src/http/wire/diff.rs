//! Two plans side by side, in numbers, in shapes and in words. Never members.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::geometry::{Feature, FeatureCollection, Geometry};
use super::plan::PlanKey;
use crate::domain::diff::{self, Diff, Figures, Flow, GridTurn, Headcount, Piece, grid_code};
use crate::domain::ids::{AreaId, GridKey};
use crate::domain::measure::Area;
use crate::domain::world::{PlanChoice, World};
use crate::http::lang::Lang;

/// Sentences about single grids in the answer's own list, at most; each grid has its own besides.
const TOLD_GRIDS: usize = 12;
/// Less ground than this, one square metre, makes no predecessor.
const NOTED: Area = Area(10_000);
/// Grids named in one sentence, at most.
const TOLD_FLOWS: usize = 4;

/// What becomes different when `to` follows `from`, over the communities both divide.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiffSheet {
    pub from: DiffPlan,
    pub to: DiffPlan,
    pub revision: u64,
    /// Grids that are not as they were: ground, counts, names, keepers.
    pub grids: Vec<DiffGrid>,
    /// Buildings that get another grid, by code.
    pub moved: Vec<DiffMoved>,
    pub totals: DiffTotals,
    /// The whole in a few sentences.
    pub sentences: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DiffPlan {
    pub id: PlanKey,
    pub title: String,
}

/// How many come, go, were and will be.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DiffCount {
    #[serde(rename = "in")]
    pub came: i64,
    #[serde(rename = "out")]
    pub left: i64,
    /// 0 on a side the grid is not in.
    pub before: i64,
    pub after: i64,
}

/// Null on a side the grid is not in, or where there is nothing to measure.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct DiffTurn<T> {
    pub before: Option<T>,
    pub after: Option<T>,
}

/// One grid before and after; counts are of today's buildings in either plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiffGrid {
    /// Its code after; before, when it is no more.
    pub grid: String,
    pub id: u32,
    pub name: String,
    pub community: String,
    pub is_new: bool,
    pub is_gone: bool,
    /// Codes of the grids it came from.
    pub predecessors: Vec<String>,
    pub buildings: DiffCount,
    pub households: DiffCount,
    pub persons: DiffCount,
    /// Public by office; empty when vacant.
    pub manager: DiffTurn<String>,
    pub border_m: DiffTurn<f64>,
    /// Households above the mean of the community's grids, in per cent of it.
    pub deviation: DiffTurn<f64>,
    /// 1 for a circle, near 0 for a thread.
    pub compactness: DiffTurn<f64>,
    /// Share of the border along roads, rails, water and walls.
    pub barrier_share: DiffTurn<f64>,
    pub sentence: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DiffMoved {
    pub building: String,
    pub name: String,
    /// Null is no grid, like `to`.
    pub from: Option<String>,
    pub to: Option<String>,
    pub households: i64,
    pub persons: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DiffTotals {
    /// That get another grid, here and below.
    pub buildings: i64,
    pub households: i64,
    pub persons: i64,
    /// Households of all communities compared, moved or not.
    pub households_all: i64,
    pub grids_new: u32,
    pub grids_gone: u32,
    pub grids_changed: u32,
    /// Grids that stay and get another manager.
    pub managers: u32,
    pub area_m2: f64,
}

/// Ground that goes from one grid of a community to another, with what stands on it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DiffPiece {
    pub community: String,
    /// Null is no grid, like `to`.
    pub from: Option<String>,
    pub to: Option<String>,
    pub households: i64,
    pub buildings: i64,
    pub area_m2: f64,
}

impl DiffSheet {
    pub fn new(world: &World, diff: &Diff, lang: Lang) -> Self {
        let words = Words { world, diff, flows: flows_by_community(diff), lang };
        let moved = diff.rows(world).map(|row| DiffMoved {
            building: row.building.to_owned(),
            name: row.name.to_owned(),
            from: row.from.map(str::to_owned),
            to: row.to.map(str::to_owned),
            households: row.count.households.get(),
            persons: row.count.persons.get(),
        });
        Self {
            from: DiffPlan::new(world, diff.from),
            to: DiffPlan::new(world, diff.to),
            revision: world.revision().0,
            grids: diff.grids.iter().map(|turn| DiffGrid::new(turn, &words)).collect(),
            moved: moved.collect(),
            totals: DiffTotals::from(diff.totals),
            sentences: words.whole(),
        }
    }
}

impl DiffPlan {
    pub(super) fn new(world: &World, choice: PlanChoice) -> Self {
        match choice {
            PlanChoice::Current => Self { id: PlanKey::Current("current"), title: String::new() },
            PlanChoice::Plan(id) => Self {
                id: PlanKey::Number(id.get()),
                title: world
                    .plans()
                    .get(id)
                    .map_or_else(String::new, |plan| plan.title.to_string()),
            },
        }
    }
}

impl DiffGrid {
    fn new(turn: &GridTurn, words: &Words<'_>) -> Self {
        let GridTurn { key, community, grid, figures, came, left } = turn;
        let either = turn.either();
        let count = |of: fn(Headcount) -> i64| DiffCount {
            came: of(*came),
            left: of(*left),
            before: figures.before.map_or(0, |figures| of(figures.count)),
            after: figures.after.map_or(0, |figures| of(figures.count)),
        };
        let of = |measure: fn(&Figures) -> Option<f64>, digits: i32| {
            let unit = 10f64.powi(digits);
            let side = |figures: &Option<Figures>| {
                let value = measure(figures.as_ref()?)?;
                Some((value * unit).round() / unit)
            };
            DiffTurn { before: side(&figures.before), after: side(&figures.after) }
        };
        Self {
            grid: either.code.to_string(),
            id: key.get(),
            name: either.name.to_string(),
            community: words.area_code(*community).to_owned(),
            is_new: turn.is_new(),
            is_gone: turn.is_gone(),
            predecessors: words.predecessors(turn),
            buildings: count(|count| count.buildings.get()),
            households: count(|count| count.households.get()),
            persons: count(|count| count.persons.get()),
            manager: DiffTurn {
                before: grid.before.as_ref().map(|grid| grid.manager.to_string()),
                after: grid.after.as_ref().map(|grid| grid.manager.to_string()),
            },
            border_m: of(|figures| Some(figures.border.meters()), 1),
            deviation: of(|figures| figures.deviation, 2),
            compactness: of(|figures| figures.compactness, 4),
            barrier_share: of(|figures| figures.barrier_share, 4),
            sentence: words.of_grid(turn),
        }
    }
}

impl From<diff::Totals> for DiffTotals {
    fn from(totals: diff::Totals) -> Self {
        let diff::Totals { moved, households_all, n_new, n_gone, n_changed, n_managers, area } =
            totals;
        let Headcount { buildings, households, persons } = moved;
        Self {
            buildings: buildings.get(),
            households: households.get(),
            persons: persons.get(),
            households_all: households_all.get(),
            grids_new: n_new,
            grids_gone: n_gone,
            grids_changed: n_changed,
            managers: n_managers,
            area_m2: area.square_meters(),
        }
    }
}

/// The ground that moves, one feature a community and pair of grids. What moves by lists or overrides alone
/// has no ground and is not here.
pub fn diff_collection(
    world: &World,
    diff: &Diff,
    pieces: &[Piece],
) -> FeatureCollection<DiffPiece> {
    let flows = flows_by_community(diff);
    let feature = |(number, piece): (u32, &Piece)| {
        let Piece { community, from, to, area, polygons } = piece;
        let flow = flows
            .get(community)
            .and_then(|flows| flows.iter().find(|flow| (flow.from, flow.to) == (*from, *to)));
        let code = |plan, key| grid_code(world, plan, *community, key).map(str::to_owned);
        Feature {
            kind: "Feature",
            id: number,
            properties: DiffPiece {
                community: world
                    .areas()
                    .get(*community)
                    .map_or_else(String::new, |area| area.code.to_string()),
                from: code(diff.from, *from),
                to: code(diff.to, *to),
                households: flow.map_or(0, |flow| flow.count.households.get()),
                buildings: flow.map_or(0, |flow| flow.count.buildings.get()),
                area_m2: area.square_meters(),
            },
            geometry: Geometry::of_polygons(polygons),
        }
    };
    let features = (1..).zip(pieces).map(feature).collect();
    FeatureCollection { kind: "FeatureCollection", features }
}

fn flows_by_community(diff: &Diff) -> HashMap<AreaId, &[Flow]> {
    let of_one = diff.flows.chunk_by(|one, two| one.community == two.community);
    of_one.map(|flows| (flows[0].community, flows)).collect()
}

/// A diff told in one language.
struct Words<'a> {
    world: &'a World,
    diff: &'a Diff,
    flows: HashMap<AreaId, &'a [Flow]>,
    lang: Lang,
}

impl Words<'_> {
    fn area_code(&self, community: AreaId) -> &str {
        self.world.areas().get(community).map_or("", |area| area.code.as_str())
    }

    /// Of a new grid those that gave its ground; of one that stays those it was told to come from.
    fn predecessors(&self, turn: &GridTurn) -> Vec<String> {
        if !turn.is_new() {
            return turn
                .grid
                .after
                .iter()
                .flat_map(|grid| &grid.predecessors)
                .map(ToString::to_string)
                .collect();
        }
        let gave = |flow: &&Flow| flow.to == Some(turn.key) && flow.area >= NOTED;
        let codes =
            self.flows_in(turn.community).iter().filter(gave).filter_map(|flow| {
                grid_code(self.world, self.diff.from, flow.community, flow.from)
            });
        let mut codes: Vec<String> = codes.map(str::to_owned).collect();
        codes.sort_unstable();
        codes
    }

    fn flows_in(&self, community: AreaId) -> &[Flow] {
        self.flows.get(&community).copied().unwrap_or_default()
    }

    /// A grid's code without that of its community.
    fn short(&self, plan: PlanChoice, community: AreaId, key: Option<GridKey>) -> String {
        let Some(code) = grid_code(self.world, plan, community, key) else {
            return self.lang.pick("无网格", "no grid").to_owned();
        };
        let short = code.strip_prefix(self.area_code(community)).filter(|rest| !rest.is_empty());
        short.unwrap_or(code).to_owned()
    }

    /// What moves in all, then the grids that change most.
    fn whole(&self) -> Vec<String> {
        let totals = &self.diff.totals;
        let Headcount { buildings, households, .. } = totals.moved;
        let mut told = vec![match (buildings.get(), self.lang) {
            (0, Lang::Zh) => "没有楼栋更换网格。".to_owned(),
            (0, Lang::En) => "No building gets another grid.".to_owned(),
            (n, lang) => {
                let (moved, all) = (households.get(), totals.households_all.get());
                let share = if all > 0 { moved as f64 / all as f64 * 100.0 } else { 0.0 };
                lang.pick(
                    format!("{moved} 户（占 {share:.1}%）、{n} 栋楼更换网格。"),
                    format!(
                        "Another grid for {} ({share:.1} %) in {}.",
                        many(moved, "household"),
                        many(n, "building")
                    ),
                )
            }
        }];
        let (new, gone, managers) = (totals.n_new, totals.n_gone, totals.n_managers);
        let mut tell = |n: u32, zh: String, en: String| {
            if n > 0 {
                told.push(self.lang.pick(zh, en));
            }
        };
        tell(new, format!("新增 {new} 个网格。"), format!("New: {}.", many(new.into(), "grid")));
        tell(
            gone,
            format!("撤销 {gone} 个网格。"),
            format!("Gone: {}.", many(gone.into(), "grid")),
        );
        tell(
            managers,
            format!("{managers} 个网格更换网格员。"),
            format!("Another manager: {}.", many(managers.into(), "grid")),
        );
        let mut most: Vec<&GridTurn> = self.diff.grids.iter().collect();
        let size = |turn: &GridTurn| (turn.came + turn.left).households;
        most.retain(|turn| size(turn).get() > 0);
        most.sort_by_key(|turn| std::cmp::Reverse(size(turn)));
        told.extend(most.into_iter().take(TOLD_GRIDS).map(|turn| self.of_grid(turn)));
        told
    }

    /// What becomes of one grid.
    fn of_grid(&self, turn: &GridTurn) -> String {
        let GridTurn { key, community, grid, .. } = turn;
        let side = if turn.is_gone() { self.diff.from } else { self.diff.to };
        let name = self.short(side, *community, Some(*key));
        let mut parts: Vec<String> = Vec::new();
        if turn.is_new() {
            parts.push(self.lang.pick("为新增网格", "is new").to_owned());
        } else if turn.is_gone() {
            parts.push(self.lang.pick("撤销", "is no more").to_owned());
        }
        parts.extend(self.flows(turn, true));
        parts.extend(self.flows(turn, false));
        if let (Some(before), Some(after)) = (&grid.before, &grid.after) {
            if before.code != after.code {
                let old = self.short(self.diff.from, *community, Some(*key));
                parts.push(self.lang.pick(format!("原编号 {old}"), format!("was numbered {old}")));
            }
            if before.name != after.name {
                let (old, new) = (&before.name, &after.name);
                parts.push(self.lang.pick(
                    format!("由“{old}”改名为“{new}”"),
                    format!("is renamed from “{old}” to “{new}”"),
                ));
            }
            if turn.has_new_manager() {
                let vacant = self.lang.pick("空缺", "nobody");
                let named = |name: &'_ str| {
                    if name.is_empty() { vacant.to_owned() } else { name.to_owned() }
                };
                let (old, new) = (named(&before.manager), named(&after.manager));
                parts.push(self.lang.pick(
                    format!("网格员由{old}改为{new}"),
                    format!("has {new} as manager instead of {old}"),
                ));
            }
        }
        if parts.is_empty() {
            let is_ground = self
                .flows_in(*community)
                .iter()
                .any(|flow| flow.from == Some(*key) || flow.to == Some(*key));
            parts.push(
                match is_ground {
                    true => self.lang.pick("边界有变，住户不变", "moves its border, nobody moves"),
                    false => self.lang.pick("登记信息有变", "is written otherwise"),
                }
                .to_owned(),
            );
        }
        match self.lang {
            Lang::Zh => format!("网格{name} {}。", parts.join("，")),
            Lang::En => format!("Grid {name} {}.", parts.join(", ")),
        }
    }

    /// Where homes come from or go to, most first.
    fn flows(&self, turn: &GridTurn, is_in: bool) -> Option<String> {
        let mut flows: Vec<&Flow> = self
            .flows_in(turn.community)
            .iter()
            .filter(|flow| flow.count.buildings.get() > 0)
            .filter(|flow| if is_in { flow.to } else { flow.from } == Some(turn.key))
            .collect();
        if flows.is_empty() {
            return None;
        }
        flows.sort_by_key(|flow| std::cmp::Reverse((flow.count.households, flow.count.buildings)));
        let n_more = flows.len().saturating_sub(TOLD_FLOWS);
        let told = flows.iter().take(TOLD_FLOWS).map(|flow| {
            let Headcount { buildings, households, .. } = flow.count;
            let (n, unit) = match households.get() {
                0 => (buildings.get(), ("栋空楼", "empty building")),
                n => (n, ("户", "household")),
            };
            let (plan, key) =
                if is_in { (self.diff.from, flow.from) } else { (self.diff.to, flow.to) };
            let other = self.short(plan, flow.community, key);
            match (self.lang, is_in) {
                (Lang::Zh, true) => format!("从 {other} 增加 {n} {}", unit.0),
                (Lang::Zh, false) => format!("向 {other} 减少 {n} {}", unit.0),
                (Lang::En, true) => format!("{} from {other}", many(n, unit.1)),
                (Lang::En, false) => format!("{} to {other}", many(n, unit.1)),
            }
        });
        let mut told: Vec<String> = told.collect();
        if n_more > 0 {
            told.push(self.lang.pick(
                format!("另有 {n_more} 个网格"),
                format!("and {}", many(n_more as i64, "other grid")),
            ));
        }
        Some(match (self.lang, is_in) {
            (Lang::Zh, _) => told.join("、"),
            (Lang::En, true) => format!("gains {}", told.join(" and ")),
            (Lang::En, false) => format!("loses {}", told.join(" and ")),
        })
    }
}

/// A number of things in English.
fn many(n: i64, thing: &str) -> String {
    if n == 1 { format!("1 {thing}") } else { format!("{n} {thing}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!(many(1, "grid"), "1 grid");
        assert_eq!(many(0, "grid"), "0 grids");
    }
}
