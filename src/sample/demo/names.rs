//! What things are called in the demo town: made-up names of communities, estates, lanes and works.

use super::blocks::Draft;
use super::plan::{self, Land};
use super::streets::{level_name, upright_name};
use crate::sample::names;
use crate::sample::quilt::Patch;

/// The town itself; its name says that it is none.
pub const TOWN: (&str, &str) = ("990100", "里坊演示城（虚构）");
pub const DISTRICTS: [(&str, &str); 2] = [("990101", "凤鸣区"), ("990102", "明湖区")];
pub const SUBDISTRICTS: [(&str, &str); 4] = [
    ("990101001", "鼓楼街道"),
    ("990101002", "站前街道"),
    ("990102001", "云溪街道"),
    ("990102002", "新城街道"),
];

/// Letter on the board, code and name of each community.
pub const COMMUNITIES: [(char, &str, &str); 14] = [
    ('a', "990101001001", "柳营社区"),
    ('c', "990101001002", "西市社区"),
    ('d', "990101001003", "东市社区"),
    ('f', "990101002001", "槐荫社区"),
    ('g', "990101002002", "凤鸣社区"),
    ('h', "990101002003", "铁工社区"),
    ('e', "990101002004", "红柳社区"),
    ('i', "990102001001", "河湾社区"),
    ('b', "990102001002", "麦田社区"),
    ('j', "990102001003", "听松社区"),
    ('k', "990102002001", "明湖社区"),
    ('l', "990102002002", "杏林社区"),
    ('m', "990102002003", "锦溪社区"),
    ('n', "990102002004", "胡杨社区"),
];

/// Code of the community of a patch. Panics outside the town.
pub fn community_code(patch: Patch) -> &'static str {
    let letter = plan::community(patch.0, patch.1).expect("a patch of the town");
    COMMUNITIES.iter().find(|row| row.0 == letter).expect("every letter is a community").1
}

const LANES: [&str; 30] = [
    "羊市巷",
    "豆腐巷",
    "油坊巷",
    "灯笼巷",
    "笔墨巷",
    "石榴巷",
    "枣树巷",
    "甜水巷",
    "纸坊巷",
    "磨坊巷",
    "鞍子巷",
    "针线巷",
    "柴火巷",
    "茶叶巷",
    "糖坊巷",
    "酱园巷",
    "砚台巷",
    "风筝巷",
    "葫芦巷",
    "扇子巷",
    "铜锣巷",
    "石碑巷",
    "月牙巷",
    "半亩巷",
    "大井巷",
    "影壁巷",
    "花枝巷",
    "染布巷",
    "竹帘巷",
    "草帽巷",
];

/// Name of the lane `number` (from 1) of a block in the old town.
pub fn lane((col, row): Patch, number: usize) -> String {
    let position = ((row - 7) * 6 + (col - 4)) * 3 + number;
    let name = LANES[position % LANES.len()];
    match position / LANES.len() {
        0 => name.to_string(),
        1 => format!("前{name}"),
        _ => format!("后{name}"),
    }
}

/// Name of the works on a block: school, factory, mall.
pub fn works((col, row): Patch) -> &'static str {
    match (plan::land(col, row), col, row) {
        (Land::School, 1, 9) => "柳营小学",
        (Land::School, 2, 3) => "听松中学",
        (Land::School, 3, 12) => "槐荫小学",
        (Land::School, 4, 1) => "桃园小学",
        (Land::School, 7, 0) => "梅园小学",
        (Land::School, 10, 11) => "灯市中学",
        (Land::School, 11, 0) => "麦田小学",
        (Land::School, 11, 3) => "杏林中学",
        (Land::School, ..) => "红柳小学",
        (Land::Hospital, _, 11) => "里坊医院",
        (Land::Hospital, ..) => "胡杨医院",
        (Land::Factory, 8 | 9, _) => "里坊纺织厂",
        (Land::Factory, _, 14) => "里坊机械厂",
        (Land::Factory, _, 13) => "里坊面粉厂",
        (Land::Factory, ..) => "里坊印刷厂",
        (Land::Storage, ..) => "里坊货场",
        (Land::Station, ..) => "里坊演示站",
        (Land::Stadium, 13, _) => "红柳体育中心",
        (Land::Stadium, ..) => "杏林体育场",
        (Land::Office, 2, _) => "水塔文化中心",
        (Land::Office, 10, _) => "东市服务中心",
        (Land::Office, 6, 4) => "新城服务中心",
        (Land::Office, ..) => "麦田服务中心",
        (Land::Center, 5..=7, 12) => "站前商城",
        (Land::Center, 10.., 8..) => "金水广场",
        (Land::Center, ..) => "明湖广场",
        _ => "",
    }
}

/// Estate number of every patch: neighbours of one land use with no more than a lane between them are one.
pub fn estate_numbers() -> [[usize; 15]; 15] {
    let mut numbers = [[0; 15]; 15];
    let mut next = 1;
    for row in (0..15).rev() {
        for col in 0..15 {
            let land = plan::land(col, row);
            let same = |c: usize, r: usize| {
                plan::land(c, r) == land && plan::community(c, r) == plan::community(col, row)
            };
            let is_joined = |street: Option<plan::Rank>| street <= Some(plan::Rank::Lane);
            numbers[row][col] = if col > 0
                && same(col - 1, row)
                && is_joined(plan::upright_street(col, row))
            {
                numbers[row][col - 1]
            } else if row < 14 && same(col, row + 1) && is_joined(plan::level_street(row + 1, col))
            {
                numbers[row + 1][col]
            } else {
                next += 1;
                next - 1
            };
        }
    }
    numbers
}

/// Estate, address and name of a building; `idx` counts the numbered ones of its estate from 1.
pub fn of_building(draft: &Draft, estate: usize, idx: usize) -> (String, String, String) {
    let (col, row) = draft.patch;
    let (lane_number, door) = draft.door;
    let numbered = if draft.name.is_empty() { format!("{idx}幢") } else { draft.name.to_string() };
    match plan::land(col, row) {
        Land::OldTown | Land::Market if draft.name == "商铺" => {
            let street = level_name(9, col);
            let number = door + (col % 3) * 40;
            (street.to_string(), format!("{street}{number}号"), format!("{number}号商铺"))
        }
        Land::OldTown | Land::Market => {
            let lane = lane(draft.patch, lane_number);
            let yard = format!("{door}号院");
            let name =
                if draft.name == "院" { yard.clone() } else { format!("{yard}{}", draft.name) };
            (String::new(), format!("{lane}{yard}"), name)
        }
        Land::Village => {
            let group = names::numeral(estate % 7 + 1);
            let address = format!("河湾村{group}组{door}号");
            ("河湾村".to_string(), address, format!("{group}组{door}号"))
        }
        Land::NewEstate => {
            ("锦溪新苑".to_string(), format!("锦溪路{}号", 6 + row % 2 * 2), numbered)
        }
        Land::Slabs | Land::Lofty | Land::Towers => {
            (names::estate(estate), street_address(draft.patch), numbered)
        }
        Land::WorkUnit => {
            (format!("{}家属院", names::pair(estate * 7)), street_address(draft.patch), numbered)
        }
        _ => (works(draft.patch).to_string(), street_address(draft.patch), numbered),
    }
}

/// The nearest street that has a name, and an even number along it.
fn street_address((col, row): Patch) -> String {
    let choices = [
        (plan::level_street(row, col), level_name(row, col), col),
        (plan::upright_street(col, row), upright_name(col, row), row),
        (plan::level_street(row + 1, col), level_name(row + 1, col), col),
        (plan::upright_street(col + 1, row), upright_name(col + 1, row), row),
    ];
    let side = if (col + row) % 2 == 0 { 2 } else { 4 };
    choices
        .iter()
        .find(|(street, ..)| *street > Some(plan::Rank::Lane))
        .map_or_else(String::new, |(_, name, along)| format!("{name}{}号", along * 8 + side))
}
