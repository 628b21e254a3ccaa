//! Ground that no grid covers, and ground enclosed by areas that belongs to none of them.

use super::{Piece, Sheet, TEXT, gap_id};
use crate::domain::change::Kinds;
use crate::tiles::Layer;
use crate::tiles::encode::{LayerWriter, Value};
use crate::tiles::mosaic::{Chains, Mosaic};

pub const LAYER: Layer = Layer {
    name: "gaps",
    zooms: 9..=20,
    reads: Kinds::AREAS.and(Kinds::GRIDS),
    fields: &[("community", TEXT)],
    draw,
};

fn draw<'a>(sheet: &Sheet<'a>, out: &mut LayerWriter<'a>) {
    for (piece, polygons) in sheet.cut() {
        if let Piece::Gap(id, community) = *piece {
            out.polygons(id, polygons, &[Value::Text(community)]);
        }
    }
    let areas = sheet.world.areas();
    let mut mosaic = Mosaic::new();
    let mut chains = Chains::new(sheet.area_cloth(), sheet.frame);
    for cell in sheet.cells.iter().filter(|cell| areas.ground().colors[cell.index()].is_none()) {
        let id = gap_id(None);
        mosaic.add(&mut chains, areas.gap_rings().of(cell.get()), id);
    }
    for (id, polygons) in mosaic.finish() {
        out.polygons(id, &polygons, &[]);
    }
}
