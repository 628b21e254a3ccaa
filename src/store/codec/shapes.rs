//! Shapes: footprints, lines, fabrics with the colors of their cells.

use std::sync::Arc;

use super::bytes::{CodecError, Kind, Reader, Writer};
use super::records::{read_notes, write_notes};
use crate::domain::change::AreaGround;
use crate::domain::fabric::{Barrier, Fabric, NewSeam};
use crate::domain::ids::{AreaId, CellId, GridKey};
use crate::domain::place::{Pin, Polygon};
use crate::domain::plan::Cut;

/// Outline of a building; no bytes at all where there is none.
pub fn footprint(polygons: &[Polygon]) -> Vec<u8> {
    if polygons.is_empty() {
        return Vec::new();
    }
    let mut writer = Writer::new(Kind::Footprint);
    write_polygons(&mut writer, polygons);
    writer.finish()
}

pub fn read_footprint(bytes: &[u8]) -> Result<Vec<Polygon>, CodecError> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let mut reader = Reader::new(bytes, Kind::Footprint)?;
    let polygons = read_polygons(&mut reader)?;
    reader.finish().map(|()| polygons)
}

/// Shape of a base feature.
pub fn lines_and_polygons(lines: &[Vec<Pin>], polygons: &[Polygon]) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Feature);
    writer.count(lines.len());
    lines.iter().for_each(|line| writer.pins(line));
    write_polygons(&mut writer, polygons);
    writer.finish()
}

pub fn read_lines_and_polygons(bytes: &[u8]) -> Result<(Vec<Vec<Pin>>, Vec<Polygon>), CodecError> {
    let mut reader = Reader::new(bytes, Kind::Feature)?;
    let lines = reader.list(1, Reader::pins)?;
    let polygons = read_polygons(&mut reader)?;
    reader.finish().map(|()| (lines, polygons))
}

fn write_polygons(writer: &mut Writer, polygons: &[Polygon]) {
    writer.count(polygons.len());
    for polygon in polygons {
        writer.count(polygon.rings.len());
        polygon.rings.iter().for_each(|ring| writer.pins(ring));
    }
}

fn read_polygons(reader: &mut Reader<'_>) -> Result<Vec<Polygon>, CodecError> {
    reader.list(1, |reader| Ok(Polygon { rings: reader.list(1, Reader::pins)? }))
}

/// A community's ground in a plan: colors, fabric, notes, declared crossings.
pub fn cut(cut: &Cut) -> Vec<u8> {
    let Cut { fabric, colors, notes, links } = cut;
    let mut writer = Writer::new(Kind::Cut);
    write_colors(&mut writer, colors.iter().map(|color| color.map_or(0, GridKey::get)));
    write_fabric(&mut writer, fabric);
    write_notes(&mut writer, notes);
    writer.count(links.len());
    links.iter().flatten().for_each(|&pin| writer.pin(pin));
    writer.finish()
}

pub fn read_cut(bytes: &[u8]) -> Result<Cut, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Cut)?;
    let colors = read_colors(&mut reader, GridKey::new)?;
    let fabric = Arc::new(read_fabric(&mut reader, colors.len())?);
    let notes = read_notes(&mut reader)?;
    let links = match reader.version {
        1 => Vec::new(),
        _ => reader.list(4, |reader| Ok([reader.pin()?, reader.pin()?]))?,
    };
    reader.finish().map(|()| Cut { fabric, colors, notes, links })
}

/// The colors of a cut alone: all that is written when its fabric stays.
pub fn colors(colors: &[Option<GridKey>]) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Colors);
    write_colors(&mut writer, colors.iter().map(|color| color.map_or(0, GridKey::get)));
    writer.finish()
}

pub fn read_colors_alone(bytes: &[u8]) -> Result<Vec<Option<GridKey>>, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Colors)?;
    let colors = read_colors(&mut reader, GridKey::new)?;
    reader.finish().map(|()| colors)
}

/// What the history keeps of a cut: the whole of it, or its colors where its fabric stayed.
pub enum KeptCut {
    Whole(Cut),
    Colors(Vec<Option<GridKey>>),
}

pub fn read_kept_cut(bytes: &[u8]) -> Result<KeptCut, CodecError> {
    match read_colors_alone(bytes) {
        Err(CodecError::Kind) => read_cut(bytes).map(KeptCut::Whole),
        colors => colors.map(KeptCut::Colors),
    }
}

/// The ground of all areas: the same, colored by area.
pub fn area_ground(ground: &AreaGround) -> Vec<u8> {
    let mut writer = Writer::new(Kind::AreaGround);
    write_area_ground(&mut writer, ground);
    writer.finish()
}

pub(super) fn write_area_ground(writer: &mut Writer, ground: &AreaGround) {
    let AreaGround { fabric, colors, notes } = ground;
    write_colors(writer, colors.iter().map(|color| color.map_or(0, AreaId::get)));
    write_fabric(writer, fabric);
    write_notes(writer, notes);
}

pub fn read_area_ground(bytes: &[u8]) -> Result<AreaGround, CodecError> {
    let mut reader = Reader::new(bytes, Kind::AreaGround)?;
    let ground = read_area_ground_of(&mut reader)?;
    reader.finish().map(|()| ground)
}

pub(super) fn read_area_ground_of(reader: &mut Reader<'_>) -> Result<AreaGround, CodecError> {
    let colors = read_colors(reader, AreaId::new)?;
    let fabric = Arc::new(read_fabric(reader, colors.len())?);
    let notes = read_notes(reader)?;
    Ok(AreaGround { fabric, colors, notes })
}

/// One color a cell, 0 for none; as differences, since neighbours in number are neighbours in color.
fn write_colors(writer: &mut Writer, colors: impl ExactSizeIterator<Item = u32>) {
    writer.count(colors.len());
    let mut last = 0;
    for color in colors {
        writer.signed(i64::from(color) - last);
        last = i64::from(color);
    }
}

fn read_colors<T>(
    reader: &mut Reader<'_>,
    id: impl Fn(u32) -> Option<T>,
) -> Result<Vec<Option<T>>, CodecError> {
    let mut last = 0i64;
    reader.list(1, |reader| {
        let color = last.checked_add(reader.signed()?).ok_or(CodecError::Number)?;
        last = color;
        u32::try_from(color).map(&id).map_err(|_| CodecError::Number)
    })
}

/// Seams one after another; the first pin of each is told from the last pin of the one before.
///
/// The number of cells is not written: a fabric is always stored with one color a cell before it, so
/// damaged bytes cannot ask for more cells than there are bytes.
fn write_fabric(writer: &mut Writer, fabric: &Fabric) {
    writer.count(fabric.n_seams());
    for seam in fabric.seams() {
        writer.maybe(seam.left.map(|cell| cell.index() as u32));
        writer.maybe(seam.right.map(|cell| cell.index() as u32));
        writer.byte(seam.barrier.rank());
        writer.pins(seam.pins);
    }
}

fn read_fabric(reader: &mut Reader<'_>, n_cells: usize) -> Result<Fabric, CodecError> {
    let cell = |index: Option<u32>| match index {
        None => Ok(None),
        Some(index) if (index as usize) < n_cells => Ok(Some(CellId::from_index(index as usize))),
        Some(_) => Err(CodecError::Number),
    };
    let seams = reader.list(8, |reader| {
        let left = cell(reader.maybe()?)?;
        let right = cell(reader.maybe()?)?;
        let barrier = Barrier::of_rank(reader.byte()?).ok_or(CodecError::Unknown("barrier"))?;
        let pins = reader.pins()?;
        if pins.len() < 2 {
            return Err(CodecError::Number);
        }
        Ok(NewSeam { pins, left, right, barrier })
    })?;
    Ok(Fabric::new(&seams, u32::try_from(n_cells).map_err(|_| CodecError::Number)?))
}
