//! What a sheet can say, before anything is decided. Made by `import` and `sample`, read by `decide`.
//!
//! Every row keeps its line (`row`, as a person counts it; GeoJSON features from 1) so that what
//! `decide` finds wrong can be located in the file. Text about persons is [`Personal`].

use super::area::{Level, Lineage};
use super::building::Use;
use super::feature::FeatureKind;
use super::people::ResidenceClass;
use super::station::StationKind;
use crate::domain::ids::Code;
use crate::domain::measure::{Area, Count, Day};
use crate::domain::personal::Personal;
use crate::domain::place::{Pin, Polygon};

/// Kind of a grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GridKind {
    #[default]
    General,
    /// Block, market, school, hospital, park with a grid of its own.
    Dedicated,
    StreetFront,
}

impl GridKind {
    pub const ALL: [Self; 3] = [Self::General, Self::Dedicated, Self::StreetFront];

    pub const fn word(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Dedicated => "dedicated",
            Self::StreetFront => "street-front",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct AreaRow {
    pub row: u32,
    pub code: Code,
    pub name: Box<str>,
    /// `None` when the file says nothing: then told from the length of the code, else community.
    pub level: Option<Level>,
    pub parent: Option<Code>,
    pub kind: Box<str>,
    pub households: Option<Count>,
    pub population: Option<Count>,
    /// Empty when the row brings no ground (a list of names).
    pub shape: Vec<Polygon>,
    pub lineage: Lineage,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GridRow {
    pub row: u32,
    pub code: Code,
    pub name: Box<str>,
    /// Community by code or by name.
    pub community: Option<Box<str>>,
    pub kind: GridKind,
    /// Buildings named by a list, by code.
    pub buildings: Vec<Code>,
    /// Staff on duty, public by office: grid head, grid manager, work phone.
    pub head: Box<str>,
    pub manager: Box<str>,
    pub work_phone: Box<str>,
    /// Empty when the grid is only a list of buildings.
    pub shape: Vec<Polygon>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct BuildingRow {
    pub row: u32,
    pub code: Code,
    pub name: Box<str>,
    pub estate: Box<str>,
    pub address: Box<str>,
    /// Community by code or by name.
    pub community: Option<Box<str>>,
    pub grid: Option<Code>,
    pub usage: Use,
    pub floors: u16,
    pub entrances: u16,
    pub dwellings: Count,
    pub pin: Option<Pin>,
    pub footprint: Vec<Polygon>,
    pub verified: Option<Day>,
}

/// One household. The number is personal: it stands for one home.
#[derive(Clone, Debug, PartialEq)]
pub struct HouseholdRow {
    pub row: u32,
    pub number: Personal<Code>,
    /// Building by code, by name within its estate, or by address.
    pub building: Option<Box<str>>,
    pub estate: Option<Box<str>>,
    pub community: Option<Box<str>>,
    pub address: Option<Personal<Box<str>>>,
    pub pin: Option<Pin>,
    pub persons: u16,
}

/// One member link. Only counts survive it unless links mode is on (`DOMAIN.md` P1).
#[derive(Clone, Debug, PartialEq)]
pub struct MemberRow {
    pub row: u32,
    pub reference: Personal<Code>,
    pub household: Option<Personal<Code>>,
    pub building: Option<Box<str>>,
    pub estate: Option<Box<str>>,
    pub community: Option<Box<str>>,
    pub address: Option<Personal<Box<str>>>,
    pub pin: Option<Pin>,
    pub class: ResidenceClass,
}

#[derive(Clone, Debug, PartialEq)]
pub struct FeatureRow {
    pub row: u32,
    /// Empty when the source has no id.
    pub code: Box<str>,
    pub kind: FeatureKind,
    pub name: Box<str>,
    pub lines: Vec<Vec<Pin>>,
    pub polygons: Vec<Polygon>,
}

/// One place that serves residents.
#[derive(Clone, Debug, PartialEq)]
pub struct StationRow {
    pub row: u32,
    pub code: Code,
    pub name: Box<str>,
    pub kind: StationKind,
    pub level: Option<Level>,
    pub pin: Option<Pin>,
    pub floor_area: Option<Area>,
    pub hall_area: Option<Area>,
    /// Areas it serves, by code, communities by name too. Empty: where it stands.
    pub serves: Vec<Code>,
    pub is_open: bool,
}

/// The rows of one file, all of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Rows {
    Areas(Vec<AreaRow>),
    Grids(Vec<GridRow>),
    Buildings(Vec<BuildingRow>),
    Households(Vec<HouseholdRow>),
    Members(Vec<MemberRow>),
    Barriers(Vec<FeatureRow>),
    Stations(Vec<StationRow>),
}

impl Rows {
    pub fn len(&self) -> usize {
        match self {
            Self::Areas(rows) => rows.len(),
            Self::Grids(rows) => rows.len(),
            Self::Buildings(rows) => rows.len(),
            Self::Households(rows) => rows.len(),
            Self::Members(rows) => rows.len(),
            Self::Barriers(rows) => rows.len(),
            Self::Stations(rows) => rows.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn kind(&self) -> ImportKind {
        match self {
            Self::Areas(_) => ImportKind::Areas,
            Self::Grids(_) => ImportKind::Grids,
            Self::Buildings(_) => ImportKind::Buildings,
            Self::Households(_) => ImportKind::Households,
            Self::Members(_) => ImportKind::Members,
            Self::Barriers(_) => ImportKind::Barriers,
            Self::Stations(_) => ImportKind::Stations,
        }
    }
}

/// Kinds of sheet this house can read today.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ImportKind {
    Areas,
    Grids,
    Buildings,
    Households,
    Members,
    Barriers,
    Stations,
}

impl ImportKind {
    /// In the order they should come in: each stands on the ones before it.
    pub const ALL: [Self; 7] = [
        Self::Areas,
        Self::Barriers,
        Self::Grids,
        Self::Buildings,
        Self::Households,
        Self::Members,
        Self::Stations,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Areas => "areas",
            Self::Grids => "grids",
            Self::Buildings => "buildings",
            Self::Households => "households",
            Self::Members => "members",
            Self::Barriers => "barriers",
            Self::Stations => "stations",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}
