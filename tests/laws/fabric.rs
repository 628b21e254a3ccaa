//! L1 partition, L2 sewing, L3 beside, L11 ties: on random towns and on scribbles over a coarse lattice.

use std::collections::HashSet;

use lifang::domain::fabric::blocks::Blocks;
use lifang::domain::fabric::check::breaches;
use lifang::domain::fabric::locate::locate;
use lifang::domain::fabric::outline::{areas, outline, outlines};
use lifang::domain::fabric::stitch::agree;
use lifang::domain::fabric::weave::{Weave, Woven, weave};
use lifang::domain::fabric::{Fabric, Spot};
use lifang::domain::measure::Area;
use lifang::domain::place::{Pin, Polygon, is_inside, ring_square_meters};
use lifang::sample::random::RandomTown;
use proptest::prelude::*;

/// Polygons with corners on a lattice of 16 × 16, `scale` steps apart: they cross, touch, overlap,
/// run back on themselves and share edges far more often than anything drawn on purpose.
fn scribbles(scale: i32) -> impl Strategy<Value = Vec<Vec<Polygon>>> {
    let pin = (0..16, 0..16).prop_map(move |(x, y)| Pin::new(x * scale, y * scale));
    let ring = prop::collection::vec(pin, 2..9);
    let polygon = prop::collection::vec(ring, 1..3).prop_map(|rings| Polygon { rings });
    prop::collection::vec(prop::collection::vec(polygon, 1..3), 1..6)
}

/// The same, each pin moved a little, so that slips of all sizes around the tolerance appear.
fn slipped_scribbles() -> impl Strategy<Value = Vec<Vec<Polygon>>> {
    (scribbles(200), prop::collection::vec((-60..60, -60..60), 64)).prop_map(
        |(mut shapes, slips)| {
            let mut slips = slips.iter().cycle();
            for pin in shapes.iter_mut().flatten().flat_map(|one| &mut one.rings).flatten() {
                let (dx, dy) = slips.next().expect("a cycle goes on");
                *pin = Pin::new(pin.x + dx, pin.y + dy);
            }
            shapes
        },
    )
}

fn woven(shapes: &[Vec<Polygon>], boundary: Option<&[Polygon]>, tolerance: f64) -> Woven {
    weave(&Weave { shapes, boundary, lines: &[], tolerance })
}

/// Pins worth asking for: a lattice over the fabric and beyond, every pin of it and its neighbours.
fn awkward_pins(fabric: &Fabric) -> Vec<Pin> {
    let mut pins = Vec::new();
    for seam in fabric.seams() {
        for pair in seam.pins.windows(2) {
            let [a, b] = [pair[0], pair[1]];
            let middle = |a: i32, b: i32| a + (b - a) / 2;
            pins.push(Pin::new(middle(a.x, b.x), middle(a.y, b.y)));
            for (dx, dy) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
                pins.push(Pin::new(a.x + dx, a.y + dy));
                pins.push(Pin::new(b.x + dx, b.y + dy));
            }
        }
    }
    let extent = fabric.extent();
    if !extent.is_empty() {
        let step = |low: i32, high: i32, i: i32| low + (high - low) / 23 * i - 1;
        for i in -1..=24 {
            for j in -1..=24 {
                let x = step(extent.min.x, extent.max.x, i);
                pins.push(Pin::new(x, step(extent.min.y, extent.max.y, j)));
            }
        }
    }
    pins
}

/// L1, L2, L3, and that outlines say the same as `locate`.
fn hold_laws(woven: &Woven) -> Result<(), TestCaseError> {
    prop_assert_eq!(breaches(&woven.fabric), vec![]);
    prop_assert_eq!(woven.owners.len(), woven.fabric.n_cells());
    Ok(())
}

/// L11: one answer for every pin, from both.
fn hold_ties(fabric: &Fabric) -> Result<(), TestCaseError> {
    let blocks = Blocks::new(fabric);
    for pin in awkward_pins(fabric) {
        prop_assert_eq!(blocks.locate(fabric, pin), locate(fabric, pin), "at {:?}", pin);
    }
    Ok(())
}

/// L1 seen from outside: a pin is in the polygon of exactly the cell that `locate` names.
fn hold_partition(fabric: &Fabric) -> Result<(), TestCaseError> {
    let polygons = outlines(fabric, |cell| Some(cell.get()));
    for pin in awkward_pins(fabric) {
        let holds = |polygons: &[Polygon]| {
            polygons.iter().filter_map(|polygon| is_inside(polygon, pin)).any(|inside| inside)
        };
        let around: Vec<u32> = polygons
            .iter()
            .filter(|(_, polygons)| holds(polygons))
            .map(|&(cell, _)| cell)
            .collect();
        let expected = match locate(fabric, pin) {
            Spot::In(cell) => vec![cell.get()],
            Spot::On(_) | Spot::Outside => vec![],
        };
        prop_assert_eq!(around, expected, "at {:?}", pin);
    }
    Ok(())
}

/// The seams in another order and written the other way round.
fn shuffled(fabric: &Fabric) -> Fabric {
    let mut seams = fabric.to_new_seams();
    seams.reverse();
    for seam in seams.iter_mut().step_by(2) {
        seam.pins.reverse();
        (seam.left, seam.right) = (seam.right, seam.left);
    }
    Fabric::new(&seams, fabric.n_cells() as u32)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn scribbles_become_sound_fabrics(
        shapes in prop_oneof![scribbles(1), scribbles(3), scribbles(1000), slipped_scribbles()],
        tolerance in prop_oneof![Just(0.0), Just(0.5)],
    ) {
        let woven = woven(&shapes, None, tolerance);
        hold_laws(&woven)?;
        hold_partition(&woven.fabric)?;
    }

    #[test]
    fn scribbles_inside_a_scribbled_boundary_are_sound(
        shapes in prop_oneof![scribbles(2), scribbles(700), slipped_scribbles()],
        tolerance in prop_oneof![Just(0.0), Just(0.5)],
    ) {
        let (boundary, shapes) = shapes.split_last().expect("one at least");
        hold_laws(&woven(shapes, Some(boundary), tolerance))?;
    }

    #[test]
    fn scribbles_fill_a_sound_boundary(
        shapes in prop_oneof![scribbles(700), slipped_scribbles()],
        tolerance in prop_oneof![Just(0.0), Just(0.5)],
    ) {
        let (first, shapes) = shapes.split_last().expect("one at least");
        let parent = woven(std::slice::from_ref(first), None, tolerance);
        let boundary = outline(&parent.fabric, |cell| parent.owners[cell.index()] == Some(0));
        let parts = woven(shapes, Some(&boundary), tolerance);
        hold_laws(&parts)?;
        // What is left of the boundary is the boundary, but for tips narrower than a step.
        let square_meters = |fabric: &Fabric| -> f64 {
            areas(fabric).into_iter().sum::<Area>().square_meters()
        };
        let alone = woven(&[], Some(&boundary), tolerance);
        prop_assert!((square_meters(&parts.fabric) - square_meters(&alone.fabric)).abs() < 2.0);
    }

    #[test]
    fn exact_borders_lose_no_ground(shapes in scribbles(1_000)) {
        // Corners far apart and no tolerance: apart from rounded crossings, even-odd areas are exact.
        let woven = woven(&shapes[..1], None, 0.0);
        let ground = areas(&woven.fabric).into_iter().zip(&woven.owners);
        let owned: Area = ground.filter(|(_, owner)| owner.is_some()).map(|(area, _)| area).sum();
        let outlined: f64 = outline(&woven.fabric, |cell| woven.owners[cell.index()].is_some())
            .iter()
            .flat_map(|polygon| &polygon.rings)
            .map(|ring| ring_square_meters(ring))
            .sum();
        prop_assert!((owned.square_meters() - outlined).abs() < 0.01);
    }

    #[test]
    fn blocks_answer_as_locate_does(
        shapes in prop_oneof![scribbles(1), scribbles(5), scribbles(1000), slipped_scribbles()],
    ) {
        let fabric = woven(&shapes, None, 0.5).fabric;
        hold_ties(&fabric)?;
        // The answer in a cell does not depend on the order of seams.
        let shuffled = shuffled(&fabric);
        for pin in awkward_pins(&fabric) {
            match (locate(&fabric, pin), locate(&shuffled, pin)) {
                (Spot::On(one), Spot::On(two)) => {
                    let mut two = shuffled.seam(two).pins.to_vec();
                    if two != fabric.seam(one).pins {
                        two.reverse();
                    }
                    prop_assert_eq!(fabric.seam(one).pins, two);
                }
                (one, two) => prop_assert_eq!(one, two),
            }
        }
    }

    #[test]
    fn random_towns_are_woven_whole(
        seed in any::<u64>(),
        grids in 1usize..9,
        slips in prop::collection::vec((-30..30, -30..30), 1..64),
    ) {
        let town = RandomTown::new(seed, 3, grids);
        let communities: Vec<_> = town.areas.iter().map(|area| area.shape.clone()).collect();
        let whole = woven(&communities, None, 0.5);
        hold_laws(&whole)?;
        let mut slips = slips.iter().cycle();
        let parts: Vec<Woven> = town
            .areas
            .iter()
            .map(|area| {
                let code = Some(area.code.as_str());
                let grids = town.grids.iter().filter(|grid| grid.community.as_deref() == code);
                let mut shapes: Vec<_> = grids.map(|grid| grid.shape.clone()).collect();
                // The grids come from another file: every pin a little off.
                for pin in shapes.iter_mut().flatten().flat_map(|one| &mut one.rings).flatten() {
                    let (dx, dy) = slips.next().expect("a cycle goes on");
                    *pin = Pin::new(pin.x + dx, pin.y + dy);
                }
                woven(&shapes, Some(&area.shape), 0.5)
            })
            .collect();
        for part in &parts {
            hold_laws(part)?;
            hold_ties(&part.fabric)?;
            hold_partition(&part.fabric)?;
        }
        let inserts: Vec<_> = parts.iter().flat_map(|part| part.inserted.clone()).collect();
        let mut fabrics = vec![&whole.fabric];
        fabrics.extend(parts.iter().map(|part| &part.fabric));
        let agreed = agree(&fabrics, &inserts);
        // Every outer seam of a community is, pin for pin, a seam of the whole.
        let chains: HashSet<&[Pin]> = agreed[0].seams().map(|seam| seam.pins).collect();
        prop_assert_eq!(breaches(&agreed[0]), vec![]);
        for part in &agreed[1..] {
            prop_assert_eq!(breaches(part), vec![]);
            for seam in part.seams().filter(|seam| seam.left.is_none() || seam.right.is_none()) {
                prop_assert!(chains.contains(seam.pins));
            }
        }
    }
}
