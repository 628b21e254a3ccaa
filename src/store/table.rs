//! A table of the ground as a list of its columns, and the three statements everything is done with.
//!
//! **Why** a list: commit and load take the columns in the same order from the same place, so they
//! cannot disagree about which column is which.

use std::ops::RangeInclusive;

use rusqlite::{Connection, Params, Row, Statement};

use super::StoreError;

/// Name and columns of one table; rows are told apart by `keys`.
#[derive(Debug)]
pub(super) struct Table {
    pub name: &'static str,
    pub keys: &'static [&'static str],
    pub values: &'static [&'static str],
}

impl Table {
    fn columns(&self) -> String {
        self.keys.iter().chain(self.values).copied().collect::<Vec<_>>().join(", ")
    }

    /// Writes a row or overwrites the one with the same keys. Parameters: keys, then values.
    fn upsert(&self) -> String {
        let marks = vec!["?"; self.keys.len() + self.values.len()].join(", ");
        let sets: Vec<String> =
            self.values.iter().map(|column| format!("{column} = excluded.{column}")).collect();
        format!(
            "INSERT INTO {} ({}) VALUES ({marks}) ON CONFLICT ({}) DO UPDATE SET {}",
            self.name,
            self.columns(),
            self.keys.join(", "),
            sets.join(", ")
        )
    }

    /// `a = ?1 AND b = ?2` over the keys.
    fn is_row(&self) -> String {
        let tests: Vec<String> =
            (1..).zip(self.keys).map(|(number, column)| format!("{column} = ?{number}")).collect();
        tests.join(" AND ")
    }

    /// Changes the values of a row that is there. Parameters: keys, then values.
    fn update(&self) -> String {
        let sets: Vec<String> = (self.keys.len() + 1..)
            .zip(self.values)
            .map(|(number, column)| format!("{column} = ?{number}"))
            .collect();
        format!("UPDATE {} SET {} WHERE {}", self.name, sets.join(", "), self.is_row())
    }

    fn delete(&self) -> String {
        format!("DELETE FROM {} WHERE {}", self.name, self.is_row())
    }

    /// The row with these keys.
    pub fn find<T>(
        &self,
        connection: &Connection,
        keys: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let sql = format!("SELECT {} FROM {} WHERE {}", self.columns(), self.name, self.is_row());
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(keys)?;
        rows.next()?.map(read).transpose()
    }

    /// Walks all rows in order of their keys; a row's columns are keys, then values.
    pub fn each(
        &self,
        connection: &Connection,
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.walk(connection, "true", [], take)
    }

    /// As [`Table::each`], only rows whose first key lies within `keys`.
    pub fn each_within(
        &self,
        connection: &Connection,
        keys: RangeInclusive<u32>,
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let test = format!("{} BETWEEN ? AND ?", self.keys[0]);
        self.walk(connection, &test, [*keys.start(), *keys.end()], take)
    }

    /// As [`Table::each`], only rows that pass `test`, an expression over the columns.
    pub fn each_where(
        &self,
        connection: &Connection,
        test: &str,
        parameters: impl Params,
        take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.walk(connection, test, parameters, take)
    }

    fn walk(
        &self,
        connection: &Connection,
        test: &str,
        parameters: impl Params,
        mut take: impl FnMut(&Row<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (columns, name, keys) = (self.columns(), self.name, self.keys.join(", "));
        let sql = format!("SELECT {columns} FROM {name} WHERE {test} ORDER BY {keys}");
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(parameters)?;
        while let Some(row) = rows.next()? {
            take(row)?;
        }
        Ok(())
    }
}

/// Writes to one table within one transaction; each statement is prepared when first needed.
pub(super) struct Pen<'c> {
    connection: &'c Connection,
    table: &'static Table,
    upsert: Option<Statement<'c>>,
    delete: Option<Statement<'c>>,
    update: Option<Statement<'c>>,
}

impl<'c> Pen<'c> {
    pub fn new(connection: &'c Connection, table: &'static Table) -> Self {
        Self { connection, table, upsert: None, delete: None, update: None }
    }

    /// Keys, then values.
    pub fn write(&mut self, row: impl Params) -> Result<(), StoreError> {
        let statement = match &mut self.upsert {
            Some(statement) => statement,
            none => none.insert(self.connection.prepare(&self.table.upsert())?),
        };
        statement.execute(row)?;
        Ok(())
    }

    /// Changes a row that is there; keys, then values.
    pub fn change(&mut self, row: impl Params) -> Result<(), StoreError> {
        let statement = match &mut self.update {
            Some(statement) => statement,
            none => none.insert(self.connection.prepare(&self.table.update())?),
        };
        statement.execute(row)?;
        Ok(())
    }

    /// Takes the row with these keys away, where there is one.
    pub fn erase(&mut self, keys: impl Params) -> Result<(), StoreError> {
        let statement = match &mut self.delete {
            Some(statement) => statement,
            none => none.insert(self.connection.prepare(&self.table.delete())?),
        };
        statement.execute(keys)?;
        Ok(())
    }
}
