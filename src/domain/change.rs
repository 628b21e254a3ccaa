//! What happened: facts with a before and an after, the change they make up, and what it touched.
//!
//! A [`Change`] is all there is to tell about a commit: the store writes it, the world applies it, its
//! mirror undoes it. The ground of a whole city is a change from nothing, so loading and editing are
//! the same derivation.
//!
//! **Why** both sides: a fact that knows what was before can be mirrored, checked and told in words.

use std::sync::Arc;

use super::fabric::Fabric;
use super::ids::{
    AreaId, BatchId, BuildingId, Code, Counters, FeatureId, GridKey, PlanId, StationId,
};
use super::issue::Issue;
use super::measure::{Count, Day, Revision, Stamp};
use super::personal::Personal;
use super::place::{Extent, Pin};
use super::plan::log::Entry;
use super::plan::review::{Accepted, Comment};
use super::plan::{Cut, Grid, Plan, PlanChoice};
use super::register::area::AreaRecord;
use super::register::building::Building;
use super::register::feature::Feature;
use super::register::people::{HomeCounts, Unhoused};
use super::register::rows::ImportKind;
use super::register::station::Station;

/// The ground of all areas: a fabric whose cells are the lowest areas that have a shape.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AreaGround {
    pub fabric: Arc<Fabric>,
    /// Area of each cell; `None` is ground enclosed by areas that belongs to none.
    pub colors: Vec<Option<AreaId>>,
    /// What weaving found: overlaps between areas, shapes that vanished.
    pub notes: Vec<Issue>,
}

/// The map of areas as it was until a day on which some were abolished.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaEra {
    pub ground: Arc<AreaGround>,
    /// The records that changed on that day, as they were.
    pub records: Vec<Arc<AreaRecord>>,
    /// Areas that were none before that day, ascending.
    pub newcomers: Vec<AreaId>,
}

/// Before and after of one thing; `None` is "was not there".
#[derive(Clone, Debug, PartialEq)]
pub struct Turned<T> {
    pub before: Option<T>,
    pub after: Option<T>,
}

impl<T> Turned<T> {
    pub fn new(before: Option<T>, after: Option<T>) -> Self {
        Self { before, after }
    }

    /// The same the other way round.
    pub fn mirror(self) -> Self {
        Self { before: self.after, after: self.before }
    }
}

/// Households and members that could not be put into a building, by community where one is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnhousedCounts {
    pub households: Count,
    pub persons: Count,
    pub members: Count,
}

/// One import as the timeline tells it. `summary` holds numbers only; issues hold places and rules.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    pub id: BatchId,
    pub kind: ImportKind,
    /// Name of the file, without its folder.
    pub file: Box<str>,
    pub datum: Box<str>,
    pub at: Stamp,
    pub who: Box<str>,
    pub revision: Revision,
    pub summary: Summary,
    pub dropped_columns: Vec<Box<str>>,
    /// The first of the issues, in file order; `summary.issues` counts all.
    pub issues: Vec<Issue>,
}

/// What an import did, in numbers of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    pub rows: u64,
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// Held for the same communities, but not in this file; kept.
    pub gone: u64,
    pub refused: u64,
    pub issues: u64,
}

/// One thing that became another.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    Area(AreaId, Turned<Arc<AreaRecord>>),
    AreaGround(Turned<Arc<AreaGround>>),
    /// What the map of areas was until this day, the first on which it was otherwise.
    AreaEra(Day, Turned<Arc<AreaEra>>),
    Plan(PlanId, Turned<Arc<Plan>>),
    Grid(PlanId, GridKey, Turned<Arc<Grid>>),
    Cut(PlanId, AreaId, Turned<Arc<Cut>>),
    /// One more entry in the log of a plan.
    Log(PlanId, Revision, Turned<Arc<Entry>>),
    /// A warning about a plan that somebody accepted, by its key.
    Accepted(PlanId, Box<str>, Turned<Arc<Accepted>>),
    /// A comment on a plan, by its number there.
    Comment(PlanId, u32, Turned<Arc<Comment>>),
    /// The civil day the book is open at: decides which published plan counts.
    Day(Turned<Day>),
    Building(BuildingId, Turned<Arc<Building>>),
    /// Counts of people in a building; none is the same as all zero.
    Counts(BuildingId, Turned<HomeCounts>),
    /// A grid that stands above position and list.
    Override(BuildingId, Turned<GridKey>),
    Unhoused(Unhoused, Turned<UnhousedCounts>),
    Feature(FeatureId, Turned<Arc<Feature>>),
    Station(StationId, Turned<Arc<Station>>),
    Batch(BatchId, Turned<Arc<Batch>>),
    /// A row of the settings table: size band, title, attribution.
    Setting(Box<str>, Turned<Box<str>>),
    Counters(Turned<Counters>),
}

/// One household as the roster holds it: passes through a change to the store and stops there.
#[derive(Clone, Debug, PartialEq)]
pub struct RosterRow {
    pub number: Personal<Code>,
    pub building: Option<BuildingId>,
    pub unhoused: Option<Unhoused>,
    pub persons: u16,
    pub pin: Option<Pin>,
}

/// Everything one commit does. Empty: nothing to do, no revision.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub facts: Vec<Fact>,
    /// Household rows to be written or overwritten by number. Never enter the world.
    pub roster: Vec<RosterRow>,
}

impl Change {
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty() && self.roster.is_empty()
    }

    /// The change that takes this one back. The roster keeps its rows: numbers alone cannot be mirrored.
    pub fn mirror(self) -> Self {
        let facts = self.facts.into_iter().rev().map(Fact::mirror).collect();
        Self { facts, roster: Vec::new() }
    }
}

impl Fact {
    pub fn mirror(self) -> Self {
        match self {
            Self::Area(id, turned) => Self::Area(id, turned.mirror()),
            Self::AreaGround(turned) => Self::AreaGround(turned.mirror()),
            Self::AreaEra(day, turned) => Self::AreaEra(day, turned.mirror()),
            Self::Plan(id, turned) => Self::Plan(id, turned.mirror()),
            Self::Grid(plan, key, turned) => Self::Grid(plan, key, turned.mirror()),
            Self::Cut(plan, area, turned) => Self::Cut(plan, area, turned.mirror()),
            Self::Log(plan, revision, turned) => Self::Log(plan, revision, turned.mirror()),
            Self::Accepted(plan, key, turned) => Self::Accepted(plan, key, turned.mirror()),
            Self::Comment(plan, number, turned) => Self::Comment(plan, number, turned.mirror()),
            Self::Day(turned) => Self::Day(turned.mirror()),
            Self::Building(id, turned) => Self::Building(id, turned.mirror()),
            Self::Counts(id, turned) => Self::Counts(id, turned.mirror()),
            Self::Override(id, turned) => Self::Override(id, turned.mirror()),
            Self::Unhoused(reason, turned) => Self::Unhoused(reason, turned.mirror()),
            Self::Feature(id, turned) => Self::Feature(id, turned.mirror()),
            Self::Station(id, turned) => Self::Station(id, turned.mirror()),
            Self::Batch(id, turned) => Self::Batch(id, turned.mirror()),
            Self::Setting(key, turned) => Self::Setting(key, turned.mirror()),
            Self::Counters(turned) => Self::Counters(turned.mirror()),
        }
    }
}

/// Kinds of things a reader may depend on, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kinds(u8);

impl Kinds {
    pub const NONE: Self = Self(0);
    /// Areas and their outlines.
    pub const AREAS: Self = Self(1);
    /// Cuts of plans, grids and their names.
    pub const GRIDS: Self = Self(2);
    /// Buildings: positions, outlines, names.
    pub const BUILDINGS: Self = Self(4);
    /// Counts of people.
    pub const PEOPLE: Self = Self(8);
    /// Base features.
    pub const BASE: Self = Self(16);
    /// The timeline of imports, settings, plans' names.
    pub const RECORDS: Self = Self(32);
    /// Comments on plans.
    pub const COMMENTS: Self = Self(64);
    /// Stations: positions, names, what they serve.
    pub const STATIONS: Self = Self(128);
    pub const ALL: Self = Self(255);

    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The words used in events, in a fixed order.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        let named = [
            (Self::AREAS, "areas"),
            (Self::GRIDS, "grids"),
            (Self::BUILDINGS, "buildings"),
            (Self::PEOPLE, "people"),
            (Self::BASE, "base"),
            (Self::RECORDS, "imports"),
            (Self::COMMENTS, "comments"),
            (Self::STATIONS, "stations"),
        ];
        named.into_iter().filter(move |(kind, _)| self.meets(*kind)).map(|(_, word)| word)
    }
}

/// What one commit touched: enough to tell whether something built earlier is still true.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    pub revision: Revision,
    pub kinds: Kinds,
    /// Boxes that hold every change of shape or place, before and after.
    pub boxes: Vec<Extent>,
    /// Shards whose counts or shapes changed, ascending.
    pub shards: Vec<(PlanId, AreaId)>,
    /// Communities concerned, ascending.
    pub areas: Vec<AreaId>,
    /// Plans whose grids changed, ascending.
    pub plans: Vec<PlanId>,
    /// Whether what is in force changed with them.
    pub is_in_force: bool,
    /// Whether what counted or will count on some day may have changed.
    pub is_timeline: bool,
    /// Buildings whose place was asked again, and grids whose counts were summed again, where a cut or
    /// its grids changed. Counted so that tests can hold the work to what was touched.
    pub n_retested: u32,
    pub n_resummed: u32,
}

impl Touched {
    /// Whether something that reads `kinds` within `extent` may have changed.
    pub fn meets(&self, extent: &Extent, kinds: Kinds) -> bool {
        self.kinds.meets(kinds) && self.boxes.iter().any(|touched| touched.meets(extent))
    }

    /// The kinds that changed for a reader of `plan` alone: grids of other plans are none of its business.
    pub fn kinds_for(&self, plan: PlanChoice) -> Kinds {
        let is_concerned = match plan {
            PlanChoice::Current => self.is_in_force,
            PlanChoice::Plan(plan) => self.plans.binary_search(&plan).is_ok(),
        };
        if is_concerned { self.kinds } else { self.kinds.without(Kinds::GRIDS) }
    }

    /// The kinds that changed for a reader of what counts on some day.
    pub fn kinds_on_a_day(&self) -> Kinds {
        let is_concerned = self.is_in_force || self.is_timeline;
        if is_concerned { self.kinds } else { self.kinds.without(Kinds::GRIDS) }
    }
}
