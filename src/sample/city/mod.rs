//! A made-up city of any size, for benches and `lifang sample --buildings N`.
//!
//! Grids of about fifty buildings and two hundred and fifty households, five to a community, twenty
//! communities to a subdistrict, ten subdistricts to a district. Borders are crooked, shared pin for
//! pin, with a pin about every ten metres. About three buildings in a hundred are awkward: on a knot, on
//! an edge, across a border, outside everything, without a position, stated elsewhere; one grid in
//! fifty has a hole nobody looks after.
//!
//! Nothing of the size of the city is held but its borders: buildings and homes are drawn grid by
//! grid as they are asked for, each grid from a seed of its own, so a part never depends on the whole.
//!
//! **Why** so regular: benches compare by ratio, and a city twice as large should be twice the work.

mod layout;
mod plots;

use std::io::{self, Write};

use self::layout::Layout;
use self::plots::Plots;
use super::dice::Dice;
use super::homes::{Home, Member, Sizes, residence_class};
use super::write::{self, Header};
use crate::domain::register::rows::{
    AreaRow, BuildingRow, FeatureRow, GridRow, ImportKind, StationRow,
};

/// Buildings of a grid, before the remainder is spread.
const BUILDINGS_A_GRID: usize = 50;
/// Households for each building, in the mean over a grid.
const HOMES_A_BUILDING: usize = 5;
/// Members among a thousand persons.
const MEMBERS_A_THOUSAND: usize = 35;

/// A made-up city; see the module.
#[derive(Clone, Debug)]
pub struct City {
    seed: u64,
    buildings: usize,
    layout: Layout,
}

impl City {
    /// A city of exactly `buildings` buildings (at least one).
    pub fn new(buildings: usize, seed: u64) -> Self {
        let buildings = buildings.max(1);
        let grids = (buildings / BUILDINGS_A_GRID).max(1);
        Self { seed, buildings, layout: Layout::new(grids, seed) }
    }

    pub fn n_grids(&self) -> usize {
        self.layout.n_grids()
    }

    pub fn n_communities(&self) -> usize {
        self.layout.n_communities()
    }

    /// The city, its districts, subdistricts and communities, parents first.
    pub fn areas(&self) -> Vec<AreaRow> {
        self.layout.areas()
    }

    pub fn grids(&self) -> Vec<GridRow> {
        (0..self.n_grids()).map(|grid| self.layout.grid_row(grid)).collect()
    }

    /// Streets along the borders of the grids, avenues around the communities, a railway and a river.
    pub fn barriers(&self) -> Vec<FeatureRow> {
        self.layout.barriers()
    }

    /// All buildings, grid by grid. Cost: one grid's buildings at a time.
    pub fn buildings(&self) -> impl Iterator<Item = BuildingRow> + '_ {
        self.plots().flat_map(|(_, plots)| plots.buildings.into_iter()).zip(1..).map(
            |(mut building, row)| {
                building.row = row;
                building
            },
        )
    }

    /// All households, building by building.
    pub fn homes(&self) -> impl Iterator<Item = Home> + '_ {
        let in_building = |(grid, plots): (usize, Plots)| {
            let mut sizes = Sizes::new(Dice::fork(self.seed, 2_000_000_000 + grid as u64));
            plots.buildings.into_iter().zip(plots.homes).flat_map(move |(building, homes)| {
                let sizes: Vec<u16> = sizes.by_ref().take(homes).collect();
                sizes.into_iter().map(move |persons| (building.code.clone(), persons))
            })
        };
        self.plots().flat_map(in_building).zip(1u32..).map(|((building, persons), number)| Home {
            number: format!("H{number:07}"),
            building,
            persons,
        })
    }

    /// All members: thirty-five among a thousand persons, spread evenly.
    pub fn members(&self) -> impl Iterator<Item = Member> + '_ {
        let mut dice = Dice::fork(self.seed, 1);
        let mut persons = 0;
        let of_home = move |home: Home| {
            let before = persons * MEMBERS_A_THOUSAND / 1000;
            persons += usize::from(home.persons);
            let n = persons * MEMBERS_A_THOUSAND / 1000 - before;
            (0..n).map(|_| (home.building.clone(), residence_class(&mut dice))).collect::<Vec<_>>()
        };
        self.homes().flat_map(of_home).zip(1u32..).map(|((building, class), number)| Member {
            reference: format!("M{number:07}"),
            building,
            class,
        })
    }

    /// A station in each community, but for one in ten.
    pub fn stations(&self) -> Vec<StationRow> {
        self.layout.stations()
    }

    /// Writes one kind of import file; its usual name is [`file_name`].
    pub fn write(&self, kind: ImportKind, out: &mut dyn Write) -> io::Result<()> {
        match kind {
            ImportKind::Areas => write::areas(self.areas(), out),
            ImportKind::Grids => write::grids(self.grids(), out),
            ImportKind::Buildings => write::buildings(self.buildings(), out),
            ImportKind::Households => write::households(self.homes(), Header::English, out),
            ImportKind::Members => write::members(self.members(), Header::English, out),
            ImportKind::Barriers => write::barriers(self.barriers(), out),
            ImportKind::Stations => write::stations(self.stations(), Header::English, out),
        }
    }

    /// Each grid's buildings and how many homes each of them has.
    fn plots(&self) -> impl Iterator<Item = (usize, Plots)> + '_ {
        let grids = self.n_grids();
        (0..grids).map(move |grid| {
            let n = self.buildings * (grid + 1) / grids - self.buildings * grid / grids;
            (grid, Plots::new(&self.layout, grid, n, n * HOMES_A_BUILDING, self.seed))
        })
    }
}

/// The name under which a folder of import files holds this kind.
pub const fn file_name(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Areas => "areas.geojson",
        ImportKind::Grids => "grids.geojson",
        ImportKind::Buildings => "buildings.geojson",
        ImportKind::Households => "households.csv",
        ImportKind::Members => "members.csv",
        ImportKind::Barriers => "barriers.geojson",
        ImportKind::Stations => "stations.csv",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn counts_are_exact() {
        let city = City::new(2_017, 1);
        assert_eq!((city.n_grids(), city.n_communities()), (40, 8));
        assert_eq!(city.buildings().count(), 2_017);
        assert_eq!(city.homes().count(), 2_017 * 5);
        let persons: usize = city.homes().map(|home| usize::from(home.persons)).sum();
        assert!(persons.abs_diff(2_017 * 25 / 2) < 60, "{persons}");
        assert_eq!(city.members().count(), persons * 35 / 1000);
        let codes: BTreeSet<_> = city.buildings().map(|building| building.code).collect();
        assert_eq!(codes.len(), 2_017);
    }

    #[test]
    fn neighbours_share_each_edge() {
        let city = City::new(5_000, 2);
        let mut edges = BTreeSet::new();
        let mut alone = 0i32;
        for ring in city.grids().iter().flat_map(|grid| &grid.shape).flat_map(|part| &part.rings) {
            for (idx, &from) in ring.iter().enumerate() {
                let to = ring[(idx + 1) % ring.len()];
                assert!(edges.insert((from, to)), "an edge has one grid at its left");
                alone += if edges.contains(&(to, from)) { -1 } else { 1 };
            }
        }
        assert!((alone as usize) < edges.len() / 4, "{alone} of {}", edges.len());
    }

    #[test]
    fn a_part_does_not_hang_on_the_whole() {
        let bytes = |kind| {
            let mut bytes = Vec::new();
            City::new(300, 9).write(kind, &mut bytes).expect("memory takes all");
            bytes
        };
        for kind in ImportKind::ALL {
            assert!(bytes(kind) == bytes(kind) && bytes(kind).len() > 100, "{kind:?}");
        }
    }
}
