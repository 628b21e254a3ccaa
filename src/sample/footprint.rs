//! Ground plans of buildings, drawn in metres around their middle, with four to twelve corners.
//!
//! **Why** not boxes alone: clipping, packing and drawing of footprints should meet the corners that
//! real ones have.

use super::ground::{At, at};

/// The form of a ground plan; the long side runs along x before it is turned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A plain rectangle.
    Slab,
    /// A rectangle with stair towers standing out to the north, one for two entrances.
    Stairs,
    /// Two wings at a right angle.
    Angle,
    /// Three wings around a yard open to the south.
    Yard,
    /// A cross-shaped tower.
    Cross,
    /// Two slabs, one set back.
    Offset,
}

/// Corners of a plan `width` by `depth`, counter-clockwise, centred on (0, 0).
pub fn corners(form: Form, width: f64, depth: f64) -> Vec<At> {
    let (w, d) = (width / 2.0, depth / 2.0);
    match form {
        Form::Slab => vec![at(-w, -d), at(w, -d), at(w, d), at(-w, d)],
        Form::Stairs => {
            let (stair, out) = (w * 0.16, depth * 0.14);
            let tower = |x: f64| {
                [at(x + stair, d), at(x + stair, d + out), at(x - stair, d + out), at(x - stair, d)]
            };
            let mut ring = vec![at(-w, -d), at(w, -d), at(w, d)];
            ring.extend(tower(w / 2.0));
            ring.extend(tower(-w / 2.0));
            ring.push(at(-w, d));
            ring
        }
        Form::Angle => {
            let wing = (width.min(depth) * 0.45).max(4.0);
            vec![
                at(-w, -d),
                at(w, -d),
                at(w, -d + wing),
                at(-w + wing, -d + wing),
                at(-w + wing, d),
                at(-w, d),
            ]
        }
        Form::Yard => {
            let wing = (width.min(depth) * 0.3).max(3.0);
            vec![
                at(-w, -d),
                at(-w + wing, -d),
                at(-w + wing, d - wing),
                at(w - wing, d - wing),
                at(w - wing, -d),
                at(w, -d),
                at(w, d),
                at(-w, d),
            ]
        }
        Form::Cross => {
            let (a, b) = (w * 0.5, d * 0.5);
            vec![
                at(-a, -d),
                at(a, -d),
                at(a, -b),
                at(w, -b),
                at(w, b),
                at(a, b),
                at(a, d),
                at(-a, d),
                at(-a, b),
                at(-w, b),
                at(-w, -b),
                at(-a, -b),
            ]
        }
        Form::Offset => {
            let back = depth * 0.22;
            vec![
                at(-w, -d),
                at(0.0, -d),
                at(0.0, -d + back),
                at(w, -d + back),
                at(w, d),
                at(0.0, d),
                at(0.0, d - back),
                at(-w, d - back),
            ]
        }
    }
}

/// `ring` turned by `degrees` counter-clockwise and moved to `middle`.
pub fn placed(ring: &[At], degrees: f64, middle: At) -> Vec<At> {
    let x = at(1.0, 0.0).turned(degrees);
    ring.iter().map(|corner| middle + x * corner.x + x.left() * corner.y).collect()
}

/// A place well inside a ring: the middle of the widest stretch along its middle parallel.
pub fn inside(ring: &[At]) -> At {
    let (low, high) = ring
        .iter()
        .fold((f64::MAX, f64::MIN), |(low, high), corner| (low.min(corner.y), high.max(corner.y)));
    // Off the exact middle, where corners of even plans lie.
    let y = low + (high - low) * 0.517;
    let mut crossings: Vec<f64> = (0..ring.len())
        .map(|idx| (ring[idx], ring[(idx + 1) % ring.len()]))
        .filter(|(a, b)| (a.y > y) != (b.y > y))
        .map(|(a, b)| a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x))
        .collect();
    crossings.sort_by(f64::total_cmp);
    let widest = crossings.chunks_exact(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
    widest.map_or(ring[0], |pair| at((pair[0] + pair[1]) / 2.0, y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::{Pin, Polygon, is_inside};
    use crate::sample::ground::Frame;

    #[test]
    fn plans_run_counter_clockwise_around_their_middle() {
        let forms = [Form::Slab, Form::Stairs, Form::Angle, Form::Yard, Form::Cross, Form::Offset];
        for form in forms {
            let ring = placed(&corners(form, 40.0, 14.0), 30.0, at(100.0, 100.0));
            let doubled: f64 = (0..ring.len())
                .map(|idx| (ring[idx] - ring[0]).cross(ring[(idx + 1) % ring.len()] - ring[0]))
                .sum();
            assert!((4..=12).contains(&ring.len()) && doubled > 200.0, "{form:?}");
            assert!(ring.iter().all(|&corner| (corner - at(100.0, 100.0)).length() < 23.0));
            let frame = Frame::new(Pin::new(0, 0));
            let polygon = Polygon { rings: vec![frame.pins(&ring)] };
            assert_eq!(is_inside(&polygon, frame.pin(inside(&ring))), Some(true), "{form:?}");
        }
    }
}
