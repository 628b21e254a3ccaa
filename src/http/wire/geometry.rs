//! Places as GeoJSON: longitude first, degrees with at most seven decimals, outer rings counter-clockwise.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::finding;
use crate::domain::place::{Extent, Pin, Polygon, signed_area_x2};

/// Longitude, latitude.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(value_type = Vec<f64>)]
pub struct Position(pub [f64; 2]);

/// West, south, east, north.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(value_type = Vec<f64>)]
pub struct Bounds(pub [f64; 4]);

pub fn position(pin: Pin) -> Position {
    let at = pin.lon_lat();
    Position([at.lon, at.lat])
}

/// `None` for an empty box.
pub fn bounds(extent: &Extent) -> Option<Bounds> {
    let (min, max) = (extent.min.lon_lat(), extent.max.lon_lat());
    (!extent.is_empty()).then_some(Bounds([min.lon, min.lat, max.lon, max.lat]))
}

/// A GeoJSON geometry.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", content = "coordinates")]
pub enum Geometry {
    Point(Position),
    LineString(Vec<Position>),
    Polygon(Vec<Vec<Position>>),
    MultiPolygon(Vec<Vec<Vec<Position>>>),
}

impl Geometry {
    /// One polygon as such, several as one shape; `None` for none.
    pub fn of_polygons(polygons: &[Polygon]) -> Option<Self> {
        match polygons {
            [] => None,
            [one] => Some(Self::Polygon(rings(one))),
            many => Some(Self::MultiPolygon(many.iter().map(rings).collect())),
        }
    }

    /// A line as it was drawn; a single pin is a point.
    pub fn of_line(pins: &[Pin]) -> Option<Self> {
        match pins {
            [] | [_] => Self::of_pins(pins),
            pins => Some(Self::LineString(pins.iter().copied().map(position).collect())),
        }
    }

    /// Where an issue points: a point, a line, or the outline of the place.
    pub fn of_pins(pins: &[Pin]) -> Option<Self> {
        match pins {
            [] => None,
            [pin] => Some(Self::Point(position(*pin))),
            [_, _] => Some(Self::LineString(pins.iter().copied().map(position).collect())),
            ring => {
                let polygon = Polygon { rings: vec![ring.to_vec()] };
                Some(Self::Polygon(rings(&polygon)))
            }
        }
    }
}

impl From<&finding::Geometry> for Geometry {
    fn from(geometry: &finding::Geometry) -> Self {
        match geometry {
            finding::Geometry::Point(pin) => Self::Point(position(*pin)),
            finding::Geometry::Polygons(polygons) => {
                Self::of_polygons(polygons).unwrap_or(Self::MultiPolygon(Vec::new()))
            }
        }
    }
}

/// Closed rings, the first counter-clockwise, the others clockwise.
fn rings(polygon: &Polygon) -> Vec<Vec<Position>> {
    let closed = |(ring_idx, ring): (usize, &Vec<Pin>)| {
        let is_ccw = signed_area_x2(ring) > 0;
        let mut positions: Vec<Position> = ring.iter().copied().map(position).collect();
        if is_ccw != (ring_idx == 0) {
            positions.reverse();
        }
        positions.extend(positions.first().copied());
        positions
    };
    polygon.rings.iter().enumerate().map(closed).collect()
}

/// A GeoJSON feature with properties of our own.
#[derive(Debug, Serialize, ToSchema)]
pub struct Feature<P> {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub id: u32,
    pub properties: P,
    #[schema(value_type = Option<Object>)]
    pub geometry: Option<Geometry>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FeatureCollection<P> {
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub features: Vec<Feature<P>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_are_closed_and_turn_the_right_way() {
        let clockwise = [(0, 0), (0, 90), (90, 90), (90, 0)].map(|(x, y)| Pin::new(x, y)).to_vec();
        let polygon = Polygon { rings: vec![clockwise.clone(), clockwise] };
        let Some(Geometry::Polygon(rings)) = Geometry::of_polygons(&[polygon]) else {
            panic!("one polygon");
        };
        assert_eq!(rings[0].first(), rings[0].last());
        assert_eq!(rings[0][1], Position([9e-6, 9e-6]), "the outer ring was turned");
        assert_eq!(rings[1][1], Position([0.0, 9e-6]), "the hole was left");
    }

    #[test]
    fn degrees_have_at_most_seven_decimals() {
        for x in [1_096_000_001, 1_163_974_999, -1, 7] {
            let text = serde_json::to_string(&position(Pin::new(x, 389_000_003))).unwrap();
            let longest = text.split(['[', ',', ']']).filter_map(|n| n.split('.').nth(1));
            assert!(longest.map(str::len).max() <= Some(7) || text.contains('e'), "{text}");
        }
    }
}
