//! Chance from a seed: the same numbers on every machine and whatever the threads.
//!
//! **Why** a generator of our own again: rooms of one floor do not import each other, and a division must
//! come out the same in every version that promises the same seed. SplitMix64, one word of state.

/// A stream of numbers that follows from its seed alone.
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
#[derive(Clone, Debug)]
pub(super) struct Chance(u64);

impl Chance {
    /// The stream of task `task`: what is drawn there does not move what is drawn elsewhere.
    pub fn fork(seed: u64, task: u64) -> Self {
        let mut chance = Self(seed ^ task.wrapping_mul(0xD1B5_4A32_D192_ED03));
        chance.word();
        Self(chance.word())
    }

    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n` - 1; 0 when `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.word()) * n as u128) >> 64) as usize
    }

    /// A fraction from 0 up to, not including, 1.
    pub fn fraction(&mut self) -> f64 {
        (self.word() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Puts `things` in random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}
