//! CSV: comma, tab or semicolon, with the title rows, note rows and merged cells of office sheets.
//!
//! The first thousand rows are looked at before the first is taken: for the delimiter, the header, the
//! datum, and whether columns were merged over several rows (then their cells are filled down, and the
//! report says which). After that rows stream by; only what they say is kept.
//!
//! **Why** the header is the row of the first five that knows most columns: titles and units stand above
//! it, and a sheet without a known header is refused before any value could be taken for one.

use csv::{Reader, ReaderBuilder, StringRecord};

use super::aliases::{Field, kind_of};
use super::cells;
use super::columns::Columns;
use super::datum::{Converter, Datum, DatumChoice, Origin, settle};
use super::rows::{Ground, Maker, Record};
use super::sheet::{ImportError, ImportOptions, Sheet};
use super::text::Text;
use super::{Format, Progress};
use crate::domain::issue::{Issue, Severity};
use crate::domain::register::rows::ImportKind;

pub const FORMAT: Format = Format { name: "csv", fits: |_, _| true, read };

/// Rows looked at before the first is taken.
const HEAD: usize = 1000;
/// Rows in which the header is searched.
const HEADER_ROWS: usize = 5;
/// Lines after which an open quotation mark counts as forgotten.
const MAX_LINES: u64 = 100;
/// Cells of one row beyond which this is no table.
const MAX_CELLS: usize = 10_000;

/// The delimiter of `text`: the one that cuts the first lines into most cells.
pub fn delimiter(text: &str) -> u8 {
    let counts = [b',', b'\t', b';'].map(|delimiter| {
        let mut is_quoted = false;
        let mut n_lines = 0;
        let count = text
            .bytes()
            .take_while(|&byte| {
                n_lines += usize::from(byte == b'\n');
                n_lines < HEADER_ROWS + 1
            })
            .filter(|&byte| {
                is_quoted ^= byte == b'"';
                byte == delimiter && !is_quoted
            })
            .count();
        (count, delimiter)
    });
    // On a tie the comma wins: it stands first.
    let most = counts.iter().map(|(count, _)| *count).max().unwrap_or(0);
    counts.iter().find(|(count, _)| *count == most).map_or(b',', |(_, delimiter)| *delimiter)
}

/// The rows of a text, with their lines.
pub struct Lines<'a> {
    text: &'a [u8],
    reader: Reader<&'a [u8]>,
}

impl<'a> Lines<'a> {
    pub fn new(text: &'a str, delimiter: u8) -> Self {
        let reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        Self { text: text.as_bytes(), reader }
    }

    /// Reads the next row into `record` and gives its line; `None` at the end.
    pub fn next(&mut self, record: &mut StringRecord) -> Option<u32> {
        // The bytes are UTF-8 and in memory: reading cannot fail.
        if !self.reader.read_record(record).unwrap_or(false) {
            return None;
        }
        let start = record.position().cloned().unwrap_or_else(csv::Position::new);
        // What ends or empties the lines before is still ahead of the position.
        let ahead = self.text
            [usize::try_from(start.byte()).unwrap_or(usize::MAX).min(self.text.len())..]
            .iter()
            .take_while(|byte| matches!(byte, b'\r' | b'\n'));
        let line = start.line() + ahead.filter(|byte| **byte == b'\n').count() as u64;
        Some(u32::try_from(line).unwrap_or(u32::MAX))
    }

    fn byte(&self) -> u64 {
        self.reader.position().byte()
    }
}

/// Looks over `text` for rows that would never end: forgotten quotation marks, and cells without number.
/// One pass that splits as the reader does, before the reader holds a row of half a gigabyte.
pub fn is_table(text: &str, delimiter: u8) -> Result<(), ImportError> {
    #[derive(PartialEq)]
    enum At {
        Start,
        Plain,
        Quoted,
        QuoteInQuoted,
    }
    let mut at = At::Start;
    let (mut line, mut first_line, mut n_cells) = (1u64, 1u64, 1usize);
    for byte in text.bytes() {
        line += u64::from(byte == b'\n');
        at = match (at, byte) {
            (At::Start | At::QuoteInQuoted, b'"') => At::Quoted,
            (At::Quoted, b'"') => At::QuoteInQuoted,
            (At::Quoted, _) => At::Quoted,
            (_, b'\n' | b'\r') => {
                (n_cells, first_line) = (1, line);
                At::Start
            }
            (_, byte) if byte == delimiter => {
                n_cells += 1;
                At::Start
            }
            _ => At::Plain,
        };
        if n_cells > MAX_CELLS {
            return Err(ImportError::TooWide {
                row: u32::try_from(line).unwrap_or(u32::MAX),
                limit: MAX_CELLS,
            });
        }
        if line - first_line > MAX_LINES {
            return Err(ImportError::UnclosedQuote {
                row: u32::try_from(first_line).unwrap_or(u32::MAX),
            });
        }
    }
    Ok(())
}

/// The rows at the beginning of a file, its header found.
pub struct Head {
    pub columns: Columns,
    pub n_headers: usize,
    pub rows: Vec<(u32, StringRecord)>,
    /// Line of a row of notes under the header, which was skipped.
    note_row: Option<u32>,
}

/// Reads up to the first thousand rows and names the columns for `kind`.
pub fn head(
    lines: &mut Lines<'_>,
    kind: ImportKind,
    asked: &[(Box<str>, Box<str>)],
    name: &str,
) -> Result<Head, ImportError> {
    let mut rows = Vec::new();
    let mut record = StringRecord::new();
    while rows.len() < HEAD
        && let Some(row) = lines.next(&mut record)
    {
        rows.push((row, record.clone()));
    }
    let mut best: Option<(usize, Columns)> = None;
    for (i, (_, record)) in rows.iter().enumerate().take(HEADER_ROWS) {
        let headers: Vec<&str> = record.iter().collect();
        let columns = Columns::new(kind, &headers, asked)?;
        let is_better = best.as_ref().is_none_or(|(_, known)| columns.n_known() > known.n_known());
        if columns.n_used() > 0 && is_better {
            best = Some((i, columns));
        }
    }
    let Some((at, columns)) = best else {
        let headers: Vec<&str> =
            rows.iter().take(HEADER_ROWS).flat_map(|(_, row)| row.iter()).collect();
        return Err(ImportError::NoHeader { guess: kind_of(name, &headers) });
    };
    if let Some(header) = columns.missing_header() {
        return Err(ImportError::NoSuchHeader { header: header.into() });
    }
    let n_headers = rows[at].1.len();
    rows.drain(..=at);
    let mut note_row = None;
    if rows.first().is_some_and(|(_, record)| is_note(record, &columns)) {
        note_row = Some(rows.remove(0).0);
    }
    Ok(Head { columns, n_headers, rows, note_row })
}

fn read(
    name: &str,
    text: &Text<'_>,
    options: &ImportOptions,
    progress: Progress<'_>,
) -> Result<Sheet, ImportError> {
    let of = text.text.len() as u64;
    let delimiter = delimiter(&text.text);
    is_table(&text.text, delimiter)?;
    let mut lines = Lines::new(&text.text, delimiter);
    let head = head(&mut lines, options.kind, &options.columns, name)?;
    let columns = &head.columns;
    require(columns, options.kind, name)?;
    if head.rows.is_empty() {
        return Err(ImportError::NoRows);
    }
    let mut maker = Maker::new(options, name, None);
    maker.converter = converter(&head, options, &mut maker)?;
    if let Some(row) = head.note_row {
        maker.report.add(Issue::new("row.note-skipped", Severity::Note).row(row));
    }
    let mut filler = Filler::new(&head);
    for field in &filler.fields {
        maker.report.file("file.filled-down", Severity::Note, columns.header(*field));
    }
    for (row, record) in &head.rows {
        take(&mut maker, columns, head.n_headers, &mut filler, *row, record)?;
    }
    let mut record = StringRecord::new();
    while let Some(row) = lines.next(&mut record) {
        take(&mut maker, columns, head.n_headers, &mut filler, row, &record)?;
        if maker.n_rows.is_multiple_of(4096) {
            progress(lines.byte(), of);
        }
    }
    progress(of, of);
    Ok(super::sheet::finish(maker, columns, text, FORMAT.name))
}

/// What a file of `kind` cannot do without.
fn require(columns: &Columns, kind: ImportKind, name: &str) -> Result<(), ImportError> {
    let has_any = |fields: &[Field]| fields.iter().any(|field| columns.has(*field));
    let (fields, word): (&[Field], _) = match kind {
        ImportKind::Areas => (&[Field::Code, Field::Name], "code"),
        ImportKind::Grids => (&[Field::Code, Field::Name], "code"),
        ImportKind::Buildings => (&[Field::Code, Field::Building, Field::Name, Field::Lon], "code"),
        ImportKind::Households => (&[Field::Number, Field::Room], "household_no"),
        ImportKind::Members => (&[Field::Reference], "ref"),
        ImportKind::Stations => (&[Field::Code, Field::Name], "name"),
        ImportKind::Barriers => {
            return Err(ImportError::WrongKind { kind, guess: None });
        }
    };
    if has_any(fields) {
        return Ok(());
    }
    let headers: Vec<&str> = columns.headers().iter().map(AsRef::as_ref).collect();
    let guess = kind_of(name, &headers).filter(|guess| *guess != kind);
    Err(ImportError::MissingColumn { field: word, guess })
}

/// The datum of the coordinate columns: given, stated in a column or in their headers, or seen.
fn converter(
    head: &Head,
    options: &ImportOptions,
    maker: &mut Maker<'_>,
) -> Result<Option<Converter>, ImportError> {
    let columns = &head.columns;
    let (Some(lon), Some(lat)) = (columns.column(Field::Lon), columns.column(Field::Lat)) else {
        return Ok(None);
    };
    let number = |record: &StringRecord, column: usize| {
        cells::coordinate(record.get(column)?).ok().flatten()
    };
    let sample: Vec<(f64, f64)> = head
        .rows
        .iter()
        .filter_map(|(_, record)| Some((number(record, lon)?, number(record, lat)?)))
        .collect();
    let in_cell = columns.column(Field::Crs).and_then(|column| {
        head.rows
            .iter()
            .filter_map(|(_, record)| record.get(column))
            .find(|cell| !cells::is_nothing(cell))
    });
    let in_header = columns.header(Field::Lon).and_then(|header| {
        let datum = header.parse::<Datum>().ok()?;
        matches!(datum, Datum::Gcj02 | Datum::Bd09).then_some(datum)
    });
    let stated = match in_cell {
        Some(cell) if options.datum == DatumChoice::Auto => Some(cell.parse::<Datum>()?),
        _ => in_header,
    };
    let (converter, origin) = settle(options.datum, stated, &sample, options.near)?;
    if origin == Origin::Assumed && !sample.is_empty() {
        maker.report.file("file.datum-assumed", Severity::Note, columns.header(Field::Lon));
    }
    Ok(Some(converter))
}

/// Takes one line: a row, or something that only looks like one.
fn take(
    maker: &mut Maker<'_>,
    columns: &Columns,
    n_headers: usize,
    filler: &mut Filler,
    row: u32,
    cells: &StringRecord,
) -> Result<(), ImportError> {
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(());
    }
    if is_total(cells) {
        maker.report.add(Issue::new("row.total-skipped", Severity::Note).row(row));
        return Ok(());
    }
    let n_extra = cells.iter().skip(n_headers).filter(|cell| !cell.trim().is_empty()).count();
    if n_extra > 0 {
        // Cells beyond the header mean that the others may stand under the wrong headers.
        maker.n_rows += 1;
        maker.refuse(Issue::new("row.short", Severity::Stop).row(row));
        return Ok(());
    }
    if cells.len() < n_headers {
        maker.report.add(Issue::new("row.short", Severity::Warning).row(row));
    }
    let mut record = Record::new(row);
    for (field, column) in &filler.used {
        record.cells[*field as usize] = cells.get(*column).unwrap_or("");
    }
    filler.remember(&record);
    let record = filler.fill(record);
    maker.take(&record, columns, Ground::Cells)
}

/// Picks the used cells of a row, and fills those that were merged over several rows.
struct Filler {
    used: Vec<(Field, usize)>,
    fields: Vec<Field>,
    last: Vec<String>,
}

impl Filler {
    /// Looks at the first rows: a column of places is merged when its first cell is filled and at
    /// least half of the others are empty, while each row says something else.
    fn new(head: &Head) -> Self {
        const PLACES: [Field; 6] = [
            Field::Street,
            Field::Community,
            Field::Grid,
            Field::Estate,
            Field::Building,
            Field::BuildingCode,
        ];
        let is_empty = |record: &StringRecord, column: usize| {
            record.get(column).is_none_or(|cell| cell.trim().is_empty())
        };
        let is_merged = |field: &Field| {
            let Some(column) = head.columns.column(*field) else { return false };
            let n_empty = head.rows.iter().filter(|(_, record)| is_empty(record, column)).count();
            let starts_filled =
                head.rows.first().is_some_and(|(_, record)| !is_empty(record, column));
            starts_filled && n_empty > 0 && n_empty * 2 >= head.rows.len()
        };
        let fields: Vec<Field> = PLACES.into_iter().filter(is_merged).collect();
        let last = vec![String::new(); fields.len()];
        let used =
            Field::ALL.iter().filter_map(|field| Some((*field, head.columns.column(*field)?)));
        Self { used: used.collect(), fields, last }
    }

    fn remember(&mut self, record: &Record<'_>) {
        for (field, last) in self.fields.iter().zip(&mut self.last) {
            let cell = record.cell(*field);
            if !cell.trim().is_empty() {
                last.clear();
                last.push_str(cell);
            }
        }
    }

    fn fill<'a>(&'a self, mut record: Record<'a>) -> Record<'a> {
        for (field, last) in self.fields.iter().zip(&self.last) {
            record.cells[*field as usize] = last;
        }
        record
    }
}

/// Whether the row under the header explains the columns instead of filling them.
fn is_note(record: &StringRecord, columns: &Columns) -> bool {
    const WORDS: [&str; 12] = [
        "必填", "选填", "请填", "填写", "示例", "例如", "格式", "说明", "required", "optional",
        "e.g.", "example",
    ];
    let says = |cell: &str| {
        let cell = cell.to_lowercase();
        WORDS.iter().any(|word| cell.contains(word))
    };
    let key = [Field::Code, Field::Number, Field::Reference]
        .into_iter()
        .find_map(|field| columns.column(field));
    let key_says = key.and_then(|column| record.get(column)).is_some_and(says);
    key_says || record.iter().filter(|cell| says(cell)).count() >= 2
}

/// Whether the row is a sum at the foot of a block.
fn is_total(record: &StringRecord) -> bool {
    let first = record.iter().map(str::trim).find(|cell| !cell.is_empty()).unwrap_or("");
    // Most rows are told by one character.
    if !first.starts_with(['合', '总', '小', '總', 't', 'T', 's', 'S']) {
        return false;
    }
    let bare: String =
        first.chars().filter(|c| !c.is_whitespace() && !":：".contains(*c)).collect();
    matches!(
        bare.to_lowercase().as_str(),
        "合计" | "总计" | "小计" | "合計" | "總計" | "total" | "subtotal"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_told() {
        assert_eq!(delimiter("a,b,c\n1,2,3"), b',');
        assert_eq!(delimiter("a\tb\tc\n1,5\t2\t3"), b'\t');
        assert_eq!(delimiter("a;b;c\n\"x,y,z,w\";2;3"), b';');
        assert_eq!(delimiter("alone"), b',');
    }
}
