//! Into what to divide: how many parts, how heavy, how strictly.

use thiserror::Error;

use crate::domain::fabric::Barrier;

/// How many parts there shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    /// That many, of one weight as nearly as may be.
    Exactly(usize),
    /// As many as bring parts near `target`, none lighter than `min` or heavier than `max`.
    Around { target: i64, min: i64, max: i64 },
}

/// What parts pay for where they end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Price {
    /// By the metre; a metre along a road, railway, river or wall counts a quarter.
    #[default]
    Length,
    /// One for each pair of neighbouring units that is parted, as graph partitioners count.
    Pairs,
}

/// Kinds of barriers, any of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Barriers(u8);

impl Barriers {
    /// Words for kinds of barriers, as told to the engine by name.
    pub const WORDS: [(&'static str, Barrier); 6] = [
        ("lane", Barrier::Lane),
        ("road", Barrier::Road),
        ("avenue", Barrier::Avenue),
        ("rail", Barrier::Rail),
        ("water", Barrier::Water),
        ("wall", Barrier::Wall),
    ];

    /// Those named, separated by commas; else the first word that names none.
    pub fn named(words: &str) -> Result<Self, &str> {
        let mut all = Self::default();
        for word in words.split(',').map(str::trim) {
            let found = Self::WORDS.iter().find(|(known, _)| *known == word);
            all = all.with(found.ok_or(word)?.1);
        }
        Ok(all)
    }

    pub fn with(self, barrier: Barrier) -> Self {
        Self(self.0 | 1 << barrier.rank())
    }

    pub fn hold(self, barrier: Barrier) -> bool {
        self.0 >> barrier.rank() & 1 == 1
    }
}

/// What a division shall be like.
#[derive(Clone, Debug)]
pub struct Aim {
    pub count: Count,
    /// Share of the mean within which parts count as balanced: from there on borders decide. `None`:
    /// 1 %, and up to 2.5 % where units are coarse.
    pub slack: Option<f64>,
    /// What a border costs.
    pub price: Price,
    /// Barriers no part crosses, but for declared crossings.
    pub hard: Barriers,
    pub seed: u64,
    pub n_threads: usize,
    /// One quick search instead of several long ones, also on small ground: for many divisions to compare.
    pub is_brief: bool,
}

impl Aim {
    pub fn new(count: Count) -> Self {
        Self {
            count,
            slack: None,
            price: Price::Length,
            hard: Barriers::default(),
            seed: 1,
            n_threads: 1,
            is_brief: false,
        }
    }
}

/// Why there is no division at all.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Impossible {
    #[error("there is nothing to divide")]
    NoUnits,
    #[error("a division has at least one part")]
    NoParts,
    #[error(
        "the target is {target}, the band {min} to {max}: wanted are 1 <= target, 0 <= min <= target <= max"
    )]
    BadBand { target: i64, min: i64, max: i64 },
    #[error("the weight of unit {unit} is negative or too large to add up")]
    BadWeight { unit: usize },
    #[error("{units} units make at most {units} parts, not {parts}")]
    TooFewUnits { units: usize, parts: usize },
    #[error(
        "the ground lies in {pieces} pieces that do not touch, and a part is one piece: {parts} parts are too few"
    )]
    TooManyPieces { pieces: usize, parts: usize },
    #[error("stopped before there was a division")]
    Cancelled,
}

impl Impossible {
    /// Stable word for scripts.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NoUnits => "divide.no-units",
            Self::NoParts => "divide.no-parts",
            Self::BadBand { .. } => "divide.bad-band",
            Self::BadWeight { .. } => "divide.bad-weight",
            Self::TooFewUnits { .. } => "divide.too-few-units",
            Self::TooManyPieces { .. } => "divide.too-many-pieces",
            Self::Cancelled => "divide.cancelled",
        }
    }
}
