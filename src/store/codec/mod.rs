//! Chains of pins, polygons, fabrics, cuts, issues ↔ the bytes of one database value.
//!
//! Each `x` has its `read_x`, and `read_x(x(v)) == v`. Reading is total: arbitrary bytes give a value or
//! a [`CodecError`], never a panic, and reserve memory only in proportion to their own length.
//! Knows nothing of tables and rows.
//!
//! **Why** a spelling of our own: neighbouring pins differ by a few hundred steps, so a pin takes three
//! or four bytes instead of sixteen, and nothing here can fail in ways we have not listed.

mod bytes;
mod eras;
mod records;
mod shapes;

pub use bytes::CodecError;
pub(super) use eras::{area_era, read_area_era};
pub(super) use records::{
    areas, codes, did, grid, grids, issues, number, plan, read_areas, read_codes, read_did,
    read_grid, read_grids, read_issues, read_number, read_plan, read_text, read_texts, text, texts,
};
pub(super) use shapes::{
    KeptCut, area_ground, colors, cut, footprint, lines_and_polygons, read_area_ground,
    read_colors_alone, read_cut, read_footprint, read_kept_cut, read_lines_and_polygons,
};

#[cfg(test)]
mod tests;
