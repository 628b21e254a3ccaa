//! What a base feature is: road, rail, water, wall, green or ground, from its tags or its file's name.
//!
//! Read in this order: our own words and office words in `kind`, the tags of OpenStreetMap, the columns
//! of city open data, the name of the file. What lies below ground is neither a barrier nor a thing one
//! sees and is left out with a note; so are platforms, things under construction and parking bays.
//!
//! **Why** tables: a new tag is one word in one line.

use super::aliases::Field;
use super::cells;
use super::rows::Record;
use crate::domain::register::feature::FeatureKind;

/// A word of the source and what it is to us; `None` for things that are left out.
type Words = &'static [(Option<FeatureKind>, &'static [&'static str])];

use FeatureKind::{Avenue, Green, Ground, Lane, Metro, Rail, Road, Street, Wall, Water};

const HIGHWAY: Words = &[
    (
        Some(Avenue),
        &["motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link"],
    ),
    (Some(Road), &["secondary", "secondary_link", "tertiary", "tertiary_link", "road", "busway"]),
    (Some(Street), &["residential", "unclassified", "living_street"]),
    (
        Some(Lane),
        &[
            "service",
            "footway",
            "path",
            "cycleway",
            "pedestrian",
            "steps",
            "track",
            "bridleway",
            "alley",
        ],
    ),
];
const RAILWAY: Words = &[
    (Some(Rail), &["rail", "light_rail", "tram", "narrow_gauge", "preserved"]),
    (Some(Metro), &["subway", "monorail", "metro"]),
];
const LEISURE: Words = &[
    (
        Some(Green),
        &[
            "park",
            "garden",
            "pitch",
            "playground",
            "golf_course",
            "nature_reserve",
            "dog_park",
            "common",
        ],
    ),
    (
        Some(Ground),
        &[
            "stadium",
            "sports_centre",
            "track",
            "swimming_pool",
            "fitness_centre",
            "fitness_station",
            "marina",
        ],
    ),
];
const LANDUSE: Words = &[
    (
        Some(Green),
        &[
            "grass",
            "forest",
            "meadow",
            "village_green",
            "recreation_ground",
            "greenfield",
            "orchard",
            "farmland",
            "allotments",
            "flowerbed",
            "cemetery",
            "vineyard",
            "plant_nursery",
            "greenery",
        ],
    ),
    (Some(Water), &["reservoir", "basin"]),
    (
        Some(Ground),
        &[
            "residential",
            "commercial",
            "retail",
            "industrial",
            "military",
            "education",
            "institutional",
            "religious",
            "railway",
            "construction",
            "brownfield",
            "garages",
            "depot",
            "quarry",
            "landfill",
        ],
    ),
];
const AMENITY: Words = &[(
    None,
    &[
        "parking_space",
        "bicycle_parking",
        "motorcycle_parking",
        "parking_entrance",
        "bench",
        "fountain",
        "toilets",
    ],
)];
const NATURAL: Words = &[
    (Some(Water), &["water", "bay", "wetland"]),
    (Some(Green), &["wood", "grassland", "scrub", "heath", "tree_row", "tree_group"]),
    (Some(Wall), &["cliff"]),
];
const WALLS: Words = &[(
    Some(Wall),
    &[
        "wall",
        "fence",
        "city_wall",
        "retaining_wall",
        "guard_rail",
        "hedge",
        "dyke",
        "embankment",
        "levee",
        "breakwater",
        "floodwall",
    ],
)];

/// Words of offices and of our own files, by substring when Chinese.
const KINDS: Words = &[
    (Some(Metro), &["地铁", "捷運", "捷运", "轻轨", "subway", "metro"]),
    (Some(Rail), &["铁路", "铁道", "鐵路", "railway", "rail"]),
    (Some(Avenue), &["快速路", "主干", "高速", "大道", "avenue", "motorway", "trunk", "primary"]),
    (Some(Road), &["次干", "支路", "公路", "road", "secondary", "tertiary"]),
    (Some(Lane), &["巷", "小路", "胡同", "弄", "步道", "lane", "service", "footway", "path"]),
    (
        Some(Wall),
        &["围墙", "圍牆", "堤", "防洪墙", "栏", "wall", "levee", "fence", "dyke", "floodwall"],
    ),
    (
        Some(Water),
        &[
            "河",
            "湖",
            "水",
            "渠",
            "江",
            "water",
            "river",
            "stream",
            "canal",
            "lake",
            "pond",
            "ditch",
            "drain",
            "basin",
            "reservoir",
        ],
    ),
    (
        Some(Green),
        &["绿地", "公园", "林地", "草", "绿化", "green", "park", "grass", "forest", "garden"],
    ),
    (
        Some(Ground),
        &[
            "学校",
            "医院",
            "工厂",
            "厂区",
            "校园",
            "用地",
            "ground",
            "school",
            "hospital",
            "factory",
            "university",
            "college",
        ],
    ),
    (Some(Street), &["街", "路", "street", "residential", "unclassified", "living_street"]),
];

/// Words in the name of a file.
const FILES: &[(FeatureKind, &[&str])] = &[
    (Metro, &["metro", "subway", "mrt", "地铁", "捷運"]),
    (Rail, &["rail", "铁路"]),
    (Wall, &["levee", "wall", "fence", "围墙", "堤"]),
    (Water, &["water", "river", "lake", "canal", "水系", "河", "湖"]),
    (Green, &["green", "park", "绿地", "公园"]),
    (Ground, &["ground", "landuse", "用地"]),
    (Road, &["road", "street", "highway", "道路", "路网"]),
];

/// Kind of the feature `record` describes; `is_area` when it is drawn as polygons only.
///
/// Refusals: `row.underground`, `row.unused-feature` (known, but neither barrier nor ground), and
/// `row.unknown-kind`.
pub fn kind(record: &Record<'_>, file: &str, is_area: bool) -> Result<FeatureKind, &'static str> {
    let tag = |field| {
        let text = record.cell(field).trim();
        (!cells::is_nothing(text) && text != "no").then(|| text.to_lowercase())
    };
    let is_below = tag(Field::Tunnel).is_some_and(|tunnel| tunnel != "building_passage")
        || tag(Field::Layer).is_some_and(|layer| layer.starts_with('-'));
    let is_raised = tag(Field::Bridge).as_deref() == Some("viaduct");
    if let Some(highway) = tag(Field::Highway) {
        return if is_below { Err("row.underground") } else { listed(HIGHWAY, &highway) };
    }
    if let Some(railway) = tag(Field::Railway) {
        let kind = listed(RAILWAY, &railway)?;
        return Ok(if kind == Rail && (is_below || is_raised) { Metro } else { kind });
    }
    if tag(Field::RouteName).is_some() && tag(Field::Kind).is_none() {
        return Ok(Metro);
    }
    if tag(Field::Waterway).is_some() || tag(Field::Water).is_some() {
        return if is_below { Err("row.underground") } else { Ok(Water) };
    }
    if let Some(kind) = tag(Field::Kind) {
        let known = FeatureKind::of_word(&kind).or_else(|| said(&kind));
        if let Some(kind) = known {
            return if is_below && kind != Metro { Err("row.underground") } else { Ok(kind) };
        }
    }
    let tables = [
        (Field::Barrier, WALLS),
        (Field::ManMade, WALLS),
        (Field::Natural, NATURAL),
        (Field::Leisure, LEISURE),
        (Field::Landuse, LANDUSE),
        (Field::Amenity, AMENITY),
    ];
    let mut is_tagged = false;
    for (field, table) in tables {
        let Some(value) = tag(field) else { continue };
        is_tagged = true;
        if let Some((kind, _)) = table.iter().find(|(_, words)| words.contains(&value.as_str())) {
            return kind.ok_or("row.unused-feature");
        }
    }
    // Other amenities and uses of land are grounds: schools, hospitals, markets.
    if is_tagged {
        return if is_area { Ok(Ground) } else { Err("row.unused-feature") };
    }
    let by_file = FILES.iter().find(|(_, words)| words.iter().any(|word| file.contains(word)));
    by_file.map(|(kind, _)| *kind).ok_or("row.unknown-kind")
}

fn listed(table: Words, value: &str) -> Result<FeatureKind, &'static str> {
    let found = table.iter().find(|(_, words)| words.contains(&value));
    found.and_then(|(kind, _)| *kind).ok_or("row.unused-feature")
}

fn said(kind: &str) -> Option<FeatureKind> {
    let matches =
        |word: &&&str| if word.is_ascii() { kind == **word } else { kind.contains(**word) };
    KINDS
        .iter()
        .find(|(_, words)| words.iter().any(|word| matches(&word)))
        .and_then(|(kind, _)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cells: &[(Field, &str)], file: &str, expected: Result<FeatureKind, &'static str>) {
        let mut record = Record::new(1);
        for &(field, text) in cells {
            record.cells[field as usize] = text;
        }
        assert_eq!(kind(&record, file, true), expected, "{cells:?} in {file}");
    }

    #[test]
    fn tags_of_open_street_map() {
        check(&[(Field::Highway, "trunk_link")], "", Ok(Avenue));
        check(&[(Field::Highway, "footway")], "", Ok(Lane));
        check(&[(Field::Highway, "platform")], "", Err("row.unused-feature"));
        check(&[(Field::Highway, "primary"), (Field::Tunnel, "yes")], "", Err("row.underground"));
        check(&[(Field::Highway, "service"), (Field::Tunnel, "building_passage")], "", Ok(Lane));
        check(&[(Field::Railway, "subway")], "", Ok(Metro));
        check(&[(Field::Railway, "rail"), (Field::Layer, "-1")], "", Ok(Metro));
        check(&[(Field::Landuse, "grass")], "", Ok(Green));
        check(&[(Field::Amenity, "school")], "", Ok(Ground));
        check(&[(Field::Amenity, "parking_space")], "", Err("row.unused-feature"));
    }

    #[test]
    fn words_of_offices_and_files() {
        check(&[(Field::Kind, "river")], "", Ok(Water));
        check(&[(Field::Kind, "城市主干路")], "", Ok(Avenue));
        check(&[(Field::Kind, "avenue")], "", Ok(Avenue));
        check(&[(Field::RouteName, "松山線")], "rail.geojson", Ok(Metro));
        check(&[], "levees.geojson", Ok(Wall));
        check(&[], "x.geojson", Err("row.unknown-kind"));
    }
}
