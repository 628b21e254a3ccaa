//! World → vector tile bytes.
//!
//! Owns what a tile shows: its layers ([`LAYERS`]), zooms, thinning, clipping, rounding, the format,
//! and the cache of finished tiles. Does not know HTTP, nor who asks. Shapes, ids and names only: no
//! layer can read a count, because none is handed one.
//!
//! The way of a tile: `frame` (which ground) → a layer picks by box → `mosaic` (thin, sew) → `clip` →
//! `snap` (round) → `tidy` (valid rings) → `encode` (bytes) → `cache` (gzip, hash, kept while true).
//!
//! **Why** built on demand from the world in memory: one tile takes less than the round trip to a
//! database would, and freshness is a comparison of revisions. Set aside: a pyramid of finished tiles,
//! which would have to be invalidated.

pub mod frame;
mod clip;
mod snap;
pub mod encode;
mod tidy;
mod mosaic;
mod layers;
pub mod cache;

use std::ops::RangeInclusive;

use thiserror::Error;

pub use layers::{LAYERS, Sheet};

use self::encode::{LayerWriter, TileWriter};
use self::frame::{Frame, pins_of};
use crate::domain::change::Kinds;
use crate::domain::place::Extent;
use crate::domain::world::{PlanChoice, World};

/// Zooms that are served.
pub const ZOOMS: RangeInclusive<u8> = 5..=20;

/// Why there is no such tile.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TileError {
    #[error("tile {z}/{x}/{y} is out of range")]
    OutOfRange { z: u8, x: u32, y: u32 },
    #[error("no tile layer is called {0:?}")]
    UnknownLayer(String),
}

/// The address of one tile: column and row from the north-west at a zoom within [`ZOOMS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    z: u8,
    x: u32,
    y: u32,
}

impl TileId {
    pub fn new(z: u8, x: u32, y: u32) -> Result<Self, TileError> {
        if !ZOOMS.contains(&z) || x >> z != 0 || y >> z != 0 {
            return Err(TileError::OutOfRange { z, x, y });
        }
        Ok(Self { z, x, y })
    }

    pub fn z(self) -> u8 {
        self.z
    }

    pub fn x(self) -> u32 {
        self.x
    }

    pub fn y(self) -> u32 {
        self.y
    }

    /// Ground of the tile without its buffer, a pin wider at most.
    pub fn extent(self) -> Extent {
        pins_of(self, 0)
    }
}

/// Tiles of zoom `z` that meet `extent`, row by row; none for an empty one.
pub fn tiles_meeting(extent: &Extent, z: u8) -> Vec<TileId> {
    if extent.is_empty() || !ZOOMS.contains(&z) {
        return Vec::new();
    }
    let (min, max) = (frame::tile_of(extent.min, z), frame::tile_of(extent.max, z));
    let rows = max.1..=min.1;
    rows.flat_map(|y| (min.0..=max.0).map(move |x| TileId { z, x, y })).collect()
}

/// One layer of tiles: a row of [`LAYERS`].
pub struct Layer {
    pub name: &'static str,
    pub zooms: RangeInclusive<u8>,
    /// What a commit must touch to make a tile of this layer stale.
    pub reads: Kinds,
    /// Properties of its features, with their TileJSON descriptions.
    pub fields: &'static [(&'static str, &'static str)],
    pub draw: for<'a> fn(&Sheet<'a>, &mut LayerWriter<'a>),
}

/// A choice of layers: no order, nothing twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Layers(u8);

impl Layers {
    pub const ALL: Self = Self(u8::MAX >> (u8::BITS as usize - LAYERS.len()));

    /// Reads a list of names divided by commas; order and repeats do not matter.
    pub fn parse(names: &str) -> Result<Self, TileError> {
        let mut bits = 0;
        for name in names.split(',') {
            let row = LAYERS.iter().position(|layer| layer.name == name);
            bits |= 1 << row.ok_or_else(|| TileError::UnknownLayer(name.to_owned()))?;
        }
        Ok(Self(bits))
    }

    /// The chosen rows of [`LAYERS`], in its order.
    pub fn iter(self) -> impl Iterator<Item = &'static Layer> {
        LAYERS
            .iter()
            .enumerate()
            .filter(move |(row, _)| self.0 >> row & 1 == 1)
            .map(|(_, layer)| layer)
    }

    /// The names in the order of [`LAYERS`], divided by commas.
    pub fn names(self) -> String {
        self.iter().map(|layer| layer.name).collect::<Vec<_>>().join(",")
    }

    /// What any of them reads at this zoom.
    pub fn reads(self, zoom: u8) -> Kinds {
        let drawn = self.iter().filter(|layer| layer.zooms.contains(&zoom));
        drawn.fold(Kinds::NONE, |all, layer| all.and(layer.reads))
    }
}

/// The bytes of one tile; empty when it shows nothing. Depends on nothing but its arguments.
///
/// Cost: follows what lies in the tile, not the size of the town.
pub fn build(world: &World, plan: PlanChoice, layers: Layers, tile: TileId) -> Vec<u8> {
    let frame = Frame::new(tile);
    let sheet = Sheet::new(world, plan, &frame);
    let mut writer = TileWriter::default();
    for layer in layers.iter().filter(|layer| layer.zooms.contains(&tile.z)) {
        writer.layer(layer.name, layer.fields, |out| (layer.draw)(&sheet, out));
    }
    writer.finish()
}

/// What a TileJSON 3.0 document says of a choice of layers; the doors write it down.
#[derive(Clone, Debug, PartialEq)]
pub struct TileJson {
    pub name: String,
    pub attribution: Option<String>,
    pub min_zoom: u8,
    pub max_zoom: u8,
    /// West, south, east, north in degrees; `None` before there is any ground.
    pub bounds: Option<[f64; 4]>,
    pub layers: Vec<VectorLayer>,
}

/// One entry of `vector_layers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorLayer {
    pub id: &'static str,
    pub min_zoom: u8,
    pub max_zoom: u8,
    pub fields: &'static [(&'static str, &'static str)],
}

/// The TileJSON of `layers` in `world`.
pub fn tile_json(world: &World, layers: Layers) -> TileJson {
    let vector_layer = |layer: &'static Layer| VectorLayer {
        id: layer.name,
        min_zoom: *layer.zooms.start(),
        max_zoom: *layer.zooms.end(),
        fields: layer.fields,
    };
    let vector_layers: Vec<VectorLayer> = layers.iter().map(vector_layer).collect();
    let extent = world.features().all().iter().map(|feature| feature.extent());
    let extent = extent.fold(world.areas().extent(), |all, one| all.union(&one));
    let (min, max) = (extent.min.lon_lat(), extent.max.lon_lat());
    TileJson {
        name: layers.names(),
        attribution: world.setting("attribution").map(str::to_owned),
        min_zoom: vector_layers.iter().map(|layer| layer.min_zoom).min().unwrap_or(*ZOOMS.start()),
        max_zoom: vector_layers.iter().map(|layer| layer.max_zoom).max().unwrap_or(*ZOOMS.end()),
        bounds: (!extent.is_empty()).then_some([min.lon, min.lat, max.lon, max.lat]),
        layers: vector_layers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked() {
        assert!(TileId::new(5, 31, 31).is_ok());
        assert!(TileId::new(5, 32, 0).is_err());
        assert!(TileId::new(4, 0, 0).is_err());
        assert!(TileId::new(21, 0, 0).is_err());
        assert!(TileId::new(20, (1 << 20) - 1, 0).is_ok());
        assert!(TileId::new(255, u32::MAX, u32::MAX).is_err());
    }

    #[test]
    fn layer_lists_have_one_spelling() {
        let layers = Layers::parse("labels,grids,labels").unwrap();
        assert_eq!(layers.names(), "grids,labels");
        assert_eq!(Layers::parse("grids,labels"), Ok(layers));
        assert_eq!(Layers::parse(&Layers::ALL.names()), Ok(Layers::ALL));
        for wrong in ["", "grids,", "Grids", "grids labels", "counts"] {
            assert!(Layers::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn tiles_are_found_by_ground() {
        let tile = TileId::new(14, 13_179, 6_262).unwrap();
        let inner = tile.extent().grown(-10);
        assert_eq!(tiles_meeting(&inner, 14), [tile]);
        assert_eq!(tiles_meeting(&inner, 16).len(), 16);
        assert_eq!(tiles_meeting(&Extent::EMPTY, 14), []);
    }
}
