//! One record of a file to one row of its kind, with everything wrong about it on the list.
//!
//! A record is the cells of one line or the properties of one feature, by field. What a row cannot do
//! without (its code, the ground of an area) refuses it; what merely fails to read is left out and
//! warned about, so that a building with a mistyped number of floors is still a building.
//!
//! **Why** one place for all kinds and formats: a rule about codes or positions is then the same
//! whether it came as CSV or GeoJSON.

use std::collections::HashMap;

use super::aliases::Field;
use super::areas::Parents;
use super::columns::Columns;
use super::datum::Converter;
use super::reader::{Refused, RowReader};
use super::report::Report;
use super::shapes::{Shape, ShapeFault};
use super::sheet::{ImportError, ImportOptions};
use crate::domain::issue::{Issue, Severity};
use crate::domain::register::rows::{ImportKind, Rows};

/// The cells of one row, by field; empty where the file has none.
pub struct Record<'a> {
    pub row: u32,
    pub cells: [&'a str; Field::COUNT],
}

impl<'a> Record<'a> {
    pub fn new(row: u32) -> Self {
        Self { row, cells: [""; Field::COUNT] }
    }

    pub fn cell(&self, field: Field) -> &'a str {
        self.cells[field as usize]
    }
}

/// Where a row says it lies.
pub enum Ground {
    /// In its longitude and latitude columns, if it has them.
    Cells,
    Drawn(Shape),
    Faulty(ShapeFault),
}

/// Collects the rows of one file.
pub struct Maker<'o> {
    pub options: &'o ImportOptions,
    pub report: Report,
    pub rows: Rows,
    pub n_rows: u64,
    pub parents: Parents,
    /// Words of the file's name, for features that do not say what they are.
    pub file_name: String,
    /// How to read positions; none while the file has shown no coordinate.
    pub converter: Option<Converter>,
    /// Converters for rows that state another datum than the first, by the text of the cell.
    pub others: Vec<(Box<str>, Option<Converter>)>,
    /// Row by the hash of its code.
    pub seen: HashMap<u64, u32>,
    n_vertices: u64,
    /// Rows refused because their geometry is of another kind than the sheet.
    pub n_wrong_geometry: u64,
    pub n_made_codes: u64,
}

impl<'o> Maker<'o> {
    pub fn new(options: &'o ImportOptions, file_name: &str, converter: Option<Converter>) -> Self {
        let rows = match options.kind {
            ImportKind::Areas => Rows::Areas(Vec::new()),
            ImportKind::Grids => Rows::Grids(Vec::new()),
            ImportKind::Buildings => Rows::Buildings(Vec::new()),
            ImportKind::Households => Rows::Households(Vec::new()),
            ImportKind::Members => Rows::Members(Vec::new()),
            ImportKind::Barriers => Rows::Barriers(Vec::new()),
            ImportKind::Stations => Rows::Stations(Vec::new()),
        };
        Self {
            options,
            report: Report::new(options.max_issues),
            rows,
            n_rows: 0,
            parents: Parents::default(),
            file_name: file_name.to_lowercase(),
            converter,
            others: Vec::new(),
            seen: HashMap::new(),
            n_vertices: 0,
            n_wrong_geometry: 0,
            n_made_codes: 0,
        }
    }

    /// Adds the row that `record` describes, or the issue that refuses it.
    pub fn take(
        &mut self,
        record: &Record<'_>,
        columns: &Columns,
        ground: Ground,
    ) -> Result<(), ImportError> {
        self.n_rows += 1;
        if let Ground::Drawn(shape) = &ground {
            let rings = shape.polygons.iter().flat_map(|polygon| &polygon.rings);
            self.n_vertices +=
                rings.chain(&shape.lines).map(|chain| chain.len() as u64).sum::<u64>();
            if self.n_vertices > self.options.max_vertices {
                return Err(ImportError::TooManyVertices { limit: self.options.max_vertices });
            }
        }
        let mut row = RowReader { maker: self, record, columns };
        let made = row.make(ground);
        match made {
            // Known and of no use here: left out, not refused.
            Err(Refused(issue)) if issue.severity == Severity::Note => {
                self.report.add(issue.row(record.row));
            }
            Err(Refused(issue)) => self.refuse(issue.row(record.row)),
            Ok(()) => {}
        }
        Ok(())
    }

    /// Puts `issue` on the list and counts a refused row.
    pub fn refuse(&mut self, issue: Issue) {
        self.report.refused += 1;
        self.n_wrong_geometry += u64::from(issue.code == "row.wrong-geometry");
        self.report.add(issue);
    }

    /// Says what was made up for lack of a column.
    pub fn conclude(&mut self) {
        if self.n_made_codes > 0 {
            let issue = Issue::new("file.made-codes", Severity::Note);
            self.report.add(issue.figure(self.n_made_codes as f64));
        }
        if let Some(residual) = self.converter.as_ref().and_then(Converter::residual_meters) {
            self.report.add(Issue::new("file.datum-converted", Severity::Note).figure(residual));
        }
    }
}
