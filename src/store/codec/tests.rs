//! The codec on what the house holds, and on bytes it never wrote.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::change::{AreaEra, AreaGround};
use crate::domain::fabric::{Barrier, Fabric, NewSeam};
use crate::domain::ids::{AreaId, CellId, Code, GridKey, PlanId};
use crate::domain::issue::{CODES, Issue, Severity};
use crate::domain::measure::{Count, Day, Revision, Stamp};
use crate::domain::place::{Pin, Polygon};
use crate::domain::plan::{Cut, Grid, Plan, Status};
use crate::domain::register::area::{AreaRecord, Level, Lineage};
use crate::domain::register::rows::GridKind;

fn pin() -> impl Strategy<Value = Pin> {
    let far = (any::<i32>(), any::<i32>()).prop_map(|(x, y)| Pin::new(x, y));
    let near = (0..5_000, 0..5_000).prop_map(|(x, y)| Pin::new(1_096_000_000 + x, 389_000_000 + y));
    prop_oneof![1 => far, 4 => near]
}

fn polygons() -> impl Strategy<Value = Vec<Polygon>> {
    let ring = prop::collection::vec(pin(), 0..8);
    let polygon = prop::collection::vec(ring, 0..3).prop_map(|rings| Polygon { rings });
    prop::collection::vec(polygon, 0..3)
}

fn words() -> impl Strategy<Value = Box<str>> {
    let letters = prop::sample::select(vec!['a', '9', '幢', '网', ' ', '\'', '\0', '😀']);
    prop::collection::vec(letters, 0..6)
        .prop_map(|letters| letters.into_iter().collect::<String>().into())
}

fn code() -> impl Strategy<Value = Code> {
    (0..1_000_000u32).prop_map(|number| Code::new(&format!("编{number}")).expect("a code"))
}

fn id<T: std::fmt::Debug>(new: fn(u32) -> Option<T>) -> impl Strategy<Value = T> {
    prop_oneof![1..=50u32, 1..=u32::MAX].prop_map(move |n| new(n).expect("not zero"))
}

fn issues_of() -> impl Strategy<Value = Vec<Issue>> {
    let severity = prop::sample::select(vec![Severity::Note, Severity::Warning, Severity::Stop]);
    let issue = (
        0..CODES.len(),
        severity,
        any::<Option<u32>>(),
        prop::option::of(words()),
        prop::collection::vec(code(), 0..3),
        prop::collection::vec(pin(), 0..4),
        prop::option::of(-1e12..1e12),
    )
        .prop_map(|(number, severity, row, column, subjects, place, figure)| Issue {
            code: CODES[number].code,
            severity,
            row,
            column,
            subjects,
            place,
            figure,
        });
    prop::collection::vec(issue, 0..3)
}

fn fabric_of(n_cells: usize) -> impl Strategy<Value = Fabric> {
    let cell = move || (0..=n_cells).prop_map(|n| CellId::new(n as u32));
    let seam = (
        prop::collection::vec(pin(), 2..9),
        cell(),
        cell(),
        prop::sample::select(Barrier::ALL.to_vec()),
    )
        .prop_map(|(pins, left, right, barrier)| NewSeam { pins, left, right, barrier });
    prop::collection::vec(seam, 0..9).prop_map(move |seams| Fabric::new(&seams, n_cells as u32))
}

fn cut_of() -> impl Strategy<Value = Cut> {
    let colors = prop::collection::vec(prop::option::of(id(GridKey::new)), 0..6);
    let links = prop::collection::vec([pin(), pin()], 0..3);
    (colors, issues_of(), links).prop_flat_map(|(colors, notes, links)| {
        fabric_of(colors.len()).prop_map(move |fabric| Cut {
            fabric: Arc::new(fabric),
            colors: colors.clone(),
            notes: notes.clone(),
            links: links.clone(),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn shapes_come_back(shape in polygons(), lines in prop::collection::vec(prop::collection::vec(pin(), 0..9), 0..4)) {
        prop_assert_eq!(read_footprint(&footprint(&shape)), Ok(shape.clone()));
        let bytes = lines_and_polygons(&lines, &shape);
        prop_assert_eq!(read_lines_and_polygons(&bytes), Ok((lines, shape)));
    }

    #[test]
    fn grounds_come_back(cut_before in cut_of()) {
        prop_assert_eq!(read_cut(&cut(&cut_before)), Ok(cut_before.clone()));
        let Cut { fabric, colors, notes, links: _ } = cut_before;
        prop_assert_eq!(read_colors_alone(&super::colors(&colors)), Ok(colors.clone()));
        let colors = colors.iter().map(|key| key.and_then(|key| AreaId::new(key.get()))).collect();
        let ground = AreaGround { fabric, colors, notes };
        prop_assert_eq!(read_area_ground(&area_ground(&ground)), Ok(ground.clone()));
        let records = ground.colors.iter().flatten().enumerate().map(|(n, id)| {
            Arc::new(AreaRecord {
                id: *id,
                code: Code::new("990101").unwrap(),
                name: "a".into(),
                level: Level::ALL[n % 4],
                parent: AreaId::new(n as u32),
                kind: "rc".into(),
                stated_households: (n == 1).then_some(Count(-3)),
                stated_population: (n == 2).then_some(Count(9)),
                source_digest: u64::MAX,
                lineage: Lineage {
                    predecessors: vec![Code::new("990102").unwrap(); n],
                    from: (n == 0).then_some(Day(-4)),
                    to: (n == 3).then_some(Day(20_000)),
                },
            })
        });
        let era = AreaEra {
            records: records.collect(),
            newcomers: ground.colors.iter().flatten().copied().collect(),
            ground: Arc::new(ground),
        };
        prop_assert_eq!(read_area_era(&area_era(&era)), Ok(era));
    }

    #[test]
    fn records_come_back(
        ids in (id(PlanId::new), id(GridKey::new), id(AreaId::new), prop::option::of(id(PlanId::new))),
        text_parts in (words(), words(), words(), words(), code()),
        numbers in (any::<u64>(), any::<u64>(), any::<Option<i32>>(), 0..5usize, 0..3usize),
        list in (prop::collection::vec(id(AreaId::new), 0..5), prop::collection::vec(words(), 0..4), issues_of()),
    ) {
        let (plan_id, key, community, based_on) = ids;
        let (a, b, c, d, code) = text_parts;
        let (revision, source_digest, day, status, kind) = numbers;
        let (area_list, text_list, issue_list) = list;
        let plan_before = Plan {
            id: plan_id, title: a.clone(), status: Status::ALL[status], based_on,
            effective_from: day.map(Day), revision: Revision(revision), areas: area_list.clone(),
            author: b.clone(), approver: c.clone(), submitted_at: day.map(|n| Stamp(n.into())),
            published_at: (kind == 1).then_some(Stamp(source_digest.cast_signed())),
            reason: d.clone(), is_drawn: kind == 2,
        };
        prop_assert_eq!(read_plan(&plan(&plan_before)), Ok(plan_before));
        let grid_before = Grid {
            plan: plan_id, key, code: code.clone(), name: a.clone(), community, kind: GridKind::ALL[kind],
            head: b, manager: c, work_phone: d, source_digest,
            is_locked: status == 1, is_detached: kind == 1, is_numbered: status == 2,
            predecessors: vec![code; status],
        };
        prop_assert_eq!(read_grid(&grid(&grid_before)), Ok(grid_before));
        prop_assert_eq!(read_areas(&areas(&area_list)), Ok(area_list));
        prop_assert_eq!(read_texts(&texts(&text_list)), Ok(text_list));
        prop_assert_eq!(read_text(&text(&a)), Ok(a));
        prop_assert_eq!(read_number(&number(key.get())), Ok(key.get()));
        prop_assert_eq!(read_issues(&issues(&issue_list)), Ok(issue_list));
    }

    #[test]
    fn any_bytes_are_read_without_panic(kind in 0xC0..0xD0u8, version in 1..4u8, mut bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        bytes.splice(0..0, [kind, version]);
        read_everything(&bytes);
    }

    #[test]
    fn damaged_values_are_read_without_panic(value in cut_of(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let whole = cut(&value);
        let mut bytes = whole.clone();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        read_everything(&bytes);
        prop_assert!(read_cut(&whole[..at]).is_err(), "a value cut short is noticed");
    }
}

/// Reads `bytes` as whatever they may be; only a panic or running out of memory fails.
fn read_everything(bytes: &[u8]) {
    let n_read = [
        read_footprint(bytes).is_ok(),
        read_lines_and_polygons(bytes).is_ok(),
        read_cut(bytes).is_ok(),
        read_area_ground(bytes).is_ok(),
        read_area_era(bytes).is_ok(),
        read_issues(bytes).is_ok(),
        read_texts(bytes).is_ok(),
        read_areas(bytes).is_ok(),
        read_plan(bytes).is_ok(),
        read_grid(bytes).is_ok(),
        read_number(bytes).is_ok(),
        read_text(bytes).is_ok(),
    ];
    assert!(n_read.into_iter().filter(|&is_read| is_read).count() <= 1, "one kind, one reader");
}

#[test]
fn huge_counts_reserve_nothing() {
    // A count of 2^62 entries in a value of a dozen bytes.
    let huge = [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x3F];
    for kind in [0xC1, 0xC2, 0xC3, 0xC4, 0xC5, 0xC6, 0xC7, 0xC8, 0xC9, 0xCB] {
        let mut bytes = vec![kind, 1];
        bytes.extend(huge);
        read_everything(&bytes);
        assert!(read_cut(&bytes).is_err() && read_texts(&bytes).is_err());
    }
}

#[test]
fn strangers_are_told_apart() {
    let bytes = number(7);
    assert_eq!(read_text(&bytes), Err(CodecError::Kind));
    assert_eq!(read_number(&[bytes[0], 9, 7]), Err(CodecError::Version(9)));
    assert_eq!(read_number(&[]), Err(CodecError::Short));
    assert_eq!(read_number(&[&bytes[..], &[0]].concat()), Err(CodecError::Long));
}

#[test]
fn neighbouring_pins_take_four_bytes() {
    let ring: Vec<Pin> =
        (0..1000).map(|n| Pin::new(1_096_000_000 + n * 300, 389_000_000 - n * 500)).collect();
    let bytes = footprint(&[Polygon { rings: vec![ring] }]).len();
    assert!(bytes < 4_100, "{bytes} bytes");
}

#[test]
fn issues_with_retired_codes_are_left_out() {
    let known = Issue::new("grid.empty", Severity::Note);
    let retired = Issue { code: "grid.long-gone", ..known.clone() };
    assert_eq!(read_issues(&issues(&[retired, known.clone()])), Ok(vec![known]));
}
