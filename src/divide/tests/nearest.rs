//! Small ground is divided as evenly as can be, and the bound says so.

use super::*;

/// How far the worst of `n_parts` stretches of a row must be from their mean: all ways to cut it, by dynamic
/// programming.
fn least_off(weights: &[i64], n_parts: usize) -> f64 {
    let mean = weights.iter().sum::<i64>() as f64 / n_parts as f64;
    let n = weights.len();
    let mut least = vec![f64::INFINITY; n + 1];
    least[0] = 0.0;
    for _ in 0..n_parts {
        let mut next = vec![f64::INFINITY; n + 1];
        for (from, &held) in least.iter().enumerate() {
            let mut load = 0;
            for to in from + 1..=n {
                load += weights[to - 1];
                next[to] = next[to].min(held.max((load as f64 - mean).abs()));
            }
        }
        least = next;
    }
    least[n]
}

#[test]
fn a_row_of_units_is_divided_as_evenly_as_can_be_and_that_is_proven() {
    let mut chance = Chance::fork(31, 0);
    for round in 0..24 {
        let (n, n_parts) = (14 + round, 2 + round % 5);
        let weights: Vec<i64> = (0..n).map(|_| 1 + chance.below(60) as i64).collect();
        let ground = line(&weights);
        let aim = Aim { slack: Some(0.0), ..Aim::new(Count::Exactly(n_parts)) };
        let division = divide(&ground, &aim, &Stop::default()).expect("a row can be cut");
        check_whole(&ground, &division);
        let mean = ground.weights.iter().sum::<i64>() as f64 / n_parts as f64;
        let truth = least_off(&ground.weights, n_parts) / mean;
        let found = measure(&ground, &division.part, n_parts).deviation_max;
        assert!((found - truth).abs() < 1e-9, "{n} into {n_parts}: {found} and not {truth}");
        assert!((division.bound - truth).abs() < 1e-9, "{} is not {truth}", division.bound);
    }
}
