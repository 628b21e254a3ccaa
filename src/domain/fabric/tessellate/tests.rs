//! Drawings, random towns, and nearness told the slow way.

use super::*;
use crate::domain::fabric::check::breaches;
use crate::domain::fabric::locate::locate;
use crate::domain::fabric::outline::outline;
use crate::domain::fabric::weave::{Weave, weave};
use crate::domain::place::{distance, is_inside, signed_area_x2};
use crate::sample::ascii::{ORIGIN, SIDE};
use crate::sample::dice::Dice;
use crate::sample::random::RandomTown;
use crate::town;

fn woven(shapes: &[Vec<Polygon>], boundary: &[Polygon]) -> Fabric {
    weave(&Weave { shapes, boundary: Some(boundary), lines: &[], tolerance: 0.5 }).fabric
}

/// Twice the ground of the cells that `is_in` picks, in square steps.
fn ground_of(fabric: &Fabric, is_in: impl Fn(CellId) -> bool) -> i128 {
    let polygons = outline(fabric, is_in);
    polygons.iter().flat_map(|polygon| &polygon.rings).map(|ring| signed_area_x2(ring)).sum()
}

/// Tessellates, and holds what must hold whatever the ground.
fn sound(base: &Fabric, sites: &[Site], barriers: &[(Vec<Pin>, Barrier)]) -> Tessellated {
    let done = tessellate(base, sites, barriers);
    assert_eq!(breaches(&done.fabric), []);
    assert_eq!((done.parents.len(), done.site_cell.len()), (done.fabric.n_cells(), sites.len()));
    assert!(done.parents.is_sorted());
    let pins: std::collections::HashSet<Pin> =
        done.fabric.seams().flat_map(|seam| seam.pins).copied().collect();
    assert!(base.seams().flat_map(|seam| seam.pins).all(|pin| pins.contains(pin)));
    for (site, cell) in sites.iter().zip(&done.site_cell) {
        let is_there = match (locate(&done.fabric, site.pin), cell) {
            (Spot::In(found), &Some(cell)) => found == cell,
            (Spot::On(seam), Some(_)) => {
                let seam = done.fabric.seam(seam);
                seam.left == *cell || seam.right == *cell || seam.pins.contains(&site.pin)
            }
            (spot, cell) => spot == Spot::Outside && cell.is_none(),
        };
        assert!(is_there, "{:?}", site.pin);
    }
    done
}

fn at(x: f64, y: f64) -> Pin {
    let step = |v: f64| (v * f64::from(SIDE)).round() as i32;
    Pin::new(ORIGIN.x + step(x), ORIGIN.y + step(y))
}

fn house(x: f64, y: f64, width: f64, depth: f64) -> Vec<Polygon> {
    let (dx, dy) = (width / 2.0, depth / 2.0);
    let ring = [(x - dx, y - dy), (x + dx, y - dy), (x + dx, y + dy), (x - dx, y + dy)];
    vec![Polygon { rings: vec![ring.map(|(x, y)| at(x, y)).to_vec()] }]
}

fn drawn(drawing: &str) -> Fabric {
    let town = town!(drawing);
    let shapes: Vec<_> = town.grids.iter().map(|(_, shape)| shape.clone()).collect();
    woven(&shapes, &town.boundary)
}

#[test]
fn each_building_gets_the_ground_nearest_to_it() {
    let base = drawn("A B");
    let houses = [house(0.3, 0.5, 0.2, 0.6), house(0.7, 0.5, 0.2, 0.6), house(1.5, 0.5, 0.3, 0.3)];
    let pins = [at(0.3, 0.5), at(0.7, 0.5), at(1.5, 0.5)];
    let sites: Vec<Site> =
        houses.iter().zip(pins).map(|(footprint, pin)| Site { footprint, pin }).collect();
    let done = sound(&base, &sites, &[]);
    let parents: Vec<u32> = done.parents.iter().map(|cell| cell.get()).collect();
    assert_eq!(parents, [1, 1, 2]);
    // The two are alike, so the border between them is the middle line, straight but for a few pins.
    let half = ground_of(&done.fabric, |cell| Some(cell) == done.site_cell[0]) as f64;
    let square = 2.0 * f64::from(SIDE) * f64::from(SIDE);
    assert!((half / square - 0.5).abs() < 0.002, "{}", half / square);
    assert!(done.fabric.n_pins() < 30, "{}", done.fabric.n_pins());
    assert_eq!(done.inserted.len(), 2);
}

#[test]
fn nothing_reaches_across_a_barrier() {
    let base = drawn("A A");
    let sites = [at(0.2, 0.5), at(0.9, 0.5)].map(|pin| Site { footprint: &[], pin });
    let road = vec![at(0.5, -0.3), at(0.5, 1.3)];
    // A dead end, and a second kerb a hand's breadth from the first.
    let dead_end = vec![at(1.2, -0.3), at(1.2, 0.6)];
    let kerb = vec![at(0.500_002, -0.3), at(0.500_002, 1.3)];
    let lines = [road, dead_end, kerb].map(|pins| (pins, Barrier::Road));
    let done = sound(&base, &sites, &lines);
    assert_eq!(done.fabric.n_cells(), 2);
    let roads = done.fabric.seams().filter(|seam| seam.barrier == Barrier::Road).count();
    assert_eq!(roads, 1);
}

#[test]
fn sites_in_one_place_share_a_cell_and_empty_enclosures_stay_whole() {
    let base = drawn("A B");
    let pins = [at(0.5, 0.5), at(0.5, 0.5), at(0.6, 0.5), at(5.0, 5.0)];
    let done = sound(&base, &pins.map(|pin| Site { footprint: &[], pin }), &[]);
    assert_eq!(done.site_cell[0], done.site_cell[1]);
    assert_ne!(done.site_cell[0], done.site_cell[2]);
    assert_eq!((done.site_cell[3], done.fabric.n_cells()), (None, 3));
    let none = sound(&base, &[], &[]);
    assert_eq!((none.fabric, none.inserted), (base, vec![]));
    assert_eq!(tessellate(&Fabric::default(), &[], &[]).fabric.n_cells(), 0);
}

#[test]
fn houses_wall_to_wall_are_parted_at_the_wall() {
    let base = drawn("A");
    let houses = [house(0.3, 0.5, 0.2, 0.3), house(0.5, 0.5, 0.2, 0.3), house(0.7, 0.5, 0.2, 0.3)];
    let pins = [at(0.3, 0.5), at(0.5, 0.5), at(0.7, 0.5)];
    let sites: Vec<Site> =
        houses.iter().zip(pins).map(|(footprint, pin)| Site { footprint, pin }).collect();
    let done = sound(&base, &sites, &[]);
    assert_eq!(done.fabric.n_cells(), 3);
    // The walls are at 0.4 and 0.6: the middle house keeps what lies between them, within a metre.
    for y in [0.4, 0.45, 0.5, 0.55, 0.6] {
        let cells = [0.385, 0.415, 0.585, 0.615].map(|x| locate(&done.fabric, at(x, y)));
        let [one, two, three] = [0, 1, 2].map(|site| Spot::In(done.site_cell[site].unwrap()));
        assert_eq!(cells, [one, two, two, three]);
    }
}

#[test]
fn nearness_is_what_measuring_says() {
    let base = drawn("A");
    let mut dice = Dice::new(3);
    // One house in each of 36 lots, some long, some small.
    let mut houses = Vec::new();
    for lot in 0..36 {
        let middle = |i: usize| (i as f64 + 0.5) / 6.0;
        let (x, y) = (middle(lot % 6), middle(lot / 6));
        houses.push((house(x, y, dice.within(0.03, 0.13), dice.within(0.03, 0.13)), at(x, y)));
    }
    let sites: Vec<Site> =
        houses.iter().map(|(footprint, pin)| Site { footprint, pin: *pin }).collect();
    let done = sound(&base, &sites, &[]);
    assert_eq!(done.fabric.n_cells(), 36);
    assert!(done.fabric.n_pins() < 36 * 15, "{}", done.fabric.n_pins());
    let meters = |footprint: &[Polygon], pin: Pin| {
        let ring = &footprint[0].rings[0];
        if is_inside(&footprint[0], pin) != Some(false) {
            return 0.0;
        }
        let pairs = (0..4).map(|i| (ring[i], ring[(i + 1) % 4]));
        let along = |(a, b): (Pin, Pin)| {
            (0..=400).map(move |i| {
                let step = |a: i32, b: i32| a + ((b - a) as f64 * f64::from(i) / 400.0) as i32;
                distance(pin, Pin::new(step(a.x, b.x), step(a.y, b.y)))
            })
        };
        pairs.flat_map(along).fold(f64::MAX, f64::min)
    };
    for _ in 0..400 {
        let pin = at(dice.fraction(), dice.fraction());
        let Spot::In(cell) = locate(&done.fabric, pin) else { continue };
        let site = done.site_cell.iter().position(|&of| of == Some(cell)).unwrap();
        let nearest = houses.iter().map(|house| meters(&house.0, pin)).fold(f64::MAX, f64::min);
        let own = meters(&houses[site].0, pin);
        assert!(own < nearest + 1.5, "{own} and {nearest} at {pin:?}");
    }
}

#[test]
fn random_towns_with_random_barriers_are_sound() {
    for seed in 0..60 {
        let mut dice = Dice::fork(seed, 5);
        let town = RandomTown::new(seed, 1, 1 + dice.below(8));
        let shapes: Vec<_> = town.grids.iter().map(|grid| grid.shape.clone()).collect();
        let base = woven(&shapes, &town.areas[0].shape);
        let extent = base.extent().grown(2000);
        let pin = |dice: &mut Dice| {
            let x = dice.between(extent.min.x, extent.max.x);
            Pin::new(x, dice.between(extent.min.y, extent.max.y))
        };
        let barriers: Vec<(Vec<Pin>, Barrier)> = (0..dice.below(6))
            .map(|_| {
                let line = (0..2 + dice.below(4)).map(|_| pin(&mut dice)).collect();
                (line, *dice.pick(&Barrier::ALL))
            })
            .collect();
        let buildings = town.buildings.iter().filter(|building| building.pin.is_some());
        let mut sites: Vec<Site> = buildings
            .map(|building| Site { footprint: &building.footprint, pin: building.pin.unwrap() })
            .collect();
        sites.extend((0..40).map(|_| Site { footprint: &[], pin: pin(&mut dice) }));
        let done = sound(&base, &sites, &barriers);
        // Old cells have the ground they had, but for steps along their rims.
        for old in base.cells() {
            let before = ground_of(&base, |cell| cell == old);
            let after = ground_of(&done.fabric, |cell| done.parents[cell.index()] == old);
            assert!((before - after).abs() < before / 1000 + 100_000, "{before} {after}");
        }
        let mut shuffled: Vec<usize> = (0..sites.len()).collect();
        dice.shuffle(&mut shuffled);
        let others: Vec<Site> = shuffled.iter().map(|&site| sites[site]).collect();
        assert_eq!(tessellate(&base, &sites, &barriers), done);
        // The order of sites says only who is first where two stand in one place.
        let again = tessellate(&base, &others, &barriers);
        assert_eq!(again.fabric.n_cells(), done.fabric.n_cells(), "seed {seed}");
    }
}
