//! Areas as the world holds them: the hierarchy, the fabric under it, and what follows from both.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::parallel::in_parallel;
use crate::domain::change::AreaGround;
use crate::domain::fabric::Spot;
use crate::domain::fabric::blocks::Blocks;
use crate::domain::fabric::outline::{Rings, cell_area, outline};
use crate::domain::fabric::pole::pole;
use crate::domain::fabric::weight::Weights;
use crate::domain::ids::{AreaId, CellId, Code};
use crate::domain::measure::Area;
use crate::domain::place::{Extent, Index, Pin, Polygon};
use crate::domain::placement::Ground;
use crate::domain::register::area::{AreaRecord, Level};

/// Size and place of one area, of whatever level.
#[derive(Clone, Debug, PartialEq)]
pub struct AreaShape {
    pub extent: Extent,
    pub area: Area,
    /// A point well inside, for its label.
    pub label: Pin,
    /// Cells of the area fabric it is made of, ascending.
    pub cells: Vec<CellId>,
}

/// The hierarchy and its ground.
#[derive(Debug, Default)]
pub struct Areas {
    records: BTreeMap<AreaId, Arc<AreaRecord>>,
    by_code: HashMap<Code, AreaId>,
    /// Of areas that were not abolished.
    children: BTreeMap<Option<AreaId>, Vec<AreaId>>,
    /// Areas that came of each, by code; of those that any came of.
    heirs: BTreeMap<AreaId, Vec<AreaId>>,
    ground: Arc<AreaGround>,
    blocks: Blocks,
    weights: Weights,
    seam_extents: Vec<Extent>,
    /// Borders of the areas of each level as walks along seams; then those of cells without an area.
    rings: [Rings; Level::ALL.len() + 1],
    shapes: BTreeMap<AreaId, AreaShape>,
    /// Box of each cell, numbered by cell index.
    cell_index: Index,
    cell_extents: Vec<Extent>,
}

impl Areas {
    /// Derives everything from records and ground. Cost: O(pins log pins).
    pub fn new(records: BTreeMap<AreaId, Arc<AreaRecord>>, ground: Arc<AreaGround>) -> Self {
        let by_code = records.values().map(|record| (record.code.clone(), record.id)).collect();
        let mut children: BTreeMap<Option<AreaId>, Vec<AreaId>> = BTreeMap::new();
        for record in records.values().filter(|record| !record.is_abolished()) {
            children.entry(record.parent).or_default().push(record.id);
        }
        for siblings in children.values_mut() {
            siblings.sort_by(|a, b| records[a].code.cmp(&records[b].code));
        }
        let mut heirs: BTreeMap<AreaId, Vec<AreaId>> = BTreeMap::new();
        let by_code: HashMap<Code, AreaId> = by_code;
        let mut ordered: Vec<&Arc<AreaRecord>> = records.values().collect();
        ordered.sort_by(|a, b| a.code.cmp(&b.code));
        for record in ordered {
            let came_of = record.lineage.predecessors.iter();
            for known in came_of.filter_map(|code| by_code.get(code)) {
                heirs.entry(*known).or_default().push(record.id);
            }
        }
        let fabric = &ground.fabric;
        let blocks = Blocks::new(fabric);
        let weights = Weights::plain(fabric);
        let seam_extents: Vec<Extent> = fabric.seams().map(|seam| Extent::of(seam.pins)).collect();
        let cell_extents: Vec<Extent> = fabric
            .cells()
            .map(|cell| {
                fabric
                    .sides(cell)
                    .iter()
                    .fold(Extent::EMPTY, |all, side| all.union(&seam_extents[side.seam.index()]))
            })
            .collect();
        let cell_index = Index::new(
            cell_extents.iter().enumerate().map(|(cell, extent)| (*extent, cell as u32)),
        );
        let mut areas = Self {
            records,
            by_code,
            children,
            heirs,
            ground: Arc::clone(&ground),
            blocks,
            weights,
            seam_extents,
            rings: Default::default(),
            shapes: BTreeMap::new(),
            cell_index,
            cell_extents,
        };
        areas.derive_shapes();
        areas
    }

    fn derive_shapes(&mut self) {
        let fabric = &self.ground.fabric;
        let n_levels = Level::ALL.len();
        let mut cells_of: BTreeMap<AreaId, Vec<CellId>> = BTreeMap::new();
        let mut groups: Vec<[Option<u32>; Level::ALL.len() + 1]> = Vec::new();
        for cell in fabric.cells() {
            let mut groups_here = [None; Level::ALL.len() + 1];
            match self.ground.colors[cell.index()] {
                None => groups_here[n_levels] = Some(cell.get()),
                Some(leaf) => {
                    for area in self.chain(leaf) {
                        cells_of.entry(area).or_default().push(cell);
                        groups_here[self.records[&area].level as usize].get_or_insert(area.get());
                    }
                }
            }
            groups.push(groups_here);
        }
        let rows: [usize; Level::ALL.len() + 1] = std::array::from_fn(|row| row);
        let rings = in_parallel(&rows, |row| Rings::new(fabric, |cell| groups[cell.index()][*row]));
        self.rings = rings.try_into().expect("as many as rows");
        let drawn: Vec<(u32, Vec<Polygon>)> =
            self.rings[..n_levels].iter().flat_map(|rings| rings.polygons(fabric)).collect();
        let poles = in_parallel(&drawn, |(_, polygons)| pole(polygons));
        let labels: BTreeMap<u32, Pin> =
            drawn.iter().zip(poles).filter_map(|((area, _), pole)| Some((*area, pole?))).collect();
        let areas: Vec<Area> = fabric.cells().map(|cell| cell_area(fabric, cell)).collect();
        let shape_of = |(id, cells): (AreaId, Vec<CellId>)| {
            let extent = cells
                .iter()
                .fold(Extent::EMPTY, |all, cell| all.union(&self.cell_extents[cell.index()]));
            let area = cells.iter().map(|cell| areas[cell.index()]).sum();
            let label = labels.get(&id.get()).copied().unwrap_or(extent.center());
            (id, AreaShape { extent, area, label, cells })
        };
        self.shapes = cells_of.into_iter().map(shape_of).collect();
    }

    /// `id`, its parent, its parent's parent, up to the root.
    pub fn chain(&self, id: AreaId) -> Vec<AreaId> {
        let mut chain = vec![id];
        let mut next = self.records.get(&id).and_then(|record| record.parent);
        while let Some(parent) = next {
            // A loop of parents cannot be stored, but a reader never hangs on one.
            if chain.contains(&parent) {
                break;
            }
            chain.push(parent);
            next = self.records.get(&parent).and_then(|record| record.parent);
        }
        chain
    }

    /// The area of `level` that `id` is or lies in.
    pub fn ancestor_at(&self, id: AreaId, level: Level) -> Option<AreaId> {
        self.chain(id).into_iter().find(|area| self.records[area].level == level)
    }

    pub fn get(&self, id: AreaId) -> Option<&Arc<AreaRecord>> {
        self.records.get(&id)
    }

    /// Areas that came of `id`, by code.
    pub fn heirs(&self, id: AreaId) -> &[AreaId] {
        self.heirs.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The area that goes on where `id` was abolished, itself where it was not; `None` where there is none
    /// or are several.
    pub fn going_on(&self, id: AreaId) -> Option<AreaId> {
        let mut id = id;
        // Heirs of heirs of … end, or the register goes in a circle.
        for _ in 0..=self.records.len() {
            match (self.records.get(&id)?.is_abolished(), self.heirs(id)) {
                (false, _) => return Some(id),
                (true, [heir]) => id = *heir,
                (true, _) => return None,
            }
        }
        None
    }

    /// Known areas `id` came of, by code.
    pub fn predecessors(&self, id: AreaId) -> Vec<AreaId> {
        let codes = self.records.get(&id).map_or(&[][..], |record| &record.lineage.predecessors);
        codes.iter().filter_map(|code| self.by_code.get(code.as_str()).copied()).collect()
    }

    /// `ids`, what they came of and what came of them, near and far. Cost: O(areas found).
    pub fn kin(&self, ids: &BTreeSet<AreaId>) -> BTreeSet<AreaId> {
        let mut found = ids.clone();
        let mut stack: Vec<AreaId> = ids.iter().copied().collect();
        while let Some(id) = stack.pop() {
            let beside = self.predecessors(id).into_iter().chain(self.heirs(id).iter().copied());
            stack.extend(beside.filter(|one| found.insert(*one)));
        }
        found
    }

    /// What `id` came of, near and far, without itself.
    pub fn ancestors(&self, id: AreaId) -> BTreeSet<AreaId> {
        let mut found = BTreeSet::new();
        let mut stack = vec![id];
        while let Some(id) = stack.pop() {
            stack.extend(self.predecessors(id).into_iter().filter(|one| found.insert(*one)));
        }
        found.remove(&id);
        found
    }

    /// All records, by id; abolished ones too.
    pub fn records(&self) -> &BTreeMap<AreaId, Arc<AreaRecord>> {
        &self.records
    }

    pub fn by_code(&self, code: &str) -> Option<&Arc<AreaRecord>> {
        self.by_code.get(code).and_then(|id| self.records.get(id))
    }

    /// Areas whose parent is `parent`, by code; abolished ones are nobody's children.
    pub fn children(&self, parent: Option<AreaId>) -> &[AreaId] {
        self.children.get(&parent).map_or(&[], Vec::as_slice)
    }

    /// `top` and everything under it, parents before children, siblings by code; all areas for `None`.
    pub fn under(&self, top: Option<AreaId>) -> Vec<AreaId> {
        let mut found = Vec::new();
        let mut stack: Vec<AreaId> = match top {
            Some(top) => vec![top],
            None => self.children(None).iter().rev().copied().collect(),
        };
        while let Some(area) = stack.pop() {
            found.push(area);
            stack.extend(self.children(Some(area)).iter().rev());
        }
        found
    }

    /// Communities under `top` (itself, when it is one), in the order of [`Areas::under`].
    pub fn communities(&self, top: Option<AreaId>) -> Vec<AreaId> {
        let mut found = self.under(top);
        found.retain(|area| self.records[area].level == Level::Community);
        found
    }

    pub fn ground(&self) -> &Arc<AreaGround> {
        &self.ground
    }

    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    pub fn seam_extents(&self) -> &[Extent] {
        &self.seam_extents
    }

    /// Borders of all areas of `level` as walks along seams; a group is the number of an area.
    pub fn rings(&self, level: Level) -> &Rings {
        &self.rings[level as usize]
    }

    /// Borders of the enclosed ground that belongs to no area; a group is the number of a cell.
    pub fn gap_rings(&self) -> &Rings {
        &self.rings[Level::ALL.len()]
    }

    pub fn shape(&self, id: AreaId) -> Option<&AreaShape> {
        self.shapes.get(&id)
    }

    pub fn shapes(&self) -> &BTreeMap<AreaId, AreaShape> {
        &self.shapes
    }

    /// Box around all areas; empty before any was imported.
    pub fn extent(&self) -> Extent {
        self.ground.fabric.extent()
    }

    /// Rings of one area; empty when it has no ground. Cost: O(its seams).
    pub fn outline(&self, id: AreaId) -> Vec<Polygon> {
        match self.shapes.get(&id) {
            Some(shape) => {
                outline(&self.ground.fabric, |cell| shape.cells.binary_search(&cell).is_ok())
            }
            None => Vec::new(),
        }
    }

    /// Cells of the area fabric whose box meets `extent`, ascending.
    pub fn cells_meeting(&self, extent: Extent) -> Vec<CellId> {
        let mut cells: Vec<u32> = self.cell_index.meeting(extent).collect();
        cells.sort_unstable();
        cells.into_iter().map(|cell| CellId::from_index(cell as usize)).collect()
    }

    pub fn cell_extent(&self, cell: CellId) -> Extent {
        self.cell_extents[cell.index()]
    }

    /// The lowest area that holds `pin`; on a border the one with the lower code.
    pub fn at(&self, pin: Pin) -> Option<AreaId> {
        let color = |cell: Option<CellId>| cell.and_then(|cell| self.ground.colors[cell.index()]);
        match self.blocks.locate(&self.ground.fabric, pin) {
            Spot::In(cell) => color(Some(cell)),
            Spot::Outside => None,
            Spot::On(seam) => {
                let seam = self.ground.fabric.seam(seam);
                let sides = [color(seam.left), color(seam.right)];
                sides.into_iter().flatten().min_by(|a, b| self.by_code_order(*a, *b))
            }
        }
    }

    /// Order by official code.
    pub fn by_code_order(&self, a: AreaId, b: AreaId) -> Ordering {
        let code = |id: AreaId| self.records.get(&id).map(|record| &record.code);
        code(a).cmp(&code(b)).then(a.cmp(&b))
    }

    /// The area fabric as ground to settle buildings on.
    pub fn as_ground(&self) -> Ground<'_, AreaId> {
        Ground { fabric: &self.ground.fabric, blocks: &self.blocks, colors: &self.ground.colors }
    }
}
