//! The map of areas as it was until some day: its fabric, and the records that are no longer so.

use std::sync::Arc;

use super::bytes::{CodecError, Kind, Reader, Writer};
use super::records::{is_there, read_area_list, read_day, write_areas, write_codes};
use super::shapes::{read_area_ground_of, write_area_ground};
use crate::domain::change::AreaEra;
use crate::domain::ids::AreaId;
use crate::domain::measure::{Count, Day};
use crate::domain::register::area::{AreaRecord, Level, Lineage};

pub fn area_era(era: &AreaEra) -> Vec<u8> {
    let AreaEra { ground, records, newcomers } = era;
    let mut writer = Writer::new(Kind::AreaEra);
    write_area_ground(&mut writer, ground);
    writer.count(records.len());
    records.iter().for_each(|record| write_record(&mut writer, record));
    write_areas(&mut writer, newcomers);
    writer.finish()
}

pub fn read_area_era(bytes: &[u8]) -> Result<AreaEra, CodecError> {
    let mut reader = Reader::new(bytes, Kind::AreaEra)?;
    let ground = Arc::new(read_area_ground_of(&mut reader)?);
    let records = reader.list(8, |reader| read_record(reader).map(Arc::new))?;
    let newcomers = read_area_list(&mut reader)?;
    reader.finish().map(|()| AreaEra { ground, records, newcomers })
}

fn write_record(writer: &mut Writer, record: &AreaRecord) {
    let AreaRecord {
        id,
        code,
        name,
        level,
        parent,
        kind,
        stated_households,
        stated_population,
        source_digest,
        lineage: Lineage { predecessors, from, to },
    } = record;
    writer.number(id.get().into());
    writer.text(code.as_str());
    writer.text(name);
    writer.text(level.word());
    writer.number(parent.map_or(0, AreaId::get).into());
    writer.text(kind);
    let stated = [stated_households, stated_population];
    let days = [from, to];
    let numbers = stated.map(|count| count.map(Count::get)).into_iter();
    for number in numbers.chain(days.map(|day| day.map(|day| day.0.into()))) {
        writer.byte(u8::from(number.is_some()));
        number.into_iter().for_each(|number| writer.signed(number));
    }
    writer.number(*source_digest);
    write_codes(writer, predecessors);
}

fn read_record(reader: &mut Reader<'_>) -> Result<AreaRecord, CodecError> {
    let id = AreaId::new(reader.number32()?).ok_or(CodecError::Number)?;
    let code = reader.code()?;
    let name = reader.text()?.into();
    let level = Level::of_word(reader.text()?).ok_or(CodecError::Unknown("level"))?;
    let parent = AreaId::new(reader.number32()?);
    let kind = reader.text()?.into();
    let stated_households = read_count(reader)?;
    let stated_population = read_count(reader)?;
    let from = maybe_day(reader)?;
    let to = maybe_day(reader)?;
    let source_digest = reader.number()?;
    let predecessors = reader.list(1, Reader::code)?;
    Ok(AreaRecord {
        id,
        code,
        name,
        level,
        parent,
        kind,
        stated_households,
        stated_population,
        source_digest,
        lineage: Lineage { predecessors, from, to },
    })
}

fn read_count(reader: &mut Reader<'_>) -> Result<Option<Count>, CodecError> {
    Ok(if is_there(reader)? { Some(Count(reader.signed()?)) } else { None })
}

fn maybe_day(reader: &mut Reader<'_>) -> Result<Option<Day>, CodecError> {
    Ok(if is_there(reader)? { Some(read_day(reader)?) } else { None })
}
