//! Fabrics of a sample city: weaving, the index of blocks, points located. Sizes are printed first.
//!
//! `cargo bench --bench fabric`; `LIFANG_BENCH_BUILDINGS` sets the size of the city (200,000).

use std::collections::HashMap;
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use lifang::domain::fabric::Fabric;
use lifang::domain::fabric::blocks::Blocks;
use lifang::domain::fabric::many::locate_all;
use lifang::domain::fabric::weave::{Weave, Woven, weave};
use lifang::domain::fabric::weight::Weights;
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

criterion_group!(benches, fabric);
criterion_main!(benches);
