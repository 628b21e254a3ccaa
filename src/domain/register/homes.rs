//! The buildings of one community in columns, in Hilbert order: what placing, counting and drawing walk.
//!
//! One array a field, texts in one buffer, footprints as one array of pins with offsets; so a million
//! buildings are tens of megabytes and neighbours on the ground are neighbours in memory.

use super::building::{Building, Use};
use super::people::HomeCounts;
use crate::domain::ids::{BuildingId, Code};
use crate::domain::measure::{Count, Day};
use crate::domain::place::{Extent, Pin, Polygon, hilbert};

/// Texts one after another in one buffer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Texts {
    buffer: String,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.buffer.push_str(text);
        self.ends
            .push(u32::try_from(self.buffer.len()).expect("a community's texts stay under 4 GB"));
    }

    fn get(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] as usize };
        &self.buffer[start..self.ends[row] as usize]
    }
}

/// What rows are sorted by: those without a pin last, then the place along the Hilbert curve, then the id.
pub type Rank = (bool, u32, BuildingId);

/// Buildings and the counts of people in them, by column. Rows are in Hilbert order of the pin, then by
/// id; buildings without a pin come last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Homes {
    ids: Vec<BuildingId>,
    pins: Vec<Option<Pin>>,
    counts: Vec<HomeCounts>,
    dwellings: Vec<u32>,
    usage: Vec<Use>,
    floors: Vec<u16>,
    entrances: Vec<u16>,
    verified: Vec<Option<Day>>,
    codes: Texts,
    names: Texts,
    estates: Texts,
    addresses: Texts,
    /// Empty text where nothing is stated.
    stated_communities: Texts,
    listed_grids: Texts,
    /// Ends of each building's polygons in `polygon_ends`, of each polygon's rings in `ring_ends`, of each ring in `ring_pins`.
    building_ends: Vec<u32>,
    polygon_ends: Vec<u32>,
    ring_ends: Vec<u32>,
    ring_pins: Vec<Pin>,
    /// Box around pin and footprint; empty without both.
    extents: Vec<Extent>,
}

impl Homes {
    /// Lays out buildings that come in the order of [`Homes::rank`].
    pub fn new<'a>(ranked: impl IntoIterator<Item = (&'a Building, HomeCounts)>) -> Self {
        let mut homes = Self::default();
        for (building, counts) in ranked {
            homes.push(building, counts);
        }
        homes
    }

    /// Where a building stands in the order of rows.
    pub fn rank(building: &Building) -> Rank {
        (building.pin.is_none(), building.pin.map_or(0, hilbert), building.id)
    }

    fn push(&mut self, building: &Building, counts: HomeCounts) {
        self.ids.push(building.id);
        self.pins.push(building.pin);
        self.counts.push(counts);
        self.dwellings.push(building.dwellings.get().clamp(0, i64::from(u32::MAX)) as u32);
        self.usage.push(building.usage);
        self.floors.push(building.floors);
        self.entrances.push(building.entrances);
        self.verified.push(building.verified);
        self.codes.push(building.code.as_str());
        self.names.push(&building.name);
        self.estates.push(&building.estate);
        self.addresses.push(&building.address);
        self.stated_communities.push(building.stated_community.as_ref().map_or("", Code::as_str));
        self.listed_grids.push(building.listed_grid.as_ref().map_or("", Code::as_str));
        let mut extent = Extent::of(&building.pin);
        for polygon in &building.footprint {
            for ring in &polygon.rings {
                self.ring_pins.extend_from_slice(ring);
                self.ring_ends.push(self.ring_pins.len() as u32);
            }
            self.polygon_ends.push(self.ring_ends.len() as u32);
            extent = extent.union(&polygon.extent());
        }
        self.building_ends.push(self.polygon_ends.len() as u32);
        self.extents.push(extent);
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    pub fn id(&self, row: usize) -> BuildingId {
        self.ids[row]
    }

    pub fn code(&self, row: usize) -> &str {
        self.codes.get(row)
    }

    pub fn name(&self, row: usize) -> &str {
        self.names.get(row)
    }

    pub fn estate(&self, row: usize) -> &str {
        self.estates.get(row)
    }

    pub fn address(&self, row: usize) -> &str {
        self.addresses.get(row)
    }

    /// Code of the community the source registers it in; `None` when it says nothing.
    pub fn stated_community(&self, row: usize) -> Option<&str> {
        Some(self.stated_communities.get(row)).filter(|text| !text.is_empty())
    }

    pub fn listed_grid(&self, row: usize) -> Option<&str> {
        Some(self.listed_grids.get(row)).filter(|text| !text.is_empty())
    }

    pub fn pin(&self, row: usize) -> Option<Pin> {
        self.pins[row]
    }

    pub fn counts(&self, row: usize) -> HomeCounts {
        self.counts[row]
    }

    pub fn dwellings(&self, row: usize) -> Count {
        Count(i64::from(self.dwellings[row]))
    }

    pub fn usage(&self, row: usize) -> Use {
        self.usage[row]
    }

    pub fn floors(&self, row: usize) -> u16 {
        self.floors[row]
    }

    pub fn entrances(&self, row: usize) -> u16 {
        self.entrances[row]
    }

    pub fn verified(&self, row: usize) -> Option<Day> {
        self.verified[row]
    }

    /// Box around pin and footprint; empty without a position.
    pub fn extent(&self, row: usize) -> Extent {
        self.extents[row]
    }

    /// Box around everything here.
    pub fn whole_extent(&self) -> Extent {
        self.extents.iter().fold(Extent::EMPTY, |all, one| all.union(one))
    }

    pub fn has_footprint(&self, row: usize) -> bool {
        let start = if row == 0 { 0 } else { self.building_ends[row - 1] };
        self.building_ends[row] > start
    }

    /// Rings of the footprint of `row`: for each polygon its rings, outer first.
    pub fn footprint(&self, row: usize) -> impl Iterator<Item = impl Iterator<Item = &[Pin]>> {
        range(&self.building_ends, row).map(move |polygon| {
            range(&self.polygon_ends, polygon)
                .map(move |ring| &self.ring_pins[range(&self.ring_ends, ring)])
        })
    }

    /// The building of `row` as a value of one's own.
    pub fn building(&self, row: usize) -> Building {
        let footprint = self
            .footprint(row)
            .map(|rings| Polygon { rings: rings.map(<[Pin]>::to_vec).collect() })
            .collect();
        Building {
            id: self.ids[row],
            code: Code::new(self.code(row)).expect("was a code when pushed"),
            name: self.name(row).into(),
            estate: self.estate(row).into(),
            address: self.address(row).into(),
            stated_community: self.stated_community(row).and_then(Code::new),
            listed_grid: self.listed_grid(row).and_then(Code::new),
            usage: self.usage[row],
            floors: self.floors[row],
            entrances: self.entrances[row],
            dwellings: self.dwellings(row),
            pin: self.pins[row],
            footprint,
            verified: self.verified[row],
        }
    }

    /// The same buildings with the counts of some replaced; `counts_of` answers per id.
    pub fn with_counts(&self, counts_of: impl Fn(BuildingId) -> Option<HomeCounts>) -> Self {
        let mut homes = self.clone();
        for (row, id) in self.ids.iter().enumerate() {
            if let Some(counts) = counts_of(*id) {
                homes.counts[row] = counts;
            }
        }
        homes
    }
}

fn range(ends: &[u32], row: usize) -> std::ops::Range<usize> {
    let start = if row == 0 { 0 } else { ends[row - 1] as usize };
    start..ends[row] as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn building(number: u32, pin: Option<Pin>, footprint: Vec<Polygon>) -> Building {
        Building {
            id: BuildingId::new(number).expect("not zero"),
            code: Code::new(&format!("B{number}")).expect("a code"),
            name: format!("{number}幢").into(),
            estate: "青松苑".into(),
            address: "".into(),
            stated_community: None,
            listed_grid: Code::new("001"),
            usage: Use::Residential,
            floors: 6,
            entrances: 2,
            dwellings: Count(24),
            pin,
            footprint,
            verified: None,
        }
    }

    #[test]
    fn columns_give_back_what_went_in() {
        let ring = |a: i32| vec![Pin::new(a, 0), Pin::new(a + 9, 0), Pin::new(a, 9)];
        let two_parts =
            vec![Polygon { rings: vec![ring(0), ring(1)] }, Polygon { rings: vec![ring(50)] }];
        let mut given = [
            (building(3, None, vec![]), HomeCounts::default()),
            (
                building(2, Some(Pin::new(5, 5)), two_parts),
                HomeCounts { households: 4, ..Default::default() },
            ),
            (building(1, Some(Pin::new(5, 5)), vec![]), HomeCounts::default()),
        ];
        given.sort_by_key(|(building, _)| Homes::rank(building));
        let homes = Homes::new(given.iter().map(|(building, counts)| (building, *counts)));
        let order: Vec<u32> = (0..3).map(|row| homes.id(row).get()).collect();
        assert_eq!(order, [1, 2, 3], "ties by id, no position last");
        for row in 0..3 {
            assert!(given.contains(&(homes.building(row), homes.counts(row))));
        }
        assert_eq!(homes.extent(1).max, Pin::new(59, 9));
        assert!(homes.extent(2).is_empty());
    }
}
