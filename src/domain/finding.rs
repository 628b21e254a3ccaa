//! What is not as it should be, each with a place: the list leaders and planners work from.
//!
//! Findings are computed from the world whenever somebody asks; none is stored, so none can be stale.

use super::ids::{AreaId, BatchId, BuildingId, CellId, GridKey, PlanId};
use super::indicators::coverage::{Size, size_of};
use super::issue::Severity;
use super::measure::{Count, Share};
use super::place::{Pin, Polygon};
use super::placement::Reason;
use super::register::people::Unhoused;
use super::world::{Housing, PlanChoice, Shard, World};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    Nothing,
    Area(AreaId),
    Grid(PlanId, GridKey),
    Building(BuildingId),
    Batch(BatchId),
}

/// Where to look; shapes are fetched by [`geometry`] when they are wanted.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    Nowhere,
    At(Pin),
    /// The outline of an area, a grid, a cell of a cut.
    Area(AreaId),
    Grid(PlanId, AreaId, GridKey),
    Cell(PlanId, AreaId, CellId),
    /// A ring as it was found.
    Ring(Vec<Pin>),
}

/// One thing to look at.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// One of `issue::CODES`.
    pub code: &'static str,
    pub severity: Severity,
    pub community: Option<AreaId>,
    pub subject: Subject,
    pub place: Place,
    /// Households of a grid, square metres of a gap; whatever the words speak of.
    pub figure: Option<f64>,
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    pub plan: PlanChoice,
    /// Only communities under this area.
    pub area: Option<AreaId>,
    pub code: Option<&'a str>,
}

/// All findings that match, worst first, then by code and community. Cost: O(buildings in the area).
pub fn findings(world: &World, query: &Query<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for community in world.areas().communities(query.area) {
        let shard = world.shard(query.plan, community).map(|shard| &**shard);
        match shard {
            Some(shard) => add_shard(world, shard, &mut found),
            None if world.areas().shape(community).is_some() => found.push(Finding {
                code: "area.no-plan",
                severity: Severity::Warning,
                community: Some(community),
                subject: Subject::Area(community),
                place: Place::Area(community),
                figure: None,
            }),
            None => {}
        }
        add_service(world, community, &mut found);
        if let Some(housing) = world.town().housing(Some(community)) {
            add_housing(housing, Some(community), shard, &mut found);
        }
    }
    if query.area.is_none() {
        if let Some(housing) = world.town().housing(None) {
            add_housing(housing, None, None, &mut found);
        }
        add_area_notes(world, &mut found);
        add_unhoused(world, &mut found);
    }
    if let Some(code) = query.code {
        found.retain(|finding| finding.code == code);
    }
    found.sort_by(|a, b| {
        let key = |finding: &Finding| (std::cmp::Reverse(finding.severity), finding.code);
        let figure = |finding: &Finding| finding.figure.unwrap_or(0.0);
        key(a)
            .cmp(&key(b))
            .then_with(|| figure(b).total_cmp(&figure(a)))
            .then_with(|| (a.community, a.subject).cmp(&(b.community, b.subject)))
    });
    found
}

fn add_shard(world: &World, shard: &Shard, found: &mut Vec<Finding>) {
    let community = Some(shard.community);
    let profile = world.profile_of(shard.community);
    for (key, tally) in &shard.tallies {
        let (code, severity) = match size_of(tally, &profile) {
            Size::Empty => ("grid.empty", Severity::Warning),
            Size::Small => ("grid.small", Severity::Note),
            Size::Overloaded => ("grid.overloaded", Severity::Warning),
            Size::InBand | Size::Large => continue,
        };
        found.push(Finding {
            code,
            severity,
            community,
            subject: Subject::Grid(shard.plan, *key),
            place: Place::Grid(shard.plan, shard.community, *key),
            figure: Some(tally.households.get() as f64),
        });
    }
    for key in shard.ground.shapes.keys() {
        // A detached part is no fault once it is declared, nor is one across a bridge.
        let grid = world.plans().grid(shard.plan, *key);
        let pieces = shard.ground.pieces(*key);
        if pieces > 1 && grid.is_none_or(|grid| !grid.is_detached) {
            found.push(Finding {
                code: "grid.in-pieces",
                severity: Severity::Warning,
                community,
                subject: Subject::Grid(shard.plan, *key),
                place: Place::Grid(shard.plan, shard.community, *key),
                figure: Some(f64::from(pieces)),
            });
        }
    }
    for gap in &shard.ground.gaps {
        found.push(Finding {
            code: "fabric.gap",
            severity: Severity::Stop,
            community,
            subject: Subject::Area(shard.community),
            place: Place::Cell(shard.plan, shard.community, gap.cell),
            figure: Some(gap.area.square_meters()),
        });
    }
    for note in shard.ground.cut.notes.iter().filter(|note| note.severity != Severity::Note) {
        let grid =
            note.subjects.first().and_then(|code| world.plans().key_of(shard.plan, code.as_str()));
        found.push(Finding {
            code: note.code,
            severity: note.severity,
            community,
            subject: grid
                .map_or(Subject::Area(shard.community), |key| Subject::Grid(shard.plan, key)),
            place: ring_place(&note.place),
            figure: note.figure,
        });
    }
}

fn ring_place(pins: &[Pin]) -> Place {
    match pins {
        [] => Place::Nowhere,
        [pin] => Place::At(*pin),
        pins => Place::Ring(pins.to_vec()),
    }
}

fn add_housing(
    housing: &Housing,
    community: Option<AreaId>,
    shard: Option<&Shard>,
    found: &mut Vec<Finding>,
) {
    let homes = &housing.homes;
    for row in 0..homes.len() {
        let (reason, straddles) = match shard {
            Some(shard) => (shard.placements[row].reason, shard.placements[row].straddles),
            None => (housing.standings[row].reason(), housing.straddles[row]),
        };
        let mut add = |code, severity| {
            found.push(Finding {
                code,
                severity,
                community,
                subject: Subject::Building(homes.id(row)),
                place: homes.pin(row).map_or(Place::Nowhere, Place::At),
                figure: None,
            });
        };
        match reason {
            // A community without a plan says so once, not once a building.
            Reason::Gap if shard.is_none() => {}
            Reason::Gap => add("placement.gap", Severity::Stop),
            Reason::NoPosition => add("placement.no-position", Severity::Stop),
            Reason::Outside => add("placement.outside", Severity::Stop),
            Reason::OutsideStatedArea => add("placement.outside-stated-area", Severity::Stop),
            Reason::OnEdge => add("placement.on-edge", Severity::Note),
            Reason::Override | Reason::List | Reason::Shape => {}
        }
        if straddles {
            add("placement.straddles", Severity::Note);
        }
    }
}

/// Homes within reach of a station: fewer than so many in a hundred are a finding.
const REACHED_PERCENT: i64 = 90;

fn add_service(world: &World, community: AreaId, found: &mut Vec<Finding>) {
    let Some(service) = world.service_of(community) else { return };
    let mut add = |code, severity, place, households: Count| {
        found.push(Finding {
            code,
            severity,
            community: Some(community),
            subject: Subject::Area(community),
            place,
            figure: Some(households.get() as f64),
        });
    };
    let has_ground = world.areas().shape(community).is_some();
    if service.stations == 0 && has_ground {
        let households = service.homes.households;
        add("station.none", Severity::Warning, Place::Area(community), households);
    }
    let Share { n, d } = service.homes.reached;
    if n.get() * 100 < d.get() * REACHED_PERCENT {
        let place = service.homes.farthest.map_or(Place::Area(community), Place::At);
        add("station.far", Severity::Note, place, d - n);
    }
}

fn add_area_notes(world: &World, found: &mut Vec<Finding>) {
    for note in world.areas().ground().notes.iter().filter(|note| note.severity != Severity::Note) {
        let area = note.subjects.first().and_then(|code| world.areas().by_code(code.as_str()));
        found.push(Finding {
            code: note.code,
            severity: note.severity,
            community: None,
            subject: area.map_or(Subject::Nothing, |record| Subject::Area(record.id)),
            place: ring_place(&note.place),
            figure: note.figure,
        });
    }
}

fn add_unhoused(world: &World, found: &mut Vec<Finding>) {
    for (reason, counts) in world.unhoused() {
        let n = counts.households.get();
        if n > 0 {
            found.push(Finding {
                code: match reason {
                    Unhoused::UnknownBuilding => "row.unknown-building",
                    Unhoused::NoBuildingNear | Unhoused::NothingStated => "placement.no-building",
                },
                severity: Severity::Warning,
                community: None,
                subject: Subject::Nothing,
                place: Place::Nowhere,
                figure: Some(n as f64),
            });
        }
    }
}

/// What a place looks like.
#[derive(Clone, Debug, PartialEq)]
pub enum Geometry {
    Point(Pin),
    Polygons(Vec<Polygon>),
}

/// The shape of `place` in `world`; `None` for nowhere or for what is no longer there.
pub fn geometry(world: &World, place: &Place) -> Option<Geometry> {
    let ground = |plan: PlanId, area: AreaId| {
        world.shard(PlanChoice::Plan(plan), area).map(|shard| &shard.ground)
    };
    let polygons = match place {
        Place::Nowhere => return None,
        Place::At(pin) => return Some(Geometry::Point(*pin)),
        Place::Area(area) => world.areas().outline(*area),
        Place::Grid(plan, area, key) => ground(*plan, *area)?.outline(*key),
        Place::Cell(plan, area, cell) => ground(*plan, *area)?.outline_around(*cell),
        Place::Ring(ring) => vec![Polygon { rings: vec![ring.clone()] }],
    };
    (!polygons.is_empty()).then_some(Geometry::Polygons(polygons))
}
