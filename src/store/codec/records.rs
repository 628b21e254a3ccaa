//! Records: issues, plans, grids, lists. What the history keeps of a plan, and lists within a column.

use super::bytes::{CodecError, Kind, Reader, Writer};
use crate::domain::ids::{AreaId, Code, GridKey, PlanId};
use crate::domain::issue::{CODES, Issue, Severity};
use crate::domain::measure::{Day, Revision, Stamp};
use crate::domain::plan::log::{Did, Op};
use crate::domain::plan::{Grid, Plan, Status};
use crate::domain::register::rows::GridKind;

pub fn issues(issues: &[Issue]) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Issues);
    write_notes(&mut writer, issues);
    writer.finish()
}

/// An issue whose code this program no longer lists is left out: its words are gone.
pub fn read_issues(bytes: &[u8]) -> Result<Vec<Issue>, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Issues)?;
    let issues = read_notes(&mut reader)?;
    reader.finish().map(|()| issues)
}

pub(super) fn write_notes(writer: &mut Writer, issues: &[Issue]) {
    writer.count(issues.len());
    for Issue { code, severity, row, column, subjects, place, figure } in issues {
        writer.text(code);
        writer.byte(match severity {
            Severity::Note => 0,
            Severity::Warning => 1,
            Severity::Stop => 2,
        });
        writer.maybe(*row);
        writer.byte(u8::from(column.is_some()));
        column.iter().for_each(|column| writer.text(column));
        writer.count(subjects.len());
        subjects.iter().for_each(|subject| writer.text(subject.as_str()));
        writer.pins(place);
        writer.byte(u8::from(figure.is_some()));
        figure.iter().for_each(|&figure| writer.float(figure));
    }
}

pub(super) fn read_notes(reader: &mut Reader<'_>) -> Result<Vec<Issue>, CodecError> {
    let notes = reader.list(7, read_note)?;
    Ok(notes.into_iter().flatten().collect())
}

fn read_note(reader: &mut Reader<'_>) -> Result<Option<Issue>, CodecError> {
    let code = reader.text()?;
    let severity = match reader.byte()? {
        0 => Severity::Note,
        1 => Severity::Warning,
        2 => Severity::Stop,
        _ => return Err(CodecError::Unknown("severity")),
    };
    let row = reader.maybe()?;
    let column = if is_there(reader)? { Some(reader.text()?.into()) } else { None };
    let subjects = reader.list(1, Reader::code)?;
    let place = reader.pins()?;
    let figure = if is_there(reader)? { Some(reader.float()?) } else { None };
    Ok(CODES.iter().find(|known| known.code == code).map(|known| Issue {
        code: known.code,
        severity,
        row,
        column,
        subjects,
        place,
        figure,
    }))
}

pub(super) fn is_there(reader: &mut Reader<'_>) -> Result<bool, CodecError> {
    match reader.byte()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(CodecError::Number),
    }
}

pub fn plan(plan: &Plan) -> Vec<u8> {
    let Plan {
        id,
        title,
        status,
        based_on,
        effective_from,
        revision,
        areas,
        author,
        approver,
        submitted_at,
        published_at,
        reason,
        is_drawn,
    } = plan;
    let mut writer = Writer::new(Kind::Plan);
    writer.number(id.get().into());
    writer.text(title);
    writer.text(status.word());
    writer.number(based_on.map_or(0, PlanId::get).into());
    writer.byte(u8::from(effective_from.is_some()));
    effective_from.iter().for_each(|day| writer.signed(day.0.into()));
    writer.number(revision.0);
    write_areas(&mut writer, areas);
    writer.text(author);
    writer.text(approver);
    for stamp in [submitted_at, published_at] {
        writer.byte(u8::from(stamp.is_some()));
        stamp.iter().for_each(|stamp| writer.signed(stamp.0));
    }
    writer.text(reason);
    writer.byte(u8::from(*is_drawn));
    writer.finish()
}

pub fn read_plan(bytes: &[u8]) -> Result<Plan, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Plan)?;
    let id = PlanId::new(reader.number32()?).ok_or(CodecError::Number)?;
    let title = reader.text()?.into();
    let status = Status::of_word(reader.text()?).ok_or(CodecError::Unknown("status"))?;
    let based_on = PlanId::new(reader.number32()?);
    let effective_from = if is_there(&mut reader)? { Some(read_day(&mut reader)?) } else { None };
    let revision = Revision(reader.number()?);
    let areas = read_area_list(&mut reader)?;
    // Before version 3 what was published had been imported, and nothing else was kept of its life.
    let is_drawn = status == Status::Draft;
    let mut plan = Plan {
        status,
        based_on,
        effective_from,
        is_drawn,
        ..Plan::draft(id, title, areas, revision)
    };
    if reader.version >= 3 {
        plan.author = reader.text()?.into();
        plan.approver = reader.text()?.into();
        plan.submitted_at = read_stamp(&mut reader)?;
        plan.published_at = read_stamp(&mut reader)?;
        plan.reason = reader.text()?.into();
        plan.is_drawn = is_there(&mut reader)?;
    }
    reader.finish().map(|()| plan)
}

fn read_stamp(reader: &mut Reader<'_>) -> Result<Option<Stamp>, CodecError> {
    Ok(if is_there(reader)? { Some(Stamp(reader.signed()?)) } else { None })
}

pub(super) fn read_day(reader: &mut Reader<'_>) -> Result<Day, CodecError> {
    i32::try_from(reader.signed()?).map(Day).map_err(|_| CodecError::Number)
}

pub fn grid(grid: &Grid) -> Vec<u8> {
    let Grid {
        plan,
        key,
        code,
        name,
        community,
        kind,
        head,
        manager,
        work_phone,
        source_digest,
        is_locked,
        is_detached,
        is_numbered,
        predecessors,
    } = grid;
    let mut writer = Writer::new(Kind::Grid);
    writer.number(plan.get().into());
    writer.number(key.get().into());
    writer.text(code.as_str());
    writer.text(name);
    writer.number(community.get().into());
    writer.text(kind.word());
    writer.text(head);
    writer.text(manager);
    writer.text(work_phone);
    writer.number(*source_digest);
    writer.byte(u8::from(*is_locked));
    writer.byte(u8::from(*is_detached));
    write_codes(&mut writer, predecessors);
    writer.byte(u8::from(*is_numbered));
    writer.finish()
}

pub fn read_grid(bytes: &[u8]) -> Result<Grid, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Grid)?;
    let has_marks = reader.version >= 2;
    let has_lineage = reader.version >= 3;
    let has_number = reader.version >= 4;
    let mark = |reader: &mut Reader<'_>| if has_marks { is_there(reader) } else { Ok(false) };
    let mut grid = Grid {
        plan: PlanId::new(reader.number32()?).ok_or(CodecError::Number)?,
        key: GridKey::new(reader.number32()?).ok_or(CodecError::Number)?,
        code: reader.code()?,
        name: reader.text()?.into(),
        community: AreaId::new(reader.number32()?).ok_or(CodecError::Number)?,
        kind: GridKind::of_word(reader.text()?).ok_or(CodecError::Unknown("grid kind"))?,
        head: reader.text()?.into(),
        manager: reader.text()?.into(),
        work_phone: reader.text()?.into(),
        source_digest: reader.number()?,
        is_locked: mark(&mut reader)?,
        is_detached: mark(&mut reader)?,
        predecessors: if has_lineage { reader.list(1, Reader::code)? } else { Vec::new() },
        is_numbered: false,
    };
    if has_number {
        grid.is_numbered = is_there(&mut reader)?;
    }
    reader.finish().map(|()| grid)
}

/// Codes of grids, as one value.
pub fn codes(codes: &[Code]) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Texts);
    write_codes(&mut writer, codes);
    writer.finish()
}

pub fn read_codes(bytes: &[u8]) -> Result<Vec<Code>, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Texts)?;
    let codes = reader.list(1, Reader::code)?;
    reader.finish().map(|()| codes)
}

pub(super) fn write_codes(writer: &mut Writer, codes: &[Code]) {
    writer.count(codes.len());
    codes.iter().for_each(|code| writer.text(code.as_str()));
}

/// Communities of a plan, as one value: they are read and written only together.
pub fn areas(areas: &[AreaId]) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Areas);
    write_areas(&mut writer, areas);
    writer.finish()
}

pub fn read_areas(bytes: &[u8]) -> Result<Vec<AreaId>, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Areas)?;
    let areas = read_area_list(&mut reader)?;
    reader.finish().map(|()| areas)
}

pub(super) fn write_areas(writer: &mut Writer, areas: &[AreaId]) {
    writer.count(areas.len());
    areas.iter().for_each(|area| writer.number(area.get().into()));
}

pub(super) fn read_area_list(reader: &mut Reader<'_>) -> Result<Vec<AreaId>, CodecError> {
    reader.list(1, |reader| AreaId::new(reader.number32()?).ok_or(CodecError::Number))
}

/// Grids an entry of a plan's log concerns.
pub fn grids(grids: &[GridKey]) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Grids);
    writer.count(grids.len());
    grids.iter().for_each(|grid| writer.number(grid.get().into()));
    writer.finish()
}

pub fn read_grids(bytes: &[u8]) -> Result<Vec<GridKey>, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Grids)?;
    let grids =
        reader.list(1, |reader| GridKey::new(reader.number32()?).ok_or(CodecError::Number))?;
    reader.finish().map(|()| grids)
}

/// Strokes of an entry of a plan's log.
pub fn did(did: &[Did]) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Did);
    writer.count(did.len());
    for Did { op, grids, buildings } in did {
        writer.text(op.word());
        writer.count(grids.len());
        grids.iter().for_each(|grid| writer.text(grid.as_str()));
        writer.number((*buildings).into());
    }
    writer.finish()
}

pub fn read_did(bytes: &[u8]) -> Result<Vec<Did>, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Did)?;
    let did = reader.list(3, |reader| {
        Ok(Did {
            op: Op::of_word(reader.text()?).ok_or(CodecError::Unknown("stroke"))?,
            grids: reader.list(1, Reader::code)?,
            buildings: reader.number32()?,
        })
    })?;
    reader.finish().map(|()| did)
}

pub fn texts(texts: &[Box<str>]) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Texts);
    writer.count(texts.len());
    texts.iter().for_each(|text| writer.text(text));
    writer.finish()
}

pub fn read_texts(bytes: &[u8]) -> Result<Vec<Box<str>>, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Texts)?;
    let texts = reader.list(1, |reader| Ok(reader.text()?.into()))?;
    reader.finish().map(|()| texts)
}

pub fn number(number: u32) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Number);
    writer.number(number.into());
    writer.finish()
}

pub fn read_number(bytes: &[u8]) -> Result<u32, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Number)?;
    let number = reader.number32()?;
    reader.finish().map(|()| number)
}

pub fn text(text: &str) -> Vec<u8> {
    let mut writer = Writer::new(Kind::Text);
    writer.text(text);
    writer.finish()
}

pub fn read_text(bytes: &[u8]) -> Result<Box<str>, CodecError> {
    let mut reader = Reader::new(bytes, Kind::Text)?;
    let text = reader.text()?.into();
    reader.finish().map(|()| text)
}
