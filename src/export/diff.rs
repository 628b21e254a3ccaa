//! Two plans side by side as files: the buildings that move as CSV; those and the grids as a workbook.
//!
//! Codes are written as text: a spreadsheet would round them. A workbook of the same diff has the same bytes.

use std::io;

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::Export;
use crate::domain::diff::{Diff, Figures, GridTurn, Headcount, compare};

const COLUMNS: [&str; 6] = ["building", "community", "from", "to", "households", "persons"];

/// `building,community,from,to,households,persons`, one row a building that moves, sorted by building.
pub(super) fn csv(export: &Export<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let diff = of(export);
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(COLUMNS)?;
    for row in diff.rows(export.world) {
        let Headcount { buildings: _, households, persons } = row.count;
        csv.write_record([
            row.building,
            row.community,
            row.from.unwrap_or(""),
            row.to.unwrap_or(""),
            &households.get().to_string(),
            &persons.get().to_string(),
        ])?;
    }
    csv.flush()
}

/// The same rows on one sheet, the grids on another. Cost: the whole workbook in memory.
pub(super) fn xlsx(export: &Export<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let bytes = workbook(export, &of(export)).map_err(io::Error::other)?;
    out.write_all(&bytes)
}

fn of(export: &Export<'_>) -> Diff {
    compare(export.world, export.against, export.plan, export.area)
}

fn workbook(export: &Export<'_>, diff: &Diff) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // The hour a file was made is no part of what it says.
    let made = ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let bold = Format::new().set_bold();
    add_buildings(workbook.add_worksheet(), export, diff, &bold)?;
    add_grids(workbook.add_worksheet(), export, diff, &bold)?;
    workbook.save_to_buffer()
}

fn add_buildings(
    sheet: &mut Worksheet,
    export: &Export<'_>,
    diff: &Diff,
    bold: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name("buildings")?;
    head(sheet, &COLUMNS, bold)?;
    for (at, row) in (1..).zip(diff.rows(export.world)) {
        let Headcount { buildings: _, households, persons } = row.count;
        let texts = [row.building, row.community, row.from.unwrap_or(""), row.to.unwrap_or("")];
        for (column, text) in (0..).zip(texts) {
            sheet.write_string(at, column, text)?;
        }
        sheet.write_number(at, 4, households.get() as f64)?;
        sheet.write_number(at, 5, persons.get() as f64)?;
    }
    Ok(())
}

const GRID_TEXTS: [&str; 6] =
    ["grid", "name", "community", "change", "manager_before", "manager_after"];
const GRID_COUNTS: [&str; 12] = [
    "buildings_in",
    "buildings_out",
    "buildings_before",
    "buildings_after",
    "households_in",
    "households_out",
    "households_before",
    "households_after",
    "persons_in",
    "persons_out",
    "persons_before",
    "persons_after",
];
const GRID_FIGURES: [&str; 8] = [
    "border_m_before",
    "border_m_after",
    "deviation_percent_before",
    "deviation_percent_after",
    "compactness_before",
    "compactness_after",
    "barrier_share_before",
    "barrier_share_after",
];

fn add_grids(
    sheet: &mut Worksheet,
    export: &Export<'_>,
    diff: &Diff,
    bold: &Format,
) -> Result<(), XlsxError> {
    sheet.set_name("grids")?;
    let columns: Vec<&str> =
        GRID_TEXTS.into_iter().chain(GRID_COUNTS).chain(GRID_FIGURES).collect();
    head(sheet, &columns, bold)?;
    for (at, turn) in (1..).zip(&diff.grids) {
        let mut column = 0;
        for text in grid_texts(export, turn) {
            sheet.write_string(at, column, text)?;
            column += 1;
        }
        for count in grid_counts(turn) {
            sheet.write_number(at, column, count as f64)?;
            column += 1;
        }
        for figure in grid_figures(turn) {
            if let Some(figure) = figure {
                sheet.write_number(at, column, figure)?;
            }
            column += 1;
        }
    }
    Ok(())
}

fn head(sheet: &mut Worksheet, columns: &[&str], bold: &Format) -> Result<(), XlsxError> {
    for (column, name) in (0..).zip(columns) {
        sheet.write_string_with_format(0, column, *name, bold)?;
        sheet.set_column_width(column, name.len().max(10) as f64 + 2.0)?;
    }
    sheet.set_freeze_panes(1, 1)?;
    Ok(())
}

fn grid_texts<'a>(export: &'a Export<'_>, turn: &'a GridTurn) -> [&'a str; 6] {
    let either = turn.either();
    let change = match (turn.is_new(), turn.is_gone()) {
        (true, _) => "new",
        (_, true) => "gone",
        (false, false) => "changed",
    };
    let manager = |grid: &'a Option<_>| {
        let grid: Option<&'a std::sync::Arc<crate::domain::plan::Grid>> = grid.as_ref();
        grid.map_or("", |grid| &grid.manager)
    };
    [
        either.code.as_str(),
        &either.name,
        super::tables::area_code(export.world, turn.community),
        change,
        manager(&turn.grid.before),
        manager(&turn.grid.after),
    ]
}

/// In the order of [`GRID_COUNTS`].
fn grid_counts(turn: &GridTurn) -> [i64; 12] {
    let held = |figures: &Option<Figures>| figures.map(|figures| figures.count).unwrap_or_default();
    let all = [turn.came, turn.left, held(&turn.figures.before), held(&turn.figures.after)];
    let counts: [fn(Headcount) -> i64; 3] = [
        |count| count.buildings.get(),
        |count| count.households.get(),
        |count| count.persons.get(),
    ];
    std::array::from_fn(|n| counts[n / 4](all[n % 4]))
}

/// In the order of [`GRID_FIGURES`]; empty where a grid is not, or nothing can be measured.
fn grid_figures(turn: &GridTurn) -> [Option<f64>; 8] {
    let sides = [turn.figures.before, turn.figures.after];
    let measures: [fn(Figures) -> Option<f64>; 4] = [
        |figures| Some(figures.border.meters()),
        |figures| figures.deviation,
        |figures| figures.compactness,
        |figures| figures.barrier_share,
    ];
    std::array::from_fn(|n| {
        let figure = measures[n / 2](sides[n % 2]?)?;
        Some((figure * 1e4).round() / 1e4)
    })
}
