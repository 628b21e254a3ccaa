//! A community dealt out anew: cells to grids that go on and to new ones, in one stroke.
//!
//! What proposes divisions does not apply them; what is asked for here is held to the same rules as a
//! stroke of the hand, and taken back like one.

use std::collections::BTreeSet;

use super::sketch::{Sketch, unsound};
use super::strokes::named;
use super::{Fault, Refusal};
use crate::domain::ids::{Code, GridKey};
use crate::domain::plan::edit::Part;
use crate::domain::plan::log::{Did, Op};
use crate::domain::register::rows::GridKind;

impl Sketch<'_> {
    /// Gives each part its cells. Cells in no part stay as they are; grids that end up without ground are
    /// no more. Refused when a cell is named twice, a grid kept twice, or one of another community.
    pub(super) fn deal_out(&mut self, community: &Code, parts: &[Part]) -> Result<(), Refusal> {
        let area = self.area_of(community)?;
        let working = self.ground(area).ok_or_else(|| unsound(Fault::new("edit.outside")))?;
        let n_cells = working.cut.fabric.n_cells();
        let had_ground: BTreeSet<GridKey> = working.cut.colors.iter().flatten().copied().collect();
        let mut is_dealt = vec![false; n_cells];
        for cell in parts.iter().flat_map(|part| &part.cells) {
            let dealt = is_dealt
                .get_mut(cell.index())
                .ok_or_else(|| unsound(Fault::new("edit.unknown-cell")))?;
            if std::mem::replace(dealt, true) {
                return Err(unsound(Fault::new("edit.cell-twice")));
            }
        }
        let (mut kept, mut codes) = (BTreeSet::new(), Vec::with_capacity(parts.len()));
        for part in parts {
            let key = match &part.keep {
                Some(code) => {
                    let key = self.find(code)?;
                    let is_here = self.grid(key).is_some_and(|grid| grid.community == area);
                    if !is_here || !kept.insert(key) {
                        return Err(unsound(Fault::new("edit.outside").grid(code)));
                    }
                    codes.push(code.clone());
                    key
                }
                None => {
                    let code = self.next_code(area);
                    codes.push(code.clone());
                    self.make_grid(area, code, &named(&part.name)?, GridKind::General)
                }
            };
            self.recolor(area, &part.cells, Some(key))?;
        }
        let working = self.ground(area).expect("was there");
        let has_ground: BTreeSet<GridKey> = working.cut.colors.iter().flatten().copied().collect();
        for key in had_ground.difference(&has_ground) {
            self.remove_grid(*key);
        }
        let n_parts = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        self.note(Did { op: Op::Divide, grids: codes, buildings: n_parts });
        Ok(())
    }
}
