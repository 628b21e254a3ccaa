//! From ground and aim to a division: pieces, compounds, counts, the search, and the proof beside it.

use super::aim::{Aim, Count, Impossible};
use super::exact;
use super::gauge::Gauge;
use super::graph::Graph;
use super::ground::{Ground, HEAVIEST};
use super::levels::Task;
use super::proof::{compounds, least_deviation};
use super::share::{Piece, allotted, count_for};
use super::watch::{Onlooker, Relay, Sight, Stop};

/// Connected sets looked at to find a more even division of small ground, or to prove that there is none.
const STEPS: usize = 400_000;

/// A division, and how good it can be.
#[derive(Clone, Debug, PartialEq)]
pub struct Division {
    /// Part of each unit, 0 to `n_parts` - 1 in the order of their first units.
    pub part: Vec<u32>,
    pub n_parts: usize,
    /// Share of the mean by which some part is off in every division into as many parts.
    pub bound: f64,
    /// Why the band cannot be kept everywhere. Proven: each can be checked by hand.
    pub certificates: Vec<Certificate>,
    /// Parts outside the band that no certificate explains: none was found in it, which proves nothing.
    pub unproven: Vec<u32>,
    /// The limit in time ended the search early.
    pub is_cut_short: bool,
}

/// Why some ground cannot be divided as asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    pub reason: Reason,
    /// Units concerned, ascending.
    pub units: Vec<u32>,
    pub weight: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// One unit, or units bound together, heavier than the most a part may weigh.
    Unit,
    /// Pockets too light for themselves hang on ground that is too heavy with them.
    Compound,
    /// A piece that touches nothing else is lighter than the least a part may weigh.
    Piece,
    /// A piece too heavy for so many parts and too light for one more.
    Count,
    /// All divisions were looked at, and none keeps the band.
    Exhausted,
}

impl Reason {
    pub const ALL: [Self; 5] =
        [Self::Unit, Self::Compound, Self::Piece, Self::Count, Self::Exhausted];

    /// One of `issue::CODES`.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unit => "divide.unit",
            Self::Compound => "divide.compound",
            Self::Piece => "divide.piece",
            Self::Count => "divide.count",
            Self::Exhausted => "divide.exhausted",
        }
    }
}

/// Divides `ground` as `aim` says. Deterministic for a seed on any number of threads, unless cut short.
///
/// Cost: some hundred moves of 70 ns for each unit beside another part, at each level of coarseness. Fails only where no division exists, or when cancelled.
pub fn divide(ground: &Ground, aim: &Aim, stop: &Stop<'_>) -> Result<Division, Impossible> {
    ground.check()?;
    check(aim)?;
    let (graph, node_of) = ground.graph(aim);
    let pieces: Vec<Work> = pieces(&graph, aim);
    let measured: Vec<Piece> = pieces.iter().map(Work::piece).collect();
    let n_nodes = graph.n_nodes();
    let counts = match aim.count {
        Count::Exactly(0) => return Err(Impossible::NoParts),
        Count::Exactly(parts) if parts > n_nodes => {
            return Err(Impossible::TooFewUnits { units: n_nodes, parts });
        }
        Count::Exactly(parts) => {
            let counts = allotted(&measured, parts).map(|(counts, _)| counts);
            let counts = counts.ok_or(Impossible::TooManyPieces { pieces: pieces.len(), parts })?;
            counts.into_iter().map(|count| vec![count]).collect()
        }
        Count::Around { target, min, max } => {
            let counts = pieces.iter().map(|work| work.counts(target, (min, max)));
            counts.collect::<Vec<Vec<usize>>>()
        }
    };
    let mut found = Found { node_part: vec![Sight::OPEN; n_nodes], ..Found::default() };
    for (number, (work, counts)) in pieces.iter().zip(&counts).enumerate() {
        if stop.is_cancelled() {
            return Err(Impossible::Cancelled);
        }
        let n_open = pieces.len() - number - 1;
        let relay = stop.onlooker.map(|to| work.relay(to, &node_of, &found, n_open));
        let onlooker = relay.as_ref().map(|relay| relay as &dyn Onlooker);
        work.solve(counts, aim, number as u64, &Stop { onlooker, ..*stop }, &mut found);
    }
    let n_parts = found.n_parts as usize;
    let mut bound = least_deviation(&graph.weights, n_parts);
    bound = bound.max(allotted(&measured, n_parts).map_or(0.0, |(_, bound)| bound));
    if pieces.len() == 1 {
        bound = bound.max(found.least);
    }
    if stop.is_cancelled() {
        return Err(Impossible::Cancelled);
    }
    let part: Vec<u32> = node_of.iter().map(|&node| found.node_part[node as usize]).collect();
    let certificates = found.reasons.iter().map(|(reason, nodes)| {
        let is_named = |unit: &u32| nodes.binary_search(&node_of[*unit as usize]).is_ok();
        let units: Vec<u32> = (0..ground.n_units() as u32).filter(is_named).collect();
        let weight = units.iter().map(|&unit| ground.weights[unit as usize]).sum();
        Certificate { reason: *reason, units, weight }
    });
    let certificates = certificates.collect();
    let division = Division {
        part,
        n_parts,
        bound,
        certificates,
        unproven: found.unproven,
        is_cut_short: stop.is_late(),
    };
    Ok(in_order(division))
}

fn check(aim: &Aim) -> Result<(), Impossible> {
    match aim.count {
        Count::Around { target, min, max }
            if target < 1 || min < 0 || min > target || max < target || max > HEAVIEST =>
        {
            Err(Impossible::BadBand { target, min, max })
        }
        _ => Ok(()),
    }
}

/// Numbers parts by their first units.
fn in_order(mut division: Division) -> Division {
    let mut number = vec![u32::MAX; division.n_parts];
    let mut next = 0;
    for part in &mut division.part {
        let number = &mut number[*part as usize];
        if *number == u32::MAX {
            *number = next;
            next += 1;
        }
        *part = *number;
    }
    for part in &mut division.unproven {
        *part = number[*part as usize];
    }
    division.unproven.sort_unstable();
    division
}

/// What has been found so far, by nodes of the whole graph.
#[derive(Default)]
struct Found {
    node_part: Vec<u32>,
    n_parts: u32,
    reasons: Vec<(Reason, Vec<u32>)>,
    /// Parts out of band without a reason.
    unproven: Vec<u32>,
    /// Smallest deviation of the piece looked at last, where all its divisions were looked at.
    least: f64,
}

/// One connected piece of the graph, its compounds joined.
struct Work {
    /// Nodes of the whole graph.
    nodes: Vec<u32>,
    /// The compound of each, and the graph of compounds.
    group_of: Vec<u32>,
    graph: Graph,
}

fn pieces(graph: &Graph, aim: &Aim) -> Vec<Work> {
    let least = band(aim).0;
    let mut place = vec![u32::MAX; graph.n_nodes()];
    let works = graph.pieces().into_iter().map(|nodes| {
        let piece = graph.part(&nodes, &mut place);
        let (group_of, n_groups) = compounds(&piece, least);
        let graph = piece.contracted(&group_of, n_groups);
        Work { nodes, group_of, graph }
    });
    works.collect()
}

impl Work {
    fn piece(&self) -> Piece {
        Piece { weight: self.graph.total(), n_nodes: self.graph.n_nodes() }
    }

    /// Compounds heavier than a part may be, each of which is a part of its own.
    fn giants(&self, most: i64) -> impl Iterator<Item = usize> + '_ {
        (0..self.graph.n_nodes()).filter(move |&node| self.graph.weights[node] > most)
    }

    /// How many parts this piece may get, the count nearest to the target first.
    fn counts(&self, target: i64, band: (i64, i64)) -> Vec<usize> {
        let (first, keeps) = self.counted(target, band);
        let mut counts = vec![first];
        if keeps && self.giants(band.1).next().is_none() {
            let weight = self.graph.total();
            let fewest = (weight + band.1 - 1).div_euclid(band.1).max(1) as usize;
            let most = if band.0 > 0 { weight / band.0 } else { i64::MAX };
            let most = most.min(self.graph.n_nodes() as i64) as usize;
            // A few are enough for the search; where all divisions are looked at, all counts are.
            let far = if self.graph.n_nodes() <= exact::MOST { exact::MOST } else { 1 };
            for step in 1..=far {
                counts.extend((first + step <= most).then(|| first + step));
                counts.extend(first.checked_sub(step).filter(|&count| count >= fewest));
            }
        }
        counts
    }

    fn counted(&self, target: i64, band: (i64, i64)) -> (usize, bool) {
        let giants: Vec<usize> = self.giants(band.1).collect();
        let heavy: i64 = giants.iter().map(|&node| self.graph.weights[node]).sum();
        let rest = Piece {
            weight: self.graph.total() - heavy,
            n_nodes: self.graph.n_nodes() - giants.len(),
        };
        if !giants.is_empty() && (rest.n_nodes == 0 || rest.weight < band.0.max(1)) {
            return (giants.len(), true);
        }
        let (count, keeps) = count_for(rest, target, band);
        (giants.len() + count, keeps)
    }

    /// This piece shown as part of the whole ground.
    fn relay<'a>(
        &'a self,
        to: &'a dyn Onlooker,
        node_of: &'a [u32],
        found: &Found,
        n_open: usize,
    ) -> Relay<'a> {
        let (done, n_parts) = (found.node_part.clone(), found.n_parts);
        Relay { to, node_of, done, n_parts, nodes: &self.nodes, group_of: &self.group_of, n_open }
    }

    /// Divides this piece into the first of `counts` that keeps the band, and writes it down.
    fn solve(&self, counts: &[usize], aim: &Aim, number: u64, stop: &Stop<'_>, found: &mut Found) {
        let mut reasons = self.reasons(aim);
        let mut best: Option<(i64, usize, Vec<u32>)> = None;
        for &n_parts in counts {
            let (part, least) = self.divided(n_parts, aim, number, stop);
            let outside = self.outside(&part, n_parts, aim);
            let sum = outside.iter().map(|&(_, by)| by).sum();
            if best.as_ref().is_none_or(|(held, _, _)| sum < *held) {
                best = Some((sum, n_parts, part));
                found.least = least;
            }
            if sum == 0 || !reasons.is_empty() || stop.is_due() {
                break;
            }
        }
        let (sum, n_parts, part) = best.expect("at least one count");
        for (&node, &group) in self.nodes.iter().zip(&self.group_of) {
            found.node_part[node as usize] = found.n_parts + part[group as usize];
        }
        let is_heavy = |reason: Reason| matches!(reason, Reason::Unit | Reason::Compound);
        if sum > 0 && reasons.iter().all(|&(reason, _)| is_heavy(reason)) {
            // What is too heavy explains its own part only.
            let outside = self.outside(&part, n_parts, aim).into_iter();
            let giants: Vec<u32> = self.giants(band(aim).1).map(|giant| part[giant]).collect();
            let open: Vec<u32> =
                outside.map(|(part, _)| part).filter(|part| !giants.contains(part)).collect();
            if !open.is_empty() && self.graph.n_nodes() <= exact::MOST && !aim.is_brief {
                reasons.push((Reason::Exhausted, self.nodes.clone()));
            } else {
                found.unproven.extend(open.iter().map(|part| found.n_parts + part));
            }
        }
        found.reasons.append(&mut reasons);
        found.n_parts += n_parts as u32;
    }

    /// The best division found into `n_parts`, and the smallest deviation there is, where that is known.
    fn divided(&self, n_parts: usize, aim: &Aim, number: u64, stop: &Stop<'_>) -> (Vec<u32>, f64) {
        let slack = aim.slack.unwrap_or_else(|| self.slack(n_parts));
        if self.graph.n_nodes() <= exact::MOST && !aim.is_brief {
            let target = (self.graph.total() as f64 / n_parts as f64).max(1.0);
            let gauge = Gauge::even(n_parts, target, band(aim), slack);
            let best = exact::best(&self.graph, &gauge);
            let (score, part) = best.expect("a connected graph with enough nodes has a division");
            // Where stations come before balance, a more even division may have been passed over.
            let is_asked = !self.graph.reach.is_empty();
            let is_bound = matches!(aim.count, Count::Exactly(_)) && score.excess > 0 && !is_asked;
            // The excess was rounded up by less than a millionth.
            let least = slack + (score.excess - 1) as f64 / 1e6;
            return (part, if is_bound { least } else { 0.0 });
        }
        let (graph, target) = self.capped(n_parts, slack);
        let gauge = Gauge::even(n_parts, target, band(aim), slack);
        let seed = aim.seed ^ number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let Aim { n_threads, is_brief, .. } = *aim;
        let task = Task { graph: &graph, gauge: &gauge, seed, n_threads, is_brief, stop };
        let part = task.solve();
        // Where stations come before balance, or time is short, nothing is asked.
        let is_small = self.graph.n_nodes() <= exact::WIDEST && self.graph.reach.is_empty();
        if !is_small || is_brief || stop.is_due() {
            return (part, 0.0);
        }
        self.nearest(part, n_parts, aim, &task)
    }

    /// `part`, or a more even division as long as one is found in some steps; and where there is none, the
    /// deviation below which no division comes.
    fn nearest(
        &self,
        mut part: Vec<u32>,
        n_parts: usize,
        aim: &Aim,
        task: &Task<'_>,
    ) -> (Vec<u32>, f64) {
        let mean = self.graph.total() as f64 / n_parts as f64;
        let mut n_steps = STEPS;
        loop {
            let mut load = vec![0; n_parts];
            for (node, &mine) in part.iter().enumerate() {
                load[mine as usize] += self.graph.weights[node];
            }
            let off = load.iter().map(|&load| (load as f64 - mean).abs()).fold(0.0, f64::max);
            if off <= task.gauge.slack * mean {
                return (part, 0.0);
            }
            let nearer = (mean - off).floor() as i64 + 1..=(mean + off).ceil() as i64 - 1;
            match exact::within(&self.graph, n_parts, nearer, &mut n_steps) {
                exact::Verdict::Found(other) => match task.better(other, &part) {
                    Some(other) => part = other,
                    None => return (part, 0.0),
                },
                // What splits a compound leaves a part lighter than the band asks.
                exact::Verdict::Impossible => {
                    let least = band(aim).0 as f64;
                    let split = if least > 0.0 { mean - least } else { f64::INFINITY };
                    return (part, off.min(split).max(0.0) / mean);
                }
                exact::Verdict::Unknown => return (part, 0.0),
            }
        }
    }

    /// Within which parts count as balanced: less than half a usual unit is not worth a longer border.
    fn slack(&self, n_parts: usize) -> f64 {
        let n_heavy = self.graph.weights.iter().filter(|&&weight| weight > 0).count();
        (0.45 * n_parts as f64 / n_heavy.max(1) as f64).clamp(0.01, 0.025)
    }

    /// Parts out of band and by how much.
    fn outside(&self, part: &[u32], n_parts: usize, aim: &Aim) -> Vec<(u32, i64)> {
        let mut load = vec![0; n_parts];
        for (node, &mine) in part.iter().enumerate() {
            load[mine as usize] += self.graph.weights[node];
        }
        let (min, max) = band(aim);
        let by = |load: i64| (min - load).max(load - max).max(0);
        (0..).zip(load).map(|(part, load)| (part, by(load))).filter(|&(_, by)| by > 0).collect()
    }

    /// The graph with nodes too heavy for any part made as heavy as a part should be, so that they stand
    /// alone and the rest is shared out evenly; and what a part should weigh then.
    fn capped(&self, n_parts: usize, slack: f64) -> (Graph, f64) {
        let mut graph = self.graph.clone();
        let mut heavy: Vec<usize> = (0..graph.n_nodes()).collect();
        heavy.sort_unstable_by_key(|&node| (std::cmp::Reverse(graph.weights[node]), node));
        let (mut rest, mut n_left) = (graph.total(), n_parts as i64);
        let mut n_giants = 0;
        for &node in &heavy {
            if n_left <= 1 || graph.weights[node] * n_left <= rest {
                break;
            }
            rest -= graph.weights[node];
            n_left -= 1;
            n_giants += 1;
        }
        let target = rest as f64 / n_left as f64;
        for &node in &heavy[..n_giants] {
            // At the upper end of what counts as balanced: nothing more goes to it for nothing.
            graph.weights[node] = (target * (1.0 + slack)).floor() as i64;
        }
        (graph, target.max(1.0))
    }

    /// What makes the band impossible here, as nodes of the whole graph.
    fn reasons(&self, aim: &Aim) -> Vec<(Reason, Vec<u32>)> {
        let Count::Around { target, min, max } = aim.count else { return Vec::new() };
        let mut reasons = Vec::new();
        for giant in self.giants(max) {
            let mine = self.nodes.iter().zip(&self.group_of);
            let mine = mine.filter(|&(_, &group)| group as usize == giant);
            let nodes: Vec<u32> = mine.map(|(&node, _)| node).collect();
            let reason = if nodes.len() == 1 { Reason::Unit } else { Reason::Compound };
            reasons.push((reason, nodes));
        }
        if self.graph.total() < min {
            reasons.push((Reason::Piece, self.nodes.clone()));
        } else if reasons.is_empty() && !self.counted(target, (min, max)).1 {
            reasons.push((Reason::Count, self.nodes.clone()));
        }
        reasons
    }
}

/// Least and most a part may weigh.
fn band(aim: &Aim) -> (i64, i64) {
    match aim.count {
        Count::Exactly(_) => (0, i64::MAX),
        Count::Around { min, max, .. } => (min, max),
    }
}
