//! Repairs asked for, and ways out told in numbers that are those of the edit.
//!
//! Every number of a way out is read from the worlds before and after its preview: what is told is what
//! applying it comes to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::division::CertificateRow;
use super::geometry::Geometry;
use super::wish::{DivideBody, MixBody};
use crate::desk::Outcome;
use crate::divide::Count;
use crate::divide::repair::plan::{Site, Wish, outline_of};
use crate::divide::repair::{Remedy, Repairs};
use crate::domain::fabric::Barrier;
use crate::domain::ids::{AreaId, CellId, Code, GridKey, PlanId};
use crate::domain::issue::words;
use crate::domain::measure::Length;
use crate::domain::plan::edit::{Pick, Stroke};
use crate::domain::tally::Tally;
use crate::domain::world::{PlanChoice, Profile, Shard, World};
use crate::http::lang::Lang;

/// Which grids to bring into which band.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RepairBody {
    /// Codes of grids of one community; empty: all that lie outside the band and may change.
    pub grids: Vec<String>,
    /// Code of the community; may be left out where grids are named or the plan has only one.
    pub area: Option<String>,
    pub target: Option<i64>,
    pub min: Option<i64>,
    pub max: Option<i64>,
    /// `households` (when not said), `persons`, `buildings` or `area` (in units of 100 m²).
    pub weight: Option<String>,
    /// How much each counts, instead of `weight`.
    pub mix: Option<MixBody>,
    /// Buildings of one estate stay together, as far as one grid holds them.
    pub bind_estates: bool,
    /// Revision the planner looked at: refused when the community was changed since.
    pub base: Option<u64>,
    /// Seconds it may work at most, 1 when not said.
    pub time: Option<f64>,
}

impl RepairBody {
    /// The wish it stands for; else the code of what is wrong with it.
    pub fn wish(&self, profile: &Profile) -> Result<Wish, &'static str> {
        let Self { target, min, max, weight, mix, bind_estates, .. } = self.clone();
        let body = DivideBody { target, min, max, weight, mix, ..DivideBody::default() };
        let wish = body.into_wish(profile)?;
        match wish.aim.count {
            Count::Around { target, min, max } => Ok(Wish {
                weigh: wish.weigh,
                band: (min, max),
                target,
                is_estate_bound: bind_estates,
            }),
            Count::Exactly(_) => Err("divide.bad-band"),
        }
    }
}

/// What can be done about some grids, best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct RepairSheet {
    /// Revision all of it is about: the base of the edit that applies one.
    pub revision: u64,
    pub community: String,
    /// Grids to be brought into the band.
    pub picked: Vec<PickedRow>,
    pub min: i64,
    pub max: i64,
    /// Weight outside the band, over all grids that may change.
    pub outside: i64,
    /// At least so much weight changes hands in whatever keeps the band.
    pub least: i64,
    /// At most five.
    pub alternatives: Vec<AlternativeRow>,
    pub certificates: Vec<CertificateRow>,
    /// Why there is no alternative, or none that keeps the band.
    pub said: Option<SaidRow>,
    /// The limit in time ended the search early.
    pub cut_short: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PickedRow {
    pub grid: String,
    pub id: u32,
    pub name: String,
    pub weight: i64,
    pub band: &'static str,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SaidRow {
    pub code: &'static str,
    pub message: &'static str,
}

/// One way out.
#[derive(Debug, Serialize, ToSchema)]
pub struct AlternativeRow {
    /// From 1.
    pub rank: usize,
    /// `transfer`, `chain`, `redraw`, `split` or `merge`
    pub kind: &'static str,
    /// Households that get another grid.
    pub households: i64,
    pub buildings: usize,
    /// Weight outside the band, over the grids touched and picked.
    pub band: TurnedWeight,
    /// Largest share of the community's mean by which a grid is off.
    pub deviation: TurnedShare,
    /// Border between grids, each once, and the share of it along barriers.
    pub cut_m: TurnedShare,
    pub barrier_share: TurnedMaybe,
    pub grids: Vec<TouchedRow>,
    pub moves: Vec<MoveRow>,
    /// What `POST …/edits` takes, with `revision` as its base.
    #[schema(value_type = Vec<Object>)]
    pub edits: Vec<StrokeRow>,
    /// Outline of what moves.
    #[schema(value_type = Option<Object>)]
    pub place: Option<Geometry>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct TurnedWeight {
    pub before: i64,
    pub after: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct TurnedShare {
    pub before: f64,
    pub after: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct TurnedMaybe {
    pub before: Option<f64>,
    pub after: Option<f64>,
}

/// A grid touched; without `before` it is new, without `after` it is no more.
#[derive(Debug, Serialize, ToSchema)]
pub struct TouchedRow {
    pub grid: String,
    pub id: u32,
    pub name: String,
    pub before: Option<StandRow>,
    pub after: Option<StandRow>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StandRow {
    pub weight: i64,
    pub households: i64,
    pub buildings: i64,
    pub area_m2: f64,
    pub compactness: Option<f64>,
    /// `small`, `in` or `large`
    pub band: &'static str,
}

/// What one grid gives another; `to` is null where it becomes a grid of its own.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveRow {
    pub from: String,
    pub to: Option<String>,
    pub to_id: Option<u32>,
    pub buildings: Vec<String>,
    pub households: i64,
    pub cells: Vec<u32>,
}

/// A stroke as the edits of a draft are said.
#[derive(Debug, Serialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum StrokeRow {
    Paint { community: String, cells: Vec<u32>, to: Option<String> },
    Create { community: String, cells: Vec<u32>, name: String },
    Merge { grids: Vec<String>, keep: String },
    Divide { community: String, parts: Vec<DealtRow> },
}

#[derive(Debug, Serialize)]
pub struct DealtRow {
    cells: Vec<u32>,
    grid: Option<String>,
    name: String,
}

fn numbers(cells: &[CellId]) -> Vec<u32> {
    cells.iter().map(|cell| cell.get()).collect()
}

impl StrokeRow {
    /// `None` for strokes a repair does not make.
    fn new(stroke: &Stroke) -> Option<Self> {
        let text = |code: &Option<Code>| code.as_ref().map(ToString::to_string);
        Some(match stroke {
            Stroke::Paint { pick: Pick::Cells { community, cells }, to } => {
                Self::Paint { community: text(community)?, cells: numbers(cells), to: text(to) }
            }
            Stroke::Create { pick: Pick::Cells { cells, .. }, community, name, .. } => {
                let (community, name) = (text(community)?, name.to_string());
                Self::Create { community, cells: numbers(cells), name }
            }
            Stroke::Merge { grids, keep } => Self::Merge {
                grids: grids.iter().map(ToString::to_string).collect(),
                keep: keep.to_string(),
            },
            Stroke::Divide { community, parts } => Self::Divide {
                community: community.to_string(),
                parts: parts
                    .iter()
                    .map(|part| DealtRow {
                        cells: numbers(&part.cells),
                        grid: text(&part.keep),
                        name: part.name.to_string(),
                    })
                    .collect(),
            },
            _ => return None,
        })
    }
}

/// What goes from one grid to another.
#[derive(Default)]
struct Moved {
    cells: Vec<u32>,
    buildings: Vec<String>,
    tally: Tally,
}

/// Who asks about what, and what is wrong today.
pub struct Asked<'a> {
    pub world: &'a World,
    pub plan: PlanId,
    pub area: AreaId,
    pub site: &'a Site,
    pub wish: Wish,
    pub picked: &'a [GridKey],
}

impl Asked<'_> {
    fn off(&self, weight: i64) -> i64 {
        let (min, max) = self.wish.band;
        (min - weight).max(weight - max).max(0)
    }

    fn band(&self, weight: i64) -> &'static str {
        let (min, max) = self.wish.band;
        if weight < min {
            "small"
        } else if weight > max {
            "large"
        } else {
            "in"
        }
    }

    fn weight(&self, shard: &Shard, key: GridKey) -> Option<i64> {
        let tally = shard.tallies.get(&key)?;
        let area = shard.ground.shapes.get(&key).map_or(0.0, |shape| shape.area.square_meters());
        Some(self.wish.weigh.of(tally, area))
    }

    fn stand(&self, shard: &Shard, key: GridKey) -> Option<StandRow> {
        let tally = shard.tallies.get(&key)?;
        let shape = shard.ground.shapes.get(&key);
        let weight = self.weight(shard, key)?;
        Some(StandRow {
            weight,
            households: tally.households.get(),
            buildings: tally.buildings.get(),
            area_m2: shape.map_or(0.0, |shape| shape.area.square_meters().round()),
            compactness: shape.and_then(|shape| shape.compactness()).map(rounded),
            band: self.band(weight),
        })
    }

    /// Largest share of the mean by which a grid of the community is off.
    fn deviation(&self, shard: &Shard) -> f64 {
        let weights = || shard.tallies.keys().filter_map(|key| self.weight(shard, *key));
        let mean = weights().sum::<i64>() as f64 / weights().count().max(1) as f64;
        let off = |weight: i64| if mean > 0.0 { (weight as f64 / mean - 1.0).abs() } else { 0.0 };
        rounded(weights().map(off).fold(0.0, f64::max))
    }

    /// A way out as its preview found it; `None` where it does not lessen what is outside the band.
    /// Cost: O(buildings + seams) of the community.
    pub fn alternative(
        &self,
        remedy: &Remedy,
        strokes: &[Stroke],
        outcome: &Outcome,
    ) -> Option<AlternativeRow> {
        let (edited, worlds) = outcome.edited.as_ref()?;
        let choice = PlanChoice::Plan(self.plan);
        let [before, after] =
            [worlds[0].shard(choice, self.area)?, worlds[1].shard(choice, self.area)?];
        let code = |key: GridKey| {
            let grid = worlds.iter().find_map(|world| world.plans().grid(self.plan, key));
            grid.map_or_else(Default::default, |grid| {
                (grid.code.to_string(), grid.name.to_string())
            })
        };
        let touched: BTreeSet<GridKey> = edited.grids.iter().chain(self.picked).copied().collect();
        let off = |shard: &Shard| -> i64 {
            let weights = touched.iter().filter_map(|key| self.weight(shard, *key));
            weights.map(|weight| self.off(weight)).sum()
        };
        let band = TurnedWeight { before: off(before), after: off(after) };
        if band.after >= band.before {
            return None;
        }
        let grid = |key: &GridKey| {
            let (grid, name) = code(*key);
            let (before, after) = (self.stand(before, *key), self.stand(after, *key));
            TouchedRow { grid, id: key.get(), name, before, after }
        };
        let moves = self.moves(before, after, &|key| code(key).0);
        let mut cells: Vec<CellId> = self.site.moves(remedy).into_values().flatten().collect();
        cells.sort_unstable();
        let (cut_before, cut_after) = (cut(before), cut(after));
        Some(AlternativeRow {
            rank: 0,
            kind: remedy.kind.word(),
            households: moves.iter().map(|one| one.households).sum(),
            buildings: moves.iter().map(|one| one.buildings.len()).sum(),
            band,
            deviation: TurnedShare { before: self.deviation(before), after: self.deviation(after) },
            cut_m: TurnedShare { before: cut_before.0, after: cut_after.0 },
            barrier_share: TurnedMaybe { before: cut_before.1, after: cut_after.1 },
            grids: touched.iter().map(grid).collect(),
            moves,
            edits: strokes.iter().map(StrokeRow::new).collect::<Option<_>>()?,
            place: Geometry::of_polygons(&outline_of(&before.ground.cut.fabric, &cells)),
        })
    }

    /// Cells, buildings and households by who had them and who gets them.
    fn moves(
        &self,
        before: &Shard,
        after: &Shard,
        code: &dyn Fn(GridKey) -> String,
    ) -> Vec<MoveRow> {
        let mut found: BTreeMap<(GridKey, GridKey), Moved> = BTreeMap::new();
        for cell in before.ground.cut.fabric.cells() {
            let ends = (before.ground.cut.grid_of(cell), after.ground.cut.grid_of(cell));
            if let (Some(from), Some(to)) = ends
                && from != to
            {
                found.entry((from, to)).or_default().cells.push(cell.get());
            }
        }
        if let Some(housing) = self.world.town().housing(Some(self.area)) {
            for (row, (was, is)) in before.placements.iter().zip(&after.placements).enumerate() {
                if let (Some(from), Some(to)) = (was.grid, is.grid)
                    && from != to
                {
                    let moved = found.entry((from, to)).or_default();
                    moved.buildings.push(housing.homes.code(row).to_owned());
                    moved.tally += Tally::of_home(&housing.homes, row);
                }
            }
        }
        let row = |((from, to), moved): ((GridKey, GridKey), Moved)| {
            let Moved { cells, mut buildings, tally } = moved;
            buildings.sort_unstable();
            let to = Some(to).filter(|key| before.tallies.contains_key(key));
            MoveRow {
                from: code(from),
                to: to.map(code),
                to_id: to.map(|key| key.get()),
                buildings,
                households: tally.households.get(),
                cells,
            }
        };
        found.into_iter().map(row).collect()
    }

    /// All of it. `offered` comes in any order.
    pub fn sheet(
        &self,
        repairs: &Repairs,
        mut offered: Vec<AlternativeRow>,
        is_late: bool,
        lang: Lang,
    ) -> RepairSheet {
        offered.sort_by(|a, b| {
            let key = |one: &AlternativeRow| (one.band.after - one.band.before, one.households);
            key(a).cmp(&key(b)).then(a.cut_m.after.total_cmp(&b.cut_m.after))
        });
        for (at, one) in offered.iter_mut().enumerate() {
            one.rank = at + 1;
        }
        let shard = self.world.shard(PlanChoice::Plan(self.plan), self.area);
        let picked: Vec<PickedRow> = self
            .picked
            .iter()
            .filter_map(|key| {
                let grid = self.world.plans().grid(self.plan, *key)?;
                let weight = self.weight(shard?, *key)?;
                let (grid, name) = (grid.code.to_string(), grid.name.to_string());
                Some(PickedRow { grid, id: key.get(), name, weight, band: self.band(weight) })
            })
            .collect();
        let message = |code: &'static str| {
            let says = words(code);
            lang.pick(says.zh, says.en)
        };
        let is_fine = picked.iter().all(|one| one.band == "in");
        let keeps = |one: &AlternativeRow| one.grids.iter().all(|grid| grid.is_kept());
        let code = match offered.first() {
            None if is_fine => Some("repair.nothing"),
            None => Some("repair.none"),
            Some(best) if !keeps(best) => Some("repair.partly"),
            Some(_) => None,
        };
        let (min, max) = self.wish.band;
        RepairSheet {
            revision: self.world.revision().0,
            community: self
                .world
                .areas()
                .get(self.area)
                .map_or_else(String::new, |record| record.code.to_string()),
            picked,
            min,
            max,
            outside: repairs.outside,
            least: repairs.least,
            certificates: self.certificates(repairs, lang),
            alternatives: offered,
            said: code.map(|code| SaidRow { code, message: message(code) }),
            cut_short: repairs.is_cut_short || is_late,
        }
    }

    fn certificates(&self, repairs: &Repairs, lang: Lang) -> Vec<CertificateRow> {
        let shard = self.world.shard(PlanChoice::Plan(self.plan), self.area);
        let row = |one: &crate::divide::Certificate| {
            let cell = |unit: &u32| CellId::new(unit + 1).expect("one more than a number");
            let cells: Vec<CellId> = one.units.iter().map(cell).collect();
            let says = words(one.reason.code());
            let place = shard.map(|shard| outline_of(&shard.ground.cut.fabric, &cells));
            CertificateRow {
                code: one.reason.code(),
                message: lang.pick(says.zh, says.en),
                weight: one.weight,
                cells: numbers(&cells),
                place: place.and_then(|place| Geometry::of_polygons(&place)),
            }
        };
        repairs.certificates.iter().map(row).collect()
    }
}

impl TouchedRow {
    fn is_kept(&self) -> bool {
        self.after.as_ref().is_none_or(|after| after.band == "in")
    }
}

/// Metres of border between grids, each once, and the share of it along barriers.
fn cut(shard: &Shard) -> (f64, Option<f64>) {
    let (ground, mut all, mut along) = (&shard.ground, Length::ZERO, Length::ZERO);
    for seam in ground.cut.fabric.seams() {
        let color = |cell: Option<CellId>| cell.map(|cell| ground.cut.grid_of(cell));
        if let (Some(left), Some(right)) = (color(seam.left), color(seam.right))
            && left != right
        {
            let length = ground.terrain.seam_lengths[seam.id.index()];
            all += length;
            along += if seam.barrier == Barrier::None { Length::ZERO } else { length };
        }
    }
    let knows = ground.terrain.has_barriers && all > Length::ZERO;
    (all.meters().round(), knows.then(|| rounded(along.meters() / all.meters())))
}

fn rounded(number: f64) -> f64 {
    (number * 1e4).round() / 1e4
}
