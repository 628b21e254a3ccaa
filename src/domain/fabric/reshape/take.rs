//! An area for a color: what lies inside rings, exactly.

use super::cutting::Cutting;
use super::drawn::{check_rings, stroke};
use super::{CutLine, Fault, Shaped};
use crate::domain::fabric::Fabric;
use crate::domain::ids::CellId;
use crate::domain::place::{Extent, Pin, Polygon, is_inside};

/// Gives the ground inside `rings` (even-odd) that has a color `from` allows to `to`.
///
/// Cells are cut where the border of the area passes through them; whole cells inside are only colored. Where
/// nothing changes the fabric comes back as it was. Refuses rings that enclose nothing (`edit.bad-line`) or cross
/// (`edit.self-crossing`), an area beyond the fabric (`edit.outside`), and one without allowed
/// ground (`edit.misses`).
pub fn take<K: Copy + Eq>(
    fabric: &Fabric,
    colors: &[Option<K>],
    rings: &[Vec<Pin>],
    from: impl Fn(Option<K>) -> bool,
    to: Option<K>,
) -> Result<Shaped<K>, Vec<Fault>> {
    check_rings(rings)?;
    let lines: Vec<CutLine> = rings.iter().map(|ring| stroke(ring)).collect();
    let cutting = Cutting::new(fabric, &lines, true)?;
    let area = Area::new(rings);
    let old = |cell: CellId| colors[cell.index()];
    let is_whole_inside =
        |cell: CellId| !cutting.is_touched[cell.index()] && area.holds_cell(fabric, cell);
    let faces = cutting.parents.iter().zip(&cutting.is_in_area);
    let touched = faces.filter_map(|(parent, is_in)| {
        let is_divisible = |cell: &CellId| cutting.is_touched[cell.index()];
        parent.filter(is_divisible).filter(|_| *is_in)
    });
    let mut inside = touched.chain(fabric.cells().filter(|&cell| is_whole_inside(cell))).peekable();
    let place = || rings[0].clone();
    if inside.peek().is_none() {
        return Err(vec![Fault::new("edit.outside", place())]);
    }
    if !inside.any(|cell| from(old(cell))) {
        return Err(vec![Fault::new("edit.misses", place())]);
    }
    let after = |cell: CellId, is_in: bool| match old(cell) {
        color if is_in && from(color) => to,
        color => color,
    };
    cutting.shaped(
        |face| {
            let is_in = cutting.is_in_area[face as usize];
            cutting.parents[face as usize].and_then(|cell| after(cell, is_in))
        },
        |cell| after(cell, is_whole_inside(cell)),
    )
}

/// Rings, for asking about cells that no ring touches.
struct Area {
    rings: Polygon,
    extent: Extent,
}

impl Area {
    fn new(rings: &[Vec<Pin>]) -> Self {
        let extent = Extent::of(rings.iter().flatten());
        Self { rings: Polygon { rings: rings.to_vec() }, extent }
    }

    /// One pin of the cell tells where all of it lies.
    fn holds_cell(&self, fabric: &Fabric, cell: CellId) -> bool {
        let side = fabric.sides(cell).first();
        let pin = side.map(|side| fabric.seam(side.seam).pins[0]);
        pin.is_some_and(|pin| self.extent.holds(pin) && is_inside(&self.rings, pin) == Some(true))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, codes, drawn, ground, path, random_fabric, random_pin};
    use super::*;
    use crate::domain::fabric::Spot;
    use crate::domain::fabric::check::breaches;
    use crate::domain::fabric::locate::locate;
    use crate::sample::dice::Dice;

    #[test]
    fn the_area_goes_to_its_color_and_nothing_else() {
        let (fabric, colors) = drawn("A B C\nA B C");
        let ring = path(&[(0.5, 0.5), (2.5, 0.5), (2.5, 1.5), (0.5, 1.5)]);
        let only_b = |color: Option<char>| color == Some('B');
        let shaped =
            take(&fabric, &colors, std::slice::from_ref(&ring), only_b, Some('X')).unwrap();
        assert_eq!(breaches(&shaped.fabric), []);
        // B is cut in three, A and C are as they were.
        assert_eq!(shaped.colors, ['A', 'B', 'X', 'B', 'C'].map(Some));
        let taken = ground(&shaped.fabric, |cell| shaped.colors[cell.index()] == Some('X'));
        assert_eq!(taken, ground(&fabric, |cell| colors[cell.index()] == Some('B')) / 2);
        let same = take(&fabric, &colors, &[ring], only_b, Some('B')).unwrap();
        assert_eq!((same.fabric, same.colors), (fabric, colors));
    }

    #[test]
    fn the_last_side_of_a_ring_cuts_as_the_others_do() {
        let (fabric, colors) = drawn("A B C D");
        // Only the side that closes the ring passes through B and C.
        let ring = path(&[(3.5, 0.9), (3.5, 5.0), (0.5, 5.0), (0.5, 0.5)]);
        let shaped = take(&fabric, &colors, &[ring], |_| true, Some('X')).unwrap();
        assert_eq!(shaped.colors, ['A', 'X', 'B', 'X', 'C', 'X', 'D', 'X'].map(Some));
    }

    #[test]
    fn whole_cells_inside_are_taken_uncut() {
        let (fabric, colors) = drawn("A B C");
        let ring = path(&[(-1.0, -1.0), (5.0, -1.0), (5.0, 5.0), (-1.0, 5.0)]);
        let shaped = take(&fabric, &colors, &[ring], |_| true, None).unwrap();
        assert_eq!((shaped.fabric, shaped.colors), (fabric, vec![None; 3]));
    }

    #[test]
    fn nonsense_is_refused_with_its_place() {
        let (fabric, colors) = drawn("A B");
        let take = |places: &[(f64, f64)], from: char| {
            let rings = [path(places)];
            codes(take(&fabric, &colors, &rings, |color| color == Some(from), None))
        };
        assert_eq!(
            take(&[(0.1, 0.1), (0.9, 0.9), (0.9, 0.1), (0.1, 0.9)], 'A'),
            ["edit.self-crossing"]
        );
        assert_eq!(take(&[(0.1, 0.1), (0.9, 0.9)], 'A'), ["edit.bad-line"]);
        assert_eq!(take(&[(5.0, 0.0), (6.0, 0.0), (6.0, 1.0)], 'A'), ["edit.outside"]);
        assert_eq!(take(&[(0.1, 0.1), (0.9, 0.1), (0.9, 0.9)], 'B'), ["edit.misses"]);
        assert_eq!(codes(super::take(&fabric, &colors, &[], |_| true, None)), ["edit.bad-line"]);
        assert_eq!(at(0.0, 0.0), fabric.extent().min);
    }

    #[test]
    fn every_point_has_the_color_the_area_says() {
        let mut n_done = 0;
        for seed in 0..300 {
            let mut dice = Dice::fork(seed, 11);
            let fabric = random_fabric(&mut dice);
            if fabric.n_cells() == 0 {
                continue;
            }
            let colors: Vec<Option<u8>> =
                fabric.cells().map(|_| dice.is_chance(3, 4).then(|| dice.below(3) as u8)).collect();
            let ring: Vec<Pin> =
                (0..3 + dice.below(3)).map(|_| random_pin(&fabric, &mut dice)).collect();
            let rings = [ring];
            let from = |color: Option<u8>| color != Some(2);
            let Ok(shaped) = take(&fabric, &colors, &rings, from, Some(9)) else { continue };
            n_done += 1;
            assert_eq!(breaches(&shaped.fabric), [], "seed {seed}");
            let polygon = Polygon { rings: rings.to_vec() };
            for _ in 0..60 {
                let pin = random_pin(&fabric, &mut dice);
                let (Spot::In(old), Spot::In(new)) =
                    (locate(&fabric, pin), locate(&shaped.fabric, pin))
                else {
                    continue;
                };
                if shaped.parents[new.index()] != old {
                    continue;
                }
                let Some(is_in) = is_inside(&polygon, pin) else { continue };
                let before = colors[old.index()];
                let expected = if is_in && from(before) { Some(9) } else { before };
                let is_near = super::super::tests::is_near(&rings[0], pin);
                assert!(shaped.colors[new.index()] == expected || is_near, "seed {seed} {pin:?}");
            }
        }
        assert!(n_done > 80, "{n_done}");
    }
}
