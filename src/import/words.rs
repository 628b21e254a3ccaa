//! Words of office sheets and OpenStreetMap to the closed lists of the register.
//!
//! **Why** an unknown word is never refused here: a building of unknown use is still a building.

use super::cells;
use crate::domain::register::building::Use;
use crate::domain::register::people::ResidenceClass;
use crate::domain::register::rows::GridKind;
use crate::domain::register::station::StationKind;

/// Storeys; `6.5` (a mezzanine, in OSM) counts its whole ones.
pub fn floors(text: &str) -> Result<Option<u16>, cells::Fault> {
    match cells::plain(text).parse::<f64>() {
        Ok(floors) if (0.0..1000.0).contains(&floors) => Ok(Some(floors as u16)),
        _ => cells::small(text),
    }
}

/// Kind of a grid by its word; what is not known is general.
pub fn grid_kind(text: &str) -> GridKind {
    let text = cells::plain(text).to_lowercase();
    if let Some(kind) = GridKind::of_word(&text) {
        kind
    } else if ["专属", "专用", "专项", "專屬"].iter().any(|word| text.contains(word)) {
        GridKind::Dedicated
    } else if ["沿街", "街面", "street"].iter().any(|word| text.contains(word)) {
        GridKind::StreetFront
    } else {
        GridKind::General
    }
}

/// What a building is for, from office words and OSM tags. `None` when the text says nothing known.
pub fn usage(text: &str) -> Option<Use> {
    const TAGS: [(Use, &[&str]); 8] = [
        (
            Use::Residential,
            &[
                "apartments",
                "house",
                "dormitory",
                "detached",
                "terrace",
                "semidetached_house",
                "bungalow",
                "villa",
                "hut",
                "farm",
                "住宅",
                "居民",
                "公寓",
                "宿舍",
                "自建房",
                "别墅",
                "民房",
            ],
        ),
        (Use::Mixed, &["商住", "综合", "混合", "mixed_use"]),
        (
            Use::Commercial,
            &[
                "retail",
                "supermarket",
                "hotel",
                "mall",
                "kiosk",
                "shop",
                "商业",
                "商铺",
                "商场",
                "酒店",
                "超市",
                "市场",
                "宾馆",
            ],
        ),
        (Use::Office, &["offices", "办公", "写字楼", "商务"]),
        (Use::Industrial, &["warehouse", "factory", "manufacture", "工业", "厂房", "仓库", "厂"]),
        (
            Use::School,
            &["university", "college", "kindergarten", "学校", "教学", "幼儿园", "学院", "教育"],
        ),
        (Use::Hospital, &["clinic", "医院", "卫生", "医疗"]),
        (
            Use::Public,
            &[
                "civic",
                "government",
                "train_station",
                "transportation",
                "stadium",
                "sports_hall",
                "sports_centre",
                "museum",
                "library",
                "church",
                "temple",
                "mosque",
                "religious",
                "fire_station",
                "toilets",
                "公共",
                "政府",
                "机关",
                "社区服务",
                "文体",
                "体育",
                "公建",
            ],
        ),
    ];
    let text = cells::plain(text).to_lowercase();
    if text.is_empty() || text == "yes" {
        return None;
    }
    if let Some(usage) = Use::of_word(&text) {
        return Some(usage);
    }
    let is_tag = |word: &&str| if word.is_ascii() { text == **word } else { text.contains(*word) };
    if let Some((usage, _)) = TAGS.iter().find(|(_, words)| words.iter().any(&is_tag)) {
        return Some(*usage);
    }
    const OTHER: [&str; 16] = [
        "其他",
        "其它",
        "garage",
        "garages",
        "roof",
        "shed",
        "service",
        "construction",
        "parking",
        "greenhouse",
        "carport",
        "ruins",
        "bridge",
        "gatehouse",
        "guardhouse",
        "pavilion",
    ];
    OTHER.contains(&text.as_str()).then_some(Use::Other)
}

/// What a station is, by its word in either language; `None` when the word is not known.
pub fn station_kind(text: &str) -> Option<StationKind> {
    // The first that is in the text: a 党群服务中心工作站 is a workstation.
    const WORDS: [(StationKind, &[&str]); 5] = [
        (StationKind::Workstation, &["工作站", "服务站", "workstation", "work station"]),
        (StationKind::ServicePoint, &["服务点", "代办点", "便民点", "服务驿站", "驿站", "point"]),
        (
            StationKind::Venue,
            &["议事厅", "活动室", "活动中心", "会议室", "文化室", "礼堂", "广场", "venue", "hall"],
        ),
        (
            StationKind::ServiceCentre,
            &["服务中心", "受理中心", "服务大厅", "党群中心", "便民中心", "centre", "center"],
        ),
        (StationKind::Other, &["其他", "其它", "other"]),
    ];
    let text = cells::plain(text).to_lowercase();
    if let Some(kind) = StationKind::of_word(&text) {
        return Some(kind);
    }
    WORDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| text.contains(word)))
        .map(|(kind, _)| *kind)
}

/// Whether a station is in use, by its word; `None` when the word is not known.
pub fn is_in_use(text: &str) -> Option<bool> {
    let text = cells::plain(text).to_lowercase();
    match text.as_str() {
        "开放" | "正常" | "在用" | "启用" | "运行" | "运行中" | "营业" | "open" | "active" => {
            Some(true)
        }
        "关闭" | "停用" | "停止" | "暂停" | "撤销" | "未启用" | "在建" | "closed" | "inactive" => {
            Some(false)
        }
        _ => cells::yes_no(&text),
    }
}

/// Class of a member by its word in either language.
pub fn residence_class(text: &str) -> ResidenceClass {
    let text = cells::plain(text).to_lowercase();
    let known = ResidenceClass::ALL.into_iter().find(|class| class.word() == text);
    known.unwrap_or(match text.as_str() {
        "人户一致" | "一致" => ResidenceClass::Consistent,
        "区内人户分离" | "区内分离" | "人户分离" => {
            ResidenceClass::SeparatedInDistrict
        }
        "居住在区内" | "流入" => ResidenceClass::FloatingIn,
        "市内其他区" | "居住在市内其他区" => ResidenceClass::OtherDistrict,
        "市外" | "居住在市外" | "流出市外" => ResidenceClass::OutsideCity,
        _ => ResidenceClass::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_of_buildings() {
        for (text, expected) in [
            ("yes", None),
            ("", None),
            ("apartments", Some(Use::Residential)),
            ("商品住宅", Some(Use::Residential)),
            ("商住楼", Some(Use::Mixed)),
            ("office", Some(Use::Office)),
            ("厂房", Some(Use::Industrial)),
            ("garage", Some(Use::Other)),
            ("3幢", None),
        ] {
            assert_eq!(usage(text), expected, "{text}");
        }
    }

    #[test]
    fn stations_by_their_words() {
        for (text, expected) in [
            ("党群服务中心", Some(StationKind::ServiceCentre)),
            ("社区工作站", Some(StationKind::Workstation)),
            ("便民服务点", Some(StationKind::ServicePoint)),
            ("居民议事厅", Some(StationKind::Venue)),
            ("service_point", Some(StationKind::ServicePoint)),
            ("其他", Some(StationKind::Other)),
            ("超市", None),
        ] {
            assert_eq!(station_kind(text), expected, "{text}");
        }
        assert_eq!(
            ["开放", "停用", "是", "?"].map(is_in_use),
            [Some(true), Some(false), Some(true), None]
        );
    }

    #[test]
    fn kinds_and_classes() {
        assert_eq!(grid_kind("专属网格"), GridKind::Dedicated);
        assert_eq!(grid_kind("street-front"), GridKind::StreetFront);
        assert_eq!(grid_kind(""), GridKind::General);
        assert_eq!(residence_class("区内人户分离"), ResidenceClass::SeparatedInDistrict);
        assert_eq!(residence_class("outside_city"), ResidenceClass::OutsideCity);
        assert_eq!(residence_class("?"), ResidenceClass::Unknown);
        assert_eq!(floors("6.5"), Ok(Some(6)));
    }
}
