//! The alias table: which headers, in Chinese and English, each field of each kind answers to.
//!
//! Headers stand here as [`super::columns::fold`] leaves them. A new alias is one word in one line.
//!
//! **Why** a table of its own: it is read by people who know office sheets, not Rust.

use super::columns::fold;
use crate::domain::register::rows::ImportKind;

macro_rules! fields {
    ($($name:ident),+ $(,)?) => {
        /// What a column can mean, over all kinds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Field { $($name),+ }
        impl Field {
            pub const ALL: &[Self] = &[$(Self::$name),+];
            pub const COUNT: usize = Self::ALL.len();
        }
    };
}

fields! {
    Code, Name, Level, Parent, Predecessors, ValidFrom, ValidTo, Kind, Households, Population,
    Province, City, CityCode, District, DistrictCode, Street, StreetCode,
    Community, Grid, Head, Manager, WorkPhone, Buildings,
    Estate, Building, BuildingCode, BuildingType, Address, AddrStreet, AddrNumber, Entrances, Floors,
    Dwellings, Usage, Verified, Lon, Lat, Crs,
    Number, Household, Unit, Floor, Room, Persons, Reference, Class,
    Highway, Railway, Waterway, Water, Natural, Landuse, Leisure, Amenity, ManMade, Barrier,
    RouteName, Tunnel, Bridge, Layer,
    FloorArea, HallArea, Serves, Status,
}

/// A field of one kind of sheet: its word in reports and `--columns`, and the headers it answers to.
pub struct Alias {
    pub field: Field,
    /// The English header of `DOMAIN.md` 5.4.
    pub word: &'static str,
    /// Folded headers, the best first, with spaces between.
    pub headers: &'static str,
}

impl Alias {
    /// The headers one by one, the best first.
    pub fn headers(&self) -> impl Iterator<Item = &'static str> {
        self.headers.split(' ')
    }
}

const fn alias(field: Field, word: &'static str, headers: &'static str) -> Alias {
    Alias { field, word, headers }
}

const LON: Alias = alias(
    Field::Lon,
    "lon",
    "lon lng longitude 经度 东经 x x坐标 坐标x pointx lonwgs84 lngwgs84 经度wgs84 wgs84经度 高德经度 百度经度 gcj02经度 bd09经度 longcj02 lnggcj02 lonbd09 lngbd09 bdlon bdlng gcjlon gcjlng",
);
const LAT: Alias = alias(
    Field::Lat,
    "lat",
    "lat latitude 纬度 北纬 y y坐标 坐标y pointy latwgs84 纬度wgs84 wgs84纬度 高德纬度 百度纬度 gcj02纬度 bd09纬度 latgcj02 latbd09 bdlat gcjlat",
);
const CRS: Alias = alias(Field::Crs, "crs", "crs 坐标系 坐标系统 坐标类型 datum srid epsg");
const COMMUNITY: Alias = alias(
    Field::Community,
    "community",
    "communitycode community communityid 社区编码 社区代码 社区 社区名称 社区村 村社区 居委会 村居 村里 里 communityname",
);
const STREET: Alias = alias(
    Field::Street,
    "street",
    "subdistrict street 街道名称 镇街 街镇 街道 乡镇 镇街道 乡镇街道 town township subdistrictname",
);
const ESTATE: Alias = alias(
    Field::Estate,
    "estate",
    "estate 小区名称 小区 小区院落 estatename 院落 小区楼盘 compound",
);
const GRID: Alias =
    alias(Field::Grid, "grid", "gridcode grid 网格编码 网格编号 网格 网格名称 gridid");
const ADDRESS: Alias = alias(
    Field::Address,
    "address",
    "address 详细地址 地址 标准地址 门牌地址 居住地址 住址 家庭地址 现住址 addrfull addr",
);
const CODES: &str =
    "code 编码 编号 代码 id osmid @id geoid fid gid externalcode uid geoid20 geoid10";

const AREAS: &[Alias] = &[
    alias(
        Field::Code,
        "code",
        "code 区划代码 区划编码 行政区划代码 统计用区划代码 社区编码 社区代码 communitycode 编码 代码 编号 villcode villagecode id osmid @id geoid geoid20 geoid10 gid fid adcode areacode",
    ),
    alias(
        Field::Name,
        "name",
        "name 名称 社区名称 区划名称 社区 村里 村里名 namezh communityname community villname villagename 居委会 村居",
    ),
    alias(Field::Level, "level", "level 层级 级别 区划级别 行政级别"),
    alias(Field::Parent, "parent_code", "parentcode 上级代码 上级编码 上级区划代码 parent 上级"),
    alias(Field::Kind, "kind", "kind 类型 类别 社区类型 type"),
    alias(Field::Households, "households", "households 户数 总户数 居民户数 hh"),
    alias(
        Field::Population,
        "population",
        "population 人口数 常住人口 人口 总人口 人数 pop persons",
    ),
    alias(
        Field::Predecessors,
        "predecessors",
        "predecessors predecessor 前身 前身编码 撤并自 合并自 由何撤并 原社区编码 原区划代码 mergedfrom formerly",
    ),
    alias(Field::ValidFrom, "valid_from", "validfrom 设立日期 成立日期 启用日期 establishedon"),
    alias(Field::ValidTo, "valid_to", "validto 撤销日期 撤并日期 停用日期 abolishedon"),
    alias(
        Field::StreetCode,
        "street_code",
        "subdistrictcode streetcode 街道代码 街道编码 towncode 乡镇代码",
    ),
    STREET,
    alias(
        Field::DistrictCode,
        "district_code",
        "districtcode 区县代码 区县编码 areacode countycode",
    ),
    alias(
        Field::District,
        "district",
        "district 区县 县区 区 county area 行政区 区名 districtname townname",
    ),
    alias(Field::CityCode, "city_code", "citycode 市代码 城市代码"),
    alias(Field::City, "city", "city 市 城市 地市 cityname countyname"),
    alias(Field::Province, "province", "province 省 省份"),
    CRS,
];

const GRIDS: &[Alias] = &[
    alias(
        Field::Code,
        "code",
        "code gridcode 网格编码 网格编号 网格代码 编码 编号 代码 gridid id osmid @id geoid gid fid",
    ),
    alias(Field::Name, "name", "name 网格名称 名称 gridname 网格 grid"),
    COMMUNITY,
    alias(Field::Kind, "kind", "kind 网格类型 类型 类别 type"),
    alias(Field::Head, "head", "head 网格长 网格长姓名 gridhead"),
    alias(Field::Manager, "manager", "manager 网格员 网格员姓名 专职网格员 网格管理员 gridmanager"),
    alias(Field::WorkPhone, "work_phone", "workphone 办公电话 工作电话 联系电话 电话 phone"),
    alias(Field::Buildings, "buildings", "buildings 管辖楼栋 管辖范围 覆盖楼栋 楼栋范围"),
    STREET,
    CRS,
];

const BUILDINGS: &[Alias] = &[
    alias(
        Field::Code,
        "code",
        "code 楼栋编码 楼栋编号 楼栋代码 建筑编码 建筑编号 buildingcode buildingid 编码 编号 代码 externalcode id osmid @id gid fid",
    ),
    alias(Field::Building, "building", "楼栋 楼号 幢 幢号 楼栋号 栋号 buildingno buildingnumber"),
    alias(Field::Name, "name", "name 楼栋名称 建筑名称 名称 buildingname 楼名 建筑物名称"),
    alias(Field::BuildingType, "building", "building"),
    alias(
        Field::Usage,
        "type",
        "type 类型 用途 建筑类型 房屋类型 楼栋类型 use usage 建筑用途 房屋用途 buildingtype",
    ),
    alias(Field::Estate, "estate", ESTATE.headers),
    ADDRESS,
    alias(Field::AddrStreet, "addr_street", "addrstreet 路名 道路 街路巷"),
    alias(Field::AddrNumber, "addr_housenumber", "addrhousenumber 门牌号 门牌"),
    COMMUNITY,
    GRID,
    alias(Field::Entrances, "units", "units 单元数 entrances 单元"),
    alias(
        Field::Floors,
        "floors",
        "floors 层数 楼层数 地上层数 总层数 levels buildinglevels storeys stories numfloors",
    ),
    alias(
        Field::Dwellings,
        "dwellings",
        "dwellings 户数 总户数 住宅套数 套数 flats buildingflats households",
    ),
    alias(Field::Verified, "verified", "verified 核实日期 核查日期 更新日期 采集日期 verifiedat"),
    LON,
    LAT,
    CRS,
    STREET,
];

const HOUSEHOLDS: &[Alias] = &[
    alias(
        Field::Number,
        "household_no",
        "householdno householdid householdnumber 户编号 户号 户编码 家庭编号 code 编号 编码 id hhid",
    ),
    alias(
        Field::BuildingCode,
        "building_id",
        "buildingid buildingcode 楼栋编码 楼栋编号 楼栋代码 building 建筑编码 建筑编号",
    ),
    alias(
        Field::Building,
        "building",
        "楼栋 楼号 幢 幢号 楼栋号 栋号 楼栋名称 buildingname buildingno",
    ),
    ESTATE,
    COMMUNITY,
    alias(Field::Address, "address", ADDRESS.headers),
    alias(Field::Unit, "unit", "unit 单元 单元号 entrance"),
    alias(Field::Floor, "floor", "floor 楼层"),
    alias(Field::Room, "room", "room 房间号 室号 房号 室 门牌号 roomno"),
    alias(
        Field::Persons,
        "size",
        "persons size 人数 家庭人数 人口数 人口 户人口 常住人数 居住人数 householdsize",
    ),
    LON,
    LAT,
    CRS,
    STREET,
];

const MEMBERS: &[Alias] = &[
    alias(Field::Reference, "ref", "ref reference 编号 序号编码 id memberid memberref code 编码"),
    alias(Field::Household, "household", "household householdno householdid 户编号 户号"),
    alias(
        Field::BuildingCode,
        "building_id",
        "buildingid buildingcode 楼栋编码 楼栋编号 楼栋代码 building",
    ),
    alias(Field::Building, "building", "楼栋 楼号 幢 楼栋号 楼栋名称 buildingname"),
    ESTATE,
    COMMUNITY,
    ADDRESS,
    alias(Field::Class, "class", "class 居住类别 人员类型 人员类别 residenceclass"),
    LON,
    LAT,
    CRS,
    STREET,
];

const BARRIERS: &[Alias] = &[
    alias(Field::Code, "code", CODES),
    alias(Field::Name, "name", "name 名称 道路名称 namezh"),
    alias(Field::Kind, "kind", "kind 类型 类别 type 道路等级 等级 fclass"),
    alias(Field::Highway, "highway", "highway"),
    alias(Field::Railway, "railway", "railway"),
    alias(Field::Waterway, "waterway", "waterway"),
    alias(Field::Water, "water", "water"),
    alias(Field::Natural, "natural", "natural"),
    alias(Field::Landuse, "landuse", "landuse"),
    alias(Field::Leisure, "leisure", "leisure"),
    alias(Field::Amenity, "amenity", "amenity"),
    alias(Field::ManMade, "man_made", "manmade"),
    alias(Field::Barrier, "barrier", "barrier"),
    alias(Field::RouteName, "RouteName", "routename"),
    alias(Field::Tunnel, "tunnel", "tunnel"),
    alias(Field::Bridge, "bridge", "bridge"),
    alias(Field::Layer, "layer", "layer"),
    CRS,
];

const STATIONS: &[Alias] = &[
    alias(
        Field::Code,
        "code",
        "code 站点编码 站点编号 服务站编码 服务站编号 stationcode stationid 编码 编号 代码 id osmid @id gid fid",
    ),
    alias(
        Field::Name,
        "name",
        "name 名称 站点名称 服务站名称 服务中心名称 场所名称 站点 服务站 stationname station",
    ),
    alias(Field::Kind, "kind", "kind 类别 类型 站点类别 站点类型 场所类型 type"),
    alias(Field::Level, "level", "level 级别 层级"),
    alias(Field::FloorArea, "area", "area 建筑面积 面积 用房面积 场所面积 floorarea"),
    alias(Field::HallArea, "hall", "hall 大厅面积 服务大厅面积 hallarea"),
    alias(Field::Serves, "serves", "serves 服务社区 服务范围 覆盖社区 服务区域 served servedareas"),
    alias(Field::Status, "status", "status 状态 运行状态 使用状态 是否开放 open isopen"),
    LON,
    LAT,
    CRS,
];

/// Fields a sheet of `kind` can have, in the order in which they take their columns.
pub const fn aliases(kind: ImportKind) -> &'static [Alias] {
    match kind {
        ImportKind::Areas => AREAS,
        ImportKind::Grids => GRIDS,
        ImportKind::Buildings => BUILDINGS,
        ImportKind::Households => HOUSEHOLDS,
        ImportKind::Members => MEMBERS,
        ImportKind::Barriers => BARRIERS,
        ImportKind::Stations => STATIONS,
    }
}

/// Kind that the words of a file's name tell, else a header that only one kind has. `None` when nothing speaks.
pub fn kind_of(name: &str, headers: &[&str]) -> Option<ImportKind> {
    const NAMES: [(ImportKind, &str); 7] = [
        (ImportKind::Stations, "stations 服务站 服务中心 工作站 服务点 议事厅"),
        (ImportKind::Members, "member 党员 成员"),
        (ImportKind::Households, "household 住户 户籍 家庭 居民户"),
        (ImportKind::Buildings, "building 楼栋 建筑 楼宇 房屋"),
        (ImportKind::Grids, "grid 网格"),
        (
            ImportKind::Barriers,
            "road rail water wall levee barrier landuse green river 道路 铁路 水系 河流 绿地 围墙 ground metro",
        ),
        (ImportKind::Areas, "area communit subdistrict district 社区 街道 区划 ward"),
    ];
    let file = name.to_lowercase();
    let by_name = NAMES.iter().find(|(_, words)| words.split(' ').any(|word| file.contains(word)));
    if let Some((kind, _)) = by_name {
        return Some(*kind);
    }
    let folded: Vec<String> = headers.iter().map(|header| fold(header)).collect();
    let has = |words: &str| words.split(' ').any(|word| folded.iter().any(|header| header == word));
    const TELLING: [(ImportKind, &str); 7] = [
        (ImportKind::Stations, "serves 服务社区 大厅面积 站点名称 服务站名称 stationcode"),
        (ImportKind::Households, "householdno householdid 户编号 户号 户主 户主姓名 householdsize"),
        (ImportKind::Members, "ref orgunit 所在党支部 所属党组织 居住类别 residenceclass"),
        (
            ImportKind::Buildings,
            "building floors levels 层数 楼栋编码 楼栋编号 dwellings heightm 单元数",
        ),
        (ImportKind::Grids, "gridcode 网格编码 网格编号 网格名称 网格员 网格长"),
        (ImportKind::Barriers, "highway railway waterway landuse barrier routename"),
        (
            ImportKind::Areas,
            "level 层级 parentcode 上级代码 区划代码 population geoid 社区编码 社区名称",
        ),
    ];
    TELLING.iter().find(|(_, words)| has(words)).map(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::deny::is_denied;

    #[test]
    fn every_alias_is_written_folded_and_not_denied() {
        for kind in ImportKind::ALL {
            for header in aliases(kind).iter().flat_map(Alias::headers) {
                assert_eq!(fold(header), header);
                assert!(!is_denied(header, kind), "{header} in {}", kind.word());
            }
        }
    }

    #[test]
    fn kinds_are_told_by_name_then_by_headers() {
        assert_eq!(kind_of("buildings.csv", &[]), Some(ImportKind::Buildings));
        assert_eq!(kind_of("a.csv", &["户编号", "楼栋"]), Some(ImportKind::Households));
        assert_eq!(kind_of("a.json", &["highway"]), Some(ImportKind::Barriers));
        assert_eq!(kind_of("社区服务站.csv", &["名称"]), Some(ImportKind::Stations));
        assert_eq!(kind_of("a.csv", &["名称", "服务社区"]), Some(ImportKind::Stations));
        assert_eq!(kind_of("a.json", &["foo"]), None);
    }
}
