//! Names for things: whole-number ids for machines, [`Code`] for people. No imports from the house.
//!
//! **Why** ids are `NonZeroU32`: `Option<Id>` costs nothing, and they are safe as vector-tile feature
//! ids and as JavaScript integers. Ids are handed out by `decide` from [`Counters`] kept in the
//! world, so replaying a log gives the same ids on every machine.

use std::fmt;
use std::num::NonZeroU32;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The id with this number; `None` for zero.
            pub const fn new(number: u32) -> Option<Self> {
                match NonZeroU32::new(number) {
                    Some(number) => Some(Self(number)),
                    None => None,
                }
            }

            /// The id of the row at `index` where ids are dense and begin at 1.
            pub fn from_index(index: usize) -> Self {
                let number = u32::try_from(index + 1).expect("fewer than 2^32 rows");
                Self(NonZeroU32::new(number).expect("index + 1 is not zero"))
            }

            /// The number itself, never zero.
            pub const fn get(self) -> u32 {
                self.0.get()
            }

            /// The row of this id where ids are dense and begin at 1.
            pub const fn index(self) -> usize {
                self.0.get() as usize - 1
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

ids! {
    /// One area: district, subdistrict or community.
    AreaId,
    /// One plan: a division of some communities into grids, with a life of its own.
    PlanId,
    /// One responsibility grid; stable over the versions of a plan.
    GridKey,
    /// One building.
    BuildingId,
    /// One feature of the base map or barrier (road, rail, water, wall, green).
    FeatureId,
    /// One place that serves residents: a centre, a workstation, a venue.
    StationId,
    /// One import of one file.
    BatchId,
    /// A cell of one fabric; dense within that fabric, not stable beyond it.
    CellId,
    /// A seam of one fabric; dense within that fabric, not stable beyond it.
    SeamId,
}

/// The official text a thing is known by: always text, never a number, kept as given.
///
/// At most 64 characters, not empty, trimmed, without control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(Box<str>);

impl Code {
    /// Longest code accepted, in characters.
    pub const MAX_CHARS: usize = 64;

    /// `text` trimmed; `None` when it is empty, longer than [`Code::MAX_CHARS`] or holds control characters.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty()
            && text.chars().count() <= Self::MAX_CHARS
            && !text.chars().any(char::is_control);
        fits.then(|| Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.0)
    }
}

/// So that maps keyed by [`Code`] can be searched by `&str`.
impl std::borrow::Borrow<str> for Code {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// The next free number of each kind of id. Part of the ground: stored, and moved only by facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counters {
    pub area: u32,
    pub plan: u32,
    pub grid: u32,
    pub building: u32,
    pub feature: u32,
    pub batch: u32,
    pub station: u32,
}

impl Default for Counters {
    fn default() -> Self {
        Self { area: 1, plan: 1, grid: 1, building: 1, feature: 1, batch: 1, station: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_trimmed_text() {
        assert_eq!(Code::new(" 001 ").map(|code| code.to_string()).as_deref(), Some("001"));
        assert_eq!(Code::new("  "), None);
        assert_eq!(Code::new("a\u{7}b"), None);
        assert_eq!(Code::new(&"9".repeat(65)), None);
    }

    #[test]
    fn dense_ids_begin_at_one() {
        assert_eq!(CellId::from_index(0).get(), 1);
        assert_eq!(CellId::from_index(41).index(), 41);
        assert_eq!(CellId::new(0), None);
        assert_eq!(size_of::<Option<CellId>>(), 4);
    }
}
