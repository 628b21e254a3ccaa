//! The cells and the ground of one record, with a warning for what cannot be read.
//!
//! **Why** apart from the kinds: here stands how a cell fails, there what a kind needs.

use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::aliases::Field;
use super::cells;
use super::columns::Columns;
use super::datum::{Converter, Datum, DatumChoice};
use super::deny::is_personal_number;
use super::rows::{Ground, Maker, Record};
use super::shapes::{Shape, ShapeFault};
use crate::domain::ids::Code;
use crate::domain::issue::{Issue, Severity};
use crate::domain::place::{Pin, PlaceError, Polygon};
use crate::domain::register::rows::ImportKind;

/// A row that could not be made: the issue says why.
pub struct Refused(pub Issue);

/// Reads one record into one row.
pub struct RowReader<'m, 'o, 'r> {
    pub maker: &'m mut Maker<'o>,
    pub record: &'r Record<'r>,
    pub columns: &'r Columns,
}

impl RowReader<'_, '_, '_> {
    pub fn make(&mut self, ground: Ground) -> Result<(), Refused> {
        match self.maker.options.kind {
            ImportKind::Areas => self.area(ground),
            ImportKind::Grids => self.grid(ground),
            ImportKind::Buildings => self.building(ground),
            ImportKind::Households => self.household(ground),
            ImportKind::Members => self.member(ground),
            ImportKind::Barriers => self.barrier(ground),
            ImportKind::Stations => self.station(ground),
        }
    }

    // --- cells

    pub fn issue(&self, code: &'static str, severity: Severity, field: Field) -> Issue {
        let issue = Issue::new(code, severity).row(self.record.row);
        match self.columns.header(field) {
            Some(header) => issue.column(header),
            None => issue,
        }
    }

    pub fn warn(&mut self, code: &'static str, field: Field) {
        let issue = self.issue(code, Severity::Warning, field);
        self.maker.report.add(issue);
    }

    pub fn stop(&self, code: &'static str, field: Field) -> Refused {
        Refused(self.issue(code, Severity::Stop, field))
    }

    /// The value of a cell; what cannot be read is left out with a warning.
    pub fn read<T>(
        &mut self,
        field: Field,
        read: fn(&str) -> Result<Option<T>, cells::Fault>,
    ) -> Option<T> {
        match read(self.record.cell(field)) {
            Ok(value) => value,
            Err(code) => {
                self.warn(code, field);
                None
            }
        }
    }

    pub fn text(&mut self, field: Field) -> Box<str> {
        let (text, was_cut) = cells::text(self.record.cell(field));
        if was_cut {
            self.warn("row.too-long", field);
        }
        text
    }

    pub fn text_or_none(&mut self, field: Field) -> Option<Box<str>> {
        Some(self.text(field)).filter(|text| !text.is_empty())
    }

    /// The row's own code. `Ok(None)` when the cell is empty or the column missing.
    pub fn code(&self, field: Field) -> Result<Option<Code>, Refused> {
        cells::code(self.record.cell(field)).map_err(|code| self.stop(code, field))
    }

    /// A code that stands for one home or person: never an identity card or phone number.
    pub fn personal_code(&self, field: Field) -> Result<Option<Code>, Refused> {
        let code = self.code(field)?;
        match &code {
            Some(code) if is_personal_number(code.as_str()) => {
                Err(self.stop("row.personal-number", field))
            }
            _ => Ok(code),
        }
    }

    /// Community by code or name, else the one given for the whole file.
    pub fn community(&mut self) -> Option<Box<str>> {
        let stated = match cells::code(self.record.cell(Field::Community)) {
            Ok(stated) => stated,
            Err(code) => {
                self.warn(code, Field::Community);
                None
            }
        };
        let stated = stated.filter(|code| !cells::is_nothing(code.as_str()));
        stated.map(|code| code.as_str().into()).or_else(|| self.maker.options.community.clone())
    }

    /// The index of an earlier row with the same hash, unless this is the first.
    pub fn seen(&mut self, key: &impl Hash, n_rows: usize) -> Option<usize> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        let index = u32::try_from(n_rows).expect("fewer than 2^32 rows in 512 MB");
        match self.maker.seen.entry(hasher.finish()) {
            Entry::Occupied(entry) => Some(*entry.get() as usize),
            Entry::Vacant(entry) => {
                entry.insert(index);
                None
            }
        }
    }

    pub fn duplicate(&self, code: &Code) -> Refused {
        Refused(self.issue("row.duplicate-code", Severity::Stop, Field::Code).subject(code))
    }

    // --- ground

    /// The pin of the coordinate columns.
    pub fn cell_pin(&mut self) -> Option<Pin> {
        let lon = self.read(Field::Lon, cells::coordinate);
        let lat = self.read(Field::Lat, cells::coordinate);
        let (Some(lon), Some(lat)) = (lon, lat) else { return None };
        if lon == 0.0 && lat == 0.0 {
            self.warn("row.zero-position", Field::Lon);
            return None;
        }
        let located = self.converter()?.locate(lon, lat);
        match located {
            Ok(located) => {
                if located.is_swapped {
                    let issue = self.issue("row.swapped", Severity::Warning, Field::Lon);
                    self.maker.report.add(issue.place([located.pin]));
                }
                Some(located.pin)
            }
            Err(PlaceError::NotFinite) => {
                self.warn("row.not-finite", Field::Lon);
                None
            }
            Err(PlaceError::OutOfRange) => {
                self.warn("row.out-of-range", Field::Lon);
                None
            }
        }
    }

    /// The converter of this row: of the datum it states, where it states one and nobody said otherwise.
    pub fn converter(&mut self) -> Option<&mut Converter> {
        let stated = self.record.cell(Field::Crs).trim();
        let is_auto = self.maker.options.datum == DatumChoice::Auto;
        if stated.is_empty() || !is_auto {
            return self.maker.converter.as_mut();
        }
        let known = self.maker.others.iter().position(|(text, _)| **text == *stated);
        let at = match known {
            Some(at) => at,
            None => {
                // A handful of spellings at most; more is not a datum column.
                if self.maker.others.len() >= 16 {
                    self.warn("row.unknown-datum", Field::Crs);
                    return None;
                }
                let converter =
                    stated.parse::<Datum>().and_then(|datum| Converter::new(datum, &[]));
                self.maker.others.push((stated.into(), converter.ok()));
                self.maker.others.len() - 1
            }
        };
        if self.maker.others[at].1.is_none() {
            self.warn("row.unknown-datum", Field::Crs);
        }
        self.maker.others[at].1.as_mut()
    }

    /// Notes about a drawn shape that hold for every kind.
    pub fn shape_notes(&mut self, shape: &Shape) {
        let place = first_pin(shape);
        let mut add = |code, severity| {
            let issue = Issue::new(code, severity).row(self.record.row).place(place);
            self.maker.report.add(issue);
        };
        if shape.is_swapped {
            add("row.swapped", Severity::Warning);
        }
        if shape.has_outside_hole {
            add("fabric.hole-outside", Severity::Warning);
        }
        if shape.n_degenerate > 0 && !shape.is_empty() {
            add("fabric.degenerate", Severity::Note);
        }
    }

    pub fn shape_fault(&self, fault: ShapeFault, severity: Severity) -> Issue {
        Issue::new(fault.code, severity).row(self.record.row).place(fault.place)
    }

    /// The polygons of a row that is ground: areas and grids. Empty when the file draws none.
    pub fn polygons(&mut self, ground: Ground) -> Result<Vec<Polygon>, Refused> {
        let shape = match ground {
            Ground::Cells => return Ok(Vec::new()),
            Ground::Faulty(fault) => return Err(Refused(self.shape_fault(fault, Severity::Stop))),
            Ground::Drawn(shape) => shape,
        };
        self.shape_notes(&shape);
        if !shape.polygons.is_empty() {
            return Ok(shape.polygons);
        }
        let code = if shape.is_empty() { "fabric.degenerate" } else { "row.wrong-geometry" };
        Err(Refused(Issue::new(code, Severity::Stop).place(first_pin(&shape))))
    }
}

/// Some pin of `shape`, to show where it lies.
pub fn first_pin(shape: &Shape) -> Option<Pin> {
    let ring = shape.polygons.first().and_then(|polygon| polygon.rings.first());
    let chain = ring.or(shape.lines.first());
    chain.and_then(|chain| chain.first()).or(shape.points.first()).copied()
}
