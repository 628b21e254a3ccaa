//! Whether a part of a community lies wholly inside another, as a planner may not draw one.
//!
//! Knows the fabric and which cells are dealt out; what is not dealt out (locked and special grids) may be
//! enclosed. Proposals are sought anew for it, ensembles leave such divisions out.
//!
//! **Why** the desk's own test: a second one, quicker over the borders between parts, would have to agree with
//! it about links and islands for ever.

use crate::domain::fabric::Fabric;
use crate::domain::ids::{CellId, GridKey};
use crate::domain::plan::check::Canvas;

/// Whether some part encloses ground of another. `cells` and `part`: those of each unit.
/// Cost: O(parts × cells).
pub(super) fn is_nested(fabric: &Fabric, cells: &[CellId], part: &[u32], n_parts: usize) -> bool {
    let mut colors: Vec<Option<GridKey>> = vec![None; fabric.n_cells()];
    for (cell, part) in cells.iter().zip(part) {
        colors[cell.index()] = GridKey::new(part + 1);
    }
    let canvas = Canvas { fabric, colors: &colors, links: &[] };
    (0..n_parts as u32).any(|part| {
        let key = GridKey::new(part + 1).expect("one more than a number");
        let enclosed = canvas.enclosed(key);
        enclosed.iter().flatten().any(|cell| colors[cell.index()].is_some())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fabric::weave::{Weave, weave};
    use crate::town;

    /// Letters are parts; what is L is not dealt out.
    fn check(drawing: &str, expected: bool) {
        let town = town!(drawing);
        let shapes: Vec<_> = town.grids.iter().map(|(_, shape)| shape.clone()).collect();
        let boundary = Some(town.boundary.as_slice());
        let woven = weave(&Weave { shapes: &shapes, boundary, lines: &[], tolerance: 0.5 });
        let dealt = |cell: &CellId| {
            let owner = woven.owners[cell.index()]?;
            (town.grids[owner as usize].0.as_str() != "L").then_some((*cell, owner))
        };
        let (cells, part): (Vec<_>, Vec<_>) =
            woven.fabric.cells().filter_map(|cell| dealt(&cell)).unzip();
        let found = is_nested(&woven.fabric, &cells, &part, shapes.len());
        assert_eq!(found, expected, "{drawing}");
    }

    #[test]
    fn a_ring_around_another_part_is_seen_and_one_around_locked_ground_is_not() {
        check("A A B\nA B B", false);
        check("A A A\nA B A\nA A A", true);
        check("A A A\nA L A\nA A A", false);
        check("A A A A\nA L B A\nA A A A", true);
        // Out over locked ground is out.
        check("A A L\nA B L\nA A A", false);
        check("A A A A A\nA B C D A\nA A A A A", true);
    }
}
