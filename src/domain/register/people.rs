//! People as counts per building: the only form in which they enter the world.

use crate::domain::measure::Count;

/// Where a member lives against where the membership is held (`DOMAIN.md` 5.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ResidenceClass {
    Consistent,
    SeparatedInDistrict,
    FloatingIn,
    OtherDistrict,
    OutsideCity,
    #[default]
    Unknown,
}

impl ResidenceClass {
    pub const ALL: [Self; 6] = [
        Self::Consistent,
        Self::SeparatedInDistrict,
        Self::FloatingIn,
        Self::OtherDistrict,
        Self::OutsideCity,
        Self::Unknown,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Consistent => "consistent",
            Self::SeparatedInDistrict => "separated_in_district",
            Self::FloatingIn => "floating_in",
            Self::OtherDistrict => "other_district",
            Self::OutsideCity => "outside_city",
            Self::Unknown => "unknown",
        }
    }
}

/// Members of the organisation by residence class, in the order of [`ResidenceClass::ALL`].
pub type Members = [u32; 6];

/// Households and persons counted from household rows, members from member rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HomeCounts {
    pub households: u32,
    pub persons: u32,
    pub members: Members,
}

impl HomeCounts {
    pub fn members_in_all(&self) -> Count {
        Count(self.members.iter().map(|&n| i64::from(n)).sum())
    }
}

/// Why a household or a member could not be put into a building.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unhoused {
    /// Names a building the register does not know.
    UnknownBuilding,
    /// Has a position, but no building is near enough.
    NoBuildingNear,
    /// Says neither building nor position.
    NothingStated,
}

impl Unhoused {
    pub const ALL: [Self; 3] = [Self::UnknownBuilding, Self::NoBuildingNear, Self::NothingStated];

    pub const fn word(self) -> &'static str {
        match self {
            Self::UnknownBuilding => "unknown-building",
            Self::NoBuildingNear => "no-building-near",
            Self::NothingStated => "nothing-stated",
        }
    }
}
