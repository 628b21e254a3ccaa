//! Stations within reach: which of them the households of a unit can walk to, and whom a part leaves
//! without the station the rest of it shares.
//!
//! A part shares the station that reaches most of its households; those it does not reach, though
//! another station does, are missed. Households no station reaches are nobody's fault and not counted.
//!
//! **Why** one station for a part and not any: a grid whose east end goes to one hall and whose west end
//! to another shares neither (资源相通). **Why** the walk keeps that station fixed for some thousand moves:
//! what a move costs is then one subtraction; what a division misses is always counted anew.

/// The households of one unit and the stations they can walk to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Served {
    /// Those that reach a station at all.
    pub households: i64,
    /// Station and how many of them reach it, by station; nobody is counted twice for one station.
    pub by: Vec<(u32, i64)>,
}

/// The same for the nodes of a graph, in rows. Empty: nobody asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Reach {
    n_stations: usize,
    starts: Vec<u32>,
    by: Vec<(u32, i64)>,
    households: Vec<i64>,
}

impl Reach {
    /// Units joined to nodes. `served` is as long as `node_of`, or empty.
    pub fn new(served: &[Served], node_of: &[u32], n_nodes: usize) -> Self {
        if served.is_empty() {
            return Self::default();
        }
        let mut rows: Vec<(u32, u32, i64)> = Vec::new();
        let mut households = vec![0; n_nodes];
        for (served, &node) in served.iter().zip(node_of) {
            households[node as usize] += served.households;
            rows.extend(served.by.iter().map(|&(station, n)| (node, station, n)));
        }
        Self::of_rows(rows, households)
    }

    /// `rows`: node, station, households. Stations are numbered anew by those that occur.
    fn of_rows(mut rows: Vec<(u32, u32, i64)>, households: Vec<i64>) -> Self {
        rows.sort_unstable();
        rows.dedup_by(|next, kept| {
            let is_same = (next.0, next.1) == (kept.0, kept.1);
            if is_same {
                kept.2 += next.2;
            }
            is_same
        });
        let mut stations: Vec<u32> = rows.iter().map(|row| row.1).collect();
        stations.sort_unstable();
        stations.dedup();
        let mut starts = vec![0; households.len() + 1];
        for row in &rows {
            starts[row.0 as usize + 1] += 1;
        }
        for node in 0..households.len() {
            starts[node + 1] += starts[node];
        }
        let number = |station| stations.binary_search(&station).expect("one of them") as u32;
        let by = rows.into_iter().map(|(_, station, n)| (number(station), n)).collect();
        Self { n_stations: stations.len(), starts, by, households }
    }

    pub fn is_empty(&self) -> bool {
        self.households.is_empty()
    }

    fn rows(&self, node: usize) -> &[(u32, i64)] {
        &self.by[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// The nodes of a part of the graph, in the order of `nodes`.
    pub fn part(&self, nodes: &[u32]) -> Self {
        if self.is_empty() {
            return Self::default();
        }
        let rows = (0..).zip(nodes).flat_map(|(at, &node)| {
            self.rows(node as usize).iter().map(move |&(station, n)| (at, station, n))
        });
        let households = nodes.iter().map(|&node| self.households[node as usize]).collect();
        Self::of_rows(rows.collect(), households)
    }

    pub fn contracted(&self, group_of: &[u32], n_groups: usize) -> Self {
        if self.is_empty() {
            return Self::default();
        }
        let mut households = vec![0; n_groups];
        let mut rows = Vec::with_capacity(self.by.len());
        for (node, &group) in group_of.iter().enumerate() {
            households[group as usize] += self.households[node];
            rows.extend(self.rows(node).iter().map(|&(station, n)| (group, station, n)));
        }
        Self::of_rows(rows, households)
    }

    /// Households of `node` that a part with this station misses.
    fn missed_of(&self, node: usize, station: u32) -> i64 {
        let reached = self.rows(node).iter().find(|row| row.0 == station);
        self.households[node] - reached.map_or(0, |row| row.1)
    }

    /// Households of the nodes that the station which reaches most of them does not reach.
    pub fn missed_by(&self, nodes: impl Iterator<Item = usize>) -> i64 {
        if self.is_empty() {
            return 0;
        }
        let mut reached = vec![0; self.n_stations];
        let mut households = 0;
        for node in nodes {
            households += self.households[node];
            for &(station, n) in self.rows(node) {
                reached[station as usize] += n;
            }
        }
        households - reached.iter().copied().max().unwrap_or(0)
    }

    /// The same over all parts. Cost: O(nodes + parts x stations).
    pub fn missed(&self, part: &[u32], n_parts: usize) -> i64 {
        if self.is_empty() {
            return 0;
        }
        let shared = Shared::new(self, part, n_parts);
        let all: i64 = self.households.iter().sum();
        all - (0..n_parts).map(|part| shared.most(part).1).sum::<i64>()
    }

    /// What every division misses: a node is not cut, whomever its stations leave out.
    pub fn least_missed(&self) -> i64 {
        let best = |node| self.rows(node).iter().map(|row| row.1).max().unwrap_or(0);
        (0..self.households.len()).map(|node| self.households[node] - best(node)).sum()
    }
}

/// How many households of each part reach each station, kept up while nodes move.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    /// By part and station.
    reached: Vec<i64>,
    n_stations: usize,
    /// The station each part was last seen to share.
    station: Vec<u32>,
}

impl Shared {
    pub fn new(reach: &Reach, part: &[u32], n_parts: usize) -> Self {
        let n_stations = reach.n_stations;
        if reach.is_empty() || n_stations == 0 {
            return Self::default();
        }
        let mut reached = vec![0; n_parts * n_stations];
        for (node, &mine) in part.iter().enumerate() {
            for &(station, n) in reach.rows(node) {
                reached[mine as usize * n_stations + station as usize] += n;
            }
        }
        let mut shared = Self { reached, n_stations, station: vec![0; n_parts] };
        shared.settle();
        shared
    }

    pub fn is_empty(&self) -> bool {
        self.station.is_empty()
    }

    /// The station that reaches most of a part, the first of equals, and how many.
    fn most(&self, part: usize) -> (u32, i64) {
        let row = self.reached.get(part * self.n_stations..(part + 1) * self.n_stations);
        let all = (0..).zip(row.unwrap_or_default().iter().copied());
        all.max_by_key(|&(station, n)| (n, std::cmp::Reverse(station))).unwrap_or((0, 0))
    }

    /// Each part takes the station that reaches most of it now.
    pub fn settle(&mut self) {
        for part in 0..self.station.len() {
            self.station[part] = self.most(part).0;
        }
    }

    /// Households missed more, by the stations of the parts as they are, when `node` changes parts.
    pub fn worse(&self, reach: &Reach, node: usize, from: usize, to: usize) -> i64 {
        let (one, other) = (self.station[from], self.station[to]);
        if one == other {
            return 0;
        }
        reach.missed_of(node, other) - reach.missed_of(node, one)
    }

    pub fn shift(&mut self, reach: &Reach, node: usize, from: usize, to: usize) {
        for &(station, n) in reach.rows(node) {
            self.reached[from * self.n_stations + station as usize] -= n;
            self.reached[to * self.n_stations + station as usize] += n;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach() -> Reach {
        let served = |households, by: &[(u32, i64)]| Served { households, by: by.to_vec() };
        let units = [
            served(10, &[(4, 10)]),
            served(8, &[(4, 3), (9, 8)]),
            served(0, &[]),
            served(5, &[(9, 5)]),
        ];
        Reach::new(&units, &[0, 1, 2, 2], 3)
    }

    #[test]
    fn a_part_misses_whom_its_best_station_does_not_reach() {
        let reach = reach();
        assert_eq!(reach.missed(&[0, 0, 0], 1), 10, "13 of 23 reach either");
        assert_eq!(reach.missed(&[0, 1, 1], 2), 0);
        assert_eq!(reach.missed(&[0, 0, 1], 2), 5);
        assert_eq!(reach.missed_by([0, 1].into_iter()), 5);
        assert_eq!(reach.least_missed(), 0);
        assert_eq!(reach.contracted(&[0, 0, 1], 2).least_missed(), 5);
        assert_eq!(reach.part(&[1, 2]).missed(&[0, 0], 1), 0);
        assert_eq!(Reach::default().missed(&[0, 0, 1], 2), 0, "nobody asked");
    }

    #[test]
    fn what_is_kept_up_is_what_is_counted_anew() {
        let reach = reach();
        let mut part = vec![0, 1, 1];
        let mut shared = Shared::new(&reach, &part, 2);
        assert_eq!(shared.worse(&reach, 1, 1, 0), 5, "three of eight reach the other's station");
        shared.shift(&reach, 1, 1, 0);
        shared.settle();
        part[1] = 0;
        let anew = Shared::new(&reach, &part, 2);
        assert_eq!((shared.reached, shared.station), (anew.reached, anew.station));
    }
}
