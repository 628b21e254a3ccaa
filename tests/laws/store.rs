//! L7 replay: what the store gives back rebuilds the same world; commit and load are inverse.

use lifang::domain::change::Change;
use lifang::domain::decide::{Command, decide};
use lifang::domain::measure::{Revision, Stamp};
use lifang::domain::register::rows::Rows;
use lifang::domain::rights::Actor;
use lifang::domain::world::World;
use lifang::sample::random::RandomTown;
use lifang::store::{Commit, Store};
use proptest::prelude::*;

use crate::support::Desk;

/// A desk that took in a town, then parts of another one under the same codes, and a setting.
fn desk(seed: u64, again: u64, communities: usize, grids: usize) -> Desk {
    let mut desk = Desk::default();
    desk.import_town(&RandomTown::new(seed, communities, grids));
    let other = RandomTown::new(again, communities, grids);
    desk.import(Rows::Grids(other.grids));
    desk.import(Rows::Buildings(other.buildings));
    desk.import(Rows::Households(other.households));
    let settings = Command::Settings(vec![("title".into(), Some("立方".into()))]);
    let decision = decide(&desk.world, settings, &Actor::local(""), Stamp(0)).expect("not refused");
    desk.world = desk.world.next(&decision.change).0;
    desk.changes.push(decision.change);
    desk
}

fn opened(store: &Store) -> World {
    let (ground, revision) = store.load().expect("a sound store");
    World::open(&ground, revision)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// After every commit the store holds the world it was derived from, and the roster beside it.
    #[test]
    fn l7_replay(seed in any::<u64>(), again in any::<u64>(), communities in 1usize..4, grids in 1usize..5) {
        let desk = desk(seed, again, communities, grids);
        let mut store = Store::in_memory().expect("a store in memory");
        let mut world = World::default();
        for change in &desk.changes {
            world = world.next(change).0;
            store.commit(change, world.revision(), "local", Stamp(1)).expect("committed");
            let loaded = opened(&store);
            prop_assert_eq!(loaded.revision(), world.revision());
            prop_assert!(loaded.is_same_as(&world), "{:?}", world.revision());
        }
        prop_assert!(world.is_same_as(&desk.world));
        let reader = store.reader().expect("a reader");
        prop_assert_eq!(reader.prior().expect("a roster"), desk.roster);
    }

    /// A whole ground committed at once, and all its changes in one transaction, give the same again.
    #[test]
    fn l7_inverse(seed in any::<u64>(), again in any::<u64>()) {
        let desk = desk(seed, again, 2, 3);
        let mut at_once = Store::in_memory().expect("a store in memory");
        let ground: Change = desk.world.to_ground();
        at_once.commit(&ground, Revision(1), "local", Stamp(1)).expect("committed");
        prop_assert!(opened(&at_once).is_same_as(&desk.world));
        let mut in_a_group = Store::in_memory().expect("a store in memory");
        let commits: Vec<Commit<'_>> = (1..)
            .zip(&desk.changes)
            .map(|(n, change)| Commit { change, revision: Revision(n), who: "local", at: Stamp(1) })
            .collect();
        in_a_group.commit_all(&commits).expect("committed");
        prop_assert!(opened(&in_a_group).is_same_as(&desk.world));
        let (loaded, _) = in_a_group.load().expect("a sound store");
        let (again, _) = at_once.load().expect("a sound store");
        prop_assert_eq!(loaded, again);
    }

    /// What the history tells of a commit, taken back, gives the plans, overrides and settings before it.
    #[test]
    fn l7_history_mirrors(seed in any::<u64>(), again in any::<u64>()) {
        let desk = desk(seed, again, 2, 3);
        let mut store = Store::in_memory().expect("a store in memory");
        let mut before = World::default();
        for change in &desk.changes {
            let world = before.next(change).0;
            store.commit(change, world.revision(), "local", Stamp(1)).expect("committed");
            let reader = store.reader().expect("a reader");
            let facts = reader.facts_of(world.revision()).expect("a sound history");
            let (back, _) = world.next(&Change { facts, roster: Vec::new() }.mirror());
            prop_assert!(back.plans().cuts().eq(before.plans().cuts()));
            prop_assert!(back.plans().all().eq(before.plans().all()));
            prop_assert_eq!(back.setting("title"), before.setting("title"));
            before = world;
        }
    }
}
