//! How many parts each piece of ground gets: pieces that do not touch cannot share a part.
//!
//! **Why** by search over the deviation and not seat by seat: the smallest deviation that leaves a count
//! to every piece is at once the allotment and the proof that none is better.

/// A piece of connected ground.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub weight: i64,
    pub n_nodes: usize,
}

/// Counts for each piece that add up to `n_parts`, and the smallest share of the mean by which the mean
/// part of some piece is off, whatever the counts. `None` when there are not enough parts or nodes.
pub(super) fn allotted(pieces: &[Piece], n_parts: usize) -> Option<(Vec<usize>, f64)> {
    let n_nodes: usize = pieces.iter().map(|piece| piece.n_nodes).sum();
    if n_parts < pieces.len() || n_parts > n_nodes || pieces.is_empty() {
        return None;
    }
    let total: i64 = pieces.iter().map(|piece| piece.weight).sum();
    if total <= 0 {
        return Some((spread(pieces, &ranges(pieces, 0.0, f64::INFINITY)?, n_parts)?, 0.0));
    }
    let mean = total as f64 / n_parts as f64;
    let fits = |off: f64| {
        let ranges = ranges(pieces, mean, off)?;
        let fewest: usize = ranges.iter().map(|range| range.0).sum();
        let most: usize = ranges.iter().map(|range| range.1).sum();
        (fewest <= n_parts && n_parts <= most).then_some(ranges)
    };
    // Off by more than everything there is, any count fits.
    let (mut low, mut high) = (0.0, n_parts as f64 + 1.0);
    if fits(0.0).is_some() {
        high = 0.0;
    }
    for _ in 0..60 {
        let middle = (low + high) / 2.0;
        if fits(middle).is_some() { high = middle } else { low = middle }
    }
    let counts = spread(pieces, &fits(high)?, n_parts)?;
    Some((counts, low))
}

/// Fewest and most parts of each piece when none may be off by more than `off` on average.
fn ranges(pieces: &[Piece], mean: f64, off: f64) -> Option<Vec<(usize, usize)>> {
    let range = |piece: &Piece| {
        let weight = piece.weight as f64;
        // A hair's breadth, so that whole quotients stay whole.
        let fewest = (weight / (mean * (1.0 + off)) - 1e-9).ceil().max(1.0);
        let most = if off >= 1.0 { f64::INFINITY } else { weight / (mean * (1.0 - off)) + 1e-9 };
        let fewest = if fewest.is_finite() { fewest as usize } else { 1 };
        let most = if most < piece.n_nodes as f64 { most as usize } else { piece.n_nodes };
        (fewest <= most).then_some((fewest, most))
    };
    pieces.iter().map(range).collect()
}

/// Each piece its fewest, then one more to whoever has the heaviest parts, while there are any.
fn spread(pieces: &[Piece], ranges: &[(usize, usize)], n_parts: usize) -> Option<Vec<usize>> {
    let mut counts: Vec<usize> = ranges.iter().map(|range| range.0).collect();
    let mut n_left = n_parts.checked_sub(counts.iter().sum())?;
    while n_left > 0 {
        let open = (0..pieces.len()).filter(|&at| counts[at] < ranges[at].1);
        let mean = |at: usize| pieces[at].weight as f64 / counts[at] as f64;
        let next = open.max_by(|&a, &b| mean(a).total_cmp(&mean(b)).then(b.cmp(&a)))?;
        counts[next] += 1;
        n_left -= 1;
    }
    Some(counts)
}

/// How many parts a piece of this weight gets, aiming at `target` within the band, and whether any count
/// can keep the band on average. Always at least 1 and at most `n_nodes`.
pub(super) fn count_for(piece: Piece, target: i64, band: (i64, i64)) -> (usize, bool) {
    let weight = piece.weight as f64;
    let fewest = (piece.weight + band.1 - 1).div_euclid(band.1.max(1)).max(1);
    let most = if band.0 > 0 { piece.weight / band.0 } else { piece.n_nodes as i64 };
    let most = most.min(piece.n_nodes as i64);
    let wanted = (weight / target.max(1) as f64).round() as i64;
    if fewest <= most {
        return (wanted.clamp(fewest, most) as usize, true);
    }
    // Too heavy for one count and too light for the next: the lesser evil.
    let outside = |count: i64| {
        let mean = weight / count as f64;
        (band.0 as f64 - mean).max(mean - band.1 as f64) * count as f64
    };
    let counts = [most.max(1), fewest.min(piece.n_nodes as i64).max(1)];
    let best = counts.into_iter().min_by(|&a, &b| outside(a).total_cmp(&outside(b)));
    (best.expect("two counts") as usize, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(weights: &[i64]) -> Vec<Piece> {
        weights.iter().map(|&weight| Piece { weight, n_nodes: 50 }).collect()
    }

    #[test]
    fn pieces_get_what_they_weigh() {
        let (counts, off) = allotted(&pieces(&[100, 300, 200]), 6).expect("fits");
        assert_eq!((counts, off), (vec![1, 3, 2], 0.0));
        let (counts, off) = allotted(&pieces(&[150, 150]), 3).expect("fits");
        assert_eq!(counts.iter().sum::<usize>(), 3);
        assert!((off - 0.5).abs() < 1e-6, "one of two has 150 where 100 is the mean: {off}");
        assert_eq!(allotted(&pieces(&[1, 1, 1]), 2), None, "more pieces than parts");
        let (counts, off) = allotted(&pieces(&[0, 100]), 2).expect("fits");
        assert_eq!(counts, [1, 1]);
        assert!((off - 1.0).abs() < 1e-6, "an empty island is a part of its own: {off}");
        assert_eq!(allotted(&pieces(&[0, 0]), 5).expect("fits").0.iter().sum::<usize>(), 5);
    }

    /// The allotment against every other one.
    #[test]
    fn no_other_counts_are_nearer() {
        let mut chance = crate::divide::chance::Chance::fork(3, 0);
        for _ in 0..200 {
            let weights: Vec<i64> = (0..3).map(|_| chance.below(400) as i64).collect();
            let n_parts = 3 + chance.below(8);
            let total: i64 = weights.iter().sum();
            if total == 0 {
                continue;
            }
            let mean = total as f64 / n_parts as f64;
            let off = |counts: &[usize]| {
                let each = weights.iter().zip(counts);
                let each = each.map(|(&weight, &n)| (weight as f64 / n as f64 - mean).abs() / mean);
                each.fold(0.0, f64::max)
            };
            let (counts, bound) = allotted(&pieces(&weights), n_parts).expect("fits");
            let mut best = f64::INFINITY;
            for a in 1..n_parts {
                for b in 1..n_parts - a {
                    best = best.min(off(&[a, b, n_parts - a - b]));
                }
            }
            assert!((off(&counts) - best).abs() < 1e-6, "{weights:?} into {n_parts}: {counts:?}");
            assert!(bound <= best + 1e-6);
        }
    }

    #[test]
    fn counts_keep_the_band_where_they_can() {
        let piece = |weight| Piece { weight, n_nodes: 100 };
        assert_eq!(count_for(piece(2_000), 400, (300, 500)), (5, true));
        assert_eq!(count_for(piece(550), 400, (300, 500)), (1, false));
        assert_eq!(count_for(piece(599), 400, (300, 500)), (2, false));
        assert_eq!(count_for(piece(120), 400, (300, 500)), (1, false));
        assert_eq!(count_for(piece(0), 400, (300, 500)), (1, false));
        assert_eq!(count_for(Piece { weight: 9, n_nodes: 3 }, 1, (1, 1)), (3, false));
    }
}
