//! Is the outcome of an edit whole: grids in one piece, nothing swallowed, no hole that was not asked for.
//!
//! Stranded pieces are refused with their buildings and outline, or carried along: each goes to the grid
//! with which it shares the longest border.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::sketch::{Sketch, Working};
use super::{Carried, Fault, Refusal};
use crate::domain::fabric::Fabric;
use crate::domain::fabric::outline::seam_length;
use crate::domain::ids::{AreaId, CellId, Code, GridKey};
use crate::domain::measure::{Area, Count, Length};
use crate::domain::plan::edit::Repair;
use crate::domain::register::rows::GridKind;
use crate::domain::tally::Tally;
use crate::domain::world::{Housing, Terrain};

/// Rounds of carrying: each makes at least one piece less.
const MAX_ROUNDS: usize = 1_000;

impl Sketch<'_> {
    /// Refuses what would leave a grid in pieces, holed or swallowed; with `repair` carries what can be.
    pub(super) fn make_sound(&mut self, repair: Repair) -> Result<(), Refusal> {
        let areas: Vec<AreaId> = self.grounds.keys().copied().collect();
        for area in areas {
            for _ in 0..MAX_ROUNDS {
                let faults = self.faults_in(area);
                if faults.is_empty() {
                    break;
                }
                let can_mend = repair == Repair::Carry
                    && faults.iter().all(|(_, mend)| !matches!(mend, Mend::Nothing));
                if !can_mend {
                    return Err(Refusal::Unsound(
                        faults.into_iter().map(|(fault, _)| fault).collect(),
                    ));
                }
                let (fault, mend) = faults.into_iter().next().expect("is not empty");
                self.mend(area, fault, mend)?;
            }
        }
        Ok(())
    }

    /// Everything wrong in one community that was not wrong before.
    fn faults_in(&mut self, area: AreaId) -> Vec<(Fault, Mend)> {
        let working = &self.grounds[&area];
        let changed = working.changed();
        let has_lines = working.origin.is_some() || working.cut.links != working.before.links;
        if changed.is_empty() && !has_lines {
            return Vec::new();
        }
        let mut keys: BTreeSet<GridKey> = BTreeSet::new();
        for cell in &changed {
            keys.extend(working.color_before(*cell));
            keys.extend(working.cut.colors[cell.index()]);
        }
        // A new line is rounded to the lattice: where ground is a neck a few steps wide it may pinch a
        // grid that gave and took nothing.
        if has_lines {
            keys.extend(working.cut.colors.iter().flatten());
        }
        let mut faults = Vec::new();
        let had_ground: BTreeSet<GridKey> =
            working.before.colors.iter().flatten().copied().collect();
        let has_ground: BTreeSet<GridKey> = working.cut.colors.iter().flatten().copied().collect();
        let counted = Counted::new(self, area);
        let working = &self.grounds[&area];
        for key in keys {
            let Some(grid) = self.grid(key) else { continue };
            if !has_ground.contains(&key) {
                if had_ground.contains(&key) && !self.is_removed(key) {
                    faults.push((Fault::new("edit.swallowed").grid(&grid.code), Mend::Nothing));
                }
                continue;
            }
            if !grid.is_detached {
                self.add_pieces(working, key, &grid.code, &changed, &counted, &mut faults);
            }
            self.add_enclosed(working, key, &grid.code, &changed, &counted, &mut faults);
        }
        faults
    }

    fn add_pieces(
        &self,
        working: &Working,
        key: GridKey,
        code: &Code,
        changed: &[CellId],
        counted: &Counted,
        faults: &mut Vec<(Fault, Mend)>,
    ) {
        let canvas = working.canvas();
        // The local test speaks of one fabric and one set of crossings; else the full search is asked.
        let is_local = working.origin.is_none() && working.cut.links == working.before.links;
        if is_local {
            let near: Vec<CellId> = changed
                .iter()
                .copied()
                .filter(|cell| {
                    working.color_before(*cell) == Some(key)
                        || working.cut.colors[cell.index()] == Some(key)
                })
                .collect();
            if canvas.is_still_whole(key, &near) {
                return;
            }
        }
        let mut pieces = canvas.pieces(key);
        if pieces.len() <= working.canvas_before().pieces(key).len().max(1) {
            return;
        }
        // The piece with most households stays; the others are stranded.
        pieces.sort_by_key(|piece| std::cmp::Reverse(counted.size(piece)));
        for piece in pieces.drain(1..) {
            let fault = Fault { buildings: counted.codes(&piece), ..Fault::new("edit.in-pieces") };
            let fault = fault.grid(code).on(working.outline(&piece));
            let mend = match self.best_neighbor(working, &piece, key) {
                Some(to) => Mend::Give { cells: piece, from: Some(key), to },
                None => Mend::Nothing,
            };
            faults.push((fault, mend));
        }
    }

    /// Ground this edit shut in: gaps become holes, grids are swallowed. Grids of a special kind may lie
    /// inside another.
    fn add_enclosed(
        &self,
        working: &Working,
        key: GridKey,
        code: &Code,
        changed: &[CellId],
        counted: &Counted,
        faults: &mut Vec<(Fault, Mend)>,
    ) {
        let took = |cell: &CellId| working.cut.colors[cell.index()] == Some(key);
        if !changed.iter().any(took) {
            return;
        }
        let enclosed = working.canvas_before().enclosed(key);
        let was_enclosed: BTreeSet<CellId> = enclosed.into_iter().flatten().collect();
        for piece in working.canvas().enclosed(key) {
            let origin = |cell: &CellId| match &working.origin {
                Some(origin) => origin[cell.index()],
                None => *cell,
            };
            if piece.iter().all(|cell| was_enclosed.contains(&origin(cell))) {
                continue;
            }
            let inside: BTreeSet<GridKey> =
                piece.iter().filter_map(|cell| working.cut.colors[cell.index()]).collect();
            let is_special =
                |key: &GridKey| self.grid(*key).is_some_and(|grid| grid.kind != GridKind::General);
            if !inside.is_empty() {
                if !inside.iter().all(is_special) {
                    let fault =
                        Fault { buildings: counted.codes(&piece), ..Fault::new("edit.swallowed") };
                    let first = inside.iter().find(|key| !is_special(key));
                    let named = first.and_then(|key| self.code_of(*key));
                    let fault = fault.grid(&named.unwrap_or_else(|| code.clone()));
                    faults.push((fault.on(working.outline(&piece)), Mend::Nothing));
                }
                continue;
            }
            if piece.iter().all(|cell| working.color_before(*cell).is_some()) {
                // Taken away by this very edit.
                continue;
            }
            let fault = Fault { buildings: counted.codes(&piece), ..Fault::new("edit.hole") };
            let fault = fault.grid(code).on(working.outline(&piece));
            faults.push((fault, Mend::Give { cells: piece, from: None, to: key }));
        }
    }

    /// The unlocked grid with which a piece shares the longest border.
    fn best_neighbor(&self, working: &Working, piece: &[CellId], own: GridKey) -> Option<GridKey> {
        let mut shared: BTreeMap<GridKey, Length> = BTreeMap::new();
        for &cell in piece {
            for (seam, beside) in working.cut.fabric.across(cell) {
                let key = beside.and_then(|cell| working.cut.colors[cell.index()]);
                let Some(key) = key.filter(|key| *key != own) else { continue };
                if self.grid(key).is_some_and(|grid| !grid.is_locked) {
                    *shared.entry(key).or_default() += seam_length(working.cut.fabric.seam(seam));
                }
            }
        }
        shared
            .into_iter()
            .max_by_key(|(key, length)| (*length, std::cmp::Reverse(*key)))
            .map(|one| one.0)
    }

    fn mend(&mut self, area: AreaId, fault: Fault, mend: Mend) -> Result<(), Refusal> {
        let Mend::Give { cells, from, to } = mend else {
            return Err(Refusal::Unsound(vec![fault]));
        };
        self.recolor(area, &cells, Some(to))?;
        self.carried.push(Carried { buildings: fault.buildings, from, to });
        Ok(())
    }
}

/// How a fault can be mended.
enum Mend {
    Nothing,
    Give { cells: Vec<CellId>, from: Option<GridKey>, to: GridKey },
}

/// Buildings and households on each cell, looked up once something is wrong.
struct Counted {
    fabric: Arc<Fabric>,
    housing: Option<Arc<Housing>>,
    terrain: OnceCell<Arc<Terrain>>,
    by_cell: OnceCell<BTreeMap<CellId, (Vec<Code>, Tally)>>,
}

impl Counted {
    fn new(sketch: &Sketch<'_>, area: AreaId) -> Self {
        let working = &sketch.grounds[&area];
        Self {
            fabric: Arc::clone(&working.cut.fabric),
            housing: sketch.world.town().housing(Some(area)).cloned(),
            terrain: working.known_terrain().map_or_else(OnceCell::new, OnceCell::from),
            by_cell: OnceCell::new(),
        }
    }

    fn terrain(&self) -> &Terrain {
        self.terrain.get_or_init(|| Arc::new(Terrain::new(Arc::clone(&self.fabric))))
    }

    fn by_cell(&self) -> &BTreeMap<CellId, (Vec<Code>, Tally)> {
        self.by_cell.get_or_init(|| {
            let mut by_cell: BTreeMap<CellId, (Vec<Code>, Tally)> = BTreeMap::new();
            if let Some(housing) = &self.housing {
                for row in (0..housing.homes.len()).filter(|row| housing.stands_here(*row)) {
                    let Some(cell) = self.terrain().cell_of(housing, row) else { continue };
                    let (codes, tally) = by_cell.entry(cell).or_default();
                    codes.extend(Code::new(housing.homes.code(row)));
                    *tally += Tally::of_home(&housing.homes, row);
                }
            }
            by_cell
        })
    }

    fn codes(&self, piece: &[CellId]) -> Vec<Code> {
        let on = piece.iter().filter_map(|cell| self.by_cell().get(cell));
        let mut codes: Vec<Code> = on.flat_map(|(codes, _)| codes.iter().cloned()).collect();
        codes.sort_unstable();
        codes
    }

    /// Households, then ground: which piece of a grid is the grid.
    fn size(&self, piece: &[CellId]) -> (Count, Area) {
        let on = piece.iter().filter_map(|cell| self.by_cell().get(cell));
        let areas = &self.terrain().cell_areas;
        let area = piece.iter().map(|cell| areas[cell.index()]).sum();
        (on.map(|(_, tally)| tally.households).sum(), area)
    }
}
