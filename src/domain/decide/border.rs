//! Shared borders in the making: the area fabric and every cut, kept pin for pin and knot for knot alike.
//!
//! A cut woven inside a border may bring new pins and knots to it; [`Border::put`] sews them into the
//! areas' own fabric and into the cuts across the border. Knows nothing of rows and files.
//!
//! **Why** the area fabric lies in pieces meanwhile: then a community costs what is around it, and not
//! the whole city once a community.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::Draft;
use crate::domain::change::{AreaGround, Fact, Turned};
use crate::domain::fabric::outline::outline;
use crate::domain::fabric::stitch::{Insert, knots_on, sorted, split_at, stitch, turn_the_one_way};
use crate::domain::fabric::{Fabric, NewSeam};
use crate::domain::ids::{AreaId, CellId, PlanId};
use crate::domain::place::{Pin, Polygon};
use crate::domain::plan::Cut;

/// The border between communities while their cuts are made.
pub(super) struct Border {
    ground: Arc<AreaGround>,
    cells: HashMap<AreaId, Vec<CellId>>,
    pieces: Pieces,
    is_sewn: bool,
    cuts: BTreeMap<(PlanId, AreaId), Arc<Cut>>,
}

impl Border {
    pub(super) fn new(ground: Arc<AreaGround>, cuts: BTreeMap<(PlanId, AreaId), Arc<Cut>>) -> Self {
        let mut cells: HashMap<AreaId, Vec<CellId>> = HashMap::new();
        for cell in ground.fabric.cells() {
            if let Some(area) = ground.colors[cell.index()] {
                cells.entry(area).or_default().push(cell);
            }
        }
        let pieces = Pieces::new(&ground.fabric);
        Self { ground, cells, pieces, is_sewn: false, cuts }
    }

    pub(super) fn cuts(&self) -> &BTreeMap<(PlanId, AreaId), Arc<Cut>> {
        &self.cuts
    }

    /// Rings of one community as its border stands now. Cost: O(its seams).
    pub(super) fn outline(&self, community: AreaId) -> Vec<Polygon> {
        let (_, around) = self.around(community);
        outline(&around, |cell| self.ground.colors[cell.index()] == Some(community))
    }

    /// Takes in a cut woven inside the border and sews the other side to it.
    pub(super) fn put(&mut self, plan: PlanId, community: AreaId, cut: Cut, inserted: &[Insert]) {
        let extent = cut.fabric.extent();
        let mut knots: HashSet<Pin> = knots_on(&cut.fabric).into_iter().collect();
        let sewn =
            |fabric: &Fabric, knots: &HashSet<Pin>| split_at(&stitch(fabric, inserted), knots);
        // The other sides' knots on this border become this cut's knots, and the other way round.
        let (numbers, around) = self.around(community);
        let theirs = self.pieces.knots_of(&around);
        let fabric = split_at(&cut.fabric, &theirs);
        self.cuts.insert((plan, community), Arc::new(Cut { fabric: Arc::new(fabric), ..cut }));
        for (key, other) in &mut self.cuts {
            if *key != (plan, community) && other.fabric.extent().meets(&extent) {
                let fabric = sewn(&other.fabric, &knots);
                if fabric != *other.fabric {
                    *other = Arc::new(Cut { fabric: Arc::new(fabric), ..Cut::clone(other) });
                }
            }
        }
        // Torn from the rest, a seam cannot tell that its ends are knots.
        knots.extend(theirs);
        self.pieces.replace(&numbers, sewn(&around, &knots).to_new_seams());
        self.is_sewn = true;
    }

    /// Writes what became different from the world: the ground of areas and cuts.
    pub(super) fn write(self, draft: &mut Draft<'_>) {
        let mut ground = self.ground;
        if self.is_sewn {
            let fabric = Arc::new(self.pieces.join(&ground.fabric));
            ground = Arc::new(AreaGround { fabric, ..AreaGround::clone(&ground) });
        }
        let held = draft.world.areas().ground();
        if **held != *ground {
            let before = Some(Arc::clone(held)).filter(|held| held.fabric.n_seams() > 0);
            draft.fact(Fact::AreaGround(Turned::new(before, Some(ground))));
        }
        for ((plan, community), cut) in self.cuts {
            let before = draft.world.plans().cut(plan, community).cloned();
            if before.as_deref() != Some(&*cut) {
                draft.fact(Fact::Cut(plan, community, Turned::new(before, Some(cut))));
            }
        }
    }

    /// Numbers of the seams around a community, and a fabric of them alone; cells keep their numbers.
    fn around(&self, community: AreaId) -> (Vec<usize>, Fabric) {
        let cells = self.cells.get(&community).map_or(&[][..], Vec::as_slice);
        let numbers = self.pieces.around(cells);
        let seams = numbers.iter().filter_map(|number| self.pieces.seams[*number].clone());
        let fabric = Fabric::new(&sorted(seams.collect()), self.ground.fabric.n_cells() as u32);
        (numbers, fabric)
    }
}

/// The seams of a fabric in no order, to be replaced a few at a time.
struct Pieces {
    /// `None` where a seam was replaced.
    seams: Vec<Option<NewSeam>>,
    /// Numbers of the seams around each cell.
    around: Vec<Vec<usize>>,
    /// How many seams end at a pin.
    n_ends: HashMap<Pin, u32>,
}

impl Pieces {
    fn new(fabric: &Fabric) -> Self {
        let mut pieces = Self {
            seams: Vec::with_capacity(fabric.n_seams()),
            around: vec![Vec::new(); fabric.n_cells()],
            n_ends: HashMap::new(),
        };
        fabric.to_new_seams().into_iter().for_each(|seam| pieces.add(seam));
        pieces
    }

    fn add(&mut self, seam: NewSeam) {
        for pin in ends(&seam.pins) {
            *self.n_ends.entry(pin).or_default() += 1;
        }
        for cell in [seam.left, seam.right].into_iter().flatten() {
            self.around[cell.index()].push(self.seams.len());
        }
        self.seams.push(Some(seam));
    }

    fn around(&self, cells: &[CellId]) -> Vec<usize> {
        let mut numbers: Vec<usize> =
            cells.iter().flat_map(|cell| &self.around[cell.index()]).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn replace(&mut self, numbers: &[usize], seams: Vec<NewSeam>) {
        for number in numbers {
            let seam = self.seams[*number].take().expect("numbers name seams that are there");
            for pin in ends(&seam.pins) {
                *self.n_ends.entry(pin).or_default() -= 1;
            }
            for cell in [seam.left, seam.right].into_iter().flatten() {
                self.around[cell.index()].retain(|other| other != number);
            }
        }
        seams.into_iter().for_each(|seam| self.add(seam));
    }

    /// Where the seams of `part` end. A loop that meets no other seam has no end.
    fn knots_of(&self, part: &Fabric) -> HashSet<Pin> {
        let is_free = |[first, last]: [Pin; 2]| first == last && self.n_ends[&first] == 2;
        let all = part.seams().map(|seam| ends(seam.pins));
        all.filter(|ends| !is_free(*ends)).flatten().collect()
    }

    /// The whole fabric again, with the cells of `before`.
    fn join(self, before: &Fabric) -> Fabric {
        let mut seams: Vec<NewSeam> = self.seams.into_iter().flatten().collect();
        seams.iter_mut().for_each(turn_the_one_way);
        Fabric::new(&sorted(seams), before.n_cells() as u32)
    }
}

fn ends(pins: &[Pin]) -> [Pin; 2] {
    [pins[0], pins[pins.len() - 1]]
}
