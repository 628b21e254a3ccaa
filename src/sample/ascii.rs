//! Towns drawn as text, for tests of every room.
//!
//! ```text
//! town!("A  A1 B
//!        A  .2 B3*40
//!        -  A  B")
//! ```
//! Words stand in rows, split by blanks; each is a square of [`SIDE`] steps, north at the top.
//! - letters: the square belongs to that grid; `.`: inside the community, in no grid (a gap);
//!   `-`: not in the community;
//! - digits after it (or alone, which means in a gap): a building of that code in the middle;
//! - `*40` after the digits: that building has 40 households of two persons each.
//!
//! The south-west corner of the drawing is [`ORIGIN`]. All squares of a letter together are its shape,
//! in as many polygons as it has parts, and neighbours share every pin.
//!
//! **Why** text: a failing test shows the town it fails on.

use std::collections::{BTreeMap, BTreeSet};

use super::quilt::{Patch, Quilt};
use crate::domain::ids::Code;
use crate::domain::measure::Count;
use crate::domain::personal::Personal;
use crate::domain::place::{Pin, Polygon};
use crate::domain::register::area::Level;
use crate::domain::register::building::Use;
use crate::domain::register::rows::{AreaRow, BuildingRow, GridKind, GridRow, HouseholdRow};

/// Side of a square in lattice steps, about 90 m east-west and 110 m north-south.
pub const SIDE: i32 = 10_000;

/// South-west corner of every drawing: in the desert, where no town is.
pub const ORIGIN: Pin = Pin::new(1_096_000_000, 389_000_000);

/// Code of the one community of a drawing.
pub const COMMUNITY: &str = "990101001001";

/// Reads a drawing; see [`crate::sample::ascii`].
#[macro_export]
macro_rules! town {
    ($drawing:expr) => {
        $crate::sample::ascii::Town::read($drawing)
    };
}

/// What a drawing shows: one community, its grids, its buildings.
#[derive(Clone, Debug)]
pub struct Town {
    /// Outline of all squares but `-`.
    pub boundary: Vec<Polygon>,
    /// Shape of each letter, in the order of the letters.
    pub grids: Vec<(Code, Vec<Polygon>)>,
    /// In reading order of the drawing.
    pub buildings: Vec<BuildingRow>,
    /// Households of each building, two persons each.
    pub households: Vec<HouseholdRow>,
    quilt: Quilt,
}

impl Town {
    /// Reads a drawing. Panics on a drawing that is none: it is part of a test.
    pub fn read(drawing: &str) -> Self {
        let lines: Vec<Vec<Word>> = drawing
            .lines()
            .map(|line| line.split_whitespace().map(Word::read).collect::<Vec<_>>())
            .filter(|line| !line.is_empty())
            .collect();
        let rows = lines.len();
        let cols = lines.iter().map(Vec::len).max().expect("a drawing has a row");
        let quilt = Quilt::new(
            cols,
            rows,
            |col, row| Pin::new(ORIGIN.x + col as i32 * SIDE, ORIGIN.y + row as i32 * SIDE),
            |_, _| Vec::new(),
        );
        let mut inside = BTreeSet::new();
        let mut letters: BTreeMap<&str, BTreeSet<Patch>> = BTreeMap::new();
        let (mut buildings, mut households) = (Vec::new(), Vec::new());
        for (line, words) in lines.iter().enumerate() {
            for (col, word) in words.iter().enumerate() {
                let patch = (col, rows - 1 - line);
                if word.ground != "-" {
                    inside.insert(patch);
                }
                if word.ground.starts_with(char::is_alphabetic) {
                    letters.entry(word.ground).or_default().insert(patch);
                }
                if let Some(code) = word.building {
                    let pin = quilt.within(patch, 0.5, 0.5);
                    buildings.push(building_row(buildings.len() + 1, code, pin, word.households));
                    households.extend((0..word.households).map(|number| (code, number)));
                }
            }
        }
        Self {
            boundary: quilt.outline(&inside),
            grids: letters
                .iter()
                .map(|(letter, patches)| (code_of(letter), quilt.outline(patches)))
                .collect(),
            buildings,
            households: households
                .into_iter()
                .enumerate()
                .map(|(idx, (code, number))| household_row(idx + 1, code, number))
                .collect(),
            quilt,
        }
    }

    /// Place in the drawing: columns from the west edge, rows from the south edge, in squares.
    /// Exact for multiples of 1/16.
    pub fn at(&self, col: f64, row: f64) -> Pin {
        let steps = |squares: f64| (squares * f64::from(SIDE)).round() as i32;
        Pin::new(ORIGIN.x + steps(col), ORIGIN.y + steps(row))
    }

    /// Size of the drawing in squares: columns, rows.
    pub fn size(&self) -> (usize, usize) {
        (self.quilt.cols(), self.quilt.rows())
    }

    /// Pin of the building with this code. Panics when the drawing has none.
    pub fn pin_of(&self, code: &str) -> Pin {
        let building = self.buildings.iter().find(|row| row.code.as_str() == code);
        building.and_then(|row| row.pin).expect("the drawing has this building")
    }

    /// The one community as a row.
    pub fn area_row(&self) -> AreaRow {
        AreaRow {
            row: 1,
            code: code_of(COMMUNITY),
            name: "青松社区".into(),
            level: Some(Level::Community),
            parent: None,
            kind: "rc".into(),
            households: None,
            lineage: Default::default(),
            population: None,
            shape: self.boundary.clone(),
        }
    }

    /// The grids as rows of the community.
    pub fn grid_rows(&self) -> Vec<GridRow> {
        let row_of = |(idx, (code, shape)): (usize, &(Code, Vec<Polygon>))| GridRow {
            row: idx as u32 + 1,
            code: code.clone(),
            name: code.as_str().into(),
            community: Some(COMMUNITY.into()),
            kind: GridKind::General,
            buildings: Vec::new(),
            head: "".into(),
            manager: "".into(),
            work_phone: "".into(),
            shape: shape.clone(),
        };
        self.grids.iter().enumerate().map(row_of).collect()
    }
}

/// One word of a drawing, taken apart.
struct Word<'a> {
    /// Letters, `.` or `-`.
    ground: &'a str,
    building: Option<&'a str>,
    households: u32,
}

impl<'a> Word<'a> {
    fn read(word: &'a str) -> Self {
        let (place, households) = match word.split_once('*') {
            Some((place, number)) => (place, number.parse().expect("a number after *")),
            None => (word, 0),
        };
        let digits = place.find(|c: char| c.is_ascii_digit()).unwrap_or(place.len());
        let (ground, building) = place.split_at(digits);
        assert!(
            matches!(ground, "" | "." | "-") || ground.chars().all(char::is_alphabetic),
            "a word is letters, '.' or '-', then digits: {word}"
        );
        assert!(building.chars().all(|c| c.is_ascii_digit()), "digits end the word: {word}");
        Self {
            ground: if ground.is_empty() { "." } else { ground },
            building: (!building.is_empty()).then_some(building),
            households,
        }
    }
}

fn code_of(text: &str) -> Code {
    Code::new(text).expect("a word of a drawing is a code")
}

fn building_row(row: usize, code: &str, pin: Pin, households: u32) -> BuildingRow {
    BuildingRow {
        row: row as u32,
        code: code_of(code),
        name: format!("{code}幢").into(),
        estate: "".into(),
        address: "".into(),
        community: None,
        grid: None,
        usage: Use::Residential,
        floors: 0,
        entrances: 0,
        dwellings: Count(i64::from(households)),
        pin: Some(pin),
        footprint: Vec::new(),
        verified: None,
    }
}

fn household_row(row: usize, building: &str, number: u32) -> HouseholdRow {
    HouseholdRow {
        row: row as u32,
        number: Personal::new(code_of(&format!("{building}-{}", number + 1))),
        building: Some(building.into()),
        estate: None,
        community: None,
        address: None,
        pin: None,
        persons: 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::signed_area_x2;

    fn squares(shape: &[Polygon]) -> i128 {
        let unit = 2 * i128::from(SIDE) * i128::from(SIDE);
        shape.iter().flat_map(|part| &part.rings).map(|ring| signed_area_x2(ring)).sum::<i128>()
            / unit
    }

    #[test]
    fn a_drawing_is_a_town() {
        let town = town!(
            "A  A1 B
             A  .2 B3*40
             -  A  B"
        );
        assert_eq!(squares(&town.boundary), 8);
        assert_eq!(town.boundary.len(), 1);
        let shapes: Vec<_> = town
            .grids
            .iter()
            .map(|(code, shape)| (code.as_str(), squares(shape), shape.len()))
            .collect();
        assert_eq!(shapes, [("A", 4, 2), ("B", 3, 1)]);
        assert_eq!(town.pin_of("2"), town.at(1.5, 1.5));
        assert_eq!(town.buildings[2].dwellings, Count(40));
        assert_eq!(town.households.len(), 40);
        assert_eq!(town.size(), (3, 3));
    }

    #[test]
    fn a_lone_digit_stands_in_a_gap() {
        let town = town!("A 1");
        assert_eq!(squares(&town.boundary), 2);
        assert_eq!(town.buildings[0].code.as_str(), "1");
    }
}
