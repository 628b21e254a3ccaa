//! The newest answer to a costly question, kept until the world moves on.
//!
//! **Why** one entry: everybody asks about the newest world. An older world in some request's hand is
//! answered by computing again, which is right and rare.

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::measure::Revision;
use crate::domain::world::World;

/// Something computed from a whole world.
#[derive(Debug)]
pub struct Memo<T> {
    held: Mutex<Option<(Revision, Arc<T>)>>,
}

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self { held: Mutex::default() }
    }
}

impl<T> Memo<T> {
    /// What `make` gives for `world`, made once a revision. Callers wait for the one who makes it.
    pub fn get(&self, world: &World, make: impl FnOnce(&World) -> T) -> Arc<T> {
        // What counted on another day is another answer, and nobody else's.
        if world.is_as_of() {
            return Arc::new(make(world));
        }
        // Left whole by a panic inside `make`: it is only written when that has returned.
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((revision, value)) = &*held
            && *revision == world.revision()
        {
            return Arc::clone(value);
        }
        let value = Arc::new(make(world));
        if held.as_ref().is_none_or(|(revision, _)| *revision < world.revision()) {
            *held = Some((world.revision(), Arc::clone(&value)));
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_made_once_a_revision() {
        let memo = Memo::default();
        let world = World::default();
        assert_eq!(*memo.get(&world, |_| 1), 1);
        assert_eq!(*memo.get(&world, |_| 2), 1);
        let (next, _) = world.next(&Default::default());
        assert_eq!(*memo.get(&next, |_| 3), 3);
        assert_eq!(*memo.get(&world, |_| 4), 4, "an older world is answered, not kept");
        assert_eq!(*memo.get(&next, |_| 5), 3);
    }
}
