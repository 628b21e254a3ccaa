//! Drawings cut; random lines of every nasty kind over random ground; strokes one after the other on it: laws hold,
//! nothing is lost, colors change only where asked.

use super::*;
use crate::domain::fabric::Spot;
use crate::domain::fabric::check::{breaches, breaches_once};
use crate::domain::fabric::locate::locate;
use crate::domain::fabric::outline::outline;
use crate::domain::fabric::weave::{Weave, weave};
use crate::domain::place::{Extent, Polygon, is_inside, is_on_segment, signed_area_x2};
use crate::sample::ascii::{ORIGIN, SIDE};
use crate::sample::dice::Dice;
use crate::sample::random::RandomTown;
use crate::town;

/// Squares of a drawing: (1.5, 0) is the middle of the second one's southern side.
pub(super) fn at(x: f64, y: f64) -> Pin {
    let step = |v: f64| (v * f64::from(SIDE)).round() as i32;
    Pin::new(ORIGIN.x + step(x), ORIGIN.y + step(y))
}

pub(super) fn path(places: &[(f64, f64)]) -> Vec<Pin> {
    places.iter().map(|&(x, y)| at(x, y)).collect()
}

/// A drawing woven, with the letter of each cell as its color.
pub(super) fn drawn(drawing: &str) -> (Fabric, Vec<Option<char>>) {
    let town = town!(drawing);
    let shapes: Vec<_> = town.grids.iter().map(|(_, shape)| shape.clone()).collect();
    let boundary = Some(town.boundary.as_slice());
    let woven = weave(&Weave { shapes: &shapes, boundary, lines: &[], tolerance: 0.5 });
    let letter = |owner: u32| town.grids[owner as usize].0.as_str().chars().next().unwrap();
    (woven.fabric, woven.owners.into_iter().map(|owner| owner.map(letter)).collect())
}

pub(super) fn line(pins: Vec<Pin>) -> CutLine {
    CutLine { pins, barrier: Barrier::None, within: None }
}

/// Twice the ground of the cells that `is_in` picks, in square steps.
pub(super) fn ground(fabric: &Fabric, is_in: impl Fn(CellId) -> bool) -> i128 {
    let polygons = outline(fabric, is_in);
    polygons.iter().flat_map(|polygon| &polygon.rings).map(|ring| signed_area_x2(ring)).sum()
}

pub(super) fn codes<T>(result: Result<T, Vec<Fault>>) -> Vec<&'static str> {
    result.err().unwrap_or_default().iter().map(|fault| fault.code).collect()
}

/// Cuts, and holds what must hold after any cut.
fn sound_cut(fabric: &Fabric, lines: &[CutLine]) -> Recut {
    let recut = cut(fabric, lines).unwrap();
    hold(fabric, &recut);
    recut
}

fn hold(old: &Fabric, recut: &Recut) {
    assert_eq!(breaches(&recut.fabric), []);
    assert_eq!(recut.parents.len(), recut.fabric.n_cells());
    assert!(recut.parents.is_sorted());
    let pins: std::collections::HashSet<Pin> =
        recut.fabric.seams().flat_map(|seam| seam.pins).copied().collect();
    assert!(old.seams().flat_map(|seam| seam.pins).all(|pin| pins.contains(pin)));
    // The outer border is the old one but for what was put in.
    let [before, after] = [old, &recut.fabric].map(outer_pins);
    let mut expected: Vec<Pin> = before;
    expected.extend(recut.inserted.iter().map(|insert| insert.2));
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(after, expected);
}

fn outer_pins(fabric: &Fabric) -> Vec<Pin> {
    let outer = fabric.seams().filter(|seam| seam.left.is_none() || seam.right.is_none());
    let mut pins: Vec<Pin> = outer.flat_map(|seam| seam.pins).copied().collect();
    pins.sort_unstable();
    pins.dedup();
    pins
}

#[test]
fn a_line_across_divides_the_cells_it_crosses() {
    let (fabric, _) = drawn("A B C");
    let recut = sound_cut(&fabric, &[line(path(&[(-1.0, 0.5), (1.5, 0.5), (1.5, 2.0)]))]);
    let parents: Vec<u32> = recut.parents.iter().map(|cell| cell.get()).collect();
    // A in two, B in two (the line turns north within it), C untouched.
    assert_eq!(parents, [1, 1, 2, 2, 3]);
    assert_eq!(recut.inserted.len(), 2);
    let square = 2 * i128::from(SIDE) * i128::from(SIDE);
    let of = |old: u32| ground(&recut.fabric, |cell| recut.parents[cell.index()].get() == old);
    assert_eq!([1, 2, 3].map(of), [square; 3]);
}

#[test]
fn what_divides_nothing_leaves_the_fabric_as_it_was() {
    let (fabric, _) = drawn("A B\nA C");
    let lines: [&[(f64, f64)]; 6] = [
        &[(0.2, 0.2), (0.7, 1.1)],
        &[(-0.5, 0.3), (0.7, 0.4)],
        &[(0.5, 0.5), (1.5, 0.7)],
        &[(3.0, 0.0), (4.0, 1.0)],
        &[(1.0, 0.0), (1.0, 2.0)],
        &[(1.0, 0.25), (1.0, 0.75), (1.4, 0.8)],
    ];
    assert_eq!(sound_cut(&fabric, &[]).fabric, fabric);
    for places in lines {
        let recut = sound_cut(&fabric, &[line(path(places))]);
        assert_eq!(recut.fabric, fabric, "{places:?}");
        assert_eq!(recut.inserted, []);
    }
}

#[test]
fn a_ring_inside_a_cell_becomes_an_island() {
    let (fabric, _) = drawn("A");
    let ring = path(&[(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8), (0.2, 0.2)]);
    let recut = sound_cut(&fabric, &[line(ring)]);
    assert_eq!((recut.fabric.n_cells(), recut.fabric.n_seams()), (2, 2));
}

#[test]
fn new_seams_carry_their_barrier_and_old_ones_keep_theirs() {
    let (fabric, _) = drawn("A B");
    let road = CutLine { barrier: Barrier::Road, ..line(path(&[(0.0, 0.5), (2.0, 0.5)])) };
    let once = sound_cut(&fabric, &[road]);
    // Water along the road, and on along the border.
    let bent = path(&[(0.0, 0.5), (1.0, 0.5), (1.0, 0.0)]);
    let twice = sound_cut(&once.fabric, &[CutLine { barrier: Barrier::Water, ..line(bent) }]);
    assert_eq!(twice.fabric, once.fabric);
    let roads = twice.fabric.seams().filter(|seam| seam.barrier == Barrier::Road);
    assert_eq!(roads.count(), 2);
}

#[test]
fn a_confined_line_cuts_its_cell_only() {
    let (fabric, _) = drawn("A B");
    let within = Some(CellId::from_index(1));
    let confined = CutLine { within, ..line(path(&[(-1.0, 0.5), (3.0, 0.6)])) };
    let recut = sound_cut(&fabric, &[confined]);
    assert_eq!(recut.parents.iter().map(|cell| cell.get()).collect::<Vec<_>>(), [1, 2, 2]);
}

#[test]
fn a_line_across_the_tip_of_a_wedge_goes_through_the_tip() {
    let (fabric, _) = drawn("A");
    // The wedge is less than half a step wide where the line would cross it, 8 steps from its tip.
    let tip = at(0.5, 0.5);
    let wedge = vec![Pin::new(ORIGIN.x, tip.y), tip, Pin::new(ORIGIN.x, tip.y + 250)];
    let wedged = sound_cut(&fabric, &[line(wedge)]).fabric;
    let across = vec![Pin::new(tip.x - 8, ORIGIN.y), Pin::new(tip.x - 8, ORIGIN.y + SIDE)];
    let recut = sound_cut(&wedged, &[line(across)]);
    assert_eq!(recut.fabric.n_cells(), 4);
    let n_ends = |seam: crate::domain::fabric::Seam| {
        [seam.pins[0], seam.pins[seam.pins.len() - 1]].iter().filter(|&&end| end == tip).count()
    };
    assert_eq!(recut.fabric.seams().map(n_ends).sum::<usize>(), 4);
}

/// A fabric over a coarse lattice, or a crooked town.
pub(super) fn random_fabric(dice: &mut Dice) -> Fabric {
    if dice.is_chance(1, 2) {
        let town = RandomTown::new(dice.below(1 << 30) as u64, 1, 1 + dice.below(9));
        let shapes: Vec<_> = town.grids.iter().map(|grid| grid.shape.clone()).collect();
        let boundary = Some(town.areas[0].shape.as_slice());
        return weave(&Weave { shapes: &shapes, boundary, lines: &[], tolerance: 0.5 }).fabric;
    }
    let scale = *dice.pick(&[1, 3, 40, 1000]);
    let mut shapes = Vec::new();
    for _ in 0..1 + dice.below(5) {
        let pin =
            |dice: &mut Dice| Pin::new(dice.between(0, 15) * scale, dice.between(0, 15) * scale);
        let ring: Vec<Pin> = (0..3 + dice.below(6)).map(|_| pin(dice)).collect();
        shapes.push(vec![Polygon { rings: vec![ring] }]);
    }
    weave(&Weave { shapes: &shapes, boundary: None, lines: &[], tolerance: 0.0 }).fabric
}

/// A pin near, on, or far from what there is.
pub(super) fn random_pin(fabric: &Fabric, dice: &mut Dice) -> Pin {
    let extent = fabric.extent();
    let wide = (extent.max.x - extent.min.x) / 4 + 2;
    let seams: Vec<_> = fabric.seams().collect();
    let seam = dice.pick(&seams);
    let [a, b] = {
        let first = dice.below(seam.pins.len() - 1);
        [seam.pins[first], seam.pins[first + 1]]
    };
    match dice.below(6) {
        0 => a,
        1 => Pin::new(a.x + dice.between(-1, 1), a.y + dice.between(-1, 1)),
        2 => {
            let middle = Extent::of(&[a, b]).center();
            Pin::new(middle.x + dice.between(-1, 1), middle.y + dice.between(-1, 1))
        }
        _ => Pin::new(
            dice.between(extent.min.x - wide, extent.max.x + wide),
            dice.between(extent.min.y - wide, extent.max.y + wide),
        ),
    }
}

/// A line that may cross itself, run back, or follow a seam for a while.
pub(super) fn random_line(fabric: &Fabric, dice: &mut Dice) -> Vec<Pin> {
    let mut pins: Vec<Pin> = (0..2 + dice.below(4)).map(|_| random_pin(fabric, dice)).collect();
    if dice.is_chance(1, 4) {
        let seams: Vec<_> = fabric.seams().collect();
        let along = dice.pick(&seams).pins;
        let from = dice.below(along.len());
        pins.extend(&along[from..]);
    }
    if dice.is_chance(1, 6) {
        pins.extend(pins.clone().iter().rev());
    }
    if dice.is_chance(1, 6) {
        pins.push(pins[0]);
    }
    pins
}

/// Whether a pin is within a step or so of a ring.
pub(super) fn is_near(ring: &[Pin], pin: Pin) -> bool {
    let far = |a: Pin, b: Pin| {
        let [ax, ay, bx, by, x, y] = [a.x, a.y, b.x, b.y, pin.x, pin.y].map(f64::from);
        let (dx, dy) = (bx - ax, by - ay);
        let along = (((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        (x - ax - along * dx).hypot(y - ay - along * dy)
    };
    (0..ring.len()).any(|i| far(ring[i], ring[(i + 1) % ring.len()]) < 1.5)
}

fn is_beside_seam(fabric: &Fabric, pin: Pin) -> bool {
    fabric.seams().any(|seam| seam.pins.windows(2).any(|pair| is_near(pair, pin)))
}

#[test]
fn any_lines_over_any_ground_leave_it_whole() {
    let (mut n_cut, mut n_tight) = (0, 0);
    for seed in 0..600 {
        let mut dice = Dice::fork(seed, 7);
        let mut fabric = random_fabric(&mut dice);
        for _ in 0..3 {
            if fabric.n_cells() == 0 {
                break;
            }
            let n_lines = 1 + dice.below(3);
            let lines: Vec<CutLine> =
                (0..n_lines).map(|_| line(random_line(&fabric, &mut dice))).collect();
            let recut = match cut(&fabric, &lines) {
                Ok(recut) => recut,
                Err(faults) => {
                    assert!(faults.iter().all(|fault| fault.code == "edit.too-tight"), "{seed}");
                    n_tight += 1;
                    continue;
                }
            };
            n_cut += 1;
            hold(&fabric, &recut);
            assert_eq!(breaches_once(&recut.fabric), []);
            for _ in 0..40 {
                let pin = random_pin(&fabric, &mut dice);
                let (before, after) = (locate(&fabric, pin), locate(&recut.fabric, pin));
                let is_kept = match (before, after) {
                    (Spot::In(old), Spot::In(new)) => recut.parents[new.index()] == old,
                    (Spot::In(_), Spot::On(seam)) => {
                        let pins = recut.fabric.seam(seam).pins;
                        pins.windows(2).any(|pair| is_on_segment(pair[0], pair[1], pin))
                    }
                    (one, two) => one == Spot::Outside && two == Spot::Outside,
                };
                assert!(is_kept || is_beside_seam(&fabric, pin), "seed {seed}, {pin:?}");
            }
            fabric = recut.fabric;
        }
    }
    assert!(n_cut > 1000 && n_tight * 2 < n_cut, "{n_cut} cut, {n_tight} too tight");
}

#[test]
fn the_short_check_finds_what_the_long_one_finds() {
    for seed in 0..200 {
        let mut dice = Dice::fork(seed, 8);
        let fabric = random_fabric(&mut dice);
        if fabric.n_seams() == 0 {
            continue;
        }
        let mut seams = fabric.to_new_seams();
        let row = dice.below(seams.len());
        let cells: Vec<Option<CellId>> = fabric.cells().map(Some).chain([None]).collect();
        let (left, right) = (*dice.pick(&cells), *dice.pick(&cells));
        // A whole loop told to lie elsewhere is what only a look beside it can find.
        let seam = &mut seams[row];
        (seam.left, seam.right) = (left, right);
        let broken = Fabric::new(&seams, fabric.n_cells() as u32);
        assert_eq!(breaches(&broken).is_empty(), breaches_once(&broken).is_empty(), "seed {seed}");
    }
}

/// A fabric cut by some lines, in up to four colors that lie together more often than not.
fn painted(dice: &mut Dice) -> Option<(Fabric, Vec<Option<u8>>)> {
    let old = random_fabric(dice);
    if old.n_cells() == 0 {
        return None;
    }
    let of_old: Vec<Option<u8>> =
        old.cells().map(|_| dice.is_chance(5, 6).then(|| dice.below(3) as u8)).collect();
    let lines: Vec<CutLine> = (0..3).map(|_| line(random_line(&old, dice))).collect();
    let recut = cut(&old, &lines).ok()?;
    let colors = recut.parents.iter().map(|cell| {
        if dice.is_chance(9, 10) { of_old[cell.index()] } else { Some(dice.below(3) as u8) }
    });
    let colors = colors.collect();
    Some((recut.fabric, colors))
}

/// A vertex of a border between colors, if there is one.
fn border_pin(fabric: &Fabric, colors: &[Option<u8>], dice: &mut Dice) -> Option<Pin> {
    let color = |cell: Option<CellId>| cell.map(|cell| colors[cell.index()]);
    let seams: Vec<_> = fabric
        .seams()
        .filter(|seam| color(seam.left) != color(seam.right))
        .filter(|seam| seam.left.is_some() && seam.right.is_some())
        .collect();
    (!seams.is_empty()).then(|| *dice.pick(dice.clone().pick(&seams).pins))
}

/// A place not far from a pin.
fn near(pin: Pin, fabric: &Fabric, dice: &mut Dice) -> Pin {
    let extent = fabric.extent();
    let reach = ((extent.max.x - extent.min.x) / *dice.pick(&[4, 12, 40])).max(2);
    Pin::new(pin.x + dice.between(-reach, reach), pin.y + dice.between(-reach, reach))
}

type Stroke = (&'static str, Result<Shaped<u8>, Vec<Fault>>, Vec<Option<u8>>);

/// A random stroke, what came of it, and the colors it may change.
fn stroke(fabric: &Fabric, colors: &[Option<u8>], dice: &mut Dice) -> Stroke {
    let any = |dice: &mut Dice| dice.below(3) as u8;
    let vertex = border_pin(fabric, colors, dice).unwrap_or_else(|| random_pin(fabric, dice));
    let to = near(vertex, fabric, dice);
    let all = vec![None, Some(0), Some(1), Some(2), Some(7)];
    match dice.below(6) {
        0 => {
            let color = any(dice);
            let ends = [random_pin(fabric, dice), random_pin(fabric, dice)];
            ("split", split(fabric, colors, color, &ends, 7), vec![Some(color), Some(7)])
        }
        1 => {
            let (a, b) = (any(dice), any(dice));
            let middle = near(vertex, fabric, dice);
            let line = [vertex, middle, border_pin(fabric, colors, dice).unwrap_or(to)];
            ("reroute", reroute(fabric, colors, [a, b], &line), vec![Some(a), Some(b)])
        }
        2 => {
            let ring = [vertex, near(vertex, fabric, dice), near(vertex, fabric, dice)];
            let color = any(dice);
            let from = move |of: Option<u8>| of == Some(color);
            ("take", take(fabric, colors, &[ring.to_vec()], from, None), vec![Some(color), None])
        }
        3 => ("insert", insert(fabric, colors, vertex, to), all),
        4 => ("remove", remove(fabric, colors, vertex), all),
        _ => ("shift", shift(fabric, colors, vertex, to), all),
    }
}

#[test]
fn strokes_leave_the_ground_whole() {
    let mut done = std::collections::BTreeMap::<&str, u32>::new();
    for seed in 0..500 {
        let mut dice = Dice::fork(seed, 21);
        let Some((mut fabric, mut colors)) = painted(&mut dice) else { continue };
        for _ in 0..8 {
            let (name, result, may_change) = stroke(&fabric, &colors, &mut dice);
            let shaped = match result {
                Ok(shaped) => shaped,
                Err(faults) => {
                    assert!(faults.iter().all(|fault| fault.code.starts_with("edit.")), "{seed}");
                    continue;
                }
            };
            *done.entry(name).or_default() += 1;
            assert_eq!(breaches(&shaped.fabric), [], "seed {seed}, {name}");
            hold_ground(&fabric, &shaped, &format!("seed {seed}, {name}"));
            for color in [None, Some(0), Some(1), Some(2), Some(7)] {
                let of = |fabric: &Fabric, colors: &[Option<u8>]| {
                    ground(fabric, |cell| colors[cell.index()] == color)
                };
                let change = of(&shaped.fabric, &shaped.colors) - of(&fabric, &colors);
                let is_still = change.abs() <= slack(&fabric);
                assert!(is_still || may_change.contains(&color), "seed {seed}, {name}, {color:?}");
            }
            (fabric, colors) = (shaped.fabric, shaped.colors);
        }
    }
    for name in ["split", "reroute", "take", "insert", "remove", "shift"] {
        assert!(done.get(name).is_some_and(|&n| n > 20), "{done:?}");
    }
}

/// Ground that steps along seams may come to: each edge moves by less than one.
fn slack(fabric: &Fabric) -> i128 {
    let steps = fabric.seams().flat_map(|seam| seam.pins.windows(2)).map(|pair| {
        i128::from((pair[0].x - pair[1].x).abs()) + i128::from((pair[0].y - pair[1].y).abs()) + 2
    });
    2 * steps.sum::<i128>()
}

/// The whole is the same but for pins put into the outer border, and whoever kept its parent's color lies there.
fn hold_ground(old: &Fabric, shaped: &Shaped<u8>, what: &str) {
    let corner = |pins: [Pin; 3]| signed_area_x2(&pins).abs();
    let put_in: i128 = shaped.inserted.iter().map(|&(from, to, new)| corner([from, new, to])).sum();
    let [before, after] = [old, &shaped.fabric].map(|fabric| ground(fabric, |_| true));
    assert!((before - after).abs() <= put_in, "{what}: {before} {after}");
    assert_eq!(shaped.colors.len(), shaped.fabric.n_cells());
    assert!(shaped.parents.is_sorted() && shaped.parents.len() == shaped.fabric.n_cells());
}

#[test]
fn a_moved_vertex_changes_only_its_triangles() {
    let mut n_done = 0;
    for seed in 0..250 {
        let mut dice = Dice::fork(seed, 22);
        let Some((fabric, colors)) = painted(&mut dice) else { continue };
        let Some(at) = border_pin(&fabric, &colors, &mut dice) else { continue };
        let to = near(at, &fabric, &mut dice);
        let Ok(shaped) = shift(&fabric, &colors, at, to) else { continue };
        n_done += 1;
        let color = |cell: Option<CellId>| cell.map(|cell| colors[cell.index()]);
        let borders = fabric.seams().filter(|seam| color(seam.left) != color(seam.right));
        let ends: Vec<Pin> = borders
            .flat_map(|seam| seam.pins.windows(2))
            .filter_map(|pair| match (pair[0] == at, pair[1] == at) {
                (true, _) => Some(pair[1]),
                (_, true) => Some(pair[0]),
                _ => None,
            })
            .collect();
        for _ in 0..80 {
            let pin = near(at, &fabric, &mut dice);
            let (Spot::In(old), Spot::In(new)) =
                (locate(&fabric, pin), locate(&shaped.fabric, pin))
            else {
                continue;
            };
            let triangles: Vec<Vec<Pin>> = ends.iter().map(|&end| vec![end, at, to]).collect();
            let is_near = triangles.iter().any(|ring| is_near(ring, pin));
            let inside = |ring: &Vec<Pin>| {
                let polygon = Polygon { rings: vec![ring.clone()] };
                is_inside(&polygon, pin) == Some(true)
            };
            let n_in = triangles.iter().filter(|ring| inside(ring)).count();
            if is_near || shaped.parents[new.index()] != old {
                continue;
            }
            let is_changed = shaped.colors[new.index()] != colors[old.index()];
            // In one triangle the ground changes sides; where two overlap it is swept twice.
            if n_in == 0 {
                assert!(!is_changed, "seed {seed}, {pin:?}");
            } else if ends.len() == 2 {
                assert_eq!(is_changed, n_in == 1, "seed {seed}, {pin:?}");
            }
        }
    }
    assert!(n_done > 60, "{n_done}");
}
