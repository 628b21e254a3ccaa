//! Names of areas and grids at a point well inside them. A name is in the one tile that holds its point.

use std::collections::BTreeSet;

use super::{Sheet, TEXT};
use crate::domain::change::Kinds;
use crate::domain::ids::AreaId;
use crate::domain::place::Pin;
use crate::domain::register::area::Level;
use crate::tiles::Layer;
use crate::tiles::encode::{LayerWriter, Value};

pub const LAYER: Layer = Layer {
    name: "labels",
    zooms: 5..=20,
    reads: Kinds::AREAS.and(Kinds::GRIDS),
    fields: &[("code", TEXT), ("name", TEXT), ("level", TEXT)],
    draw,
};

/// First zoom at which areas of a level are named.
fn first_zoom(level: Level) -> u8 {
    match level {
        Level::City | Level::District => 5,
        Level::Subdistrict => 9,
        Level::Community => 12,
    }
}

/// First zoom at which grids are named.
const FIRST_GRID_ZOOM: u8 = 13;

fn draw<'a>(sheet: &Sheet<'a>, out: &mut LayerWriter<'a>) {
    let areas = sheet.world.areas();
    let seen: BTreeSet<AreaId> =
        sheet.leaves().into_iter().flat_map(|leaf| areas.chain(leaf)).collect();
    let mut add = |pin: Pin, id: u32, properties: [Value<'a>; 3]| {
        if sheet.frame.owns(pin) {
            out.point(u64::from(id), sheet.frame.fine(pin).rounded(), &properties);
        }
    };
    for area in seen {
        let (Some(record), Some(shape)) = (areas.get(area), areas.shape(area)) else { continue };
        if first_zoom(record.level) <= sheet.zoom() {
            let level = Value::Text(record.level.word());
            let properties = [Value::Own(record.code.as_str()), Value::Text(&record.name), level];
            add(shape.label, area.get(), properties);
        }
    }
    if FIRST_GRID_ZOOM <= sheet.zoom() {
        for shard in sheet.shards() {
            for (key, shape) in &shard.ground.shapes {
                let Some(grid) = sheet.world.plans().grid(shard.plan, *key) else { continue };
                let code = Value::Own(grid.code.as_str());
                add(shape.label, key.get(), [code, Value::Text(&grid.name), Value::Text("grid")]);
            }
        }
    }
}
