//! Tiles read back by a second decoder (fast-mvt), as plain numbers and words.
#![allow(dead_code, reason = "each test program uses a part")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use fast_mvt::{MvtGeometry, MvtReaderRef, MvtValueRef};

pub type Point = (i32, i32);

/// One feature as the tile tells it. Rings do not repeat their first point.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    pub id: u64,
    pub properties: BTreeMap<String, String>,
    pub points: Vec<Point>,
    pub lines: Vec<Vec<Point>>,
    pub polygons: Vec<Vec<Vec<Point>>>,
}

/// Features by layer, in the order of the tile.
pub type Decoded = BTreeMap<String, Vec<Feature>>;

/// Reads a tile; panics on anything the format forbids.
pub fn decode(bytes: &[u8]) -> Decoded {
    let reader = MvtReaderRef::new(bytes).expect("a tile");
    let mut layers = Decoded::new();
    for layer in reader.layers() {
        assert_eq!((layer.version(), layer.extent()), (2, 4096));
        let features = layer.features().map(|feature| {
            let properties = feature.properties_vec().expect("properties");
            let mut read = Feature {
                id: feature.id().expect("an id"),
                properties: properties
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), word(value)))
                    .collect(),
                points: Vec::new(),
                lines: Vec::new(),
                polygons: Vec::new(),
            };
            add(&mut read, feature.geometry().expect("a geometry"));
            read
        });
        assert!(layers.insert(layer.name().to_owned(), features.collect()).is_none());
    }
    layers
}

fn word(value: MvtValueRef<'_>) -> String {
    match value.into_owned() {
        fast_mvt::MvtValue::String(text) => text,
        fast_mvt::MvtValue::UInt(number) => number.to_string(),
        other => panic!("no layer writes {other:?}"),
    }
}

fn add(feature: &mut Feature, geometry: MvtGeometry) {
    let pair = |at: &geo_coord::Coord| (at.x, at.y);
    let ring = |line: &geo_coord::Line| -> Vec<Point> {
        let mut points: Vec<Point> = line.0.iter().map(pair).collect();
        assert_eq!(points.first(), points.last());
        points.pop();
        points
    };
    let polygon = |polygon: &geo_coord::Polygon| -> Vec<Vec<Point>> {
        std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect()
    };
    match geometry {
        MvtGeometry::Point(point) => feature.points.push(pair(&point.0)),
        MvtGeometry::LineString(line) => feature.lines.push(line.0.iter().map(pair).collect()),
        MvtGeometry::MultiLineString(lines) => {
            feature.lines.extend(lines.0.iter().map(|line| line.0.iter().map(pair).collect()));
        }
        MvtGeometry::Polygon(one) => feature.polygons.push(polygon(&one)),
        MvtGeometry::MultiPolygon(many) => feature.polygons.extend(many.0.iter().map(polygon)),
        other => panic!("no layer draws {other:?}"),
    }
}

/// The decoder's own names for coordinates.
mod geo_coord {
    pub type Coord = fast_mvt::MvtCoord;
    pub type Line = fast_mvt::MvtLineString;
    pub type Polygon = fast_mvt::MvtPolygon;
}

/// A tile as text for golden files: a line a feature, its shapes indented below it.
pub fn told(layers: &Decoded) -> String {
    let mut text = String::new();
    let list = |points: &[Point]| {
        points.iter().map(|(x, y)| format!("{x},{y}")).collect::<Vec<_>>().join(" ")
    };
    for (name, features) in layers {
        let _ = writeln!(text, "layer {name}");
        for feature in features {
            let properties: Vec<String> =
                feature.properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
            let _ = writeln!(text, "  {} {}", feature.id, properties.join(" "));
            for point in &feature.points {
                let _ = writeln!(text, "    point {}", list(&[*point]));
            }
            for line in &feature.lines {
                let _ = writeln!(text, "    line {}", list(line));
            }
            for polygon in &feature.polygons {
                for (row, ring) in polygon.iter().enumerate() {
                    let kind = if row == 0 { "outer" } else { "hole" };
                    let _ = writeln!(text, "    {kind} {}", list(ring));
                }
            }
        }
    }
    text
}
