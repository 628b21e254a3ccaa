//! Areas with what stands on them and how well they are covered.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use utoipa::ToSchema;

use super::geometry::{Bounds, Position, bounds, position};
use super::tally::{Tally, TallyTable};
use crate::domain::finding::{Query, findings};
use crate::domain::ids::{AreaId, Code};
use crate::domain::indicators::coverage::{self, coverage_of};
use crate::domain::measure;
use crate::domain::register::area::{AreaRecord, Level, Lineage};
use crate::domain::suppress::RolledUp;
use crate::domain::world::{PlanChoice, World};

/// A rate as its two counts; `d` = 0 is nothing to measure.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Share {
    pub n: i64,
    pub d: i64,
}

impl From<measure::Share> for Share {
    fn from(share: measure::Share) -> Self {
        let measure::Share { n, d } = share;
        Self { n: n.get(), d: d.get() }
    }
}

/// How much lies in a grid, and how many grids are of a fair size.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Coverage {
    pub households: Share,
    pub buildings: Share,
    /// Square metres.
    pub area_m2: Share,
    pub in_band: Share,
    /// Communities an open station serves, of all. Here and in the next two `d` is 0 while no station is known.
    pub stations: Share,
    /// Square metres of station times a hundred, over households.
    pub station_area: Share,
    /// Households with a station in reach, of those with a place.
    pub station_reach: Share,
    pub overloaded: i64,
    pub small: i64,
    pub findings: usize,
}

/// One area of the hierarchy, with the number of its children.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Area {
    #[serde(flatten)]
    pub body: AreaBody,
    pub children: usize,
}

/// One area but for its children.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AreaBody {
    pub id: u32,
    pub code: String,
    pub name: String,
    /// `city`, `district`, `subdistrict` or `community`.
    pub level: &'static str,
    pub kind: String,
    pub parent: Option<String>,
    pub bounds: Option<Bounds>,
    pub label: Option<Position>,
    pub area_m2: f64,
    pub grids: i64,
    /// As its source states, for comparison.
    pub stated_households: Option<i64>,
    pub stated_population: Option<i64>,
    pub tally: Tally,
    pub coverage: Coverage,
    /// First day as an area, and the day it was abolished.
    pub valid_from: Option<String>,
    pub valid_to: Option<String>,
    /// What it came of, and what came of it, by code.
    pub predecessors: Vec<Kin>,
    pub successors: Vec<Kin>,
}

/// An area in another one's lineage; the name is empty where only the code is on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Kin {
    pub code: String,
    pub name: String,
    /// The day it was abolished.
    pub valid_to: Option<String>,
}

/// The whole hierarchy, parents before children.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaRows {
    pub revision: u64,
    pub areas: Vec<Area>,
}

/// One area with its way up and the codes of its children.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaDetail {
    pub revision: u64,
    #[serde(flatten)]
    pub body: AreaBody,
    /// From its parent to the root.
    pub ancestors: Vec<Link>,
    pub children: Vec<String>,
}

/// An area as named by another thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Link {
    pub code: String,
    pub name: String,
    pub level: &'static str,
}

impl From<&AreaRecord> for Link {
    fn from(record: &AreaRecord) -> Self {
        Self {
            code: record.code.to_string(),
            name: record.name.to_string(),
            level: record.level.word(),
        }
    }
}

/// What one area adds up to.
struct Sum {
    coverage: coverage::Coverage,
    total: RolledUp,
    findings: usize,
}

impl Sum {
    fn nothing() -> Self {
        Self { coverage: [].into_iter().sum(), total: RolledUp::over(&[]), findings: 0 }
    }
}

fn day(day: Option<measure::Day>) -> Option<String> {
    day.map(|day| day.to_string())
}

fn kin(world: &World, code: &Code) -> Kin {
    let record = world.areas().by_code(code.as_str());
    Kin {
        code: code.to_string(),
        name: record.map_or(String::new(), |record| record.name.to_string()),
        valid_to: day(record.and_then(|record| record.lineage.to)),
    }
}

fn heirs(world: &World, id: AreaId) -> Vec<Kin> {
    let heirs = world.areas().heirs(id);
    let records = heirs.iter().filter_map(|heir| world.areas().get(*heir));
    records.map(|heir| kin(world, &heir.code)).collect()
}

impl AreaRows {
    /// Everything about every area under the plans in force. Cost: O(buildings).
    pub fn new(world: &World) -> Self {
        let areas = world.areas();
        let order = areas.under(None);
        let mut found: HashMap<AreaId, usize> = HashMap::new();
        let query = Query { plan: PlanChoice::Current, area: None, code: None };
        for community in findings(world, &query).into_iter().filter_map(|one| one.community) {
            *found.entry(community).or_default() += 1;
        }
        let mut sums: BTreeMap<AreaId, Sum> = BTreeMap::new();
        // Children first: an area is the sum of its parts and of what it is itself.
        for &id in order.iter().rev() {
            let parts: Vec<&Sum> =
                areas.children(Some(id)).iter().map(|part| &sums[part]).collect();
            let mut coverage: coverage::Coverage = parts.iter().map(|part| part.coverage).sum();
            let mut totals: Vec<RolledUp> = parts.iter().map(|part| part.total.clone()).collect();
            let mut n_findings: usize = parts.iter().map(|part| part.findings).sum();
            let is_community = areas.get(id).is_some_and(|area| area.level == Level::Community);
            if is_community {
                coverage = coverage + coverage_of(world, PlanChoice::Current, id);
                totals.push(TallyTable::new(world, PlanChoice::Current, Some(id)).total);
                n_findings += found.get(&id).copied().unwrap_or(0);
            }
            let total = match totals.as_slice() {
                [one] => one.clone(),
                many => RolledUp::over(many),
            };
            sums.insert(id, Sum { coverage, total, findings: n_findings });
        }
        let rows = order.iter().filter_map(|id| Some(area(world, areas.get(*id)?, &sums[id])));
        Self { revision: world.revision().0, areas: rows.collect() }
    }

    /// Of areas as they were on another day, what became of them since: their end and their heirs, as `now`
    /// knows them.
    pub fn foretell(&mut self, now: &World) {
        for Area { body, .. } in &mut self.areas {
            let Some(record) = now.areas().by_code(&body.code) else { continue };
            body.valid_to = day(record.lineage.to);
            body.successors = heirs(now, record.id);
        }
    }

    /// The area with `code` with its neighbourhood in the hierarchy.
    pub fn detail(&self, world: &World, code: &str) -> Option<AreaDetail> {
        let areas = world.areas();
        let record = areas.by_code(code)?;
        let body = match self.areas.iter().find(|area| area.body.code == code) {
            Some(area) => area.body.clone(),
            // Abolished: nothing stands on it any more.
            None => area(world, record, &Sum::nothing()).body,
        };
        let links = areas.chain(record.id).into_iter().skip(1).filter_map(|id| areas.get(id));
        let children = areas.children(Some(record.id)).iter().filter_map(|id| areas.get(*id));
        Some(AreaDetail {
            revision: self.revision,
            body,
            ancestors: links.map(|record| Link::from(&**record)).collect(),
            children: children.map(|record| record.code.to_string()).collect(),
        })
    }
}

fn area(world: &World, record: &AreaRecord, sum: &Sum) -> Area {
    let AreaRecord {
        id,
        code,
        name,
        level,
        parent,
        kind,
        stated_households,
        stated_population,
        source_digest: _,
        lineage: Lineage { predecessors, from, to },
    } = record;
    let areas = world.areas();
    let shape = areas.shape(*id);
    let coverage::Coverage {
        households,
        buildings,
        ground,
        located: _,
        suspect: _,
        in_band,
        served,
        floor,
        reached,
        overloaded,
        small,
        empty: _,
        grids,
        tally: _,
    } = sum.coverage;
    let body = AreaBody {
        id: id.get(),
        code: code.to_string(),
        name: name.to_string(),
        level: level.word(),
        kind: kind.to_string(),
        parent: parent.and_then(|id| areas.get(id)).map(|parent| parent.code.to_string()),
        bounds: shape.and_then(|shape| bounds(&shape.extent)),
        label: shape.map(|shape| position(shape.label)),
        area_m2: shape.map_or(0.0, |shape| shape.area.square_meters()),
        grids: grids.get(),
        stated_households: stated_households.map(measure::Count::get),
        stated_population: stated_population.map(measure::Count::get),
        tally: sum.total.shown.into(),
        coverage: Coverage {
            households: households.into(),
            buildings: buildings.into(),
            area_m2: ground.into(),
            in_band: in_band.into(),
            stations: served.into(),
            station_area: floor.into(),
            station_reach: reached.into(),
            overloaded: overloaded.get(),
            small: small.get(),
            findings: sum.findings,
        },
        valid_from: day(*from),
        valid_to: day(*to),
        predecessors: predecessors.iter().map(|code| kin(world, code)).collect(),
        successors: heirs(world, *id),
    };
    Area { body, children: areas.children(Some(*id)).len() }
}
