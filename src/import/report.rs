//! Issues while they are collected: bounded, so that a bad file of a million rows stays small.
//!
//! **Why** a share for each code: ten thousand notes must not push out the one refusal behind them.

use crate::domain::issue::{Issue, Severity};

/// Collects issues up to a bound; beyond it they are counted.
#[derive(Debug)]
pub struct Report {
    issues: Vec<Issue>,
    kept_of: Vec<(&'static str, usize)>,
    max: usize,
    pub n_dropped: u64,
    /// Rows refused so far.
    pub refused: u64,
}

impl Report {
    pub fn new(max: usize) -> Self {
        Self { issues: Vec::new(), kept_of: Vec::new(), max, n_dropped: 0, refused: 0 }
    }

    /// Keeps `issue` if its code still has room: a fifth of the whole each.
    pub fn add(&mut self, issue: Issue) {
        let share = (self.max / 5).max(1);
        let kept = match self.kept_of.iter().position(|(code, _)| *code == issue.code) {
            Some(i) => &mut self.kept_of[i].1,
            None => {
                self.kept_of.push((issue.code, 0));
                &mut self.kept_of.last_mut().expect("just pushed").1
            }
        };
        if self.issues.len() < self.max && *kept < share {
            *kept += 1;
            self.issues.push(issue);
        } else {
            self.n_dropped += 1;
        }
    }

    /// A note about the whole file.
    pub fn file(&mut self, code: &'static str, severity: Severity, column: Option<&str>) {
        let issue = Issue::new(code, severity);
        self.add(match column {
            Some(column) => issue.column(column),
            None => issue,
        });
    }

    /// The issues by row, those of the file first.
    pub fn finish(mut self) -> (Vec<Issue>, u64) {
        self.issues.sort_by_key(|issue| issue.row);
        (self.issues, self.n_dropped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_code_cannot_fill_the_report() {
        let mut report = Report::new(10);
        for row in 0..100 {
            report.add(Issue::new("row.swapped", Severity::Note).row(row));
        }
        report.add(Issue::new("row.missing-code", Severity::Stop).row(7));
        let (issues, n_dropped) = report.finish();
        assert_eq!((issues.len(), n_dropped), (3, 98));
    }
}
