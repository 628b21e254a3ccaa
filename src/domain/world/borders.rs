//! Where the borders of grids run near a place.

use super::ShardGround;
use crate::domain::ids::{CellId, GridKey};
use crate::domain::place::{Pin, step_meters};

/// A place on a border, and the grids on both sides of it; outside or bare ground is `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BorderSpot {
    pub at: Pin,
    pub sides: [Option<GridKey>; 2],
}

impl ShardGround {
    /// The spot of the border of some grid that is nearest to `pin`, at most `reach_m` metres away.
    /// Cost: O(pins of the community).
    pub fn border_near(&self, pin: Pin, reach_m: f64) -> Option<BorderSpot> {
        let color = |cell: Option<CellId>| cell.and_then(|cell| self.cut.colors[cell.index()]);
        let (step_x, step_y) = step_meters(pin.y);
        let flat = |other: Pin| {
            let (x, y) =
                (f64::from(other.x) - f64::from(pin.x), f64::from(other.y) - f64::from(pin.y));
            (x * step_x, y * step_y)
        };
        let n_steps = (reach_m / step_x.min(step_y)).ceil() as i32;
        let mut nearest: Option<(f64, BorderSpot)> = None;
        for seam in self.cut.fabric.seams() {
            let sides = [color(seam.left), color(seam.right)];
            let extent = &self.seam_extents()[seam.id.index()];
            if sides[0] == sides[1] || !extent.grown(n_steps).holds(pin) {
                continue;
            }
            for edge in seam.pins.windows(2) {
                let (from, to) = (flat(edge[0]), flat(edge[1]));
                let (ex, ey) = (to.0 - from.0, to.1 - from.1);
                let along = -(from.0 * ex + from.1 * ey) / (ex * ex + ey * ey).max(1e-9);
                let along = along.clamp(0.0, 1.0);
                let (x, y) = (from.0 + along * ex, from.1 + along * ey);
                let distance = x.hypot(y);
                if distance <= reach_m && nearest.is_none_or(|(held, _)| distance < held) {
                    // Within the box of the seam, so within the range of a pin.
                    let (x, y) = ((x / step_x).round() as i32, (y / step_y).round() as i32);
                    let at = Pin::new(pin.x + x, pin.y + y);
                    nearest = Some((distance, BorderSpot { at, sides }));
                }
            }
        }
        nearest.map(|(_, spot)| spot)
    }
}
