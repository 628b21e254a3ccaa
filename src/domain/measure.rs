//! Numbers with a meaning: counts, lengths, areas, shares, revisions, times. No imports from the house.
//!
//! **Why** whole numbers: sums are exact whatever the order, so an incremental tally can equal a full
//! one bit for bit. Lengths and areas are measured once in `f64`, rounded once, then only added.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

macro_rules! sums {
    ($($name:ident),+) => {$(
        impl Add for $name {
            type Output = Self;
            fn add(self, other: Self) -> Self { Self(self.0 + other.0) }
        }
        impl Sub for $name {
            type Output = Self;
            fn sub(self, other: Self) -> Self { Self(self.0 - other.0) }
        }
        impl Neg for $name {
            type Output = Self;
            fn neg(self) -> Self { Self(-self.0) }
        }
        impl AddAssign for $name {
            fn add_assign(&mut self, other: Self) { self.0 += other.0; }
        }
        impl SubAssign for $name {
            fn sub_assign(&mut self, other: Self) { self.0 -= other.0; }
        }
        impl Sum for $name {
            fn sum<I: Iterator<Item = Self>>(all: I) -> Self { Self(all.map(|one| one.0).sum()) }
        }
        impl $name {
            pub const ZERO: Self = Self(0);
            /// The raw number; what it may be shown as is decided by `suppress`.
            pub const fn get(self) -> i64 { self.0 }
        }
    )+};
}

/// How many; a difference of counts is a count. Has no `Display` and no wire form on purpose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Count(pub i64);

/// Length on the ground in millimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Length(pub i64);

/// Area on the ground in square centimetres.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Area(pub i64);

sums!(Count, Length, Area);

impl Length {
    /// `meters`, rounded to the millimetre. Not finite counts as zero.
    pub fn from_meters(meters: f64) -> Self {
        Self((meters * 1e3).round() as i64)
    }

    pub fn meters(self) -> f64 {
        self.0 as f64 / 1e3
    }
}

impl Area {
    /// `square_meters`, rounded to the square centimetre.
    pub fn from_square_meters(square_meters: f64) -> Self {
        Self((square_meters * 1e4).round() as i64)
    }

    pub fn square_meters(self) -> f64 {
        self.0 as f64 / 1e4
    }
}

/// A rate kept as its two counts; `d` = 0 means "nothing to measure", which is not the same as 0 %.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    pub n: Count,
    pub d: Count,
}

/// One more with each commit; orders everything that ever happened to one database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Revision(pub u64);

impl Revision {
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A moment in UTC, in milliseconds since 1970. Passed in, never read here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(pub i64);

/// A civil date as days since 1970-01-01.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub i32);

impl Day {
    /// The date of a year, month (1-12) and day (1-31) in the Gregorian calendar; `None` when there is no such date.
    ///
    /// Source: days-from-civil, H. Hinnant, "chrono-compatible low-level date algorithms".
    pub fn new(year: i32, month: u32, day: u32) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let last = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        if day == 0 || day > last || !(1..=9999).contains(&year) {
            return None;
        }
        let shifted = if month <= 2 { year - 1 } else { year };
        let era = shifted.div_euclid(400);
        let year_of_era = shifted.rem_euclid(400);
        let month_from_march = (month as i32 + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + day as i32 - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        Some(Self(era * 146_097 + day_of_era - 719_468))
    }

    /// Year, month and day of this date.
    pub fn civil(self) -> (i32, u32, u32) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i32::from(month <= 2);
        (year, month as u32, day)
    }
}

/// `YYYY-MM-DD`.
impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

/// Reads `YYYY-MM-DD`.
impl std::str::FromStr for Day {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().and_then(|part| part.parse::<u32>().ok()).ok_or(());
        let (year, month, day) = (part()?, part()?, part()?);
        Self::new(i32::try_from(year).map_err(|_| ())?, month, day).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_round_trip() {
        assert_eq!(Day::new(1970, 1, 1), Some(Day(0)));
        assert_eq!(Day::new(2023, 2, 29), None);
        for day in (-100_000..100_000).step_by(37) {
            let (year, month, date) = Day(day).civil();
            assert_eq!(Day::new(year, month, date), Some(Day(day)));
            assert_eq!(Day(day).to_string().parse(), Ok(Day(day)));
        }
    }
}
