//! What the desk tells those who listen: something was committed, and this is what it touched.

use std::sync::Arc;

use crate::domain::change::Touched;
use crate::domain::world::World;

/// One commit, as listeners get it. Holds the world, so a listener can read what it wants to show.
#[derive(Clone, Debug)]
pub struct Notice {
    pub touched: Arc<Touched>,
    pub world: Arc<World>,
}
