//! Plans, their grids' identities, their logs, and which plan counts where.
//!
//! Each plan is a book of its own behind a pointer: a change of one draft copies that draft's book and
//! nothing of the other plans, so its cost does not grow with the city.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub use crate::domain::plan::PlanChoice;

use crate::domain::ids::{AreaId, Code, GridKey, PlanId};
use crate::domain::measure::Revision;
use crate::domain::plan::log::Entry;
use crate::domain::plan::{Cut, Grid, Plan, Status};

/// One plan with its grids, cuts and log.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Book {
    pub(super) plan: Option<Arc<Plan>>,
    pub(super) grids: BTreeMap<GridKey, Arc<Grid>>,
    pub(super) cuts: BTreeMap<AreaId, Arc<Cut>>,
    /// Oldest first.
    pub(super) log: Vec<Arc<Entry>>,
    by_code: HashMap<Code, GridKey>,
}

impl Book {
    pub(super) fn set_grid(&mut self, key: GridKey, grid: Option<Arc<Grid>>) {
        if let Some(old) = self.grids.get(&key)
            && self.by_code.get(&old.code) == Some(&key)
        {
            self.by_code.remove(&old.code);
        }
        match grid {
            Some(grid) => {
                self.by_code.insert(grid.code.clone(), key);
                self.grids.insert(key, grid);
            }
            None => {
                self.grids.remove(&key);
            }
        }
    }

    pub(super) fn set_entry(&mut self, revision: Revision, entry: Option<Arc<Entry>>) {
        let at = self.log.binary_search_by_key(&revision, |known| known.revision);
        match (at, entry) {
            (Ok(at), Some(entry)) => self.log[at] = entry,
            (Ok(at), None) => {
                self.log.remove(at);
            }
            (Err(at), Some(entry)) => self.log.insert(at, entry),
            (Err(_), None) => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.plan.is_none() && self.grids.is_empty() && self.cuts.is_empty() && self.log.is_empty()
    }
}

/// All plans with their grids and cuts.
#[derive(Clone, Debug, Default)]
pub struct Plans {
    books: BTreeMap<PlanId, Arc<Book>>,
    current: Arc<BTreeMap<AreaId, PlanId>>,
}

impl Plans {
    /// The book of `plan`, to be changed.
    pub(super) fn book_mut(&mut self, plan: PlanId) -> &mut Book {
        Arc::make_mut(self.books.entry(plan).or_default())
    }

    /// Drops what became empty; with `in_force` says anew which plan counts where.
    pub(super) fn derive(&mut self, in_force: bool) {
        self.books.retain(|_, book| !book.is_empty());
        if !in_force {
            return;
        }
        let mut current: BTreeMap<AreaId, PlanId> = BTreeMap::new();
        let rank = |id: &PlanId| (self.get(*id).and_then(|plan| plan.effective_from), *id);
        for (id, book) in &self.books {
            if book.plan.as_ref().is_none_or(|plan| plan.status != Status::Published) {
                continue;
            }
            for area in book.cuts.keys() {
                match current.get(area) {
                    Some(held) if rank(held) >= rank(id) => {}
                    _ => {
                        current.insert(*area, *id);
                    }
                }
            }
        }
        self.current = Arc::new(current);
    }

    pub fn get(&self, plan: PlanId) -> Option<&Arc<Plan>> {
        self.books.get(&plan)?.plan.as_ref()
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<Plan>> {
        self.books.values().filter_map(|book| book.plan.as_ref())
    }

    pub fn grid(&self, plan: PlanId, key: GridKey) -> Option<&Arc<Grid>> {
        self.books.get(&plan)?.grids.get(&key)
    }

    /// Grids of a plan, by key.
    pub fn grids(&self, plan: PlanId) -> impl Iterator<Item = &Arc<Grid>> {
        self.books.get(&plan).into_iter().flat_map(|book| book.grids.values())
    }

    pub fn key_of(&self, plan: PlanId, code: &str) -> Option<GridKey> {
        self.books.get(&plan)?.by_code.get(code).copied()
    }

    pub fn cut(&self, plan: PlanId, community: AreaId) -> Option<&Arc<Cut>> {
        self.books.get(&plan)?.cuts.get(&community)
    }

    /// All cuts of all plans, by plan and community.
    pub fn cuts(&self) -> impl Iterator<Item = ((PlanId, AreaId), &Arc<Cut>)> {
        self.books
            .iter()
            .flat_map(|(plan, book)| book.cuts.iter().map(move |(area, cut)| ((*plan, *area), cut)))
    }

    /// Communities a plan divides, ascending.
    pub fn areas(&self, plan: PlanId) -> impl Iterator<Item = AreaId> + '_ {
        self.books.get(&plan).into_iter().flat_map(|book| book.cuts.keys().copied())
    }

    /// What was done to a plan, oldest first.
    pub fn log(&self, plan: PlanId) -> &[Arc<Entry>] {
        self.books.get(&plan).map_or(&[], |book| &book.log)
    }

    /// Revision of the newest change of a plan.
    pub fn revision_of(&self, plan: PlanId) -> Revision {
        let logged = self.log(plan).last().map(|entry| entry.revision);
        logged.max(self.get(plan).map(|plan| plan.revision)).unwrap_or_default()
    }

    /// Whether a plan was drawn here rather than imported: its shapes alone say whose a building is.
    pub fn is_drawn(&self, plan: PlanId) -> bool {
        !self.log(plan).is_empty()
    }

    /// Plan in force in each community that has one.
    pub fn current(&self) -> &BTreeMap<AreaId, PlanId> {
        &self.current
    }

    pub fn current_of(&self, community: AreaId) -> Option<PlanId> {
        self.current.get(&community).copied()
    }

    /// Order of two grids of one plan by code.
    pub fn by_code_order(&self, plan: PlanId, a: GridKey, b: GridKey) -> Ordering {
        let code = |key: GridKey| self.grid(plan, key).map(|grid| &grid.code);
        code(a).cmp(&code(b)).then(a.cmp(&b))
    }

    /// Whether both hold the same, pointers aside.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        self.books == other.books && self.current == other.current
    }
}
