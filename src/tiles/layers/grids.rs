//! Grids as polygons. The feature id is the grid's key, by which the page joins counts and colours.

use super::{Piece, Sheet, TEXT};
use crate::domain::change::Kinds;
use crate::tiles::Layer;
use crate::tiles::encode::{LayerWriter, Value};

pub const LAYER: Layer = Layer {
    name: "grids",
    zooms: 9..=20,
    reads: Kinds::AREAS.and(Kinds::GRIDS),
    fields: &[("code", TEXT), ("name", TEXT), ("community", TEXT), ("kind", TEXT)],
    draw,
};

fn draw<'a>(sheet: &Sheet<'a>, out: &mut LayerWriter<'a>) {
    for (piece, polygons) in sheet.cut() {
        if let Piece::Grid(grid, community) = *piece {
            let properties = [
                Value::Own(grid.code.as_str()),
                Value::Text(&grid.name),
                Value::Text(community),
                Value::Text(grid.kind.word()),
            ];
            out.polygons(u64::from(grid.key.get()), polygons, &properties);
        }
    }
}
