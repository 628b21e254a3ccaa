//! A flat sheet of metres laid on the lattice: made-up towns are drawn in metres and pinned down once.
//!
//! **Why** flat: over the ten or twenty kilometres of a made-up town the error is below what anybody
//! would notice, and streets at right angles stay at right angles.

use std::ops::{Add, Mul, Sub};

use crate::domain::place::{Pin, step_meters};

/// A place or a step on the sheet: metres east and north of the frame's origin.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct At {
    pub x: f64,
    pub y: f64,
}

/// The place `x` metres east and `y` metres north of the origin.
pub const fn at(x: f64, y: f64) -> At {
    At { x, y }
}

impl Add for At {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        at(self.x + other.x, self.y + other.y)
    }
}

impl Sub for At {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        at(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f64> for At {
    type Output = Self;
    fn mul(self, by: f64) -> Self {
        at(self.x * by, self.y * by)
    }
}

impl At {
    pub fn length(self) -> f64 {
        self.x.hypot(self.y)
    }

    /// Of length one; east for the zero step.
    pub fn unit(self) -> Self {
        let length = self.length();
        if length > 0.0 { self * (1.0 / length) } else { at(1.0, 0.0) }
    }

    /// Turned a quarter to the left.
    pub fn left(self) -> Self {
        at(-self.y, self.x)
    }

    /// Turned by `degrees` counter-clockwise.
    pub fn turned(self, degrees: f64) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        at(self.x * cos - self.y * sin, self.x * sin + self.y * cos)
    }

    /// The place `part` of the way to `other`.
    pub fn toward(self, other: Self, part: f64) -> Self {
        self + (other - self) * part
    }

    pub fn dot(self, other: Self) -> f64 {
        self.x * other.x + self.y * other.y
    }

    /// Positive when `other` lies to the left.
    pub fn cross(self, other: Self) -> f64 {
        self.x * other.y - self.y * other.x
    }
}

/// Where the sheet lies on the lattice.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    origin: Pin,
    /// Metres of a lattice step.
    east: f64,
    north: f64,
}

impl Frame {
    /// A sheet whose (0, 0) is `origin`.
    pub fn new(origin: Pin) -> Self {
        let (east, north) = step_meters(origin.y);
        Self { origin, east, north }
    }

    /// The lattice point nearest to `place`. Meant for places within some hundred kilometres.
    pub fn pin(&self, place: At) -> Pin {
        Pin::new(
            self.origin.x + (place.x / self.east).round() as i32,
            self.origin.y + (place.y / self.north).round() as i32,
        )
    }

    pub fn pins(&self, places: &[At]) -> Vec<Pin> {
        places.iter().map(|&place| self.pin(place)).collect()
    }

    pub fn place(&self, pin: Pin) -> At {
        at(
            f64::from(pin.x - self.origin.x) * self.east,
            f64::from(pin.y - self.origin.y) * self.north,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::place::distance;

    #[test]
    fn a_metre_is_a_metre() {
        let frame = Frame::new(Pin::new(1_096_000_000, 389_000_000));
        let (a, b) = (at(100.0, 2000.0), at(400.0, 2400.0));
        assert!((distance(frame.pin(a), frame.pin(b)) - 500.0).abs() < 0.2);
        assert!((frame.place(frame.pin(b)) - b).length() < 0.02);
    }

    #[test]
    fn turns_go_left() {
        assert!((at(1.0, 0.0).turned(90.0) - at(1.0, 0.0).left()).length() < 1e-12);
        assert!(at(1.0, 0.0).cross(at(0.0, 1.0)) > 0.0);
    }
}
