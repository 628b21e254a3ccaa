//! Single cells: numbers, codes, dates, names of buildings, as office sheets write them.
//!
//! Everything here is a function of one text. Wrong cells answer with a listed issue code; the caller
//! knows row and column.
//!
//! **Why** so lenient about spelling and so strict about meaning: `１２ 户`, `1,024` and `12.0` are the
//! same number to everybody, but `1.1E+14` has lost a code for good and no rule brings it back.

use std::borrow::Cow;

use super::columns::half_width;
use crate::domain::ids::Code;
use crate::domain::measure::{Area, Count, Day};

/// Issue code of a cell that cannot be read.
pub type Fault = &'static str;

/// Longest text kept from one cell, in characters.
pub const MAX_TEXT: usize = 200;
/// Most buildings one range or list may name.
const MAX_LISTED: usize = 2000;

/// `text` trimmed, and with half-width forms where it has full-width ones.
pub fn plain(text: &str) -> Cow<'_, str> {
    let trimmed = text.trim();
    if trimmed.chars().any(|c| matches!(c, '\u{FF01}'..='\u{FF5E}' | '\u{3000}')) {
        Cow::Owned(half_width(trimmed).trim().to_owned())
    } else {
        Cow::Borrowed(trimmed)
    }
}

/// Whether a cell says that there is nothing: empty, a dash, `无`, `null`, `N/A`.
pub fn is_nothing(text: &str) -> bool {
    let text = text.trim();
    text.is_empty()
        || matches!(text, "-" | "--" | "—" | "——" | "/" | "\\" | "无" | "無" | "空")
        || ["null", "none", "nan", "n/a", "na", "#n/a"]
            .iter()
            .any(|no| text.eq_ignore_ascii_case(no))
}

/// A number with the habits of people: thousands separators, a unit behind it.
fn number(text: &str) -> Option<f64> {
    let text = plain(text);
    let bare = text.trim_end_matches(|c: char| "户人层個个套栋幢元岁单元米".contains(c)).trim();
    let bare = bare.strip_prefix('+').unwrap_or(bare);
    if !bare.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.') {
        return None;
    }
    if bare.contains(',') { bare.replace(',', "").parse().ok() } else { bare.parse().ok() }
}

/// A whole number that cannot be negative; fractions of a spreadsheet (`6.0`) are whole.
pub fn count(text: &str) -> Result<Option<Count>, Fault> {
    if is_nothing(text) {
        return Ok(None);
    }
    let value = number(text).filter(|value| value.is_finite()).ok_or("row.bad-number")?;
    if value < 0.0 {
        return Err("row.negative-number");
    }
    if value.fract() != 0.0 || value > 1e12 {
        return Err("row.bad-number");
    }
    Ok(Some(Count(value as i64)))
}

/// An area in square metres, with its unit behind it or without.
pub fn square_meters(text: &str) -> Result<Option<Area>, Fault> {
    let text = plain(text).to_lowercase();
    if is_nothing(&text) {
        return Ok(None);
    }
    let units = ["平方米", "平方", "平米", "㎡", "m²", "m2", "sqm"];
    let bare = units.iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(&text);
    let value = number(bare).filter(|value| value.is_finite()).ok_or("row.bad-number")?;
    if value < 0.0 {
        return Err("row.negative-number");
    }
    if value > 1e8 {
        return Err("row.bad-number");
    }
    Ok(Some(Area::from_square_meters(value)))
}

/// As [`count`], for numbers of floors, entrances, persons.
pub fn small(text: &str) -> Result<Option<u16>, Fault> {
    let Some(count) = count(text)? else { return Ok(None) };
    u16::try_from(count.get()).map(Some).map_err(|_| "row.bad-number")
}

/// One coordinate. `NaN`, `inf` and their kin are named for what they are.
pub fn coordinate(text: &str) -> Result<Option<f64>, Fault> {
    let text = plain(text);
    let lower = text.to_ascii_lowercase();
    let bare = lower.trim_start_matches(['-', '+']);
    if ["nan", "inf", "infinity", "1.#inf", "1.#qnan", "#num!", "#div/0!"].contains(&bare) {
        return Err("row.not-finite");
    }
    if is_nothing(&text) {
        return Ok(None);
    }
    let bare = text.trim_end_matches(['°', 'E', 'N', 'e', 'n']).trim();
    match bare.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(Some(value)),
        Ok(_) => Err("row.not-finite"),
        Err(_) => Err("row.bad-number"),
    }
}

/// A code: text, kept as given but for what spreadsheets add (`="001"`, `'001`, `1.0`).
pub fn code(text: &str) -> Result<Option<Code>, Fault> {
    let text = plain(text);
    let quoted = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let bare = quoted.unwrap_or(&text);
    let bare = bare.strip_prefix('\'').unwrap_or(bare).trim();
    if bare.is_empty() {
        return Ok(None);
    }
    if is_scientific(bare) {
        return Err("row.spreadsheet-code");
    }
    let whole = bare
        .strip_suffix(".0")
        .filter(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    Code::new(whole.unwrap_or(bare)).map(Some).ok_or("row.bad-code")
}

/// `1.1E+14`, `1.10101E+11`, `3e12`: what a spreadsheet makes of a long code. `3E5` stays a code.
fn is_scientific(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['E', 'e']) else { return false };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa = match digits.split_once('.') {
        Some((whole, fraction)) => is_digits(whole) && is_digits(fraction),
        None => is_digits(digits) && exponent.starts_with('+'),
    };
    mantissa && is_digits(exponent.strip_prefix('+').unwrap_or(exponent))
}

/// 是, 有, √, 1, yes, true against 否, 无, ×, 0, no, false.
pub fn yes_no(text: &str) -> Option<bool> {
    match plain(text).to_ascii_lowercase().as_str() {
        "是" | "有" | "√" | "✓" | "1" | "y" | "yes" | "true" | "对" => Some(true),
        "否" | "无" | "無" | "×" | "x" | "0" | "n" | "no" | "false" | "没有" => Some(false),
        _ => None,
    }
}

/// `20240305`, `2024/3/5`, `2024-03-05`, `2024.3.5`, `2024年3月5日`, each with a time behind it or
/// not, or the day number of a spreadsheet.
pub fn date(text: &str) -> Result<Option<Day>, Fault> {
    if is_nothing(text) {
        return Ok(None);
    }
    let text = plain(text);
    let bad = || "row.bad-date";
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        if text.len() == 8 && !text.contains('.') {
            let part =
                |range: std::ops::Range<usize>| text[range].parse::<u32>().map_err(|_| bad());
            let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
            return Day::new(year as i32, month, day).map(Some).ok_or_else(bad);
        }
        // Spreadsheets count days from 1899-12-30; 1955 to 2119 is where dates of ours can lie.
        if let Ok(serial) = text.parse::<f64>()
            && (20_000.0..80_000.0).contains(&serial)
        {
            return Ok(Some(Day(serial as i32 - 25_569)));
        }
    }
    let mut parts = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    let mut part = || parts.next().and_then(|part| part.parse::<u32>().ok()).ok_or_else(bad);
    let (year, month, day) = (part()?, part()?, part()?);
    let starts_with_year = text.len() >= 4 && text.is_char_boundary(4) && year >= 1000;
    if !starts_with_year {
        return Err(bad());
    }
    Day::new(year as i32, month, day).map(Some).ok_or_else(bad)
}

/// A free text kept short: at most [`MAX_TEXT`] characters, line breaks as spaces; and whether it was cut.
pub fn text(text: &str) -> (Box<str>, bool) {
    let text = plain(text);
    if is_nothing(&text) {
        return ("".into(), false);
    }
    let is_clean = text.len() <= MAX_TEXT && !text.chars().any(char::is_control);
    if is_clean {
        return (text.as_ref().into(), false);
    }
    let is_long = text.chars().nth(MAX_TEXT).is_some();
    let cut: String =
        text.chars().take(MAX_TEXT).map(|c| if c.is_control() { ' ' } else { c }).collect();
    (cut.trim().into(), is_long)
}

/// The name of a building in one spelling: 栋, 号楼, #, 座楼 become 幢; a short bare number gets it.
///
/// What is not a number with one of these units (`A座`, `综合楼`) stays as it is.
pub fn building_name(name: &str) -> Box<str> {
    let name = plain(name);
    let name = name.strip_prefix('第').unwrap_or(&name);
    let digits_end = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
    let (digits, unit) = name.split_at(digits_end);
    let is_unit =
        matches!(unit.trim(), "栋" | "棟" | "幢" | "号楼" | "號樓" | "#" | "#楼" | "号幢" | "号栋");
    let is_bare = unit.is_empty() && digits.len() <= 3;
    if digits.is_empty() || !(is_unit || is_bare) {
        return name.into();
    }
    let digits = digits.trim_start_matches('0');
    format!("{}幢", if digits.is_empty() { "0" } else { digits }).into()
}

/// Buildings named by a list: `1-10幢,12幢、A座`. Ranges are expanded, 无 is nobody.
pub fn building_list(list: &str) -> Result<Vec<Code>, Fault> {
    let list = plain(list);
    if is_nothing(&list) {
        return Ok(Vec::new());
    }
    let mut buildings = Vec::new();
    let parts = list.split([',', '，', '、', ';', '；', ' ', '\n']).map(str::trim);
    for part in parts.filter(|part| !part.is_empty()) {
        match range(part) {
            Some((first, last)) => {
                if last < first || last - first >= MAX_LISTED {
                    return Err("row.bad-list");
                }
                for number in first..=last {
                    buildings.extend(Code::new(&format!("{number}幢")));
                }
            }
            None => buildings.push(Code::new(&building_name(part)).ok_or("row.bad-list")?),
        }
        if buildings.len() > MAX_LISTED {
            return Err("row.bad-list");
        }
    }
    Ok(buildings)
}

/// `1-10幢`, `1~10`, `1幢至10幢`; never a code with a dash in it (`B-001-2`).
fn range(part: &str) -> Option<(usize, usize)> {
    let (first, last) = part.split_once(['-', '~', '—', '至', '到', '－'])?;
    let number = |text: &str| {
        let text = text.trim().trim_end_matches(['幢', '栋', '棟', '#', '楼', '号', '樓']);
        (!text.is_empty() && text.len() <= 4).then(|| text.parse::<usize>().ok()).flatten()
    };
    Some((number(first)?, number(last)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_as_people_write_them() {
        for (text, expected) in [
            ("12", Ok(Some(12))),
            ("１２户", Ok(Some(12))),
            ("1,024", Ok(Some(1024))),
            ("6.0", Ok(Some(6))),
            ("", Ok(None)),
            ("无", Ok(None)),
            ("约十", Err("row.bad-number")),
            ("3.5", Err("row.bad-number")),
            ("-2", Err("row.negative-number")),
            ("inf", Err("row.bad-number")),
        ] {
            assert_eq!(count(text).map(|count| count.map(Count::get)), expected, "{text}");
        }
    }

    #[test]
    fn codes_stay_text() {
        let read = |text: &str| code(text).map(|code| code.map(|code| code.to_string()));
        for (text, expected) in [
            ("001", "001"),
            ("=\"001\"", "001"),
            ("'001", "001"),
            ("７.0", "7"),
            ("3842-1", "3842-1"),
            ("3E5", "3E5"),
            ("v1.0", "v1.0"),
        ] {
            assert_eq!(read(text), Ok(Some(expected.to_owned())), "{text}");
        }
        assert_eq!(read(" "), Ok(None));
        for text in ["1.1E+14", "1.10101001001E+11", "3.2e12", "3E+11"] {
            assert_eq!(read(text), Err("row.spreadsheet-code"), "{text}");
        }
        assert_eq!(read(&"9".repeat(65)), Err("row.bad-code"));
    }

    #[test]
    fn dates_in_five_spellings() {
        for text in [
            "20240305",
            "2024/3/5",
            "2024-03-05",
            "2024.3.5",
            "2024年3月5日",
            "45356",
            "2024-03-05 10:11:12",
        ] {
            assert_eq!(date(text), Ok(Day::new(2024, 3, 5)), "{text}");
        }
        for text in ["2024", "20241305", "3月5日", "昨天", "5/3/2024"] {
            assert_eq!(date(text), Err("row.bad-date"), "{text}");
        }
        assert_eq!(date("-"), Ok(None));
    }

    #[test]
    fn coordinates_that_are_none() {
        assert_eq!(coordinate("121.5"), Ok(Some(121.5)));
        assert_eq!(coordinate("121.5°E"), Ok(Some(121.5)));
        assert_eq!(coordinate(""), Ok(None));
        assert_eq!(coordinate("NaN"), Err("row.not-finite"));
        assert_eq!(coordinate("-Infinity"), Err("row.not-finite"));
        assert_eq!(coordinate("1e999"), Err("row.not-finite"));
        assert_eq!(coordinate("东"), Err("row.bad-number"));
    }

    #[test]
    fn buildings_have_one_spelling() {
        for (text, expected) in [
            ("3栋", "3幢"),
            ("3号楼", "3幢"),
            ("3#", "3幢"),
            ("３＃楼", "3幢"),
            ("3", "3幢"),
            ("03幢", "3幢"),
            ("A座", "A座"),
            ("30012", "30012"),
            ("3号", "3号"),
            ("综合楼", "综合楼"),
        ] {
            assert_eq!(&*building_name(text), expected);
        }
    }

    #[test]
    fn lists_and_ranges() {
        let read = |text: &str| {
            building_list(text)
                .map(|list| list.iter().map(Code::to_string).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(read("1-3幢,12幢、A座").as_deref(), Ok("1幢 2幢 3幢 12幢 A座"));
        assert_eq!(read("无").as_deref(), Ok(""));
        assert_eq!(read("110101001001-B00001,X-1").as_deref(), Ok("110101001001-B00001 X-1"));
        assert_eq!(read("1-99999").as_deref(), Ok("1-99999"));
        assert_eq!(read("9-1幢"), Err("row.bad-list"));
        assert_eq!(read("1-9999幢"), Err("row.bad-list"));
    }

    #[test]
    fn yes_and_no() {
        assert_eq!(yes_no(" √ "), Some(true));
        assert_eq!(yes_no("１"), Some(true));
        assert_eq!(yes_no("否"), Some(false));
        assert_eq!(yes_no("也许"), None);
    }
}
