//! Buildings as the register holds them.

use crate::domain::ids::{BuildingId, Code};
use crate::domain::measure::{Count, Day};
use crate::domain::place::{Pin, Polygon};

/// What a building is for, as far as grids care.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Use {
    #[default]
    Unknown,
    Residential,
    /// Shops below, homes above.
    Mixed,
    Commercial,
    Office,
    Industrial,
    School,
    Hospital,
    Public,
    Other,
}

impl Use {
    pub const ALL: [Self; 10] = [
        Self::Unknown,
        Self::Residential,
        Self::Mixed,
        Self::Commercial,
        Self::Office,
        Self::Industrial,
        Self::School,
        Self::Hospital,
        Self::Public,
        Self::Other,
    ];

    /// The word used in files, tiles and JSON; empty for unknown.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "",
            Self::Residential => "residential",
            Self::Mixed => "mixed",
            Self::Commercial => "commercial",
            Self::Office => "office",
            Self::Industrial => "industrial",
            Self::School => "school",
            Self::Hospital => "hospital",
            Self::Public => "public",
            Self::Other => "other",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// One building: ground facts only. Which grid it belongs to is computed by `placement`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Building {
    pub id: BuildingId,
    pub code: Code,
    /// Number or name within its estate or street, for example `3幢`.
    pub name: Box<str>,
    pub estate: Box<str>,
    pub address: Box<str>,
    /// Community it is registered in by the source: a code, checked against its position.
    pub stated_community: Option<Code>,
    /// Grid a list puts it in, by code: stands above its position.
    pub listed_grid: Option<Code>,
    pub usage: Use,
    /// Storeys above ground; 0 when not known.
    pub floors: u16,
    /// Entrances (单元); 0 when not known.
    pub entrances: u16,
    /// Homes in it as stated by the source.
    pub dwellings: Count,
    /// Where it stands; for a footprint without a point, a pin inside it.
    pub pin: Option<Pin>,
    /// Outline, empty when only a point is known.
    pub footprint: Vec<Polygon>,
    pub verified: Option<Day>,
}
