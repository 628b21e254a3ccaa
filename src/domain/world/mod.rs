//! The world: everything a request needs, ground and derived, as one immutable value.
//!
//! [`World::open`] builds it from the ground (a change from nothing), [`World::next`] from the world
//! before and one change; both run the same derivation in `derive`, so there is no second code path
//! to drift (law L4). The shard is (plan, community): its ground, placements and tallies sit behind
//! one pointer, and a new world is a copied list of pointers.
//!
//! Persons never enter: see `register::people`.
//!
//! **Why** a value: readers take a handle and keep it; nobody waits for anybody, and a preview is the
//! same function without the commit.

mod areas;
mod borders;
mod derive;
mod eras;
mod ground;
mod housing;
pub(in crate::domain) mod parallel;
mod neighbors;
mod past;
mod plans;
mod service;
mod shard;
mod stations;
mod terrain;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

pub use areas::{AreaShape, Areas};
pub use borders::BorderSpot;
use eras::Olden;
pub use housing::{Housing, Standing, Town};
pub use neighbors::Neighbor;
pub use past::Sleeper;
pub use plans::{PlanChoice, Plans};
pub use service::{Homes, Service};
pub use shard::{Gap, GridShape, Shard, ShardGround};
pub use stations::Stations;
pub(in crate::domain) use stations::communities_of;
pub use terrain::Terrain;

use super::change::{AreaEra, Batch, Kinds, Touched, UnhousedCounts};
use super::fabric::many::ask_all;
use super::ids::{AreaId, BatchId, BuildingId, Code, Counters, FeatureId, GridKey, PlanId};
use super::measure::{Day, Length, Revision};
use super::place::{Extent, Index, Pin};
use super::placement::{Placement, Reason};
use super::plan::Former;
use super::register::feature::Feature;
use super::register::people::Unhoused;

/// How many commits back [`World::touched_since`] can tell; older than that counts as touched.
pub const TOUCHED_KEPT: usize = 512;

/// The setting that says how far a home may be from a station.
const STATION_REACH: &str = "station.reach";

/// Size band of a grid in households, and what counts as overloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    pub target: i64,
    pub min: i64,
    pub max: i64,
    /// Overloaded from this many per cent of `max` on.
    pub overload_percent: i64,
}

impl Default for Profile {
    fn default() -> Self {
        Self { target: 400, min: 300, max: 500, overload_percent: 120 }
    }
}

/// Roads, water and green with an index of their boxes.
#[derive(Debug, Default)]
pub struct Features {
    rows: Vec<Arc<Feature>>,
    index: Index,
}

impl Features {
    fn new(by_id: &BTreeMap<FeatureId, Arc<Feature>>) -> Self {
        let rows: Vec<Arc<Feature>> = by_id.values().cloned().collect();
        let boxes = rows.iter().enumerate().map(|(row, feature)| (feature.extent(), row as u32));
        let index = Index::new(boxes);
        Self { rows, index }
    }

    /// All features, by id.
    pub fn all(&self) -> &[Arc<Feature>] {
        &self.rows
    }

    /// Features whose box meets `extent`, by id. Cost: O(log n + hits).
    pub fn meeting(&self, extent: Extent) -> Vec<&Arc<Feature>> {
        let mut rows: Vec<u32> = self.index.meeting(extent).collect();
        rows.sort_unstable();
        rows.into_iter().map(|row| &self.rows[row as usize]).collect()
    }
}

/// All state at one revision. Cheap to clone: pointers.
#[derive(Clone, Debug)]
pub struct World {
    revision: Revision,
    /// The civil day the book is open at; before it is told every published plan has come.
    day: Option<Day>,
    /// What counted on some day is asked here, not what counts now.
    is_as_of: bool,
    counters: Counters,
    settings: Arc<BTreeMap<Box<str>, Box<str>>>,
    areas: Arc<Areas>,
    /// The maps of areas before this one, by the first day each was no more.
    eras: Arc<BTreeMap<Day, Arc<AreaEra>>>,
    olden: Olden,
    features_by_id: Arc<BTreeMap<FeatureId, Arc<Feature>>>,
    features: Arc<Features>,
    stations: Arc<Stations>,
    service: Arc<service::Services>,
    town: Arc<Town>,
    plans: Arc<Plans>,
    shards: Arc<BTreeMap<(PlanId, AreaId), Arc<Shard>>>,
    /// The shard in force of each area, by area index: what most readers ask for.
    current: Arc<Vec<Option<Arc<Shard>>>>,
    unhoused: Arc<BTreeMap<Unhoused, UnhousedCounts>>,
    batches: Arc<BTreeMap<BatchId, Arc<Batch>>>,
    history: Arc<VecDeque<Arc<Touched>>>,
    brief: Arc<Brief>,
}

/// What whoever decides was told beside the world: no part of it, and gone with the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// The civil day by the clock.
    pub today: Option<Day>,
    /// Codes of grids in plans that sleep, with the grid each named.
    pub owners: BTreeMap<Code, GridKey>,
    /// Of the codes somebody wishes for: who had them last.
    pub formers: BTreeMap<Code, Former>,
}

impl Default for World {
    /// The world before anything was imported.
    fn default() -> Self {
        Self {
            revision: Revision(0),
            day: None,
            is_as_of: false,
            counters: Counters::default(),
            settings: Arc::default(),
            areas: Arc::default(),
            eras: Arc::default(),
            olden: Olden::default(),
            features_by_id: Arc::default(),
            features: Arc::default(),
            stations: Arc::default(),
            service: Arc::default(),
            town: Arc::default(),
            plans: Arc::default(),
            shards: Arc::default(),
            current: Arc::default(),
            unhoused: Arc::default(),
            batches: Arc::default(),
            history: Arc::default(),
            brief: Arc::default(),
        }
    }
}

impl World {
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// The civil day that decides which published plan counts; `None` before it was told.
    pub fn day(&self) -> Option<Day> {
        self.day
    }

    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The same world with what is told beside it.
    pub fn briefed(&self, brief: Brief) -> Self {
        Self { brief: Arc::new(brief), ..self.clone() }
    }

    pub fn brief(&self) -> &Brief {
        &self.brief
    }

    /// A row of the settings table.
    pub fn setting(&self, key: &str) -> Option<&str> {
        self.settings.get(key).map(|value| &**value)
    }

    /// The size band in force: settings `profile.target|min|max|overload_percent` over the default.
    pub fn profile(&self) -> Profile {
        let default = Profile::default();
        let number = |key: &str, fallback: i64| {
            self.setting(key).and_then(|text| text.parse().ok()).unwrap_or(fallback)
        };
        Profile {
            target: number("profile.target", default.target),
            min: number("profile.min", default.min),
            max: number("profile.max", default.max),
            overload_percent: number("profile.overload_percent", default.overload_percent),
        }
    }

    /// The size band of one community: settings `profile.KIND.target|min|max` of its kind (`rc`, `vc`)
    /// over those for all.
    pub fn profile_of(&self, area: AreaId) -> Profile {
        let general = self.profile();
        let kind = self.areas.get(area).map_or("", |record| &record.kind);
        if kind.is_empty() {
            return general;
        }
        let number = |edge: &str, fallback: i64| {
            let text = self.setting(&format!("profile.{kind}.{edge}"));
            text.and_then(|text| text.parse().ok()).unwrap_or(fallback)
        };
        Profile {
            target: number("target", general.target),
            min: number("min", general.min),
            max: number("max", general.max),
            overload_percent: general.overload_percent,
        }
    }

    pub fn areas(&self) -> &Areas {
        &self.areas
    }

    pub fn features(&self) -> &Features {
        &self.features
    }

    /// Base features by id, for re-import.
    pub fn features_by_id(&self) -> &BTreeMap<FeatureId, Arc<Feature>> {
        &self.features_by_id
    }

    /// Places that serve residents, and whom they serve.
    pub fn stations(&self) -> &Stations {
        &self.stations
    }

    /// How a community is served; `None` while there are no stations at all.
    pub fn service_of(&self, community: AreaId) -> Option<&Service> {
        self.service.get(&community)
    }

    /// How far a home may be from a station: setting `station.reach`, in metres.
    pub fn station_reach(&self) -> Length {
        let meters = self.setting(STATION_REACH).and_then(|text| text.parse::<u32>().ok());
        Length::from_meters(meters.unwrap_or(500).into())
    }

    /// All buildings, by community.
    pub fn town(&self) -> &Town {
        &self.town
    }

    pub fn plans(&self) -> &Plans {
        &self.plans
    }

    /// Every shard of every plan, ascending by plan and community.
    pub fn all_shards(&self) -> &BTreeMap<(PlanId, AreaId), Arc<Shard>> {
        &self.shards
    }

    /// The ground of one community in one plan; `None` where the plan does not divide it.
    pub fn shard(&self, plan: PlanChoice, community: AreaId) -> Option<&Arc<Shard>> {
        match plan {
            PlanChoice::Current => self.current.get(community.index())?.as_ref(),
            PlanChoice::Plan(plan) => self.shards.get(&(plan, community)),
        }
    }

    /// All shards a choice of plan stands for, ascending by community.
    pub fn shards(&self, plan: PlanChoice) -> Vec<&Arc<Shard>> {
        match plan {
            PlanChoice::Current => self
                .plans
                .current()
                .iter()
                .filter_map(|(area, plan)| self.shards.get(&(*plan, *area)))
                .collect(),
            PlanChoice::Plan(plan) => {
                self.shards.values().filter(|shard| shard.plan == plan).collect()
            }
        }
    }

    /// Community and grid that hold `pin` under a plan; on a border the lower code. Exact.
    /// Cost: two block look-ups.
    pub fn grid_at(&self, plan: PlanChoice, pin: Pin) -> Option<(AreaId, GridKey)> {
        let community = self.areas.at(pin)?;
        let shard = self.shard(plan, community)?;
        Some((community, shard.grid_at(&self.plans, pin)?))
    }

    /// As [`World::grid_at`] for each of `pins`, in their order: for many pins far quicker than one by one.
    pub fn grids_at(&self, plan: PlanChoice, pins: &[Pin]) -> Vec<Option<(AreaId, GridKey)>> {
        ask_all(self.areas.extent(), pins, None, |pin| self.grid_at(plan, pin))
    }

    /// Grid of a building under a plan and why, with the community it is counted in.
    pub fn placement_of(
        &self,
        plan: PlanChoice,
        id: BuildingId,
    ) -> Option<(Option<AreaId>, Placement)> {
        let (community, housing, row) = self.town.find(id)?;
        let shard = community.and_then(|community| self.shard(plan, community));
        let placement = match shard {
            Some(shard) => shard.placements[row],
            None => Placement {
                grid: None,
                reason: housing.standings[row].reason(),
                straddles: housing.straddles[row],
            },
        };
        Some((community, placement))
    }

    /// As [`World::placement_of`], only the reason.
    pub fn reason_of(&self, plan: PlanChoice, id: BuildingId) -> Option<Reason> {
        self.placement_of(plan, id).map(|(_, placement)| placement.reason)
    }

    /// Households and members that reached no building, by reason.
    pub fn unhoused(&self) -> &BTreeMap<Unhoused, UnhousedCounts> {
        &self.unhoused
    }

    /// Imports, oldest first.
    pub fn batches(&self) -> &BTreeMap<BatchId, Arc<Batch>> {
        &self.batches
    }

    /// What the newest commit touched.
    pub fn last_touched(&self) -> Option<&Arc<Touched>> {
        self.history.back()
    }

    /// Whether anything of `kinds` within `extent` that a reader of `plan` sees changed after `since`.
    /// Cost: O(commits since).
    ///
    /// Answers from this value alone; further back than [`TOUCHED_KEPT`] commits counts as touched.
    pub fn touched_since(
        &self,
        since: Revision,
        extent: &Extent,
        kinds: Kinds,
        plan: PlanChoice,
    ) -> bool {
        self.has_touched(since, |touched| {
            kinds.meets(touched.kinds_for(plan)) && touched.meets(extent, kinds)
        })
    }

    /// As [`World::touched_since`] for a reader of what counted, or will count, on some day.
    pub fn touched_on_a_day_since(&self, since: Revision, extent: &Extent, kinds: Kinds) -> bool {
        self.has_touched(since, |touched| {
            kinds.meets(touched.kinds_on_a_day()) && touched.meets(extent, kinds)
        })
    }

    /// Whether the grids or cuts of a plan changed after `since`.
    pub fn plan_touched_since(&self, since: Revision, plan: PlanId) -> bool {
        self.has_touched(since, |touched| touched.plans.binary_search(&plan).is_ok())
    }

    fn has_touched(&self, since: Revision, is_touched: impl Fn(&Touched) -> bool) -> bool {
        if since >= self.revision {
            return false;
        }
        let oldest_kept =
            self.history.front().map_or(self.revision.next(), |touched| touched.revision);
        if oldest_kept > since.next() {
            return true;
        }
        let mut newer = self.history.iter().rev().take_while(|touched| touched.revision > since);
        newer.any(|touched| is_touched(touched))
    }
}
