//! Shapes as GeoJSON feature collections, one feature a line.

use std::io;

use geojson::{Feature, GeoJson, Geometry, GeometryValue, JsonObject, JsonValue, feature::Id};

use super::Export;
use super::tables::{area_code, grid_code, placement, severity_word, subject_code, wanted_housing};
use crate::domain::finding::{Geometry as Shape, Query, findings as find, geometry};
use crate::domain::issue::words;
use crate::domain::place::{Pin, Polygon};

/// Areas with their outlines; those without ground have none.
pub(super) fn areas(export: &Export<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let areas = export.world.areas();
    let rows = areas.under(export.area).into_iter().map(|id| {
        let record = areas.get(id).expect("the hierarchy lists records");
        let parent = record.parent.map_or("", |parent| area_code(export.world, parent));
        let properties = object([
            ("code", record.code.as_str().into()),
            ("name", (&*record.name).into()),
            ("level", record.level.word().into()),
            ("parent_code", parent.into()),
            ("kind", (&*record.kind).into()),
        ]);
        let outline = areas.outline(id);
        let shape = (!outline.is_empty()).then(|| multi_polygon(&outline));
        feature(u64::from(id.get()), properties, shape)
    });
    collection(rows, out)
}

/// Grids of a plan with their outlines.
pub(super) fn grids(export: &Export<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let world = export.world;
    let communities = world.areas().communities(export.area);
    let shards = communities.into_iter().filter_map(|id| world.shard(export.plan, id));
    let rows = shards.flat_map(|shard| {
        shard.tallies.keys().filter_map(|key| {
            let grid = world.plans().grid(shard.plan, *key)?;
            let properties = object([
                ("code", grid.code.as_str().into()),
                ("name", (&*grid.name).into()),
                ("community", area_code(world, grid.community).into()),
                ("kind", grid.kind.word().into()),
            ]);
            let outline = shard.ground.outline(*key);
            let shape = (!outline.is_empty()).then(|| multi_polygon(&outline));
            Some(feature(u64::from(key.get()), properties, shape))
        })
    });
    collection(rows, out)
}

/// Buildings with footprint or point, and the grid they are in.
pub(super) fn buildings(export: &Export<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let rows = wanted_housing(export).flat_map(|(community, housing)| {
        let homes = &housing.homes;
        (0..homes.len()).map(move |row| {
            let placement = placement(export, community, housing, row);
            let properties = object([
                ("code", homes.code(row).into()),
                ("name", homes.name(row).into()),
                ("estate", homes.estate(row).into()),
                ("address", homes.address(row).into()),
                ("use", homes.usage(row).word().into()),
                ("floors", homes.floors(row).into()),
                ("dwellings", homes.dwellings(row).get().into()),
                ("community", community.map_or("", |id| area_code(export.world, id)).into()),
                ("grid", grid_code(export, community, &placement).into()),
                ("reason", placement.reason.word().into()),
            ]);
            let footprint = homes.building(row).footprint;
            let shape = match homes.pin(row) {
                _ if !footprint.is_empty() => Some(multi_polygon(&footprint)),
                Some(pin) => Some(GeometryValue::new_point(position(pin))),
                None => None,
            };
            feature(u64::from(homes.id(row).get()), properties, shape)
        })
    });
    collection(rows, out)
}

/// Findings with their places.
pub(super) fn findings(export: &Export<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let world = export.world;
    let found = find(world, &Query { plan: export.plan, area: export.area, code: None });
    let rows = found.into_iter().enumerate().map(|(number, finding)| {
        let said = words(finding.code);
        let properties = object([
            ("code", finding.code.into()),
            ("severity", severity_word(&finding).into()),
            ("area", finding.community.map_or("", |id| area_code(world, id)).into()),
            ("subject", subject_code(world, finding.subject).into()),
            ("figure", finding.figure.into()),
            ("message_zh", said.zh.into()),
            ("message_en", said.en.into()),
        ]);
        let shape = geometry(world, &finding.place).map(|shape| match shape {
            Shape::Point(pin) => GeometryValue::new_point(position(pin)),
            Shape::Polygons(polygons) => multi_polygon(&polygons),
        });
        feature(number as u64 + 1, properties, shape)
    });
    collection(rows, out)
}

fn collection(rows: impl Iterator<Item = Feature>, out: &mut dyn io::Write) -> io::Result<()> {
    out.write_all(b"{\"type\":\"FeatureCollection\",\"features\":[\n")?;
    for (number, row) in rows.enumerate() {
        if number > 0 {
            out.write_all(b",\n")?;
        }
        write!(out, "{}", GeoJson::Feature(row))?;
    }
    out.write_all(b"\n]}\n")
}

fn feature(id: u64, properties: JsonObject, shape: Option<GeometryValue>) -> Feature {
    Feature {
        id: Some(Id::Number(id.into())),
        properties: Some(properties),
        geometry: shape.map(Geometry::new),
        ..Feature::default()
    }
}

fn object<const N: usize>(pairs: [(&str, JsonValue); N]) -> JsonObject {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn position(pin: Pin) -> Vec<f64> {
    let at = pin.lon_lat();
    vec![at.lon, at.lat]
}

fn multi_polygon(polygons: &[Polygon]) -> GeometryValue {
    let ring = |ring: &Vec<Pin>| -> Vec<Vec<f64>> {
        ring.iter().chain(ring.first()).map(|pin| position(*pin)).collect()
    };
    GeometryValue::new_multi_polygon(
        polygons.iter().map(|polygon| polygon.rings.iter().map(ring).collect::<Vec<_>>()),
    )
}
