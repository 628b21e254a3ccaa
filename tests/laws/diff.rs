//! Comparing plans equals an independent recount, whatever was drawn in between; ground adds up.

use std::collections::BTreeMap;

use lifang::domain::diff::{Diff, Flow, Headcount, compare, pieces};
use lifang::domain::fabric::Spot;
use lifang::domain::fabric::locate::locate;
use lifang::domain::ids::{AreaId, GridKey};
use lifang::domain::measure::{Area, Count};
use lifang::domain::place::{Pin, is_inside};
use lifang::domain::plan::PlanChoice;
use lifang::domain::world::{Shard, World};
use lifang::sample::dice::Dice;

use super::edits::drawn;

/// Community, grid before, grid after → what moves, and its codes.
type Recount = BTreeMap<(AreaId, Option<GridKey>, Option<GridKey>), (Headcount, Vec<String>)>;

/// What moves, asked building by building.
fn recount(world: &World, from: PlanChoice, to: PlanChoice) -> Recount {
    let mut moved = Recount::new();
    for (community, housing) in world.town().all() {
        let Some(community) = *community else { continue };
        if world.shard(from, community).is_none() || world.shard(to, community).is_none() {
            continue;
        }
        let homes = &housing.homes;
        for row in 0..homes.len() {
            let grid = |plan| world.placement_of(plan, homes.id(row)).unwrap().1.grid;
            if grid(from) != grid(to) {
                let counts = homes.counts(row);
                let (sum, codes) = moved.entry((community, grid(from), grid(to))).or_default();
                sum.buildings += Count(1);
                sum.households += Count(i64::from(counts.households));
                sum.persons += Count(i64::from(counts.persons));
                codes.push(homes.code(row).to_owned());
            }
        }
    }
    moved
}

fn check_counts(world: &World, diff: &Diff, told: &str) {
    let counted = recount(world, diff.from, diff.to);
    let flows: BTreeMap<_, _> = diff
        .flows
        .iter()
        .filter(|flow| flow.count.buildings > Count::ZERO)
        .map(|flow| ((flow.community, flow.from, flow.to), flow.count))
        .collect();
    let sums: BTreeMap<_, _> = counted.iter().map(|(pair, (sum, _))| (*pair, *sum)).collect();
    assert_eq!(flows, sums, "{told}");
    let mut codes: Vec<String> =
        counted.values().flat_map(|(_, codes)| codes.iter().cloned()).collect();
    codes.sort();
    let listed: Vec<String> = diff.rows(world).map(|row| row.building.to_owned()).collect();
    assert_eq!(listed, codes, "{told}");
    for turn in &diff.grids {
        let sum = |is_this: &dyn Fn(&Flow) -> bool| -> Headcount {
            diff.flows.iter().filter(|flow| is_this(flow)).map(|flow| flow.count).sum()
        };
        assert_eq!(turn.came, sum(&|flow| flow.to == Some(turn.key)), "{told}");
        assert_eq!(turn.left, sum(&|flow| flow.from == Some(turn.key)), "{told}");
        // What was, what came and what went make what is.
        let before = turn.figures.before.map_or_else(Headcount::default, |figures| figures.count);
        let after = turn.figures.after.map_or_else(Headcount::default, |figures| figures.count);
        assert_eq!(before + turn.came, after + turn.left, "{told}");
    }
    let named: Vec<GridKey> = diff.grids.iter().map(|turn| turn.key).collect();
    for flow in &diff.flows {
        for key in [flow.from, flow.to].into_iter().flatten() {
            assert!(named.contains(&key), "{told}");
        }
    }
}

/// Ground won and lost is the ground after less the ground before, but for the rounding of cells and, where
/// a border was bent by others, two centimetres along it.
fn check_areas(world: &World, diff: &Diff, told: &str) {
    for community in &diff.communities {
        let [one, two] = [diff.from, diff.to].map(|plan| world.shard(plan, *community).unwrap());
        let area = |shard: &Shard, key: GridKey| {
            shard.ground.shapes.get(&key).map_or(Area::ZERO, |shape| shape.area)
        };
        let keys = one.ground.shapes.keys().chain(two.ground.shapes.keys());
        let shares_fabric = one.ground.cut.fabric == two.ground.cut.fabric;
        for key in keys {
            let flows = diff.flows.iter().filter(|flow| flow.community == *community);
            let won: Area = flows
                .map(|flow| match (flow.from == Some(*key), flow.to == Some(*key)) {
                    (true, false) => -flow.area,
                    (false, true) => flow.area,
                    _ => Area::ZERO,
                })
                .sum();
            let grown = area(two, *key) - area(one, *key);
            let rim = |shard: &Shard| {
                let shape = shard.ground.shapes.get(key);
                shape.map_or(0.0, |shape| shape.perimeter.meters() * 0.03)
            };
            let slack = if shares_fabric { 0.0 } else { 1.0 + rim(one) + rim(two) };
            let off = (won - grown).square_meters().abs();
            assert!(off <= slack, "{key:?} is off by {off} m2 of {slack}: {told}");
        }
    }
}

/// Random pins lie in the piece that says what they were and are.
fn check_pieces(world: &World, diff: &Diff, dice: &mut Dice, told: &str) -> usize {
    let pieces = pieces(world, diff.from, diff.to, None);
    let areas: BTreeMap<_, Area> =
        pieces.iter().map(|one| ((one.community, one.from, one.to), one.area)).collect();
    for flow in diff.flows.iter().filter(|flow| flow.area != Area::ZERO) {
        assert_eq!(areas[&(flow.community, flow.from, flow.to)], flow.area, "{told}");
    }
    let mut n_moved = 0;
    for community in &diff.communities {
        let [one, two] =
            [diff.from, diff.to].map(|plan| &world.shard(plan, *community).unwrap().ground);
        let extent = one.cut.fabric.extent();
        for _ in 0..60 {
            let mut between = |low: i32, high: i32| dice.between(low, high);
            let pin =
                Pin::new(between(extent.min.x, extent.max.x), between(extent.min.y, extent.max.y));
            let color = |cut: &lifang::domain::plan::Cut| match locate(&cut.fabric, pin) {
                Spot::In(cell) => Some(cut.colors[cell.index()]),
                Spot::On(_) | Spot::Outside => None,
            };
            let (Some(was), Some(is)) = (color(&one.cut), color(&two.cut)) else { continue };
            let is_near = |cut: &lifang::domain::plan::Cut| {
                cut.fabric.seams().flat_map(|seam| seam.pins.windows(2)).any(|pair| {
                    let place = |pin: Pin| (f64::from(pin.x), f64::from(pin.y));
                    let ((ax, ay), (bx, by), (px, py)) =
                        (place(pair[0]), place(pair[1]), place(pin));
                    let (dx, dy) = (bx - ax, by - ay);
                    let part = ((px - ax) * dx + (py - ay) * dy) / (dx * dx + dy * dy);
                    let part = part.clamp(0.0, 1.0);
                    (ax + part * dx - px).hypot(ay + part * dy - py) < 4.0
                })
            };
            if is_near(&one.cut) || is_near(&two.cut) {
                continue;
            }
            let mut holding = pieces.iter().filter(|piece| {
                piece.community == *community
                    && piece.polygons.iter().any(|polygon| is_inside(polygon, pin) == Some(true))
            });
            let held = holding.next().map(|piece| (piece.from, piece.to));
            assert_eq!(held, (was != is).then_some((was, is)), "{pin:?}: {told}");
            assert!(holding.next().is_none(), "{told}");
            n_moved += usize::from(was != is);
        }
    }
    n_moved
}

#[test]
fn a_diff_is_what_a_recount_finds() {
    let (mut n_homes, mut n_pins, mut n_overlays) = (0, 0, 0);
    for seed in 0..40 {
        let (world, plan) = drawn(seed, 25);
        let mut dice = Dice::fork(seed, 3);
        let plan = PlanChoice::Plan(plan);
        for (from, to) in [(PlanChoice::Current, plan), (plan, PlanChoice::Current)] {
            let told = format!("seed {seed}, {from:?} to {to:?}");
            let diff = compare(&world, from, to, None);
            check_counts(&world, &diff, &told);
            check_areas(&world, &diff, &told);
            n_pins += check_pieces(&world, &diff, &mut dice, &told);
            n_homes += diff.moved.len();
            n_overlays += diff.communities.len();
            // Each community alone says the same.
            let alone = diff.communities.iter().map(|one| compare(&world, from, to, Some(*one)));
            let flows: Vec<Flow> = alone.flat_map(|one| one.flows).collect();
            assert_eq!(flows, diff.flows, "{told}");
        }
        let nothing = compare(&world, plan, plan, None);
        assert!(nothing.grids.is_empty() && nothing.flows.is_empty() && nothing.moved.is_empty());
    }
    assert!(n_homes > 200 && n_pins > 200 && n_overlays > 40, "{n_homes} {n_pins} {n_overlays}");
}
