//! The answer to "which cell holds this pin", asked a million times.
//!
//! For now it asks `locate`; the raster of blocks takes its place under the same name.

use super::locate::locate;
use super::{Fabric, Spot};
use crate::domain::place::Pin;

/// Answers as [`locate`] does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Blocks;

impl Blocks {
    pub fn new(_fabric: &Fabric) -> Self {
        Self
    }

    /// Where `pin` lies in `fabric`.
    pub fn locate(&self, fabric: &Fabric, pin: Pin) -> Spot {
        locate(fabric, pin)
    }
}
