//! A ground made by chance, change after change: what the store should hold, kept by hand.

use std::collections::BTreeMap;
use std::sync::Arc;

use lifang::domain::change::{
    AreaEra, AreaGround, Batch, Change, Fact, RosterRow, Summary, Turned, UnhousedCounts,
};
use lifang::domain::fabric::{Barrier, Fabric, NewSeam};
use lifang::domain::ids::{
    AreaId, BatchId, BuildingId, CellId, Code, Counters, FeatureId, GridKey, PlanId, StationId,
};
use lifang::domain::issue::{CODES, Issue, Severity};
use lifang::domain::measure::{Area, Count, Day, Revision, Stamp};
use lifang::domain::personal::Personal;
use lifang::domain::place::{Pin, Polygon};
use lifang::domain::plan::log::{Act, Did, Entry, Op};
use lifang::domain::plan::review::{Accepted, Comment};
use lifang::domain::plan::{Cut, Grid, Plan, Status};
use lifang::domain::register::area::{AreaRecord, Level, Lineage};
use lifang::domain::register::building::{Building, Use};
use lifang::domain::register::feature::{Feature, FeatureKind};
use lifang::domain::register::people::{HomeCounts, Unhoused};
use lifang::domain::register::rows::{GridKind, ImportKind};
use lifang::domain::register::station::{Station, StationKind};
use lifang::sample::dice::Dice;
use lifang::store::FactKind;

/// Things of each kind that may exist at one time; few, so that they are changed and removed often.
const N: usize = 5;

/// The ground as facts from nothing, by kind, plan, number and name: the order in which a store loads.
pub struct Ledger {
    pub dice: Dice,
    ground: BTreeMap<(usize, u32, u32, String), Fact>,
    pub revision: Revision,
}

/// Kinds in the order of loading.
const ORDER: [FactKind; 19] = [
    FactKind::Area,
    FactKind::AreaGround,
    FactKind::AreaEra,
    FactKind::Plan,
    FactKind::Grid,
    FactKind::Cut,
    FactKind::Log,
    FactKind::Accepted,
    FactKind::Comment,
    FactKind::Day,
    FactKind::Building,
    FactKind::Counts,
    FactKind::Override,
    FactKind::Unhoused,
    FactKind::Feature,
    FactKind::Station,
    FactKind::Batch,
    FactKind::Setting,
    FactKind::Counters,
];

impl Ledger {
    pub fn new(seed: u64) -> Self {
        Self { dice: Dice::new(seed), ground: BTreeMap::new(), revision: Revision(0) }
    }

    /// What loading should give.
    pub fn facts(&self) -> Vec<Fact> {
        self.ground.values().cloned().collect()
    }

    /// A change by chance, already applied here; never empty, and nothing in it hangs in the air.
    pub fn change(&mut self) -> Change {
        self.revision = self.revision.next();
        let mut facts = Vec::new();
        if self.dice.is_chance(1, 8) {
            // A plan goes, and with it all that is its own.
            let plan = self.id(PlanId::new);
            let own: Vec<Fact> =
                self.ground.values().filter(|fact| is_of(fact, plan)).cloned().collect();
            facts.extend(own.into_iter().map(Fact::mirror));
        }
        if self.dice.is_chance(1, 8) {
            let building = self.id(BuildingId::new);
            let own: Vec<Fact> =
                self.ground.values().filter(|fact| is_in(fact, building)).cloned().collect();
            facts.extend(own.into_iter().map(Fact::mirror));
        }
        for fact in &facts {
            self.apply(fact);
        }
        for _ in 0..self.dice.between(1, 12) {
            let fresh = self.fact();
            let before = self.ground.get(&key(&fresh)).cloned();
            let fact = after(fresh, before);
            self.apply(&fact);
            facts.push(fact);
        }
        let roster = (0..self.dice.below(6)).map(|_| self.household()).collect();
        Change { facts, roster }
    }

    fn apply(&mut self, fact: &Fact) {
        let key = key(fact);
        match from_nothing(fact.clone()) {
            Some(fact) => self.ground.insert(key, fact),
            None => self.ground.remove(&key),
        };
    }

    fn has_plan(&self, plan: PlanId) -> bool {
        self.ground.values().any(|fact| matches!(fact, Fact::Plan(id, _) if *id == plan))
    }

    fn has_building(&self, building: BuildingId) -> bool {
        self.ground.values().any(|fact| matches!(fact, Fact::Building(id, _) if *id == building))
    }

    fn id<T>(&mut self, new: fn(u32) -> Option<T>) -> T {
        new(self.dice.between(1, N as i32) as u32).expect("not zero")
    }

    fn maybe<T>(&mut self, value: T) -> Option<T> {
        self.dice.is_chance(2, 3).then_some(value)
    }

    fn text(&mut self) -> Box<str> {
        (*self.dice.pick(&["", "a", "第一网格", "O'Hara; DROP", "3幢", "\u{1F600}", "1.10E+14"]))
            .into()
    }

    fn code(&mut self) -> Code {
        Code::new(&format!("00{}", self.dice.below(1000))).expect("a code")
    }

    fn number(&mut self) -> u64 {
        *self.dice.pick(&[0, 1, 127, 128, 1 << 40, u64::MAX])
    }

    fn pin(&mut self) -> Pin {
        if self.dice.is_chance(1, 10) {
            return *self.dice.pick(&[
                Pin::new(i32::MIN, i32::MAX),
                Pin::new(i32::MAX, i32::MIN),
                Pin::new(0, 0),
            ]);
        }
        let (x, y) = (self.dice.between(0, 9_000), self.dice.between(0, 9_000));
        Pin::new(1_096_000_000 + x, 389_000_000 + y)
    }

    fn pins(&mut self, n: i32) -> Vec<Pin> {
        (0..n).map(|_| self.pin()).collect()
    }

    fn polygons(&mut self) -> Vec<Polygon> {
        let n = self.dice.below(3);
        (0..n).map(|_| Polygon { rings: vec![self.pins(4), self.pins(3)] }).collect()
    }

    fn notes(&mut self) -> Vec<Issue> {
        let n = self.dice.below(3);
        (0..n)
            .map(|_| {
                let issue = Issue::new(self.dice.pick(CODES).code, Severity::Warning)
                    .subject(&self.code())
                    .place(self.pins(2))
                    .figure(0.1);
                if self.dice.is_chance(1, 2) { issue.row(7).column("面积") } else { issue }
            })
            .collect()
    }

    fn fabric(&mut self, n_cells: usize) -> Arc<Fabric> {
        let seams: Vec<NewSeam> = (0..self.dice.below(6))
            .map(|_| NewSeam {
                pins: {
                    let n = self.dice.between(2, 6);
                    self.pins(n)
                },
                left: CellId::new(self.dice.below(n_cells + 1) as u32),
                right: CellId::new(self.dice.below(n_cells + 1) as u32),
                barrier: *self.dice.pick(&Barrier::ALL),
            })
            .collect();
        Arc::new(Fabric::new(&seams, n_cells as u32))
    }

    fn held_cut(&self, plan: PlanId, area: AreaId) -> Option<Arc<Cut>> {
        self.ground.values().find_map(|fact| match fact {
            Fact::Cut(id, held, turned) if (*id, *held) == (plan, area) => turned.after.clone(),
            _ => None,
        })
    }

    /// The same ground in other colors.
    fn recolored(&mut self, held: &Cut) -> Cut {
        let colors = held.colors.iter().map(|_| GridKey::new(self.dice.below(4) as u32)).collect();
        Cut { colors, ..held.clone() }
    }

    /// Some thing as it could be, from nothing.
    fn fact(&mut self) -> Fact {
        let plan = self.id(PlanId::new);
        let building = self.id(BuildingId::new);
        match self.dice.below(19) {
            0 => {
                let id = self.id(AreaId::new);
                let area = AreaRecord {
                    id,
                    code: self.code(),
                    name: self.text(),
                    level: *self.dice.pick(&Level::ALL),
                    parent: AreaId::new(self.dice.below(3) as u32),
                    kind: "rc".into(),
                    stated_households: self.maybe(Count(3)),
                    stated_population: self.maybe(Count(-1)),
                    source_digest: self.number(),
                    lineage: Lineage {
                        predecessors: self
                            .maybe(Code::new("000").expect("a code"))
                            .into_iter()
                            .collect(),
                        from: self.maybe(Day(20_000)),
                        to: self.maybe(Day(20_100)),
                    },
                };
                Fact::Area(id, came(Arc::new(area)))
            }
            1 => {
                let colors: Vec<_> = (0..self.dice.below(5))
                    .map(|_| AreaId::new(self.dice.below(4) as u32))
                    .collect();
                let fabric = self.fabric(colors.len());
                let ground = AreaGround { fabric, colors, notes: self.notes() };
                Fact::AreaGround(came(Arc::new(ground)))
            }
            2 | 3 if self.has_plan(plan) => {
                let key = self.id(GridKey::new);
                let grid = Grid {
                    plan,
                    key,
                    code: self.code(),
                    name: self.text(),
                    community: self.id(AreaId::new),
                    kind: *self.dice.pick(&GridKind::ALL),
                    head: self.text(),
                    manager: self.text(),
                    work_phone: self.text(),
                    source_digest: self.number(),
                    is_locked: false,
                    is_detached: false,
                    is_numbered: false,
                    predecessors: vec![self.code(); self.dice.below(3)],
                };
                Fact::Grid(plan, key, came(Arc::new(grid)))
            }
            4 | 5 if self.has_plan(plan) => {
                let colors: Vec<_> = (0..self.dice.below(5))
                    .map(|_| GridKey::new(self.dice.below(4) as u32))
                    .collect();
                let fabric = self.fabric(colors.len());
                let links = vec![[self.pin(), self.pin()]; self.dice.below(3)];
                let cut = Cut { fabric, colors, notes: self.notes(), links };
                let area = self.id(AreaId::new);
                let cut = match self.held_cut(plan, area).filter(|_| self.dice.is_chance(2, 3)) {
                    Some(held) => self.recolored(&held),
                    None => cut,
                };
                Fact::Cut(plan, area, came(Arc::new(cut)))
            }
            13 if self.has_plan(plan) => {
                let entry = Entry {
                    revision: self.revision,
                    id: self.text(),
                    who: self.text(),
                    at: Stamp(i64::MAX),
                    act: *self.dice.pick(&[
                        Act::Start,
                        Act::Edit,
                        Act::Undo(Revision(3)),
                        Act::Redo(Revision(u64::MAX >> 1)),
                        Act::Life,
                        Act::Rebase,
                    ]),
                    did: vec![Did {
                        op: *self.dice.pick(&Op::ALL),
                        grids: vec![self.code(), self.code()],
                        buildings: u32::MAX,
                    }],
                    grids: vec![self.id(GridKey::new)],
                    areas: vec![self.id(AreaId::new)],
                    why: self.text(),
                };
                Fact::Log(plan, self.revision, came(Arc::new(entry)))
            }
            14 if self.has_plan(plan) => {
                let accepted =
                    Accepted { who: self.text(), at: Stamp(i64::MIN), reason: self.text() };
                let name = *self.dice.pick(&["grid.small/a", "grid.overloaded/b"]);
                Fact::Accepted(plan, name.into(), came(Arc::new(accepted)))
            }
            15 if self.has_plan(plan) => {
                let (place, grid, by) = (self.pin(), self.code(), self.text());
                let comment = Comment {
                    text: self.text(),
                    place: self.maybe(place),
                    grid: self.maybe(grid),
                    who: self.text(),
                    at: Stamp(7),
                    resolved: self.maybe((by, Stamp(-7))),
                };
                Fact::Comment(plan, self.dice.below(3) as u32, came(Arc::new(comment)))
            }
            17 => {
                let era = AreaEra {
                    ground: Arc::new(AreaGround {
                        fabric: self.fabric(1),
                        colors: vec![AreaId::new(1)],
                        notes: Vec::new(),
                    }),
                    records: Vec::new(),
                    newcomers: vec![self.id(AreaId::new)],
                };
                Fact::AreaEra(Day(self.dice.between(0, 4)), came(Arc::new(era)))
            }
            16 => Fact::Day(came(Day(self.dice.between(-9, 30_000)))),
            6 if self.has_building(building) => {
                let members = [0, 1, 0, u32::MAX, 0, 7];
                let counts = HomeCounts { households: 5, persons: u32::MAX, members };
                let counts = *self.dice.pick(&[counts, HomeCounts::default()]);
                Fact::Counts(building, came(counts))
            }
            7 if self.has_building(building) => {
                Fact::Override(building, came(self.id(GridKey::new)))
            }
            8 => {
                let counts = UnhousedCounts {
                    households: Count(self.dice.below(9) as i64),
                    persons: Count(self.dice.below(9) as i64),
                    members: Count(self.dice.below(9) as i64),
                };
                Fact::Unhoused(*self.dice.pick(&Unhoused::ALL), came(counts))
            }
            9 => {
                let id = self.id(FeatureId::new);
                let feature = Feature {
                    id,
                    code: self.text(),
                    kind: *self.dice.pick(&FeatureKind::ALL),
                    name: self.text(),
                    lines: vec![self.pins(3), self.pins(0)],
                    polygons: self.polygons(),
                };
                Fact::Feature(id, came(Arc::new(feature)))
            }
            18 => {
                let id = self.id(StationId::new);
                let (at, level) = (self.pin(), *self.dice.pick(&Level::ALL));
                let station = Station {
                    id,
                    code: self.code(),
                    name: self.text(),
                    kind: *self.dice.pick(&StationKind::ALL),
                    level: self.maybe(level),
                    at: self.maybe(at),
                    floor_area: self.maybe(Area(i64::MAX)),
                    hall_area: self.maybe(Area(0)),
                    serves: vec![self.code(), self.code()],
                    is_open: self.dice.is_chance(1, 2),
                };
                Fact::Station(id, came(Arc::new(station)))
            }
            10 => {
                let id = self.id(BatchId::new);
                let batch = Batch {
                    id,
                    kind: *self.dice.pick(&ImportKind::ALL),
                    file: self.text(),
                    datum: "gcj02".into(),
                    at: Stamp(i64::MIN),
                    who: "local".into(),
                    revision: self.revision,
                    summary: Summary {
                        rows: self.number(),
                        new: 1,
                        changed: 2,
                        unchanged: 3,
                        gone: 4,
                        refused: 5,
                        issues: 6,
                    },
                    dropped_columns: vec![self.text(), self.text()],
                    issues: self.notes(),
                };
                Fact::Batch(id, came(Arc::new(batch)))
            }
            11 => {
                let name = *self.dice.pick(&["title", "size_band"]);
                Fact::Setting(name.into(), came(self.text()))
            }
            12 => {
                let next = self.revision.0 as u32;
                let counters = Counters { building: next, grid: 2 * next, ..Counters::default() };
                Fact::Counters(came(counters))
            }
            2 | 4 => {
                let plan = Plan {
                    id: plan,
                    title: self.text(),
                    status: *self.dice.pick(&Status::ALL),
                    based_on: PlanId::new(self.dice.below(3) as u32),
                    effective_from: self.maybe(Day(20_000)),
                    revision: self.revision,
                    areas: vec![self.id(AreaId::new), self.id(AreaId::new)],
                    author: self.text(),
                    approver: self.text(),
                    submitted_at: self.maybe(Stamp(1)),
                    published_at: self.maybe(Stamp(i64::MAX)),
                    reason: self.text(),
                    is_drawn: self.dice.is_chance(1, 2),
                };
                Fact::Plan(plan.id, came(Arc::new(plan)))
            }
            _ => {
                let position = self.pin();
                let (stated_community, listed_grid) = (self.code(), self.code());
                let value = Building {
                    id: building,
                    code: self.code(),
                    name: self.text(),
                    estate: self.text(),
                    address: self.text(),
                    stated_community: self.maybe(stated_community),
                    listed_grid: self.maybe(listed_grid),
                    usage: *self.dice.pick(&Use::ALL),
                    floors: u16::MAX,
                    entrances: 0,
                    dwellings: Count(self.dice.below(500) as i64),
                    pin: self.maybe(position),
                    footprint: self.polygons(),
                    verified: self.maybe(Day(-1)),
                };
                Fact::Building(building, came(Arc::new(value)))
            }
        }
    }

    fn household(&mut self) -> RosterRow {
        let position = self.pin();
        RosterRow {
            number: Personal::new(
                Code::new(&format!("户{}", self.dice.below(20))).expect("a code"),
            ),
            building: BuildingId::new(self.dice.below(9) as u32),
            unhoused: self.maybe(Unhoused::NoBuildingNear),
            persons: self.dice.below(9) as u16,
            pin: self.maybe(position),
        }
    }
}

fn came<T>(value: T) -> Turned<T> {
    Turned::new(None, Some(value))
}

fn key(fact: &Fact) -> (usize, u32, u32, String) {
    let kind = FactKind::of(fact);
    let place = ORDER.iter().position(|known| *known == kind).expect("every kind is listed");
    let numbers = |plan, thing| (place, plan, thing, String::new());
    match fact {
        Fact::Area(id, _) => numbers(0, id.get()),
        Fact::AreaGround(_) | Fact::Counters(_) | Fact::Day(_) => numbers(0, 0),
        Fact::AreaEra(day, _) => numbers(0, day.0.cast_unsigned()),
        Fact::Plan(id, _) => numbers(0, id.get()),
        Fact::Grid(plan, key, _) => numbers(plan.get(), key.get()),
        Fact::Cut(plan, area, _) => numbers(plan.get(), area.get()),
        Fact::Log(plan, revision, _) => numbers(plan.get(), revision.0 as u32),
        Fact::Accepted(plan, key, _) => (place, plan.get(), 0, key.to_string()),
        Fact::Comment(plan, number, _) => numbers(plan.get(), *number),
        Fact::Building(id, _) => numbers(0, id.get()),
        Fact::Counts(id, _) => numbers(0, id.get()),
        Fact::Override(id, _) => numbers(0, id.get()),
        Fact::Unhoused(reason, _) => (place, 0, 0, reason.word().to_string()),
        Fact::Feature(id, _) => numbers(0, id.get()),
        Fact::Station(id, _) => numbers(0, id.get()),
        Fact::Batch(id, _) => numbers(0, id.get()),
        Fact::Setting(name, _) => (place, 0, 0, name.to_string()),
    }
}

/// Whether `fact` is about `plan` or something that is its own.
fn is_of(fact: &Fact, plan: PlanId) -> bool {
    match fact {
        Fact::Plan(id, _)
        | Fact::Grid(id, ..)
        | Fact::Cut(id, ..)
        | Fact::Log(id, ..)
        | Fact::Accepted(id, ..)
        | Fact::Comment(id, ..) => *id == plan,
        _ => false,
    }
}

fn is_in(fact: &Fact, building: BuildingId) -> bool {
    match fact {
        Fact::Building(id, _) | Fact::Counts(id, _) | Fact::Override(id, _) => *id == building,
        _ => false,
    }
}

/// `fresh` as it comes after `before`, both from nothing.
fn after(fresh: Fact, before: Option<Fact>) -> Fact {
    macro_rules! turn {
        ($($kind:ident($($id:ident),*)),+ $(,)?) => {
            match (fresh, before) {
                $((Fact::$kind($($id,)* new), Some(Fact::$kind(.., old))) => {
                    Fact::$kind($($id,)* Turned::new(old.after, new.after))
                })+
                (fresh, _) => fresh,
            }
        };
    }
    turn!(
        Area(id),
        AreaGround(),
        AreaEra(day),
        Plan(id),
        Grid(plan, key),
        Cut(plan, area),
        Log(plan, revision),
        Accepted(plan, key),
        Comment(plan, number),
        Day(),
        Building(id),
        Counts(id),
        Override(id),
        Unhoused(reason),
        Feature(id),
        Station(id),
        Batch(id),
        Setting(name),
        Counters(),
    )
}

/// The fact as it is loaded: from nothing; `None` when nothing is left, or counts of nobody.
fn from_nothing(fact: Fact) -> Option<Fact> {
    if matches!(&fact, Fact::Counts(_, turned) if turned.after == Some(HomeCounts::default())) {
        return None;
    }
    macro_rules! strip {
        ($($kind:ident($($id:ident),*)),+ $(,)?) => {
            match fact {
                $(Fact::$kind($($id,)* turned) => {
                    let after = turned.after?;
                    Some(Fact::$kind($($id,)* came(after)))
                })+
            }
        };
    }
    strip!(
        Area(id),
        AreaGround(),
        AreaEra(day),
        Plan(id),
        Grid(plan, key),
        Cut(plan, area),
        Log(plan, revision),
        Accepted(plan, key),
        Comment(plan, number),
        Day(),
        Building(id),
        Counts(id),
        Override(id),
        Unhoused(reason),
        Feature(id),
        Station(id),
        Batch(id),
        Setting(name),
        Counters(),
    )
}
