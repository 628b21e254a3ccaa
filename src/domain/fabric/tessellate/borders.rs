//! Borders between the sites nearest to each place: Voronoi edges of their points, joined and thinned.
//!
//! The only file that names `spade`. Edges between points of one site are left out; what remains runs from
//! one place where three sites meet to the next, and is thinned between them.

use std::collections::HashMap;

use spade::{DelaunayTriangulation, HasPosition, Point2, Triangulation};

use super::Sample;

/// Metres a thinned border may lie off the true one.
const THIN: f64 = 0.3;
/// Metres beyond which a border is of no use to any enclosure.
const FAR: f64 = 100_000.0;

impl HasPosition for Sample {
    type Scalar = f64;
    fn position(&self) -> Point2<f64> {
        Point2::new(self.place[0], self.place[1])
    }
}

/// Lines between the sites, perhaps far beyond them. Empty for fewer than two.
pub(super) fn borders(points: &[Sample]) -> Vec<Vec<[f64; 2]>> {
    // Places are finite and apart, so nothing is refused; without an answer there is no border.
    let Ok(triangles) = DelaunayTriangulation::<Sample>::bulk_load_stable(points.to_vec()) else {
        return Vec::new();
    };
    let mut graph = Graph::default();
    for edge in triangles.undirected_edges() {
        let [one, two] = edge.vertices().map(|vertex| *vertex.data());
        if one.site == two.site {
            continue;
        }
        let halves = [edge.as_directed(), edge.as_directed().rev()];
        let centers = halves.map(|half| {
            let face = half.face().as_inner()?;
            let center = face.circumcenter();
            Some((face.fix().index(), [center.x, center.y]))
        });
        // The left of a half without a triangle is open ground: the border goes on and on.
        let [left, right] = [0, 1].map(|i| match centers[i] {
            Some((face, place)) => graph.node(face, place),
            None => {
                let start = centers[1 - i].map_or_else(|| middle(one, two), |(_, place)| place);
                let [from, to] = if i == 0 { [one, two] } else { [two, one] };
                graph.end(outward(start, from, to))
            }
        });
        graph.add(left, right);
    }
    graph.chains().into_iter().map(|chain| thinned(&chain)).collect()
}

fn middle(one: Sample, two: Sample) -> [f64; 2] {
    [(one.place[0] + two.place[0]) / 2.0, (one.place[1] + two.place[1]) / 2.0]
}

/// A place far at the left of `one` → `two`.
fn outward(start: [f64; 2], one: Sample, two: Sample) -> [f64; 2] {
    let (dx, dy) = (two.place[0] - one.place[0], two.place[1] - one.place[1]);
    let length = (dx * dx + dy * dy).sqrt();
    [start[0] - dy / length * FAR, start[1] + dx / length * FAR]
}

/// Places joined by pieces of borders.
#[derive(Default)]
struct Graph {
    places: Vec<[f64; 2]>,
    number_of_face: HashMap<usize, u32>,
    edges: Vec<[u32; 2]>,
}

impl Graph {
    fn node(&mut self, face: usize, place: [f64; 2]) -> u32 {
        let next = self.places.len() as u32;
        let number = *self.number_of_face.entry(face).or_insert(next);
        if number == next {
            self.places.push(place);
        }
        number
    }

    fn end(&mut self, place: [f64; 2]) -> u32 {
        self.places.push(place);
        self.places.len() as u32 - 1
    }

    fn add(&mut self, one: u32, two: u32) {
        self.edges.push([one, two]);
    }

    /// Runs between places where other than two pieces meet, then what is left: rings.
    fn chains(&self) -> Vec<Vec<[f64; 2]>> {
        let mut around: Vec<Vec<u32>> = vec![Vec::new(); self.places.len()];
        for (edge_idx, ends) in self.edges.iter().enumerate() {
            ends.iter().for_each(|&end| around[end as usize].push(edge_idx as u32));
        }
        let mut is_used = vec![false; self.edges.len()];
        let mut chains = Vec::new();
        for wants_fork in [true, false] {
            for start in 0..self.places.len() {
                if (around[start].len() != 2) != wants_fork {
                    continue;
                }
                for &first in &around[start] {
                    if is_used[first as usize] {
                        continue;
                    }
                    let mut chain = vec![self.places[start]];
                    let (mut edge, mut at) = (first, start as u32);
                    loop {
                        is_used[edge as usize] = true;
                        let [one, two] = self.edges[edge as usize];
                        at = if one == at { two } else { one };
                        chain.push(self.places[at as usize]);
                        let here = &around[at as usize];
                        if here.len() != 2 || at as usize == start {
                            break;
                        }
                        edge = if here[0] == edge { here[1] } else { here[0] };
                    }
                    chains.push(chain);
                }
            }
        }
        chains
    }
}

/// The chain with as few places as lie within [`THIN`] of all; a ring keeps at least its farthest place.
/// Source: Douglas and Peucker, 1973.
fn thinned(chain: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let last = chain.len() - 1;
    let mut is_kept = vec![false; chain.len()];
    is_kept[0] = true;
    is_kept[last] = true;
    let mut open = vec![(0, last)];
    while let Some((from, to)) = open.pop() {
        let farthest = (from + 1..to)
            .map(|at| (off(chain[at], chain[from], chain[to]), at))
            .max_by(|one, two| one.0.total_cmp(&two.0).then(two.1.cmp(&one.1)));
        if let Some((far, at)) = farthest
            && far > THIN
        {
            is_kept[at] = true;
            open.extend([(from, at), (at, to)]);
        }
    }
    chain.iter().zip(is_kept).filter(|(_, kept)| *kept).map(|(&place, _)| place).collect()
}

/// Metres from `place` to the segment.
fn off(place: [f64; 2], a: [f64; 2], b: [f64; 2]) -> f64 {
    let (ex, ey) = (b[0] - a[0], b[1] - a[1]);
    let (px, py) = (place[0] - a[0], place[1] - a[1]);
    let length_2 = ex * ex + ey * ey;
    let along = if length_2 > 0.0 { ((ex * px + ey * py) / length_2).clamp(0.0, 1.0) } else { 0.0 };
    let (dx, dy) = (px - along * ex, py - along * ey);
    (dx * dx + dy * dy).sqrt()
}
