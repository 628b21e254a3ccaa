//! Strokes that cut ground: exact areas, splits, borders drawn anew, vertices moved.

use super::sketch::{Sketch, Working, unsound};
use super::strokes::closed;
use super::{Fault, FaultPlace, Refusal};
use crate::domain::fabric::Fabric;
use crate::domain::fabric::reshape::{self, Shaped};
use crate::domain::ids::{AreaId, Code, GridKey};
use crate::domain::place::{Extent, Pin};
use crate::domain::plan::edit::Stroke;
use crate::domain::plan::log::{Did, Op};

impl Sketch<'_> {
    /// Split, reroute, and the strokes on single vertices.
    pub(super) fn reshape(&mut self, stroke: &Stroke) -> Result<(), Refusal> {
        let op = stroke.op();
        match stroke {
            Stroke::Split { grid, line, name } => self.split(grid, line, name),
            Stroke::Reroute { between: [one, two], line } => {
                let (a, b) = (self.find(one)?, self.find(two)?);
                let area = self.community_of(a);
                if area != self.community_of(b) {
                    return Err(unsound(Fault::new("edit.not-neighbours").along(line)));
                }
                self.refuse_locked([a, b])?;
                self.shape(area, |fabric, colors| reshape::reroute(fabric, colors, [a, b], line))?;
                self.note(Did { op, grids: vec![one.clone(), two.clone()], buildings: 0 });
                Ok(())
            }
            Stroke::Move { at, to } => {
                self.vertex(op, *at, |fabric, colors| reshape::shift(fabric, colors, *at, *to))
            }
            Stroke::Insert { at, to } => {
                self.vertex(op, *at, |fabric, colors| reshape::insert(fabric, colors, *at, *to))
            }
            Stroke::Remove { at } => {
                self.vertex(op, *at, |fabric, colors| reshape::remove(fabric, colors, *at))
            }
            _ => unreachable!("only strokes that cut come here"),
        }
    }

    fn community_of(&self, key: GridKey) -> AreaId {
        self.grid(key).expect("was found").community
    }

    fn split(&mut self, code: &Code, line: &[Pin], name: &str) -> Result<(), Refusal> {
        let key = self.find(code)?;
        self.refuse_locked([key])?;
        let grid = self.grid(key).expect("was found").clone();
        let new_code = self.next_code(grid.community);
        let new = self.make_grid(grid.community, new_code.clone(), name.trim(), grid.kind);
        self.shape(grid.community, |fabric, colors| {
            reshape::split(fabric, colors, key, line, new)
        })?;
        self.note(Did { op: Op::Split, grids: vec![code.clone(), new_code], buildings: 0 });
        Ok(())
    }

    /// The exact ground inside `rings` goes to a grid, or to none; only that of `from` when any are named.
    pub(super) fn take_shape(
        &mut self,
        op: Op,
        rings: &[Vec<Pin>],
        to: Option<GridKey>,
        from: &[GridKey],
    ) -> Result<(), Refusal> {
        let rings = closed(rings)?;
        let extent = Extent::of(rings.iter().flatten());
        let community = to.map(|key| self.community_of(key));
        let areas: Vec<AreaId> = match community {
            Some(community) => vec![community],
            None => self.world.plans().areas(self.plan).collect(),
        };
        let mut n_met = 0;
        for area in areas {
            let meets =
                self.ground(area).is_some_and(|working| working.cut.fabric.extent().meets(&extent));
            if meets {
                n_met += 1;
                self.shape(area, |fabric, colors| {
                    let is_wanted = |color: Option<GridKey>| {
                        from.is_empty() || color.is_some_and(|key| from.contains(&key))
                    };
                    reshape::take(fabric, colors, &rings, is_wanted, to)
                })?;
            }
        }
        if n_met == 0 {
            return Err(unsound(Fault::new("edit.misses").along(&rings[0])));
        }
        let grids = to.and_then(|key| self.code_of(key)).into_iter().collect();
        self.note(Did { op, grids, buildings: 0 });
        Ok(())
    }

    /// A stroke on the border that runs through `at`.
    fn vertex(
        &mut self,
        op: Op,
        at: Pin,
        stroke: impl FnOnce(&Fabric, &[Option<GridKey>]) -> Result<Shaped<GridKey>, Vec<reshape::Fault>>,
    ) -> Result<(), Refusal> {
        let area = self.world.areas().at(at);
        let area = area.filter(|area| self.ground(*area).is_some());
        let Some(area) = area else { return Err(unsound(Fault::new("edit.misses").along(&[at]))) };
        self.shape(area, stroke)?;
        self.note(Did { op, grids: Vec::new(), buildings: 0 });
        Ok(())
    }

    /// Puts the outcome of a stroke in place; locked grids neither give nor take ground.
    fn shape(
        &mut self,
        area: AreaId,
        stroke: impl FnOnce(&Fabric, &[Option<GridKey>]) -> Result<Shaped<GridKey>, Vec<reshape::Fault>>,
    ) -> Result<(), Refusal> {
        let Some(working) = self.ground(area) else {
            return Err(unsound(Fault::new("edit.outside")));
        };
        let shaped = stroke(&working.cut.fabric, &working.cut.colors).map_err(faults)?;
        let moved = turned(working, &shaped);
        working.put_fabric(shaped.fabric, shaped.colors, &shaped.parents);
        self.refuse_locked(moved)
    }
}

/// Grids that gave or took ground.
fn turned(working: &Working, shaped: &Shaped<GridKey>) -> Vec<GridKey> {
    let mut keys: Vec<GridKey> = shaped
        .parents
        .iter()
        .zip(&shaped.colors)
        .map(|(parent, color)| (working.cut.colors[parent.index()], *color))
        .filter(|(before, after)| before != after)
        .flat_map(|(before, after)| [before, after])
        .flatten()
        .collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

fn faults(faults: Vec<reshape::Fault>) -> Refusal {
    let place = |pins: Vec<Pin>| match pins[..] {
        [] => FaultPlace::Nowhere,
        [pin] => FaultPlace::At(pin),
        _ => FaultPlace::Line(pins),
    };
    let fault = |one: reshape::Fault| Fault { place: place(one.place), ..Fault::new(one.code) };
    Refusal::Unsound(faults.into_iter().map(fault).collect())
}
