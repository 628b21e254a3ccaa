//! A station in reach: shared where that can be, by brute force on small ground.

use proptest::prelude::*;

use super::*;

/// The town with stations at some of its squares; households reach those within `reach` squares.
fn served(seed: u64, cols: usize, rows: usize, stations: &[(usize, usize)], reach: f64) -> Ground {
    let mut ground = town(seed, cols, rows, 40);
    let units = ground.weights.iter().enumerate().map(|(unit, &households)| {
        let (col, row) = (unit % cols, unit / cols);
        let is_near = |&(x, y): &(usize, usize)| {
            (x as f64 - col as f64).hypot(y as f64 - row as f64) <= reach && households > 0
        };
        let near = (0..).zip(stations).filter(|(_, at)| is_near(at));
        let by: Vec<(u32, i64)> = near.map(|(station, _)| (station, households)).collect();
        Served { households: if by.is_empty() { 0 } else { households }, by }
    });
    ground.served = units.collect();
    ground
}

fn missed(ground: &Ground, aim: &Aim) -> i64 {
    let division = divide(ground, aim, &Stop::default()).expect("ground of one piece or few");
    check_whole(ground, &division);
    let measures = measure(ground, &division.part, division.n_parts);
    measures.missed()
}

/// Fewest households missed in any division of one piece into `n_parts` connected parts.
fn least_missed(ground: &Ground, n_parts: usize) -> i64 {
    let graph = ground.graph(&Aim::new(Count::Exactly(1))).0;
    let full = (1usize << graph.n_nodes()) - 1;
    let nodes = |set: usize| (0..graph.n_nodes()).filter(move |&node| set >> node & 1 == 1);
    let is_whole = |set: usize| {
        let nodes: Vec<u32> = nodes(set).map(|node| node as u32).collect();
        graph.part(&nodes, &mut vec![u32::MAX; graph.n_nodes()]).pieces().len() == 1
    };
    let price: Vec<Option<i64>> = (0..=full)
        .map(|set| (set > 0 && is_whole(set)).then(|| graph.reach.missed_by(nodes(set))))
        .collect();
    let mut least = vec![None; full + 1];
    least[0] = Some(0);
    for _ in 0..n_parts {
        let mut next = vec![None; full + 1];
        for set in 1..=full {
            let low = set & set.wrapping_neg();
            let rest = set & !low;
            let mut other = rest;
            loop {
                let part = low | other;
                let sum =
                    least[set & !part].zip(price[part]).map(|(left, own): (i64, i64)| left + own);
                next[set] = [next[set], sum].into_iter().flatten().min();
                if other == 0 {
                    break;
                }
                other = (other - 1) & rest;
            }
        }
        least = next;
    }
    least[full].expect("there is a division")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn on_small_ground_nobody_is_missed_who_need_not_be(
        seed in 0u64..1_000_000, parts in 1usize..4,
    ) {
        let ground = served(seed, 4, 3, &[(0, 0), (3, 2), (3, 0)], 2.0);
        prop_assume!(n_pieces(&ground) == 1);
        let missed = missed(&ground, &Aim::new(Count::Exactly(parts)));
        prop_assert_eq!(missed, least_missed(&ground, parts));
    }

    #[test]
    fn asking_for_a_station_in_reach_helps_and_keeps_parts_whole(seed in 0u64..1_000_000) {
        let ground = served(seed, 26, 18, &[(4, 5), (21, 12), (20, 3)], 11.0);
        let aim = Aim { seed, ..Aim::new(Count::Exactly(8)) };
        let asked = missed(&ground, &aim);
        let plain = Ground { served: Vec::new(), ..ground.clone() };
        let division = divide(&plain, &aim, &Stop::default()).expect("the same ground");
        let not_asked = measure(&ground, &division.part, division.n_parts).missed();
        prop_assert!(asked <= not_asked, "{asked} and {not_asked}");
        let n_threads = 3;
        let again = divide(&ground, &Aim { n_threads, ..aim.clone() }, &Stop::default());
        let once = divide(&ground, &aim, &Stop::default());
        prop_assert_eq!(again, once);
    }
}

#[test]
fn one_station_for_all_changes_nothing() {
    let ground = served(3, 20, 12, &[(10, 6)], 100.0);
    let plain = Ground { served: Vec::new(), ..ground.clone() };
    let aim = Aim::new(Count::Exactly(6));
    let [one, other] =
        [&ground, &plain].map(|ground| divide(ground, &aim, &Stop::default()).expect("ground"));
    assert_eq!(one.part, other.part);
}
