//! The buildings of one grid of a sample city, and how many homes each has.

use super::layout::{Layout, SIDE};
use crate::domain::ids::Code;
use crate::domain::measure::{Count, Day};
use crate::domain::place::{Pin, Polygon};
use crate::domain::register::building::Use;
use crate::domain::register::rows::BuildingRow;
use crate::sample::dice::Dice;
use crate::sample::footprint::{Form, corners, inside, placed};
use crate::sample::ground::at;
use crate::sample::names;

/// Share of a grid's side that stays free of buildings at each end: room for the crooked border.
const MARGIN: f64 = 0.12;

pub struct Plots {
    pub buildings: Vec<BuildingRow>,
    /// Homes in each building; they add up to what was asked for.
    pub homes: Vec<usize>,
}

impl Plots {
    /// `n` buildings with `homes` homes in all, in rows that run east.
    pub fn new(layout: &Layout, grid: usize, n: usize, homes: usize, seed: u64) -> Self {
        let mut dice = Dice::fork(seed, 1_000_000_000 + grid as u64);
        let per_row = ((n as f64 * 1.7).sqrt().ceil() as usize).max(1);
        let rows = n.div_ceil(per_row);
        let side = SIDE * (1.0 - 2.0 * MARGIN);
        let (room_x, room_y) = (side / per_row as f64, side / rows as f64);
        let community = layout.community_code(grid);
        let number = layout.number_in_community(grid);
        let turned = dice.within(-4.0, 4.0);
        let mut buildings = Vec::with_capacity(n);
        for idx in 0..n {
            let along = |idx: usize, of: usize| {
                MARGIN + (1.0 - 2.0 * MARGIN) * (idx as f64 + 0.5) / of as f64
            };
            let (u, v) = (along(idx % per_row, per_row), along(idx / per_row, rows));
            let pin = layout.quilt.within(layout.patch(grid), u, v);
            let code = format!("{community}-B{:05}", (number - 1) * 2000 + idx + 1);
            let mut building = plain(code, grid, idx, &community, &mut dice);
            set_footprint(&mut building, layout, pin, (room_x, room_y), turned, &mut dice);
            make_awkward(&mut building, layout, grid, &mut dice);
            buildings.push(building);
        }
        let homes = spread(homes, &mut buildings, &mut dice);
        Self { buildings, homes }
    }
}

fn plain(code: String, grid: usize, idx: usize, community: &str, dice: &mut Dice) -> BuildingRow {
    let usage = match dice.below(100) {
        0..82 => Use::Residential,
        82..90 => Use::Mixed,
        90..94 => Use::Commercial,
        94..96 => Use::Office,
        96..98 => Use::Public,
        _ => Use::Unknown,
    };
    let entrances = dice.between(1, 4) as u16;
    BuildingRow {
        row: 0,
        code: Code::new(&code).expect("made-up codes are short plain text"),
        name: format!("{}幢", idx + 1).into(),
        estate: names::estate(grid).into(),
        address: format!("{}{}号", names::street(grid), idx * 2 + 1).into(),
        community: Some(community.into()),
        grid: None,
        usage,
        floors: dice.between(1, 6) as u16,
        entrances,
        dwellings: Count::ZERO,
        pin: None,
        footprint: Vec::new(),
        verified: Day::new(2025, dice.between(1, 12) as u32, dice.between(1, 28) as u32),
    }
}

/// Puts a ground plan around `middle` that leaves air to its neighbours in a plot of `room` metres.
fn set_footprint(
    building: &mut BuildingRow,
    layout: &Layout,
    middle: Pin,
    room: (f64, f64),
    turned: f64,
    dice: &mut Dice,
) {
    let form = *dice.pick(&[
        Form::Slab,
        Form::Slab,
        Form::Stairs,
        Form::Stairs,
        Form::Angle,
        Form::Yard,
        Form::Offset,
        Form::Cross,
    ]);
    let (width, depth) = (room.0 * dice.within(0.6, 0.8), (room.1 * 0.5).min(13.0));
    let ring = placed(&corners(form, width, depth), turned, layout.frame.place(middle));
    building.pin = Some(layout.frame.pin(inside(&ring)));
    building.footprint = vec![Polygon { rings: vec![layout.frame.pins(&ring)] }];
}

/// Thirty-three buildings in a thousand stand where they make trouble.
fn make_awkward(building: &mut BuildingRow, layout: &Layout, grid: usize, dice: &mut Dice) {
    let (col, row) = layout.patch(grid);
    match dice.below(1000) {
        0..4 => move_to(building, layout.quilt.corner(col + 1, row)),
        4..10 => move_to(building, *dice.pick(&layout.quilt.south_side((col, row)))),
        10..20 => {
            let pin = *dice.pick(&layout.quilt.south_side((col, row)));
            set_footprint(building, layout, pin, (18.0, 20.0), 0.0, dice);
        }
        20..23 => {
            let far = at(dice.within(-2000.0, -500.0), dice.within(0.0, 4000.0));
            move_to(building, layout.frame.pin(far));
        }
        23..28 => {
            building.pin = None;
            building.footprint.clear();
        }
        28..33 => {
            let elsewhere = (grid + layout.n_grids() / 2) % layout.n_grids();
            building.community = Some(layout.community_code(elsewhere).into());
        }
        _ => {}
    }
}

fn move_to(building: &mut BuildingRow, pin: Pin) {
    building.pin = Some(pin);
    building.footprint.clear();
}

/// Spreads `homes` over the buildings people live in, unevenly, and states them as dwellings.
fn spread(homes: usize, buildings: &mut [BuildingRow], dice: &mut Dice) -> Vec<usize> {
    let is_home = |usage: Use| matches!(usage, Use::Residential | Use::Mixed | Use::Unknown);
    if !buildings.iter().any(|building| is_home(building.usage)) {
        buildings[0].usage = Use::Residential;
    }
    let mut open = buildings.iter().filter(|building| is_home(building.usage)).count();
    let mut left = homes;
    let mut spread = Vec::with_capacity(buildings.len());
    for building in buildings {
        let mut n = 0;
        if is_home(building.usage) {
            let mean = left as f64 / open as f64;
            n = if open == 1 { left } else { (mean * dice.within(0.4, 1.6)).round() as usize };
            n = n.min(left);
            open -= 1;
            left -= n;
        }
        let dwellings = n + n / 9;
        if dwellings > 0 {
            building.floors = dwellings.div_ceil(usize::from(building.entrances)).min(33) as u16;
        }
        building.dwellings = Count(dwellings as i64);
        spread.push(n);
    }
    spread
}
