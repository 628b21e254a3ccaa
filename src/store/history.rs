//! What happened, by revision: every commit with its numbers, and the facts about plans, overrides and
//! settings one by one, so that they can be told and taken back.
//!
//! A kept fact holds the value it replaced. What came of it is the next value replaced of the same
//! thing, or the ground of today, so nothing is stored twice. Facts about areas, buildings, counts,
//! features, stations and imports are kept as numbers only: an import of a city does not double the file.
//!
//! **Why** so little: what the page tells and undoes are edits of plans; an import is told by its batch
//! and taken back by importing the file before it.

use std::sync::Arc;

use rusqlite::{Connection, OptionalExtension, Row, Statement, params};

use super::StoreError;
use super::codec::{self, CodecError, KeptCut};
use super::plans::{
    CUTS, GRIDS, OVERRIDES, PLANS, is_recolored, read_cut, read_grid, read_override, read_plan,
};
use super::register::SETTINGS;
use crate::domain::change::{Fact, Turned};
use crate::domain::ids::{AreaId, BuildingId, GridKey, PlanId};
use crate::domain::measure::{Revision, Stamp};
use crate::domain::plan::Cut;

/// Kind of a fact, as the history names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    Area,
    AreaGround,
    AreaEra,
    Plan,
    Grid,
    Cut,
    Log,
    Accepted,
    Comment,
    Day,
    Building,
    Counts,
    Override,
    Unhoused,
    Feature,
    Station,
    Batch,
    Setting,
    Counters,
}

impl FactKind {
    pub const ALL: [Self; 19] = [
        Self::Area,
        Self::AreaGround,
        Self::AreaEra,
        Self::Plan,
        Self::Grid,
        Self::Cut,
        Self::Log,
        Self::Accepted,
        Self::Comment,
        Self::Day,
        Self::Building,
        Self::Counts,
        Self::Override,
        Self::Unhoused,
        Self::Feature,
        Self::Station,
        Self::Batch,
        Self::Setting,
        Self::Counters,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Area => "area",
            Self::AreaGround => "area_ground",
            Self::AreaEra => "area_era",
            Self::Plan => "plan",
            Self::Grid => "grid",
            Self::Cut => "cut",
            Self::Log => "log",
            Self::Accepted => "accepted",
            Self::Comment => "comment",
            Self::Day => "day",
            Self::Building => "building",
            Self::Counts => "counts",
            Self::Override => "override",
            Self::Unhoused => "unhoused",
            Self::Feature => "feature",
            Self::Station => "station",
            Self::Batch => "batch",
            Self::Setting => "setting",
            Self::Counters => "counters",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    pub const fn of(fact: &Fact) -> Self {
        match fact {
            Fact::Area(..) => Self::Area,
            Fact::AreaGround(..) => Self::AreaGround,
            Fact::AreaEra(..) => Self::AreaEra,
            Fact::Plan(..) => Self::Plan,
            Fact::Grid(..) => Self::Grid,
            Fact::Cut(..) => Self::Cut,
            Fact::Log(..) => Self::Log,
            Fact::Accepted(..) => Self::Accepted,
            Fact::Comment(..) => Self::Comment,
            Fact::Day(..) => Self::Day,
            Fact::Building(..) => Self::Building,
            Fact::Counts(..) => Self::Counts,
            Fact::Override(..) => Self::Override,
            Fact::Unhoused(..) => Self::Unhoused,
            Fact::Feature(..) => Self::Feature,
            Fact::Station(..) => Self::Station,
            Fact::Batch(..) => Self::Batch,
            Fact::Setting(..) => Self::Setting,
            Fact::Counters(..) => Self::Counters,
        }
    }
}

/// One commit as the history tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub revision: Revision,
    pub at: Stamp,
    pub who: Box<str>,
    /// Household rows written.
    pub n_roster: u64,
    /// Facts of each kind, in the order of the kinds' words; kinds without facts are left out.
    pub facts: Vec<(FactKind, u64)>,
}

/// Which thing a kept fact is about: the columns it is found by.
#[derive(Clone, Copy)]
struct Subject<'a> {
    kind: FactKind,
    plan: Option<u32>,
    thing: Option<u32>,
    name: Option<&'a str>,
}

/// Writes down one commit while its facts go by.
pub(super) struct Chronicle<'c> {
    connection: &'c Connection,
    revision: i64,
    keep: Option<Statement<'c>>,
    counts: [u64; FactKind::ALL.len()],
}

impl<'c> Chronicle<'c> {
    pub fn new(connection: &'c Connection, revision: Revision) -> Self {
        let revision = revision.0.cast_signed();
        Self { connection, revision, keep: None, counts: [0; FactKind::ALL.len()] }
    }

    pub fn note(&mut self, fact: &Fact) -> Result<(), StoreError> {
        self.counts[FactKind::of(fact) as usize] += 1;
        let Some((Subject { kind, plan, thing, name }, before)) = kept(fact) else {
            return Ok(());
        };
        let statement = match &mut self.keep {
            Some(statement) => statement,
            none => none.insert(self.connection.prepare(
                "INSERT INTO change_facts (revision, kind, plan, thing, name, before)
                 VALUES (?, ?, ?, ?, ?, ?)",
            )?),
        };
        statement.execute(params![self.revision, kind.word(), plan, thing, name, before])?;
        Ok(())
    }

    pub fn finish(self) -> Result<(), StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT INTO change_counts (revision, kind, n) VALUES (?, ?, ?)")?;
        for (kind, n) in FactKind::ALL.into_iter().zip(self.counts) {
            if n > 0 {
                statement.execute(params![self.revision, kind.word(), n.cast_signed()])?;
            }
        }
        Ok(())
    }
}

/// What the history keeps of `fact`: what it is about and what was there; `None` for kinds kept as numbers.
fn kept(fact: &Fact) -> Option<(Subject<'_>, Option<Vec<u8>>)> {
    let kind = FactKind::of(fact);
    let about = |plan: Option<PlanId>, thing: u32| Subject {
        kind,
        plan: plan.map(PlanId::get),
        thing: Some(thing),
        name: None,
    };
    match fact {
        Fact::Plan(id, turned) => {
            Some((about(Some(*id), id.get()), turned.before.as_deref().map(codec::plan)))
        }
        Fact::Grid(plan, key, turned) => {
            Some((about(Some(*plan), key.get()), turned.before.as_deref().map(codec::grid)))
        }
        Fact::Cut(plan, area, turned) => {
            let before = turned.before.as_deref().map(|before| match &turned.after {
                Some(after) if is_recolored(before, after) => codec::colors(&before.colors),
                _ => codec::cut(before),
            });
            Some((about(Some(*plan), area.get()), before))
        }
        Fact::Override(building, turned) => {
            let before = turned.before.map(|grid| codec::number(grid.get()));
            Some((about(None, building.get()), before))
        }
        Fact::Setting(name, turned) => Some((
            Subject { kind, plan: None, thing: None, name: Some(name) },
            turned.before.as_deref().map(codec::text),
        )),
        Fact::Area(..)
        | Fact::AreaGround(..)
        | Fact::AreaEra(..)
        | Fact::Log(..)
        | Fact::Accepted(..)
        | Fact::Comment(..)
        | Fact::Day(..)
        | Fact::Building(..)
        | Fact::Counts(..)
        | Fact::Unhoused(..)
        | Fact::Feature(..)
        | Fact::Station(..)
        | Fact::Batch(..)
        | Fact::Counters(..) => None,
    }
}

/// At most `limit` commits after `revision`, oldest first; with a plan, only those that touched it.
pub(super) fn since(
    connection: &Connection,
    revision: Revision,
    plan: Option<PlanId>,
    limit: u32,
) -> Result<Vec<Told>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT revision, at, who, n_roster FROM changes
         WHERE revision > ?1 AND (?2 IS NULL OR EXISTS (
             SELECT 1 FROM change_facts AS fact
             WHERE fact.revision = changes.revision AND fact.plan = ?2))
         ORDER BY revision LIMIT ?3",
    )?;
    let told = statement.query_map(
        params![revision.0.cast_signed(), plan.map(PlanId::get), limit],
        |row| {
            Ok(Told {
                revision: Revision(row.get::<_, i64>(0)?.cast_unsigned()),
                at: Stamp(row.get(1)?),
                who: row.get(2)?,
                n_roster: row.get::<_, i64>(3)?.cast_unsigned(),
                facts: Vec::new(),
            })
        },
    )?;
    let mut told: Vec<Told> = told.collect::<Result<_, _>>()?;
    for commit in &mut told {
        commit.facts = counts_of(connection, commit.revision)?;
    }
    Ok(told)
}

fn counts_of(
    connection: &Connection,
    revision: Revision,
) -> Result<Vec<(FactKind, u64)>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT kind, n FROM change_counts WHERE revision = ? ORDER BY kind")?;
    let mut rows = statement.query([revision.0.cast_signed()])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        let kind = kind_of(row, 0)?;
        counts.push((kind, row.get::<_, i64>(1)?.cast_unsigned()));
    }
    Ok(counts)
}

fn kind_of(row: &Row<'_>, column: usize) -> Result<FactKind, StoreError> {
    FactKind::of_word(row.get_ref(column)?.as_str().unwrap_or_default())
        .ok_or_else(|| StoreError::unreadable("change_facts")(CodecError::Unknown("kind")))
}

/// The facts about plans, overrides and settings of one commit, both sides, in their order.
pub(super) fn facts_of(
    connection: &Connection,
    revision: Revision,
) -> Result<Vec<Fact>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, kind, plan, thing, name, before FROM change_facts WHERE revision = ? ORDER BY id",
    )?;
    let mut rows = statement.query([revision.0.cast_signed()])?;
    let mut facts = Vec::new();
    while let Some(row) = rows.next()? {
        let name: Option<Box<str>> = row.get(4)?;
        let subject = Subject {
            kind: kind_of(row, 1)?,
            plan: row.get(2)?,
            thing: row.get(3)?,
            name: name.as_deref(),
        };
        facts.push(fact_of(connection, row.get(0)?, &subject, row.get(5)?)?);
    }
    Ok(facts)
}

/// Puts one kept fact together: `before` as it was kept, after as it can be found.
fn fact_of(
    connection: &Connection,
    id: i64,
    subject: &Subject<'_>,
    before: Option<Vec<u8>>,
) -> Result<Fact, StoreError> {
    let broken = StoreError::unreadable("change_facts");
    let missing = || broken(CodecError::Number);
    let plan = || subject.plan.and_then(PlanId::new).ok_or_else(missing);
    let thing = subject.thing.unwrap_or(0);
    if subject.kind == FactKind::Cut {
        let (plan, area) = (plan()?, AreaId::new(thing).ok_or_else(missing)?);
        let turned = turned_cut(connection, id, subject, before, plan, area)?;
        return Ok(Fact::Cut(plan, area, shared(turned)));
    }
    let replaced = next_replaced(connection, id, subject)?;
    match subject.kind {
        FactKind::Plan => {
            let plan = plan()?;
            let turned = turned(before, replaced, codec::read_plan, || {
                PLANS.find(connection, [plan.get()], read_plan)
            })?;
            Ok(Fact::Plan(plan, shared(turned)))
        }
        FactKind::Grid => {
            let (plan, key) = (plan()?, GridKey::new(thing).ok_or_else(missing)?);
            let turned = turned(before, replaced, codec::read_grid, || {
                GRIDS.find(connection, [plan.get(), thing], read_grid)
            })?;
            Ok(Fact::Grid(plan, key, shared(turned)))
        }
        FactKind::Override => {
            let building = BuildingId::new(thing).ok_or_else(missing)?;
            let read =
                |bytes: &[u8]| GridKey::new(codec::read_number(bytes)?).ok_or(CodecError::Number);
            let turned = turned(before, replaced, read, || {
                OVERRIDES.find(connection, [thing], |row| Ok(read_override(row)?.1))
            })?;
            Ok(Fact::Override(building, turned))
        }
        FactKind::Setting => {
            let name = subject.name.ok_or_else(missing)?;
            let turned = turned(before, replaced, codec::read_text, || {
                SETTINGS.find(connection, [name], |row| Ok(row.get(1)?))
            })?;
            Ok(Fact::Setting(name.into(), turned))
        }
        FactKind::Area
        | FactKind::AreaGround
        | FactKind::AreaEra
        | FactKind::Cut
        | FactKind::Log
        | FactKind::Accepted
        | FactKind::Comment
        | FactKind::Day
        | FactKind::Building
        | FactKind::Counts
        | FactKind::Unhoused
        | FactKind::Feature
        | FactKind::Station
        | FactKind::Batch
        | FactKind::Counters => Err(broken(CodecError::Unknown("kind"))),
    }
}

/// A cut before and after: where only colors were kept, the fabric is that of the next whole one.
fn turned_cut(
    connection: &Connection,
    id: i64,
    subject: &Subject<'_>,
    before: Option<Vec<u8>>,
    plan: PlanId,
    area: AreaId,
) -> Result<Turned<Cut>, StoreError> {
    let read =
        |bytes: &[u8]| codec::read_kept_cut(bytes).map_err(StoreError::unreadable("change_facts"));
    let broken = || StoreError::unreadable("change_facts")(CodecError::Number);
    let mut statement = connection.prepare_cached(
        "SELECT before FROM change_facts
         WHERE kind = ? AND plan IS ? AND thing IS ? AND id > ? ORDER BY id",
    )?;
    let mut rows =
        statement.query(params![subject.kind.word(), subject.plan, subject.thing, id])?;
    let mut next_colors = None;
    let mut whole = None;
    let mut is_last = true;
    while let Some(row) = rows.next()? {
        match row.get::<_, Option<Vec<u8>>>(0)?.as_deref().map(read).transpose()? {
            Some(KeptCut::Colors(colors)) => {
                next_colors.get_or_insert(colors);
                continue;
            }
            Some(KeptCut::Whole(cut)) => whole = Some(cut),
            None => {}
        }
        is_last = false;
        break;
    }
    if is_last {
        let keys = [plan.get(), area.get()];
        whole = CUTS.find(connection, keys, |row| Ok(read_cut(row)?.2))?;
    }
    let after = match (whole, next_colors) {
        (Some(cut), Some(colors)) => Some(Cut { colors, ..cut }),
        (whole, _) => whole,
    };
    let before = match before.as_deref().map(read).transpose()? {
        None => None,
        Some(KeptCut::Whole(cut)) => Some(cut),
        Some(KeptCut::Colors(colors)) => Some(Cut { colors, ..after.clone().ok_or_else(broken)? }),
    };
    Ok(Turned::new(before, after))
}

/// The value the next fact about the same thing replaced; `None` when there is no such fact.
fn next_replaced(
    connection: &Connection,
    id: i64,
    subject: &Subject<'_>,
) -> Result<Option<Option<Vec<u8>>>, StoreError> {
    let Subject { kind, plan, thing, name } = *subject;
    let mut statement = connection.prepare_cached(
        "SELECT before FROM change_facts
         WHERE kind = ? AND plan IS ? AND thing IS ? AND name IS ? AND id > ? ORDER BY id LIMIT 1",
    )?;
    Ok(statement
        .query_row(params![kind.word(), plan, thing, name, id], |row| row.get(0))
        .optional()?)
}

fn turned<T>(
    before: Option<Vec<u8>>,
    replaced: Option<Option<Vec<u8>>>,
    read: impl Fn(&[u8]) -> Result<T, CodecError>,
    today: impl FnOnce() -> Result<Option<T>, StoreError>,
) -> Result<Turned<T>, StoreError> {
    let read = |bytes: Option<Vec<u8>>| {
        bytes.map(|bytes| read(&bytes)).transpose().map_err(StoreError::unreadable("change_facts"))
    };
    let after = match replaced {
        Some(bytes) => read(bytes)?,
        None => today()?,
    };
    Ok(Turned::new(read(before)?, after))
}

fn shared<T>(turned: Turned<T>) -> Turned<Arc<T>> {
    Turned::new(turned.before.map(Arc::new), turned.after.map(Arc::new))
}
