//! Open stations where they stand. A station is in the one tile that holds its point.

use super::{Sheet, TEXT};
use crate::domain::change::Kinds;
use crate::domain::register::area::Level;
use crate::tiles::Layer;
use crate::tiles::encode::{LayerWriter, Value};

pub const LAYER: Layer = Layer {
    name: "stations",
    zooms: 12..=20,
    reads: Kinds::STATIONS,
    fields: &[("code", TEXT), ("name", TEXT), ("kind", TEXT), ("level", TEXT)],
    draw,
};

fn draw<'a>(sheet: &Sheet<'a>, out: &mut LayerWriter<'a>) {
    let stations = sheet.world.stations();
    for row in stations.open_within(sheet.frame.extent) {
        let station = stations.get(row);
        let Some(at) = station.at.filter(|at| sheet.frame.owns(*at)) else { continue };
        let properties = [
            Value::Own(station.code.as_str()),
            Value::Text(&station.name),
            Value::Text(station.kind.word()),
            Value::Text(station.level.map_or("", Level::word)),
        ];
        out.point(station.id.get().into(), sheet.frame.fine(at).rounded(), &properties);
    }
}
