//! Tile math: which ground a tile shows, and where a pin lies in it.
//!
//! Knows Web Mercator, zooms and buffers; does not know what is drawn. EPSG:4490 is drawn as EPSG:4326:
//! the two frames drift apart by a few centimetres a year, which a city map does not show.
//!
//! In this room y runs north, as on the ground; `encode` turns it for the format. Positions are
//! [`Fine`] (1/64 of a unit of the 4096 grid) until they are rounded to [`TilePoint`].
//!
//! **Why** a polynomial for the latitude: one logarithm a pin was the largest part of a tile. Around
//! the middle of a tile five terms are exact to a hundredth of a `Fine`; the same pin gets the same
//! place in the same tile, whichever seam it comes from, which is what neighbours rely on.

use std::f64::consts::{PI, TAU};

use super::TileId;
use crate::domain::place::{Extent, Pin, STEPS_PER_DEGREE};

/// Units along one side of a tile.
pub const EXTENT: i32 = 4096;
/// Units drawn beyond each side, so that strokes and fills of neighbouring tiles overlap.
pub const BUFFER: i32 = 64;
/// Fine steps in one unit.
pub const FINE: i64 = 64;
const FINE_EXTENT: f64 = (EXTENT as i64 * FINE) as f64;
/// Lattice steps around the globe.
const ROUND: f64 = 360.0 * STEPS_PER_DEGREE;
/// Latitude where Web Mercator ends.
const LAST_LATITUDE: f64 = 85.051_128_779_806_59;
/// Zooms below this one hold so much latitude that the exact formula is used.
const SERIES_ZOOM: u8 = 9;

/// A position in a tile in 1/64 unit, from its south-west corner. Far outside it may be large, but
/// never beyond ±2^40.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fine {
    pub x: i64,
    pub y: i64,
}

/// A position in a tile in whole units, from its south-west corner; within the tile and its buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePoint {
    pub x: i32,
    pub y: i32,
}

impl Fine {
    /// The nearest whole unit, halves to the north-east. The position must be clipped: see [`FineBox`].
    #[inline]
    pub fn rounded(self) -> TilePoint {
        // A clipped position is within ±(4096 + 64) · 64.
        let round = |v: i64| ((v + FINE / 2) >> FINE.trailing_zeros()) as i32;
        TilePoint { x: round(self.x), y: round(self.y) }
    }
}

/// The upright box that geometry is clipped to.
#[derive(Clone, Copy, Debug)]
pub struct FineBox {
    pub low: i64,
    pub high: i64,
}

/// The tile and its buffer; the same in every tile.
pub const CLIP: FineBox =
    FineBox { low: -(BUFFER as i64) * FINE, high: (EXTENT + BUFFER) as i64 * FINE };

impl FineBox {
    #[inline]
    pub fn holds(self, at: Fine) -> bool {
        at.x >= self.low && at.x <= self.high && at.y >= self.low && at.y <= self.high
    }
}

/// Where one tile lies and how pins are carried into it.
#[derive(Clone, Debug)]
pub struct Frame {
    pub tile: TileId,
    /// Pins that can lie in the tile or its buffer; a little wider than needed.
    pub extent: Extent,
    x_scale: f64,
    x_start: f64,
    y_middle: i32,
    /// Terms of the series around `y_middle`, and how far it carries in lattice steps; 0 for never.
    y_terms: [f64; 6],
    y_reach: f64,
}

impl Frame {
    pub fn new(tile: TileId) -> Self {
        let n_tiles = f64::from(1u32 << tile.z());
        let (column, row) = (f64::from(tile.x()), f64::from(tile.y()));
        let extent = pins_of(tile, BUFFER + 1);
        let y_middle = latitude_at((row + 0.5) / n_tiles);
        let mut frame = Self {
            tile,
            extent,
            x_scale: n_tiles * FINE_EXTENT / ROUND,
            x_start: column * FINE_EXTENT,
            y_middle,
            y_terms: [0.0; 6],
            y_reach: 0.0,
        };
        if tile.z() >= SERIES_ZOOM {
            let height = f64::from(latitude_at(row / n_tiles) - latitude_at((row + 1.0) / n_tiles));
            frame.y_terms = frame.series();
            frame.y_reach = 2.0 * height;
        }
        frame
    }

    /// Taylor terms of the Mercator ordinate around `y_middle`, in fine steps a power of a lattice step.
    fn series(&self) -> [f64; 6] {
        let step = (1.0 / STEPS_PER_DEGREE).to_radians();
        let phi = f64::from(self.y_middle) * step;
        let scale = f64::from(1u32 << self.tile.z()) * FINE_EXTENT / TAU;
        let (t, sec) = (phi.tan(), 1.0 / phi.cos());
        let t2 = t * t;
        let derivatives = [
            sec,
            sec * t,
            sec * (1.0 + 2.0 * t2),
            sec * t * (5.0 + 6.0 * t2),
            sec * (5.0 + t2 * (28.0 + 24.0 * t2)),
        ];
        let mut terms = [self.exact_y(self.y_middle), 0.0, 0.0, 0.0, 0.0, 0.0];
        let mut factor = scale;
        for (power, derivative) in derivatives.into_iter().enumerate() {
            factor *= step / (power + 1) as f64;
            terms[power + 1] = derivative * factor;
        }
        terms
    }

    fn exact_y(&self, y: i32) -> f64 {
        let latitude = (f64::from(y) / STEPS_PER_DEGREE).clamp(-LAST_LATITUDE, LAST_LATITUDE);
        let down = 0.5 - latitude.to_radians().tan().asinh() / TAU;
        let n_tiles = f64::from(1u32 << self.tile.z());
        (f64::from(self.tile.y()) + 1.0 - down * n_tiles) * FINE_EXTENT
    }

    /// Where `pin` lies in this tile. Depends on nothing but the two.
    #[inline]
    pub fn fine(&self, pin: Pin) -> Fine {
        let x = (f64::from(pin.x) + ROUND / 2.0) * self.x_scale - self.x_start;
        let d = f64::from(pin.y) - f64::from(self.y_middle);
        let y = if d.abs() <= self.y_reach {
            let [c0, c1, c2, c3, c4, c5] = self.y_terms;
            c0 + d * (c1 + d * (c2 + d * (c3 + d * (c4 + d * c5))))
        } else {
            self.exact_y(pin.y)
        };
        Fine { x: nearest(x), y: nearest(y) }
    }

    /// Whether `pin` is this tile's own: on a line between two tiles it belongs to one of them only.
    pub fn owns(&self, pin: Pin) -> bool {
        let Fine { x, y } = self.fine(pin);
        let side = i64::from(EXTENT) * FINE;
        (0..side).contains(&x) && (0..side).contains(&y)
    }

    /// Triangles up to this area, in square metres of ground, are left out of thinned borders.
    ///
    /// A quarter of a screen pixel of a 512-pixel tile, at 35 degrees north wherever the tile is: so it
    /// hangs on the zoom alone and tiles beside each other thin alike.
    pub fn thinning(&self) -> f64 {
        const UNITS: f64 = 16.0;
        const EQUATOR_METERS: f64 = 40_075_016.686;
        let cos_35 = 0.819_152;
        let n_units = f64::from(1u32 << self.tile.z()) * f64::from(EXTENT);
        UNITS * (EQUATOR_METERS * cos_35 / n_units).powi(2)
    }
}

/// Pins of a tile with `margin` units around it.
pub fn pins_of(tile: TileId, margin: i32) -> Extent {
    let n_tiles = f64::from(1u32 << tile.z());
    let margin = f64::from(margin) / f64::from(EXTENT);
    let column = |x: f64| ((x / n_tiles).clamp(0.0, 1.0) - 0.5) * ROUND;
    let (column_of, row_of) = (f64::from(tile.x()), f64::from(tile.y()));
    let north = latitude_at((row_of - margin) / n_tiles);
    let south = latitude_at((row_of + 1.0 + margin) / n_tiles);
    // Within ±180e7 + 1, which fits an i32.
    Extent {
        min: Pin::new(column(column_of - margin).floor() as i32 - 1, south - 1),
        max: Pin::new(column(column_of + 1.0 + margin).ceil() as i32 + 1, north + 1),
    }
}

/// Column and row of the tile of zoom `z` that holds `pin`.
pub fn tile_of(pin: Pin, z: u8) -> (u32, u32) {
    let n_tiles = f64::from(1u32 << z);
    let latitude = (f64::from(pin.y) / STEPS_PER_DEGREE).clamp(-LAST_LATITUDE, LAST_LATITUDE);
    let down = 0.5 - latitude.to_radians().tan().asinh() / TAU;
    let right = f64::from(pin.x) / ROUND + 0.5;
    // Clamped into 0 to 2^20 - 1.
    let step = |part: f64| (part * n_tiles).clamp(0.0, n_tiles - 1.0) as u32;
    (step(right), step(down))
}

/// Latitude in lattice steps at `down` (0 north end, 1 south end of the Mercator square).
fn latitude_at(down: f64) -> i32 {
    let latitude = (PI * (1.0 - 2.0 * down.clamp(0.0, 1.0))).sinh().atan().to_degrees();
    (latitude * STEPS_PER_DEGREE).round() as i32
}

/// Rounded to the nearest whole number; |v| stays under 2^40 because a tile's side is 2^18 and the globe has at most 2^20 tiles.
#[inline]
fn nearest(v: f64) -> i64 {
    const UP: f64 = (1u64 << 41) as f64;
    (v + UP + 0.5) as i64 - (1 << 41)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(z: u8, x: u32, y: u32) -> Frame {
        Frame::new(TileId::new(z, x, y).unwrap())
    }

    #[test]
    fn corners_are_corners() {
        let frame = frame(14, 13_179, 6_262);
        let bare = pins_of(frame.tile, 0);
        let side = i64::from(EXTENT) * FINE;
        let near = |at: Fine, x: i64, y: i64| (at.x - x).abs() < 200 && (at.y - y).abs() < 200;
        assert!(near(frame.fine(bare.min), 0, 0), "{:?}", frame.fine(bare.min));
        assert!(near(frame.fine(bare.max), side, side), "{:?}", frame.fine(bare.max));
        let around = frame.extent;
        assert!(!CLIP.holds(frame.fine(around.min)) && !CLIP.holds(frame.fine(around.max)));
    }

    #[test]
    fn the_series_is_the_formula() {
        for (z, x, y) in [(9, 411, 195), (14, 13_179, 6_262), (20, 843_456, 400_768)] {
            let frame = frame(z, x, y);
            let reach = frame.y_reach as i32;
            for step in -50..=50 {
                let y = frame.y_middle + reach / 50 * step;
                let fine = frame.fine(Pin::new(0, y)).y;
                assert!((fine as f64 - frame.exact_y(y)).abs() < 0.6, "zoom {z} step {step}");
            }
        }
    }

    #[test]
    fn a_pin_on_a_line_is_owned_once() {
        let corner = pins_of(TileId::new(14, 13_179, 6_262).unwrap(), 0).center();
        for dx in -1..=1 {
            for dy in -1..=1 {
                let pin = Pin::new(corner.x + dx, corner.y + dy);
                let owners = [(0, 0), (1, 0), (0, 1), (1, 1)]
                    .into_iter()
                    .filter(|(x, y)| frame(15, 26_358 + x, 12_524 + y).owns(pin))
                    .count();
                assert_eq!(owners, 1, "{pin:?}");
            }
        }
    }
}
