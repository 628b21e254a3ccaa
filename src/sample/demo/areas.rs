//! Areas and grids of the demo town: sets of patches, sewn from one quilt so that they share every pin.

use std::collections::{BTreeMap, BTreeSet};

use super::names::{COMMUNITIES, DISTRICTS, SUBDISTRICTS, TOWN};
use super::plan::{self, COLS, Land, ROWS};
use super::streets::STRIDE;
use super::warp;
use crate::domain::ids::Code;
use crate::domain::register::area::Level;
use crate::domain::register::rows::{AreaRow, GridKind, GridRow};
use crate::sample::ground::{At, Frame, at};
use crate::sample::names;
use crate::sample::quilt::{Patch, Quilt};

/// The lines of the board on the ground.
pub fn quilt(frame: &Frame) -> Quilt {
    let board = |col: usize, row: usize| at(COLS[col], ROWS[row]);
    Quilt::new(
        COLS.len() - 1,
        ROWS.len() - 1,
        |col, row| frame.pin(warp::ground(board(col, row))),
        |from, to| {
            let chain: Vec<At> =
                warp::chain(board(from.col, from.row), board(to.col, to.row), STRIDE);
            frame.pins(&chain[1..chain.len() - 1])
        },
    )
}

fn code(text: &str) -> Code {
    Code::new(text).expect("made-up codes are short plain text")
}

/// Town, districts, subdistricts and communities, parents first; only communities have ground.
pub fn area_rows(quilt: &Quilt) -> Vec<AreaRow> {
    let mut rows = vec![area(TOWN.0, TOWN.1, Level::City, None)];
    for (text, name) in DISTRICTS {
        rows.push(area(text, name, Level::District, Some(TOWN.0)));
    }
    for (text, name) in SUBDISTRICTS {
        rows.push(area(text, name, Level::Subdistrict, Some(&text[..6])));
    }
    for (letter, text, name) in COMMUNITIES {
        let mut row = area(text, name, Level::Community, Some(&text[..9]));
        let ground =
            quilt.patches().filter(|&(col, row)| plan::community(col, row) == Some(letter));
        row.shape = quilt.outline(&ground.collect());
        rows.push(row);
    }
    for (row, number) in rows.iter_mut().zip(1..) {
        row.row = number;
    }
    rows
}

fn area(text: &str, name: &str, level: Level, parent: Option<&str>) -> AreaRow {
    AreaRow {
        row: 0,
        code: code(text),
        name: name.into(),
        level: Some(level),
        parent: parent.map(code),
        kind: if level == Level::Community { "rc".into() } else { "".into() },
        households: None,
        lineage: Default::default(),
        population: None,
        shape: Vec::new(),
    }
}

/// The patches of each grid of a community, in the order of their numbers: from the north, west to east.
pub fn grids_of(letter: char) -> Vec<BTreeSet<Patch>> {
    let mut grids: BTreeMap<char, BTreeSet<Patch>> = BTreeMap::new();
    for row in 0..15 {
        for col in 0..15 {
            if plan::community(col, row) == Some(letter)
                && let Some(grid) = plan::grid(col, row)
            {
                grids.entry(grid).or_default().insert((col, row));
            }
        }
    }
    let mut grids: Vec<BTreeSet<Patch>> = grids.into_values().collect();
    grids.sort_by_key(|patches| {
        let north = patches.iter().map(|patch| patch.1).max();
        let west = patches.iter().filter(|patch| Some(patch.1) == north).map(|patch| patch.0).min();
        (std::cmp::Reverse(north), west)
    });
    grids
}

pub fn grid_rows(quilt: &Quilt) -> Vec<GridRow> {
    let mut rows = Vec::new();
    for (letter, community, _) in COMMUNITIES {
        for (patches, number) in grids_of(letter).iter().zip(1..) {
            let (kind, name) = kind_and_name(patches, number);
            rows.push(GridRow {
                row: rows.len() as u32 + 1,
                code: code(&format!("{community}{number:03}")),
                name: name.into(),
                community: Some(community.into()),
                kind,
                buildings: Vec::new(),
                head: "".into(),
                manager: "".into(),
                work_phone: "".into(),
                shape: quilt.outline(patches),
            });
        }
    }
    rows
}

/// A grid of one use only is dedicated to it; the market streets have grids of their own.
fn kind_and_name(patches: &BTreeSet<Patch>, number: usize) -> (GridKind, String) {
    let all =
        |wanted: &[Land]| patches.iter().all(|&(col, row)| wanted.contains(&plan::land(col, row)));
    let dedicated = [
        (&[Land::Park][..], "明湖公园网格"),
        (&[Land::Station], "车站网格"),
        (&[Land::Hospital], "医院网格"),
        (&[Land::Factory, Land::Storage], "工业网格"),
        (&[Land::Center, Land::Office], "商圈网格"),
    ];
    if let Some((_, name)) = dedicated.iter().find(|(lands, _)| all(lands)) {
        (GridKind::Dedicated, name.to_string())
    } else if all(&[Land::Market]) {
        (GridKind::StreetFront, names::grid(number))
    } else {
        (GridKind::General, names::grid(number))
    }
}
