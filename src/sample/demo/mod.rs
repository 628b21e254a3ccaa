//! The demo town: the first thing anybody sees of Lifang. Made up, and it says so.
//!
//! A town of 84,000 in the desert where no town is: a river with five bridges, a railway, a ring road, an
//! old town of lanes and courtyards, an urban village, estates, market streets, schools, a park with a
//! lake. Fourteen communities, ninety grids, and some faults left in on purpose ([`faults`]).
//!
//! How it is made, in reading order: `plan` is the drawing board, `warp` bends it onto the ground,
//! `streets` draws the base map, `blocks` takes the streets off the patches, `estates`, `lanes` and
//! `works` build on them, `names` says what things are called, `areas` sews communities and grids,
//! `people` moves in, `stations` serves them, `faults` spoils a little. `data/demo` holds what [`DemoTown::files`] writes; a test
//! compares them byte for byte.
//!
//! **Why** generated and not drawn by hand: a town of this size is too much to draw, and the rules that
//! made it are shorter than the files.

mod areas;
mod blocks;
mod estates;
pub mod faults;
mod lanes;
mod names;
mod people;
mod plan;
mod stations;
mod streets;
#[cfg(test)]
mod tests;
mod warp;
mod works;

use std::collections::HashMap;

use self::blocks::{Block, Draft, Site};
use self::plan::Land;
use self::streets::Sketch;
use super::city::file_name;
use super::dice::Dice;
use super::footprint::inside;
use super::ground::Frame;
use super::homes::{Home, Member};
use super::write::{self, Header};
use crate::domain::ids::Code;
use crate::domain::measure::{Count, Day};
use crate::domain::place::{Pin, Polygon};
use crate::domain::register::building::Use;
use crate::domain::register::feature::FeatureKind;
use crate::domain::register::rows::{
    AreaRow, BuildingRow, FeatureRow, GridRow, ImportKind, Rows, StationRow,
};

const SEED: u64 = 20_260_901;
/// Middle of the ring road: in the desert.
const ORIGIN: Pin = Pin::new(1_096_000_000, 389_000_000);
pub const BUILDINGS: usize = 4_500;

/// The demo town as rows.
#[derive(Clone, Debug)]
pub struct DemoTown {
    pub areas: Vec<AreaRow>,
    pub grids: Vec<GridRow>,
    pub buildings: Vec<BuildingRow>,
    pub base: Vec<FeatureRow>,
    pub homes: Vec<Home>,
    pub members: Vec<Member>,
    pub stations: Vec<StationRow>,
}

/// Makes the demo town; always the same. Cost: a fraction of a second.
pub fn town() -> DemoTown {
    let frame = Frame::new(ORIGIN);
    let quilt = areas::quilt(&frame);
    let (drafts, sketches) = draw();
    let mut buildings = register(&drafts, &frame);
    let occupied = people::occupy(&drafts, &mut Dice::fork(SEED, 10_001));
    let homes = people::homes(&buildings, &occupied, Dice::fork(SEED, 10_002));
    let members = people::members(&homes, &mut Dice::fork(SEED, 10_003));
    let mut grids = areas::grid_rows(&quilt);
    faults::spoil_buildings(&mut buildings, &occupied);
    faults::overlap_grids(&mut grids, &frame);
    DemoTown {
        areas: areas::area_rows(&quilt),
        grids,
        base: base(&sketches, &frame),
        stations: stations::stations(&buildings),
        buildings,
        homes,
        members,
    }
}

impl DemoTown {
    /// Names and bytes of the import files, in the order in which they should come in.
    pub fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        ImportKind::ALL
            .into_iter()
            .map(|kind| {
                let mut bytes = Vec::new();
                let written = match kind {
                    ImportKind::Areas => write::areas(self.areas.iter().cloned(), &mut bytes),
                    ImportKind::Barriers => write::barriers(self.base.iter().cloned(), &mut bytes),
                    ImportKind::Grids => write::grids(self.grids.iter().cloned(), &mut bytes),
                    ImportKind::Buildings => {
                        write::buildings(self.buildings.iter().cloned(), &mut bytes)
                    }
                    ImportKind::Households => {
                        write::households(self.homes.iter().cloned(), Header::Chinese, &mut bytes)
                    }
                    ImportKind::Members => {
                        write::members(self.members.iter().cloned(), Header::Chinese, &mut bytes)
                    }
                    ImportKind::Stations => {
                        write::stations(self.stations.iter().cloned(), Header::Chinese, &mut bytes)
                    }
                };
                written.expect("memory takes all");
                (file_name(kind), bytes)
            })
            .collect()
    }

    /// The same as rows, in the same order.
    pub fn rows(&self) -> Vec<Rows> {
        let homes = self.homes.iter().zip(2..).map(|(home, row)| home.to_row(row));
        let members = self.members.iter().zip(2..).map(|(member, row)| member.to_row(row));
        vec![
            Rows::Areas(self.areas.clone()),
            Rows::Barriers(self.base.clone()),
            Rows::Grids(self.grids.clone()),
            Rows::Buildings(self.buildings.clone()),
            Rows::Households(homes.collect()),
            Rows::Members(members.collect()),
            Rows::Stations(self.stations.clone()),
        ]
    }
}

/// All buildings, block by block from the north-west, and all of the base map.
fn draw() -> (Vec<Draft>, Vec<Sketch>) {
    let mut drafts = Vec::new();
    let mut sketches = streets::greens();
    sketches.extend(streets::water_and_rail());
    sketches.extend(streets::streets());
    sketches.extend(streets::park_ways());
    for row in (0..15).rev() {
        for col in 0..15 {
            let block = Block::new((col, row));
            let mut dice = Dice::fork(SEED, (row * 100 + col) as u64);
            drafts.append(&mut build(&block, &mut sketches, &mut dice));
        }
    }
    drafts.push(works::station_hall());
    (drop_sheds(drafts), sketches)
}

/// Builds on one block; adds its lanes, greens and grounds to the base map.
fn build(block: &Block, sketches: &mut Vec<Sketch>, dice: &mut Dice) -> Vec<Draft> {
    let mut site = Site::new(block);
    match block.land {
        Land::Outside | Land::Park | Land::RiverBank => {}
        Land::OldTown | Land::Market => {
            let lanes = match block.land {
                Land::Market => lanes::market(&mut site, dice),
                _ => lanes::old_town(&mut site, dice),
            };
            for (line, number) in lanes.into_iter().zip(1..) {
                let name = names::lane(block.patch, number);
                sketches.push(Sketch::line(FeatureKind::Lane, &name, line));
            }
        }
        Land::Village => {
            for line in lanes::village(&mut site, dice) {
                sketches.push(Sketch::line(FeatureKind::Lane, "", line));
            }
        }
        Land::Slabs | Land::Lofty | Land::Towers | Land::WorkUnit | Land::NewEstate => {
            for ring in estates::fill(&mut site, dice) {
                sketches.push(Sketch::ring(FeatureKind::Green, "", ring));
            }
        }
        Land::Center
        | Land::School
        | Land::Hospital
        | Land::Factory
        | Land::Storage
        | Land::Station
        | Land::Office
        | Land::Stadium => {
            let fields = works::fill(&mut site, dice);
            let name = names::works(block.patch);
            sketches.push(Sketch::ring(FeatureKind::Ground, name, block.ground()));
            for ring in fields {
                sketches.push(Sketch::ring(FeatureKind::Green, "", ring));
            }
        }
    }
    site.drafts
}

/// Leaves out sheds until the town has as many buildings as it should.
fn drop_sheds(mut drafts: Vec<Draft>) -> Vec<Draft> {
    let mut dice = Dice::fork(SEED, 10_000);
    while drafts.len() > BUILDINGS {
        let idx = dice.below(drafts.len());
        if drafts[idx].name == "车棚" {
            drafts.remove(idx);
        }
    }
    drafts
}

/// Drafts as rows: codes in order within the community, names, addresses.
fn register(drafts: &[Draft], frame: &Frame) -> Vec<BuildingRow> {
    let mut dice = Dice::fork(SEED, 10_004);
    let estates = names::estate_numbers();
    let mut in_community: HashMap<&str, usize> = HashMap::new();
    let mut in_estate: HashMap<usize, usize> = HashMap::new();
    let row_of = |(draft, row): (&Draft, u32)| {
        let (col, patch_row) = draft.patch;
        let community = names::community_code(draft.patch);
        let number = in_community.entry(community).or_default();
        *number += 1;
        let estate = estates[patch_row][col];
        let idx = in_estate.entry(estate).or_default();
        *idx += usize::from(draft.name.is_empty());
        let (estate, address, name) = names::of_building(draft, estate, *idx);
        let is_home = draft.dwellings > 0 && draft.usage == Use::Residential;
        BuildingRow {
            row,
            code: Code::new(&format!("{community}-B{number:05}")).expect("a short plain code"),
            name: name.into(),
            estate: estate.into(),
            address: address.into(),
            community: Some(community.into()),
            grid: None,
            usage: draft.usage,
            floors: draft.floors,
            entrances: if is_home { draft.entrances } else { 0 },
            dwellings: Count(draft.dwellings.into()),
            pin: Some(frame.pin(inside(&draft.ring))),
            footprint: vec![Polygon { rings: vec![frame.pins(&draft.ring)] }],
            verified: Day::new(2026, dice.between(2, 8) as u32, dice.between(1, 28) as u32),
        }
    };
    drafts.iter().zip(1..).map(row_of).collect()
}

fn base(sketches: &[Sketch], frame: &Frame) -> Vec<FeatureRow> {
    let row_of = |(sketch, row): (&Sketch, u32)| FeatureRow {
        row,
        code: format!("T{row:04}").into(),
        kind: sketch.kind,
        name: sketch.name.as_str().into(),
        lines: sketch.lines.iter().map(|line| frame.pins(line)).collect(),
        polygons: sketch
            .rings
            .iter()
            .map(|ring| Polygon { rings: vec![frame.pins(ring)] })
            .collect(),
    };
    sketches.iter().zip(1..).map(row_of).collect()
}
