//! The outer border of a plan that is to count, sewn to what is around it.
//!
//! A draft's border may hold pins of its own, within a step or two of the line. Before it counts, its
//! communities, their neighbours and the fabric of areas have to list the same pins and knots, or tiles
//! of neighbours would part by a hair. Nothing else changes: neither cells nor colors.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Hindrance, hinder};
use crate::domain::change::Fact;
use crate::domain::decide::border::Border;
use crate::domain::decide::{Draft, Refusal};
use crate::domain::fabric::check::breaches;
use crate::domain::fabric::meet::meet;
use crate::domain::fabric::outline::outline;
use crate::domain::fabric::stitch::stitch;
use crate::domain::ids::{AreaId, PlanId};
use crate::domain::issue::{Issue, Severity};
use crate::domain::plan::Cut;
use crate::domain::world::World;

/// Facts that put `cuts` of `plan` in place, sewn. Cost: the cells of its communities and of those around.
pub(super) fn sew(
    world: &World,
    plan: PlanId,
    cuts: BTreeMap<AreaId, Cut>,
) -> Result<Vec<Fact>, Refusal> {
    let held = world.plans().cuts().map(|(key, cut)| (key, Arc::clone(cut))).collect();
    let mut border = Border::new(Arc::clone(world.areas().ground()), held);
    for (area, cut) in cuts {
        let own = outline(&cut.fabric, |_| true);
        let Some((for_it, for_others)) = meet(&own, &border.outline(area)) else {
            return hinder(Hindrance::BorderMoved);
        };
        let fabric = Arc::new(stitch(&cut.fabric, &for_it));
        border.put(plan, area, Cut { fabric, ..cut }, &for_others);
    }
    for ((of, area), cut) in border.cuts() {
        let is_same = world
            .plans()
            .cut(*of, *area)
            .is_some_and(|held| Arc::ptr_eq(held, cut) || Arc::ptr_eq(&held.fabric, &cut.fabric));
        if !is_same && !breaches(&cut.fabric).is_empty() {
            let at = cut.fabric.extent().center();
            return Err(Refusal::Broken(vec![
                Issue::new("fabric.broken", Severity::Stop).place([at]),
            ]));
        }
    }
    let mut draft = Draft::bare(world);
    border.write(&mut draft);
    Ok(draft.change.facts)
}
