//! Plans, their grids' identities, their logs, and which plan counts where.
//!
//! Each plan is a book of its own behind a pointer: a change of one draft copies that draft's book and
//! nothing of the other plans, so its cost does not grow with the city. A plan of the past sleeps: its
//! record is here, its ground in the store, until somebody asks for it.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

pub use crate::domain::plan::PlanChoice;

use crate::domain::ids::{AreaId, Code, GridKey, PlanId};
use crate::domain::measure::{Day, Revision};
use crate::domain::plan::log::Entry;
use crate::domain::plan::review::{Accepted, Comment};
use crate::domain::plan::{Cut, Grid, Plan, calendar};

/// One plan with its grids, cuts and log.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Book {
    pub(super) plan: Option<Arc<Plan>>,
    pub(super) grids: BTreeMap<GridKey, Arc<Grid>>,
    pub(super) cuts: BTreeMap<AreaId, Arc<Cut>>,
    /// Oldest first.
    pub(super) log: Vec<Arc<Entry>>,
    pub(super) accepted: BTreeMap<Box<str>, Arc<Accepted>>,
    pub(super) comments: BTreeMap<u32, Arc<Comment>>,
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

    /// Lets go of the ground of all but some communities; without any left, of all but the record.
    fn rest(&mut self, is_awake: impl Fn(AreaId) -> bool) {
        self.cuts.retain(|area, _| is_awake(*area));
        let gone: Vec<GridKey> = self
            .grids
            .values()
            .filter(|grid| !is_awake(grid.community))
            .map(|grid| grid.key)
            .collect();
        gone.into_iter().for_each(|key| self.set_grid(key, None));
        if self.cuts.is_empty() {
            self.log.clear();
            self.accepted.clear();
            self.comments.clear();
        }
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

    /// Drops what became empty; with `in_force` says anew which plan counts where on `day`.
    pub(super) fn derive(&mut self, in_force: bool, day: Option<Day>) {
        self.books.retain(|_, book| !book.is_empty());
        if in_force {
            let current = calendar::in_force(self.records(), day);
            if *self.current != current {
                self.current = Arc::new(current);
            }
        }
    }

    /// All plans' records, oldest first.
    fn records(&self) -> impl Iterator<Item = &Plan> + Clone {
        self.books.values().filter_map(|book| book.plan.as_deref())
    }

    /// Puts to sleep the ground of plans that are over. True when there was any.
    pub(super) fn rest(&mut self, day: Option<Day>) -> bool {
        let awake = calendar::awake(self.records(), day);
        let over: Vec<PlanId> = self
            .books
            .iter()
            .filter(|(plan, book)| {
                // A book without a record is not for us to judge.
                book.plan.is_some()
                    && book.cuts.keys().any(|area| !awake.contains(&(**plan, *area)))
            })
            .map(|(plan, _)| *plan)
            .collect();
        for plan in &over {
            self.book_mut(*plan).rest(|area| awake.contains(&(*plan, area)));
        }
        !over.is_empty()
    }

    /// Of the communities a plan divides those whose ground sleeps in the store.
    pub fn asleep(&self, plan: PlanId) -> impl Iterator<Item = AreaId> + '_ {
        let book = self.books.get(&plan);
        let areas = book.and_then(|book| book.plan.as_ref()).map_or(&[][..], |plan| &plan.areas);
        areas
            .iter()
            .copied()
            .filter(move |area| book.is_some_and(|book| !book.cuts.contains_key(area)))
    }

    /// Which plan counts where on `day`.
    pub fn in_force_on(&self, day: Option<Day>) -> BTreeMap<AreaId, PlanId> {
        calendar::in_force(self.records(), day)
    }

    /// What counts somewhere on some day at or after `day`: now or still to come.
    pub fn to_come(&self, day: Option<Day>) -> impl Iterator<Item = &Arc<Plan>> {
        self.all().filter(move |plan| plan.is_published() && !calendar::has_come(plan, day))
    }

    /// The published plan a draft goes back to, past drafts that were based on drafts.
    pub fn origin(&self, plan: PlanId) -> Option<PlanId> {
        let mut base = self.get(plan)?.based_on?;
        loop {
            let held = self.get(base)?;
            if held.is_published() {
                return Some(base);
            }
            // A plan is based on older ones only, so this ends.
            base = held.based_on.filter(|next| *next < base)?;
        }
    }

    /// Of two plans that divide a community the one with the higher rank counts, once its day has come.
    pub fn rank(&self, plan: PlanId) -> (Option<Day>, PlanId) {
        (self.get(plan).and_then(|held| held.effective_from), plan)
    }

    /// Plans that were started from `plan`.
    pub fn followers(&self, plan: PlanId) -> impl Iterator<Item = &Arc<Plan>> {
        self.all().filter(move |other| other.based_on == Some(plan))
    }

    /// Warnings somebody accepted, by their keys.
    pub fn accepted(&self, plan: PlanId) -> &BTreeMap<Box<str>, Arc<Accepted>> {
        const NONE: &BTreeMap<Box<str>, Arc<Accepted>> = &BTreeMap::new();
        self.books.get(&plan).map_or(NONE, |book| &book.accepted)
    }

    /// Comments by their numbers.
    pub fn comments(&self, plan: PlanId) -> &BTreeMap<u32, Arc<Comment>> {
        const NONE: &BTreeMap<u32, Arc<Comment>> = &BTreeMap::new();
        self.books.get(&plan).map_or(NONE, |book| &book.comments)
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
        self.get(plan).is_some_and(|plan| plan.is_drawn)
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
