//! The base map of the demo town: streets with names, river, railway, park, banks and belts of green.

use super::plan::{self, COLS, RAIL_LINE, RIVER_Y, ROWS, Rank};
use super::warp::{self, chain};
use crate::domain::register::feature::FeatureKind;
use crate::sample::ground::{At, at};

/// A feature drawn, without a code.
pub struct Sketch {
    pub kind: FeatureKind,
    pub name: String,
    pub lines: Vec<Vec<At>>,
    pub rings: Vec<Vec<At>>,
}

impl Sketch {
    pub fn line(kind: FeatureKind, name: &str, line: Vec<At>) -> Self {
        Self { kind, name: name.to_string(), lines: vec![line], rings: Vec::new() }
    }

    pub fn ring(kind: FeatureKind, name: &str, ring: Vec<At>) -> Self {
        Self { kind, name: name.to_string(), lines: Vec::new(), rings: vec![ring] }
    }
}

/// Metres between the pins of a street or a border.
pub const STRIDE: f64 = 22.0;

/// Half the river's width at its narrowest.
const RIVER_HALF: f64 = 41.0;
/// How far river, railway and trunk roads go on beyond the town.
const BEYOND: f64 = 900.0;

/// Names along the level lines: up to which column, and what it is called until there.
const LEVEL_NAMES: [&[(usize, &str)]; 16] = [
    &[(15, "南环路")],
    &[(5, "麦田街"), (15, "麦田东街")],
    &[(15, "云溪路")],
    &[(6, "听松街"), (15, "听松东街")],
    &[(15, "新城大道")],
    &[(15, "滨河南路")],
    &[],
    &[(15, "滨河北路")],
    &[(4, "桑园街"), (10, "织造街"), (15, "桑园东街")],
    &[(4, "金水路"), (7, "西市街"), (10, "东市街"), (15, "金水东路")],
    &[(4, "柳营街"), (10, "书院街"), (15, "柳营东街")],
    &[(15, "凤鸣大街")],
    &[(4, "染坊街"), (10, "站南街"), (15, "灯市街")],
    &[(15, "北环路")],
    &[],
    &[(15, "铁工路")],
];

/// Names along the upright lines: up to which row, and what it is called until there.
const UPRIGHT_NAMES: [&[(usize, &str)]; 16] = [
    &[(15, "西环路")],
    &[(5, "榆荫街"), (15, "榆林街")],
    &[(5, "槐安路"), (15, "槐荫路")],
    &[(5, "水车街"), (15, "水塔街")],
    &[(15, "长平大街")],
    &[(5, "桃园街"), (15, "羊市街")],
    &[(5, "湖西路"), (15, "银匠街")],
    &[(5, "明湖街"), (7, "鼓楼桥"), (15, "鼓楼大街")],
    &[(5, "湖东路"), (15, "铁匠街")],
    &[(5, "梅园街"), (15, "竹器街")],
    &[(15, "永兴大街")],
    &[(5, "杏林街"), (15, "杏林北街")],
    &[(5, "白桦路"), (15, "白杨路")],
    &[(5, "胡杨街"), (15, "红柳街")],
    &[(15, "东环路")],
    &[(15, "锦溪路")],
];

fn name_at(names: &[(usize, &'static str)], position: usize) -> &'static str {
    names.iter().find(|(end, _)| position < *end).map_or("", |(_, name)| name)
}

/// Name of the street along level line `line` at column `col`.
pub fn level_name(line: usize, col: usize) -> &'static str {
    name_at(LEVEL_NAMES[line], col)
}

/// Name of the street along upright line `line` at row `row`.
pub fn upright_name(line: usize, row: usize) -> &'static str {
    name_at(UPRIGHT_NAMES[line], row)
}

/// All streets, lanes of the board included; one feature a stretch of one name and rank.
pub fn streets() -> Vec<Sketch> {
    let mut sketches = Vec::new();
    for (line, &y) in ROWS.iter().enumerate() {
        let at_col = |col| Some((plan::level_street(line, col)?, level_name(line, col)));
        for (from, to, street, name) in runs(15, at_col) {
            let stretch = Stretch { from, to, street, name };
            sketches.push(stretch.sketch(|position| at(COLS[position], y)));
        }
    }
    for (line, &x) in COLS.iter().enumerate() {
        let at_row = |row| Some((plan::upright_street(line, row)?, upright_name(line, row)));
        for (from, to, street, name) in runs(15, at_row) {
            let stretch = Stretch { from, to, street, name };
            sketches.push(stretch.sketch(|position| at(x, ROWS[position])));
        }
    }
    sketches.extend(trunks());
    sketches
}

type Run = (usize, usize, Rank, &'static str);

/// Stretches of the same rank and name along a line of `n` segments.
fn runs(n: usize, at: impl Fn(usize) -> Option<(Rank, &'static str)>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for position in 0..n {
        let Some((street, name)) = at(position) else { continue };
        match runs.last_mut() {
            Some((_, to, same, called))
                if *to == position && (*same, *called) == (street, name) =>
            {
                *to = position + 1;
            }
            _ => runs.push((position, position + 1, street, name)),
        }
    }
    runs
}

struct Stretch {
    from: usize,
    to: usize,
    street: Rank,
    name: &'static str,
}

impl Stretch {
    fn sketch(&self, corner: impl Fn(usize) -> At) -> Sketch {
        let kind = match self.street {
            Rank::Avenue => FeatureKind::Avenue,
            Rank::Road => FeatureKind::Road,
            Rank::Street => FeatureKind::Street,
            Rank::Lane => FeatureKind::Lane,
        };
        // Pin for pin as the borders run: edge by edge.
        let mut line = vec![warp::ground(corner(self.from))];
        for position in self.from..self.to {
            line.extend(chain(corner(position), corner(position + 1), STRIDE).into_iter().skip(1));
        }
        let name = if self.street == Rank::Lane { "" } else { self.name };
        Sketch::line(kind, name, line)
    }
}

/// Trunk roads that leave the town.
fn trunks() -> Vec<Sketch> {
    let (west, east, south) = (COLS[0], COLS[14], ROWS[0]);
    let far =
        |from: At, to: At, name| Sketch::line(FeatureKind::Avenue, name, chain(from, to, 60.0));
    vec![
        far(at(west - BEYOND, ROWS[4]), at(west, ROWS[4]), "新城大道"),
        far(at(COLS[15], ROWS[4]), at(east + BEYOND, ROWS[4]), "新城大道"),
        far(at(west - BEYOND, ROWS[11]), at(west, ROWS[11]), "凤鸣大街"),
        far(at(east, ROWS[11]), at(east + BEYOND, ROWS[11]), "凤鸣大街"),
        far(at(COLS[10], south - BEYOND * 0.7), at(COLS[10], south), "永兴大街"),
        far(at(COLS[10], ROWS[15]), at(COLS[10], ROWS[15] + BEYOND * 0.5), "永兴大街"),
    ]
}

/// River, levees, railway with its sidings, lake.
pub fn water_and_rail() -> Vec<Sketch> {
    let (west, east) = (COLS[0] - BEYOND, COLS[15] + BEYOND * 0.8);
    let bank = |side: f64| -> Vec<At> {
        let n = ((east - west) / 35.0) as usize;
        (0..=n)
            .map(|idx| {
                let x = west + (east - west) * idx as f64 / n as f64;
                let swell = 5.0 * (x / 210.0).sin() + 3.0 * (x / 83.0 + side).cos();
                warp::ground(at(x, RIVER_Y + side * (RIVER_HALF + swell)))
            })
            .collect()
    };
    let levee = |side: f64| {
        let y = RIVER_Y + side * (RIVER_HALF + 11.0);
        chain(at(COLS[0] - 60.0, y), at(COLS[14] + 60.0, y), STRIDE)
    };
    let mut ring = bank(-1.0);
    ring.extend(bank(1.0).into_iter().rev());
    let mut sketches = vec![
        Sketch::ring(FeatureKind::Water, "里坊河", ring),
        Sketch::line(FeatureKind::Water, "里坊河", centre_line(west, east)),
        Sketch::line(FeatureKind::Wall, "北堤", levee(1.0)),
        Sketch::line(FeatureKind::Wall, "南堤", levee(-1.0)),
        Sketch::ring(FeatureKind::Water, "明湖", lake()),
        Sketch::line(FeatureKind::Rail, "演示铁路", rail_line(west, east)),
    ];
    for (off, from, to) in
        [(9.0, COLS[4], COLS[11]), (-9.0, COLS[5], COLS[9]), (18.0, COLS[7], COLS[12])]
    {
        let y = ROWS[RAIL_LINE];
        let mut line = chain(at(from - 130.0, y), at(from, y + off), 40.0);
        line.extend(chain(at(from, y + off), at(to, y + off), 40.0).into_iter().skip(1));
        line.extend(chain(at(to, y + off), at(to + 130.0, y), 40.0).into_iter().skip(1));
        sketches.push(Sketch::line(FeatureKind::Rail, "", line));
    }
    sketches
}

/// The river's middle, with the very pins of the borders that run along it inside the town.
fn centre_line(west: f64, east: f64) -> Vec<At> {
    along(RIVER_Y, west, east, 14)
}

fn rail_line(west: f64, east: f64) -> Vec<At> {
    along(ROWS[RAIL_LINE], west, east, 14)
}

fn along(y: f64, west: f64, east: f64, last_col: usize) -> Vec<At> {
    let mut stops = vec![west];
    stops.extend(&COLS[..=last_col]);
    stops.push(east);
    let mut line = vec![warp::ground(at(west, y))];
    for pair in stops.windows(2) {
        line.extend(chain(at(pair[0], y), at(pair[1], y), STRIDE).into_iter().skip(1));
    }
    line
}

/// Middle of the park on the board.
const LAKE: At = at((COLS[6] + COLS[8]) / 2.0 + 8.0, (ROWS[2] + ROWS[4]) / 2.0 - 14.0);

fn lake() -> Vec<At> {
    around_lake(0.0)
}

/// A ring `off` metres from the shore.
fn around_lake(off: f64) -> Vec<At> {
    let shore = |idx: usize| {
        let turn = idx as f64 / 36.0 * std::f64::consts::TAU;
        let swell = 1.0
            + 0.16 * (2.0 * turn + 0.6).sin()
            + 0.11 * (3.0 * turn + 2.0).sin()
            + 0.05 * (5.0 * turn).cos();
        warp::ground(
            LAKE + at(turn.cos() * (92.0 * swell + off), turn.sin() * (84.0 * swell + off)),
        )
    };
    (0..36).map(shore).collect()
}

/// Ways in the park: around the lake, and to it from the gates.
pub fn park_ways() -> Vec<Sketch> {
    let mut round = around_lake(11.0);
    round.push(round[0]);
    let gates = [
        (at(LAKE.x - 8.0, ROWS[4]), at(LAKE.x - 8.0, LAKE.y + 112.0)),
        (at(COLS[6], LAKE.y + 20.0), at(LAKE.x - 108.0, LAKE.y + 20.0)),
        (at(COLS[8], LAKE.y - 20.0), at(LAKE.x + 118.0, LAKE.y - 6.0)),
        (at(LAKE.x, ROWS[2]), at(LAKE.x + 2.0, LAKE.y - 96.0)),
    ];
    let mut ways = vec![Sketch::line(FeatureKind::Lane, "环湖步道", round)];
    for (gate, shore) in gates {
        ways.push(Sketch::line(FeatureKind::Lane, "", chain(gate, shore, 20.0)));
    }
    ways
}

/// Park, river banks and the belt of trees against the sand.
pub fn greens() -> Vec<Sketch> {
    let park = box_ring((COLS[6] + 18.0, ROWS[2] + 18.0), (COLS[8] - 18.0, ROWS[4] - 27.0));
    let mut sketches = vec![Sketch::ring(FeatureKind::Green, "明湖公园", park)];
    for (from, to) in [(0, 4), (4, 7), (7, 10), (10, 14)] {
        let (west, east) = (COLS[from] + 24.0, COLS[to] - 24.0);
        let south = box_ring((west, ROWS[5] + 13.0), (east, RIVER_Y - RIVER_HALF - 12.0));
        let north = box_ring((west, RIVER_Y + RIVER_HALF + 12.0), (east, ROWS[7] - 13.0));
        sketches.push(Sketch::ring(FeatureKind::Green, "南岸绿带", south));
        sketches.push(Sketch::ring(FeatureKind::Green, "北岸绿带", north));
    }
    let belts = [
        ((-190.0, 120.0), (-60.0, 640.0)),
        ((-200.0, 1180.0), (-70.0, 1540.0)),
        ((-210.0, 1590.0), (-60.0, 1960.0)),
        ((140.0, 2060.0), (900.0, 2150.0)),
    ];
    for (low, high) in belts {
        sketches.push(Sketch::ring(FeatureKind::Green, "防风林", box_ring(low, high)));
    }
    sketches
}

/// A rectangle on the board as a ring on the ground.
pub fn box_ring(low: (f64, f64), high: (f64, f64)) -> Vec<At> {
    let corners = [at(low.0, low.1), at(high.0, low.1), at(high.0, high.1), at(low.0, high.1)];
    warp::ring(&corners, 30.0)
}
