//! What helps to find one's way: roads, rail, water, green, grounds.

use super::{Sheet, TEXT};
use crate::domain::change::Kinds;
use crate::domain::place::Pin;
use crate::domain::register::feature::{Feature, FeatureKind};
use crate::tiles::Layer;
use crate::tiles::clip::{clip_line, clip_ring};
use crate::tiles::encode::{LayerWriter, TilePolygon, Value};
use crate::tiles::frame::{Fine, Frame, TilePoint};
use crate::tiles::tidy::tidy_loose;

pub const LAYER: Layer = Layer {
    name: "base",
    zooms: 8..=20,
    reads: Kinds::BASE,
    fields: &[("kind", TEXT), ("name", TEXT)],
    draw,
};

/// First zoom at which a kind is drawn.
fn first_zoom(kind: FeatureKind) -> u8 {
    match kind {
        FeatureKind::Avenue | FeatureKind::Rail | FeatureKind::Water => 8,
        FeatureKind::Road | FeatureKind::Metro | FeatureKind::Green | FeatureKind::Ground => 11,
        FeatureKind::Street => 13,
        FeatureKind::Lane | FeatureKind::Wall => 14,
    }
}

fn draw<'a>(sheet: &Sheet<'a>, out: &mut LayerWriter<'a>) {
    for feature in sheet.world.features().meeting(sheet.frame.extent) {
        if sheet.zoom() < first_zoom(feature.kind) {
            continue;
        }
        let properties = [Value::Text(feature.kind.word()), Value::Text(&feature.name)];
        let id = u64::from(feature.id.get());
        out.polygons(id, &polygons(sheet.frame, feature), &properties);
        out.lines(id, &lines(sheet.frame, feature), &properties);
    }
}

fn polygons(frame: &Frame, feature: &Feature) -> Vec<TilePolygon> {
    let mut spare = Vec::new();
    let mut rounded = |ring: &Vec<Pin>| {
        let mut fine: Vec<Fine> = ring.iter().map(|pin| frame.fine(*pin)).collect();
        clip_ring(&mut fine, &mut spare);
        fine.into_iter().map(Fine::rounded).collect()
    };
    let polygons = feature.polygons.iter();
    polygons
        .flat_map(|polygon| tidy_loose(polygon.rings.iter().map(&mut rounded).collect()))
        .collect()
}

fn lines(frame: &Frame, feature: &Feature) -> Vec<Vec<TilePoint>> {
    let mut lines = Vec::new();
    for line in &feature.lines {
        let fine: Vec<Fine> = line.iter().map(|pin| frame.fine(*pin)).collect();
        for part in clip_line(&fine) {
            let mut part: Vec<TilePoint> = part.into_iter().map(Fine::rounded).collect();
            part.dedup();
            if part.len() >= 2 {
                lines.push(part);
            }
        }
    }
    lines
}
