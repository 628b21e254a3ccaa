//! Random towns for law tests: small, crooked, and full of awkward cases.
//!
//! Communities tile the ground with crooked shared borders (the same pins on both sides); each is cut
//! into grids that grow from seeds, in most of them with a gap left over. Buildings stand inside, on
//! edges, on knots, across borders, outside everything and nowhere.
//!
//! **Why** small patches and short chains: a law that fails should fail on a town one can draw.

use std::collections::{BTreeMap, BTreeSet};

use super::dice::Dice;
use super::quilt::{Patch, Quilt};
use crate::domain::ids::Code;
use crate::domain::measure::Count;
use crate::domain::personal::Personal;
use crate::domain::place::{Pin, Polygon};
use crate::domain::register::area::Level;
use crate::domain::register::building::Use;
use crate::domain::register::people::ResidenceClass;
use crate::domain::register::rows::{
    AreaRow, BuildingRow, GridKind, GridRow, HouseholdRow, MemberRow,
};

/// Mean side of a patch in lattice steps, about 35 m by 45 m.
const SIDE: i32 = 4_000;
const ORIGIN: Pin = Pin::new(1_096_000_000, 389_000_000);

/// A random town as rows, ready for the deciding of imports.
#[derive(Clone, Debug)]
pub struct RandomTown {
    pub areas: Vec<AreaRow>,
    pub grids: Vec<GridRow>,
    pub buildings: Vec<BuildingRow>,
    pub households: Vec<HouseholdRow>,
    pub members: Vec<MemberRow>,
}

impl RandomTown {
    /// `communities` communities of `grids` grids each (both at least 1), with a dozen buildings a community.
    pub fn new(seed: u64, communities: usize, grids: usize) -> Self {
        let mut dice = Dice::new(seed);
        let block = ((2 * grids) as f64).sqrt().ceil() as usize;
        let per_row = (communities as f64).sqrt().ceil() as usize;
        let quilt = crooked(&mut dice, per_row * block, communities.div_ceil(per_row) * block);
        let mut town = Self {
            areas: Vec::new(),
            grids: Vec::new(),
            buildings: Vec::new(),
            households: Vec::new(),
            members: Vec::new(),
        };
        for number in 0..communities {
            let (west, south) = (number % per_row * block, number / per_row * block);
            let ground: BTreeSet<Patch> = (south..south + block)
                .flat_map(|row| (west..west + block).map(move |col| (col, row)))
                .collect();
            town.add_community(number, &quilt, &ground, grids, &mut dice);
        }
        town.add_people(&mut dice);
        town
    }

    fn add_community(
        &mut self,
        number: usize,
        quilt: &Quilt,
        ground: &BTreeSet<Patch>,
        grids: usize,
        dice: &mut Dice,
    ) {
        let community = format!("990101001{:03}", number + 1);
        self.areas.push(AreaRow {
            row: number as u32 + 1,
            code: code(&community),
            name: format!("第{}社区", number + 1).into(),
            level: Some(Level::Community),
            parent: None,
            kind: "rc".into(),
            households: None,
            lineage: Default::default(),
            population: None,
            shape: quilt.outline(ground),
        });
        let first_grid = self.grids.len();
        for (idx, patches) in grow(ground, grids, dice).iter().enumerate() {
            self.grids.push(GridRow {
                row: self.grids.len() as u32 + 1,
                code: code(&format!("{community}{:03}", idx + 1)),
                name: format!("第{}网格", idx + 1).into(),
                community: Some(community.as_str().into()),
                kind: *dice.pick(&GridKind::ALL),
                buildings: Vec::new(),
                head: "".into(),
                manager: "".into(),
                work_phone: "".into(),
                shape: quilt.outline(patches),
            });
        }
        let patches: Vec<Patch> = ground.iter().copied().collect();
        for number in 1..=12 {
            let pin = quilt.within(*dice.pick(&patches), dice.fraction(), dice.fraction());
            let border: Vec<Pin> = self.grids[first_grid..]
                .iter()
                .flat_map(|grid| grid.shape.iter().flat_map(|part| part.rings.concat()))
                .collect();
            let row = self.buildings.len() as u32 + 1;
            let mut building = plain_building(row, &format!("{community}-B{number:05}"), pin);
            make_awkward(&mut building, &border, &community, dice);
            self.buildings.push(building);
        }
    }

    fn add_people(&mut self, dice: &mut Dice) {
        for building in &self.buildings {
            for number in 1..=dice.below(9) {
                self.households.push(HouseholdRow {
                    row: self.households.len() as u32 + 1,
                    number: Personal::new(code(&format!("{}-{number}", building.code))),
                    building: Some(building.code.as_str().into()),
                    estate: None,
                    community: None,
                    address: None,
                    pin: None,
                    persons: dice.between(1, 6) as u16,
                });
            }
            for number in 1..=dice.below(4) {
                self.members.push(MemberRow {
                    row: self.members.len() as u32 + 1,
                    reference: Personal::new(code(&format!("M-{}-{number}", building.code))),
                    household: None,
                    building: Some(building.code.as_str().into()),
                    estate: None,
                    community: None,
                    address: None,
                    pin: None,
                    class: *dice.pick(&ResidenceClass::ALL),
                });
            }
        }
    }
}

/// A quilt with moved corners and bent edges; some edges stay straight, so T-junctions are met too.
fn crooked(dice: &mut Dice, cols: usize, rows: usize) -> Quilt {
    let mut moved = dice.clone();
    let mut bent = Dice::fork(moved.below(1 << 30) as u64, 1);
    let play = SIDE / 8;
    Quilt::new(
        cols,
        rows,
        |col, row| {
            Pin::new(
                ORIGIN.x + col as i32 * SIDE + dice.between(-play, play),
                ORIGIN.y + row as i32 * SIDE + dice.between(-play, play),
            )
        },
        |from, to| {
            let (from, to) = (from.pin, to.pin);
            let n = bent.below(5);
            let sway = bent.between(-SIDE / 14, SIDE / 14);
            (1..=n)
                .map(|step| {
                    let part = step as f64 / (n + 1) as f64;
                    let along = |a: i32, b: i32| f64::from(a) + f64::from(b - a) * part;
                    let off = (part * std::f64::consts::PI).sin() * f64::from(sway);
                    let is_level = (to.x - from.x).abs() > (to.y - from.y).abs();
                    let (dx, dy) = if is_level { (0.0, off) } else { (off, 0.0) };
                    Pin::new(
                        (along(from.x, to.x) + dx).round() as i32,
                        (along(from.y, to.y) + dy).round() as i32,
                    )
                })
                .collect()
        },
    )
}

/// Cuts `ground` into `n` connected sets that grow from random seeds; about every twelfth patch stays free.
fn grow(ground: &BTreeSet<Patch>, n: usize, dice: &mut Dice) -> Vec<BTreeSet<Patch>> {
    let mut order: Vec<Patch> = ground.iter().copied().collect();
    dice.shuffle(&mut order);
    let mut owner: BTreeMap<Patch, usize> =
        order.iter().take(n).enumerate().map(|(idx, &patch)| (patch, idx)).collect();
    let gaps = if dice.is_chance(3, 4) { ground.len() / 12 + 1 } else { 0 };
    let free = ground.len().saturating_sub(n).min(gaps);
    while owner.len() + free < ground.len() {
        let (col, row) = *dice.pick(&order);
        let beside = [
            (col + 1, row),
            (col, row + 1),
            (col.wrapping_sub(1), row),
            (col, row.wrapping_sub(1)),
        ];
        let from = *dice.pick(&beside);
        if let (None, Some(&idx)) = (owner.get(&(col, row)), owner.get(&from)) {
            owner.insert((col, row), idx);
        }
    }
    let mut sets = vec![BTreeSet::new(); n];
    for (patch, idx) in owner {
        sets[idx].insert(patch);
    }
    sets
}

fn code(text: &str) -> Code {
    Code::new(text).expect("made-up codes are short plain text")
}

fn plain_building(row: u32, text: &str, pin: Pin) -> BuildingRow {
    BuildingRow {
        row,
        code: code(text),
        name: format!("{row}幢").into(),
        estate: "".into(),
        address: "".into(),
        community: None,
        grid: None,
        usage: Use::Residential,
        floors: 6,
        entrances: 2,
        dwellings: Count(24),
        pin: Some(pin),
        footprint: Vec::new(),
        verified: None,
    }
}

/// Moves a building to a place, or gives it a shape or a statement, that tests must not trip over.
fn make_awkward(building: &mut BuildingRow, border: &[Pin], community: &str, dice: &mut Dice) {
    let knot = *dice.pick(border);
    match dice.below(10) {
        0 => building.pin = Some(knot),
        1 => building.pin = Some(Pin::new(knot.x + dice.between(-1, 1), knot.y)),
        2 => {
            building.pin = Some(knot);
            building.footprint = vec![slab(knot, dice)];
        }
        3 => building.pin = None,
        4 => building.pin = Some(Pin::new(ORIGIN.x - 10 * SIDE, ORIGIN.y + dice.between(0, SIDE))),
        5 => building.community = Some("990101001001".into()),
        6 => building.community = Some(community.into()),
        _ => {
            let pin = building.pin.expect("plain buildings have a place");
            building.footprint = vec![slab(pin, dice)];
        }
    }
}

/// A four-cornered footprint around `center`.
fn slab(center: Pin, dice: &mut Dice) -> Polygon {
    let (half_x, half_y) = (dice.between(50, 500), dice.between(50, 250));
    let lean = dice.between(-40, 40);
    let corner = |dx: i32, dy: i32| Pin::new(center.x + dx, center.y + dy);
    Polygon {
        rings: vec![vec![
            corner(-half_x, -half_y - lean),
            corner(half_x, -half_y + lean),
            corner(half_x, half_y + lean),
            corner(-half_x, half_y - lean),
        ]],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::signed_area_x2;

    fn area(shape: &[Polygon]) -> i128 {
        shape.iter().flat_map(|part| &part.rings).map(|ring| signed_area_x2(ring)).sum()
    }

    #[test]
    fn grids_never_cover_more_than_their_community() {
        for seed in 0..20 {
            let town = RandomTown::new(seed, 4, 5);
            assert_eq!((town.areas.len(), town.grids.len(), town.buildings.len()), (4, 20, 48));
            for community in &town.areas {
                let covered: i128 = town
                    .grids
                    .iter()
                    .filter(|grid| grid.community.as_deref() == Some(community.code.as_str()))
                    .map(|grid| area(&grid.shape))
                    .sum();
                assert!(0 < covered && covered <= area(&community.shape), "seed {seed}");
            }
        }
    }

    #[test]
    fn each_border_edge_has_one_neighbour_at_most() {
        for seed in 0..20 {
            let town = RandomTown::new(seed, 3, 4);
            let mut edges = BTreeSet::new();
            for ring in town.grids.iter().flat_map(|grid| &grid.shape).flat_map(|part| &part.rings)
            {
                for (idx, &from) in ring.iter().enumerate() {
                    assert!(edges.insert((from, ring[(idx + 1) % ring.len()])), "seed {seed}");
                }
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_town() {
        let text = |seed| format!("{:?}", RandomTown::new(seed, 3, 3));
        assert_eq!(text(11), text(11));
        assert_ne!(text(11), text(12));
    }
}
