//! Headers to fields: what becomes of every column of a file.
//!
//! A column is used, ignored or dropped. Headers are compared folded: full-width forms made half-width,
//! lower case, without spaces, punctuation, units and brackets, traditional characters written
//! simplified where the headers of offices use them.
//!
//! **Why** fields take columns, not columns fields: with `code` and `area_code` in one file the first
//! is the code and the second the district's; alone, `area_code` is the code. A field takes the best
//! header left, in the order of the table of its kind.

use std::collections::HashSet;

use super::aliases::{Field, aliases};
use super::deny::is_denied;
use super::sheet::ImportError;
use crate::domain::register::rows::ImportKind;

/// What became of one column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Used(Field),
    Ignored,
    /// On the deny list: never read.
    Dropped,
}

/// The columns of one file and what each is used for.
#[derive(Clone, Debug)]
pub struct Columns {
    kind: ImportKind,
    headers: Vec<Box<str>>,
    /// Headers as the file spells them, for a quick look.
    known: HashSet<Box<str>>,
    uses: Vec<Use>,
    /// Column of each field.
    column_of: [Option<usize>; Field::COUNT],
    /// Further columns of a field, read where the first says nothing. Only JSON has them.
    others: Vec<(Field, usize)>,
    /// Header each explicitly mapped field waits for.
    asked: Vec<(Field, Box<str>)>,
}

impl Columns {
    /// Names `headers` for a sheet of `kind`; `asked` are the pairs of `--columns`.
    pub fn new(
        kind: ImportKind,
        headers: &[&str],
        asked: &[(Box<str>, Box<str>)],
    ) -> Result<Self, ImportError> {
        let asked = asked
            .iter()
            .map(|(field, header)| match field_of_word(kind, field) {
                Some(field) => Ok((field, header.clone())),
                None => Err(ImportError::NoSuchField { field: field.clone(), kind }),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let mut columns = Self {
            kind,
            headers: Vec::new(),
            known: HashSet::new(),
            uses: Vec::new(),
            column_of: [None; Field::COUNT],
            others: Vec::new(),
            asked,
        };
        columns.learn(headers);
        Ok(columns)
    }

    /// Takes in further headers: JSON features need not all have the same properties.
    /// A field that has its column keeps it.
    pub fn learn(&mut self, headers: &[&str]) {
        let first = self.headers.len();
        for &header in headers {
            let denied = is_denied(header, self.kind);
            self.known.insert(header.into());
            self.headers.push(header.into());
            self.uses.push(if denied { Use::Dropped } else { Use::Ignored });
        }
        let new = first..self.headers.len();
        for (field, header) in self.asked.clone() {
            let wanted = fold(&header);
            let found = new
                .clone()
                .find(|&i| self.headers[i].trim() == header.trim())
                .or_else(|| new.clone().find(|&i| fold(&self.headers[i]) == wanted));
            if let Some(column) = found {
                self.give(field, column);
            }
        }
        let folded: Vec<String> = new.clone().map(|i| fold(&self.headers[i])).collect();
        for alias in aliases(self.kind) {
            // A field asked for by name takes no other column, even when its own is missing.
            if self.asked.iter().any(|(field, _)| *field == alias.field) {
                continue;
            }
            let best = alias.headers().find_map(|known| {
                new.clone().find(|&i| {
                    let header = folded[i - first].as_str();
                    self.uses[i] == Use::Ignored && (header == known || stem(header) == Some(known))
                })
            });
            if let Some(column) = best {
                self.give(alias.field, column);
            }
        }
    }

    fn give(&mut self, field: Field, column: usize) {
        if self.column_of[field as usize].is_none() && self.uses[column] == Use::Ignored {
            self.column_of[field as usize] = Some(column);
            self.uses[column] = Use::Used(field);
        }
    }

    /// Gives columns left over to the fields they could also have been: one feature says `levels`, the
    /// next `floors`, and neither says both.
    pub fn add_others(&mut self) {
        for alias in aliases(self.kind) {
            if self.asked.iter().any(|(field, _)| *field == alias.field) || !self.has(alias.field) {
                continue;
            }
            for header in alias.headers() {
                let column = (0..self.headers.len())
                    .find(|&i| self.uses[i] == Use::Ignored && fold(&self.headers[i]) == header);
                if let Some(column) = column {
                    self.uses[column] = Use::Used(alias.field);
                    self.others.push((alias.field, column));
                }
            }
        }
    }

    /// Columns in the order in which they are to be read: the first of a field that says something counts.
    pub fn reading_order(&self) -> impl Iterator<Item = (Field, &str)> {
        let first = Field::ALL.iter().filter_map(|field| Some((*field, self.column(*field)?)));
        first
            .chain(self.others.iter().copied())
            .map(|(field, column)| (field, &*self.headers[column]))
    }

    /// Whether a column called `header` was learnt.
    pub fn knows(&self, header: &str) -> bool {
        self.known.contains(header)
    }

    pub fn has(&self, field: Field) -> bool {
        self.column_of[field as usize].is_some()
    }

    /// Column of `field`.
    pub fn column(&self, field: Field) -> Option<usize> {
        self.column_of[field as usize]
    }

    /// Header of `field` as the file spells it.
    pub fn header(&self, field: Field) -> Option<&str> {
        self.column_of[field as usize].map(|column| self.headers[column].trim())
    }

    pub fn headers(&self) -> &[Box<str>] {
        &self.headers
    }

    pub fn uses(&self) -> &[Use] {
        &self.uses
    }

    /// How many columns mean something here, dropped ones included.
    pub fn n_known(&self) -> usize {
        self.uses.iter().filter(|use_| **use_ != Use::Ignored).count()
    }

    pub fn n_used(&self) -> usize {
        self.uses.iter().filter(|use_| matches!(use_, Use::Used(_))).count()
    }

    /// The first header asked for that the file does not have.
    pub fn missing_header(&self) -> Option<&str> {
        let known: Vec<String> = self.headers.iter().map(|header| fold(header)).collect();
        let missing = self.asked.iter().find(|(_, header)| !known.contains(&fold(header)));
        missing.map(|(_, header)| header.as_ref())
    }

    pub fn dropped(&self) -> Vec<Box<str>> {
        self.with(|use_| use_ == Use::Dropped)
    }

    pub fn ignored(&self) -> Vec<Box<str>> {
        self.with(|use_| use_ == Use::Ignored)
    }

    pub fn used(&self) -> Vec<(&'static str, Box<str>)> {
        let word = |field: Field| {
            let alias = aliases(self.kind).iter().find(|alias| alias.field == field);
            alias.expect("used fields come from this table").word
        };
        let pairs = self.uses.iter().zip(&self.headers);
        pairs
            .filter_map(|(use_, header)| match use_ {
                Use::Used(field) => Some((word(*field), header.trim().into())),
                Use::Ignored | Use::Dropped => None,
            })
            .collect()
    }

    fn with(&self, wanted: impl Fn(Use) -> bool) -> Vec<Box<str>> {
        let pairs = self.uses.iter().zip(&self.headers);
        pairs
            .filter(|(use_, header)| wanted(**use_) && !header.trim().is_empty())
            .map(|(_, header)| header.trim().chars().take(64).collect::<String>().into())
            .collect()
    }
}

/// Field that `--columns` calls `word`: its word or any of its headers.
fn field_of_word(kind: ImportKind, word: &str) -> Option<Field> {
    let folded = fold(word);
    let table = aliases(kind);
    let by_word = table.iter().find(|alias| fold(alias.word) == folded);
    let by_header = || table.iter().find(|alias| alias.headers().any(|header| header == folded));
    by_word.or_else(by_header).map(|alias| alias.field)
}

/// `text` with full-width letters, digits and punctuation made half-width.
pub fn half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{FF01}'..='\u{FF5E}' => {
                char::from_u32(c as u32 - 0xFEE0).expect("the full-width forms mirror ASCII")
            }
            '\u{3000}' => ' ',
            _ => c,
        })
        .collect()
}

/// A header as the tables spell it.
pub fn fold(header: &str) -> String {
    let half = half_width(header);
    // What stands in brackets is a unit or a hint: `户数(户)`, `编码【必填】`.
    let bare =
        half.split(['(', '[', '{', '【', '〔']).next().filter(|text| !text.trim().is_empty());
    bare.unwrap_or(&half)
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '@')
        .flat_map(char::to_lowercase)
        .map(simplified)
        .collect()
}

/// The simplified form of the traditional characters that headers are made of.
fn simplified(c: char) -> char {
    const PAIRS: &str = "區区號号樓楼棟栋編编碼码層层級级稱称類类戶户數数網网經经緯纬標标鄉乡鎮镇門门單单室室總总長长員员聯联繫系電电話话狀状態态縣县處处圍围轄辖範范築筑備备註注";
    let mut pairs = PAIRS.chars();
    while let (Some(traditional), Some(simple)) = (pairs.next(), pairs.next()) {
        if traditional == c {
            return simple;
        }
    }
    c
}

/// A header without `所属`, `所在` and the like before it.
fn stem(header: &str) -> Option<&str> {
    ["所属", "所在", "居住", "现居", "所辖"].iter().find_map(|prefix| header.strip_prefix(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kind: ImportKind, headers: &[&str], field: Field, expected: Option<&str>) {
        let columns = Columns::new(kind, headers, &[]).expect("no columns asked for");
        assert_eq!(columns.header(field), expected, "{field:?} of {headers:?}");
    }

    #[test]
    fn headers_fold() {
        assert_eq!(fold(" Parent_Code "), "parentcode");
        assert_eq!(fold("ＣＯＤＥ"), "code");
        assert_eq!(fold("户数（户）"), "户数");
        assert_eq!(fold("樓棟編號*"), "楼栋编号");
    }

    #[test]
    fn fields_take_the_best_column_left() {
        use ImportKind::{Areas, Buildings, Households};
        check(Areas, &["area_code", "name"], Field::Code, Some("area_code"));
        check(Areas, &["code", "area_code"], Field::Code, Some("code"));
        check(Areas, &["code", "area_code"], Field::DistrictCode, Some("area_code"));
        check(Areas, &["区划代码", "社区名称"], Field::Name, Some("社区名称"));
        check(Buildings, &["osm_id", "building", "name"], Field::Code, Some("osm_id"));
        check(Buildings, &["楼栋编号", "楼栋"], Field::Building, Some("楼栋"));
        check(Households, &["户编号", "所属小区", "姓名"], Field::Estate, Some("所属小区"));
        check(Households, &["id", "building", "persons"], Field::BuildingCode, Some("building"));
    }

    #[test]
    fn asking_stands_above_aliases_but_not_above_the_deny_list() {
        let asked = [("code".into(), "楼号".into()), ("name".into(), "户主".into())];
        let columns =
            Columns::new(ImportKind::Buildings, &["code", "楼号", "户主", "name"], &asked)
                .expect("known fields");
        assert_eq!(columns.header(Field::Code), Some("楼号"));
        assert_eq!(
            columns.header(Field::Name),
            None,
            "its own column is denied, no other steps in"
        );
        assert_eq!(columns.dropped(), ["户主".into()]);
        assert!(
            Columns::new(ImportKind::Grids, &["code"], &[("size".into(), "code".into())]).is_err()
        );
    }
}
