//! What was done to a plan, entry by entry, and what can be taken back.
//!
//! Every change of a draft adds one [`Entry`]; nothing is ever removed from a log. Taking back is an
//! entry of its own that names the one it took back, so undo and redo have no end and survive restarts.
//!
//! **Why** the stack is read from the log: two lists could disagree, one cannot.

use std::collections::HashSet;
use std::sync::Arc;

use crate::domain::ids::{AreaId, Code, GridKey};
use crate::domain::measure::{Revision, Stamp};

/// What kind of change an entry stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// The plan came into being.
    Start,
    Edit,
    /// Took back the entry of that revision.
    Undo(Revision),
    /// Did it again.
    Redo(Revision),
    /// A step of its life: submitted, returned, approved, withdrawn, called otherwise.
    Life,
    /// Brought the draft up to date; nothing before it is taken back any more.
    Rebase,
}

/// One stroke in a few words: its kind, the grids it names, how many buildings changed hands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Did {
    pub op: Op,
    pub grids: Vec<Code>,
    pub buildings: u32,
}

/// Kinds of strokes, by their words on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    Start,
    Paint,
    Erase,
    Lasso,
    Split,
    Reroute,
    Move,
    Insert,
    Remove,
    Merge,
    Create,
    Rename,
    Number,
    Lock,
    Unlock,
    Detach,
    Link,
    Unlink,
    Submit,
    Return,
    Approve,
    Withdraw,
    Retitle,
    Divide,
    Rebase,
}

impl Op {
    pub const ALL: [Self; 25] = [
        Self::Start,
        Self::Paint,
        Self::Erase,
        Self::Lasso,
        Self::Split,
        Self::Reroute,
        Self::Move,
        Self::Insert,
        Self::Remove,
        Self::Merge,
        Self::Create,
        Self::Rename,
        Self::Number,
        Self::Lock,
        Self::Unlock,
        Self::Detach,
        Self::Link,
        Self::Unlink,
        Self::Submit,
        Self::Return,
        Self::Approve,
        Self::Withdraw,
        Self::Retitle,
        Self::Divide,
        Self::Rebase,
    ];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Paint => "paint",
            Self::Erase => "erase",
            Self::Lasso => "lasso",
            Self::Split => "split",
            Self::Reroute => "reroute",
            Self::Move => "move",
            Self::Insert => "insert",
            Self::Remove => "remove",
            Self::Merge => "merge",
            Self::Create => "create",
            Self::Rename => "rename",
            Self::Number => "number",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Detach => "detach",
            Self::Link => "link",
            Self::Unlink => "unlink",
            Self::Submit => "submit",
            Self::Return => "return",
            Self::Approve => "approve",
            Self::Withdraw => "withdraw",
            Self::Retitle => "retitle",
            Self::Divide => "divide",
            Self::Rebase => "rebase",
        }
    }

    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|op| op.word() == word)
    }
}

/// One change of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub revision: Revision,
    /// The client's name for it; empty when it gave none.
    pub id: Box<str>,
    pub who: Box<str>,
    pub at: Stamp,
    pub act: Act,
    pub did: Vec<Did>,
    /// Grids whose ground, name or lock changed, ascending.
    pub grids: Vec<GridKey>,
    /// Communities concerned, ascending.
    pub areas: Vec<AreaId>,
    /// What was given as the reason; empty for edits.
    pub why: Box<str>,
}

/// The newest edit that stands: what undo takes back. Cost: O(entries since).
pub fn undoable(log: &[Arc<Entry>]) -> Option<&Arc<Entry>> {
    let mut settled: HashSet<Revision> = HashSet::new();
    let mut taken: HashSet<Revision> = HashSet::new();
    for entry in log.iter().rev() {
        match entry.act {
            Act::Start | Act::Life => {}
            Act::Rebase => return None,
            Act::Undo(of) => {
                if settled.insert(of) {
                    taken.insert(of);
                }
            }
            Act::Redo(of) => {
                if settled.insert(of) {
                    return find(log, of);
                }
            }
            Act::Edit if taken.contains(&entry.revision) => {}
            Act::Edit => return Some(entry),
        }
    }
    None
}

/// The edit undo took back last, unless something was done since: what redo does again, and the undo that
/// took it.
pub fn redoable(log: &[Arc<Entry>]) -> Option<(&Arc<Entry>, &Arc<Entry>)> {
    let mut redone: HashSet<Revision> = HashSet::new();
    for entry in log.iter().rev() {
        match entry.act {
            Act::Redo(of) => {
                redone.insert(of);
            }
            Act::Undo(of) => {
                if !redone.remove(&of) {
                    return Some((find(log, of)?, entry));
                }
            }
            Act::Life => {}
            Act::Edit | Act::Start | Act::Rebase => return None,
        }
    }
    None
}

/// Revisions of the edits that stand taken back.
pub fn taken_back(log: &[Arc<Entry>]) -> HashSet<Revision> {
    let mut taken = HashSet::new();
    for entry in log {
        match entry.act {
            Act::Undo(of) => taken.insert(of),
            Act::Redo(of) => taken.remove(&of),
            Act::Edit | Act::Start | Act::Life | Act::Rebase => false,
        };
    }
    taken
}

fn find(log: &[Arc<Entry>], revision: Revision) -> Option<&Arc<Entry>> {
    let at = log.binary_search_by_key(&revision, |entry| entry.revision).ok()?;
    Some(&log[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A log written as `E` for an edit, `U` for undo, `R` for redo, worked out by two plain stacks.
    fn log_of(text: &str) -> (Vec<Arc<Entry>>, Vec<Revision>, Vec<Revision>) {
        let (mut log, mut done, mut undone) = (Vec::new(), Vec::new(), Vec::new());
        for (number, letter) in (1..).zip(text.chars()) {
            let revision = Revision(number);
            let act = match letter {
                'U' => match done.pop() {
                    Some(of) => {
                        undone.push(of);
                        Act::Undo(of)
                    }
                    None => continue,
                },
                'R' => match undone.pop() {
                    Some(of) => {
                        done.push(of);
                        Act::Redo(of)
                    }
                    None => continue,
                },
                _ => {
                    done.push(revision);
                    undone.clear();
                    Act::Edit
                }
            };
            log.push(Arc::new(Entry {
                revision,
                id: "".into(),
                who: "".into(),
                at: Stamp(0),
                act,
                did: Vec::new(),
                grids: Vec::new(),
                areas: Vec::new(),
                why: "".into(),
            }));
        }
        (log, done, undone)
    }

    /// Every word of up to nine letters, against two plain stacks.
    #[test]
    fn the_log_knows_what_two_stacks_know() {
        for n in 0..3usize.pow(9) {
            let text: String = (0..9).map(|i| ['E', 'U', 'R'][n / 3usize.pow(i) % 3]).collect();
            let (log, done, undone) = log_of(&text);
            assert_eq!(undoable(&log).map(|entry| entry.revision), done.last().copied(), "{text}");
            let redo = redoable(&log).map(|(entry, _)| entry.revision);
            assert_eq!(redo, undone.last().copied(), "{text}");
            assert!(done.iter().all(|of| !taken_back(&log).contains(of)), "{text}");
        }
    }
}
