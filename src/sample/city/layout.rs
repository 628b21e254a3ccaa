//! Where the grids and communities of a sample city lie, and what they are called.

use std::collections::BTreeSet;

use crate::domain::ids::Code;
use crate::domain::measure::Area;
use crate::domain::place::{Pin, Polygon};
use crate::domain::register::area::Level;
use crate::domain::register::feature::FeatureKind;
use crate::domain::register::rows::{AreaRow, FeatureRow, GridKind, GridRow, StationRow};
use crate::domain::register::station::StationKind;
use crate::sample::dice::Dice;
use crate::sample::ground::{At, Frame, at};
use crate::sample::names;
use crate::sample::quilt::{Patch, Quilt};

/// Mean side of a grid in metres.
pub const SIDE: f64 = 240.0;
/// Distance of pins along a border in metres.
const STRIDE: f64 = 10.0;
const GRIDS_A_COMMUNITY: usize = 5;
const COMMUNITIES_A_SUBDISTRICT: usize = 20;
const SUBDISTRICTS_A_DISTRICT: usize = 10;
/// One community in so many has no station of its own.
const COMMUNITIES_A_LACK: usize = 10;
/// Code of the city; nobody has it.
const CITY: &str = "990200";
/// One grid in so many has a hole.
const GRIDS_A_HOLE: usize = 50;

/// Ten patches, two communities: each is a square of four and one more.
const PATCHES_OF_TWO: [(usize, usize); 10] =
    [(0, 1), (1, 1), (2, 1), (0, 0), (1, 0), (3, 1), (4, 1), (2, 0), (3, 0), (4, 0)];

#[derive(Clone, Debug)]
pub struct Layout {
    pub quilt: Quilt,
    pub frame: Frame,
    n_grids: usize,
    /// Pairs of communities beside each other.
    pairs_a_row: usize,
}

impl Layout {
    pub fn new(n_grids: usize, seed: u64) -> Self {
        let pairs = n_grids.div_ceil(2 * GRIDS_A_COMMUNITY);
        let pair_rows = (pairs as f64 / 0.64).sqrt().ceil() as usize;
        let pairs_a_row = pairs.div_ceil(pair_rows);
        let frame = Frame::new(Pin::new(1_090_000_000, 385_000_000));
        let mut corners = Dice::fork(seed, 2);
        let mut edges = Dice::fork(seed, 3);
        let quilt = Quilt::new(
            pairs_a_row * 5,
            pair_rows * 2,
            |col, row| {
                let place = at(
                    col as f64 * SIDE + corners.within(-20.0, 20.0),
                    row as f64 * SIDE + corners.within(-20.0, 20.0),
                );
                frame.pin(place)
            },
            |from, to| frame.pins(&wiggle(frame.place(from.pin), frame.place(to.pin), &mut edges)),
        );
        Self { quilt, frame, n_grids, pairs_a_row }
    }

    pub fn n_grids(&self) -> usize {
        self.n_grids
    }

    pub fn n_communities(&self) -> usize {
        self.n_grids.div_ceil(GRIDS_A_COMMUNITY)
    }

    /// The patch of the grid with this number; grids of a community follow each other, from the north-west.
    pub fn patch(&self, grid: usize) -> Patch {
        let (pair, idx) = (grid / PATCHES_OF_TWO.len(), grid % PATCHES_OF_TWO.len());
        let (col, row) = PATCHES_OF_TWO[idx];
        let row_from_north = pair / self.pairs_a_row;
        (pair % self.pairs_a_row * 5 + col, self.quilt.rows() - 2 - 2 * row_from_north + row)
    }

    /// Code of the community of a grid.
    pub fn community_code(&self, grid: usize) -> String {
        area_code(grid / GRIDS_A_COMMUNITY)
    }

    /// Number of a grid within its community, from 1.
    pub fn number_in_community(&self, grid: usize) -> usize {
        grid % GRIDS_A_COMMUNITY + 1
    }

    pub fn grid_row(&self, grid: usize) -> GridRow {
        let community = self.community_code(grid);
        let number = self.number_in_community(grid);
        let mut shape = self.quilt.outline(&BTreeSet::from([self.patch(grid)]));
        if grid % GRIDS_A_HOLE == GRIDS_A_HOLE / 2 {
            shape[0].rings.push(self.hole(grid));
        }
        GridRow {
            row: grid as u32 + 1,
            code: code(&format!("{community}{number:03}")),
            name: names::grid(number).into(),
            community: Some(community.into()),
            kind: GridKind::General,
            buildings: Vec::new(),
            head: "".into(),
            manager: "".into(),
            work_phone: "".into(),
            shape,
        }
    }

    pub fn areas(&self) -> Vec<AreaRow> {
        let communities = self.n_communities();
        let subdistricts = communities.div_ceil(COMMUNITIES_A_SUBDISTRICT);
        let mut rows = vec![named(CITY, "样本市".to_string(), Level::City, None)];
        for district in 0..subdistricts.div_ceil(SUBDISTRICTS_A_DISTRICT) {
            let name = format!("{}区", names::pair(district * 131 + 7));
            rows.push(named(&district_code(district), name, Level::District, Some(CITY.into())));
        }
        for subdistrict in 0..subdistricts {
            let parent = district_code(subdistrict / SUBDISTRICTS_A_DISTRICT);
            let name = format!("{}街道", names::pair(subdistrict * 37 + 11));
            let code = subdistrict_code(subdistrict);
            rows.push(named(&code, name, Level::Subdistrict, Some(parent)));
        }
        for community in 0..communities {
            let parent = subdistrict_code(community / COMMUNITIES_A_SUBDISTRICT);
            let name = names::community(community);
            let mut row = named(&area_code(community), name, Level::Community, Some(parent));
            row.shape = self.community_shape(community);
            rows.push(row);
        }
        for (row, number) in rows.iter_mut().zip(1..) {
            row.row = number;
        }
        rows
    }

    fn community_shape(&self, community: usize) -> Vec<Polygon> {
        let first = community * GRIDS_A_COMMUNITY;
        let last = (first + GRIDS_A_COMMUNITY).min(self.n_grids);
        let patches: BTreeSet<Patch> = (first..last).map(|grid| self.patch(grid)).collect();
        self.quilt.outline(&patches)
    }

    /// A ring in the middle of a grid, some fifty metres wide.
    fn hole(&self, grid: usize) -> Vec<Pin> {
        let patch = self.patch(grid);
        let corners = [(0.4, 0.4), (0.4, 0.6), (0.62, 0.62), (0.6, 0.4)];
        corners.iter().map(|&(u, v)| self.quilt.within(patch, u, v)).collect()
    }

    /// A station in each community, but for one in [`COMMUNITIES_A_LACK`]. It serves the community it stands in,
    /// as it says nothing else.
    pub fn stations(&self) -> Vec<StationRow> {
        let has_own = |community: &usize| community % COMMUNITIES_A_LACK != COMMUNITIES_A_LACK - 1;
        let row_of = |(community, row): (usize, u32)| {
            // Near the middle of the community: in the grid that lies there, towards its other row.
            let (idx, north) = if community % 2 == 0 { (1, 0.1) } else { (3, 0.9) };
            let grid = (community * GRIDS_A_COMMUNITY + idx).min(self.n_grids - 1);
            let floor = 400 + 150 * (community as i64 % 7);
            StationRow {
                row,
                code: code(&format!("{}-S01", area_code(community))),
                name: format!("{}工作站", names::community(community)).into(),
                kind: StationKind::Workstation,
                level: Some(Level::Community),
                pin: Some(self.quilt.within(self.patch(grid), 0.5, north)),
                floor_area: Some(Area(floor * 10_000)),
                hall_area: Some(Area(floor / 10 * 10_000)),
                serves: Vec::new(),
                is_open: true,
            }
        };
        (0..self.n_communities()).filter(has_own).zip(2..).map(row_of).collect()
    }

    /// Lines along the quilt from edge to edge: every second row and every fifth column an avenue, one
    /// row a river, one column a railway.
    pub fn barriers(&self) -> Vec<FeatureRow> {
        let (cols, rows) = (self.quilt.cols(), self.quilt.rows());
        let level = (0..=rows).map(|row| {
            let kind = match row {
                row if row == rows / 2 => FeatureKind::Water,
                row if row % 2 == 0 => FeatureKind::Avenue,
                _ => FeatureKind::Street,
            };
            (kind, self.quilt.row_line(row))
        });
        let upright = (0..=cols).map(|col| {
            let kind = match col {
                col if col == cols / 5 * 5 / 2 => FeatureKind::Rail,
                col if col % 5 == 0 => FeatureKind::Avenue,
                _ => FeatureKind::Street,
            };
            (kind, self.quilt.col_line(col))
        });
        let row_of = |(idx, (kind, line)): (usize, (FeatureKind, Vec<Pin>))| FeatureRow {
            row: idx as u32 + 1,
            code: format!("L{}", idx + 1).into(),
            kind,
            name: match kind {
                FeatureKind::Water => "样本河".into(),
                FeatureKind::Rail => "样本铁路".into(),
                _ => names::street(idx).into(),
            },
            lines: vec![line],
            polygons: Vec::new(),
        };
        level.chain(upright).enumerate().map(row_of).collect()
    }
}

/// Places between two corners, off the straight line by three waves that end at the corners.
fn wiggle(from: At, to: At, dice: &mut Dice) -> Vec<At> {
    let step = to - from;
    let n = (step.length() / STRIDE).floor() as usize;
    let aside = step.unit().left();
    let waves = [dice.within(-9.0, 9.0), dice.within(-5.0, 5.0), dice.within(-2.5, 2.5)];
    let place = |idx: usize| {
        let turn = idx as f64 / n as f64 * std::f64::consts::PI;
        let off: f64 =
            waves.iter().zip(1..).map(|(wave, times)| wave * (turn * f64::from(times)).sin()).sum();
        from.toward(to, idx as f64 / n as f64) + aside * off
    };
    (1..n).map(place).collect()
}

fn code(text: &str) -> Code {
    Code::new(text).expect("made-up codes are short plain text")
}

fn named(text: &str, name: String, level: Level, parent: Option<String>) -> AreaRow {
    AreaRow {
        row: 0,
        code: code(text),
        name: name.into(),
        level: Some(level),
        parent: parent.as_deref().map(code),
        kind: if level == Level::Community { "rc".into() } else { "".into() },
        households: None,
        lineage: Default::default(),
        population: None,
        shape: Vec::new(),
    }
}

fn district_code(district: usize) -> String {
    format!("9902{:02}", district + 1)
}

fn subdistrict_code(subdistrict: usize) -> String {
    let number = subdistrict % SUBDISTRICTS_A_DISTRICT + 1;
    format!("{}{number:03}", district_code(subdistrict / SUBDISTRICTS_A_DISTRICT))
}

fn area_code(community: usize) -> String {
    let number = community % COMMUNITIES_A_SUBDISTRICT + 1;
    format!("{}{number:03}", subdistrict_code(community / COMMUNITIES_A_SUBDISTRICT))
}
