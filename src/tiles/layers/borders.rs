//! Borders as lines, each drawn once, with the rank of the highest thing it separates.
//!
//! One feature a rank, its number the feature id: a border belongs to nobody, and a style asks for ranks.

use std::collections::BTreeSet;

use super::{Sheet, TEXT, cloth_of};
use crate::domain::change::Kinds;
use crate::domain::fabric::Seam;
use crate::domain::ids::{CellId, SeamId};
use crate::domain::register::area::Level;
use crate::domain::world::Areas;
use crate::tiles::Layer;
use crate::tiles::clip::clip_line;
use crate::tiles::encode::{LayerWriter, Value};
use crate::tiles::frame::{Fine, Frame, TilePoint};
use crate::tiles::mosaic::Cloth;

pub const LAYER: Layer = Layer {
    name: "borders",
    zooms: 5..=20,
    reads: Kinds::AREAS.and(Kinds::GRIDS),
    fields: &[("rank", TEXT)],
    draw,
};

/// What a border separates, from the highest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// The town from what lies around it.
    Outer,
    District,
    Subdistrict,
    Community,
    Grid,
}

impl Rank {
    const ALL: [Self; 5] =
        [Self::Outer, Self::District, Self::Subdistrict, Self::Community, Self::Grid];

    const fn word(self) -> &'static str {
        match self {
            Self::Outer => "outer",
            Self::District => "district",
            Self::Subdistrict => "subdistrict",
            Self::Community => "community",
            Self::Grid => "grid",
        }
    }

    /// Below this zoom it would only darken the map.
    const fn first_zoom(self) -> u8 {
        match self {
            Self::Outer | Self::District => 5,
            Self::Subdistrict => 7,
            Self::Community => 9,
            Self::Grid => 11,
        }
    }
}

fn draw<'a>(sheet: &Sheet<'a>, out: &mut LayerWriter<'a>) {
    let frame = sheet.frame;
    let mut lines: [Vec<Vec<TilePoint>>; Rank::ALL.len()] = Default::default();
    let areas = sheet.world.areas();
    let cloth = sheet.area_cloth();
    let sides = sheet.cells.iter().flat_map(|cell| cloth.fabric.sides(*cell));
    let seams: BTreeSet<SeamId> = sides.map(|side| side.seam).collect();
    for seam in seams.into_iter().map(|seam| cloth.fabric.seam(seam)) {
        if let Some(rank) = rank_of(areas, seam)
            && rank.first_zoom() <= sheet.zoom()
        {
            add_seam(cloth, frame, seam.id, &mut lines[rank as usize]);
        }
    }
    if Rank::Grid.first_zoom() <= sheet.zoom() {
        for shard in sheet.shards() {
            let ground = &shard.ground;
            for seam in ground.cut.fabric.seams() {
                let group = |cell: CellId| ground.group_of(cell);
                let (left, right) = (seam.left.map(group), seam.right.map(group));
                if left.is_some() && right.is_some() && left != right {
                    add_seam(cloth_of(shard), frame, seam.id, &mut lines[Rank::Grid as usize]);
                }
            }
        }
    }
    for (rank, lines) in Rank::ALL.into_iter().zip(&lines) {
        out.lines(rank as u64 + 1, lines, &[Value::Text(rank.word())]);
    }
}

/// `None` when both sides belong to the same area, or to none.
fn rank_of(areas: &Areas, seam: Seam<'_>) -> Option<Rank> {
    let color = |cell: Option<CellId>| cell.and_then(|cell| areas.ground().colors[cell.index()]);
    let (left, right) = match (color(seam.left), color(seam.right)) {
        (None, None) => return None,
        (None, Some(_)) | (Some(_), None) => return Some(Rank::Outer),
        (Some(left), Some(right)) if left == right => return None,
        (Some(left), Some(right)) => (left, right),
    };
    let parts = |level| areas.ancestor_at(left, level) != areas.ancestor_at(right, level);
    let highest = Level::ALL.into_iter().find(|level| parts(*level))?;
    Some(match highest {
        Level::City | Level::District => Rank::District,
        Level::Subdistrict => Rank::Subdistrict,
        Level::Community => Rank::Community,
    })
}

fn add_seam(cloth: Cloth<'_>, frame: &Frame, seam: SeamId, lines: &mut Vec<Vec<TilePoint>>) {
    if !cloth.seam_extents[seam.index()].meets(&frame.extent) {
        return;
    }
    let chain: Vec<Fine> = cloth.chain(frame, seam).map(|pin| frame.fine(pin)).collect();
    for part in clip_line(&chain) {
        let mut line: Vec<TilePoint> = part.into_iter().map(Fine::rounded).collect();
        line.dedup();
        if line.len() >= 2 {
            lines.push(line);
        }
    }
}
