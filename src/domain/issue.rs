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
    "row.bad-list", "楼栋清单无法识别", "the list of buildings cannot be read";
    "row.bad-geometry", "图形数据无法读取", "the feature cannot be read";
    "row.zero-position", "坐标为 0,0，视为缺失", "the coordinate is 0,0; taken as missing";
    "row.unknown-datum", "不认识的坐标系", "the datum of this row is not known";
    "row.personal-number", "疑似身份证号或手机号，已拒绝", "this looks like an identity card or phone number; refused";
    "row.note-skipped", "填写说明行，已跳过", "a row of notes was skipped";
    "row.total-skipped", "合计行，已跳过", "a row of totals was skipped";
    "row.underground", "地下设施，不作为边界", "below ground: neither barrier nor map";
    "row.unused-feature", "此类要素不使用", "features of this kind are not used";
    "row.unknown-kind", "无法判断要素类型", "what this feature is cannot be told";
    "row.other-kind", "不认识的类别，记为其他", "the kind is not known; kept as other";
    "row.unknown-status", "不认识的状态，视为开放", "the status is not known; taken as open";
    "row.conflict", "同一户编号信息不一致", "the same number appears with different content";
    // whole files
    "file.dropped-column", "为保护隐私，该列已丢弃", "this column was dropped for privacy";
    "file.ignored-column", "未使用的列", "this column is not used";
    "file.ambiguous-datum", "无法确定坐标系", "the datum is not certain";
    "file.datum-shift", "整体偏移，疑似坐标系有误", "the whole file seems shifted; the datum may be wrong";
    "file.datum-assumed", "未注明坐标系，按 WGS84 读取", "no datum is stated; read as EPSG:4326";
    "file.datum-converted", "坐标已反算，数值为最大残差（米）", "the coordinates were shifted back; the figure is the largest residual in metres";
    "file.far-away", "整个文件远离已有数据", "the whole file lies far from the data already held";
    "file.made-codes", "缺少编码，已按名称或坐标生成", "codes are missing; they were made from names or positions";
    "file.filled-down", "合并单元格，已向下填充", "merged cells were filled down";
    "file.damaged-text", "部分文字损坏", "some characters are damaged";
    // files that were not read
    "file.unreadable", "无法读取文件", "the file could not be read";
    "file.empty", "文件为空", "the file is empty";
    "file.no-rows", "只有表头，没有数据", "the file holds no rows";
    "file.binary", "不是文本文件，请导出为 CSV 或 GeoJSON", "this is not a text file; export it as CSV or GeoJSON";
    "file.encoding", "文字编码既不是 UTF-8 也不是 GB18030", "the text is neither UTF-8 nor GB18030";
    "file.too-large", "文件过大", "the file is too large";
    "file.too-many-vertices", "文件顶点总数过多", "the file holds too many vertices";
    "file.too-deep", "JSON 嵌套过深", "the JSON is nested too deep";
    "file.bad-json", "JSON 不完整或不匹配", "the JSON breaks off or does not fit together";
    "file.not-geojson", "是 JSON，但不是 GeoJSON", "this is JSON, but not GeoJSON";
    "file.unclosed-quote", "引号没有配对", "a quotation mark is never closed";
    "file.too-wide", "一行的单元格过多", "a row has too many cells";
    "file.no-header", "前五行中没有找到表头", "no header was found in the first five rows";
    "file.missing-column", "缺少必需的列", "a column that is needed is missing";
    "file.no-such-header", "文件中没有指定的列", "the file has no column of this name";
    "file.no-such-field", "没有这个字段", "there is no such field";
    "file.wrong-kind", "文件内容与所选类别不符", "the file is not of the kind chosen";
    "file.unknown-datum", "不支持的坐标系", "the datum is not supported";
    "file.ask-datum", "投影坐标，分带不明，请指定坐标系", "projected coordinates of an unknown zone: state the datum";
    "file.datum-mismatch", "坐标数值与坐标系不符", "the coordinates do not fit the datum";
    // rings and fabrics
    "fabric.invalid-ring", "边界线自交或有尖刺，已修整", "the ring crossed or touched itself and was mended";
    "fabric.touching-ring", "轮廓线与自身相接，按原样保留", "the outline touches or crosses itself; kept as published";
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
    // edits of drafts
    "edit.in-pieces", "网格会被切断", "this would leave the grid in pieces";
    "edit.hole", "会围出无网格的空洞", "this would shut in ground that belongs to no grid";
    "edit.swallowed", "会吞没相邻网格", "this would swallow a neighbouring grid";
    "edit.outside", "超出所在社区", "this reaches beyond the community";
    "edit.misses", "没有碰到要改的边界", "this does not meet what it should change";
    "edit.touches", "只碰到边界，没有穿过", "the line touches the border without crossing it";
    "edit.doubles-back", "线条折返", "the line doubles back on itself";
    "edit.along-border", "线条沿边界走，没有切开任何地块", "the line runs along the border and divides nothing";
    "edit.self-crossing", "线条自交", "the line crosses itself";
    "edit.crosses-border", "会越过另一条边界", "this would cross another border";
    "edit.not-neighbours", "网格不相邻", "the grids are not next to each other";
    "edit.unknown-grid", "没有这个网格", "there is no such grid in the draft";
    "edit.unknown-building", "没有这栋楼，或它在图上没有位置", "there is no such building, or it has no place on the ground";
    "edit.unknown-cell", "没有这个地块", "there is no such cell";
    "edit.too-many", "一次修改过多", "too many edits in one request";
    "edit.future-base", "所依据的版本还不存在", "the revision it is based on does not exist yet";
    "edit.bad-line", "图形不完整", "the shape is not complete";
    "edit.bad-name", "名称过长或含非法字符", "the name is too long or holds control characters";
    "divide.not-found", "没有可采用的划分结果", "nothing was found for this community";
    "divide.bad-time", "时限应在 0 至 600 秒之间", "the limit in time is between 0 and 600 seconds";
    "divide.bad-mix", "没有这种权重，或权重不合理", "there is no such weight, or it makes no sense";
    "divide.no-kind", "没有这种类型的社区", "no community is of this kind";
    "divide.bad-sample", "方案数应在 1 至 1000 之间", "the number of divisions is between 1 and 1000";
    "divide.bad-reach", "到服务站的距离应在 10 至 20000 米之间", "the way to a station is between 10 and 20,000 metres";
    "divide.no-stations", "还没有服务站：请先导入 stations", "no stations are known yet: import stations first";
    "divide.bad-barrier", "没有这种屏障", "there is no such kind of barrier";
    "divide.failed", "划分时内部出错", "dividing failed inside";
    "edit.cell-twice", "一个地块被划给两个网格", "a cell is dealt to two grids";
    "edit.taken-code", "编码已被使用", "the code is taken";
    "edit.used-code", "此编号曾属于另一网格，编号永不复用", "this number once named another grid, and numbers are never used again";
    "edit.bad-number", "不是可用的编号", "this cannot be the number of a grid";
    "edit.too-tight", "此处过窄，无法切分", "the ground is too narrow here to be cut";
    "edit.built-on", "之后已有其他改动，不能撤销", "something was built on it since; it cannot be taken back";
    "edit.rebased", "草案已更新到现行方案，更新之前的改动不能再撤销", "the draft was brought up to date; what was done before that cannot be taken back";
    "plan.no-base", "草案不依据任何已发布的方案，无从更新", "the draft is based on no published plan, so there is nothing to bring it up to";
    "grid.locked", "网格已锁定", "the grid is locked";
    "plan.no-areas", "没有选择社区", "no community was named";
    "plan.area-not-in-base", "所依据的方案不含此社区", "the plan it starts from does not divide this community";
    // dividing ground into parts
    "divide.no-weight", "缺少权重，按 0 计", "the weight is missing; counted as none";
    "divide.bad-weight", "权重为负或过大，按 0 计", "the weight is negative or too large; counted as none";
    "divide.rounded-weight", "权重已取整", "the weight was rounded to a whole number";
    "divide.same-id", "标识重复", "the same id appears twice";
    "divide.no-ground", "没有自己的地块，未参与划分", "it has no ground of its own and was left out";
    "divide.no-units", "没有可划分的单元", "there is nothing to divide";
    "divide.no-parts", "至少划分为一份", "a division has at least one part";
    "divide.bad-band", "目标、下限与上限不合理", "target, least and most do not fit together";
    "divide.too-few-units", "单元数少于份数", "there are fewer units than parts";
    "divide.too-many-pieces", "互不相连的地块多于份数", "the ground lies in more separate pieces than there are parts";
    "divide.cancelled", "已取消", "it was cancelled";
    "divide.unit", "不可拆分的单元超过上限", "what cannot be split is heavier than a part may be";
    "divide.compound", "与其相连的小块无处可去，合计超过上限", "pockets too light for themselves hang on it, and together they are heavier than a part may be";
    "divide.piece", "孤立地块不足下限", "a piece that touches nothing else is lighter than a part may be";
    "divide.count", "任何份数都不能使其全部达标", "too heavy for so many parts, too light for one more";
    "divide.exhausted", "已穷举全部划分，均不达标", "every division was looked at, and none keeps the band";
    "repair.nothing", "均在规模区间内，无需修复", "everything lies in the band";
    "repair.none", "未找到可行的修复办法", "no way to mend it was found";
    "repair.partly", "没有办法使其全部达标，以下为最接近的办法", "nothing brings all of it into the band; this is as near as was found";
    "repair.special", "专属网格与街面网格不参与修复", "grids of a special kind are left as they are";
    "repair.two-communities", "一次只能修复一个社区的网格", "grids of one community are mended at a time";
    "repair.which-community", "请指明社区或网格", "name a community, or grids";
    "repair.bad-time", "时限应在 0 至 10 秒之间", "the limit in time is between 0 and 10 seconds";
    // findings about plans and places
    "grid.empty", "空网格：没有楼栋", "the grid holds no building";
    "grid.overloaded", "超载网格", "the grid holds too many households";
    "grid.small", "网格过小", "the grid holds too few households";
    "grid.large", "网格偏大", "the grid holds more households than it should";
    "grid.unbalanced", "与社区平均户数相差过大", "the grid is far from the community's mean of households";
    "grid.off-barriers", "边界多半不沿道路、河流等界线（沿线比例）", "most of the border follows no road, water or wall; the figure is the share that does";
    "grid.stations-apart", "同一网格的住户去往不同的服务站（够不到本格服务站的户数）", "households of the grid go to different stations; the figure is how many do not reach the one most of them reach";
    "grid.no-manager", "没有网格员", "nobody manages the grid";
    "plan.area-abolished", "草案中的社区已撤销，请按现行社区新建草案", "a community of this draft was abolished: start a new draft of what it became";
    "area.abolished", "此区域已撤销，保持原样", "this area was abolished; its row changes nothing";
    "area.code-used", "此代码属于已撤销的区域，代码永不复用", "this code is that of an abolished area, and codes are never used again";
    "area.several-days", "一次导入只能有一个撤并日期，请按日期分文件", "one file may abolish on one day only: split it by days";
    "area.day-to-come", "撤并日期未到，请到当日再导入", "the day of abolition is still to come: import the file on that day";
    "area.before-last", "早于最近一次撤并，不能再改", "this is before the last abolition; what was before it is closed";
    "area.plan-after", "此日之后已有方案发布，请改用更晚的日期，或先撤回尚未生效的方案", "a plan begins here after that day: choose a later day, or withdraw the plan while it does not count";
    "area.no-successor", "被撤销社区内仍有楼栋，请写明由哪个社区接收", "buildings stand in the abolished community: say which community takes them over";
    "row.unknown-predecessor", "前身不在区划表中，只记录代码", "the area it came of is not known; its code is kept on record";
    "plan.behind", "所依据的方案已不再生效，请先更新草案", "what the draft started from no longer counts: bring it up to date first";
    "grid.in-pieces", "网格不连片", "the grid lies in pieces";
    "station.none", "没有开放的服务站", "no open station serves the community";
    "station.far", "步行范围内没有服务站的住户过多", "too many households have no station in reach";
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
