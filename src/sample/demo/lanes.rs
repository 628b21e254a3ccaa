//! Quarters grown rather than planned: courtyards on lanes, shop-houses on a market street, villages.
//!
//! Drawn on the board and bent building by building, so their walls lie a little askew, as such walls do.

use super::blocks::{Plot, Site};
use super::warp;
use crate::domain::register::building::Use;
use crate::sample::dice::Dice;
use crate::sample::footprint::Form;
use crate::sample::ground::{At, at};

/// A piece of ground on the board: west, south, east, north.
#[derive(Clone, Copy)]
struct Lot {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl Lot {
    fn of(site: &Site) -> Self {
        let (low, high) = (site.block.low, site.block.high);
        Self { west: low.x, south: low.y, east: high.x, north: high.y }
    }

    fn less(self, wall: f64) -> Self {
        Self {
            west: self.west + wall,
            south: self.south + wall,
            east: self.east - wall,
            north: self.north - wall,
        }
    }

    fn width(self) -> f64 {
        self.east - self.west
    }

    fn depth(self) -> f64 {
        self.north - self.south
    }

    fn ring(self) -> Vec<At> {
        let corners = [
            at(self.west, self.south),
            at(self.east, self.south),
            at(self.east, self.north),
            at(self.west, self.north),
        ];
        corners.into_iter().map(warp::ground).collect()
    }
}

/// Courtyards in rows on both sides of lanes. Returns the lanes, on the ground.
pub fn old_town(site: &mut Site, dice: &mut Dice) -> Vec<Vec<At>> {
    let lot = Lot::of(site);
    courtyards(site, lot, dice)
}

/// Shop-houses along the street in the north, courtyards behind.
pub fn market(site: &mut Site, dice: &mut Dice) -> Vec<Vec<At>> {
    let lot = Lot::of(site);
    let front = 15.0;
    let mut west = lot.west;
    while west + 6.0 < lot.east {
        let width = dice.within(6.5, 10.5).min(lot.east - west);
        let depth = dice.within(10.0, front);
        let shop =
            Lot { west, south: lot.north - depth, east: west + width - 0.5, north: lot.north };
        let floors = *dice.pick(&[2, 2, 2, 3]);
        let plot = Plot {
            dwellings: floors - 1,
            ..Plot::work(Use::Mixed, Form::Slab, width, depth, floors)
        };
        site.door.1 += 2;
        site.add(plot.named("商铺"), shop.ring());
        west += width;
    }
    courtyards(site, Lot { north: lot.north - front - 2.0, ..lot }, dice)
}

/// Rows of courtyards back to back, a lane before each pair of rows.
fn courtyards(site: &mut Site, lot: Lot, dice: &mut Dice) -> Vec<Vec<At>> {
    const LANE: f64 = 4.5;
    let pairs = (lot.depth() / 44.0).round().max(1.0) as usize;
    let step = (lot.depth() + LANE) / pairs as f64;
    let mut lanes = Vec::new();
    for pair in 0..pairs {
        site.door = (pair + 1, 0);
        let south = lot.south + step * pair as f64;
        let middle = south + (step - LANE) / 2.0 + dice.within(-1.5, 1.5);
        row_of_courtyards(site, Lot { south, north: middle, ..lot }, dice);
        row_of_courtyards(site, Lot { south: middle, north: south + step - LANE, ..lot }, dice);
        if pair + 1 < pairs {
            let y = south + step - LANE / 2.0;
            // A lane reaches the streets at both ends.
            lanes.push(warp::chain(at(lot.west - 9.0, y), at(lot.east + 9.0, y), 25.0));
        }
    }
    lanes
}

fn row_of_courtyards(site: &mut Site, row: Lot, dice: &mut Dice) {
    let mut west = row.west;
    while row.east - west > 10.0 {
        let mut width = dice.within(13.5, 20.0);
        if row.east - west - width < 13.0 {
            width = row.east - west;
        }
        let lot = Lot { west, east: west + width, ..row }.less(0.5);
        site.door.1 += 1;
        match dice.below(20) {
            0 => {}
            1..4 => infill(site, lot, dice),
            4..7 => {
                let plot = home(1, 3);
                site.add(plot.named("院"), yard_ring(lot));
            }
            7..11 => compound(site, lot, false, dice),
            _ => compound(site, lot, true, dice),
        }
        west += width;
    }
}

/// A plain low building with so many homes.
const fn home(floors: u16, dwellings: u16) -> Plot {
    Plot { dwellings, ..Plot::homes(Form::Slab, (0.0, 0.0), floors, 1, 1) }
}

/// Main house in the north, wings, and in most a house by the gate.
fn compound(site: &mut Site, lot: Lot, has_gate_house: bool, dice: &mut Dice) {
    let main = Lot { south: lot.north - dice.within(5.2, 6.4), ..lot };
    site.add(home(1, dice.between(1, 2) as u16).named("北房"), main.ring());
    let mut wings = Lot { north: main.south - 0.8, ..lot };
    if has_gate_house {
        let gate_house =
            Lot { north: lot.south + dice.within(3.8, 4.6), west: lot.west + 2.6, ..lot };
        site.add(home(1, dice.between(0, 1) as u16).named("南房"), gate_house.ring());
        wings.south = gate_house.north + 0.8;
    }
    if wings.depth() < 4.0 {
        return;
    }
    let wing = dice.within(3.4, 4.4);
    site.add(home(1, 1).named("东厢房"), Lot { west: wings.east - wing, ..wings }.ring());
    if dice.is_chance(3, 4) {
        site.add(home(1, 1).named("西厢房"), Lot { east: wings.west + wing, ..wings }.ring());
    }
}

/// One roof around a yard open to the south.
fn yard_ring(lot: Lot) -> Vec<At> {
    let wing = 4.2;
    let (west, east) = (lot.west + wing, lot.east - wing);
    let north = lot.north - wing - 1.0;
    let corners = [
        at(lot.west, lot.south),
        at(west, lot.south),
        at(west, north),
        at(east, north),
        at(east, lot.south),
        at(lot.east, lot.south),
        at(lot.east, lot.north),
        at(lot.west, lot.north),
    ];
    corners.into_iter().map(warp::ground).collect()
}

/// A house of later years in place of a courtyard.
fn infill(site: &mut Site, lot: Lot, dice: &mut Dice) {
    let floors = dice.between(2, 4) as u16;
    let lot = Lot { south: lot.south + dice.within(1.0, 5.0), ..lot.less(0.6) };
    site.add(home(floors, floors * 2).named("楼"), lot.ring());
}

/// Self-built houses, close together. Returns the lanes, on the ground.
pub fn village(site: &mut Site, dice: &mut Dice) -> Vec<Vec<At>> {
    const LANE: f64 = 4.0;
    let lot = Lot::of(site);
    let pairs = (lot.depth() / 29.0).round().max(1.0) as usize;
    let step = (lot.depth() + LANE) / pairs as f64;
    let mut lanes = Vec::new();
    for pair in 0..pairs {
        site.door.0 = pair + 1;
        let south = lot.south + step * pair as f64;
        let middle = south + (step - LANE) / 2.0;
        row_of_houses(site, Lot { south, north: middle, ..lot }, dice);
        row_of_houses(site, Lot { south: middle, north: south + step - LANE, ..lot }, dice);
        if pair + 1 < pairs && dice.is_chance(3, 4) {
            let y = south + step - LANE / 2.0;
            lanes.push(warp::chain(at(lot.west - 7.0, y), at(lot.east + 7.0, y), 25.0));
        }
    }
    lanes
}

fn row_of_houses(site: &mut Site, row: Lot, dice: &mut Dice) {
    let mut west = row.west;
    while row.east - west > 8.0 {
        let mut width = dice.within(8.6, 12.2);
        if row.east - west - width < 8.0 {
            width = row.east - west;
        }
        let lot = Lot {
            west: west + dice.within(0.3, 0.8),
            east: west + width - dice.within(0.3, 0.8),
            south: row.south + dice.within(0.3, 1.8),
            north: row.north - dice.within(0.3, 1.2),
        };
        west += width;
        if dice.is_chance(1, 16) || lot.width() > 15.0 {
            continue;
        }
        site.door.1 += 1;
        let floors = dice.between(2, 5) as u16;
        site.add(home(floors, floors + dice.between(0, 1) as u16).named("户"), lot.ring());
    }
}
