//! Ground that no grid covers, and ground enclosed by areas that belongs to none of them.

use std::collections::BTreeMap;

use super::{Piece, Sheet, TEXT, gap_id};
use crate::domain::change::Kinds;
use crate::tiles::Layer;
use crate::tiles::encode::{LayerWriter, TilePolygon, Value};
use crate::tiles::mosaic::{Chains, Mosaic};

pub const LAYER: Layer = Layer {
    name: "gaps",
    zooms: 9..=20,
    reads: Kinds::AREAS.and(Kinds::GRIDS),
    fields: &[("community", TEXT)],
    draw,
};

fn draw<'a>(sheet: &Sheet<'a>, out: &mut LayerWriter<'a>) {
    // One feature a community: whether two gaps are one somewhere else is nothing to this tile.
    let mut gaps: BTreeMap<(u64, &str), Vec<TilePolygon>> = BTreeMap::new();
    for (piece, polygons) in sheet.cut() {
        if let Piece::Gap(id, community) = *piece {
            gaps.entry((id, community)).or_default().extend_from_slice(polygons);
        }
    }
    for ((id, community), mut polygons) in gaps {
        polygons.sort_unstable();
        out.polygons(id, &polygons, &[Value::Text(community)]);
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
