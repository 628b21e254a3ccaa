//! Colors spread over faces from both sides of new borders, up to the borders that stay.

use std::collections::HashMap;

use super::cutting::Cutting;
use crate::domain::ids::CellId;

/// What lies at a side of a link: `None` is beyond the fabric or the net, `Some(None)` ground without a color.
pub(super) type Side<K> = Option<Option<K>>;

/// A cutting with the colors of old cells.
pub(super) struct Painted<'a, K> {
    pub cutting: &'a Cutting<'a>,
    pub colors: &'a [Option<K>],
    /// For each edge of the net, as walked, the half of its link.
    half_of: HashMap<(u32, u32), u32>,
}

impl<'a, K: Copy + Eq> Painted<'a, K> {
    pub fn new(cutting: &'a Cutting<'a>, colors: &'a [Option<K>]) -> Self {
        let mut half_of = HashMap::new();
        for link in 0..cutting.net.n_links() {
            for pair in cutting.net.path(link).windows(2) {
                half_of.insert((pair[0], pair[1]), 2 * link as u32);
                half_of.insert((pair[1], pair[0]), 2 * link as u32 + 1);
            }
        }
        Self { cutting, colors, half_of }
    }

    pub fn old(&self, cell: CellId) -> Option<K> {
        self.colors[cell.index()]
    }

    /// The color a face had before.
    pub fn side(&self, face: u32) -> Side<K> {
        self.cutting.parents[face as usize].map(|cell| self.old(cell))
    }

    /// The link of an edge of the net, and the faces at its left and right.
    pub fn beside(&self, from: u32, to: u32) -> (usize, [u32; 2]) {
        let half = self.half_of[&(from, to)];
        let face_of = &self.cutting.faces.face_of;
        (half as usize / 2, [face_of[half as usize], face_of[half as usize ^ 1]])
    }

    /// Spreads `seeds` through links that are no `is_barrier`, over faces that `may` be colored.
    ///
    /// Gives for each face the color that reached it; `None` where two different ones meet, or one sits where it may
    /// not.
    pub fn flood(
        &self,
        seeds: &[(u32, Option<K>)],
        is_barrier: impl Fn(usize) -> bool,
        may: impl Fn(u32) -> bool,
    ) -> Option<Vec<Side<K>>> {
        let mut beside: Vec<Vec<u32>> = vec![Vec::new(); self.cutting.faces.len()];
        for link in (0..self.cutting.net.n_links()).filter(|&link| !is_barrier(link)) {
            let [left, right] = self.cutting.sides(link);
            beside[left as usize].push(right);
            beside[right as usize].push(left);
        }
        let mut reached: Vec<Side<K>> = vec![None; beside.len()];
        let mut open = seeds.to_vec();
        while let Some((face, color)) = open.pop() {
            match reached[face as usize] {
                Some(here) if here != color => return None,
                Some(_) => {}
                None => {
                    if !may(face) {
                        return None;
                    }
                    reached[face as usize] = Some(color);
                    let next = beside[face as usize].iter().filter(|&&next| may(next));
                    open.extend(next.map(|&next| (next, color)));
                }
            }
        }
        Some(reached)
    }
}
