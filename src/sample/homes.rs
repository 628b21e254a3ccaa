//! Made-up homes and members: numbers in buildings, nobody behind them.
//!
//! **Why** types of our own beside the rows of the register: there a household number is personal and
//! cannot be read back, and a writer of sample files must.

use super::dice::Dice;
use crate::domain::ids::Code;
use crate::domain::personal::Personal;
use crate::domain::register::people::ResidenceClass;
use crate::domain::register::rows::{HouseholdRow, MemberRow};

/// One made-up household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    pub number: String,
    pub building: Code,
    pub persons: u16,
}

/// One made-up member link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub reference: String,
    pub building: Code,
    pub class: ResidenceClass,
}

impl Home {
    /// As line `row` of a sheet would be read.
    pub fn to_row(&self, row: u32) -> HouseholdRow {
        HouseholdRow {
            row,
            number: Personal::new(Code::new(&self.number).expect("a made-up number is a code")),
            building: Some(self.building.as_str().into()),
            estate: None,
            community: None,
            address: None,
            pin: None,
            persons: self.persons,
        }
    }
}

impl Member {
    /// As line `row` of a sheet would be read.
    pub fn to_row(&self, row: u32) -> MemberRow {
        MemberRow {
            row,
            reference: Personal::new(
                Code::new(&self.reference).expect("a made-up number is a code"),
            ),
            household: None,
            building: Some(self.building.as_str().into()),
            estate: None,
            community: None,
            address: None,
            pin: None,
            class: self.class,
        }
    }
}

/// Sizes of ten households in a row: twenty-five persons.
const TEN_HOMES: [u16; 10] = [1, 1, 2, 2, 2, 3, 3, 3, 4, 4];

/// Household sizes without end: 2.5 persons in the mean, exactly so after every tenth.
#[derive(Clone, Debug)]
pub struct Sizes {
    ten: [u16; 10],
    next: usize,
    dice: Dice,
}

impl Sizes {
    pub fn new(dice: Dice) -> Self {
        Self { ten: TEN_HOMES, next: 0, dice }
    }
}

impl Iterator for Sizes {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        if self.next == 0 {
            self.dice.shuffle(&mut self.ten);
        }
        let size = self.ten[self.next];
        self.next = (self.next + 1) % self.ten.len();
        Some(size)
    }
}

/// A residence class as often as it is met: most live where they are registered.
pub fn residence_class(dice: &mut Dice) -> ResidenceClass {
    match dice.below(100) {
        0..62 => ResidenceClass::Consistent,
        62..75 => ResidenceClass::SeparatedInDistrict,
        75..87 => ResidenceClass::FloatingIn,
        87..92 => ResidenceClass::OtherDistrict,
        92..96 => ResidenceClass::OutsideCity,
        _ => ResidenceClass::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_homes_hold_twenty_five() {
        let sizes = Sizes::new(Dice::new(3));
        assert_eq!(sizes.take(1000).map(usize::from).sum::<usize>(), 2500);
    }
}
