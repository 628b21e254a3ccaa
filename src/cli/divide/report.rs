//! The report of a division, as JSON and in a few lines.

use serde_json::{Value, json};

use crate::cli::Failure;
use crate::cli::words::say;
use crate::divide::{Certificate, Division, Measures};

/// A division, measured.
pub(super) struct Report<'a> {
    pub division: &'a Division,
    pub measures: &'a Measures,
    pub seconds: f64,
    /// What the caller calls each unit.
    pub name_of: &'a dyn Fn(u32) -> String,
}

impl Report<'_> {
    /// As `CONTRACT.md` has it.
    pub fn json(&self) -> Value {
        let Measures { parts, deviation_max, n_broken, cut_edges, cut, along_barriers } =
            self.measures;
        let rows = parts.iter().zip(1..).map(|(part, number)| {
            json!({
                "part": number,
                "weight": part.weight,
                "units": part.n_units,
                "area_m2": rounded(part.area.square_meters(), 1.0),
                "compactness": rounded(part.compactness, 1e4),
                "border_m": rounded(part.border.meters(), 10.0),
                "barrier_share": share(part.along_barriers.meters(), part.border.meters()),
            })
        });
        json!({
            "parts": rows.collect::<Vec<_>>(),
            "deviation_max": rounded(*deviation_max, 1e6),
            "broken": n_broken,
            "cut_edges": cut_edges,
            "cut_m": rounded(cut.meters(), 10.0),
            "barrier_share": share(along_barriers.meters(), cut.meters()),
            "compactness": rounded(self.measures.mean_compactness(), 1e4),
            "bound": rounded(self.division.bound, 1e6),
            "seconds": rounded(self.seconds, 1e3),
            "cut_short": self.division.is_cut_short,
            "unproven": self.division.unproven.iter().map(|part| part + 1).collect::<Vec<_>>(),
            "certificates": self.division.certificates.iter().map(|one| self.certificate(one)).collect::<Vec<_>>(),
        })
    }

    fn certificate(&self, one: &Certificate) -> Value {
        let units: Vec<String> = one.units.iter().map(|&unit| (self.name_of)(unit)).collect();
        let code = one.reason.code();
        json!({ "code": code, "units": units, "weight": one.weight, "reason": say(code) })
    }

    /// For a person.
    pub fn text(&self) -> String {
        let Measures { parts, deviation_max, n_broken, cut_edges, cut, .. } = self.measures;
        let mut lines = vec![format!(
            "{} parts, {n_broken} broken; largest deviation {:.2} % (none below {:.2} % exists); \
             {cut_edges} pairs of neighbours parted, {:.1} km of border; mean compactness {:.3}; {:.3} s",
            parts.len(),
            deviation_max * 100.0,
            self.division.bound * 100.0,
            cut.meters() / 1000.0,
            self.measures.mean_compactness(),
            self.seconds,
        )];
        for one in &self.division.certificates {
            let names: Vec<String> =
                one.units.iter().take(5).map(|&unit| (self.name_of)(unit)).collect();
            let more = one.units.len().saturating_sub(5);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            let code = one.reason.code();
            lines.push(format!("{code} {} ({}{more}): {}", one.weight, names.join(" "), say(code)));
        }
        if !self.division.unproven.is_empty() {
            let n = self.division.unproven.len();
            lines.push(format!("{n} parts outside the band, without a proof that this must be"));
        }
        if self.division.is_cut_short {
            lines.push("the limit in time ended the search early".to_owned());
        }
        lines.join("\n")
    }
}

/// Writes `value` to `path`, one line at the end.
pub(super) fn write_json(path: &std::path::Path, value: &Value) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(Failure::of)?;
    std::fs::write(path, text + "\n")
        .map_err(|error| Failure(format!("{}: {error}", path.display())))
}

fn rounded(number: f64, steps: f64) -> f64 {
    (number * steps).round() / steps
}

/// A share in four decimals; none of nothing is zero.
fn share(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { rounded(part / whole, 1e4) } else { 0.0 }
}
