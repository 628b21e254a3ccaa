//! Edits of drafts as they come in.
//!
//! Codes and places are made into domain types here; what they name is settled by `decide`.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::ids::{CellId, Code, PlanId};
use crate::domain::measure::Revision;
use crate::domain::place::{LonLat, Pin};
use crate::domain::plan::edit::{Edit, LassoBy, Number, Part, Pick, Repair, Stroke, Which};
use crate::domain::register::rows::GridKind;

/// Some strokes, all or nothing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EditBody {
    /// Revision the planner looked at.
    pub base: u64,
    /// The client's name for the edit; the same name twice has the effect of once.
    #[serde(default)]
    pub id: String,
    #[schema(value_type = Vec<Object>)]
    pub edits: Vec<StrokeBody>,
    #[serde(default)]
    pub repair: RepairBody,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RepairBody {
    #[default]
    Refuse,
    Carry,
}

/// `[[lon, lat], …]`, or a GeoJSON LineString.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum LineBody {
    Bare(Vec<[f64; 2]>),
    GeoJson { coordinates: Vec<[f64; 2]> },
}

/// Rings, the outer one first, or a GeoJSON Polygon.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum PolygonBody {
    Bare(Vec<Vec<[f64; 2]>>),
    GeoJson { coordinates: Vec<Vec<[f64; 2]>> },
}

/// One stroke, told by `op`.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "lowercase")]
pub enum StrokeBody {
    Paint {
        buildings: Option<Vec<String>>,
        cells: Option<Vec<u32>>,
        community: Option<String>,
        polygon: Option<PolygonBody>,
        to: Option<String>,
    },
    Lasso {
        polygon: PolygonBody,
        to: Option<String>,
        #[serde(default)]
        from: Vec<String>,
        by: ByBody,
    },
    Split {
        grid: String,
        line: LineBody,
        #[serde(default)]
        name: String,
    },
    Reroute {
        between: [String; 2],
        line: LineBody,
    },
    Move {
        at: [f64; 2],
        to: [f64; 2],
    },
    Insert {
        at: [f64; 2],
        to: [f64; 2],
    },
    Remove {
        at: [f64; 2],
    },
    Merge {
        grids: Vec<String>,
        keep: String,
    },
    Create {
        #[serde(default)]
        name: String,
        kind: Option<String>,
        code: Option<String>,
        community: Option<String>,
        buildings: Option<Vec<String>>,
        cells: Option<Vec<u32>>,
        polygon: Option<PolygonBody>,
    },
    Rename {
        grid: String,
        name: String,
    },
    Number {
        grid: String,
        number: Option<u64>,
        code: Option<String>,
    },
    Renumber {
        community: Option<String>,
    },
    Lock(WhichBody),
    Unlock(WhichBody),
    Detach {
        grid: String,
        allowed: bool,
    },
    Link {
        from: [f64; 2],
        to: [f64; 2],
    },
    Unlink {
        from: [f64; 2],
        to: [f64; 2],
    },
    Divide {
        community: String,
        parts: Vec<PartBody>,
    },
}

/// The ground of one grid in a division; without a grid it gets a new one.
#[derive(Debug, Deserialize)]
pub struct PartBody {
    cells: Vec<u32>,
    grid: Option<String>,
    #[serde(default)]
    name: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ByBody {
    Building,
    Area,
}

#[derive(Debug, Deserialize)]
pub struct WhichBody {
    grid: Option<String>,
    grids: Option<Vec<String>>,
    #[serde(default)]
    all: bool,
    community: Option<String>,
}

/// What of a body cannot be said: its code, and the number of the stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsayable(pub &'static str, pub usize);

impl EditBody {
    /// The edit as the domain says it.
    pub fn into_edit(self, plan: PlanId) -> Result<Edit, Unsayable> {
        let Self { base, id, edits, repair } = self;
        let mut strokes = Vec::with_capacity(edits.len());
        for (number, stroke) in edits.into_iter().enumerate() {
            strokes.push(stroke.into_stroke().map_err(|code| Unsayable(code, number))?);
        }
        let repair = match repair {
            RepairBody::Refuse => Repair::Refuse,
            RepairBody::Carry => Repair::Carry,
        };
        Ok(Edit { plan, base: Revision(base), id: id.into(), strokes, repair })
    }
}

impl StrokeBody {
    fn into_stroke(self) -> Result<Stroke, &'static str> {
        Ok(match self {
            Self::Paint { buildings, cells, community, polygon, to } => {
                let pick = pick(buildings, cells, community.as_ref(), polygon)?;
                Stroke::Paint { pick, to: grid_or_none(to)? }
            }
            Self::Lasso { polygon, to, from, by } => Stroke::Lasso {
                rings: polygon.rings()?,
                to: grid_or_none(to)?,
                from: grids(from)?,
                by: match by {
                    ByBody::Building => LassoBy::Building,
                    ByBody::Area => LassoBy::Area,
                },
            },
            Self::Split { grid: code, line, name } => {
                Stroke::Split { grid: grid(&code)?, line: line.pins()?, name: name.into() }
            }
            Self::Reroute { between: [one, two], line } => {
                Stroke::Reroute { between: [grid(&one)?, grid(&two)?], line: line.pins()? }
            }
            Self::Move { at, to } => Stroke::Move { at: pin(at)?, to: pin(to)? },
            Self::Insert { at, to } => Stroke::Insert { at: pin(at)?, to: pin(to)? },
            Self::Remove { at } => Stroke::Remove { at: pin(at)? },
            Self::Merge { grids: all, keep } => {
                Stroke::Merge { grids: grids(all)?, keep: grid(&keep)? }
            }
            Self::Create { name, kind, code, community, buildings, cells, polygon } => {
                let kind = match kind.as_deref() {
                    None => GridKind::General,
                    Some("street_front") => GridKind::StreetFront,
                    Some(word) => GridKind::of_word(word).ok_or("edit.bad-name")?,
                };
                Stroke::Create {
                    name: name.into(),
                    kind,
                    code: code.map(|code| Code::new(&code).ok_or("edit.bad-name")).transpose()?,
                    pick: pick(buildings, cells, community.as_ref(), polygon)?,
                    community: area_or_none(community)?,
                }
            }
            Self::Rename { grid: code, name } => {
                Stroke::Rename { grid: grid(&code)?, name: name.into() }
            }
            Self::Number { grid: of, number, code } => {
                let number = match (number, code) {
                    (Some(number), None) => Number::Is(number),
                    (None, Some(code)) => Number::Code(Code::new(&code).ok_or("edit.bad-number")?),
                    (None, None) | (Some(_), Some(_)) => return Err("edit.bad-number"),
                };
                Stroke::Number { grid: grid(&of)?, number }
            }
            Self::Renumber { community } => {
                Stroke::Renumber { community: area_or_none(community)? }
            }
            Self::Lock(which) => Stroke::Lock { which: which.into_which()?, is_locked: true },
            Self::Unlock(which) => Stroke::Lock { which: which.into_which()?, is_locked: false },
            Self::Detach { grid: code, allowed } => {
                Stroke::Detach { grid: grid(&code)?, is_allowed: allowed }
            }
            Self::Link { from, to } => Stroke::Link { ends: [pin(from)?, pin(to)?] },
            Self::Unlink { from, to } => Stroke::Unlink { ends: [pin(from)?, pin(to)?] },
            Self::Divide { community, parts } => Stroke::Divide {
                community: Code::new(&community).ok_or("edit.outside")?,
                parts: parts.into_iter().map(PartBody::into_part).collect::<Result<_, _>>()?,
            },
        })
    }
}

impl PartBody {
    fn into_part(self) -> Result<Part, &'static str> {
        let cell = |number: u32| CellId::new(number).ok_or("edit.unknown-cell");
        Ok(Part {
            cells: self.cells.into_iter().map(cell).collect::<Result<_, _>>()?,
            keep: grid_or_none(self.grid)?,
            name: self.name.into(),
        })
    }
}

impl WhichBody {
    fn into_which(self) -> Result<Which, &'static str> {
        let Self { grid, grids: many, all, community } = self;
        if all {
            return Ok(Which::All { community: area_or_none(community)? });
        }
        let codes = many.unwrap_or_default().into_iter().chain(grid).collect();
        Ok(Which::Grids(grids(codes)?))
    }
}

impl LineBody {
    fn pins(self) -> Result<Vec<Pin>, &'static str> {
        let (Self::Bare(places) | Self::GeoJson { coordinates: places }) = self;
        places.into_iter().map(pin).collect()
    }
}

impl PolygonBody {
    fn rings(self) -> Result<Vec<Vec<Pin>>, &'static str> {
        let (Self::Bare(rings) | Self::GeoJson { coordinates: rings }) = self;
        rings.into_iter().map(|ring| ring.into_iter().map(pin).collect()).collect()
    }
}

fn pin([lon, lat]: [f64; 2]) -> Result<Pin, &'static str> {
    Pin::of(LonLat { lon, lat }).map_err(|_| "row.out-of-range")
}

fn grid(code: &str) -> Result<Code, &'static str> {
    Code::new(code).ok_or("edit.unknown-grid")
}

fn grids(codes: Vec<String>) -> Result<Vec<Code>, &'static str> {
    codes.iter().map(|code| grid(code)).collect()
}

fn grid_or_none(code: Option<String>) -> Result<Option<Code>, &'static str> {
    code.map(|code| grid(&code)).transpose()
}

fn area_or_none(code: Option<String>) -> Result<Option<Code>, &'static str> {
    code.map(|code| Code::new(&code).ok_or("edit.outside")).transpose()
}

fn pick(
    buildings: Option<Vec<String>>,
    cells: Option<Vec<u32>>,
    community: Option<&String>,
    polygon: Option<PolygonBody>,
) -> Result<Pick, &'static str> {
    if let Some(codes) = buildings.filter(|codes| !codes.is_empty() || cells.is_none()) {
        let code = |code: &String| Code::new(code).ok_or("edit.unknown-building");
        return Ok(Pick::Buildings(codes.iter().map(code).collect::<Result<_, _>>()?));
    }
    if let Some(numbers) = cells {
        let cells =
            numbers.into_iter().map(|number| CellId::new(number).ok_or("edit.unknown-cell"));
        let community = area_or_none(community.cloned())?;
        return Ok(Pick::Cells { community, cells: cells.collect::<Result<_, _>>()? });
    }
    match polygon {
        Some(polygon) => Ok(Pick::Shape(polygon.rings()?)),
        None => Ok(Pick::Nothing),
    }
}
