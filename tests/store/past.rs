//! A long past stays on disk: opening reads what counts, and fetches the rest when it is asked for.

use std::sync::Arc;

use lifang::domain::change::{Change, Fact, Turned};
use lifang::domain::fabric::{Fabric, NewSeam};
use lifang::domain::ids::{AreaId, Code, GridKey, PlanId};
use lifang::domain::measure::{Day, Revision, Stamp};
use lifang::domain::place::Pin;
use lifang::domain::plan::{Cut, Grid, Plan, Status};
use lifang::domain::register::rows::GridKind;
use lifang::store::Store;

fn came<T>(value: T) -> Turned<T> {
    Turned::new(None, Some(value))
}

/// Plans of one community, one a day, each with ground and a grid.
fn years(n_plans: usize) -> Store {
    let corner = |x, y| Pin::new(x, y);
    let ring = [corner(0, 0), corner(9, 0), corner(9, 9), corner(0, 0)];
    let fabric = Fabric::new(
        &[NewSeam {
            pins: ring.to_vec(),
            left: Some(lifang::domain::ids::CellId::from_index(0)),
            right: None,
            barrier: lifang::domain::fabric::Barrier::None,
        }],
        1,
    );
    let (area, key) = (AreaId::from_index(0), GridKey::from_index(0));
    let cut = Cut {
        fabric: Arc::new(fabric),
        colors: vec![Some(key)],
        notes: Vec::new(),
        links: Vec::new(),
    };
    let mut facts = vec![Fact::Day(came(Day(n_plans as i32)))];
    for number in 0..n_plans {
        let id = PlanId::from_index(number);
        let plan = Plan {
            status: Status::Published,
            effective_from: Some(Day(number as i32)),
            published_at: Some(Stamp(1)),
            ..Plan::draft(id, "past".into(), vec![area], Revision(1))
        };
        facts.push(Fact::Plan(id, came(Arc::new(plan))));
        facts.push(Fact::Cut(id, area, came(Arc::new(cut.clone()))));
        let grid = Grid {
            plan: id,
            key,
            code: Code::new(&format!("A{number}")).unwrap(),
            name: "".into(),
            community: area,
            kind: GridKind::General,
            head: "".into(),
            manager: "".into(),
            work_phone: "".into(),
            source_digest: 0,
            is_locked: false,
            is_detached: false,
            is_numbered: false,
            predecessors: Vec::new(),
        };
        facts.push(Fact::Grid(id, key, came(Arc::new(grid))));
    }
    let mut store = Store::in_memory().unwrap();
    let change = Change { facts, roster: Vec::new() };
    store.commit(&change, Revision(1), "local", Stamp(1)).unwrap();
    store
}

#[test]
fn a_long_past_is_not_read_at_the_start() {
    let n_read = |n_plans: usize| {
        let (ground, _) = years(n_plans).load_awake().unwrap();
        let of = |is: fn(&Fact) -> bool| ground.facts.iter().filter(|fact| is(fact)).count();
        (
            of(|fact| matches!(fact, Fact::Plan(..))),
            of(|fact| matches!(fact, Fact::Grid(..) | Fact::Cut(..))),
        )
    };
    assert_eq!(n_read(10), (10, 2));
    assert_eq!(n_read(1_000), (1_000, 2));
}

#[test]
fn what_sleeps_is_fetched_one_community_at_a_time() {
    let store = years(20);
    let reader = store.reader().unwrap();
    let (plan, area) = (PlanId::from_index(3), AreaId::from_index(0));
    let (grids, cut) = reader.sleeper(plan, area).unwrap().unwrap();
    assert_eq!((grids.len(), grids[0].code.as_str(), cut.colors.len()), (1, "A3", 1));
    assert!(reader.sleeper(plan, AreaId::from_index(1)).unwrap().is_none());
    assert_eq!(reader.communities_of("A7").unwrap(), [area].into());
    let owners = reader.owners_of_codes(&[Code::new("A5").unwrap()]).unwrap();
    assert_eq!(owners, [(Code::new("A5").unwrap(), GridKey::from_index(0))]);
    assert_eq!(reader.codes_in_history(&[area]).unwrap().len(), 20);
    assert!(reader.papers(plan).unwrap().log.is_empty());
}
