//! Areas of every level as polygons, the wider ones first; communities from zoom 10 on.

use std::collections::BTreeSet;

use super::{Sheet, TEXT};
use crate::domain::change::Kinds;
use crate::domain::ids::AreaId;
use crate::domain::register::area::Level;
use crate::tiles::Layer;
use crate::tiles::encode::{LayerWriter, Value};
use crate::tiles::mosaic::{Chains, Mosaic};

pub const LAYER: Layer = Layer {
    name: "areas",
    zooms: 5..=20,
    reads: Kinds::AREAS,
    fields: &[("code", TEXT), ("name", TEXT), ("level", TEXT), ("kind", TEXT)],
    draw,
};

/// First zoom at which areas of a level are drawn.
fn first_zoom(level: Level) -> u8 {
    match level {
        Level::City | Level::District | Level::Subdistrict => 5,
        Level::Community => 10,
    }
}

fn draw<'a>(sheet: &Sheet<'a>, out: &mut LayerWriter<'a>) {
    let areas = sheet.world.areas();
    let seen: BTreeSet<AreaId> =
        sheet.leaves().into_iter().flat_map(|leaf| areas.chain(leaf)).collect();
    let records: Vec<_> = seen.into_iter().filter_map(|area| areas.get(area)).collect();
    let mut chains = Chains::new(sheet.area_cloth(), sheet.frame);
    for level in Level::ALL.into_iter().filter(|level| first_zoom(*level) <= sheet.zoom()) {
        let mut mosaic = Mosaic::new();
        for record in records.iter().filter(|record| record.level == level) {
            mosaic.add(&mut chains, areas.rings(level).of(record.id.get()), *record);
        }
        for (record, polygons) in mosaic.finish() {
            let properties = [
                Value::Own(record.code.as_str()),
                Value::Text(&record.name),
                Value::Text(level.word()),
                Value::Text(&record.kind),
            ];
            out.polygons(u64::from(record.id.get()), &polygons, &properties);
        }
    }
}
