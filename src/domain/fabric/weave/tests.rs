//! Small drawings woven; each case is one rule.

use super::*;
use crate::domain::fabric::check::breaches;
use crate::domain::fabric::outline::{areas, outline};
use crate::domain::place::signed_area_x2;
use crate::town;

fn pins(text: &str) -> Vec<Pin> {
    let pin = |word: &str| {
        let (x, y) = word.split_once(',').unwrap();
        Pin::new(1_096_000_000 + x.parse::<i32>().unwrap(), 389_000_000 + y.parse::<i32>().unwrap())
    };
    text.split_whitespace().map(pin).collect()
}

fn polygon(text: &str) -> Polygon {
    Polygon { rings: text.split('|').map(pins).collect() }
}

fn shapes(texts: &[&str]) -> Vec<Vec<Polygon>> {
    texts.iter().map(|text| vec![polygon(text)]).collect()
}

/// Weaves without a boundary and holds the laws.
fn woven(shapes: &[Vec<Polygon>], tolerance: f64) -> Woven {
    bounded(shapes, None, tolerance)
}

fn bounded(shapes: &[Vec<Polygon>], boundary: Option<&[Polygon]>, tolerance: f64) -> Woven {
    let woven = weave(&Weave { shapes, boundary, lines: &[], tolerance });
    assert_eq!(breaches(&woven.fabric), []);
    assert_eq!(woven.owners.len(), woven.fabric.n_cells());
    woven
}

fn kinds(woven: &Woven) -> Vec<FlawKind> {
    woven.flaws.iter().map(|flaw| flaw.kind).collect()
}

/// Twice the area of everything that belongs to `owner`, in square steps.
fn ground(woven: &Woven, owner: Option<u32>) -> i128 {
    let polygons = outline(&woven.fabric, |cell| woven.owners[cell.index()] == owner);
    polygons.iter().flat_map(|polygon| &polygon.rings).map(|ring| signed_area_x2(ring)).sum()
}

#[test]
fn neighbours_share_one_seam() {
    let woven = woven(
        &shapes(&["0,0 9000,0 9000,9000 0,9000", "9000,0 18000,0 18000,9000 9000,9000"]),
        0.5,
    );
    assert_eq!((woven.fabric.n_cells(), woven.fabric.n_seams()), (2, 3));
    assert_eq!(woven.owners, [Some(0), Some(1)]);
    assert_eq!(kinds(&woven), []);
}

#[test]
fn a_drawn_town_is_woven_as_drawn() {
    let town = town!(
        "A A B
         A . B
         - A B"
    );
    let shapes: Vec<_> = town.grids.iter().map(|(_, shape)| shape.clone()).collect();
    let woven = bounded(&shapes, Some(&town.boundary), 0.5);
    // A has two parts that touch in one pin, B one; the gap is a cell of its own.
    assert_eq!(woven.owners, [Some(0), Some(0), Some(1), None]);
    assert_eq!(kinds(&woven), [FlawKind::Gap]);
    let square = 2 * 10_000i128 * 10_000;
    assert_eq!([Some(0), Some(1), None].map(|owner| ground(&woven, owner) / square), [4, 3, 1]);
    assert_eq!(areas(&woven.fabric).len(), 4);
}

#[test]
fn the_outcome_does_not_depend_on_how_rings_are_written() {
    let base = shapes(&[
        "0,0 5000,20 9000,0 9011,4000 9000,9000 0,9000",
        "9000,10 18000,0 18000,9000 9020,9010 9000,4500",
        "4000,4000 12000,4000 12000,5000 4000,5000",
    ]);
    let expected = woven(&base, 0.5);
    let mut changed = base;
    for (i, ring) in changed.iter_mut().flatten().flat_map(|one| &mut one.rings).enumerate() {
        ring.rotate_left(i + 2);
        ring.reverse();
        ring.push(ring[0]);
    }
    assert_eq!(woven(&changed, 0.5), expected);
}

#[test]
fn small_slips_are_snapped() {
    // The right square's west border is 20 steps (about 0.2 m) off and has pins of its own.
    let woven = woven(
        &shapes(&["0,0 9000,0 9000,9000 0,9000", "9020,15 18000,0 18000,9000 8990,9010 8985,3000"]),
        0.5,
    );
    assert_eq!((woven.fabric.n_cells(), woven.fabric.n_seams()), (2, 3));
    assert_eq!(kinds(&woven), [FlawKind::Snapped]);
}

#[test]
fn fine_detail_of_one_shape_is_left_alone() {
    let detailed = "0,0 9000,0 9000,4000 8990,4005 9000,4010 9000,9000 0,9000";
    let woven = woven(&shapes(&[detailed]), 0.5);
    assert_eq!(woven.fabric.n_pins(), 8);
    assert_eq!(kinds(&woven), []);
}

#[test]
fn ground_claimed_twice_goes_to_the_lower() {
    let both = ["0,0 9000,0 9000,9000 0,9000", "6000,0 15000,0 15000,9000 6000,9000"];
    let woven = woven(&shapes(&both), 0.5);
    assert_eq!(kinds(&woven), [FlawKind::Overlap]);
    assert_eq!(woven.flaws[0].shapes, [0, 1]);
    assert_eq!(ground(&woven, Some(0)), 2 * 9000 * 9000);
    assert_eq!(ground(&woven, Some(1)), 2 * 6000 * 9000);
}

#[test]
fn enclosed_ground_is_a_gap_and_a_hole_holds_an_island() {
    let ring = "0,0 9000,0 9000,9000 0,9000 | 2000,2000 7000,2000 7000,7000 2000,7000";
    let woven = woven(&shapes(&[ring, "4000,4000 5000,4000 5000,5000 4000,5000"]), 0.5);
    assert_eq!(woven.owners, [Some(0), Some(1), None]);
    assert_eq!(kinds(&woven), [FlawKind::Gap]);
}

#[test]
fn bowties_and_spikes_are_mended_and_named() {
    let bowtie = woven(&shapes(&["0,0 9000,9000 9000,0 0,9000"]), 0.5);
    assert_eq!(kinds(&bowtie), [FlawKind::InvalidRing]);
    assert_eq!(bowtie.owners, [Some(0), Some(0)]);
    let spike =
        woven(&shapes(&["0,0 9000,0 9000,4000 15000,4000 9000,4000 9000,9000 0,9000"]), 0.5);
    assert_eq!(kinds(&spike), [FlawKind::InvalidRing]);
    assert_eq!(ground(&spike, Some(0)), 2 * 9000 * 9000);
}

#[test]
fn what_vanishes_is_named() {
    let woven = woven(
        &shapes(&[
            "0,0 9000,0 9000,9000 0,9000",
            "1000,1000 2000,1000 2000,2000 1000,2000",
            "0,0 5000,5000",
            "",
        ]),
        0.5,
    );
    assert_eq!(woven.owners, [Some(0)]);
    assert_eq!(
        kinds(&woven),
        [FlawKind::Degenerate, FlawKind::Degenerate, FlawKind::Overlap, FlawKind::Swallowed]
    );
}

#[test]
fn the_boundary_stays_pin_for_pin() {
    let boundary = [polygon("0,0 20000,7 20000,9000 10000,9003 0,9000")];
    // The first is a little short of the boundary, the second far beyond it.
    let woven = bounded(
        &shapes(&["10,10 10010,12 10000,9000 0,8980", "10010,12 20011,0 30000,9000 10000,9000"]),
        Some(&boundary),
        0.5,
    );
    assert_eq!(woven.owners, [Some(0), Some(1)]);
    assert_eq!(kinds(&woven), [FlawKind::Snapped, FlawKind::Outside]);
    let whole = outline(&woven.fabric, |_| true);
    let given = &boundary[0].rings[0];
    assert!(given.iter().all(|pin| whole[0].rings[0].contains(pin)));
    assert_eq!(whole[0].rings[0].len(), given.len() + woven.inserted.len());
    // One pin was put on the long southern edge, where the border between the two begins.
    assert_eq!(woven.inserted.len(), 1);
    assert_eq!((woven.inserted[0].0, woven.inserted[0].1), (given[0], given[1]));
}

#[test]
fn slivers_go_to_their_longest_neighbour() {
    // A wedge nobody claims, wider at its end than the tolerance but thinner on the whole.
    let boundary = [polygon("0,0 20000,0 20000,9000 0,9000")];
    let woven = bounded(
        &shapes(&["0,0 20000,0 20000,4000 0,4000", "0,4000 20000,4100 20000,9000 0,9000"]),
        Some(&boundary),
        0.6,
    );
    assert_eq!(woven.owners, [Some(0), Some(1)]);
    assert_eq!(kinds(&woven), [FlawKind::Snapped]);
}

#[test]
fn seams_along_a_barrier_carry_it() {
    let two = shapes(&["0,0 9000,0 9000,9000 0,9000", "9000,0 18000,0 18000,9000 9000,9000"]);
    let lines = [(pins("9010,-500 9000,4000 9010,9900"), Barrier::Water)];
    let woven = weave(&Weave { shapes: &two, boundary: None, lines: &lines, tolerance: 0.5 });
    assert_eq!(breaches(&woven.fabric), []);
    let barriers: Vec<Barrier> = woven.fabric.seams().map(|seam| seam.barrier).collect();
    assert_eq!(barriers.iter().filter(|barrier| **barrier == Barrier::Water).count(), 1);
    assert_eq!(barriers.len(), 3);
}

#[test]
fn a_scribble_is_left_out_and_the_rest_is_woven() {
    let mut state = 1u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        1_096_000_000 + (state >> 40) as i32 % 1_000_000
    };
    let scribble =
        vec![Polygon { rings: vec![(0..1500).map(|_| Pin::new(next(), next())).collect()] }];
    let square = shapes(&["0,0 9000,0 9000,9000 0,9000"]).remove(0);
    let woven = woven(&[scribble, square], 0.5);
    assert_eq!(woven.owners, [Some(1)]);
    assert_eq!(kinds(&woven), [FlawKind::Broken]);
    assert_eq!(woven.flaws[0].shapes, [0]);
}

#[test]
fn any_pins_are_survived() {
    let (low, high) = (i32::MIN, i32::MAX);
    let wild = vec![
        Pin::new(low, low),
        Pin::new(high, high),
        Pin::new(high, low),
        Pin::new(low, high),
        Pin::new(0, 1),
        Pin::new(high, 0),
    ];
    let wild =
        [vec![Polygon { rings: vec![wild.clone(), wild] }], shapes(&["1,1 5,1 9,9"])[0].clone()];
    for tolerance in [0.0, 0.5, f64::NAN, f64::INFINITY, -1.0] {
        woven(&wild, tolerance);
        bounded(&wild, Some(&wild[1]), tolerance);
        bounded(&wild, Some(&[]), tolerance);
    }
    woven(&[], 0.5);
}
