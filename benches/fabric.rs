//! Fabrics of a sample city: weaving, the index of blocks, points located; and of one community: base cells
//! and strokes. Sizes are printed first.
//!
//! `cargo bench --bench fabric`; `LIFANG_BENCH_BUILDINGS` sets the size of the city (200,000).

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use lifang::domain::fabric::blocks::Blocks;
use lifang::domain::fabric::many::locate_all;
use lifang::domain::fabric::reshape::{CutLine, cut};
use lifang::domain::fabric::tessellate::{Site, tessellate};
use lifang::domain::fabric::weave::{Weave, Woven, weave};
use lifang::domain::fabric::weight::Weights;
use lifang::domain::fabric::{Barrier, Fabric};
use lifang::domain::place::{Pin, Polygon, hilbert};
use lifang::domain::register::area::Level;
use lifang::sample::city::City;
use lifang::sample::dice::Dice;

const N_POINTS: usize = 1_000_000;

/// Shapes of the city: communities, and the grids of each.
struct Shapes {
    communities: Vec<Vec<Polygon>>,
    grids: Vec<Vec<Vec<Polygon>>>,
}

impl Shapes {
    fn new(city: &City) -> Self {
        let mut areas = city.areas();
        areas.retain(|area| area.level == Some(Level::Community));
        let number_of: HashMap<&str, usize> =
            areas.iter().enumerate().map(|(i, area)| (area.code.as_str(), i)).collect();
        let mut grids = vec![Vec::new(); areas.len()];
        for grid in city.grids() {
            let community = grid.community.as_deref().expect("sample grids name their community");
            grids[number_of[community]].push(grid.shape);
        }
        Self { communities: areas.iter().map(|area| area.shape.clone()).collect(), grids }
    }

    fn weave_areas(&self) -> Woven {
        let shapes = &self.communities;
        weave(&Weave { shapes, boundary: None, lines: &[], tolerance: 0.5 })
    }

    fn weave_communities(&self) -> Vec<Woven> {
        let both = self.grids.iter().zip(&self.communities);
        both.map(|(shapes, boundary)| {
            weave(&Weave { shapes, boundary: Some(boundary), lines: &[], tolerance: 0.5 })
        })
        .collect()
    }

    fn weave_grids(&self) -> Woven {
        let shapes = self.grids.concat();
        weave(&Weave { shapes: &shapes, boundary: None, lines: &[], tolerance: 0.5 })
    }
}

fn points(fabric: &Fabric) -> Vec<Pin> {
    let extent = fabric.extent();
    let mut dice = Dice::new(1);
    (0..N_POINTS)
        .map(|_| {
            let x = dice.between(extent.min.x, extent.max.x);
            Pin::new(x, dice.between(extent.min.y, extent.max.y))
        })
        .collect()
}

fn fabric(c: &mut Criterion) {
    let n_buildings = std::env::var("LIFANG_BENCH_BUILDINGS").ok();
    let n_buildings = n_buildings.and_then(|text| text.parse().ok()).unwrap_or(200_000);
    let shapes = Shapes::new(&City::new(n_buildings, 1));
    let whole = shapes.weave_areas().fabric;
    let parts: Vec<Fabric> =
        shapes.weave_communities().into_iter().map(|woven| woven.fabric).collect();
    let grids = shapes.weave_grids().fabric;
    let shuffled = points(&whole);
    let mut sorted = shuffled.clone();
    sorted.sort_by_key(|&pin| hilbert(pin));
    println!(
        "{} communities ({} pins), {} cells in their own fabrics ({} pins), {N_POINTS} points",
        shapes.communities.len(),
        whole.n_pins(),
        parts.iter().map(Fabric::n_cells).sum::<usize>(),
        parts.iter().map(Fabric::n_pins).sum::<usize>(),
    );

    let mut group = c.benchmark_group("fabric");
    group.sample_size(10);
    group.bench_function("weave areas", |b| b.iter(|| shapes.weave_areas()));
    group.bench_function("weave each community", |b| b.iter(|| shapes.weave_communities()));
    group.bench_function("weave all grids as one", |b| b.iter(|| shapes.weave_grids()));
    group.bench_function("blocks of areas", |b| b.iter(|| Blocks::new(&whole)));
    group.bench_function("blocks of each community", |b| {
        b.iter(|| parts.iter().map(Blocks::new).collect::<Vec<_>>())
    });
    group.bench_function("blocks of all grids as one", |b| b.iter(|| Blocks::new(&grids)));
    group.bench_function("weights of each community", |b| {
        b.iter(|| parts.iter().map(Weights::new).collect::<Vec<_>>())
    });

    let grid_blocks = Blocks::new(&grids);
    for (order, pins) in [("sorted", &sorted), ("shuffled", &shuffled)] {
        group.bench_function(format!("points to grids, {order}"), |b| {
            b.iter(|| black_box(locate_all(&grids, &grid_blocks, pins)))
        });
        group.bench_function(format!("points to grids one by one, {order}"), |b| {
            b.iter(|| {
                pins.iter().for_each(|&pin| {
                    black_box(grid_blocks.locate(&grids, pin));
                })
            })
        });
    }
    group.finish();
}

/// One community: grids four lots wide, a road between each two, and a slab of five storeys in every lot.
struct Estate {
    base: Fabric,
    houses: Vec<(Vec<Polygon>, Pin)>,
    roads: Vec<(Vec<Pin>, Barrier)>,
}

impl Estate {
    /// Lots are about 80 by 40 m.
    const LOT: (i32, i32) = (9_300, 3_600);

    fn new(n_buildings: usize) -> Self {
        let mut dice = Dice::new(2);
        let cols = ((n_buildings as f64 / 2.2).sqrt().ceil() as usize).next_multiple_of(4);
        let rows = n_buildings.div_ceil(cols).next_multiple_of(4);
        let at = |col: usize, row: usize| {
            let (wide, high) = Self::LOT;
            Pin::new(1_187_000_000 + col as i32 * wide, 320_000_000 + row as i32 * high)
        };
        let rectangle = |col: usize, row: usize, wide: usize, high: usize| {
            let corners = [(0, 0), (wide, 0), (wide, high), (0, high)];
            let ring = corners.map(|(dx, dy)| at(col + dx, row + dy)).to_vec();
            vec![Polygon { rings: vec![ring] }]
        };
        let blocks = |n: usize| (0..n).step_by(4);
        let shapes: Vec<_> = blocks(rows)
            .flat_map(|row| blocks(cols).map(move |col| rectangle(col, row, 4, 4)))
            .collect();
        let boundary = rectangle(0, 0, cols, rows);
        let woven = weave(&Weave {
            shapes: &shapes,
            boundary: Some(&boundary),
            lines: &[],
            tolerance: 0.5,
        });
        let mut houses = Vec::new();
        for number in 0..n_buildings {
            let corner = at(number % cols, number / cols);
            let center = Pin::new(
                corner.x + Self::LOT.0 / 2 + dice.between(-600, 600),
                corner.y + Self::LOT.1 / 2 + dice.between(-600, 600),
            );
            let (dx, dy, lean) =
                (dice.between(1_500, 3_600), dice.between(500, 700), dice.between(-150, 150));
            let corners = [(-dx, -dy - lean), (dx, -dy + lean), (dx, dy + lean), (-dx, dy - lean)];
            let ring = corners.map(|(x, y)| Pin::new(center.x + x, center.y + y)).to_vec();
            houses.push((vec![Polygon { rings: vec![ring] }], center));
        }
        // Each bends a little beside the border of the grids it runs along.
        let mut road = |from: Pin, to: Pin| {
            let mut pins: Vec<Pin> = (0..=40)
                .map(|i| {
                    let mut step = |a: i32, b: i32| a + (b - a) / 40 * i + dice.between(-150, 150);
                    Pin::new(step(from.x, to.x), step(from.y, to.y))
                })
                .collect();
            pins.dedup();
            (pins, Barrier::Road)
        };
        let mut roads: Vec<_> = blocks(cols).map(|col| road(at(col, 0), at(col, rows))).collect();
        roads.extend(blocks(rows).map(|row| road(at(0, row), at(cols, row))));
        Self { base: woven.fabric, houses, roads }
    }

    fn sites(&self) -> Vec<Site<'_>> {
        self.houses.iter().map(|(footprint, pin)| Site { footprint, pin: *pin }).collect()
    }
}

fn strokes(c: &mut Criterion) {
    let mut group = c.benchmark_group("fabric");
    group.sample_size(20);
    for n_buildings in [250, 1_000] {
        let estate = Estate::new(n_buildings);
        let sites = estate.sites();
        let done = tessellate(&estate.base, &sites, &estate.roads);
        let (fabric, extent) = (&done.fabric, done.fabric.extent());
        println!(
            "{n_buildings} buildings: {} cells, {} seams, {} pins",
            fabric.n_cells(),
            fabric.n_seams(),
            fabric.n_pins()
        );
        group.bench_function(format!("tessellate {n_buildings} buildings"), |b| {
            b.iter(|| tessellate(&estate.base, &sites, &estate.roads))
        });
        let center = extent.center();
        let across = |steps: i32| CutLine {
            pins: vec![
                Pin::new(center.x - steps, center.y - 900),
                Pin::new(center.x + steps, center.y),
            ],
            barrier: Barrier::None,
            within: None,
        };
        for (name, line) in [("200 m", across(10_600)), ("whole", across(extent.max.x - center.x))]
        {
            let n_cut =
                cut(fabric, std::slice::from_ref(&line)).expect("wide ground").parents.len();
            println!("a line {name} long gives {n_cut} cells");
            group.bench_function(format!("cut {name} in {n_buildings} buildings"), |b| {
                b.iter(|| cut(fabric, std::slice::from_ref(&line)))
            });
        }
    }
    group.finish();
}

criterion_group!(benches, strokes, fabric);
criterion_main!(benches);
