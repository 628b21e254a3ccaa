//! Chance from a seed: the same numbers on every machine and in every version.
//!
//! **Why** our own forty lines instead of `rand`: the demo town's bytes lie in the repository and a
//! test compares them, so the generator must never change under us. SplitMix64 passes the usual
//! batteries and has one word of state.

/// A stream of numbers that follows from its seed alone.
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for part `part`: what is drawn here does not move what is drawn there.
    pub fn fork(seed: u64, part: u64) -> Self {
        let mut dice = Self(seed ^ part.wrapping_mul(0xD1B5_4A32_D192_ED03));
        dice.next();
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n` - 1; 0 when `n` is 0. The bias is under n / 2^64.
    pub fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i32, high: i32) -> i32 {
        let n = (i64::from(high) - i64::from(low) + 1).max(1) as usize;
        (i64::from(low) + self.below(n) as i64) as i32
    }

    /// A fraction from 0 up to, not including, 1.
    pub fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A fraction from `low` up to `high`.
    pub fn within(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.fraction()
    }

    /// True `n` times in `of`.
    pub fn is_chance(&mut self, n: usize, of: usize) -> bool {
        self.below(of) < n
    }

    /// One of `choices`, which is not empty.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }

    /// Puts `things` in random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            things.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_never_changes() {
        // First words of SplitMix64 from seed 0, as published with the algorithm.
        let mut dice = Dice::new(0);
        assert_eq!(dice.next(), 0xE220_A839_7B1D_CDAF);
        assert_eq!(dice.next(), 0x6E78_9E6A_A1B9_65F4);
    }

    #[test]
    fn ranges_hold() {
        let mut dice = Dice::new(7);
        let mut seen = [false; 5];
        for _ in 0..1000 {
            seen[dice.below(5)] = true;
            assert!((-3..=3).contains(&dice.between(-3, 3)));
            assert!((2.0..4.0).contains(&dice.within(2.0, 4.0)));
        }
        assert_eq!(seen, [true; 5]);
        assert_eq!(dice.below(0), 0);
    }
}
