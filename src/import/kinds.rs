//! What a row of each kind is made of, and what it cannot do without.
//!
//! **Why** destructured by hand, field by field: a new field of a row is then a compile error here.

use super::aliases::Field;
use super::barriers;
use super::cells;
use super::reader::{Refused, RowReader, first_pin};
use super::rows::Ground;
use super::shapes::{inner_pin, self_contact};
use super::words::{floors, grid_kind, is_in_use, residence_class, station_kind, usage};
use crate::domain::ids::Code;
use crate::domain::issue::{Issue, Severity};
use crate::domain::measure::{Area, Count};
use crate::domain::personal::Personal;
use crate::domain::place::{Pin, Polygon};
use crate::domain::register::area::Level;
use crate::domain::register::area::Lineage;
use crate::domain::register::rows::{
    AreaRow, BuildingRow, FeatureRow, GridRow, HouseholdRow, MemberRow, Rows, StationRow,
};
use crate::domain::register::station::StationKind;

impl RowReader<'_, '_, '_> {
    pub fn area(&mut self, ground: Ground) -> Result<(), Refused> {
        let name = self.text(Field::Name);
        let code = match self.code(Field::Code)? {
            Some(code) => code,
            // A list of names: the name is what it is known by.
            None => {
                let code =
                    Code::new(&name).ok_or_else(|| self.stop("row.missing-code", Field::Code))?;
                self.maker.n_made_codes += 1;
                code
            }
        };
        let is_cells = matches!(ground, Ground::Cells);
        let shape = self.polygons(ground)?;
        let n_rows = self.maker.rows.len();
        if let Some(earlier) = self.seen(&code, n_rows)
            && let Rows::Areas(rows) = &self.maker.rows
            && rows[earlier].code == code
        {
            return Err(self.duplicate(&code));
        }
        let level = match super::areas::level(self.record.cell(Field::Level)) {
            Ok(level) => level.or_else(|| super::areas::level_of_code(code.as_str())),
            Err(code_of_fault) => {
                self.warn(code_of_fault, Field::Level);
                super::areas::level_of_code(code.as_str())
            }
        };
        let own_level = level.unwrap_or(Level::Community);
        // Lists of names have no ground; a community among drawn ones should.
        if is_cells && own_level == Level::Community && self.maker.converter.is_some() {
            self.warn("row.no-geometry", Field::Code);
        }
        let parent = match self.code(Field::Parent) {
            Ok(Some(parent)) => Some(parent),
            Ok(None) => {
                let record = self.record;
                self.maker.parents.parent(record, &code, own_level)
            }
            Err(Refused(issue)) => {
                self.maker.report.add(issue);
                None
            }
        };
        let lineage = Lineage {
            predecessors: self.predecessors(&code),
            from: self.read(Field::ValidFrom, cells::date),
            to: self.read(Field::ValidTo, cells::date),
        };
        let row = AreaRow {
            row: self.record.row,
            name: if name.is_empty() { code.as_str().into() } else { name },
            code,
            level,
            parent,
            kind: self.text(Field::Kind),
            households: self.read(Field::Households, cells::count),
            population: self.read(Field::Population, cells::count),
            shape,
            lineage,
        };
        let Rows::Areas(rows) = &mut self.maker.rows else { unreachable!("made for areas") };
        rows.push(row);
        Ok(())
    }

    /// Codes of the areas this one came of, in one cell, each once and ascending.
    fn predecessors(&mut self, own: &Code) -> Vec<Code> {
        let mut codes = self.codes(Field::Predecessors);
        codes.retain(|code| code != own);
        codes
    }

    /// Several codes in one cell, each once and ascending.
    fn codes(&mut self, field: Field) -> Vec<Code> {
        let text = self.record.cell(field).to_owned();
        let mut codes = Vec::new();
        for part in text.split([',', '，', '、', ';', '；', '|', '/', '+']) {
            match cells::code(part.trim()) {
                Ok(code) => codes.extend(code.filter(|code| !cells::is_nothing(code.as_str()))),
                Err(fault) => self.warn(fault, field),
            }
        }
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    pub fn grid(&mut self, ground: Ground) -> Result<(), Refused> {
        let name = self.text(Field::Name);
        let code = match self.code(Field::Code)? {
            Some(code) => code,
            None => {
                let code =
                    Code::new(&name).ok_or_else(|| self.stop("row.missing-code", Field::Code))?;
                self.maker.n_made_codes += 1;
                code
            }
        };
        let shape = self.polygons(ground)?;
        let n_rows = self.maker.rows.len();
        if let Some(earlier) = self.seen(&code, n_rows)
            && let Rows::Grids(rows) = &self.maker.rows
            && rows[earlier].code == code
        {
            return Err(self.duplicate(&code));
        }
        let buildings = match cells::building_list(self.record.cell(Field::Buildings)) {
            Ok(buildings) => buildings,
            Err(code) => {
                self.warn(code, Field::Buildings);
                Vec::new()
            }
        };
        let row = GridRow {
            row: self.record.row,
            name: if name.is_empty() { code.as_str().into() } else { name },
            code,
            community: self.community(),
            kind: grid_kind(self.record.cell(Field::Kind)),
            buildings,
            head: self.text(Field::Head),
            manager: self.text(Field::Manager),
            work_phone: self.text(Field::WorkPhone),
            shape,
        };
        let Rows::Grids(rows) = &mut self.maker.rows else { unreachable!("made for grids") };
        rows.push(row);
        Ok(())
    }

    pub fn building(&mut self, ground: Ground) -> Result<(), Refused> {
        let code = self.code(Field::Code)?;
        let (pin, footprint) = self.building_ground(ground)?;
        let tagged = self.record.cell(Field::BuildingType).trim();
        let usage = usage(self.record.cell(Field::Usage)).or_else(|| usage(tagged));
        // OSM says what a building is under `building`; offices write its number there.
        let named = if usage.is_none() && tagged != "yes" { tagged } else { "" };
        let number =
            Some(self.record.cell(Field::Building)).filter(|cell| !cells::is_nothing(cell));
        let name = match number.or(Some(named).filter(|named| !cells::is_nothing(named))) {
            Some(number) => cells::text(&cells::building_name(number)).0,
            None => self.text(Field::Name),
        };
        let (estate, community) = (self.text(Field::Estate), self.community());
        let code = match code {
            Some(code) => code,
            None => {
                let parts = [community.as_deref().unwrap_or(""), &estate, &name];
                let made = made_code(&parts, !name.is_empty(), pin);
                self.maker.n_made_codes += 1;
                made.ok_or_else(|| self.stop("row.missing-code", Field::Code))?
            }
        };
        let n_rows = self.maker.rows.len();
        if let Some(earlier) = self.seen(&code, n_rows)
            && let Rows::Buildings(rows) = &self.maker.rows
            && rows[earlier].code == code
        {
            return Err(self.duplicate(&code));
        }
        if let Some(place) = self_contact(&footprint) {
            let issue = Issue::new("fabric.touching-ring", Severity::Note).row(self.record.row);
            self.maker.report.add(issue.subject(&code).place([place]));
        }
        let row = BuildingRow {
            row: self.record.row,
            code,
            name,
            estate,
            address: self.address(),
            community,
            grid: self
                .read(Field::Grid, cells::code)
                .filter(|code| !cells::is_nothing(code.as_str())),
            usage: usage.unwrap_or_default(),
            floors: self.read(Field::Floors, floors).unwrap_or(0),
            entrances: self.read(Field::Entrances, cells::small).unwrap_or(0),
            dwellings: self.read(Field::Dwellings, cells::count).unwrap_or(Count::ZERO),
            pin,
            footprint,
            verified: self.read(Field::Verified, cells::date),
        };
        let Rows::Buildings(rows) = &mut self.maker.rows else {
            unreachable!("made for buildings")
        };
        rows.push(row);
        Ok(())
    }

    /// Where a building stands and what it covers. A fault costs it its position, not its existence.
    fn building_ground(&mut self, ground: Ground) -> Result<(Option<Pin>, Vec<Polygon>), Refused> {
        match ground {
            Ground::Cells => Ok((self.cell_pin(), Vec::new())),
            Ground::Faulty(fault) => {
                let issue = self.shape_fault(fault, Severity::Warning);
                self.maker.report.add(issue);
                Ok((None, Vec::new()))
            }
            Ground::Drawn(shape) => {
                self.shape_notes(&shape);
                if shape.polygons.is_empty() && shape.points.is_empty() && !shape.lines.is_empty() {
                    let issue = Issue::new("row.wrong-geometry", Severity::Stop);
                    return Err(Refused(issue.place(first_pin(&shape))));
                }
                if shape.is_empty() {
                    self.warn("fabric.degenerate", Field::Code);
                }
                let pin = shape.points.first().copied().or_else(|| inner_pin(&shape.polygons));
                Ok((pin, shape.polygons))
            }
        }
    }

    /// The address, or street and house number.
    fn address(&mut self) -> Box<str> {
        let address = self.text(Field::Address);
        if !address.is_empty() {
            return address;
        }
        let (street, number) = (self.text(Field::AddrStreet), self.text(Field::AddrNumber));
        format!("{street}{number}").into()
    }

    /// The building a home or member names: by code if it gives one, else by name.
    fn building_reference(&mut self) -> Option<Box<str>> {
        let code = self.read(Field::BuildingCode, cells::code);
        if let Some(code) = code.filter(|code| !cells::is_nothing(code.as_str())) {
            return Some(code.as_str().into());
        }
        let name = self.record.cell(Field::Building);
        (!cells::is_nothing(name)).then(|| cells::text(&cells::building_name(name)).0)
    }

    /// The one position of a home or member.
    fn point(&mut self, ground: Ground) -> Option<Pin> {
        match ground {
            Ground::Cells => self.cell_pin(),
            Ground::Faulty(fault) => {
                let issue = self.shape_fault(fault, Severity::Warning);
                self.maker.report.add(issue);
                None
            }
            Ground::Drawn(shape) => {
                self.shape_notes(&shape);
                let pin = shape.points.first().copied().or_else(|| inner_pin(&shape.polygons));
                if pin.is_none() {
                    self.warn("row.wrong-geometry", Field::Code);
                }
                pin
            }
        }
    }

    pub fn household(&mut self, ground: Ground) -> Result<(), Refused> {
        let number = self.personal_code(Field::Number)?;
        let building = self.building_reference();
        let estate = self.text_or_none(Field::Estate);
        let number = match number {
            Some(number) => number,
            // Without a number a home is its door.
            None => {
                let door = [Field::Unit, Field::Floor, Field::Room]
                    .map(|field| self.record.cell(field).trim());
                let place = [estate.as_deref().unwrap_or(""), building.as_deref().unwrap_or("")];
                let parts = [place[0], place[1], door[0], door[1], door[2]];
                let made = made_code(&parts, building.is_some() && !door[2].is_empty(), None);
                self.maker.n_made_codes += 1;
                made.ok_or_else(|| self.stop("row.missing-code", Field::Number))?
            }
        };
        let row = HouseholdRow {
            row: self.record.row,
            number: Personal::new(number),
            building,
            estate,
            community: self.community(),
            address: self.text_or_none(Field::Address).map(Personal::new),
            pin: self.point(ground),
            persons: self.read(Field::Persons, cells::small).unwrap_or(0),
        };
        let n_rows = self.maker.rows.len();
        let earlier = self.seen(&row.number, n_rows);
        let Rows::Households(rows) = &mut self.maker.rows else {
            unreachable!("made for households")
        };
        let same_number = earlier.map(|i| &rows[i]).filter(|other| other.number == row.number);
        if let Some(other) = same_number {
            let is_same = HouseholdRow { row: other.row, ..row } == *other;
            let code = if is_same { "row.duplicate-code" } else { "row.conflict" };
            return Err(self.stop(code, Field::Number));
        }
        rows.push(row);
        Ok(())
    }

    pub fn member(&mut self, ground: Ground) -> Result<(), Refused> {
        let reference = self.personal_code(Field::Reference)?;
        let reference = reference.ok_or_else(|| self.stop("row.missing-code", Field::Reference))?;
        let row = MemberRow {
            row: self.record.row,
            reference: Personal::new(reference),
            household: self.personal_code(Field::Household)?.map(Personal::new),
            building: self.building_reference(),
            estate: self.text_or_none(Field::Estate),
            community: self.community(),
            address: self.text_or_none(Field::Address).map(Personal::new),
            pin: self.point(ground),
            class: residence_class(self.record.cell(Field::Class)),
        };
        let n_rows = self.maker.rows.len();
        let earlier = self.seen(&row.reference, n_rows);
        let Rows::Members(rows) = &mut self.maker.rows else { unreachable!("made for members") };
        let same_reference =
            earlier.map(|i| &rows[i]).filter(|other| other.reference == row.reference);
        if let Some(other) = same_reference {
            let is_same = MemberRow { row: other.row, ..row } == *other;
            let code = if is_same { "row.duplicate-code" } else { "row.conflict" };
            return Err(self.stop(code, Field::Reference));
        }
        rows.push(row);
        Ok(())
    }

    pub fn barrier(&mut self, ground: Ground) -> Result<(), Refused> {
        let shape = match ground {
            Ground::Cells => return Err(Refused(Issue::new("row.no-geometry", Severity::Stop))),
            Ground::Faulty(fault) => return Err(Refused(self.shape_fault(fault, Severity::Stop))),
            Ground::Drawn(shape) => shape,
        };
        self.shape_notes(&shape);
        if shape.lines.is_empty() && shape.polygons.is_empty() {
            let code = if shape.is_empty() { "fabric.degenerate" } else { "row.wrong-geometry" };
            return Err(Refused(Issue::new(code, Severity::Stop).place(first_pin(&shape))));
        }
        let name = self.text(Field::Name);
        let route = self.text(Field::RouteName);
        let is_area = shape.lines.is_empty();
        let kind = match barriers::kind(self.record, &self.maker.file_name, is_area) {
            Ok(kind) => kind,
            Err(code) => {
                let is_known = code != "row.unknown-kind";
                let severity = if is_known { Severity::Note } else { Severity::Stop };
                return Err(Refused(Issue::new(code, severity).place(first_pin(&shape))));
            }
        };
        let code = self.code(Field::Code)?.map(|code| Box::from(code.as_str())).unwrap_or_default();
        let code = self.piece_code(code);
        let row = FeatureRow {
            row: self.record.row,
            code,
            kind,
            name: if name.is_empty() { route } else { name },
            lines: shape.lines,
            polygons: shape.polygons,
        };
        let Rows::Barriers(rows) = &mut self.maker.rows else { unreachable!("made for barriers") };
        rows.push(row);
        Ok(())
    }

    pub fn station(&mut self, ground: Ground) -> Result<(), Refused> {
        let name = self.text(Field::Name);
        let code = match self.code(Field::Code)? {
            Some(code) => code,
            None => {
                let code =
                    Code::new(&name).ok_or_else(|| self.stop("row.missing-code", Field::Name))?;
                self.maker.n_made_codes += 1;
                code
            }
        };
        let (floor_area, hall_area) =
            (self.floor_area(Field::FloorArea)?, self.floor_area(Field::HallArea)?);
        let pin = self.point(ground);
        let n_rows = self.maker.rows.len();
        if let Some(earlier) = self.seen(&code, n_rows)
            && let Rows::Stations(rows) = &self.maker.rows
            && rows[earlier].code == code
        {
            return Err(self.duplicate(&code));
        }
        let mut serves = self.codes(Field::Serves);
        if serves.is_empty() {
            serves.extend(self.maker.options.community.as_deref().and_then(Code::new));
        }
        let row = StationRow {
            row: self.record.row,
            name: if name.is_empty() { code.as_str().into() } else { name },
            code,
            kind: self.station_kind(),
            level: self.read(Field::Level, super::areas::level),
            pin,
            floor_area,
            hall_area,
            serves,
            is_open: self.is_in_use(),
        };
        let Rows::Stations(rows) = &mut self.maker.rows else { unreachable!("made for stations") };
        rows.push(row);
        Ok(())
    }

    /// What cannot be read is left out; less than nothing refuses the row.
    fn floor_area(&mut self, field: Field) -> Result<Option<Area>, Refused> {
        match cells::square_meters(self.record.cell(field)) {
            Err(fault @ "row.negative-number") => Err(self.stop(fault, field)),
            _ => Ok(self.read(field, cells::square_meters)),
        }
    }

    fn station_kind(&mut self) -> StationKind {
        let text = self.record.cell(Field::Kind);
        station_kind(text).unwrap_or_else(|| {
            if !cells::is_nothing(text) {
                self.warn("row.other-kind", Field::Kind);
            }
            StationKind::Other
        })
    }

    fn is_in_use(&mut self) -> bool {
        let text = self.record.cell(Field::Status);
        let known = is_in_use(text).or(cells::is_nothing(text).then_some(true));
        known.unwrap_or_else(|| {
            self.warn("row.unknown-status", Field::Status);
            true
        })
    }

    /// Clipping cuts one road into several features of one id: the second becomes `id/2`, and so on.
    fn piece_code(&mut self, code: Box<str>) -> Box<str> {
        if code.is_empty() || self.seen(&code, 0).is_none() {
            return code;
        }
        (2..)
            .map(|n: u32| Box::<str>::from(format!("{code}/{n}")))
            .find(|piece| self.seen(piece, 0).is_none())
            .expect("some number is free")
    }
}

/// A code for a row that has none: its names joined, or its position. The same row always gets the same.
fn made_code(parts: &[&str], are_enough: bool, pin: Option<Pin>) -> Option<Code> {
    if are_enough {
        let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
        return Code::new(&parts.join("/"));
    }
    pin.and_then(|pin| Code::new(&format!("@{},{}", pin.x, pin.y)))
}
