//! The roster: households by number, the only place where single homes are written and read.
//!
//! Numbers are opened here to be bound to a statement or made from a row, and nowhere else in the room.
//!
//! **Why** rows are written in order of their number: the table is a tree by number, and neighbours
//! written one after the other fill its pages once instead of splitting them over and over.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::StoreError;
use super::codec::CodecError;
use super::register::{code, pin, unhoused_of_word};
use crate::domain::change::RosterRow;
use crate::domain::decide::HeldHome;
use crate::domain::ids::{BuildingId, Code};
use crate::domain::personal::Personal;
use crate::domain::register::people::Unhoused;

/// Writes rows or overwrites those with the same number; of two with one number the later counts.
pub(super) fn write(connection: &Connection, rows: &[RosterRow]) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut order: Vec<&RosterRow> = rows.iter().collect();
    order.sort_by_key(|row| row.number.open_personal());
    let mut statement = connection.prepare_cached(
        "INSERT INTO households (number, building, unhoused, persons, x, y)
         VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (number) DO UPDATE SET building = excluded.building,
             unhoused = excluded.unhoused, persons = excluded.persons,
             x = excluded.x, y = excluded.y",
    )?;
    for RosterRow { number, building, unhoused, persons, pin } in order {
        statement.execute(params![
            number.open_personal().as_str(),
            building.map(BuildingId::get),
            unhoused.map(Unhoused::word),
            persons,
            pin.map(|pin| pin.x),
            pin.map(|pin| pin.y),
        ])?;
    }
    Ok(())
}

/// All households by number, for telling a changed row from a repeated one.
pub(super) fn prior(
    connection: &Connection,
) -> Result<HashMap<Personal<Code>, HeldHome>, StoreError> {
    let snapshot = connection.unchecked_transaction()?;
    let n_rows: u32 =
        snapshot.query_row("SELECT count(*) FROM households", [], |row| row.get(0))?;
    let mut homes = HashMap::with_capacity(n_rows as usize);
    let mut statement =
        snapshot.prepare("SELECT number, building, unhoused, persons, x, y FROM households")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number = code(row, 0).map_err(StoreError::unreadable("households"))?;
        homes.insert(Personal::new(number), read(row)?);
    }
    Ok(homes)
}

/// The household with this number.
pub(super) fn home(
    connection: &Connection,
    number: &Personal<Code>,
) -> Result<Option<HeldHome>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT number, building, unhoused, persons, x, y FROM households WHERE number = ?",
    )?;
    let found =
        statement.query_row([number.open_personal().as_str()], |row| Ok(read(row))).optional()?;
    found.transpose()
}

fn read(row: &Row<'_>) -> Result<HeldHome, StoreError> {
    let reason: Option<Box<str>> = row.get(2)?;
    let unknown = || StoreError::unreadable("households")(CodecError::Unknown("reason"));
    Ok(HeldHome {
        building: row.get::<_, Option<u32>>(1)?.and_then(BuildingId::new),
        unhoused: reason.map(|word| unhoused_of_word(&word).ok_or_else(unknown)).transpose()?,
        persons: row.get(3)?,
        pin: pin(row, 4)?,
    })
}
