//! What is told of a division while somebody waits: communities done, and of one that takes long the best so far.
//!
//! A line on the terminal that goes again; nothing where stderr is a file or a pipe, as on import.
//!
//! **Why** the weights are asked for late: most communities are done before anybody looks, and working out
//! their ground a second time would be for nothing.

use std::io::IsTerminal;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::divide::{Onlooker, Sight, Stop};

/// Time between two looks at one division, and before the first.
const EVERY: Duration = Duration::from_millis(500);

/// The line on the terminal.
pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// For ground in `n` pieces that are divided each for itself.
    pub fn new(n: usize) -> Self {
        let is_seen = std::io::stderr().is_terminal();
        let bar = if is_seen { ProgressBar::new(n as u64) } else { ProgressBar::hidden() };
        let style = match n {
            1 => "{spinner} {elapsed} {msg}",
            _ => "{pos}/{len} communities {bar:24} {elapsed} {msg}",
        };
        bar.set_style(ProgressStyle::with_template(style).expect("the template is well formed"));
        if is_seen {
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar }
    }

    /// The piece called `name` is done; what is told of another one stays.
    pub fn advance(&self, name: &str) {
        if self.bar.message().starts_with(name) {
            self.bar.set_message("");
        }
        self.bar.inc(1);
    }

    /// Takes the line away.
    pub fn end(&self) {
        self.bar.finish_and_clear();
    }
}

/// Looks on while one piece is divided.
pub(super) struct Watcher<'a, F> {
    progress: &'a Progress,
    name: &'a str,
    weights_of: F,
    weights: OnceLock<Vec<i64>>,
    held: Mutex<Held>,
}

struct Held {
    looked: Instant,
    worth: Option<(usize, [i64; 4])>,
}

impl<'a, F: Fn() -> Vec<i64> + Sync> Watcher<'a, F> {
    /// `weights_of` is asked once, and only if the work takes long: the weight of each unit.
    pub fn new(progress: &'a Progress, name: &'a str, weights_of: F) -> Self {
        let held = Mutex::new(Held { looked: Instant::now(), worth: None });
        Self { progress, name, weights_of, weights: OnceLock::new(), held }
    }

    /// `stop`, with this looking on where there is a terminal to tell it on.
    pub fn beside<'b>(&'b self, stop: &Stop<'b>) -> Stop<'b> {
        let is_told = !self.progress.bar.is_hidden();
        Stop { onlooker: is_told.then_some(self as &dyn Onlooker), ..*stop }
    }
}

impl<F: Fn() -> Vec<i64> + Sync> Onlooker for Watcher<'_, F> {
    fn is_curious(&self) -> bool {
        // Another thread showing something just now is answer enough.
        self.held.try_lock().is_ok_and(|held| held.looked.elapsed() >= EVERY)
    }

    fn look(&self, sight: Sight) {
        let Ok(mut held) = self.held.lock() else { return };
        held.looked = Instant::now();
        if held.worth.is_some_and(|worth| worth <= sight.worth) {
            return;
        }
        held.worth = Some(sight.worth);
        let weights = self.weights.get_or_init(|| (self.weights_of)());
        let told = told(&sight, weights);
        let line = format!("{} {told}", self.name);
        self.progress.bar.set_message(line.trim_start().to_owned());
    }
}

/// A division on its way in a few words: how even its parts are, and how much of the ground is still open.
fn told(sight: &Sight, weights: &[i64]) -> String {
    let mut parts = vec![0; sight.n_parts];
    let (mut open, mut all) = (0, 0);
    for (part, weight) in sight.part.iter().zip(weights) {
        all += weight;
        match *part {
            Sight::OPEN => open += weight,
            part => parts[part as usize] += weight,
        }
    }
    let mean = (all - open) as f64 / sight.n_parts.max(1) as f64;
    if mean <= 0.0 {
        return format!("{} parts", sight.n_parts);
    }
    let off = parts.iter().map(|&weight| (weight as f64 / mean - 1.0).abs()).fold(0.0, f64::max);
    let mut text =
        format!("{} parts, largest deviation {:.2} % so far", sight.n_parts, off * 100.0);
    if open > 0 {
        text += &format!("; {:.0} % of the weight open", open as f64 / all as f64 * 100.0);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(part: &[u32], n_parts: usize, weights: &[i64], expected: &str) {
        let sight = Sight { part: part.to_vec(), n_parts, worth: (0, [0; 4]) };
        assert_eq!(told(&sight, weights), expected);
    }

    #[test]
    fn a_sight_is_told_by_its_deviation_and_what_is_open() {
        check(&[0, 0, 1], 2, &[5, 5, 10], "2 parts, largest deviation 0.00 % so far");
        check(&[0, 1, 1], 2, &[6, 5, 9], "2 parts, largest deviation 40.00 % so far");
        let open = Sight::OPEN;
        let half = "2 parts, largest deviation 0.00 % so far; 50 % of the weight open";
        check(&[0, 1, open], 2, &[5, 5, 10], half);
        check(&[open, open], 0, &[5, 5], "0 parts");
        check(&[0, 1], 2, &[0, 0], "2 parts");
    }

    #[test]
    fn who_looks_on_waits_first_and_asks_for_weights_once() {
        let progress = Progress { bar: ProgressBar::hidden() };
        let n_asked = std::sync::atomic::AtomicUsize::new(0);
        let weights = || {
            n_asked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            vec![4, 6]
        };
        let watcher = Watcher::new(&progress, "990101", weights);
        assert!(!watcher.is_curious(), "short work is not looked at");
        let sight = |excess| Sight { part: vec![0, 1], n_parts: 2, worth: (0, [0, 0, excess, 0]) };
        watcher.look(sight(3));
        assert_eq!(progress.bar.message(), "990101 2 parts, largest deviation 20.00 % so far");
        progress.advance("990102");
        assert_ne!(progress.bar.message(), "", "another one is done");
        progress.advance("990101");
        watcher.look(sight(4));
        assert_eq!(progress.bar.message(), "", "a worse one is not told");
        watcher.look(sight(2));
        assert_ne!(progress.bar.message(), "");
        assert_eq!(n_asked.load(std::sync::atomic::Ordering::Relaxed), 1);
        assert!(watcher.beside(&Stop::default()).onlooker.is_none(), "no terminal, nobody looks");
    }
}
