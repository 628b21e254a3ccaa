//! What is looked at before a plan is submitted and before it counts.
//!
//! Stops are laws: ground without a grid, a grid in pieces, a building without a grid, a grid without a
//! building. Everything else is a warning, which may be accepted with a reason. A gap is a stop that may
//! be declared the same way: a lake belongs to nobody.
//!
//! **Why** a building without a position is a warning: no drawing mends it, and a plan is not kept from
//! counting by a row of a register.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::fabric::Barrier;
use crate::domain::finding::{Place, Subject};
use crate::domain::ids::{Code, GridKey, PlanId};
use crate::domain::indicators::coverage::{Size, size_of};
use crate::domain::issue::Severity;
use crate::domain::place::Pin;
use crate::domain::placement::Reason;
use crate::domain::plan::review::Accepted;
use crate::domain::plan::{Grid, Plan, Status};
use crate::domain::register::rows::GridKind;
use crate::domain::world::{PlanChoice, Profile, Shard, World};

/// Gaps up to this many square metres are slips of the border.
const SMALL_GAP_M2: f64 = 1.0;
/// Households of a grid may differ from the community's mean by so many per cent.
const BALANCE_PERCENT: i64 = 30;
/// So much of a grid's border should run along something real, where the community has it.
const BARRIER_SHARE: f64 = 0.5;
/// Of the households of a grid that reach a station, so many per cent should reach the same one.
const SHARED_PERCENT: i64 = 80;
/// Buildings are listed one by one up to here.
const MAX_BUILDINGS: usize = 1_000;

/// The tool that mends something, as the page calls it, and what it works on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mend {
    pub tool: Option<&'static str>,
    pub grid: Option<Code>,
    pub buildings: Vec<Code>,
}

/// One thing found.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    /// The same while the thing is the same.
    pub key: Box<str>,
    /// One of `issue::CODES`.
    pub code: &'static str,
    pub severity: Severity,
    pub area: Option<Code>,
    pub subject: Subject,
    pub place: Place,
    /// Households, square metres, pieces, per cent: whatever the words speak of.
    pub figure: Option<f64>,
    pub mend: Mend,
    pub accepted: Option<Arc<Accepted>>,
}

impl Check {
    /// Whether it keeps the plan from going on.
    pub fn is_in_the_way(&self) -> bool {
        self.severity == Severity::Stop && self.accepted.is_none()
    }

    pub fn can_be_accepted(&self) -> bool {
        self.severity == Severity::Warning || self.code == "fabric.gap"
    }
}

/// Everything worth a look in a plan, stops first. Cost: O(buildings and cells) of its communities.
pub fn checks(world: &World, plan: PlanId) -> Vec<Check> {
    let mut found = Found { world, plan, checks: Vec::new() };
    for shard in world.shards(PlanChoice::Plan(plan)) {
        found.add_gaps(shard);
        found.add_buildings(shard);
        found.add_grids(shard, &world.profile_of(shard.community));
    }
    if let Some(held) = world.plans().get(plan).filter(|held| is_behind(world, held)) {
        let subject = Subject::Nothing;
        found.add("plan.behind", Severity::Warning, None, (subject, ""), Place::Nowhere, None);
        debug_assert!(matches!(held.status, Status::Draft | Status::InReview));
    }
    let areas = world.plans().get(plan).map_or(&[][..], |held| &held.areas);
    for record in areas.iter().filter_map(|area| world.areas().get(*area)) {
        if record.is_abolished() {
            let about = (Subject::Area(record.id), record.code.as_str());
            let stop = Severity::Stop;
            found.add("plan.area-abolished", stop, None, about, Place::Nowhere, None);
        }
    }
    let accepted = world.plans().accepted(plan);
    for check in &mut found.checks {
        check.accepted = accepted.get(&check.key).cloned();
    }
    found.checks.sort_by(|a, b| {
        let rank = |check: &Check| (std::cmp::Reverse(check.severity), check.code);
        rank(a).cmp(&rank(b)).then_with(|| a.key.cmp(&b.key))
    });
    found.checks
}

/// Whether something newer than what a draft started from counts in one of its communities.
pub fn is_behind(world: &World, plan: &Plan) -> bool {
    if !matches!(plan.status, Status::Draft | Status::InReview) {
        return false;
    }
    let plans = world.plans();
    plans.origin(plan.id).is_some_and(|origin| {
        let mut in_force = plan.areas.iter().filter_map(|area| plans.current_of(*area));
        in_force.any(|held| plans.rank(held) > plans.rank(origin))
    })
}

struct Found<'a> {
    world: &'a World,
    plan: PlanId,
    checks: Vec<Check>,
}

impl Found<'_> {
    /// `about` is the subject and how the key names it.
    fn add(
        &mut self,
        code: &'static str,
        severity: Severity,
        shard: Option<&Shard>,
        about: (Subject, &str),
        place: Place,
        figure: Option<f64>,
    ) -> &mut Check {
        let area = shard.and_then(|shard| self.world.areas().get(shard.community));
        let area = area.map(|record| record.code.clone());
        let community = area.as_ref().map_or("-", Code::as_str);
        let key = format!("{code}/{community}/{}", about.1).into();
        let (subject, mend) = (about.0, Mend::default());
        let check =
            Check { key, code, severity, area, subject, place, figure, mend, accepted: None };
        self.checks.push(check);
        self.checks.last_mut().expect("was pushed")
    }

    fn add_gaps(&mut self, shard: &Shard) {
        for gap in &shard.ground.gaps {
            let area = gap.area.square_meters();
            if area <= SMALL_GAP_M2 {
                continue;
            }
            let Pin { x, y } = gap.label;
            let place = Place::Cell(self.plan, shard.community, gap.cell);
            let about = (Subject::Area(shard.community), &*format!("{x},{y}"));
            let check =
                self.add("fabric.gap", Severity::Stop, Some(shard), about, place, Some(area));
            check.mend.tool = Some("lasso");
        }
    }

    fn add_buildings(&mut self, shard: &Shard) {
        let Some(housing) = self.world.town().housing(Some(shard.community)) else { return };
        let homes = &housing.homes;
        let mut n_told = 0;
        for row in 0..homes.len() {
            let (code, severity) = match shard.placements[row].reason {
                Reason::Gap => ("placement.gap", Severity::Stop),
                Reason::NoPosition => ("placement.no-position", Severity::Warning),
                Reason::Outside => ("placement.outside", Severity::Warning),
                Reason::OutsideStatedArea => ("placement.outside-stated-area", Severity::Warning),
                Reason::Override | Reason::List | Reason::Shape | Reason::OnEdge => continue,
            };
            n_told += 1;
            if n_told > MAX_BUILDINGS {
                return;
            }
            let place = homes.pin(row).map_or(Place::Nowhere, Place::At);
            let about = (Subject::Building(homes.id(row)), homes.code(row));
            let check = self.add(code, severity, Some(shard), about, place, None);
            check.mend.buildings = Code::new(homes.code(row)).into_iter().collect();
            check.mend.tool = (code == "placement.gap").then_some("paint");
        }
    }

    fn add_grids(&mut self, shard: &Shard, profile: &Profile) {
        let grids: Vec<(GridKey, Arc<Grid>)> = shard
            .tallies
            .keys()
            .filter_map(|key| Some((*key, Arc::clone(self.world.plans().grid(self.plan, *key)?))))
            .collect();
        let general: Vec<GridKey> = grids
            .iter()
            .filter(|(_, grid)| grid.kind == GridKind::General)
            .map(|(key, _)| *key)
            .collect();
        let sum: i64 = general.iter().map(|key| shard.tallies[key].households.get()).sum();
        let has_barriers = shard.ground.cut.fabric.seams().any(|one| one.barrier != Barrier::None);
        let apart = self.apart(shard);
        for (key, grid) in &grids {
            let households = shard.tallies[key].households.get();
            self.add_size(shard, grid, profile);
            let pieces = shard.ground.pieces(*key);
            if pieces > 1 && !grid.is_detached {
                let figure = Some(f64::from(pieces));
                self.of_grid("grid.in-pieces", Severity::Stop, shard, grid, figure, Some("paint"));
            }
            if grid.manager.is_empty() {
                self.of_grid("grid.no-manager", Severity::Warning, shard, grid, None, None);
            }
            let share = shard.ground.shapes.get(key).and_then(|shape| shape.barrier_share());
            if let Some(share) = share.filter(|share| has_barriers && *share < BARRIER_SHARE) {
                let (figure, tool) = (Some((share * 100.0).round()), Some("reshape"));
                self.of_grid("grid.off-barriers", Severity::Warning, shard, grid, figure, tool);
            }
            if let Some(missed) = apart.get(key) {
                let (figure, tool) = (Some(*missed as f64), Some("sweep"));
                self.of_grid("grid.stations-apart", Severity::Warning, shard, grid, figure, tool);
            }
            let n = general.len() as i64;
            // Households × n against the sum: the mean without dividing.
            let off = (households * n - sum).abs() * 100;
            if general.contains(key) && sum > 0 && off > BALANCE_PERCENT * sum {
                let (figure, tool) = (Some(households as f64), Some("sweep"));
                self.of_grid("grid.unbalanced", Severity::Warning, shard, grid, figure, tool);
            }
        }
    }

    /// Households that do not reach the station most of their grid reaches, though another one: of grids
    /// where these are many.
    fn apart(&self, shard: &Shard) -> BTreeMap<GridKey, i64> {
        let stations = self.world.stations();
        let housing = self.world.town().housing(Some(shard.community));
        let Some(housing) = housing.filter(|_| !stations.is_empty()) else {
            return BTreeMap::new();
        };
        let (homes, reach) = (&housing.homes, self.world.station_reach());
        // Of each grid: households that reach any station, and those that reach each.
        let mut served: BTreeMap<GridKey, (i64, BTreeMap<usize, i64>)> = BTreeMap::new();
        for row in 0..homes.len() {
            let households = i64::from(homes.counts(row).households);
            let placed = shard.placements[row].grid.zip(homes.pin(row));
            let Some((key, pin)) = placed.filter(|_| households > 0) else { continue };
            let (any, each) = served.entry(key).or_default();
            let mut is_served = false;
            for station in stations.within(pin, reach) {
                *each.entry(station).or_default() += households;
                is_served = true;
            }
            *any += if is_served { households } else { 0 };
        }
        let missed = served.into_iter().map(|(key, (any, each))| {
            let most = each.into_values().max().unwrap_or(0);
            (key, any, any - most)
        });
        let many = missed.filter(|(_, any, missed)| missed * 100 > any * (100 - SHARED_PERCENT));
        many.map(|(key, _, missed)| (key, missed)).collect()
    }

    fn add_size(&mut self, shard: &Shard, grid: &Arc<Grid>, profile: &Profile) {
        let tally = &shard.tallies[&grid.key];
        let is_general = grid.kind == GridKind::General;
        let (code, severity, tool) = match size_of(tally, profile) {
            // A park may be a grid of its own.
            Size::Empty if is_general => ("grid.empty", Severity::Stop, "merge"),
            Size::Empty => ("grid.empty", Severity::Warning, "merge"),
            Size::Small => ("grid.small", Severity::Warning, "merge"),
            Size::Large => ("grid.large", Severity::Warning, "sweep"),
            Size::Overloaded => ("grid.overloaded", Severity::Warning, "split"),
            Size::InBand => return,
        };
        let figure = Some(tally.households.get() as f64);
        self.of_grid(code, severity, shard, grid, figure, Some(tool));
    }

    fn of_grid(
        &mut self,
        code: &'static str,
        severity: Severity,
        shard: &Shard,
        grid: &Arc<Grid>,
        figure: Option<f64>,
        tool: Option<&'static str>,
    ) {
        let place = Place::Grid(self.plan, shard.community, grid.key);
        let about = (Subject::Grid(self.plan, grid.key), grid.code.as_str());
        let check = self.add(code, severity, Some(shard), about, place, figure);
        check.mend = Mend { tool, grid: Some(grid.code.clone()), buildings: Vec::new() };
    }
}
