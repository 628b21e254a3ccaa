//! `lifang divide --community … | --all`: a draft plan whose grids the engine proposes.
//!
//! A draft is started as a planner would start it, communities are divided side by side, and what came
//! of them goes through the desk as ordinary edits that undo takes back. A community whose division the
//! desk refuses keeps its grids, and is told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use clap::Args;
use serde_json::{Value, json};

use super::Options;
use super::progress::{Progress, Watcher};
use super::report::{Report, write_json};
use super::units::Units;
use crate::cli::words::say;
use crate::cli::{Database, Done, Failure, area_choice};
use crate::desk::{Desk, DeskError};
use crate::divide::community::{Proposal, Reach, Weigh, Wish, plot, propose, reach_of};
use crate::divide::{Aim, Count, Impossible, Measures, Stop};
use crate::domain::decide::edits::{StartPlan, prepare};
use crate::domain::decide::{Command, Refusal};
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::measure::Length;
use crate::domain::plan::PlanChoice;
use crate::domain::plan::edit::{Edit, Repair, Stroke};
use crate::domain::register::area::Level;
use crate::domain::rights::Actor;
use crate::domain::world::World;

/// Who does it, in the plan's log.
const WHO: &str = "divide";

#[derive(Debug, Args)]
pub(super) struct Draft {
    #[command(flatten)]
    database: Database,
    /// Title of the draft
    #[arg(long, value_name = "NAME")]
    plan: Option<String>,
    /// Buildings of one estate stay together
    #[arg(long)]
    bind_estates: bool,
    /// How much each counts, as in households=1,buildings=2; also persons and area (of 100 m²)
    #[arg(long, value_name = "WHAT=N,…", conflicts_with = "weight")]
    mix: Option<String>,
    /// Households of a grid share an open station not farther than this, in a straight line, where they can
    #[arg(long, value_name = "METRES")]
    reach: Option<f64>,
    /// Least, target and most of communities of one kind, as in vc=150:200:250; may be said of each kind
    #[arg(long, value_name = "KIND=MIN:TARGET:MAX")]
    band: Vec<String>,
}

/// A size band for one kind of community.
type KindBand = (String, Count);

/// What came of one community.
struct Divided {
    area: AreaId,
    seconds: f64,
    outcome: Result<Proposal, Impossible>,
}

impl Draft {
    pub(super) fn run(
        &self,
        codes: &[String],
        units: &Units,
        options: &Options,
    ) -> Result<Done, Failure> {
        let stop = options.stop()?;
        let desk = self.database.desk()?;
        let world = desk.world();
        let areas = communities(&world, codes)?;
        let wishes = self.wishes(&world, &areas, units, options)?;
        let plan = self.start(&desk, &world, areas.clone(), wishes.first())?;
        let world = desk.world();
        let start = Instant::now();
        let wishes: Vec<_> = areas.into_iter().zip(wishes).collect();
        let found = divide_all(&world, plan, &wishes, options.n_threads(), &stop);
        let seconds = start.elapsed().as_secs_f64();
        let refused = apply(&desk, plan, &found)?;
        let report = Summary { world: &world, plan, found: &found, refused: &refused, seconds };
        if let Some(path) = &options.report {
            write_json(path, &report.json())?;
        }
        if options.json {
            println!("{}", serde_json::to_string_pretty(&report.json()).map_err(Failure::of)?);
        } else {
            report.print();
        }
        Ok(if report.is_clean() { Done::Clean } else { Done::WithProblems })
    }

    /// The wish for each community, in the order of `areas`.
    fn wishes(
        &self,
        world: &World,
        areas: &[AreaId],
        units: &Units,
        options: &Options,
    ) -> Result<Vec<Wish>, Failure> {
        let weigh = self.weigh(units)?;
        let hard = options.hard()?;
        let (bands, reach) = (self.bands(world)?, self.reach(world)?);
        let wish = |area: &AreaId| {
            let kind = world.areas().get(*area).map_or("", |record| &record.kind);
            let own = bands.iter().find(|(named, _)| *named == *kind).map(|(_, count)| *count);
            let count = match (units.parts, own, options.target) {
                (Some(parts), _, _) => Count::Exactly(parts),
                (None, Some(own), _) => own,
                (None, None, Some(target)) => options.around(target),
                (None, None, None) => {
                    let profile = world.profile_of(*area);
                    let (min, max) = (options.min.unwrap_or(profile.min), options.max);
                    Count::Around { target: profile.target, min, max: max.unwrap_or(profile.max) }
                }
            };
            let mut aim = Aim::new(sound(count)?);
            (aim.seed, aim.hard) = (options.seed, hard);
            Ok(Wish { aim, weigh, is_estate_bound: self.bind_estates, reach })
        };
        areas.iter().map(wish).collect()
    }

    fn reach(&self, world: &World) -> Result<Option<Length>, Failure> {
        let Some(metres) = self.reach else { return Ok(None) };
        if world.stations().is_empty() {
            return Err(Failure(format!("--reach: {}", say("divide.no-stations"))));
        }
        let reach = reach_of(metres);
        reach.map(Some).ok_or_else(|| Failure(format!("--reach: {}", say("divide.bad-reach"))))
    }

    fn weigh(&self, units: &Units) -> Result<Weigh, Failure> {
        if let Some(mix) = &self.mix {
            let known = "households, persons, buildings and area, each 0 to 1000 and not all 0";
            return Weigh::named(mix)
                .map_err(|wrong| Failure(format!("--mix takes {known}, not {wrong:?}")));
        }
        match units.weight.as_deref().unwrap_or("households") {
            "households" => Ok(Weigh::HOUSEHOLDS),
            "persons" => Ok(Weigh::PERSONS),
            "buildings" => Ok(Weigh::BUILDINGS),
            "area" => Ok(Weigh::AREA),
            other => {
                let known = "households, persons, buildings or area";
                Err(Failure(format!("--weight takes {known} here, not {other}")))
            }
        }
    }

    fn bands(&self, world: &World) -> Result<Vec<KindBand>, Failure> {
        let read = |text: &String| {
            let wrong = || Failure(format!("--band takes KIND=MIN:TARGET:MAX, not {text:?}"));
            let (kind, edges) = text.split_once('=').ok_or_else(wrong)?;
            let edges: Vec<i64> =
                edges.split(':').map(str::parse).collect::<Result<_, _>>().map_err(|_| wrong())?;
            let &[min, target, max] = edges.as_slice() else { return Err(wrong()) };
            let is_kind = |area: &AreaId| {
                world.areas().get(*area).is_some_and(|record| *record.kind == *kind)
            };
            if !world.areas().communities(None).iter().any(is_kind) {
                return Err(Failure(format!("--band: no community is of the kind {kind:?}")));
            }
            Ok((kind.to_owned(), sound(Count::Around { target, min, max })?))
        };
        self.band.iter().map(read).collect()
    }

    /// A draft of `areas`, from the plans in force where all of them have one, else from bare ground.
    fn start(
        &self,
        desk: &Desk,
        world: &World,
        areas: Vec<AreaId>,
        wish: Option<&Wish>,
    ) -> Result<PlanId, Failure> {
        let has_plan = |area: &AreaId| world.shard(PlanChoice::Current, *area).is_some();
        let based_on = areas.iter().all(has_plan).then_some(PlanChoice::Current);
        let aim = match wish.map(|wish| wish.aim.count) {
            Some(Count::Exactly(parts)) => format!("{parts}"),
            Some(Count::Around { target, .. }) => format!("~{target}"),
            None => String::new(),
        };
        let title = self.plan.clone().unwrap_or_else(|| format!("divide {aim}"));
        let mut start = StartPlan { title: title.into(), based_on, areas, prepared: Vec::new() };
        start.prepared = prepare(world, &start);
        let done = desk.submit_blocking(Command::Start(Box::new(start)), Actor::local(WHO));
        let done = done.map_err(|error| Failure(told(&error)))?;
        let edited = done.edited.ok_or_else(|| Failure("no draft came into being".to_owned()))?;
        Ok(edited.0.plan)
    }
}

/// A count that can be meant.
fn sound(count: Count) -> Result<Count, Failure> {
    match count {
        Count::Around { target, min, max }
            if !(target >= 1 && 0 <= min && min <= target && target <= max) =>
        {
            Err(Failure::of(Impossible::BadBand { target, min, max }))
        }
        Count::Exactly(_) | Count::Around { .. } => Ok(count),
    }
}

fn communities(world: &World, codes: &[String]) -> Result<Vec<AreaId>, Failure> {
    if codes.is_empty() {
        return Ok(world.areas().communities(None));
    }
    let mut areas = Vec::new();
    for code in codes {
        let area = area_choice(world, Some(code))?.expect("a code was given");
        if world.areas().get(area).is_some_and(|record| record.level != Level::Community) {
            return Err(Failure(format!("{code} is not a community")));
        }
        areas.push(area);
    }
    areas.sort_unstable();
    areas.dedup();
    Ok(areas)
}

/// Communities side by side, in their order whatever the threads.
fn divide_all(
    world: &World,
    plan: PlanId,
    wishes: &[(AreaId, Wish)],
    n_threads: usize,
    stop: &Stop<'_>,
) -> Vec<Divided> {
    let n_inner = if wishes.len() == 1 { n_threads } else { 1 };
    let next = AtomicUsize::new(0);
    let found = Mutex::new(Vec::new());
    let progress = Progress::new(wishes.len());
    std::thread::scope(|scope| {
        for _ in 0..n_threads.min(wishes.len()) {
            scope.spawn(|| {
                while let Some((area, wish)) = wishes.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let area = *area;
                    let mut wish = wish.clone();
                    wish.aim.n_threads = n_inner;
                    let start = Instant::now();
                    let name = world.areas().get(area).map_or("", |record| &record.name);
                    let weights = || plot(world, plan, area, &wish).map(|plot| plot.ground.weights);
                    let watcher = Watcher::new(&progress, name, || weights().unwrap_or_default());
                    let outcome = match propose(world, plan, area, &wish, &watcher.beside(stop)) {
                        Ok(Some(proposal)) => Ok(proposal),
                        Ok(None) => Err(Impossible::NoUnits),
                        Err(why) => Err(why),
                    };
                    let seconds = start.elapsed().as_secs_f64();
                    progress.advance(name);
                    let mut found = found.lock().expect("nobody panics with it");
                    found.push(Divided { area, seconds, outcome });
                }
            });
        }
    });
    progress.end();
    let mut found = found.into_inner().expect("nobody panics with it");
    found.sort_by(|a, b| world.areas().by_code_order(a.area, b.area));
    found
}

/// Does all of it in one edit; where that is refused, community by community. Those refused, and why.
fn apply(desk: &Desk, plan: PlanId, found: &[Divided]) -> Result<Vec<(AreaId, String)>, Failure> {
    let world = desk.world();
    let stroke = |one: &Divided| {
        let proposal = one.outcome.as_ref().ok().filter(|proposal| !proposal.is_as_held())?;
        Some((one.area, proposal.stroke(&world, plan)?))
    };
    let strokes: Vec<(AreaId, Stroke)> = found.iter().filter_map(stroke).collect();
    let submit = |strokes: Vec<Stroke>| {
        let base = desk.world().revision();
        let edit = Edit { plan, base, id: "".into(), strokes, repair: Repair::Refuse };
        desk.submit_blocking(Command::Edit(Box::new(edit)), Actor::local(WHO))
    };
    if strokes.is_empty() {
        return Ok(Vec::new());
    }
    match submit(strokes.iter().map(|(_, stroke)| stroke.clone()).collect()) {
        Ok(_) => return Ok(Vec::new()),
        Err(DeskError::Refused(_)) => {}
        Err(error) => return Err(Failure::of(error)),
    }
    let mut refused = Vec::new();
    for (area, stroke) in strokes {
        match submit(vec![stroke]) {
            Ok(_) => {}
            Err(error @ DeskError::Refused(_)) => refused.push((area, told(&error))),
            Err(error) => return Err(Failure::of(error)),
        }
    }
    Ok(refused)
}

/// A refusal in words.
fn told(error: &DeskError) -> String {
    let faults = match error {
        DeskError::Refused(Refusal::Unsound(faults) | Refusal::Locked(faults)) => faults,
        other => return other.to_string(),
    };
    let mut said: Vec<String> =
        faults.iter().map(|fault| format!("{}: {}", fault.code, say(fault.code))).collect();
    said.dedup();
    said.truncate(5);
    said.join("; ")
}

/// What came of all communities.
struct Summary<'a> {
    world: &'a World,
    plan: PlanId,
    found: &'a [Divided],
    refused: &'a [(AreaId, String)],
    seconds: f64,
}

impl Summary<'_> {
    fn code(&self, area: AreaId) -> String {
        let record = self.world.areas().get(area);
        record.map_or(String::new(), |record| record.code.to_string())
    }

    /// The buildings on a unit, else the number of its cell.
    fn name_of(&self, proposal: &Proposal, unit: u32) -> String {
        let cell = proposal.plot.cells[unit as usize];
        let plan = PlanChoice::Plan(self.plan);
        let names = || {
            let shard = self.world.shard(plan, proposal.area)?;
            let housing = self.world.town().housing(Some(proposal.area))?;
            let terrain = &shard.ground.terrain;
            let row = (0..housing.homes.len()).find(|&row| {
                housing.stands_here(row) && terrain.cell_of(housing, row) == Some(cell)
            })?;
            Some(housing.homes.code(row).to_string())
        };
        names().unwrap_or_else(|| format!("cell {}", cell.get()))
    }

    fn is_clean(&self) -> bool {
        let is_good = |one: &Divided| {
            one.outcome.as_ref().is_ok_and(|proposal| {
                let division = &proposal.division;
                division.certificates.is_empty()
                    && division.unproven.is_empty()
                    && !division.is_cut_short
            })
        };
        self.refused.is_empty() && self.found.iter().all(is_good)
    }

    fn json(&self) -> Value {
        let communities = self.found.iter().map(|one| {
            let mut row = match &one.outcome {
                Err(why) => json!({ "problem": why.code(), "message": why.to_string() }),
                Ok(proposal) => {
                    let name_of = |unit: u32| self.name_of(proposal, unit);
                    let (division, measures) = (&proposal.division, &proposal.measures);
                    let seconds = one.seconds;
                    let report = Report { division, measures, seconds, name_of: &name_of };
                    let mut row = report.json();
                    row["reach"] = json!(self.reach(proposal));
                    row["moved"] = json!(proposal.moved);
                    row["before"] = json!(proposal.before.as_ref().map(in_short));
                    row
                }
            };
            row["community"] = json!(self.code(one.area));
            row["refused"] = json!(self.refusal(one.area));
            row
        });
        json!({
            "plan": self.plan.get(),
            "communities": communities.collect::<Vec<_>>(),
            "seconds": (self.seconds * 1e3).round() / 1e3,
        })
    }

    /// The station of each part, and whom it leaves out.
    fn reach(&self, proposal: &Proposal) -> Option<Value> {
        let reach = proposal.plot.reach.as_ref()?;
        let stations = proposal.measures.parts.iter().map(|part| {
            let shared = part.shared?;
            let row = reach.stations.get(shared.station? as usize)?;
            let code = self.world.stations().get(*row).code.as_str();
            Some(json!({ "code": code, "reached": shared.reached, "missed": shared.missed }))
        });
        Some(json!({
            "metres": reach.within.meters(),
            "households": reach.households,
            "beyond": reach.beyond,
            "missed": proposal.measures.missed(),
            "missed_before": proposal.before.as_ref().map(Measures::missed),
            "stations": stations.collect::<Vec<_>>(),
        }))
    }

    fn refusal(&self, area: AreaId) -> Option<&str> {
        let found = self.refused.iter().find(|(refused, _)| *refused == area);
        found.map(|(_, why)| why.as_str())
    }

    fn print(&self) {
        for one in self.found {
            let code = self.code(one.area);
            match &one.outcome {
                Err(why) => println!("{code}: {why}"),
                Ok(proposal) => {
                    let name_of = |unit: u32| self.name_of(proposal, unit);
                    let (division, measures) = (&proposal.division, &proposal.measures);
                    let seconds = one.seconds;
                    let report = Report { division, measures, seconds, name_of: &name_of };
                    println!("{code}: {}; {} households move", report.text(), proposal.moved);
                    if let Some(reach) = &proposal.plot.reach {
                        println!("{code}: {}", reach_text(reach, &proposal.measures));
                    }
                }
            }
            if let Some(why) = self.refusal(one.area) {
                println!("{code}: not applied: {why}");
            }
        }
        println!(
            "draft {}: {} communities in {:.2} s",
            self.plan.get(),
            self.found.len(),
            self.seconds
        );
    }
}

/// Stations in a line for a person.
fn reach_text(reach: &Reach, measures: &Measures) -> String {
    let Reach { within, stations, households, beyond } = reach;
    format!(
        "{} stations within {:.0} m; {} of {households} households reach one, {} of them not their grid's",
        stations.len(),
        within.meters(),
        households - beyond,
        measures.missed(),
    )
}

/// The grids there were, in the figures a division is judged by.
fn in_short(before: &Measures) -> Value {
    let share = match before.cut.meters() {
        cut if cut > 0.0 => before.along_barriers.meters() / cut,
        _ => 0.0,
    };
    json!({
        "parts": before.parts.len(),
        "deviation_max": (before.deviation_max * 1e6).round() / 1e6,
        "barrier_share": (share * 1e4).round() / 1e4,
        "compactness": (before.mean_compactness() * 1e4).round() / 1e4,
    })
}
