//! Levels of areas, and the parents that a file names only by the way.
//!
//! Official lists write the street, district and city of a community beside it instead of giving them
//! rows of their own. Each such parent gets a made-up row without ground, once, before its children:
//! its code is the one the file gives (`district_code`), else the matching beginning of a 12-digit
//! child code, else the names from the city down joined together (`臺北市萬華區`), which is unique where
//! the name alone (`鼓楼区`, `八里庄街道`) is not. A parent the file has as a row of its own is not made up.
//!
//! **Why** here and not in `decide`: whether `district` is a name or a code is a question of columns.
//! The rows say nothing but name, level and parent; `decide` keeps what it already knows.

use std::collections::HashMap;

use super::aliases::Field;
use super::cells;
use super::rows::Record;
use crate::domain::ids::Code;
use crate::domain::register::area::Level;
use crate::domain::register::rows::AreaRow;

/// Parents named by the rows of one file, in order of appearance.
#[derive(Debug, Default)]
pub struct Parents {
    rows: Vec<AreaRow>,
    by_code: HashMap<Code, usize>,
}

impl Parents {
    /// The nearest parent that `record` names for its area `code` of `level`, noted down if it is new.
    pub fn parent(&mut self, record: &Record<'_>, code: &Code, level: Level) -> Option<Code> {
        const STEPS: [(Level, Field, Field); 3] = [
            (Level::City, Field::City, Field::CityCode),
            (Level::District, Field::District, Field::DistrictCode),
            (Level::Subdistrict, Field::Street, Field::StreetCode),
        ];
        let mut parent: Option<Code> = None;
        let mut path = String::new();
        for (step, name_field, code_field) in STEPS {
            if step >= level {
                break;
            }
            let name = step_name(record, step, name_field);
            let stated = cells::code(record.cell(code_field)).ok().flatten();
            path.push_str(&name);
            if name.is_empty() {
                // A bare code is a reference; the row is somebody else's to bring.
                parent = stated.or(parent);
                continue;
            }
            let own = stated.or_else(|| beginning(code, step)).or_else(|| Code::new(&path));
            let Some(own) = own.filter(|own| own != code) else { continue };
            if !self.by_code.contains_key(&own) {
                self.by_code.insert(own.clone(), self.rows.len());
                self.rows.push(AreaRow {
                    row: record.row,
                    code: own.clone(),
                    name,
                    level: Some(step),
                    parent: parent.clone(),
                    kind: "".into(),
                    households: None,
                    lineage: Default::default(),
                    population: None,
                    shape: Vec::new(),
                });
            }
            parent = Some(own);
        }
        parent
    }

    /// All rows of the file: made-up parents first, the widest first, without those the file itself has;
    /// and parents told from official codes where nothing was said.
    pub fn before(self, mut rows: Vec<AreaRow>) -> Vec<AreaRow> {
        // The file's own row of a parent may have another code than the one made up for it.
        let mut own: HashMap<(Level, &str), &Code> = HashMap::new();
        for row in &rows {
            if let Some(level) = row.level.filter(|level| *level < Level::Community) {
                own.insert((level, &row.name), &row.code);
            }
        }
        let mut renamed: HashMap<Code, Code> = HashMap::new();
        let mut made: Vec<AreaRow> = Vec::new();
        for parent in self.rows {
            let level = parent.level.expect("made-up parents have a level");
            match own.get(&(level, &*parent.name)) {
                Some(code) => {
                    renamed.insert(parent.code, (*code).clone());
                }
                None => made.push(parent),
            }
        }
        made.sort_by_key(|row| row.level);
        let codes: std::collections::HashSet<Code> =
            rows.iter().chain(&made).map(|row| row.code.clone()).collect();
        for row in made.iter_mut().chain(rows.iter_mut()) {
            if let Some(code) = row.parent.as_ref().and_then(|parent| renamed.get(parent)) {
                row.parent = Some(code.clone());
            }
            if row.parent.is_none() {
                row.parent = official_parent(&row.code, |code| codes.contains(code));
            }
        }
        made.append(&mut rows);
        made
    }
}

/// Name of the area of level `step`; a province stands in for the `市辖区` of a municipality.
fn step_name(record: &Record<'_>, step: Level, field: Field) -> Box<str> {
    let name = cells::text(record.cell(field)).0;
    let says_nothing = matches!(&*name, "市辖区" | "县" | "直辖县级行政区划" | "");
    if step == Level::City && says_nothing {
        return cells::text(record.cell(Field::Province)).0;
    }
    name
}

/// The code of the area of `step` inside an official 12-digit code.
fn beginning(code: &Code, step: Level) -> Option<Code> {
    let code = code.as_str();
    if code.len() != 12 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match step {
        Level::City => Code::new(&format!("{}00", &code[..4])),
        Level::District => Code::new(&code[..6]),
        Level::Subdistrict => Code::new(&code[..9]),
        Level::Community => None,
    }
}

/// The nearest area above `code` by the structure of official codes that `is_known` knows.
fn official_parent(code: &Code, is_known: impl Fn(&str) -> bool) -> Option<Code> {
    let digits = code.as_str();
    if !matches!(digits.len(), 6 | 9 | 12) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (street, district, city) = (digits.get(..9), digits.get(..6), digits.get(..4));
    let candidates = [
        street.map(str::to_owned),
        street.map(|street| format!("{street}000")),
        district.map(str::to_owned),
        district.map(|district| format!("{district}000000")),
        city.map(|city| format!("{city}00")),
    ];
    let mut candidates = candidates.into_iter().flatten();
    candidates
        .find(|candidate| candidate != digits && is_known(candidate))
        .and_then(|code| Code::new(&code))
}

/// A level by its word in either language. `Ok(None)` for an empty cell.
pub fn level(text: &str) -> Result<Option<Level>, cells::Fault> {
    if cells::is_nothing(text) {
        return Ok(None);
    }
    let text = cells::plain(text).to_lowercase();
    if let Some(level) = Level::of_word(&text) {
        return Ok(Some(level));
    }
    match text.as_str() {
        "市" | "城市" | "地级市" | "市级" => Ok(Some(Level::City)),
        "区" | "县" | "区县" | "县区" | "區" | "区级" | "county" | "borough" => {
            Ok(Some(Level::District))
        }
        "街道" | "镇" | "乡" | "街镇" | "镇街" | "乡镇" | "街道级" | "street" | "town"
        | "township" => Ok(Some(Level::Subdistrict)),
        "社区" | "村" | "居委会" | "村委会" | "居委" | "村委" | "里" | "社区级" | "village"
        | "neighbourhood" | "neighborhood" => Ok(Some(Level::Community)),
        _ => Err("row.bad-level"),
    }
}

/// The level that the length of an official code tells: 6 digits a district (or, ending in 00, a city),
/// 9 a subdistrict, 12 a community, or what its trailing zeros leave.
pub fn level_of_code(code: &str) -> Option<Level> {
    if !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match code.len() {
        6 if code.ends_with("00") => Some(Level::City),
        6 => Some(Level::District),
        9 => Some(Level::Subdistrict),
        12 if code.ends_with("000000") => level_of_code(&code[..6]),
        12 if code.ends_with("000") => Some(Level::Subdistrict),
        12 => Some(Level::Community),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_by_word_and_by_code() {
        assert_eq!(level("街道"), Ok(Some(Level::Subdistrict)));
        assert_eq!(level("Community"), Ok(Some(Level::Community)));
        assert_eq!(level(""), Ok(None));
        assert_eq!(level("星系"), Err("row.bad-level"));
        assert_eq!(level_of_code("110101001000"), Some(Level::Subdistrict));
        assert_eq!(level_of_code("110101001001"), Some(Level::Community));
        assert_eq!(level_of_code("110101"), Some(Level::District));
        assert_eq!(level_of_code("320100"), Some(Level::City));
        assert_eq!(level_of_code("6300700001"), None);
        assert_eq!(level_of_code("A00"), None);
    }

    fn record<'a>(cells: &[(Field, &'a str)]) -> Record<'a> {
        let mut record = Record::new(2);
        for &(field, text) in cells {
            record.cells[field as usize] = text;
        }
        record
    }

    #[test]
    fn parents_are_made_once_from_names() {
        let mut parents = Parents::default();
        let named = record(&[(Field::City, "臺北市"), (Field::District, "萬華區")]);
        let code = |text: &str| Code::new(text).expect("a code");
        for child in ["6300700001", "6300700002"] {
            let parent = parents.parent(&named, &code(child), Level::Community);
            assert_eq!(parent, Some(code("臺北市萬華區")));
        }
        let rows = parents.before(Vec::new());
        let summary: Vec<_> =
            rows.iter().map(|row| (row.code.as_str(), &*row.name, row.level)).collect();
        assert_eq!(
            summary,
            [
                ("臺北市", "臺北市", Some(Level::City)),
                ("臺北市萬華區", "萬華區", Some(Level::District))
            ]
        );
        assert_eq!(rows[1].parent, Some(code("臺北市")));
    }

    #[test]
    fn official_codes_name_their_parents() {
        let mut parents = Parents::default();
        let named = record(&[
            (Field::Province, "北京市"),
            (Field::City, "市辖区"),
            (Field::District, "东城区"),
            (Field::Street, "东华门街道"),
        ]);
        let child = Code::new("110101001001").expect("a code");
        assert_eq!(parents.parent(&named, &child, Level::Community), Code::new("110101001"));
        let codes: Vec<String> =
            parents.before(Vec::new()).iter().map(|row| row.code.to_string()).collect();
        assert_eq!(codes, ["110100", "110101", "110101001"]);
    }
}
