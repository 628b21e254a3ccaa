//! Three divisions of one piece of ground made one: what a draft was based on, the draft, and what counts by
//! now.
//!
//! What one side changed is taken, and what both changed alike. Where both changed differently the two stand
//! beside each other as a [`Conflict`] until somebody takes one. A grid one side gave up comes back only if
//! somebody wants it: ground the other side gave it meanwhile is contested too. So is all ground of a grid
//! that would fall apart, be shut in or lose everything between the two, though each side alone was sound.
//!
//! Whether ground is contested follows from its three colors alone, so a conflict is the same patch, with the
//! same key, however the others are settled; and taking one side everywhere gives that side as it was.
//!
//! **Why** by cells: on a fabric that holds the borders of all three, ground is whole cells, and merging
//! maps becomes comparing three letters.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Canvas, Links};
use crate::domain::fabric::Fabric;
use crate::domain::fabric::outline::outline;
use crate::domain::ids::{CellId, GridKey};
use crate::domain::place::{Polygon, digest};

/// Which side of a conflict counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    Ours,
    Theirs,
}

/// What one cell was, is in the draft, and is by now; `None` is no grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sides {
    pub base: Option<GridKey>,
    pub ours: Option<GridKey>,
    pub theirs: Option<GridKey>,
}

/// Ground both sides changed, each in its way: one connected patch of one combination of colors.
#[derive(Clone, Debug, PartialEq)]
pub struct Conflict {
    /// The same as long as patch and sides are.
    pub key: Box<str>,
    pub sides: Sides,
    pub cells: Vec<CellId>,
    pub place: Vec<Polygon>,
    pub take: Option<Take>,
}

/// One community's ground, three times.
pub struct Merge<'a> {
    pub fabric: &'a Fabric,
    /// By cell.
    pub sides: &'a [Sides],
    /// Cells joined by crossings that will be declared.
    pub links: &'a Links,
    /// Grids each side gave up.
    pub gone_in_ours: &'a BTreeSet<GridKey>,
    pub gone_in_theirs: &'a BTreeSet<GridKey>,
    /// Grids that may lie in pieces.
    pub detached: &'a BTreeSet<GridKey>,
    /// Grids that may lie inside another.
    pub special: &'a BTreeSet<GridKey>,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// By cell; contested cells that nobody settled yet are as by now.
    pub colors: Vec<Option<GridKey>>,
    /// In order of their first cells.
    pub conflicts: Vec<Conflict>,
    /// Cells that keep what the draft made of them.
    pub n_carried: usize,
    /// Grids that are not sound although all their ground was settled.
    pub broken: Vec<(GridKey, Break)>,
}

/// What is wrong with a grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    InPieces,
    /// Both sides have it, and nothing is left of it.
    Swallowed,
    /// Shuts in another grid that neither side had shut in.
    Encloses,
}

impl Merge<'_> {
    /// Merges, with the conflicts settled as `settle` says by key. Cost: O(cells · grids).
    pub fn run(&self, settle: &BTreeMap<Box<str>, Take>) -> Merged {
        let mut contested: BTreeSet<Sides> =
            self.sides.iter().filter(|sides| self.verdict(sides).is_none()).copied().collect();
        // First as if everything contested went to them, so that the list begins the same whatever is settled.
        self.widen(&mut contested, |_| None);
        let patches = self.patches();
        let mut takes: Vec<Option<Take>> = vec![None; self.sides.len()];
        for (key, _, cells) in &patches {
            if let Some(take) = settle.get(key) {
                cells.iter().for_each(|cell| takes[cell.index()] = Some(*take));
            }
        }
        self.widen(&mut contested, |cell| takes[cell.index()]);
        let colors = self.colors(&contested, |cell| takes[cell.index()]);
        let broken = self.broken(&colors);
        let is_carried = |(sides, color): (&Sides, &Option<GridKey>)| {
            sides.ours != sides.theirs && *color == sides.ours && !contested.contains(sides)
        };
        let n_carried = self.sides.iter().zip(&colors).filter(|pair| is_carried(*pair)).count();
        let conflicts = patches
            .into_iter()
            .filter(|(_, sides, _)| contested.contains(sides))
            .map(|(key, sides, cells)| {
                let is_in: BTreeSet<CellId> = cells.iter().copied().collect();
                let place = outline(self.fabric, |cell| is_in.contains(&cell));
                let take = settle.get(&key).copied();
                Conflict { key, sides, cells, place, take }
            })
            .collect();
        Merged { colors, conflicts, n_carried, broken }
    }

    /// What a cell becomes without asking; `None` when somebody has to be asked.
    fn verdict(&self, sides: &Sides) -> Option<Option<GridKey>> {
        let Sides { base, ours, theirs } = *sides;
        if ours == theirs {
            return Some(ours);
        }
        let is_gone = |key: Option<GridKey>, gone: &BTreeSet<GridKey>| {
            key.is_some_and(|key| gone.contains(&key))
        };
        if ours == base && !is_gone(theirs, self.gone_in_ours) {
            return Some(theirs);
        }
        if theirs == base && !is_gone(ours, self.gone_in_theirs) {
            return Some(ours);
        }
        None
    }

    fn colors(
        &self,
        contested: &BTreeSet<Sides>,
        take: impl Fn(CellId) -> Option<Take>,
    ) -> Vec<Option<GridKey>> {
        let color = |(cell, sides): (CellId, &Sides)| match self.verdict(sides) {
            Some(color) if !contested.contains(sides) => color,
            _ => match take(cell) {
                Some(Take::Ours) => sides.ours,
                Some(Take::Theirs) | None => sides.theirs,
            },
        };
        self.fabric.cells().zip(self.sides).map(color).collect()
    }

    /// Contests the ground of grids that would not be sound, until all are or nothing is left to contest.
    fn widen(&self, contested: &mut BTreeSet<Sides>, take: impl Fn(CellId) -> Option<Take>) {
        loop {
            let colors = self.colors(contested, &take);
            let broken: BTreeSet<GridKey> =
                self.broken(&colors).into_iter().map(|(key, _)| key).collect();
            let is_broken = |key: Option<GridKey>| key.is_some_and(|key| broken.contains(&key));
            let more: BTreeSet<Sides> = self
                .sides
                .iter()
                .filter(|sides| sides.ours != sides.theirs)
                .filter(|sides| is_broken(sides.ours) || is_broken(sides.theirs))
                .filter(|sides| !contested.contains(sides))
                .copied()
                .collect();
            if more.is_empty() {
                return;
            }
            contested.extend(more);
        }
    }

    /// Connected cells of one combination of colors in which the sides differ, with their keys.
    fn patches(&self) -> Vec<(Box<str>, Sides, Vec<CellId>)> {
        let mut is_seen = vec![false; self.sides.len()];
        let mut patches = Vec::new();
        for first in self.fabric.cells() {
            let sides = self.sides[first.index()];
            if is_seen[first.index()] || sides.ours == sides.theirs {
                continue;
            }
            is_seen[first.index()] = true;
            let mut cells = vec![first];
            let mut at = 0;
            while at < cells.len() {
                for (_, beside) in self.fabric.across(cells[at]) {
                    let Some(beside) = beside else { continue };
                    if !is_seen[beside.index()] && self.sides[beside.index()] == sides {
                        is_seen[beside.index()] = true;
                        cells.push(beside);
                    }
                }
                at += 1;
            }
            cells.sort_unstable();
            patches.push((self.key(sides, &cells), sides, cells));
        }
        patches
    }

    /// From what the patch looks like and what stands against what: cells are numbered otherwise tomorrow.
    fn key(&self, sides: Sides, cells: &[CellId]) -> Box<str> {
        let is_in: BTreeSet<CellId> = cells.iter().copied().collect();
        let place = outline(self.fabric, |cell| is_in.contains(&cell));
        let number = |key: Option<GridKey>| key.map_or(0, GridKey::get);
        let Sides { base, ours, theirs } = sides;
        let (base, ours, theirs) = (number(base), number(ours), number(theirs));
        format!("{:016x}-{base}-{ours}-{theirs}", digest(&place)).into()
    }

    /// Grids that are not sound in `colors` though they are on both sides.
    fn broken(&self, colors: &[Option<GridKey>]) -> Vec<(GridKey, Break)> {
        let ours: Vec<Option<GridKey>> = self.sides.iter().map(|sides| sides.ours).collect();
        let theirs: Vec<Option<GridKey>> = self.sides.iter().map(|sides| sides.theirs).collect();
        let canvas = |colors| Canvas { fabric: self.fabric, colors, links: self.links };
        let keys = |colors: &[Option<GridKey>]| -> BTreeSet<GridKey> {
            colors.iter().flatten().copied().collect()
        };
        let (in_ours, in_theirs, is) = (keys(&ours), keys(&theirs), keys(colors));
        let mut broken = Vec::new();
        for key in in_ours.intersection(&in_theirs).filter(|key| !is.contains(key)) {
            broken.push((*key, Break::Swallowed));
        }
        for key in is {
            let pieces = |colors| canvas(colors).pieces(key).len();
            let allowed = || pieces(&ours).max(pieces(&theirs)).max(1);
            if !self.detached.contains(&key) && pieces(colors) > 1 && pieces(colors) > allowed() {
                broken.push((key, Break::InPieces));
            }
            if self.encloses_anew(key, colors, [&ours, &theirs]) {
                broken.push((key, Break::Encloses));
            }
        }
        broken
    }

    /// Whether a grid shuts in another, of a kind that may not be, that neither side had shut in.
    fn encloses_anew(
        &self,
        key: GridKey,
        colors: &[Option<GridKey>],
        before: [&[Option<GridKey>]; 2],
    ) -> bool {
        let enclosed = |colors: &[Option<GridKey>]| -> BTreeSet<CellId> {
            let canvas = Canvas { fabric: self.fabric, colors, links: self.links };
            canvas.enclosed(key).into_iter().flatten().collect()
        };
        let is_plain = |cell: &CellId| {
            colors[cell.index()].is_some_and(|inner| !self.special.contains(&inner))
        };
        let now: Vec<CellId> = enclosed(colors).into_iter().filter(is_plain).collect();
        if now.is_empty() {
            return false;
        }
        let [ours, theirs] = before.map(enclosed);
        now.iter().any(|cell| !ours.contains(cell) && !theirs.contains(cell))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fabric::NewSeam;
    use crate::domain::place::Pin;

    /// A strip of cells, one a letter; `.` is no grid.
    fn strip(n: usize) -> Fabric {
        let at = |x: usize, y: i32| Pin::new(x as i32 * 1_000, y * 1_000);
        let mut seams = Vec::new();
        let mut add = |pins: Vec<Pin>, left: Option<usize>, right: Option<usize>| {
            let cell = |cell: Option<usize>| cell.map(CellId::from_index);
            let (left, right) = (cell(left), cell(right));
            seams.push(NewSeam { pins, left, right, barrier: Default::default() });
        };
        for cell in 0..n {
            add(vec![at(cell, 0), at(cell + 1, 0)], Some(cell), None);
            add(vec![at(cell, 1), at(cell + 1, 1)], None, Some(cell));
            add(vec![at(cell, 0), at(cell, 1)], cell.checked_sub(1), Some(cell));
        }
        add(vec![at(n, 0), at(n, 1)], Some(n - 1), None);
        Fabric::new(&seams, n as u32)
    }

    fn key(letter: char) -> Option<GridKey> {
        (letter != '.').then(|| GridKey::new(letter as u32 - 'A' as u32 + 1).unwrap())
    }

    fn keys(letters: &str) -> BTreeSet<GridKey> {
        letters.chars().filter_map(key).collect()
    }

    /// Merges three strips; a side gave up what the base has and it has not.
    fn merge([base, ours, theirs]: [&str; 3], settle: &[(usize, Take)]) -> (String, Merged) {
        let fabric = strip(base.len());
        let sides: Vec<Sides> = base
            .chars()
            .zip(ours.chars())
            .zip(theirs.chars())
            .map(|((base, ours), theirs)| Sides {
                base: key(base),
                ours: key(ours),
                theirs: key(theirs),
            })
            .collect();
        let gone = |side: &str| -> BTreeSet<GridKey> {
            keys(base).difference(&keys(side)).copied().collect()
        };
        let merge = Merge {
            fabric: &fabric,
            sides: &sides,
            links: &[],
            gone_in_ours: &gone(ours),
            gone_in_theirs: &gone(theirs),
            detached: &BTreeSet::new(),
            special: &BTreeSet::new(),
        };
        let first = merge.run(&BTreeMap::new());
        let settle = settle.iter().map(|(n, take)| (first.conflicts[*n].key.clone(), *take));
        let merged = merge.run(&settle.collect());
        let letter = |key: &Option<GridKey>| {
            key.map_or('.', |key| char::from_u32('A' as u32 + key.get() - 1).unwrap())
        };
        (merged.colors.iter().map(letter).collect(), merged)
    }

    fn check(sides: [&str; 3], expected: &str, n_conflicts: usize) {
        let (colors, merged) = merge(sides, &[]);
        assert_eq!((colors.as_str(), merged.conflicts.len()), (expected, n_conflicts), "{sides:?}");
        assert_eq!(merged.broken, [], "{sides:?}");
    }

    #[test]
    fn what_one_side_changed_is_taken() {
        check(["AABB", "AABB", "AABB"], "AABB", 0);
        check(["AABBCC", "AAABCC", "AABBBC"], "AAABBC", 0);
        check(["AABB", "AAAB", "AAAB"], "AAAB", 0);
        check(["AABB", "AAXB", "AABB"], "AAXB", 0);
        check(["AABB", "AA.B", "AABB"], "AA.B", 0);
    }

    #[test]
    fn what_both_changed_is_asked() {
        let sides = ["AABBCC", "AAABCC", "AAYBCC"];
        check(sides, "AAYBCC", 1);
        assert_eq!(merge(sides, &[(0, Take::Ours)]).0, "AAABCC");
        assert_eq!(merge(sides, &[(0, Take::Theirs)]).0, "AAYBCC");
        let (_, merged) = merge(sides, &[]);
        assert_eq!(merged.conflicts[0].take, None);
        assert_eq!(merged.conflicts[0].cells.len(), 1);
    }

    #[test]
    fn a_grid_given_up_comes_back_only_if_wanted() {
        // They merged B into A; we gave B a piece of C.
        let sides = ["AABBCC", "AABBBC", "AAAACC"];
        let (colors, merged) = merge(sides, &[]);
        assert_eq!((colors.as_str(), merged.conflicts.len()), ("AAAACC", 1));
        // B with only what we gave it: one piece, and so it stands.
        assert_eq!(merge(sides, &[(0, Take::Ours)]).0, "AAAABC");
        // We merged B into A; they gave B a piece of C.
        check(["AABBCC", "AAAACC", "AABBBC"], "AAAABC", 1);
    }

    #[test]
    fn what_would_fall_apart_is_asked() {
        // We moved A's end forward, they gave its end away: A would lie in two pieces.
        let sides = ["AAAABB", "AAAAAB", "AAYYBB"];
        let (colors, merged) = merge(sides, &[]);
        assert_eq!((colors.as_str(), merged.conflicts.len()), ("AAYYBB", 2));
        assert_eq!(merge(sides, &[(0, Take::Ours), (1, Take::Ours)]).0, "AAAAAB");
        let (_, merged) = merge(sides, &[(0, Take::Theirs), (1, Take::Ours)]);
        assert_eq!(merged.broken, [(key('A').unwrap(), Break::InPieces)]);
        // They cut A themselves: that is theirs to answer for.
        check(["AAAB", "AAAB", "AYAB"], "AYAB", 0);
        // B keeps its left half with us, its right half with them: nothing is left.
        let sides = ["ABBC", "AABC", "ABCC"];
        let (colors, merged) = merge(sides, &[]);
        assert_eq!((colors.as_str(), merged.conflicts.len()), ("ABCC", 2));
        let settle = |one, two| merge(sides, &[(0, one), (1, two)]);
        assert_eq!(settle(Take::Ours, Take::Ours).0, "AABC");
        assert_eq!(settle(Take::Theirs, Take::Theirs).0, "ABCC");
        let (_, merged) = settle(Take::Ours, Take::Theirs);
        assert_eq!(merged.broken, [(key('B').unwrap(), Break::Swallowed)]);
    }

    #[test]
    fn keys_outlive_what_is_settled_elsewhere() {
        let sides = ["AABBCC", "XABBCX", "YABBCY"];
        let (_, first) = merge(sides, &[]);
        let (colors, second) = merge(sides, &[(0, Take::Ours)]);
        assert_eq!(first.conflicts.len(), 2);
        let keys = |merged: &Merged| -> Vec<Box<str>> {
            merged.conflicts.iter().map(|one| one.key.clone()).collect()
        };
        assert_eq!(keys(&first), keys(&second));
        assert_eq!(colors, "XABBCY");
    }
}
