//! Rows that lie far from the rest of their file, and files far from the data already held.
//!
//! **Why** the middle is a median: the strays that are searched for must not move it.

use super::report::Report;
use crate::domain::issue::{Issue, Severity};
use crate::domain::place::{LonLat, Pin, Polygon, distance};
use crate::domain::register::rows::Rows;

/// Metres beyond which a position does not belong to the same city.
const FAR: f64 = 200_000.0;

/// Warns of rows farther than 200 km from the middle of their file, and once of a file whose middle is
/// that far from `near`. Cost: O(rows).
pub fn notice(rows: &Rows, near: Option<LonLat>, report: &mut Report) {
    let places = places(rows);
    if places.is_empty() {
        return;
    }
    let middle = Pin::new(
        median(places.iter().map(|(_, pin)| pin.x).collect()),
        median(places.iter().map(|(_, pin)| pin.y).collect()),
    );
    if let Some(Ok(near)) = near.map(Pin::of)
        && distance(middle, near) > FAR
    {
        report.add(Issue::new("file.far-away", Severity::Warning).place([middle]));
    }
    for (row, pin) in places {
        if distance(middle, pin) > FAR {
            report.add(Issue::new("row.far-away", Severity::Warning).row(row).place([pin]));
        }
    }
}

fn median(mut numbers: Vec<i32>) -> i32 {
    let middle = numbers.len() / 2;
    *numbers.select_nth_unstable(middle).1
}

/// Row and position of every row that has one.
fn places(rows: &Rows) -> Vec<(u32, Pin)> {
    let corner = |shape: &[Polygon]| shape.first()?.rings.first()?.first().copied();
    let mut places = Vec::new();
    let mut add = |row: u32, pin: Option<Pin>| places.extend(pin.map(|pin| (row, pin)));
    match rows {
        Rows::Areas(rows) => rows.iter().for_each(|row| add(row.row, corner(&row.shape))),
        Rows::Grids(rows) => rows.iter().for_each(|row| add(row.row, corner(&row.shape))),
        Rows::Buildings(rows) => rows.iter().for_each(|row| add(row.row, row.pin)),
        Rows::Households(rows) => rows.iter().for_each(|row| add(row.row, row.pin)),
        Rows::Members(rows) => rows.iter().for_each(|row| add(row.row, row.pin)),
        Rows::Stations(rows) => rows.iter().for_each(|row| add(row.row, row.pin)),
        Rows::Barriers(rows) => rows.iter().for_each(|row| {
            let line = row.lines.first().and_then(|line| line.first()).copied();
            add(row.row, line.or_else(|| corner(&row.polygons)));
        }),
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_withstands_strays() {
        assert_eq!(median(vec![5, 1_000_000, 4, 6, -1_000_000]), 5);
    }
}
