//! What the grids of a draft are numbered: one as somebody wishes, all of a community from west to east.
//!
//! A number that ever named another grid is never given again, whatever became of that grid; whose it was
//! is told beside the world. Numbering a community keeps the numbers that are in order already, from the
//! west, and gives the others new ones after the highest ever used there: numbered twice, nothing changes.
//!
//! **Why** not from 1 again: sheets, cards and years of records carry the old numbers, and each must go on
//! meaning the grid it was written for.

use std::cmp::Reverse;

use super::sketch::{Sketch, unsound};
use super::{Fault, Refusal};
use crate::domain::decide::lifecycle::{Pattern, Registry};
use crate::domain::fabric::outline::outline;
use crate::domain::fabric::pole::pole;
use crate::domain::ids::{AreaId, Code, GridKey};
use crate::domain::plan::Grid;
use crate::domain::plan::edit::{Edit, Number, Stroke};
use crate::domain::plan::log::{Did, Op};
use crate::domain::world::World;

/// The codes an edit wishes for: whose they were has to be known before it is decided.
pub fn wished(world: &World, edit: &Edit) -> Vec<Code> {
    let pattern = Pattern::of(world);
    let communities: Vec<&str> = world
        .plans()
        .areas(edit.plan)
        .filter_map(|area| world.areas().get(area))
        .map(|record| record.code.as_str())
        .collect();
    let mut codes = Vec::new();
    for stroke in &edit.strokes {
        let Stroke::Number { grid: _, number } = stroke else { continue };
        match number {
            Number::Code(code) => codes.push(code.clone()),
            Number::Is(number) => {
                codes.extend(communities.iter().filter_map(|one| pattern.code(one, *number)));
            }
        }
    }
    codes
}

impl Sketch<'_> {
    /// Gives one grid the number somebody wishes for it.
    pub(super) fn number(&mut self, of: &Code, number: &Number) -> Result<(), Refusal> {
        let key = self.find(of)?;
        let grid = self.grid(key).expect("was found").clone();
        let code = match number {
            Number::Code(code) => Some(code.clone()),
            Number::Is(0) => None,
            Number::Is(number) => {
                Pattern::of(self.world).code(self.code_of_area(grid.community), *number)
            }
        };
        let code = code.ok_or_else(|| unsound(Fault::new("edit.bad-number").grid(of)))?;
        if self.all_grids().iter().any(|other| other.key != key && other.code == code) {
            return Err(unsound(Fault::new("edit.taken-code").grid(&code)));
        }
        if Registry::new(self.world).owner(&code).is_some_and(|owner| owner != key) {
            let former = self.world.brief().formers.get(&code).cloned();
            return Err(unsound(Fault { former, ..Fault::new("edit.used-code").grid(&code) }));
        }
        if code != grid.code {
            self.set_grid(Grid { code: code.clone(), is_numbered: true, ..grid });
        }
        self.note(Did { op: Op::Number, grids: vec![of.clone(), code], buildings: 0 });
        Ok(())
    }

    /// Numbers the grids of one community, or of each, from west to east.
    pub(super) fn renumber(&mut self, community: Option<&Code>) -> Result<(), Refusal> {
        let areas: Vec<AreaId> = match community {
            Some(code) => vec![self.area_of(code)?],
            None => self.world.plans().areas(self.plan).collect(),
        };
        let mut registry = Registry::new(self.world);
        for area in areas {
            self.renumber_area(area, &mut registry);
        }
        self.note(Did { op: Op::Number, grids: Vec::new(), buildings: 0 });
        Ok(())
    }

    fn renumber_area(&mut self, area: AreaId, registry: &mut Registry) {
        let community = self.code_of_area(area).to_owned();
        let grids = self.west_to_east(area);
        let mut last = 0;
        let n_kept = grids
            .iter()
            .take_while(|grid| {
                let is_own = registry.owner(&grid.code).is_none_or(|owner| owner == grid.key);
                let number = registry.number(&community, &grid.code).filter(|_| is_own);
                let is_in_order = number.is_some_and(|number| number > last);
                last = number.unwrap_or(last);
                is_in_order
            })
            .count();
        let (kept, others) = grids.split_at(n_kept);
        for grid in kept {
            if registry.owner(&grid.code).is_none() {
                // In order, but so far of the draft alone: it stays when the draft is published.
                self.set_grid(Grid { is_numbered: true, ..grid.clone() });
            }
            registry.reserve(&grid.code, grid.key);
        }
        for grid in others {
            let Some(code) = registry.next_code(&community) else { continue };
            registry.reserve(&code, grid.key);
            self.set_grid(Grid { code, is_numbered: true, ..grid.clone() });
        }
    }

    /// Grids of a community from west to east, from north to south on one meridian; those without ground
    /// last.
    fn west_to_east(&mut self, area: AreaId) -> Vec<Grid> {
        let of_area = self.all_grids().into_iter().filter(|grid| grid.community == area);
        let grids: Vec<Grid> = of_area.cloned().collect();
        let label = |sketch: &mut Self, key: GridKey| {
            let working = sketch.ground(area)?;
            let cut = &working.cut;
            pole(&outline(&cut.fabric, |cell| cut.grid_of(cell) == Some(key)))
        };
        let mut placed: Vec<_> =
            grids.into_iter().map(|grid| (label(self, grid.key), grid)).collect();
        placed.sort_by_key(|(pin, grid)| {
            (pin.is_none(), pin.map(|pin| (pin.x, Reverse(pin.y))), grid.key)
        });
        placed.into_iter().map(|(_, grid)| grid).collect()
    }

    fn code_of_area(&self, area: AreaId) -> &str {
        self.world.areas().get(area).map_or("", |record| record.code.as_str())
    }
}
