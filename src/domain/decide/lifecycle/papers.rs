//! What reviewers leave: warnings accepted with a reason, comments, comments settled.

use std::sync::Arc;

use super::{Check, Hindrance, Turning, checks, hinder, is_unprintable};
use crate::domain::change::{Fact, Turned};
use crate::domain::decide::Refusal;
use crate::domain::ids::Code;
use crate::domain::place::Pin;
use crate::domain::plan::Status;
use crate::domain::plan::review::{Accepted, Comment, MAX_COMMENT};

/// A new comment.
#[derive(Clone, Debug, PartialEq)]
pub struct Remark {
    pub text: Box<str>,
    pub place: Option<Pin>,
    pub grid: Option<Code>,
}

pub(super) fn accept(
    turn: &mut Turning<'_>,
    key: Box<str>,
    is_accepted: bool,
) -> Result<(), Refusal> {
    if !matches!(turn.held.status, Status::Draft | Status::InReview) {
        return hinder(Hindrance::Over);
    }
    let before = turn.world.plans().accepted(turn.id()).get(&key).cloned();
    let after = if is_accepted {
        if turn.reason.trim().is_empty() {
            return hinder(Hindrance::NoReason);
        }
        let found = checks(turn.world, turn.id());
        let Some(check) = found.iter().find(|check| check.key == key) else {
            return hinder(Hindrance::UnknownCheck);
        };
        if !Check::can_be_accepted(check) {
            return hinder(Hindrance::NotAcceptable);
        }
        let reason = turn.reason.trim().into();
        Some(Arc::new(Accepted { who: turn.actor.name.clone(), at: turn.now, reason }))
    } else {
        None
    };
    if before != after {
        turn.facts.push(Fact::Accepted(turn.id(), key, Turned::new(before, after)));
    }
    Ok(())
}

pub(super) fn remark(turn: &mut Turning<'_>, remark: Remark) -> Result<(), Refusal> {
    let Remark { text, place, grid } = remark;
    let text = text.trim();
    if text.is_empty() {
        return hinder(Hindrance::NoText);
    }
    if text.chars().count() > MAX_COMMENT || text.chars().any(is_unprintable) {
        return hinder(Hindrance::LongText);
    }
    let plans = turn.world.plans();
    if grid.as_ref().is_some_and(|code| plans.key_of(turn.id(), code.as_str()).is_none()) {
        return hinder(Hindrance::UnknownComment);
    }
    let number = plans.comments(turn.id()).keys().next_back().map_or(1, |last| last + 1);
    let comment = Comment {
        text: text.into(),
        place,
        grid,
        who: turn.actor.name.clone(),
        at: turn.now,
        resolved: None,
    };
    let turned = Turned::new(None, Some(Arc::new(comment)));
    turn.facts.push(Fact::Comment(turn.id(), number, turned));
    Ok(())
}

pub(super) fn resolve(
    turn: &mut Turning<'_>,
    number: u32,
    is_resolved: bool,
) -> Result<(), Refusal> {
    let Some(held) = turn.world.plans().comments(turn.id()).get(&number).cloned() else {
        return hinder(Hindrance::UnknownComment);
    };
    if held.resolved.is_some() != is_resolved {
        let resolved = is_resolved.then(|| (turn.actor.name.clone(), turn.now));
        let after = Arc::new(Comment { resolved, ..Comment::clone(&held) });
        let turned = Turned::new(Some(held), Some(after));
        turn.facts.push(Fact::Comment(turn.id(), number, turned));
    }
    Ok(())
}
