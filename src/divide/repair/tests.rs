//! Repairs against brute force, and what holds for every one of them.

use super::board::{Board, NOBODY};
use super::*;
use crate::divide::chance::Chance;
use crate::divide::ground::Border;
use crate::divide::solve::Reason;
use crate::domain::fabric::Barrier;
use crate::domain::measure::{Area, Length};

/// A case with everything it borrows.
struct Town {
    ground: Ground,
    held: Vec<Option<u32>>,
    households: Vec<i64>,
    fixed: Vec<i64>,
    may_change: Vec<bool>,
    band: (i64, i64),
    picked: Vec<u32>,
}

impl Town {
    /// Units on a lattice: a letter is the part, `.` nobody's.
    fn of(map: &str, weights: &[i64], band: (i64, i64)) -> Self {
        let rows: Vec<Vec<char>> = map
            .lines()
            .map(|line| line.split_whitespace().flat_map(str::chars).collect())
            .collect();
        let (height, width) = (rows.len(), rows[0].len());
        let letters = rows.iter().flatten();
        let held: Vec<Option<u32>> =
            letters.map(|letter| (*letter != '.').then(|| *letter as u32 - 'A' as u32)).collect();
        let n_parts = held.iter().flatten().max().map_or(0, |last| *last as usize + 1);
        let (ten, mut rims) = (Length::from_meters(10.0), vec![Length::ZERO; held.len()]);
        let mut borders = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let unit = (y * width + x) as u32;
                let mut beside = |to: u32| {
                    let barrier = Barrier::None;
                    borders.push(Border { units: [unit, to], length: ten, barrier });
                };
                if x + 1 < width {
                    beside(unit + 1);
                }
                if y + 1 < height {
                    beside(unit + width as u32);
                }
                if x == 0 || y == 0 || x + 1 == width || y + 1 == height {
                    rims[unit as usize] = ten;
                }
            }
        }
        let areas = vec![Area::from_square_meters(100.0); held.len()];
        let weights = if weights.is_empty() { vec![10; held.len()] } else { weights.to_vec() };
        Self {
            households: weights.clone(),
            ground: Ground { weights, areas, rims, borders, bound: Vec::new(), served: Vec::new() },
            held,
            fixed: vec![0; n_parts],
            may_change: vec![true; n_parts],
            band,
            picked: (0..n_parts as u32).collect(),
        }
    }

    fn case(&self) -> Case<'_> {
        Case {
            ground: &self.ground,
            held: &self.held,
            households: &self.households,
            fixed: &self.fixed,
            may_change: &self.may_change,
            band: self.band,
            target: (self.band.0 + self.band.1) / 2,
            picked: &self.picked,
        }
    }

    fn repairs(&self) -> Repairs {
        repair(&self.case(), 5, &Stop::default())
    }
}

fn kinds(repairs: &Repairs) -> Vec<Kind> {
    repairs.remedies.iter().map(|one| one.kind).collect()
}

/// Everything that holds for every way out.
fn check(town: &Town, repairs: &Repairs) {
    let case = town.case();
    let board = Board::new(&case);
    let held = board.draft();
    for remedy in &repairs.remedies {
        let mut draft = held.clone();
        for (unit, part) in remedy.part.iter().enumerate() {
            assert_eq!(part.is_none(), town.held[unit].is_none(), "gaps stay gaps");
            let part = part.unwrap_or(NOBODY);
            while part != NOBODY && draft.load.len() <= part as usize {
                board.add_part(&mut draft);
            }
            if part != held.part[unit] {
                for end in [part, held.part[unit]] {
                    assert!(town.may_change.get(end as usize).is_none_or(|may| *may), "locked");
                }
                board.shift(&mut draft, unit as u32, part);
            }
        }
        assert!(board.is_whole(&draft), "in one piece");
        assert!(!board.shuts_in_more(&held, &draft), "nobody shut in");
        assert_eq!(remedy.worth, board.worth(&draft), "counted one by one or at once");
        assert!(remedy.worth.outside < repairs.outside);
        for group in &town.ground.bound {
            let ends: Vec<_> = group
                .iter()
                .map(|&unit| (town.held[unit as usize], remedy.part[unit as usize]))
                .collect();
            assert!(
                ends.iter()
                    .all(|end| ends.iter().all(|other| end.0 != other.0 || end.1 == other.1)),
                "bound ones stay together"
            );
        }
        if remedy.worth.outside == 0 && town.ground.weights == town.households {
            assert!(
                remedy.worth.moved >= repairs.least,
                "{} < {}",
                remedy.worth.moved,
                repairs.least
            );
        }
    }
    let worths: Vec<Worth> = repairs.remedies.iter().map(|one| one.worth).collect();
    assert!(worths.is_sorted(), "ranked");
    for (at, one) in repairs.remedies.iter().enumerate() {
        assert!(repairs.remedies[..at].iter().all(|other| other.part != one.part), "different");
    }
}

#[test]
fn a_heavy_part_gives_what_is_too_much_and_no_more() {
    let town = Town::of("A A A A A B B\nA A A A A B B", &[], (40, 80));
    let repairs = town.repairs();
    check(&town, &repairs);
    assert_eq!(repairs.outside, 20);
    assert_eq!(repairs.least, 20);
    let best = &repairs.remedies[0];
    assert_eq!((best.kind, best.worth.moved, best.worth.outside), (Kind::Transfer, 20, 0));
    assert!(kinds(&repairs).contains(&Kind::Split), "{:?}", kinds(&repairs));
}

#[test]
fn nothing_to_do_is_no_way_out() {
    let mut town = Town::of("A A A B B B", &[], (20, 40));
    assert_eq!(town.repairs().remedies, []);
    town.band = (20, 25);
    town.picked.clear();
    assert_eq!(town.repairs().remedies, [], "not asked");
    town.picked = vec![0];
    town.may_change[0] = false;
    assert_eq!(town.repairs().remedies, [], "locked");
}

#[test]
fn a_full_neighbour_passes_on() {
    let mut town = Town::of("A A A A A B B B B C C", &[], (10, 40));
    town.picked = vec![0];
    let repairs = town.repairs();
    check(&town, &repairs);
    let chain = repairs.remedies.iter().find(|one| one.kind == Kind::Chain).expect("a chain");
    assert_eq!((chain.worth.moved, chain.worth.outside), (20, 0));
    assert_eq!(repairs.remedies[0].kind, Kind::Split, "ten move into a grid of their own");
}

#[test]
fn a_tiny_part_takes_or_is_given_up() {
    let town = Town::of("A B B B B C C C", &[], (20, 50));
    let repairs = town.repairs();
    check(&town, &repairs);
    let found = kinds(&repairs);
    assert!(found.contains(&Kind::Transfer) && found.contains(&Kind::Merge), "{found:?}");
    // Both neighbours are full for all of it: it is dealt out.
    let mut town = Town::of(
        "A A B B C C\nA A B B C C",
        &[20, 20, 5, 5, 20, 20, 20, 20, 5, 5, 20, 20],
        (70, 90),
    );
    town.picked = vec![1];
    let repairs = town.repairs();
    check(&town, &repairs);
    let dealt = repairs.remedies.iter().find(|one| one.kind == Kind::Merge).expect("dealt out");
    assert_eq!((dealt.worth.moved, dealt.worth.outside), (20, 0));
}

#[test]
fn what_is_locked_or_bound_or_fixed_stays() {
    let mut town = Town::of("C A A A A A B\nC A A A A A B", &[], (20, 80));
    town.may_change[1] = false;
    town.picked = vec![0];
    let repairs = town.repairs();
    check(&town, &repairs);
    assert!(repairs.remedies.iter().all(|one| one.part[6] == Some(1) && one.part[13] == Some(1)));
    // Three columns bound together are too many for the neighbour: they go nowhere one by one.
    town.ground.bound = vec![vec![1, 2, 3, 8, 9, 10]];
    let repairs = town.repairs();
    check(&town, &repairs);
    // A part with weight of its own is not given up.
    let mut town = Town::of("A B B B B C C C", &[], (20, 50));
    town.fixed[0] = 5;
    let repairs = town.repairs();
    check(&town, &repairs);
    assert!(repairs.remedies.iter().all(|one| one.part.contains(&Some(0))));
}

#[test]
fn what_cannot_be_mended_is_certified() {
    let town = Town::of("A A B", &[95, 5, 40], (30, 60));
    let repairs = town.repairs();
    check(&town, &repairs);
    assert!(repairs.remedies.iter().all(|one| one.worth.outside > 0));
    assert!(repairs.certificates.iter().any(|one| one.reason == Reason::Unit && one.units == [0]));
    let mut town = Town::of("A . B", &[5, 0, 40], (30, 60));
    town.picked = vec![0];
    let repairs = town.repairs();
    assert_eq!((repairs.remedies.len(), repairs.certificates[0].reason), (0, Reason::Piece));
}

#[test]
fn nobody_is_shut_in() {
    // All of B inside A could be had for little, but a ring around C may not close.
    let map = "A A A A A\nA B B B A\nA B C B A\nA B B B B";
    let town = Town::of(map, &[10; 20], (90, 100));
    check(&town, &town.repairs());
}

/// Two parts on a small lattice with random weights.
fn small(chance: &mut Chance, n_parts: u32) -> Town {
    let (width, height) = [(4, 3), (3, 4), (6, 2), (5, 2), (12, 1)][chance.below(5)];
    let n = width * height;
    let weights: Vec<i64> =
        (0..n).map(|_| chance.below(5) as i64 * chance.below(8) as i64).collect();
    // Parts grow from seeds so that each is one piece.
    let mut part: Vec<Option<u32>> = vec![None; n];
    for seed in 0..n_parts {
        let at = loop {
            let at = chance.below(n);
            if part[at].is_none() {
                break at;
            }
        };
        part[at] = Some(seed);
    }
    while part.contains(&None) {
        let at = chance.below(n);
        let (x, y) = (at % width, at / width);
        let mut beside = Vec::new();
        if x > 0 {
            beside.push(at - 1);
        }
        if x + 1 < width {
            beside.push(at + 1);
        }
        if y > 0 {
            beside.push(at - width);
        }
        if y + 1 < height {
            beside.push(at + width);
        }
        let to = beside[chance.below(beside.len())];
        if part[at].is_none() {
            part[at] = part[to];
        }
    }
    let letter = |at: usize| char::from(b'A' + part[at].expect("was grown") as u8).to_string();
    let line = |y: usize| (0..width).map(|x| letter(y * width + x)).collect::<Vec<_>>().join(" ");
    let map = (0..height).map(line).collect::<Vec<_>>().join("\n");
    let total: i64 = weights.iter().sum();
    let mean = total / i64::from(n_parts);
    let wide = 1 + mean / [10, 5, 3][chance.below(3)];
    Town::of(&map, &weights, ((mean - wide).max(0), mean + wide))
}

/// The best way to hold the ground by the same parts, all of which keep some: every one is looked at.
fn best_of_all(town: &Town) -> Worth {
    let case = town.case();
    let board = Board::new(&case);
    let held = board.draft();
    let n = town.held.len();
    let mut best = board.worth(&held);
    for mask in 0..1u32 << n {
        let mut draft = held.clone();
        for unit in 0..n {
            board.shift(&mut draft, unit as u32, mask >> unit & 1);
        }
        let is_kept = draft.size.iter().all(|size| *size > 0);
        let worth = board.worth(&draft);
        if worth < best && is_kept && board.is_whole(&draft) && !board.shuts_in_more(&held, &draft)
        {
            best = worth;
        }
    }
    best
}

#[test]
fn between_two_parts_no_smaller_move_exists() {
    let mut chance = Chance::fork(41, 0);
    let (mut n_mended, mut n_best, mut moved, mut least) = (0, 0, 0, 0);
    for round in 0..150 {
        let mut town = small(&mut chance, 2);
        // Which of both is off, or whether both are, is the same trouble.
        town.picked = vec![0, 1];
        let best = best_of_all(&town);
        let repairs = town.repairs();
        check(&town, &repairs);
        if repairs.outside == 0 || best.outside > 0 {
            continue;
        }
        n_mended += 1;
        let found = repairs.remedies.first().expect("there is a way").worth;
        assert_eq!(found.outside, 0, "round {round}: {best:?} is there");
        // Merges and splits may move fewer still; one that gives both ways may be missed.
        n_best += usize::from(found.moved <= best.moved);
        moved += found.moved;
        least += best.moved;
    }
    assert!(n_mended > 40, "{n_mended} cases say something");
    assert!(n_best * 100 >= n_mended * 95, "the fewest in {n_best} of {n_mended}");
    assert!(moved * 100 <= least * 105, "{moved} moved where {least} would do");
}

/// The smallest gift from one part to the other, by looking at every set of units.
#[test]
fn the_smallest_gift_is_found() {
    let mut chance = Chance::fork(43, 0);
    let (mut n_found, mut n_alike) = (0, 0);
    for round in 0..150 {
        let mut town = small(&mut chance, 2);
        let load = |part: u32| -> i64 {
            let own = town.held.iter().zip(&town.ground.weights);
            own.filter(|(held, _)| **held == Some(part)).map(|(_, weight)| weight).sum()
        };
        let (a, b) = (load(0), load(1));
        let (giver, taker) = if a > b { (0, 1) } else { (1, 0) };
        town.band = (0, a.max(b) - 1 - chance.below(10).min(a.max(b) as usize / 4) as i64);
        if town.band.1 < 1 {
            continue;
        }
        let case = town.case();
        let board = Board::new(&case);
        let held = board.draft();
        let own: Vec<u32> = (0..town.held.len() as u32)
            .filter(|unit| town.held[*unit as usize] == Some(giver))
            .collect();
        let mut best = board.worth(&held);
        for mask in 1..(1u32 << own.len()) - 1 {
            let units = own.iter().enumerate().filter(|(bit, _)| mask >> bit & 1 == 1);
            let units: Vec<u32> = units.map(|(_, unit)| *unit).collect();
            let next = board.shifted(&held, &units, taker);
            if board.is_whole(&next) && !board.shuts_in_more(&held, &next) {
                best = best.min(board.worth(&next));
            }
        }
        let need = a.max(b) - town.band.1;
        let giving =
            gift::Giving { board: &board, draft: &held, giver, taker, patient: giver, need };
        let gifts = giving.gifts(&Stop::default());
        match gifts.fair.first() {
            Some(gift) => {
                n_found += 1;
                assert_eq!(gift.worth, best, "round {round}");
                assert_eq!(gift.worth, board.worth(&gift.draft));
                // What grows cluster by cluster is seldom worse.
                let grown = giving.grown(&Stop::default());
                let grown = grown.fair.first().expect("a way was found").worth;
                assert!(grown >= best);
                n_alike += usize::from((grown.outside, grown.moved) == (best.outside, best.moved));
            }
            None => assert_eq!(best.outside, board.outside(&held), "round {round}"),
        }
    }
    assert!(n_found > 60, "{n_found}");
    assert!(n_alike * 100 >= n_found * 95, "{n_alike} of {n_found} as small by growing");
}

#[test]
fn whatever_the_town_repairs_are_sound_and_the_same_twice() {
    let mut chance = Chance::fork(47, 0);
    let mut n_ways = 0;
    for _ in 0..60 {
        let mut town = small(&mut chance, 3);
        if chance.below(3) == 0 {
            town.may_change[chance.below(3)] = false;
        }
        if chance.below(2) == 0 {
            let first = chance.below(town.held.len() - 1) as u32;
            town.ground.bound = vec![vec![first, first + 1]];
        }
        if chance.below(3) == 0 {
            town.households = town.ground.weights.iter().map(|weight| weight / 2).collect();
        }
        if chance.below(4) == 0 {
            let at = chance.below(town.held.len());
            let units = [at as u32, chance.below(town.held.len()) as u32];
            let barrier = Barrier::None;
            town.ground.borders.push(Border { units, length: Length::ZERO, barrier });
        }
        let repairs = town.repairs();
        check(&town, &repairs);
        n_ways += repairs.remedies.len();
        assert_eq!(repairs, town.repairs());
    }
    assert!(n_ways > 60, "{n_ways}");
}

/// A community as large as they come: 1,500 units in ten parts, one of them far too heavy.
#[test]
fn a_large_community_is_repaired_in_time() {
    let (width, height) = (50usize, 30usize);
    let mut chance = Chance::fork(53, 0);
    let weights: Vec<i64> = (0..width * height)
        .map(|unit| {
            (chance.below(4) as i64) * if unit % width < 10 && unit / width < 15 { 2 } else { 1 }
        })
        .collect();
    let letter = |x: usize, y: usize| char::from(b'A' + (x / 10 * 2 + y / 15) as u8).to_string();
    let line = |y: usize| (0..width).map(|x| letter(x, y)).collect::<Vec<_>>().join(" ");
    let map = (0..height).map(line).collect::<Vec<_>>().join("\n");
    let mut town = Town::of(&map, &weights, (190, 300));
    town.picked = vec![0];
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    let repairs = repair(&town.case(), 5, &Stop { deadline: Some(deadline), ..Stop::default() });
    check(&town, &repairs);
    assert!(!repairs.is_cut_short);
    let best = &repairs.remedies[0];
    assert_eq!(best.worth.outside, 0);
    let (moved, least) = (best.worth.moved, repairs.least);
    assert!(moved * 100 <= least * 112, "{moved} moved, {least} at least");
    assert!(repairs.remedies.len() >= 3, "{:?}", kinds(&repairs));
    // Out of time there is an answer as well.
    let stop = Stop { deadline: Some(std::time::Instant::now()), ..Stop::default() };
    let short = repair(&town.case(), 5, &stop);
    assert!(short.is_cut_short);
    check(&town, &short);
}
