//! Periods in which something was so: which grid a building was in, who answered for a grid, since when a
//! border runs where it runs.

use serde::Serialize;
use utoipa::ToSchema;

use super::time;
use crate::domain::measure::Day;
use crate::domain::plan::{Grid, Plan};

/// One period, with the plan that began it. `to` is null while it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Era {
    pub from: String,
    pub to: Option<String>,
    pub plan: EraPlan,
    /// Code of the grid; of a border those on both sides, divided by a bar. Null where there was none.
    pub grid: Option<String>,
    pub name: String,
    /// Public by office; empty when vacant.
    pub head: String,
    pub manager: String,
    /// Who approved it.
    pub who: String,
    pub reason: String,
    pub at: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EraPlan {
    pub id: u32,
    pub title: String,
}

impl Era {
    /// A period of `plan`, without a grid.
    pub fn new(plan: &Plan, from: Day, to: Option<Day>) -> Self {
        let by = if plan.approver.is_empty() { &plan.author } else { &plan.approver };
        Self {
            from: from.to_string(),
            to: to.map(|day| day.to_string()),
            plan: EraPlan { id: plan.id.get(), title: plan.title.to_string() },
            grid: None,
            name: String::new(),
            head: String::new(),
            manager: String::new(),
            who: by.to_string(),
            reason: plan.reason.to_string(),
            at: plan.published_at.map(time),
        }
    }

    pub fn of_grid(self, grid: &Grid) -> Self {
        Self {
            grid: Some(grid.code.to_string()),
            name: grid.name.to_string(),
            head: grid.head.to_string(),
            manager: grid.manager.to_string(),
            ..self
        }
    }

    fn says_the_same(&self, other: &Self) -> bool {
        let said = |era: &Self| {
            (era.grid.clone(), era.name.clone(), era.head.clone(), era.manager.clone())
        };
        said(self) == said(other)
    }
}

/// Periods, oldest first in, newest first out; those that follow each other and say the same are one, told
/// by the plan that began it.
pub fn merged(eras: Vec<Era>) -> Vec<Era> {
    let mut merged: Vec<Era> = Vec::new();
    // The day after the end of the last one.
    let mut next: Option<Day> = None;
    for era in eras {
        let follows = next.is_some_and(|next| next.to_string() == era.from);
        next = era.to.as_ref().and_then(|to| to.parse().ok()).map(|Day(last)| Day(last + 1));
        match merged.last_mut() {
            Some(last) if follows && last.says_the_same(&era) => last.to = era.to,
            _ => merged.push(era),
        }
    }
    merged.reverse();
    merged
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::PlanId;
    use crate::domain::measure::Revision;

    fn era(from: &str, to: &str, name: &str) -> Era {
        let plan = Plan::draft(PlanId::from_index(0), "".into(), Vec::new(), Revision(1));
        let to = (!to.is_empty()).then(|| to.parse().unwrap());
        Era { name: name.to_owned(), ..Era::new(&plan, from.parse().unwrap(), to) }
    }

    #[test]
    fn what_goes_on_is_one_period() {
        let told = merged(vec![
            era("2024-01-01", "2024-06-30", "a"),
            era("2024-07-01", "2024-12-31", "a"),
            era("2025-01-01", "2025-01-31", "b"),
            era("2025-03-01", "", "b"),
        ]);
        let told: Vec<(&str, &str, &str)> = told
            .iter()
            .map(|era| (&*era.from, era.to.as_deref().unwrap_or(""), &*era.name))
            .collect();
        assert_eq!(
            told,
            [
                ("2025-03-01", "", "b"),
                ("2025-01-01", "2025-01-31", "b"),
                ("2024-01-01", "2024-12-31", "a")
            ]
        );
    }
}
