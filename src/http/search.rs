//! Finding things by their words: one folded text over everything that has a name, scanned whole.
//!
//! Made at the first question after a commit. Every entry is one line: its fields, folded (width, case),
//! set apart by a mark that no text holds. A question is looked for in the whole text at once; each hit
//! is one entry, ranked by how well it fits and by what it is.
//!
//! **Why** a scan and no inverted index: Chinese names have no word borders, so any substring may be
//! asked for; the text of 200,000 buildings is a dozen megabytes, and a scan of it takes milliseconds.

use std::collections::{BTreeMap, BinaryHeap};

use super::wire::{Bounds, Hit, Position, bounds, position};
use crate::domain::ids::{AreaId, BuildingId, GridKey, PlanId};
use crate::domain::place::{Extent, Pin};
use crate::domain::register::feature::FeatureKind;
use crate::domain::world::{PlanChoice, World};

/// Between fields and after an entry; below every printable character.
const FIELD: char = '\u{1}';
const END: char = '\u{2}';

/// What an entry stands for. In the order shown among equals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Thing {
    Area(AreaId),
    Grid(PlanId, GridKey),
    /// Row in `estates`.
    Estate(u32),
    /// Row in `streets`.
    Street(u32),
    Building(BuildingId),
}

/// Buildings of one name in one community.
#[derive(Debug)]
struct Estate {
    name: Box<str>,
    community: Option<AreaId>,
    extent: Extent,
    n_buildings: u32,
}

/// Lines of one name.
#[derive(Debug)]
struct Street {
    name: Box<str>,
    kind: FeatureKind,
    extent: Extent,
    at: Pin,
}

/// How well an entry fits; better is less.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// A field is the question.
    Whole,
    /// A field begins with it.
    Beginning,
    Within,
}

#[derive(Debug, Default)]
pub(super) struct Index {
    text: String,
    ends: Vec<u32>,
    things: Vec<Thing>,
    estates: Vec<Estate>,
    streets: Vec<Street>,
}

impl Index {
    /// Cost: O(all text); about 0.1 s for 200,000 buildings.
    pub fn new(world: &World) -> Self {
        let mut index = Self::default();
        for id in world.areas().under(None) {
            if let Some(area) = world.areas().get(id) {
                index.push(Thing::Area(id), &[&area.name, area.code.as_str()]);
            }
        }
        for shard in world.shards(PlanChoice::Current) {
            for key in shard.tallies.keys() {
                if let Some(grid) = world.plans().grid(shard.plan, *key) {
                    let fields = [&*grid.name, grid.code.as_str()];
                    index.push(Thing::Grid(shard.plan, *key), &fields);
                }
            }
        }
        index.add_streets(world);
        index.add_buildings(world);
        index
    }

    fn add_streets(&mut self, world: &World) {
        let mut by_name: BTreeMap<&str, Street> = BTreeMap::new();
        for feature in world.features().all().iter().filter(|feature| !feature.name.is_empty()) {
            let extent = feature.extent();
            let line = feature.lines.iter().max_by_key(|line| line.len());
            let at = line.and_then(|line| line.get(line.len() / 2)).copied();
            let street = by_name.entry(&feature.name).or_insert_with(|| Street {
                name: feature.name.clone(),
                kind: feature.kind,
                extent: Extent::EMPTY,
                at: at.unwrap_or(extent.center()),
            });
            street.extent = street.extent.union(&extent);
        }
        for (_, street) in by_name {
            let row = self.streets.len() as u32;
            self.push(Thing::Street(row), &[&street.name]);
            self.streets.push(street);
        }
    }

    fn add_buildings(&mut self, world: &World) {
        for (community, housing) in world.town().all() {
            let homes = &housing.homes;
            let mut estates: BTreeMap<&str, Estate> = BTreeMap::new();
            for row in 0..homes.len() {
                let (estate, name) = (homes.estate(row), homes.name(row));
                let whole = format!("{estate}{name}");
                let fields = [&*whole, name, homes.code(row), homes.address(row)];
                self.push(Thing::Building(homes.id(row)), &fields);
                if !estate.is_empty() {
                    let entry = estates.entry(estate).or_insert_with(|| Estate {
                        name: estate.into(),
                        community: *community,
                        extent: Extent::EMPTY,
                        n_buildings: 0,
                    });
                    entry.extent = entry.extent.union(&homes.extent(row));
                    entry.n_buildings += 1;
                }
            }
            for (_, estate) in estates {
                let row = self.estates.len() as u32;
                self.push(Thing::Estate(row), &[&estate.name]);
                self.estates.push(estate);
            }
        }
    }

    fn push(&mut self, thing: Thing, fields: &[&str]) {
        for field in fields.iter().filter(|field| !field.is_empty()) {
            self.text.push(FIELD);
            self.text.extend(folded(field));
        }
        self.text.push(FIELD);
        self.text.push(END);
        self.ends.push(u32::try_from(self.text.len()).expect("a city's names stay under 4 GB"));
        self.things.push(thing);
    }

    /// At most `limit` entries that hold every word of `question`, best first.
    ///
    /// Cost: one scan of the text for the longest word, and a look at each entry that holds it.
    pub fn find(&self, world: &World, question: &str, limit: usize) -> Vec<Hit> {
        let words: Vec<String> =
            question.split_whitespace().map(|word| folded(word).collect()).collect();
        let Some(longest) = words.iter().max_by_key(|word| word.len()) else { return Vec::new() };
        let mut best: BinaryHeap<(Fit, u8, usize, Thing)> = BinaryHeap::new();
        let mut from = 0;
        while let Some(found) = self.text[from..].find(longest.as_str()) {
            let entry = self.ends.partition_point(|end| *end as usize <= from + found);
            let start = if entry == 0 { 0 } else { self.ends[entry - 1] as usize };
            let end = self.ends[entry] as usize;
            from = end;
            let text = &self.text[start..end];
            let fits = words.iter().map(|word| fit(text, word)).collect::<Option<Vec<Fit>>>();
            let Some(fit) = fits.and_then(|fits| fits.into_iter().max()) else { continue };
            let thing = self.things[entry];
            best.push((fit, kind_order(thing), end - start, thing));
            if best.len() > limit {
                best.pop();
            }
        }
        let ranked = best.into_sorted_vec().into_iter();
        ranked.filter_map(|(.., thing)| self.hit(world, thing)).collect()
    }

    fn hit(&self, world: &World, thing: Thing) -> Option<Hit> {
        let community_name = |community: Option<AreaId>| {
            let area = community.and_then(|id| world.areas().get(id));
            area.map_or_else(String::new, |area| area.name.to_string())
        };
        Some(match thing {
            Thing::Area(id) => {
                let area = world.areas().get(id)?;
                let shape = world.areas().shape(id);
                let parent = area.parent.and_then(|id| world.areas().get(id));
                hit(
                    ("area", area.code.as_str(), &area.name),
                    parent.map_or_else(String::new, |parent| parent.name.to_string()),
                    shape.map(|shape| position(shape.label)),
                    shape.and_then(|shape| bounds(&shape.extent)),
                )
            }
            Thing::Grid(plan, key) => {
                let grid = world.plans().grid(plan, key)?;
                let shape = world.shard(PlanChoice::Plan(plan), grid.community);
                let shape = shape.and_then(|shard| shard.ground.shapes.get(&key));
                hit(
                    ("grid", grid.code.as_str(), &grid.name),
                    community_name(Some(grid.community)),
                    shape.map(|shape| position(shape.label)),
                    shape.and_then(|shape| bounds(&shape.extent)),
                )
            }
            Thing::Estate(row) => {
                let estate = &self.estates[row as usize];
                let is_placed = !estate.extent.is_empty();
                hit(
                    ("estate", "", &estate.name),
                    format!("{} {}", community_name(estate.community), estate.n_buildings),
                    is_placed.then(|| position(estate.extent.center())),
                    bounds(&estate.extent),
                )
            }
            Thing::Street(row) => {
                let street = &self.streets[row as usize];
                let detail = street.kind.word().to_owned();
                let at = Some(position(street.at));
                hit(("street", "", &street.name), detail, at, bounds(&street.extent))
            }
            Thing::Building(id) => {
                let (community, housing, row) = world.town().find(id)?;
                let homes = &housing.homes;
                let name = format!("{} {}", homes.estate(row), homes.name(row));
                let detail = format!("{} {}", community_name(community), homes.address(row));
                hit(
                    ("building", homes.code(row), name.trim()),
                    detail.trim().to_owned(),
                    homes.pin(row).map(position),
                    bounds(&homes.extent(row)),
                )
            }
        })
    }
}

fn hit(
    (kind, code, name): (&'static str, &str, &str),
    detail: String,
    at: Option<Position>,
    bounds: Option<Bounds>,
) -> Hit {
    Hit {
        kind,
        code: code.to_owned(),
        name: name.to_owned(),
        detail,
        lon: at.map(|at| at.0[0]),
        lat: at.map(|at| at.0[1]),
        bounds,
    }
}

/// Kinds of equal fit in the order a person expects them.
fn kind_order(thing: Thing) -> u8 {
    match thing {
        Thing::Area(_) => 0,
        Thing::Grid(..) => 1,
        Thing::Estate(_) => 2,
        Thing::Street(_) => 3,
        Thing::Building(_) => 4,
    }
}

/// How `word` fits the entry `text`; `None` when it is not in it.
fn fit(text: &str, word: &str) -> Option<Fit> {
    let mut best = None;
    for (at, _) in text.match_indices(word) {
        let begins = text[..at].ends_with(FIELD);
        let ends = text[at + word.len()..].starts_with(FIELD);
        let fit = match (begins, ends) {
            (true, true) => return Some(Fit::Whole),
            (true, false) => Fit::Beginning,
            (false, _) => Fit::Within,
        };
        best = Some(best.map_or(fit, |held: Fit| held.min(fit)));
    }
    best
}

/// `text` with full-width forms made half-width, letters in lower case, and no control characters.
fn folded(text: &str) -> impl Iterator<Item = char> + '_ {
    let narrow = |letter: char| match letter {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(letter as u32 - 0xFEE0).unwrap_or(letter),
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars().map(narrow).flat_map(char::to_lowercase).filter(|letter| !letter.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_ranked() {
        assert_eq!(folded("Ａ１幢　B").collect::<String>(), "a1幢 b");
        let text = "\u{1}青松苑3幢\u{1}3幢\u{1}b-0003\u{1}\u{2}";
        assert_eq!(fit(text, "3幢"), Some(Fit::Whole));
        assert_eq!(fit(text, "青松"), Some(Fit::Beginning));
        assert_eq!(fit(text, "松苑"), Some(Fit::Within));
        assert_eq!(fit(text, "000"), Some(Fit::Within));
        assert_eq!(fit(text, "5幢"), None);
    }
}
