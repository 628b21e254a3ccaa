//! Stations: service centres, workstations, service points and venues that serve residents.
//!
//! What is held is what the register says. Which communities a station serves where it says nothing, and
//! how far homes are from it, follows from the map and is the world's business.

use super::area::Level;
use crate::domain::ids::{Code, StationId};
use crate::domain::measure::Area;
use crate::domain::place::Pin;

/// What a station is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StationKind {
    /// Service hall for everything: centres of a subdistrict or community.
    ServiceCentre,
    /// Office of a community or a business block.
    Workstation,
    /// A counter or a room of a few hours.
    ServicePoint,
    /// Council hall, activity room.
    Venue,
    #[default]
    Other,
}

impl StationKind {
    pub const ALL: [Self; 5] =
        [Self::ServiceCentre, Self::Workstation, Self::ServicePoint, Self::Venue, Self::Other];

    /// The word used in files, tiles and JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ServiceCentre => "service_centre",
            Self::Workstation => "workstation",
            Self::ServicePoint => "service_point",
            Self::Venue => "venue",
            Self::Other => "other",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// One station as the register holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Station {
    pub id: StationId,
    pub code: Code,
    pub name: Box<str>,
    pub kind: StationKind,
    /// Level of the area it is of; `None` where nothing is said.
    pub level: Option<Level>,
    pub at: Option<Pin>,
    pub floor_area: Option<Area>,
    pub hall_area: Option<Area>,
    /// Areas it says it serves, by code; a code nobody has serves nobody until somebody has it. Empty: the
    /// area of its level that it stands in.
    pub serves: Vec<Code>,
    pub is_open: bool,
}
