//! How far the weight of a part is from what it should be, as one number to bring down.
//!
//! **Why** a free zone around the target: within it parts count as equal, so that borders, not single
//! households, decide where they run. Beyond it the strain grows with the square, and a band that is
//! left weighs more than any border.

/// Targets of parts and how strictly they are meant.
#[derive(Clone, Debug)]
pub(super) struct Gauge {
    /// Weight each part should have.
    pub targets: Vec<f64>,
    /// Smallest and largest weight allowed.
    pub band: (i64, i64),
    /// Share of the target within which parts count as equal.
    pub slack: f64,
    /// Share of the target beyond the slack that counts one.
    pub scale: f64,
}

impl Gauge {
    /// All parts want the same.
    pub fn even(n_parts: usize, target: f64, band: (i64, i64), slack: f64) -> Self {
        Self { targets: vec![target; n_parts], band, slack, scale: 0.01 }
    }

    /// For nodes of about `grain`: what single nodes cannot settle is not asked of them.
    pub fn at_grain(&self, grain: f64) -> Self {
        let target = self.targets.iter().copied().fold(f64::INFINITY, f64::min).max(1.0);
        let share = grain / target;
        Self {
            slack: self.slack.max(0.25 * share),
            scale: self.scale.max(0.5 * share),
            ..self.clone()
        }
    }

    pub fn strain(&self, part: usize, load: i64) -> f64 {
        let target = self.targets[part];
        let step = target * self.scale;
        let off = (load as f64 - target).abs();
        let beyond = off - self.slack * target;
        let mut strain = 0.0;
        if beyond > 0.0 {
            strain += (beyond / step) * (beyond / step);
        }
        let outside = self.outside(load);
        if outside > 0 {
            let outside = outside as f64 / step;
            strain += 4.0 * outside * outside;
        }
        strain
    }

    /// Share of the target by which `load` is off beyond the slack; out of band counts once more.
    pub fn excess(&self, part: usize, load: i64) -> f64 {
        self.off(part, load) / self.targets[part]
    }

    /// The same as a weight.
    pub fn off(&self, part: usize, load: i64) -> f64 {
        let target = self.targets[part];
        let beyond = ((load as f64 - target).abs() - self.slack * target).max(0.0);
        beyond + self.outside(load) as f64
    }

    /// By how much `load` leaves the band.
    pub fn outside(&self, load: i64) -> i64 {
        (self.band.0 - load).max(load - self.band.1).max(0)
    }
}
