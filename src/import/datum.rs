//! Datums: the only place where coordinates of other systems become pins of EPSG:4490.
//!
//! Known: EPSG:4326 and 4490 (the same numbers here), the CGCS2000 Gauss-Krüger zones of 3 degrees
//! (4513-4533 with zone prefix, 4534-4554 without) and 6 degrees (4491-4501, 4502-4512), Web
//! Mercator 3857, GCJ-02 and BD-09.
//!
//! Degrees without a stated datum are taken as EPSG:4326, and the sheet says so. Metres without a
//! zone are never guessed: the error names the candidates. Either axis order is told from the
//! numbers, which in these systems cannot be mistaken for each other.
//!
//! GCJ-02 has no published inverse; it is found by iterating the published forward formula, and the
//! residual is reported. Once a person says `gcj02`, it is applied inside the classic box of that
//! formula (72.004-137.8347 E, 0.8293-55.8271 N), Taiwan, Hong Kong and Macau included: whoever
//! shifted the file most likely used that box. Points outside the box were never shifted.
//!
//! **Why** libraries for the arithmetic and our own rules for the choice: `proj4rs` and
//! `coordtransform` are checked against PROJ and gcoord, but their silent region tests and relaxed
//! modes would be guesses made for the user.

use std::fmt;
use std::str::FromStr;

use coordtransform as shift;
use proj4rs::proj::Proj;
use proj4rs::transform::transform;

use super::sheet::ImportError;
use crate::domain::place::{LonLat, Pin, PlaceError};

/// A coordinate system a file can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datum {
    /// EPSG:4326, degrees.
    Wgs84,
    /// EPSG:4490, degrees.
    Cgcs2000,
    /// CGCS2000 / Gauss-Krüger, metres; EPSG 4491-4554.
    GaussKruger(Zone),
    /// EPSG:3857, metres.
    WebMercator,
    /// Degrees as published by AutoNavi and Tencent.
    Gcj02,
    /// Degrees as published by Baidu.
    Bd09,
}

/// A zone of the Gauss-Krüger projection on CGCS2000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone {
    /// 3 or 6 degrees wide.
    pub width: u8,
    /// 25-45 for 3 degrees, 13-23 for 6.
    pub number: u8,
    /// Whether eastings carry the zone in front (8 digits).
    pub is_prefixed: bool,
}

impl Zone {
    const fn meridian(self) -> u8 {
        if self.width == 3 { self.number * 3 } else { self.number * 6 - 3 }
    }

    const fn epsg(self) -> u16 {
        let number = self.number as u16;
        match (self.width, self.is_prefixed) {
            (3, true) => 4488 + number,
            (3, false) => 4509 + number,
            (_, true) => 4478 + number,
            (_, false) => 4489 + number,
        }
    }

    const fn of_epsg(epsg: u16) -> Option<Self> {
        let (width, number, is_prefixed) = match epsg {
            4513..=4533 => (3, epsg - 4488, true),
            4534..=4554 => (3, epsg - 4509, false),
            4491..=4501 => (6, epsg - 4478, true),
            4502..=4512 => (6, epsg - 4489, false),
            _ => return None,
        };
        Some(Self { width, number: number as u8, is_prefixed })
    }
}

/// `4326`, `4490`, `4544`, `3857`, `gcj02`, `bd09`.
impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wgs84 => f.write_str("4326"),
            Self::Cgcs2000 => f.write_str("4490"),
            Self::GaussKruger(zone) => write!(f, "{}", zone.epsg()),
            Self::WebMercator => f.write_str("3857"),
            Self::Gcj02 => f.write_str("gcj02"),
            Self::Bd09 => f.write_str("bd09"),
        }
    }
}

/// Reads EPSG numbers, URNs and the names in use: `EPSG:4544`, `urn:ogc:def:crs:OGC:1.3:CRS84`,
/// `GCJ-02`, `火星坐标`, `百度`, `CGCS2000`, `WGS 84`.
impl FromStr for Datum {
    type Err = ImportError;

    fn from_str(name: &str) -> Result<Self, ImportError> {
        let folded = super::columns::fold(name);
        let unknown =
            || ImportError::UnknownDatum { name: name.chars().take(80).collect::<String>().into() };
        let has = |words: &[&str]| words.iter().any(|word| folded.contains(word));
        if has(&["gcj", "火星", "高德", "腾讯", "amap", "国测局"]) {
            return Ok(Self::Gcj02);
        }
        if has(&["bd09", "百度", "baidu"]) {
            return Ok(Self::Bd09);
        }
        // The last number of `urn:ogc:def:crs:EPSG::4544` or `EPSG:4544`.
        let digits = name.trim().rsplit(|c: char| !c.is_ascii_digit()).find(|part| part.len() >= 4);
        match digits.and_then(|digits| digits.parse::<u32>().ok()) {
            Some(4326) => return Ok(Self::Wgs84),
            Some(4490) => return Ok(Self::Cgcs2000),
            Some(3857 | 900_913 | 3785) => return Ok(Self::WebMercator),
            Some(2000) | None => {}
            Some(epsg) => {
                let zone = u16::try_from(epsg).ok().and_then(Zone::of_epsg);
                return zone.map(Self::GaussKruger).ok_or_else(unknown);
            }
        }
        if has(&["cgcs2000", "国家2000", "2000国家", "大地2000", "2000坐标"]) {
            return Ok(Self::Cgcs2000);
        }
        if has(&["wgs84", "crs84", "gps", "天地图"]) || folded == "wgs" {
            return Ok(Self::Wgs84);
        }
        Err(unknown())
    }
}

/// What the person said about the datum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DatumChoice {
    /// Told from the file, or asked back.
    Auto,
    Given(Datum),
}

impl FromStr for DatumChoice {
    type Err = ImportError;

    fn from_str(name: &str) -> Result<Self, ImportError> {
        if name.trim().eq_ignore_ascii_case("auto") {
            Ok(Self::Auto)
        } else {
            name.parse().map(Self::Given)
        }
    }
}

/// Which of the two numbers comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    EastingFirst,
    NorthingFirst,
}

/// Turns the numbers of one file into pins.
pub struct Converter {
    pub datum: Datum,
    order: Order,
    /// From the projected system to degrees of the same ellipsoid.
    projection: Option<(Proj, Proj)>,
    /// Largest residual of the shifted datums so far, in degrees.
    residual: f64,
}

/// A pin and whether its two numbers had to be exchanged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located {
    pub pin: Pin,
    pub is_swapped: bool,
}

/// Where `datum` came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    Given,
    /// Written in the file.
    Stated,
    /// Told from the numbers without doubt.
    Seen,
    /// Degrees of which nothing is said.
    Assumed,
}

impl Converter {
    /// A converter for `datum`, its axis order told from `sample`.
    pub fn new(datum: Datum, sample: &[(f64, f64)]) -> Result<Self, ImportError> {
        let n_finite = sample.iter().filter(|(x, y)| x.is_finite() && y.is_finite()).count();
        let n_degrees = sample.iter().filter(|&&(x, y)| is_degrees(x, y)).count();
        let mismatch = match datum {
            Datum::GaussKruger(_) | Datum::WebMercator => n_degrees * 2 > n_finite,
            // One stray number is a fault of its row; most of them are a fault of the choice.
            _ => {
                let n_projected = sample.iter().filter(|&&(x, y)| is_projected(x, y)).count();
                n_projected * 2 > n_finite
            }
        };
        if mismatch {
            return Err(ImportError::DatumMismatch { datum });
        }
        let n_northing = sample.iter().filter(|&&(x, y)| is_northing_first(datum, x, y)).count();
        let order =
            if n_northing * 2 > n_finite { Order::NorthingFirst } else { Order::EastingFirst };
        Ok(Self { datum, order, projection: projection(datum), residual: 0.0 })
    }

    /// The pin of the numbers `x` and `y` in the order of the file.
    ///
    /// Degrees that only make sense the other way round in China (73-135 E, 3-54 N) are exchanged.
    pub fn locate(&mut self, x: f64, y: f64) -> Result<Located, PlaceError> {
        if !(x.is_finite() && y.is_finite()) {
            return Err(PlaceError::NotFinite);
        }
        let (x, y) = if self.order == Order::NorthingFirst { (y, x) } else { (x, y) };
        let is_swapped = self.projection.is_none() && is_swapped(x, y);
        let (x, y) = if is_swapped { (y, x) } else { (x, y) };
        let place = match self.datum {
            Datum::Wgs84 | Datum::Cgcs2000 => LonLat { lon: x, lat: y },
            Datum::GaussKruger(zone) => self.unproject(without_prefix(x, zone)?, y)?,
            Datum::WebMercator => self.unproject(x, y)?,
            Datum::Gcj02 => self.unshift(x, y),
            Datum::Bd09 => {
                if !(x.abs() <= 180.0 && y.abs() <= 90.0) {
                    return Err(PlaceError::OutOfRange);
                }
                let (lon, lat) = shift::bd09_to_gcj02(x, y);
                self.unshift(lon, lat)
            }
        };
        Ok(Located { pin: Pin::of(place)?, is_swapped })
    }

    /// Largest residual of the GCJ-02 iteration in metres, for datums that have one.
    pub fn residual_meters(&self) -> Option<f64> {
        matches!(self.datum, Datum::Gcj02 | Datum::Bd09).then_some(self.residual * 111_320.0)
    }

    fn unproject(&self, x: f64, y: f64) -> Result<LonLat, PlaceError> {
        let (from, to) = self.projection.as_ref().expect("projected datums have a projection");
        let mut point = (x, y, 0.0);
        transform(from, to, &mut point).map_err(|_| PlaceError::OutOfRange)?;
        let place = LonLat { lon: point.0.to_degrees(), lat: point.1.to_degrees() };
        if place.lon.is_finite() && place.lat.is_finite() {
            Ok(place)
        } else {
            Err(PlaceError::OutOfRange)
        }
    }

    /// From GCJ-02 to WGS 84 inside the classic box of the formula; unchanged outside.
    fn unshift(&mut self, lon: f64, lat: f64) -> LonLat {
        if !((72.004..=137.8347).contains(&lon) && (0.8293..=55.8271).contains(&lat)) {
            return LonLat { lon, lat };
        }
        let (true_lon, true_lat) = shift::gcj02_to_wgs84_in_mainland(lon, lat);
        let (again_lon, again_lat) = shift::wgs84_to_gcj02_in_mainland(true_lon, true_lat);
        self.residual = self.residual.max((again_lon - lon).abs()).max((again_lat - lat).abs());
        LonLat { lon: true_lon, lat: true_lat }
    }
}

/// The converter for a file, from what the person says, what the file states and what its numbers show.
///
/// `stated` is the file's own word, read already. `near` helps to order the candidates of a question.
pub fn settle(
    choice: DatumChoice,
    stated: Option<Datum>,
    sample: &[(f64, f64)],
    near: Option<LonLat>,
) -> Result<(Converter, Origin), ImportError> {
    if let DatumChoice::Given(datum) = choice {
        return Ok((Converter::new(datum, sample)?, Origin::Given));
    }
    if let Some(datum) = stated {
        return Ok((Converter::new(datum, sample)?, Origin::Stated));
    }
    let n_projected = sample.iter().filter(|&&(x, y)| is_projected(x, y)).count();
    if n_projected * 2 <= sample.len() {
        return Ok((Converter::new(Datum::Wgs84, sample)?, Origin::Assumed));
    }
    let first = sample.iter().find(|&&(x, y)| is_projected(x, y)).expect("most are projected");
    let candidates = projected_candidates(first.0, first.1, near);
    match candidates.as_slice() {
        [datum] => Ok((Converter::new(*datum, sample)?, Origin::Seen)),
        _ => Err(ImportError::AskDatum { candidates }),
    }
}

/// Datums the numbers `x`, `y` can be in, with where they would land; the likeliest first.
pub fn candidates(x: f64, y: f64, near: Option<LonLat>) -> Vec<(Datum, LonLat)> {
    let datums = if is_projected(x, y) {
        projected_candidates(x, y, near)
    } else {
        vec![Datum::Wgs84, Datum::Gcj02, Datum::Bd09]
    };
    let land = |datum: Datum| {
        let mut converter = Converter::new(datum, &[(x, y)]).ok()?;
        Some((datum, converter.locate(x, y).ok()?.pin.lon_lat()))
    };
    datums.into_iter().filter_map(land).collect()
}

/// Projected systems in which `x`, `y` lie in China. Exactly one only when the zone is written in front
/// of the easting or the numbers fit Web Mercator alone.
fn projected_candidates(x: f64, y: f64, near: Option<LonLat>) -> Vec<Datum> {
    let (easting, northing) = if is_northing(x) && !is_northing(y) { (y, x) } else { (x, y) };
    let mut found = Vec::new();
    if easting >= 1e7 {
        let number = (easting / 1e6) as u8;
        let width = if (25..=45).contains(&number) { 3 } else { 6 };
        let offset = easting % 1e6;
        let is_zone = (25..=45).contains(&number) || (13..=23).contains(&number);
        if is_zone && (1e5..9e5).contains(&offset) && is_northing(northing) {
            found.push(Datum::GaussKruger(Zone { width, number, is_prefixed: true }));
        }
    }
    let (low, high) = if x < y { (x, y) } else { (y, x) };
    if (8.0e6..15.2e6).contains(&high) && (0.3e6..7.4e6).contains(&low) {
        found.push(Datum::WebMercator);
    }
    if (0.0..1e6).contains(&easting) && is_northing(northing) {
        let zones = (25..=45).map(|number| Zone { width: 3, number, is_prefixed: false });
        found.extend(zones.map(Datum::GaussKruger));
        if let Some(near) = near {
            let distance = |datum: &Datum| match datum {
                Datum::GaussKruger(zone) => (f64::from(zone.meridian()) - near.lon).abs(),
                _ => f64::MAX,
            };
            found.sort_by(|a, b| distance(a).total_cmp(&distance(b)));
        }
    }
    found
}

fn is_degrees(x: f64, y: f64) -> bool {
    x.abs() <= 180.0 && y.abs() <= 180.0
}

/// Numbers of metres: at least one of them beyond any mistyped degree.
fn is_projected(x: f64, y: f64) -> bool {
    x.is_finite()
        && y.is_finite()
        && x.abs().max(y.abs()) >= 100_000.0
        && x.abs().max(y.abs()) < 1e9
}

/// Northings of China in metres.
fn is_northing(value: f64) -> bool {
    (0.3e6..6.2e6).contains(&value)
}

fn is_swapped(x: f64, y: f64) -> bool {
    (3.0..=54.0).contains(&x) && (73.0..=135.0).contains(&y)
}

fn is_northing_first(datum: Datum, x: f64, y: f64) -> bool {
    match datum {
        Datum::GaussKruger(_) if y >= 1e7 => is_northing(x),
        Datum::GaussKruger(_) => is_northing(x) && x > y && y < 1e6 && x >= 1e6,
        Datum::WebMercator => (8.0e6..15.2e6).contains(&y) && (0.3e6..7.4e6).contains(&x),
        Datum::Wgs84 | Datum::Cgcs2000 | Datum::Gcj02 | Datum::Bd09 => false,
    }
}

/// `easting` without the zone in front of it, if it is there; a wrong zone is out of range.
fn without_prefix(easting: f64, zone: Zone) -> Result<f64, PlaceError> {
    if easting < 1e6 {
        return Ok(easting);
    }
    if (easting / 1e6).floor() == f64::from(zone.number) {
        Ok(easting % 1e6)
    } else {
        Err(PlaceError::OutOfRange)
    }
}

fn projection(datum: Datum) -> Option<(Proj, Proj)> {
    let from = match datum {
        Datum::GaussKruger(zone) => format!(
            "+proj=tmerc +lat_0=0 +lon_0={} +k=1 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m +no_defs",
            zone.meridian()
        ),
        Datum::WebMercator => "+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 \
             +k=1 +units=m +no_defs"
            .to_owned(),
        Datum::Wgs84 | Datum::Cgcs2000 | Datum::Gcj02 | Datum::Bd09 => return None,
    };
    let to = match datum {
        Datum::WebMercator => "+proj=longlat +a=6378137 +b=6378137 +no_defs",
        _ => "+proj=longlat +ellps=GRS80 +no_defs",
    };
    let proj =
        |text: &str| Proj::from_proj_string(text).expect("our own projection strings are valid");
    Some((proj(&from), proj(to)))
}
