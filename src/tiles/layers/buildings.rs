//! Buildings where they stand, whichever community counts them: footprints, or points where none is known.

use super::{NUMBER, Sheet, TEXT};
use crate::domain::change::Kinds;
use crate::domain::register::homes::Homes;
use crate::tiles::Layer;
use crate::tiles::clip::clip_ring;
use crate::tiles::encode::{LayerWriter, TilePolygon, Value};
use crate::tiles::frame::{CLIP, FINE, Fine, Frame};
use crate::tiles::tidy::tidy_loose;

pub const LAYER: Layer = Layer {
    name: "buildings",
    zooms: 14..=20,
    reads: Kinds::BUILDINGS,
    fields: &[("code", TEXT), ("name", TEXT), ("use", TEXT), ("floors", NUMBER)],
    draw,
};

/// Footprints narrower than this in both directions (in units; a screen pixel has eight) are left out.
const TOO_SMALL: i64 = 5;

fn draw<'a>(sheet: &Sheet<'a>, out: &mut LayerWriter<'a>) {
    let frame = sheet.frame;
    let mut spare = Vec::new();
    for (housing, row) in sheet.world.town().standing_in(frame.extent) {
        let homes = &housing.homes;
        let id = u64::from(homes.id(row).get());
        let properties = [
            Value::Own(homes.code(row)),
            Value::Text(homes.name(row)),
            Value::Text(homes.usage(row).word()),
            Value::Number(u32::from(homes.floors(row))),
        ];
        if homes.has_footprint(row) {
            out.polygons(id, &polygons(frame, homes, row, &mut spare), &properties);
        } else if let Some(pin) = homes.pin(row) {
            let at = frame.fine(pin);
            if CLIP.holds(at) {
                out.point(id, at.rounded(), &properties);
            }
        }
    }
}

fn polygons(frame: &Frame, homes: &Homes, row: usize, spare: &mut Vec<Fine>) -> Vec<TilePolygon> {
    let extent = homes.extent(row);
    let (min, max) = (frame.fine(extent.min), frame.fine(extent.max));
    let small = TOO_SMALL * FINE;
    if max.x - min.x < small && max.y - min.y < small {
        return Vec::new();
    }
    let is_inside = CLIP.holds(min) && CLIP.holds(max);
    let mut polygons = Vec::new();
    for rings in homes.footprint(row) {
        let mut rounded = Vec::with_capacity(1);
        for ring in rings {
            let fine = ring.iter().map(|pin| frame.fine(*pin));
            if is_inside {
                rounded.push(fine.map(Fine::rounded).collect());
            } else {
                let mut fine: Vec<Fine> = fine.collect();
                clip_ring(&mut fine, spare);
                rounded.push(fine.into_iter().map(Fine::rounded).collect());
            }
        }
        polygons.extend(tidy_loose(rounded));
    }
    polygons
}
