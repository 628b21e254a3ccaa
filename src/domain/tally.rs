//! Sums of what stands on a piece of ground. Adding, taking away and zero; rolling up is addition.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Sub, SubAssign};

use super::measure::Count;
use super::register::homes::Homes;

/// What is counted. Raw: has no wire form; `suppress` decides what may be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub buildings: Count,
    /// Homes as stated by the building register.
    pub dwellings: Count,
    /// Households and persons counted from household rows.
    pub households: Count,
    pub persons: Count,
    /// Members by residence class, in the order of `ResidenceClass::ALL`.
    pub members: [Count; 6],
}

impl Tally {
    /// The tally of one building.
    pub fn of_home(homes: &Homes, row: usize) -> Self {
        let counts = homes.counts(row);
        Self {
            buildings: Count(1),
            dwellings: homes.dwellings(row),
            households: Count(i64::from(counts.households)),
            persons: Count(i64::from(counts.persons)),
            members: counts.members.map(|n| Count(i64::from(n))),
        }
    }

    pub fn members_in_all(&self) -> Count {
        self.members.iter().copied().sum()
    }

    fn zip(self, other: Self, op: impl Fn(Count, Count) -> Count) -> Self {
        let Self { buildings, dwellings, households, persons, members } = self;
        Self {
            buildings: op(buildings, other.buildings),
            dwellings: op(dwellings, other.dwellings),
            households: op(households, other.households),
            persons: op(persons, other.persons),
            members: std::array::from_fn(|class| op(members[class], other.members[class])),
        }
    }
}

impl Add for Tally {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        self.zip(other, |a, b| a + b)
    }
}

impl Sub for Tally {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        self.zip(other, |a, b| a - b)
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Tally {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

impl Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}
