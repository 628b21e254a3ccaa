//! What is divided: units, their weights, who borders on whom and along what.

use super::aim::{Aim, Impossible, Price};
use super::graph::Graph;
use super::reach::{Reach, Served};
use crate::domain::fabric::Barrier;
use crate::domain::measure::{Area, Length};

/// Units in rows; the row number is the unit.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    /// Not negative; zero for parks, lakes and streets.
    pub weights: Vec<i64>,
    pub areas: Vec<Area>,
    /// Border of each unit with what is not divided.
    pub rims: Vec<Length>,
    pub borders: Vec<Border>,
    /// Units that stay together, such as the buildings of an estate; a unit is in one group at most.
    pub bound: Vec<Vec<u32>>,
    /// Stations within reach of each unit; empty where nobody asks for a shared one.
    pub served: Vec<Served>,
}

/// Two units beside each other. Between the same two there may be several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Border {
    pub units: [u32; 2],
    /// Zero for a declared crossing: the units count as neighbours without sharing a border.
    pub length: Length,
    pub barrier: Barrier,
}

/// Weights are added up and multiplied by small numbers: far from the end of an `i64`.
pub(super) const HEAVIEST: i64 = 1 << 36;

impl Ground {
    pub fn n_units(&self) -> usize {
        self.weights.len()
    }

    pub(super) fn check(&self) -> Result<(), Impossible> {
        if self.weights.is_empty() {
            return Err(Impossible::NoUnits);
        }
        let bad = self.weights.iter().position(|weight| !(0..=HEAVIEST).contains(weight));
        match bad {
            Some(unit) => Err(Impossible::BadWeight { unit }),
            None => Ok(()),
        }
    }

    /// Bound units joined: the graph, and the node of each unit.
    pub(super) fn graph(&self, aim: &Aim) -> (Graph, Vec<u32>) {
        let n = self.n_units();
        let mut leader: Vec<u32> = (0..n as u32).collect();
        for group in &self.bound {
            if let Some(&first) = group.iter().min() {
                for &unit in group {
                    leader[unit as usize] = first;
                }
            }
        }
        let mut node_of = vec![u32::MAX; n];
        let mut weights: Vec<i64> = Vec::new();
        for unit in 0..n {
            let first = leader[unit] as usize;
            if node_of[first] == u32::MAX {
                node_of[first] = weights.len() as u32;
                weights.push(0);
            }
            node_of[unit] = node_of[first];
            weights[node_of[unit] as usize] += self.weights[unit];
        }
        let is_open = |border: &&Border| !aim.hard.hold(border.barrier);
        let borders = self.borders.iter().filter(is_open).map(|border| {
            let [a, b] = border.units.map(|unit| node_of[unit as usize]);
            (a, b, border)
        });
        let borders = match aim.price {
            Price::Length => borders.map(|(a, b, border)| (a, b, price(border))).collect(),
            Price::Pairs => {
                let mut pairs: Vec<(u32, u32, i64)> =
                    borders.map(|(a, b, _)| (a.min(b), a.max(b), 1)).collect();
                pairs.sort_unstable();
                pairs.dedup();
                pairs
            }
        };
        let mut graph = Graph::new(weights, borders);
        graph.reach = Reach::new(&self.served, &node_of, graph.n_nodes());
        (graph, node_of)
    }
}

/// What it costs to let a part end here: a metre along a road counts a quarter of one across open ground.
pub(super) fn price(border: &Border) -> i64 {
    let quarters = match border.barrier {
        Barrier::None => 4,
        Barrier::Lane => 3,
        Barrier::Road | Barrier::Avenue | Barrier::Rail | Barrier::Water | Barrier::Wall => 1,
    };
    border.length.get().max(0) * quarters
}
