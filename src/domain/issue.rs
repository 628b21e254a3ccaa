//! Something wrong in the user's data: coded, located, listed; the work goes on or stops as a whole.
//!
//! **Why** one type for rows, shapes and plans: the page, the report and `lifang check` show the same
//! list. A message never holds a value of a row, only where it stands and which rule it broke.

use super::ids::Code;
use super::place::Pin;

/// How much an issue matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing was lost.
    Note,
    /// Something was mended, guessed or left out.
    Warning,
    /// This row, shape or plan was refused.
    Stop,
}

/// One thing wrong, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct Issue {
    /// Dotted words, for example `fabric.gap`; one of [`CODES`].
    pub code: &'static str,
    pub severity: Severity,
    /// Line of the file as a person counts it (the header is 1), or feature number from 1.
    pub row: Option<u32>,
    /// Header of the column as the file spells it.
    pub column: Option<Box<str>>,
    /// Codes of the things concerned.
    pub subjects: Vec<Code>,
    /// Where to look: one pin is a point, more are a line or the outline of the place.
    pub place: Vec<Pin>,
    /// Figures for the message, for example the area of an overlap in square metres.
    pub figure: Option<f64>,
}

impl Issue {
    pub fn new(code: &'static str, severity: Severity) -> Self {
        debug_assert!(CODES.iter().any(|known| known.code == code), "unlisted issue code {code}");
        Self {
            code,
            severity,
            row: None,
            column: None,
            subjects: Vec::new(),
            place: Vec::new(),
            figure: None,
        }
    }

    pub fn row(mut self, row: u32) -> Self {
        self.row = Some(row);
        self
    }

    pub fn column(mut self, column: &str) -> Self {
        self.column = Some(column.into());
        self
    }

    pub fn subject(mut self, code: &Code) -> Self {
        self.subjects.push(code.clone());
        self
    }

    pub fn place(mut self, pins: impl IntoIterator<Item = Pin>) -> Self {
        self.place.extend(pins);
        self
    }

    pub fn figure(mut self, figure: f64) -> Self {
        self.figure = Some(figure);
        self
    }
}

/// A code with its words: what it means and what was done, in both languages.
#[derive(Clone, Copy, Debug)]
pub struct IssueCode {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

/// What `code` says in Chinese and English. Panics never: an unlisted code speaks for itself.
pub fn words(code: &'static str) -> IssueCode {
    CODES.iter().copied().find(|known| known.code == code).unwrap_or(IssueCode {
        code,
        zh: code,
        en: code,
    })
}

macro_rules! codes {
    ($($code:literal, $zh:literal, $en:literal;)+) => {
        /// Every code an issue or a finding may carry; `lifang check --codes` prints them.
        pub const CODES: &[IssueCode] = &[$(IssueCode { code: $code, zh: $zh, en: $en }),+];
    };
}

codes! {
    // rows of a sheet
    "row.missing-code", "缺少编码", "the code is missing";
    "row.duplicate-code", "编码重复，保留第一条", "the code appears twice; the first row counts";
    "row.bad-code", "编码过长或含非法字符", "the code is too long or holds control characters";
    "row.spreadsheet-code", "编码已被表格软件改成科学计数，请以文本格式重新导出", "a spreadsheet turned this code into scientific notation; export the column as text";
    "row.bad-number", "应为数字", "this should be a number";
    "row.negative-number", "不能为负数", "this cannot be negative";
    "row.bad-date", "不是有效日期", "this is not a date";
    "row.bad-level", "不认识的层级", "the level is not known";
    "row.out-of-range", "坐标超出范围", "the coordinate is off the globe";
    "row.not-finite", "坐标不是有限数", "the coordinate is not a finite number";
    "row.swapped", "经纬度颠倒，已换回", "longitude and latitude were swapped; put right";
    "row.far-away", "坐标远离其他数据", "the coordinate is far from everything else";
    "row.unknown-parent", "上级区域不存在", "the parent area is not known";
    "row.unknown-community", "所属社区不存在", "the community is not known";
    "row.unknown-building", "楼栋不存在", "the building is not known";
    "row.unknown-grid", "所属网格不存在", "the grid is not known";
    "row.no-geometry", "缺少图形", "the feature has no geometry";
    "row.wrong-geometry", "图形类型不符", "the geometry is of the wrong kind";
    "row.short", "列数与表头不符", "the row has fewer or more cells than the header";
    "row.too-long", "文字过长，已截断", "the text is too long and was cut";
    "row.conflict", "同一户编号信息不一致", "the same number appears with different content";
    // whole files
    "file.dropped-column", "为保护隐私，该列已丢弃", "this column was dropped for privacy";
    "file.ignored-column", "未使用的列", "this column is not used";
    "file.ambiguous-datum", "无法确定坐标系", "the datum is not certain";
    "file.datum-shift", "整体偏移，疑似坐标系有误", "the whole file seems shifted; the datum may be wrong";
    // rings and fabrics
    "fabric.invalid-ring", "边界线自交或有尖刺，已修整", "the ring crossed or touched itself and was mended";
    "fabric.degenerate", "图形面积为零", "the shape has no area";
    "fabric.hole-outside", "内环在外环之外", "a hole lies outside its ring";
    "fabric.too-many-vertices", "图形顶点过多", "the shape has too many vertices";
    "fabric.snapped", "边界小缝已吸附", "small slips along the border were snapped together";
    "fabric.overlap", "两个区域重叠，归编码较小者", "two shapes overlap; the ground went to the lower code";
    "fabric.gap", "空白地块，不属于任何网格", "ground that belongs to nobody";
    "fabric.outside", "超出所属区域的部分已裁去", "the part beyond the parent area was cut off";
    "fabric.swallowed", "整个图形被其他图形覆盖", "the whole shape is covered by others";
    "fabric.broken", "边界结构不一致", "the fabric is not consistent";
    // placement
    "placement.no-position", "没有坐标", "no position";
    "placement.outside", "在所有社区之外", "outside every community";
    "placement.gap", "所在地块没有网格", "inside a community, but no grid is there";
    "placement.on-edge", "位于边界线上，归编码较小者", "exactly on a border; the lower code counts";
    "placement.outside-stated-area", "坐标不在登记的社区内", "the position is not in the community it is registered in";
    "placement.straddles", "跨界，归面积较大一方", "straddles a border; the larger part counts";
    "placement.no-building", "找不到对应楼栋", "no building could be found for it";
    // findings about plans and places
    "grid.empty", "空网格：没有楼栋", "the grid holds no building";
    "grid.overloaded", "超载网格", "the grid holds too many households";
    "grid.small", "网格过小", "the grid holds too few households";
    "grid.in-pieces", "网格不连片", "the grid lies in pieces";
    "area.no-plan", "社区尚未划分网格", "the community has no grids";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_speak_both_languages() {
        for (i, known) in CODES.iter().enumerate() {
            assert!(!known.zh.is_empty() && !known.en.is_empty());
            assert!(
                CODES[..i].iter().all(|earlier| earlier.code != known.code),
                "{} twice",
                known.code
            );
        }
    }
}
