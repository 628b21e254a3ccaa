//! Areas: the official hierarchy that grids hang from.

use crate::domain::ids::{AreaId, Code};
use crate::domain::measure::{Count, Day};

/// Level of an area, from the widest. A level may be missing between two others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    City,
    District,
    Subdistrict,
    Community,
}

impl Level {
    pub const ALL: [Self; 4] = [Self::City, Self::District, Self::Subdistrict, Self::Community];

    /// The word used in files, tiles and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::District => "district",
            Self::Subdistrict => "subdistrict",
            Self::Community => "community",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word() == word)
    }
}

/// Where an area comes from, and on which days it is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lineage {
    /// Codes of the areas it was merged of or split from, ascending.
    pub predecessors: Vec<Code>,
    /// First day; `None` where nothing is said.
    pub from: Option<Day>,
    /// The day it was abolished: the first on which it is no more. Its code is never given again.
    pub to: Option<Day>,
}

/// One area as the register holds it. Its ground is in the area fabric, never here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaRecord {
    pub id: AreaId,
    pub code: Code,
    pub name: Box<str>,
    pub level: Level,
    pub parent: Option<AreaId>,
    /// Kind as the source gives it: `rc` (residents' committee), `vc` (villagers' committee) or empty.
    pub kind: Box<str>,
    /// Households and persons as stated by the source, for comparison only.
    pub stated_households: Option<Count>,
    pub stated_population: Option<Count>,
    /// Digest of the shape as its source gave it, 0 for none: tells a changed file from a repeated one.
    pub source_digest: u64,
    pub lineage: Lineage,
}

impl AreaRecord {
    /// Whether it was abolished.
    pub fn is_abolished(&self) -> bool {
        self.lineage.to.is_some()
    }
}
