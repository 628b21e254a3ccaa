//! Rows as import files: GeoJSON for what has a shape, CSV for what has none.
//!
//! Writes to any [`Write`]; opens no file. Coordinates have the seven decimals of the lattice, so a pin
//! comes back as it went. One feature a line, so that a changed row is a changed line.
//!
//! **Why** by hand and not by a JSON library: the bytes are compared with files in the repository, and
//! a million rows must not be held in memory.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::homes::{Home, Member};
use crate::domain::measure::Area;
use crate::domain::place::{Pin, Polygon};
use crate::domain::register::area::Level;
use crate::domain::register::people::ResidenceClass;
use crate::domain::register::rows::{AreaRow, BuildingRow, FeatureRow, GridRow, StationRow};
use crate::domain::register::station::StationKind;

/// Language of the header row and of coded words in a CSV file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Header {
    Chinese,
    English,
}

/// Areas; what has no ground of its own (districts over communities) gets `null` for a geometry.
pub fn areas(rows: impl IntoIterator<Item = AreaRow>, out: &mut dyn Write) -> io::Result<()> {
    collection(out, "areas", rows, |row| {
        let mut feature = Feature::new();
        feature.text("code", row.code.as_str());
        feature.text("name", &row.name);
        if let Some(level) = row.level {
            feature.text("level", level.word());
        }
        if let Some(parent) = &row.parent {
            feature.text("parent_code", parent.as_str());
        }
        feature.text("kind", &row.kind);
        if let Some(households) = row.households {
            feature.number("households", households.get());
        }
        if let Some(population) = row.population {
            feature.number("population", population.get());
        }
        feature.close(|json| polygons(json, &row.shape))
    })
}

pub fn grids(rows: impl IntoIterator<Item = GridRow>, out: &mut dyn Write) -> io::Result<()> {
    collection(out, "grids", rows, |row| {
        let mut feature = Feature::new();
        feature.text("code", row.code.as_str());
        feature.text("name", &row.name);
        feature.text("community", row.community.as_deref().unwrap_or_default());
        feature.text("kind", row.kind.word());
        feature.text("head", &row.head);
        feature.text("manager", &row.manager);
        feature.text("work_phone", &row.work_phone);
        feature.close(|json| polygons(json, &row.shape))
    })
}

/// Buildings by footprint, else by point, else with `null` for a geometry.
pub fn buildings(
    rows: impl IntoIterator<Item = BuildingRow>,
    out: &mut dyn Write,
) -> io::Result<()> {
    collection(out, "buildings", rows, |row| {
        let mut feature = Feature::new();
        feature.text("code", row.code.as_str());
        feature.text("name", &row.name);
        feature.text("estate", &row.estate);
        feature.text("address", &row.address);
        feature.text("community", row.community.as_deref().unwrap_or_default());
        feature.text("use", row.usage.word());
        feature.number("floors", row.floors.into());
        feature.number("entrances", row.entrances.into());
        feature.number("dwellings", row.dwellings.get());
        if let Some(day) = row.verified {
            feature.text("verified", &day.to_string());
        }
        feature.close(|json| match (row.footprint.is_empty(), row.pin) {
            (true, Some(pin)) => point(json, pin),
            _ => polygons(json, &row.footprint),
        })
    })
}

/// Roads, rail, water, walls, green, grounds.
pub fn barriers(rows: impl IntoIterator<Item = FeatureRow>, out: &mut dyn Write) -> io::Result<()> {
    collection(out, "barriers", rows, |row| {
        let mut feature = Feature::new();
        feature.text("id", &row.code);
        feature.text("kind", row.kind.word());
        feature.text("name", &row.name);
        feature.close(|json| {
            if row.lines.is_empty() {
                polygons(json, &row.polygons)
            } else {
                lines(json, &row.lines)
            }
        })
    })
}

pub fn households(
    homes: impl IntoIterator<Item = Home>,
    header: Header,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(match header {
        Header::Chinese => "户编号,楼栋编码,人数\n".as_bytes(),
        Header::English => b"household_no,building,persons\n",
    })?;
    for home in homes {
        writeln!(out, "{},{},{}", home.number, home.building, home.persons)?;
    }
    Ok(())
}

pub fn members(
    members: impl IntoIterator<Item = Member>,
    header: Header,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(match header {
        Header::Chinese => "编号,楼栋编码,居住类别\n".as_bytes(),
        Header::English => b"ref,building,class\n",
    })?;
    for member in members {
        let class = class_word(member.class, header);
        writeln!(out, "{},{},{}", member.reference, member.building, class)?;
    }
    Ok(())
}

/// Stations as an office lists them; what a row does not say is an empty cell.
pub fn stations(
    rows: impl IntoIterator<Item = StationRow>,
    header: Header,
    out: &mut dyn Write,
) -> io::Result<()> {
    out.write_all(match header {
        Header::Chinese => {
            "编号,名称,类别,级别,经度,纬度,建筑面积,大厅面积,服务社区,状态\n".as_bytes()
        }
        Header::English => b"code,name,kind,level,lon,lat,area,hall,serves,status\n",
    })?;
    for row in rows {
        let StationRow { row: _, code, name, kind, level, pin, .. } = &row;
        let mut place = String::from(",");
        if let Some(pin) = pin {
            place.clear();
            push_degrees(&mut place, pin.x);
            place.push(',');
            push_degrees(&mut place, pin.y);
        }
        let meters = |area: Option<Area>| {
            area.map_or_else(String::new, |area| area.square_meters().to_string())
        };
        let (floor, hall) = (meters(row.floor_area), meters(row.hall_area));
        let serves: Vec<&str> = row.serves.iter().map(|code| code.as_str()).collect();
        let kind = station_word(*kind, header);
        let level = level.map_or("", |level| level_word(level, header));
        let status = match (header, row.is_open) {
            (Header::Chinese, true) => "开放",
            (Header::Chinese, false) => "停用",
            (Header::English, true) => "open",
            (Header::English, false) => "closed",
        };
        let serves = serves.join(";");
        writeln!(out, "{code},{name},{kind},{level},{place},{floor},{hall},{serves},{status}")?;
    }
    Ok(())
}

fn station_word(kind: StationKind, header: Header) -> &'static str {
    match (header, kind) {
        (Header::English, kind) => kind.word(),
        (Header::Chinese, StationKind::ServiceCentre) => "党群服务中心",
        (Header::Chinese, StationKind::Workstation) => "工作站",
        (Header::Chinese, StationKind::ServicePoint) => "服务点",
        (Header::Chinese, StationKind::Venue) => "议事厅",
        (Header::Chinese, StationKind::Other) => "其他",
    }
}

fn level_word(level: Level, header: Header) -> &'static str {
    match (header, level) {
        (Header::English, level) => level.word(),
        (Header::Chinese, Level::City) => "市",
        (Header::Chinese, Level::District) => "区",
        (Header::Chinese, Level::Subdistrict) => "街道",
        (Header::Chinese, Level::Community) => "社区",
    }
}

fn class_word(class: ResidenceClass, header: Header) -> &'static str {
    match (header, class) {
        (Header::English, class) => class.word(),
        (Header::Chinese, ResidenceClass::Consistent) => "人户一致",
        (Header::Chinese, ResidenceClass::SeparatedInDistrict) => "区内人户分离",
        (Header::Chinese, ResidenceClass::FloatingIn) => "居住在区内",
        (Header::Chinese, ResidenceClass::OtherDistrict) => "市内其他区",
        (Header::Chinese, ResidenceClass::OutsideCity) => "市外",
        (Header::Chinese, ResidenceClass::Unknown) => "未知",
    }
}

/// A feature collection, one feature a line.
fn collection<T>(
    out: &mut dyn Write,
    name: &str,
    rows: impl IntoIterator<Item = T>,
    feature: impl Fn(T) -> String,
) -> io::Result<()> {
    writeln!(out, "{{\"type\":\"FeatureCollection\",\"name\":\"{name}\",\"features\":[")?;
    for (idx, row) in rows.into_iter().enumerate() {
        if idx > 0 {
            out.write_all(b",\n")?;
        }
        out.write_all(feature(row).as_bytes())?;
    }
    out.write_all(b"\n]}\n")
}

/// One feature being written. Empty texts are left out.
struct Feature {
    json: String,
    is_first: bool,
}

impl Feature {
    fn new() -> Self {
        Self { json: String::from("{\"type\":\"Feature\",\"properties\":{"), is_first: true }
    }

    fn key(&mut self, key: &str) {
        if !std::mem::take(&mut self.is_first) {
            self.json.push(',');
        }
        push_quoted(&mut self.json, key);
        self.json.push(':');
    }

    fn text(&mut self, key: &str, value: &str) {
        if !value.is_empty() {
            self.key(key);
            push_quoted(&mut self.json, value);
        }
    }

    fn number(&mut self, key: &str, value: i64) {
        self.key(key);
        self.json.push_str(&value.to_string());
    }

    fn close(mut self, geometry: impl FnOnce(&mut String)) -> String {
        self.json.push_str("},\"geometry\":");
        geometry(&mut self.json);
        self.json.push('}');
        self.json
    }
}

fn push_quoted(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => json.extend(['\\', letter]),
            control if control.is_control() => {
                write!(json, "\\u{:04x}", u32::from(control)).expect("a String takes all");
            }
            plain => json.push(plain),
        }
    }
    json.push('"');
}

fn point(json: &mut String, pin: Pin) {
    json.push_str("{\"type\":\"Point\",\"coordinates\":");
    push_pin(json, pin);
    json.push('}');
}

fn lines(json: &mut String, lines: &[Vec<Pin>]) {
    if let [line] = lines {
        json.push_str("{\"type\":\"LineString\",\"coordinates\":");
        push_list(json, line, |json, &pin| push_pin(json, pin));
    } else {
        json.push_str("{\"type\":\"MultiLineString\",\"coordinates\":");
        push_list(json, lines, |json, line| {
            push_list(json, line, |json, &pin| push_pin(json, pin))
        });
    }
    json.push('}');
}

fn polygons(json: &mut String, polygons: &[Polygon]) {
    match polygons {
        [] => json.push_str("null"),
        [polygon] => {
            json.push_str("{\"type\":\"Polygon\",\"coordinates\":");
            push_list(json, &polygon.rings, |json, ring| push_ring(json, ring));
            json.push('}');
        }
        _ => {
            json.push_str("{\"type\":\"MultiPolygon\",\"coordinates\":");
            push_list(json, polygons, |json, polygon| {
                push_list(json, &polygon.rings, |json, ring| push_ring(json, ring));
            });
            json.push('}');
        }
    }
}

fn push_list<T>(json: &mut String, items: &[T], push: impl Fn(&mut String, &T)) {
    json.push('[');
    for (idx, item) in items.iter().enumerate() {
        if idx > 0 {
            json.push(',');
        }
        push(json, item);
    }
    json.push(']');
}

/// A ring as GeoJSON wants it: the first pin again at the end.
fn push_ring(json: &mut String, ring: &[Pin]) {
    let closed: Vec<Pin> = ring.iter().chain(ring.first()).copied().collect();
    push_list(json, &closed, |json, &pin| push_pin(json, pin));
}

fn push_pin(json: &mut String, pin: Pin) {
    json.push('[');
    push_degrees(json, pin.x);
    json.push(',');
    push_degrees(json, pin.y);
    json.push(']');
}

/// `steps` of 1e-7 degree in decimal, exact.
fn push_degrees(json: &mut String, steps: i32) {
    if steps < 0 {
        json.push('-');
    }
    let (whole, rest) = (steps.unsigned_abs() / 10_000_000, steps.unsigned_abs() % 10_000_000);
    write!(json, "{whole}.{rest:07}").expect("a String takes all");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_exact() {
        let text = |steps| {
            let mut json = String::new();
            push_degrees(&mut json, steps);
            json
        };
        assert_eq!(text(1_096_000_001), "109.6000001");
        assert_eq!(text(-5), "-0.0000005");
        assert_eq!(text(-1_800_000_000), "-180.0000000");
    }

    #[test]
    fn text_is_quoted_safely() {
        let mut json = String::new();
        push_quoted(&mut json, "a\"b\\\u{1}里坊");
        assert_eq!(json, "\"a\\\"b\\\\\\u0001里坊\"");
    }

    #[test]
    fn shapes_close_their_rings() {
        let triangle =
            Polygon { rings: vec![vec![Pin::new(0, 0), Pin::new(10, 0), Pin::new(0, 10)]] };
        let mut json = String::new();
        polygons(&mut json, std::slice::from_ref(&triangle));
        assert!(json.ends_with("[0.0000000,0.0000010],[0.0000000,0.0000000]]]}"), "{json}");
        json.clear();
        polygons(&mut json, &[triangle.clone(), triangle]);
        assert!(json.starts_with("{\"type\":\"MultiPolygon\",\"coordinates\":[[[["));
        json.clear();
        polygons(&mut json, &[]);
        assert_eq!(json, "null");
    }
}
