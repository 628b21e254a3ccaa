//! Rates that tell how well the ground is covered and how evenly the work is shared.
//!
//! Every indicator keeps numerator and denominator; rolling up to wider areas adds both. Formulas and
//! thresholds are numbered I01, I02 … as in the domain paper.

pub mod coverage;

use super::measure::Share;
use coverage::Coverage;

/// Which way an indicator is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// At least this many per ten thousand.
    AtLeast(i64),
    /// At most this many per ten thousand.
    AtMost(i64),
}

/// One indicator: its number, names, formula and threshold.
pub struct Indicator {
    pub id: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    pub of: fn(&Coverage) -> Share,
    pub target: Target,
}

/// What is measured today; the README lists the same rows.
pub const INDICATORS: &[Indicator] = &[
    Indicator {
        id: "I01",
        zh: "网格覆盖率",
        en: "household grid coverage",
        of: |coverage| coverage.households,
        target: Target::AtLeast(10_000),
    },
    Indicator {
        id: "I02",
        zh: "楼栋落格率",
        en: "building assignment",
        of: |coverage| coverage.buildings,
        target: Target::AtLeast(10_000),
    },
    Indicator {
        id: "I03",
        zh: "面积覆盖率",
        en: "area coverage",
        of: |coverage| coverage.ground,
        target: Target::AtLeast(9_999),
    },
    Indicator {
        id: "I05",
        zh: "上图率",
        en: "located buildings",
        of: |coverage| coverage.located,
        target: Target::AtLeast(9_800),
    },
    Indicator {
        id: "I06",
        zh: "坐标可疑率",
        en: "suspect points",
        of: |coverage| coverage.suspect,
        target: Target::AtMost(100),
    },
    Indicator {
        id: "I07",
        zh: "规模达标率",
        en: "size in band",
        of: |coverage| coverage.in_band,
        target: Target::AtLeast(8_000),
    },
    Indicator {
        id: "I28",
        zh: "服务站覆盖率",
        en: "stations",
        of: |coverage| coverage.served,
        target: Target::AtLeast(10_000),
    },
    Indicator {
        id: "I29",
        zh: "百户设施面积",
        en: "station area per 100 households",
        of: |coverage| coverage.floor,
        // Thirty square metres to a hundred households.
        target: Target::AtLeast(300_000),
    },
    Indicator {
        id: "I30",
        zh: "步行可达率",
        en: "station in reach",
        of: |coverage| coverage.reached,
        target: Target::AtLeast(9_000),
    },
];

/// Whether `share` meets `target`; `None` when there is nothing to measure.
pub fn verdict(share: Share, target: Target) -> Option<bool> {
    let (n, d) = (i128::from(share.n.get()), i128::from(share.d.get()));
    (d != 0).then(|| match target {
        Target::AtLeast(limit) => n * 10_000 >= d * i128::from(limit),
        Target::AtMost(limit) => n * 10_000 <= d * i128::from(limit),
    })
}
