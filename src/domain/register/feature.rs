//! Base features: roads, rail, water, walls, green. Barriers for the fabric, ground for the map.

use crate::domain::fabric::Barrier;
use crate::domain::ids::FeatureId;
use crate::domain::place::{Extent, Pin, Polygon};

/// What a base feature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FeatureKind {
    /// Footpaths, service lanes, alleys.
    Lane,
    /// Residential and unclassified streets.
    Street,
    /// Tertiary and secondary roads.
    Road,
    /// Primary roads, trunks, motorways, ring roads.
    Avenue,
    Rail,
    /// Metro and other rail below ground or on viaducts: drawn, but no barrier.
    Metro,
    Water,
    /// Levees, flood walls, compound walls.
    Wall,
    Green,
    /// Grounds of schools, hospitals, factories: drawn as a quiet tint.
    Ground,
}

impl FeatureKind {
    pub const ALL: [Self; 10] = [
        Self::Lane,
        Self::Street,
        Self::Road,
        Self::Avenue,
        Self::Rail,
        Self::Metro,
        Self::Water,
        Self::Wall,
        Self::Green,
        Self::Ground,
    ];

    /// The word used in files and tiles.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lane => "lane",
            Self::Street => "street",
            Self::Road => "road",
            Self::Avenue => "avenue",
            Self::Rail => "rail",
            Self::Metro => "metro",
            Self::Water => "water",
            Self::Wall => "wall",
            Self::Green => "green",
            Self::Ground => "ground",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// What it is to somebody drawing a border.
    pub const fn barrier(self) -> Barrier {
        match self {
            Self::Lane => Barrier::Lane,
            Self::Street | Self::Road => Barrier::Road,
            Self::Avenue => Barrier::Avenue,
            Self::Rail => Barrier::Rail,
            Self::Water => Barrier::Water,
            Self::Wall => Barrier::Wall,
            Self::Metro | Self::Green | Self::Ground => Barrier::None,
        }
    }
}

/// One feature of the base map: lines, polygons, or both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    pub id: FeatureId,
    /// Identity in its source, for re-import; made from kind and geometry where the file has none.
    pub code: Box<str>,
    pub kind: FeatureKind,
    pub name: Box<str>,
    pub lines: Vec<Vec<Pin>>,
    pub polygons: Vec<Polygon>,
}

impl Feature {
    pub fn extent(&self) -> Extent {
        let mut extent = Extent::of(self.lines.iter().flatten());
        for polygon in &self.polygons {
            extent = extent.union(&polygon.extent());
        }
        extent
    }
}
