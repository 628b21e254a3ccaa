//! Laws of dividing, on random ground: connected, complete, the same on any number of threads, in the
//! band or certified, and never better than possible.

mod nearest;
mod reach;

use proptest::prelude::*;

use super::chance::Chance;
use super::contact::{Contact, stays_whole_slowly};
use super::gauge::Gauge;
use super::graph::Graph;
use super::walk::Walk;
use super::*;
use crate::domain::fabric::Barrier;
use crate::domain::measure::{Area, Length};

/// A patch of squares with some borders missing and some diagonals added: ponds, walls and alleys.
fn town(seed: u64, cols: usize, rows: usize, heaviest: usize) -> Ground {
    let mut chance = Chance::fork(seed, 0);
    let n = cols * rows;
    let weight = |chance: &mut Chance| match chance.below(4) {
        0 => 0,
        _ => chance.below(heaviest) as i64,
    };
    let mut ground = Ground {
        weights: (0..n).map(|_| weight(&mut chance)).collect(),
        areas: vec![Area::from_square_meters(100.0); n],
        rims: vec![Length::ZERO; n],
        ..Ground::default()
    };
    let mut beside = |a: usize, b: usize, chance: &mut Chance| {
        if chance.below(8) > 0 {
            let barrier = if chance.below(6) == 0 { Barrier::Road } else { Barrier::None };
            let length = Length(5_000 + chance.below(10_000) as i64);
            ground.borders.push(Border { units: [a as u32, b as u32], length, barrier });
        }
    };
    for row in 0..rows {
        for col in 0..cols {
            let at = row * cols + col;
            if col + 1 < cols {
                beside(at, at + 1, &mut chance);
            }
            if row + 1 < rows {
                beside(at, at + cols, &mut chance);
            }
            if col + 1 < cols && row + 1 < rows && chance.below(3) == 0 {
                beside(at, at + cols + 1, &mut chance);
            }
        }
    }
    ground
}

fn n_pieces(ground: &Ground) -> usize {
    ground.graph(&Aim::new(Count::Exactly(1))).0.pieces().len()
}

fn check_whole(ground: &Ground, division: &Division) {
    assert_eq!(division.part.len(), ground.n_units());
    let measures = measure(ground, &division.part, division.n_parts);
    assert_eq!(measures.n_broken, 0, "every part is one piece and none is empty");
    assert_eq!(measures.parts.iter().map(|part| part.n_units).sum::<usize>(), ground.n_units());
    assert!(measures.deviation_max >= division.bound - 1e-6, "better than possible");
}

/// Every way to color the units with connected parts: least weight outside the band.
fn least_outside(ground: &Ground, band: (i64, i64)) -> i64 {
    let graph = ground.graph(&Aim::new(Count::Exactly(1))).0;
    let n = graph.n_nodes();
    let beside: Vec<u32> = (0..n)
        .map(|node| graph.neighbors(node).iter().fold(0, |mask, &to| mask | 1 << to))
        .collect();
    let full = (1u32 << n) - 1;
    let is_whole = |set: u32| {
        let mut reached = set & set.wrapping_neg();
        loop {
            let more = (0..n).filter(|&node| reached >> node & 1 == 1);
            let next = more.fold(reached, |mask, node| mask | beside[node] & set);
            if next == reached {
                return reached == set;
            }
            reached = next;
        }
    };
    let outside = |set: u32| {
        let load: i64 = (0..n).filter(|&at| set >> at & 1 == 1).map(|at| graph.weights[at]).sum();
        (band.0 - load).max(load - band.1).max(0)
    };
    // Least over all divisions of each set of nodes: by the part of its lowest node.
    let mut least = vec![i64::MAX; full as usize + 1];
    least[0] = 0;
    for set in 1..=full {
        let low = set & set.wrapping_neg();
        let rest = set & !low;
        let mut other = rest;
        loop {
            let part = low | other;
            let left = least[(set & !part) as usize];
            if left < i64::MAX && is_whole(part) {
                least[set as usize] = least[set as usize].min(left + outside(part));
            }
            if other == 0 {
                break;
            }
            other = (other - 1) & rest;
        }
    }
    least[full as usize]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn divisions_are_whole_and_the_same_on_any_threads(
        seed in 0u64..1_000_000, cols in 2usize..16, rows in 2usize..14, parts in 1usize..9,
    ) {
        let ground = town(seed, cols, rows, 40);
        let mut aim = Aim::new(Count::Exactly(parts));
        aim.seed = seed;
        let outcomes: Vec<_> = [1, 2, 4].map(|n_threads| {
            divide(&ground, &Aim { n_threads, ..aim.clone() }, &Stop::default())
        }).into();
        prop_assert_eq!(&outcomes[0], &outcomes[1]);
        prop_assert_eq!(&outcomes[0], &outcomes[2]);
        let pieces = n_pieces(&ground);
        match &outcomes[0] {
            Ok(division) => {
                prop_assert_eq!(division.n_parts, parts);
                check_whole(&ground, division);
            }
            Err(Impossible::TooManyPieces { pieces: told, .. }) => {
                prop_assert_eq!(*told, pieces);
                prop_assert!(parts < pieces);
            }
            Err(Impossible::TooFewUnits { .. }) => prop_assert!(parts > ground.n_units()),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn small_ground_is_in_the_band_or_certified_and_the_certificate_is_true(
        seed in 0u64..1_000_000, cols in 1usize..5, rows in 1usize..4, target in 5i64..80,
    ) {
        let ground = town(seed, cols, rows, 40);
        let (min, max) = (target * 3 / 4, target * 5 / 4);
        let aim = Aim::new(Count::Around { target, min, max });
        let division = divide(&ground, &aim, &Stop::default()).expect("any band is tried");
        check_whole(&ground, &division);
        let measures = measure(&ground, &division.part, division.n_parts);
        let is_out = measures.parts.iter().any(|part| part.weight < min || part.weight > max);
        prop_assert_eq!(is_out, !division.certificates.is_empty());
        prop_assert!(division.unproven.is_empty());
        prop_assert_eq!(is_out, least_outside(&ground, (min, max)) > 0);
    }

    #[test]
    fn ground_of_some_size_is_in_the_band_or_certified(
        seed in 0u64..1_000_000, cols in 5usize..20, rows in 5usize..14,
    ) {
        let ground = town(seed, cols, rows, 40);
        let aim = Aim::new(Count::Around { target: 400, min: 300, max: 500 });
        let division = divide(&ground, &aim, &Stop::default()).expect("any band is tried");
        check_whole(&ground, &division);
        prop_assert!(division.unproven.is_empty(), "{:?}", division.unproven);
    }

    /// What the search finds is never better than the best of all divisions, and mostly as good.
    #[test]
    fn the_search_never_beats_the_truth(seed in 0u64..1_000_000, parts in 2usize..5) {
        let ground = town(seed, 4, 3, 40);
        let (graph, _) = ground.graph(&Aim::new(Count::Exactly(parts)));
        prop_assume!(graph.pieces().len() == 1);
        let target = (graph.total() as f64 / parts as f64).max(1.0);
        let gauge = gauge::Gauge::even(parts, target, (0, i64::MAX), 0.01);
        let (truth, part) = exact::best(&graph, &gauge).expect("there is a division");
        prop_assert_eq!(truth, score::Score::new(&graph, &gauge, &part));
        let stop = Stop::default();
        let (n_threads, is_brief) = (1, false);
        let task =
            levels::Task { graph: &graph, gauge: &gauge, seed, n_threads, is_brief, stop: &stop };
        let found = score::Score::new(&graph, &gauge, &task.solve());
        prop_assert!(found >= truth);
        let best_cut = truth.excess as f64 + 1.0;
        prop_assert!(found.excess as f64 <= best_cut * 4.0 + 400_000.0, "{found:?} for {truth:?}");
    }

    /// A descent keeps parts whole and none empty, and never makes borders and strain together larger.
    #[test]
    fn a_descent_stays_whole_and_only_gains(seed in 0u64..1_000_000, parts in 2usize..9) {
        let ground = town(seed, 14, 11, 40);
        let graph = largest_piece(&ground);
        let parts = parts.min(graph.n_nodes());
        let mean = graph.total() as f64 / parts as f64;
        let gauge = Gauge::even(parts, mean.max(1.0), (0, i64::MAX), 0.01);
        let mut chance = Chance::fork(seed, 1);
        let start = tree::parts(&graph, parts, mean, &mut chance, &Stop::default());
        let mut walk = Walk::new(&graph, &gauge, start, vec![1; parts]);
        let price = |walk: &Walk<'_>| {
            let cut = graph.borders().filter(|&(a, b, _)| walk.part[a] != walk.part[b]);
            let cut: i64 = cut.map(|(_, _, cost)| cost).sum();
            let strain: f64 = (0..parts).map(|part| gauge.strain(part, walk.load[part])).sum();
            cut as f64 / graph.mean_cost() + 50.0 * strain
        };
        let before = price(&walk);
        walk.relax(50.0, &Stop::default());
        prop_assert!(price(&walk) <= before + 1e-6);
        for part in 0..parts as u32 {
            let nodes: Vec<u32> =
                (0..graph.n_nodes() as u32).filter(|&node| walk.part[node as usize] == part).collect();
            let mut place = vec![u32::MAX; graph.n_nodes()];
            prop_assert_eq!(graph.part(&nodes, &mut place).pieces().len(), 1);
        }
    }

    #[test]
    fn the_local_test_agrees_with_its_slow_twin(seed in 0u64..1_000_000, parts in 1usize..6) {
        let ground = town(seed, 9, 7, 40);
        let graph = ground.graph(&Aim::new(Count::Exactly(1))).0;
        agree(&graph, seed, parts);
        // A lake with many shores: more borders than a mask has bits.
        let n = graph.n_nodes() as u32;
        let mut borders: Vec<(u32, u32, i64)> =
            graph.borders().map(|(a, b, cost)| (a as u32, b as u32, cost)).collect();
        borders.extend((0..200).map(|at| (n, at % n, 1)));
        borders.extend((0..200).map(|at| (n, n + 1 + at, 1)));
        let lake = Graph::new(vec![1; n as usize + 201], borders);
        agree(&lake, seed, parts);
    }
}

/// The piece with most units.
fn largest_piece(ground: &Ground) -> Graph {
    let graph = ground.graph(&Aim::new(Count::Exactly(1))).0;
    let nodes = graph.pieces().into_iter().max_by_key(Vec::len).expect("there is ground");
    graph.part(&nodes, &mut vec![u32::MAX; graph.n_nodes()])
}

/// Walks at random and asks both tests at every node of every state.
fn agree(graph: &Graph, seed: u64, parts: usize) {
    let mut chance = Chance::fork(seed, 1);
    let mut contact = Contact::new(graph.n_nodes());
    let first = graph.pieces().remove(0);
    // One piece only, grown from random nodes.
    let mut part = vec![u32::MAX; graph.n_nodes()];
    for number in 0..parts {
        part[first[chance.below(first.len())] as usize] = number as u32;
    }
    for _ in 0..first.len() * 40 {
        let node = first[chance.below(first.len())] as usize;
        let neighbors = graph.neighbors(node);
        if part[node] == u32::MAX && !neighbors.is_empty() {
            part[node] = part[neighbors[chance.below(neighbors.len())] as usize];
        }
    }
    for node in 0..graph.n_nodes() {
        if part[node] != u32::MAX {
            let fast = contact.stays_whole(graph, &part, node);
            assert_eq!(fast, stays_whole_slowly(graph, &part, node), "node {node}");
        }
    }
}

fn line(weights: &[i64]) -> Ground {
    let border = |at: usize| Border {
        units: [at as u32 - 1, at as u32],
        length: Length(10_000),
        barrier: Barrier::None,
    };
    Ground {
        weights: weights.to_vec(),
        areas: vec![Area::from_square_meters(100.0); weights.len()],
        rims: vec![Length(20_000); weights.len()],
        borders: (1..weights.len()).map(border).collect(),
        bound: Vec::new(),
        served: Vec::new(),
    }
}

fn divided(ground: &Ground, count: Count) -> Result<Division, Impossible> {
    divide(ground, &Aim::new(count), &Stop::default())
}

fn reasons(division: &Division) -> Vec<(Reason, Vec<u32>)> {
    division.certificates.iter().map(|one| (one.reason, one.units.clone())).collect()
}

const BAND: Count = Count::Around { target: 400, min: 300, max: 500 };

#[test]
fn senseless_aims_are_refused() {
    let ground = line(&[5, 5]);
    assert_eq!(divided(&Ground::default(), BAND), Err(Impossible::NoUnits));
    assert_eq!(divided(&ground, Count::Exactly(0)), Err(Impossible::NoParts));
    let few = Impossible::TooFewUnits { units: 2, parts: 3 };
    assert_eq!(divided(&ground, Count::Exactly(3)), Err(few));
    for (target, min, max) in [(400, 500, 300), (0, 0, 5), (400, 450, 500), (400, 300, i64::MAX)] {
        let refused = Impossible::BadBand { target, min, max };
        assert_eq!(divided(&ground, Count::Around { target, min, max }), Err(refused));
    }
    for weight in [-1, i64::MAX] {
        let bad = Err(Impossible::BadWeight { unit: 1 });
        assert_eq!(divided(&line(&[5, weight]), Count::Exactly(1)), bad);
    }
}

#[test]
fn one_building_with_two_thousand_households_stands_alone() {
    let mut weights = vec![20; 60];
    weights[30] = 2_000;
    let division = divided(&line(&weights), BAND).expect("divided");
    assert_eq!(reasons(&division), [(Reason::Unit, vec![30])]);
    assert!(division.unproven.is_empty());
    let measures = measure(&line(&weights), &division.part, division.n_parts);
    let heaviest = measures.parts.iter().map(|part| part.weight).max();
    assert!(heaviest < Some(2_100), "{heaviest:?}");
}

#[test]
fn pockets_behind_a_heavy_unit_are_named_with_it() {
    let division = divided(&line(&[100, 450, 60, 400, 400]), BAND).expect("divided");
    assert_eq!(reasons(&division), [(Reason::Compound, vec![0, 1])]);
}

#[test]
fn islands_are_parts_of_their_own() {
    let mut ground = line(&[200, 200, 200, 200, 50]);
    ground.borders.pop();
    let division = divided(&ground, BAND).expect("divided");
    assert_eq!(division.n_parts, 3);
    assert_eq!(reasons(&division), [(Reason::Piece, vec![4])]);
    let pieces = Impossible::TooManyPieces { pieces: 2, parts: 1 };
    assert_eq!(divided(&ground, Count::Exactly(1)), Err(pieces));
}

#[test]
fn a_target_larger_than_the_city_is_one_part_with_a_reason() {
    let division =
        divided(&line(&[10; 40]), Count::Around { target: 9_000, min: 8_000, max: 9_999 });
    let division = division.expect("divided");
    assert_eq!(division.n_parts, 1);
    assert_eq!(reasons(&division), [(Reason::Piece, (0..40).collect())]);
}

#[test]
fn a_weight_between_two_counts_is_certified() {
    // In a ring, where nothing hangs on anything.
    let mut ground = line(&[55; 10]);
    ground.borders.push(Border { units: [0, 9], ..ground.borders[0] });
    let division = divided(&ground, BAND).expect("divided");
    assert_eq!(reasons(&division), [(Reason::Count, (0..10).collect())]);
}

#[test]
fn target_one_and_thousands_of_equal_weights() {
    let ground = town(5, 60, 50, 2);
    let ground = Ground { weights: vec![1; 3_000], ..ground };
    let pieces = n_pieces(&ground);
    let division = divided(&ground, Count::Around { target: 1, min: 1, max: 1 }).expect("divided");
    assert_eq!(division.n_parts, 3_000);
    assert!(division.certificates.is_empty());
    let parts = 30 + pieces;
    check_whole(&ground, &divided(&ground, Count::Exactly(parts)).expect("divided"));
}

#[test]
fn nothing_weighs_anything() {
    let ground = Ground { weights: vec![0; 300], ..town(8, 20, 15, 2) };
    let parts = 7 + n_pieces(&ground);
    check_whole(&ground, &divided(&ground, Count::Exactly(parts)).expect("divided"));
    let division = divided(&ground, BAND).expect("divided");
    assert!(division.certificates.iter().all(|one| one.reason == Reason::Piece));
    check_whole(&ground, &division);
}

#[test]
fn bound_units_stay_together_and_hard_barriers_are_not_crossed() {
    let mut ground = line(&[100; 12]);
    ground.bound = vec![vec![3, 4, 5], vec![9, 10]];
    let division = divided(&ground, Count::Exactly(4)).expect("divided");
    assert_eq!(division.part[3], division.part[5]);
    assert_eq!(division.part[9], division.part[10]);
    check_whole(&ground, &division);
    ground.borders[6].barrier = Barrier::Rail;
    let aim =
        Aim { hard: Barriers::named("rail").expect("a barrier"), ..Aim::new(Count::Exactly(4)) };
    let division = divide(&ground, &aim, &Stop::default()).expect("divided");
    assert_ne!(division.part[6], division.part[7]);
    // Only what is named: neither what is weaker nor what is stronger.
    for (name, is_hard) in [("water, road", false), ("lane,rail", true)] {
        let hard = Barriers::named(name).expect("barriers");
        let aim = Aim { hard, ..Aim::new(Count::Exactly(1)) };
        assert_eq!(divide(&ground, &aim, &Stop::default()).is_err(), is_hard, "{name}");
    }
    assert_eq!(Barriers::named("rail,smoke"), Err("smoke"));
    // A declared crossing beside the railway opens it again.
    let crossing = Border { units: [6, 7], length: Length::ZERO, barrier: Barrier::None };
    ground.borders.push(crossing);
    let aim =
        Aim { hard: Barriers::named("rail").expect("a barrier"), ..Aim::new(Count::Exactly(1)) };
    assert_eq!(divide(&ground, &aim, &Stop::default()).expect("divided").n_parts, 1);
}

#[test]
fn a_cancelled_or_late_search_ends() {
    let ground = town(3, 40, 40, 30);
    let parts = 6 + n_pieces(&ground);
    let flag = std::sync::atomic::AtomicBool::new(true);
    let stop = Stop { cancelled: Some(&flag), ..Stop::default() };
    let aim = Aim::new(Count::Exactly(parts));
    assert_eq!(divide(&ground, &aim, &stop), Err(Impossible::Cancelled));
    let stop = Stop { deadline: Some(std::time::Instant::now()), ..Stop::default() };
    let division = divide(&ground, &aim, &stop).expect("what there is");
    assert!(division.is_cut_short);
    check_whole(&ground, &division);
}

/// Keeps all it is shown.
#[derive(Default)]
struct Gallery(std::sync::Mutex<Vec<Sight>>);

impl Onlooker for Gallery {
    fn is_curious(&self) -> bool {
        true
    }

    fn look(&self, sight: Sight) {
        self.0.lock().expect("nobody panics with it").push(sight);
    }
}

#[test]
fn who_looks_on_sees_whole_divisions_get_better_and_changes_nothing() {
    let ground = town(3, 60, 50, 30);
    let n_pieces = n_pieces(&ground);
    let aim = Aim { n_threads: 2, ..Aim::new(Count::Exactly(12 + n_pieces)) };
    let gallery = Gallery::default();
    let stop = Stop { onlooker: Some(&gallery), ..Stop::default() };
    let division = divide(&ground, &aim, &stop).expect("divided");
    assert_eq!(Ok(&division), divide(&ground, &aim, &Stop::default()).as_ref());
    let sights = gallery.0.into_inner().expect("nobody panicked");
    assert!(sights.len() >= 6, "{}", sights.len());
    for sight in &sights {
        assert_eq!(sight.part.len(), ground.n_units());
        let is_seen = |part: &u32| *part == Sight::OPEN || (*part as usize) < sight.n_parts;
        assert!(sight.part.iter().all(is_seen));
        if sight.worth.0 == 0 {
            assert_eq!(measure(&ground, &sight.part, sight.n_parts).n_broken, 0);
        }
    }
    let mut worths: Vec<_> = sights.iter().map(|sight| sight.worth).collect();
    worths.sort_unstable();
    worths.dedup();
    assert!(worths.len() >= 3, "there is something to see: {worths:?}");
}

#[test]
fn an_ensemble_holds_different_whole_divisions_the_same_on_any_threads() {
    let ground = town(4, 20, 16, 40);
    let n_pieces = n_pieces(&ground);
    let aim = Aim { seed: 3, ..Aim::new(Count::Exactly(6 + n_pieces)) };
    let heard = std::sync::atomic::AtomicUsize::new(0);
    let counted = || {
        heard.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let any = |_: &Division| true;
    let one = ensemble::ensemble(&ground, &aim, 40, &Stop::default(), &any, &counted);
    let one = one.expect("divided");
    assert_eq!(heard.into_inner(), one.n_tried);
    let told = || ();
    let of = |n_threads: usize, seed: u64| {
        let aim = Aim { n_threads, seed, ..aim.clone() };
        ensemble::ensemble(&ground, &aim, 40, &Stop::default(), &any, &told).expect("divided")
    };
    assert_eq!(one, of(2, 3));
    assert_ne!(one.parts, of(2, 4).parts);
    assert_eq!((one.parts.len(), one.is_cut_short), (40, false));
    let mut parts = one.parts.clone();
    parts.sort_unstable();
    parts.dedup();
    assert_eq!(parts.len(), 40, "each counts once");
    for (part, figures) in one.parts.iter().zip(&one.figures) {
        let measures = measure(&ground, part, 6 + n_pieces);
        assert_eq!(measures.n_broken, 0);
        assert_eq!(*figures, ensemble::Figures::of(&measures));
    }
    // Three units in a row have two divisions into two parts, and no more.
    let aim = Aim::new(Count::Exactly(2));
    let few = ensemble::ensemble(&line(&[5, 5, 5]), &aim, 30, &Stop::default(), &any, &told);
    let few = few.expect("divided");
    assert!((1..=2).contains(&few.parts.len()) && few.n_tried == 90, "{few:?}");
    let flag = std::sync::atomic::AtomicBool::new(true);
    let stop = Stop { cancelled: Some(&flag), ..Stop::default() };
    let stopped = ensemble::ensemble(&ground, &aim, 30, &stop, &any, &told);
    assert_eq!(stopped, Err(Impossible::Cancelled));
    let stop = Stop { deadline: Some(std::time::Instant::now()), ..Stop::default() };
    let late =
        ensemble::ensemble(&ground, &aim, 30, &stop, &any, &told).expect("nothing is something");
    assert!(late.is_cut_short && late.parts.is_empty());
}

#[test]
fn an_ensemble_leaves_out_and_counts_what_nobody_may_draw() {
    let ground = town(4, 20, 16, 40);
    let aim = Aim { seed: 3, ..Aim::new(Count::Exactly(6 + n_pieces(&ground))) };
    // Any rule does here; this one refuses about a third.
    let may_draw = |part: &[u32]| part.iter().sum::<u32>() % 3 != 0;
    let rule = |division: &Division| may_draw(&division.part);
    let of = |n: usize| {
        ensemble::ensemble(&ground, &aim, n, &Stop::default(), &rule, &|| ()).expect("divided")
    };
    let found = of(12);
    assert!(found.n_left_out > 0, "the rule bites: {} of {}", found.n_left_out, found.n_tried);
    assert!(found.parts.iter().all(|part| may_draw(part)));
    assert_eq!(found.parts.len(), found.figures.len());
    assert!(found.n_left_out + found.parts.len() <= found.n_tried);
    assert_eq!(found.parts.len(), 12, "others were sought in their place");
    let none = |_: &Division| false;
    let bare = ensemble::ensemble(&ground, &aim, 5, &Stop::default(), &none, &|| ());
    let bare = bare.expect("divided");
    assert_eq!((bare.parts.len(), bare.n_tried, bare.is_cut_short), (0, 15, false));
    assert!((1..=15).contains(&bare.n_left_out));
}
