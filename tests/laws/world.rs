//! L4 locality, L6 sums, L9 quiet: worlds made by imports.

use lifang::domain::fabric::check::check;
use lifang::domain::ids::{GridKey, PlanId};
use lifang::domain::place::Pin;
use lifang::domain::register::rows::Rows;
use lifang::domain::tally::Tally;
use lifang::domain::world::{PlanChoice, World};
use lifang::sample::random::RandomTown;
use proptest::prelude::*;

use crate::support::Desk;

fn towns() -> impl Strategy<Value = RandomTown> {
    (any::<u64>(), 1usize..5, 1usize..6)
        .prop_map(|(seed, communities, grids)| RandomTown::new(seed, communities, grids))
}

/// Every pin of every seam, and a raster over the city and beyond.
fn pins_around(world: &World) -> Vec<Pin> {
    let cuts = world.plans().cuts().map(|(_, cut)| &cut.fabric);
    let fabrics = cuts.chain([&world.areas().ground().fabric]);
    let mut pins: Vec<Pin> =
        fabrics.flat_map(|fabric| fabric.seams().flat_map(|seam| seam.pins)).copied().collect();
    let extent = world.areas().extent().grown(50_000);
    let along = |low: i32, high: i32, i: i64| {
        (i64::from(low) + (i64::from(high) - i64::from(low)) * i / 24) as i32
    };
    for i in 0..=24 {
        for j in 0..=24 {
            let x = along(extent.min.x, extent.max.x, i);
            pins.push(Pin::new(x, along(extent.min.y, extent.max.y, j)));
        }
    }
    pins
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// L6: grids and gap add up to the community, and communities to a recount from the rows.
    #[test]
    fn l6_sums(town in towns()) {
        let mut desk = Desk::default();
        desk.import_town(&town);
        let mut all = Tally::default();
        for (community, housing) in desk.world.town().all() {
            let homes = &housing.homes;
            let recount: Tally = (0..homes.len()).map(|row| Tally::of_home(homes, row)).sum();
            if let Some(shard) = community.and_then(|id| desk.world.shard(PlanChoice::Current, id)) {
                prop_assert_eq!(shard.total(), recount);
            }
            all += recount;
        }
        prop_assert_eq!(all.buildings.get(), town.buildings.len() as i64);
        let unhoused = desk.world.unhoused().values();
        let (homes, persons, members) = unhoused.fold((0, 0, 0), |sum, counts| (
            sum.0 + counts.households.get(), sum.1 + counts.persons.get(), sum.2 + counts.members.get(),
        ));
        prop_assert_eq!(all.households.get() + homes, town.households.len() as i64);
        let stated: i64 = town.households.iter().map(|row| i64::from(row.persons)).sum();
        prop_assert_eq!(all.persons.get() + persons, stated);
        prop_assert_eq!(all.members_in_all().get() + members, town.members.len() as i64);
    }

    /// Being next door goes both ways, by the same length of border, also between communities.
    #[test]
    fn neighbors_are_mutual(town in towns()) {
        let mut desk = Desk::default();
        desk.import_town(&town);
        let world = &desk.world;
        let mut borders = std::collections::BTreeMap::new();
        for shard in world.shards(PlanChoice::Current) {
            for key in shard.tallies.keys() {
                for beside in world.neighbors(PlanChoice::Current, shard, *key) {
                    prop_assert!(beside.border.get() > 0);
                    let pair = ((shard.plan, *key), (beside.plan, beside.grid));
                    prop_assert_ne!(pair.0, pair.1);
                    prop_assert_eq!(borders.insert(pair, beside.border), None);
                }
            }
        }
        for ((one, other), border) in &borders {
            let back = borders.get(&(*other, *one)).map_or(0, |border| border.get());
            prop_assert!((border.get() - back).abs() <= 1, "{one:?} {other:?}: {border:?} and {back}");
        }
        let crosses = |(one, other): &((PlanId, GridKey), (PlanId, GridKey))| {
            let community = |(plan, key)| world.plans().grid(plan, key).map(|grid| grid.community);
            community(*one) != community(*other)
        };
        // Two communities lie side by side: some of their grids meet, unless gaps keep them apart.
        if town.areas.len() == 2 && borders.keys().all(|pair| !crosses(pair)) {
            let has_gap = world.shards(PlanChoice::Current).iter().any(|shard| !shard.ground.gaps.is_empty());
            prop_assert!(has_gap);
        }
    }

    /// L9: the same files again change nothing.
    #[test]
    fn l9_quiet(town in towns()) {
        let mut desk = Desk::default();
        desk.import_town(&town);
        let before = desk.world.revision();
        for decision in desk.import_town(&town) {
            prop_assert!(decision.change.is_empty(), "{:?}", decision.change);
        }
        prop_assert_eq!(desk.world.revision(), before);
    }

    /// L4: a world reached step by step equals the world opened from its ground.
    #[test]
    fn l4_locality(town in towns(), again in any::<u64>()) {
        let mut desk = Desk::default();
        desk.import_town(&town);
        let other = RandomTown::new(again, 2, 3);
        desk.import(Rows::Buildings(other.buildings));
        let opened = World::open(&desk.world.to_ground(), desk.world.revision());
        prop_assert!(opened.is_same_as(&desk.world));
    }

    /// Every fabric an import leaves behind keeps the laws, and borders are knotted on both sides.
    #[test]
    fn imports_leave_lawful_fabrics(town in towns()) {
        let mut desk = Desk::default();
        desk.import_town(&town);
        let areas = desk.world.areas();
        prop_assert!(check(&areas.ground().fabric).is_empty());
        let mut outer: std::collections::BTreeSet<Vec<_>> = std::collections::BTreeSet::new();
        let canonical = |pins: &[lifang::domain::place::Pin]| {
            let backward: Vec<_> = pins.iter().rev().copied().collect();
            backward.min(pins.to_vec())
        };
        for seam in areas.ground().fabric.seams() {
            outer.insert(canonical(seam.pins));
        }
        for (_, cut) in desk.world.plans().cuts() {
            prop_assert!(check(&cut.fabric).is_empty());
            for seam in cut.fabric.seams().filter(|seam| seam.left.is_none() || seam.right.is_none()) {
                prop_assert!(outer.contains(&canonical(seam.pins)), "{:?}", seam.pins);
            }
        }
    }

    /// L11: many pins asked at once get the answers of one by one, on borders and knots and far outside too.
    #[test]
    fn many_pins_are_answered_as_one_by_one(town in towns()) {
        let mut desk = Desk::default();
        desk.import_town(&town);
        let world = &desk.world;
        let mut pins = pins_around(world);
        for pin in pins.clone() {
            pins.extend([(-1, 0), (7, 3), (0, 1)].map(|(x, y)| Pin::new(pin.x + x, pin.y + y)));
        }
        // Enough to be dealt into piles, and few enough to be asked as they come.
        let few = pins.clone();
        while pins.len() < 5_000 {
            pins.extend_from_within(..few.len());
        }
        let choices = [PlanChoice::Current, PlanChoice::Plan(PlanId::from_index(0))];
        for choice in choices {
            for pins in [&few, &pins] {
                let singly: Vec<_> = pins.iter().map(|pin| world.grid_at(choice, *pin)).collect();
                prop_assert_eq!(&world.grids_at(choice, pins), &singly);
            }
        }
    }

    /// Each building is where the slow truth says, for what is a matter of shape.
    #[test]
    fn points_stand_where_locate_says(town in towns()) {
        use lifang::domain::fabric::{Spot, locate::locate};
        use lifang::domain::placement::Reason;
        let mut desk = Desk::default();
        desk.import_town(&town);
        for shard in desk.world.shards(PlanChoice::Current) {
            let housing = desk.world.town().housing(Some(shard.community));
            let Some(homes) = housing.map(|housing| &housing.homes) else { continue };
            for row in (0..homes.len()).filter(|row| !homes.has_footprint(*row)) {
                let placed = shard.placements[row];
                let Some(pin) = homes.pin(row) else { continue };
                let cut = &shard.ground.cut;
                match (locate(&cut.fabric, pin), placed.reason) {
                    (Spot::In(cell), Reason::Shape) => {
                        prop_assert_eq!(placed.grid, cut.grid_of(cell));
                    }
                    (Spot::In(cell), Reason::Gap) => prop_assert_eq!(cut.grid_of(cell), None),
                    _ => {}
                }
            }
        }
    }
}
