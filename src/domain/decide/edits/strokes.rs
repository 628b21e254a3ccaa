//! What each stroke does to the sketch of a draft.

use std::collections::{BTreeMap, BTreeSet};

use super::sketch::{Sketch, unsound};
use super::{Fault, Refusal};
use crate::domain::fabric::pole::pole;
use crate::domain::ids::{AreaId, CellId, Code, GridKey};
use crate::domain::place::{Extent, Pin, Polygon, is_inside};
use crate::domain::plan::Grid;
use crate::domain::plan::edit::{LassoBy, Pick, Stroke, Which};
use crate::domain::plan::log::{Did, Op};
use crate::domain::register::rows::GridKind;

/// Longest name of a grid, in characters.
const MAX_NAME: usize = 64;

/// Cells picked, by community, and how many buildings were named.
struct Picked {
    cells: BTreeMap<AreaId, Vec<CellId>>,
    n_buildings: u32,
}

impl Sketch<'_> {
    /// Does one stroke, and notes it.
    pub(super) fn apply(&mut self, stroke: &Stroke) -> Result<(), Refusal> {
        let op = stroke.op();
        match stroke {
            Stroke::Paint { pick, to } => self.paint(op, pick, to.as_ref()),
            Stroke::Lasso { rings, to, from, by } => self.lasso(rings, to.as_ref(), from, *by),
            Stroke::Merge { grids, keep } => self.merge(grids, keep),
            Stroke::Create { name, kind, code, community, pick } => {
                self.create(name, *kind, code.as_ref(), community.as_ref(), pick)
            }
            Stroke::Rename { grid, name } => {
                let name = named(name)?;
                self.mark(op, grid, |grid| grid.name = name)
            }
            Stroke::Lock { which, is_locked } => {
                for code in self.which(which)? {
                    self.mark(op, &code, |grid| grid.is_locked = *is_locked)?;
                }
                Ok(())
            }
            Stroke::Detach { grid, is_allowed } => {
                self.mark(op, grid, |grid| grid.is_detached = *is_allowed)
            }
            Stroke::Number { grid, number } => self.number(grid, number),
            Stroke::Renumber { community } => self.renumber(community.as_ref()),
            Stroke::Link { ends } => self.link(*ends),
            Stroke::Unlink { ends } => self.unlink(*ends),
            Stroke::Divide { community, parts } => self.deal_out(community, parts),
            Stroke::Split { .. }
            | Stroke::Reroute { .. }
            | Stroke::Move { .. }
            | Stroke::Insert { .. }
            | Stroke::Remove { .. } => self.reshape(stroke),
        }
    }

    fn paint(&mut self, op: Op, pick: &Pick, to: Option<&Code>) -> Result<(), Refusal> {
        let key = to.map(|code| self.find(code)).transpose()?;
        let community = key.and_then(|key| self.grid(key)).map(|grid| grid.community);
        let picked = match pick {
            Pick::Shape(rings) => return self.take_shape(op, rings, key, &[]),
            pick => self.pick(pick, community)?,
        };
        self.give(picked.cells, key, community)?;
        self.note(Did {
            op,
            grids: to.cloned().into_iter().collect(),
            buildings: picked.n_buildings,
        });
        Ok(())
    }

    /// Gives picked cells to a grid of `community`, or to none.
    fn give(
        &mut self,
        cells: BTreeMap<AreaId, Vec<CellId>>,
        to: Option<GridKey>,
        community: Option<AreaId>,
    ) -> Result<(), Refusal> {
        for (area, cells) in cells {
            if to.is_some() && community.is_some_and(|community| community != area) {
                let ground = self.ground(area).map(|working| working.outline(&cells));
                return Err(unsound(Fault::new("edit.outside").on(ground.unwrap_or_default())));
            }
            self.recolor(area, &cells, to)?;
        }
        Ok(())
    }

    /// Whole cells by what was picked. `community` is where cells without one are meant to be.
    fn pick(&mut self, pick: &Pick, community: Option<AreaId>) -> Result<Picked, Refusal> {
        let mut picked = Picked { cells: BTreeMap::new(), n_buildings: 0 };
        match pick {
            Pick::Nothing | Pick::Shape(_) => {}
            Pick::Cells { community: stated, cells } => {
                let stated = stated.as_ref().map(|code| self.area_of(code)).transpose()?;
                let area = stated.or(community).or_else(|| self.sole_area());
                let area = area.ok_or_else(|| unsound(Fault::new("edit.unknown-cell")))?;
                let working =
                    self.ground(area).ok_or_else(|| unsound(Fault::new("edit.outside")))?;
                let n_cells = working.cut.fabric.n_cells();
                if cells.iter().any(|cell| cell.index() >= n_cells) {
                    return Err(unsound(Fault::new("edit.unknown-cell")));
                }
                picked.cells.insert(area, cells.clone());
                picked.n_buildings = cells.len() as u32;
            }
            Pick::Buildings(codes) => {
                picked.n_buildings = codes.len() as u32;
                let mut unknown: Vec<Code> = Vec::new();
                for code in codes {
                    match self.cell_of_building(code) {
                        Some((area, cell)) => picked.cells.entry(area).or_default().push(cell),
                        None => unknown.push(code.clone()),
                    }
                }
                if !unknown.is_empty() {
                    let fault = Fault { buildings: unknown, ..Fault::new("edit.unknown-building") };
                    return Err(unsound(fault));
                }
            }
        }
        Ok(picked)
    }

    fn cell_of_building(&mut self, code: &Code) -> Option<(AreaId, CellId)> {
        let town = self.world.town();
        let (community, housing, row) = town.find(town.id_of(code.as_str())?)?;
        let area = community?;
        Some((area, self.cell_of(area, housing, row)?))
    }

    fn lasso(
        &mut self,
        rings: &[Vec<Pin>],
        to: Option<&Code>,
        from: &[Code],
        by: LassoBy,
    ) -> Result<(), Refusal> {
        let key = to.map(|code| self.find(code)).transpose()?;
        let mut wanted: BTreeSet<GridKey> = BTreeSet::new();
        for code in from {
            wanted.insert(self.find(code)?);
        }
        if by == LassoBy::Area {
            let wanted: Vec<GridKey> = wanted.into_iter().collect();
            return self.take_shape(Op::Lasso, rings, key, &wanted);
        }
        let polygon = Polygon { rings: closed(rings)? };
        let community = key.and_then(|key| self.grid(key)).map(|grid| grid.community);
        let areas: Vec<AreaId> = match community {
            Some(community) => vec![community],
            None => self.world.plans().areas(self.plan).collect(),
        };
        let mut n_buildings = 0;
        for area in areas {
            let (cells, n) = self.cells_inside(area, &polygon, &wanted);
            n_buildings += n;
            self.recolor(area, &cells, key)?;
        }
        self.note(Did {
            op: Op::Lasso,
            grids: to.cloned().into_iter().collect(),
            buildings: n_buildings,
        });
        Ok(())
    }

    /// Cells whose building is inside `polygon`, and those without a building whose middle is.
    fn cells_inside(
        &mut self,
        area: AreaId,
        polygon: &Polygon,
        from: &BTreeSet<GridKey>,
    ) -> (Vec<CellId>, u32) {
        let extent = polygon.extent();
        let Some(terrain) = self.ground(area).map(|working| working.terrain()) else {
            return (Vec::new(), 0);
        };
        if !terrain.fabric.extent().meets(&extent) {
            return (Vec::new(), 0);
        }
        let mut is_lived = vec![false; terrain.fabric.n_cells()];
        let (mut inside, mut n) = (BTreeSet::new(), 0);
        let housing = self.world.town().housing(Some(area)).cloned();
        for housing in housing.iter() {
            let near: Vec<usize> = (0..housing.homes.len())
                .filter(|row| {
                    // A building may stand in the lasso while its cell reaches out of it.
                    housing.homes.extent(*row).meets(&extent)
                })
                .collect();
            for row in near {
                let Some(cell) = self.cell_of(area, housing, row) else { continue };
                is_lived[cell.index()] = true;
                let pin = housing.homes.pin(row);
                if pin.is_some_and(|pin| is_inside(polygon, pin) != Some(false)) {
                    inside.insert(cell);
                    n += 1;
                }
            }
        }
        let working = self.ground(area).expect("its terrain was there");
        for cell in terrain.fabric.cells() {
            let box_of = terrain.cell_extents[cell.index()];
            if is_lived[cell.index()] || !box_of.meets(&extent) {
                continue;
            }
            let middle = pole(&working.outline(&[cell]));
            if middle.is_some_and(|pin| is_inside(polygon, pin) == Some(true)) {
                inside.insert(cell);
            }
        }
        let color = |cell: &CellId| working.cut.colors[cell.index()];
        let is_wanted =
            |cell: &CellId| from.is_empty() || color(cell).is_some_and(|key| from.contains(&key));
        (inside.into_iter().filter(is_wanted).collect(), n)
    }

    fn merge(&mut self, grids: &[Code], keep: &Code) -> Result<(), Refusal> {
        let kept = self.find(keep)?;
        let mut others: BTreeSet<GridKey> = BTreeSet::new();
        for code in grids {
            others.insert(self.find(code)?);
        }
        others.remove(&kept);
        self.refuse_locked(others.iter().copied().chain([kept]))?;
        let area = self.grid(kept).expect("was found").community;
        let strangers: Vec<Fault> = others
            .iter()
            .filter_map(|key| self.grid(*key))
            .filter(|grid| grid.community != area)
            .map(|grid| Fault::new("edit.not-neighbours").grid(&grid.code))
            .collect();
        if !strangers.is_empty() {
            return Err(Refusal::Unsound(strangers));
        }
        let Some(working) = self.ground(area) else {
            return Err(unsound(Fault::new("edit.outside").grid(keep)));
        };
        let is_other = |color: &Option<GridKey>| color.is_some_and(|key| others.contains(&key));
        let cells: Vec<CellId> = working
            .cut
            .fabric
            .cells()
            .filter(|cell| is_other(&working.cut.colors[cell.index()]))
            .collect();
        let n_before = working.canvas().pieces(kept).len();
        self.recolor(area, &cells, Some(kept))?;
        let working = self.ground(area).expect("was there");
        let pieces = working.canvas().pieces(kept);
        if pieces.len() > n_before.max(1) {
            let apart: Vec<Fault> = pieces[1..]
                .iter()
                .map(|piece| {
                    Fault::new("edit.not-neighbours").grid(keep).on(working.outline(piece))
                })
                .collect();
            return Err(Refusal::Unsound(apart));
        }
        for key in others {
            self.remove_grid(key);
        }
        self.note(Did { op: Op::Merge, grids: grids.to_vec(), buildings: 0 });
        Ok(())
    }

    fn create(
        &mut self,
        name: &str,
        kind: GridKind,
        code: Option<&Code>,
        community: Option<&Code>,
        pick: &Pick,
    ) -> Result<(), Refusal> {
        let stated = community.map(|code| self.area_of(code)).transpose()?;
        let picked = self.pick(pick, stated)?;
        let of_shape = || match pick {
            Pick::Shape(rings) => rings.first().and_then(|ring| self.area_under(ring)),
            _ => None,
        };
        let area = stated
            .or_else(|| picked.cells.keys().next().copied())
            .or_else(of_shape)
            .or_else(|| self.sole_area())
            .ok_or_else(|| unsound(Fault::new("edit.outside")))?;
        let code = match code {
            Some(code) => code.clone(),
            None => self.next_code(area),
        };
        if self.all_grids().iter().any(|grid| grid.code == code) {
            return Err(unsound(Fault::new("edit.taken-code").grid(&code)));
        }
        let key = self.make_grid(area, code.clone(), &named(name)?, kind);
        self.give(picked.cells, Some(key), Some(area))?;
        if let Pick::Shape(rings) = pick {
            self.take_shape(Op::Create, rings, Some(key), &[])?;
            return Ok(());
        }
        self.note(Did { op: Op::Create, grids: vec![code], buildings: picked.n_buildings });
        Ok(())
    }

    fn area_under(&self, ring: &[Pin]) -> Option<AreaId> {
        let polygon = Polygon { rings: vec![ring.to_vec()] };
        self.world.areas().at(pole(&[polygon])?)
    }

    /// A grid without ground yet.
    pub(super) fn make_grid(
        &mut self,
        community: AreaId,
        code: Code,
        name: &str,
        kind: GridKind,
    ) -> GridKey {
        let key = self.new_key();
        self.set_grid(Grid {
            plan: self.plan,
            key,
            code,
            name: name.into(),
            community,
            kind,
            head: "".into(),
            manager: "".into(),
            work_phone: "".into(),
            source_digest: 0,
            is_locked: false,
            is_detached: false,
            is_numbered: false,
            predecessors: Vec::new(),
        });
        key
    }

    /// The community's code and three digits: one more than any plan has used there.
    pub(super) fn next_code(&self, area: AreaId) -> Code {
        let prefix = self.world.areas().get(area).map_or("", |record| record.code.as_str());
        let number = |grid: &Grid| grid.code.as_str().strip_prefix(prefix)?.parse::<u32>().ok();
        let plans = self.world.plans();
        let held = plans.all().flat_map(|plan| plans.grids(plan.id)).map(|grid| &**grid);
        let drawn = self.all_grids();
        let used = held
            .chain(drawn)
            .filter(|grid| grid.community == area)
            .filter_map(number)
            .max()
            .unwrap_or(0);
        Code::new(&format!("{prefix}{:03}", used + 1)).expect("a community's code and digits")
    }

    /// Changes what is written of a grid.
    fn mark(&mut self, op: Op, code: &Code, change: impl FnOnce(&mut Grid)) -> Result<(), Refusal> {
        let key = self.find(code)?;
        let mut grid = self.grid(key).expect("was found").clone();
        change(&mut grid);
        self.set_grid(grid);
        self.note(Did { op, grids: vec![code.clone()], buildings: 0 });
        Ok(())
    }

    fn which(&mut self, which: &Which) -> Result<Vec<Code>, Refusal> {
        match which {
            Which::Grids(codes) => Ok(codes.clone()),
            Which::All { community } => {
                let area = community.as_ref().map(|code| self.area_of(code)).transpose()?;
                let all = self.all_grids().into_iter();
                let within = all.filter(|grid| area.is_none_or(|area| grid.community == area));
                Ok(within.map(|grid| grid.code.clone()).collect())
            }
        }
    }

    fn link(&mut self, ends: [Pin; 2]) -> Result<(), Refusal> {
        let area = self.world.areas().at(ends[0]);
        let misses = || unsound(Fault::new("edit.misses").along(&ends));
        let working = area.and_then(|area| self.ground(area)).ok_or_else(misses)?;
        let terrain = working.terrain();
        let [one, two] = ends.map(|end| terrain.cells_at(end));
        if one.is_empty() || two.is_empty() || one.iter().any(|cell| two.contains(cell)) {
            return Err(misses());
        }
        let ends = [ends[0].min(ends[1]), ends[0].max(ends[1])];
        if !working.cut.links.contains(&ends) {
            working.cut.links.push(ends);
            working.cut.links.sort_unstable();
            working.join();
        }
        self.note(Did { op: Op::Link, grids: Vec::new(), buildings: 0 });
        Ok(())
    }

    fn unlink(&mut self, ends: [Pin; 2]) -> Result<(), Refusal> {
        let area = self.world.areas().at(ends[0]);
        let misses = || unsound(Fault::new("edit.misses").along(&ends));
        let working = area.and_then(|area| self.ground(area)).ok_or_else(misses)?;
        let sorted = [ends[0].min(ends[1]), ends[0].max(ends[1])];
        let at = working.cut.links.iter().position(|link| *link == sorted).ok_or_else(misses)?;
        working.cut.links.remove(at);
        working.join();
        self.note(Did { op: Op::Unlink, grids: Vec::new(), buildings: 0 });
        Ok(())
    }
}

/// A name as it may be kept.
pub(super) fn named(name: &str) -> Result<Box<str>, Refusal> {
    let name = name.trim();
    let fits = name.chars().count() <= MAX_NAME && !name.chars().any(char::is_control);
    if fits { Ok(name.into()) } else { Err(unsound(Fault::new("edit.bad-name"))) }
}

/// Rings without a repeated last pin; refused when one has no inside.
pub(super) fn closed(rings: &[Vec<Pin>]) -> Result<Vec<Vec<Pin>>, Refusal> {
    let mut found = Vec::with_capacity(rings.len());
    for ring in rings {
        let mut ring = ring.clone();
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
        ring.dedup();
        if ring.len() < 3 || Extent::of(&ring).is_empty() {
            return Err(unsound(Fault::new("edit.bad-line").along(&ring)));
        }
        found.push(ring);
    }
    if found.is_empty() {
        return Err(unsound(Fault::new("edit.bad-line")));
    }
    Ok(found)
}
